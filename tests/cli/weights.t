#!/bin/sh
# weights: makes, checks and folds; reads the files that torch, numpy and safetensors write, refuses
# bad ones with the reason, keeps bits on export and import, proves published
# networks by name and shape.
. tests/lib.sh
corpus=tests/fuzz/corpus
is "objects beside the tensors are read past" "$(weights ls tests/data/objects-beside.pth | head -1)" "state.w	f4 (2,2)	4"
nets=$data/nets
python=/usr/bin/python3

# ---- readers, against the arrays as numpy wrote them ----
for f in zip.pth legacy.pth protocol4.pth odd.npz flat.safetensors; do
	ok "$f has the arrays of want.npz" weights diff $corpus/arrays/want.npz $corpus/arrays/$f
done
ok "dicts and lists become names" weights diff $corpus/arrays/nested.npz $corpus/arrays/nested.pth

# ---- bad files ----
tab=$(printf '\t')
for f in tests/bad/weights/*.*; do
	[ "${f##*.}" = py ] && continue
	want=$(sed -n "s/^${f##*/}$tab//p" tests/bad/weights/want)
	exits "${f##*/}" 2 "^weights ls: $f: .*${want:-no line in tests/bad/weights/want}" weights ls "$f"
done
rm -f /tmp/owned
weights import tests/bad/weights/pickle-calls-system.pth >"$tmp/x" 2>/dev/null
ok "a pickle ran nothing" test ! -e /tmp/owned

# ---- import, export ----
weights import --key k $corpus/arrays/zip.pth >"$tmp/a.tar.zst" || exit 2
ok "import gives the same arrays" weights diff $corpus/arrays/want.npz "$tmp/a.tar.zst"
weights import -z 0 --key k --licence 'none, a test' $corpus/arrays/zip.pth >"$tmp/a.tar" || exit 2
ok "a plain tar is read the same" weights diff "$tmp/a.tar" "$tmp/a.tar.zst"
is "data lie at multiples of 64" "$($python - "$tmp/a.tar" <<'END' 2>/dev/null || echo 0
import sys, tarfile
print(sum((m.offset_data + 10 + int.from_bytes(open(sys.argv[1], 'rb').read()[m.offset_data + 8:m.offset_data + 10], 'little')) % 64
          for m in tarfile.open(sys.argv[1]) if m.name.endswith('.npy')))
END
)" 0
for e in npz safetensors; do
	ok "export to .$e" weights export "$tmp/a.tar" "$tmp/b.$e"
	ok "export to .$e keeps bits" weights diff "$tmp/a.tar" "$tmp/b.$e"
	weights import "$tmp/b.$e" >"$tmp/c.tar.zst"
	ok "import from .$e keeps bits" weights diff "$tmp/a.tar" "$tmp/c.tar.zst"
	zstdcat "$tmp/c.tar.zst" | tar xOf - b.json >"$tmp/json"
	ok "the licence went along" grep -q '"licence":\["none, a test"\]' "$tmp/json"
	ok "the source is named" grep -q '"file":"zip.pth","sha256":"'"$(sha256sum <$corpus/arrays/zip.pth | cut -c1-64)" "$tmp/json"
done
exits "export wants an ending it knows" 2 'a.bin: want a name that ends' weights export "$tmp/a.tar" "$tmp/a.bin"
mkdir "$tmp/ro"
exits "export to a folder that is not there" 2 'none/b.npz: ' weights export "$tmp/a.tar" "$tmp/none/b.npz"
is "no file is left" "$(ls "$tmp/none" "$tmp/a.bin" 2>/dev/null)" ""
weights import --prefix model. $corpus/arrays/nested.pth >"$tmp/p.tar.zst"
is "--prefix" "$(weights ls "$tmp/p.tar.zst" | cut -f1 | head -2 | xargs)" "weight bias"
exits "--prefix that nothing has" 2 'no array.s name begins with "x."' weights import --prefix x. $corpus/arrays/nested.pth
exits "two files with one name" 2 'conv.weight is there twice' weights import $corpus/arrays/zip.pth $corpus/arrays/legacy.pth

weights import --licence 'as well' --key k "$tmp/b.npz" "$tmp/p.tar.zst" | zstdcat | tar xOf - k.json >"$tmp/json"
ok "what several files say is added up" grep -q '"licence":\["none, a test","as well"\].*"imported":.*zip.pth.*b.npz.*nested.pth.*p.tar.zst' "$tmp/json"
is "ls --depth" "$(weights ls --depth 2 $corpus/arrays/nested.npz | cut -f1 | head -5 | xargs)" "model.weight model.bias state.0 state.1 list.0"

# ---- diff ----
exits "differences are exit 1" 1 '' weights diff $corpus/arrays/want.npz $corpus/arrays/nested.npz
if $python -c 'import numpy' 2>/dev/null; then
	$python - "$tmp" <<'END'
import sys, json, struct, numpy as np
tmp = sys.argv[1]
rng = np.random.default_rng(3)
a = rng.standard_normal((4, 5)).astype('f4')
b = a.copy()
b[1, 2] += 0.25
np.savez(tmp + '/d1.npz', w=a, h=a.astype('f2'), n=np.float32([np.nan, 1]))
np.savez(tmp + '/d2.npz', w=b, h=a.astype('f2').astype('f4'), n=np.float32([np.nan, 1]))
d = np.float64(b) - a
open(tmp + '/want', 'w').write('w\tmax abs %.3g\tmax rel %.3g\trms %.3g\t1 of 20\n' % (
    abs(d).max(), abs(d[1, 2]) / max(abs(a[1, 2]), abs(b[1, 2])), np.sqrt((d * d).mean())))
# our export, read by the formats' definitions
raw = open(tmp + '/b.safetensors', 'rb').read()
n, = struct.unpack('<Q', raw[:8])
head = json.loads(raw[8:8 + n])
npz = np.load(tmp + '/b.npz')
kinds = {'F32': '<f4', 'F16': '<f2', 'U8': 'u1', 'I32': '<i4', 'I64': '<i8'}
for k in npz.files:
    if k != 'manifest.json':
        at, end = head[k]['data_offsets']
        x = np.frombuffer(raw[8 + n + at:8 + n + end], kinds[head[k]['dtype']]).reshape(head[k]['shape'])
        assert x.dtype == npz[k].dtype and x.tobytes() == npz[k].tobytes() and x.shape == npz[k].shape, k
assert len(head) == len(npz.files) and (8 + n) % 8 == 0
END
	is "numpy reads both exports alike" $? 0
	weights diff "$tmp/d1.npz" "$tmp/d2.npz" >"$tmp/got"
	is "diff is 1 where w differs" $? 1
	ok "diff agrees with numpy; f2 equals f4; NaN equals NaN" diff "$tmp/want" "$tmp/got"
	ok "--abs" weights diff --abs 0.26 "$tmp/d1.npz" "$tmp/d2.npz"
	ok "--rel" weights diff --rel 2 "$tmp/d1.npz" "$tmp/d2.npz"
	exits "--abs below" 1 '' weights diff --abs 0.24 "$tmp/d1.npz" "$tmp/d2.npz"
else
	skip "diff and exports against numpy" "no numpy"
fi

# ---- init, check, fold ----
weights init -z 0 --preset tiny --recipe paper >"$tmp/paper.tar" &&
weights init -z 0 --preset tiny >"$tmp/anch.tar" &&
weights init --preset tiny --seed 2 --recipe paper >"$tmp/seed2.tar.zst" &&
weights init --preset tiny --set evidence=none >"$tmp/none.tar.zst" &&
weights init --net unet --preset tiny >"$tmp/unet.tar.zst"
is "init" $? 0
for f in paper.tar anch.tar none.tar.zst unet.tar.zst; do
	ok "check of what init made: $f" weights check "$tmp/$f"
done
weights init -z 0 --preset tiny --recipe paper | cmp -s - "$tmp/paper.tar"
is "the same seed gives the same bytes" $? 0
exits "another seed gives other values" 1 '' weights diff "$tmp/paper.tar" "$tmp/seed2.tar.zst"
# Only the layers whose shape hangs on the evidence may have other values.
is "a changed layer changes no other" "$(weights diff "$tmp/anch.tar" "$tmp/none.tar.zst" | grep 'max abs' | grep -cv '^g_t')" 0
weights diff "$tmp/anch.tar" "$tmp/none.tar.zst" >"$tmp/got"
ok "and a few are changed" grep -q '^g_t' "$tmp/got"
weights fold "$tmp/paper.tar" >"$tmp/folded.tar.zst"
is "fold" $? 0
ok "check of folded weights" weights check "$tmp/folded.tar.zst"
weights ls "$tmp/folded.tar.zst" | grep -q '^g_t.constant'
is "the constant is gone" $? 1
ok "half the bytes" sh -c "weights half -z0 $tmp/anch.tar >$tmp/half.tar && weights check $tmp/half.tar >/dev/null"
is "of every array" "$(weights ls "$tmp/half.tar" | grep -c f2) $(weights ls "$tmp/half.tar" | grep -c f4)" \
	"$(weights ls "$tmp/anch.tar" | grep -c f4) 0"
ok "and nearly the same values" weights diff -a 1e-7 -r 5e-4 "$tmp/anch.tar" "$tmp/half.tar"
exits "no half of it" 2 'half: 0 files, want 1' weights half
exits "fold twice" 2 'folded already' weights fold "$tmp/folded.tar.zst"
exits "fold with evidence" 2 'cannot be folded' weights fold "$tmp/anch.tar"
exits "fold a U-Net" 2 'nothing to fold' weights fold "$tmp/unet.tar.zst"
exits "check of files without recipe" 2 'no recipe in the manifest' weights check "$tmp/a.tar"
weights init -z 0 --preset tiny --drop 'd.*' >"$tmp/nod.tar" && ok "without the discriminator" weights check "$tmp/nod.tar"
weights init -z 0 --preset tiny --drop e_s.enc1.conv1.bias >"$tmp/less.tar"
exits "check of a file with a parameter less" 1 '' weights check "$tmp/less.tar"
weights check "$tmp/less.tar" >"$tmp/got"
ok "names it" grep -q 'parameter e_s.enc1.conv1.bias: missing' "$tmp/got"
exits "init --set of no field" 2 'set x=1: no such field' weights init --set x=1
exits "init --set out of range" 2 'recipe.size: 97, want a multiple of 32' weights init --set size=97
# More inputs and outputs: the same texture, and what it says beside it.
weights init -z0 --from "$tmp/unet.tar.zst" --set behind=true --set doubt=true --set kinds=6 --seed 3 >"$tmp/more.tar" &&
ok "init --from: what it has and what is new" weights check "$tmp/more.tar"
is "init --from: whose they are" "$(tsls -H "$tmp/more.tar" | sed -n 's/^#.*"from.* weights //p')" "$(sha256sum <"$tmp/unet.tar.zst" | cut -d' ' -f1)"
synthbody -n 1 -s 64 | iuv2coord >"$tmp/one.tar.zst"
unwrap <"$tmp/one.tar.zst" >"$tmp/begun.tar.zst"
for w in unet.tar.zst more.tar; do inpaint -w "$tmp/$w" <"$tmp/begun.tar.zst" >"$tmp/$w.out" || exit 2; done
is "init --from: the same texture, from the same beginning" "$(tscmp --abs 1e-5 --only texture "$tmp/unet.tar.zst.out" "$tmp/more.tar.out")" ""
ok "where it is told what lies behind, that of unwrap" sh -c 'inpaint -w "$1/more.tar" <"$1/one.tar.zst" |
	tscmp --only texture - "$1/more.tar.out"' - "$tmp"
ok "else the harmonic one" sh -c 'unwrap -f harmonic <"$1/one.tar.zst" | inpaint -w "$1/unet.tar.zst" >"$1/h.out" &&
	inpaint -w "$1/unet.tar.zst" <"$1/one.tar.zst" | tscmp --only texture - "$1/h.out"' - "$tmp"
is "inpaint writes what it says" "$(tsls "$tmp/more.tar.out" | cut -f 2- | grep texture | tr '\t' ' ')" "true.texture u1 (64,64,3)
texture f4 (64,64,3)
texture.seen u1 (64,64)
texture.confidence f4 (64,64)
texture.kind u1 (64,64)"
synthbody -n 8 -s 64 >"$tmp/eight.tar.zst"
ok "and learns how far off it is" sh -c 'textrain -w "$1/more.tar" -d "$1/run" -s 2 -b 4 --buffer 4 --log-every 1 "$1/eight.tar.zst"' - "$tmp"
ok "which the log tells" awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "doubt") k = i } NR == 2 { exit !(k && $k != "" && $k != 0) }' "$tmp/run/log.tsv"
# A stage at twice the size.
weights init -z0 --from "$tmp/more.tar" --set fine=8 >"$tmp/fine.tar" && ok "a fine stage" weights check "$tmp/fine.tar"
synthbody -n 1 -s 128 | iuv2coord | inpaint -w "$tmp/fine.tar" >"$tmp/fine.out"
is "works at twice the size" "$(tsls "$tmp/fine.out" | cut -f 2- | grep '^texture' | tr '\t' ' ')" "texture f4 (128,128,3)
texture.seen u1 (128,128)
texture.confidence f4 (128,128)
texture.kind u1 (128,128)"
is "brings other sizes to that" "$(inpaint -w "$tmp/fine.tar" <"$tmp/one.tar.zst" | tsls --only texture --only source.image | cut -f 2- | tr '\t' ' ')" \
	"source.image u1 (64,64,3)
texture f4 (128,128,3)"
# Another size: the same kernels, and the learnable constant bilinearly resized.
weights init -z0 --from "$tmp/anch.tar" --set size=128 >"$tmp/twice.tar" && ok "init --from another size" weights check "$tmp/twice.tar"
is "init --from another size: all else as it was" "$(weights diff "$tmp/anch.tar" "$tmp/twice.tar" | cut -f 1)" "g_t.constant"
if $python -c 'import numpy' 2>/dev/null; then
	weights export "$tmp/anch.tar" "$tmp/once.npz" && weights export "$tmp/twice.tar" "$tmp/twice.npz" && $python - "$tmp" <<'END'
import sys, numpy as np
a, b = (np.load(f'{sys.argv[1]}/{f}.npz')['g_t.constant'][0].astype('f8') for f in ('once', 'twice'))
assert b.shape == (18, 128, 128) and a.shape == (18, 64, 64)
at = (np.arange(128) + .5) / 2 - .5
line = lambda m: np.stack([np.interp(at, np.arange(64), r) for r in m])
want = np.stack([line(line(m).T).T for m in a])
assert abs(want - b).max() < 1e-5, abs(want - b).max()
END
	is "init --from another size: the constant between its places" $? 0
else
	skip "init --from another size against numpy" "no numpy"
fi
weights init -z0 --net unet --preset tiny --set mix=8 >"$tmp/mix.tar"
exits "init --from another size: a layer that sees the whole map" 2 'parameter unet.mix.conv2.weight: begins with another shape' weights init --from "$tmp/mix.tar" --set size=128
# The suite's weights by their name, where there is no such file.
mkdir "$tmp/here"
ok "-w with a name of the suite" sh -c 'cd "$1/here" && inpaint -w unet.tar <"$1/one.tar.zst" >"$1/named" && inpaint <"$1/one.tar.zst" | tscmp - "$1/named"' - "$tmp"
synthbody -n 2 -s 128 >"$tmp/two.tar.zst"
ok "textrain, too" sh -c 'cd "$1/here" && textrain -w unet.tar -d "$1/named.d" -s 1 -b 2 --buffer 2 "$1/two.tar.zst"' - "$tmp"
zstd -qdc "$tmp/unet.tar.zst" >"$tmp/here/unet.tar"
ok "a file of that name comes first" sh -c 'cd "$1/here" && inpaint -w unet.tar <"$1/one.tar.zst" | tscmp --only texture - "$1/h.out"' - "$tmp"
ok "--from, too" sh -c 'cd "$1/here" && weights init -z0 --from small.tar --set size=256 >s256.tar && weights check s256.tar' - "$tmp"
exits "-w with no such name" 2 'no.tar: open: No such file' inpaint -w no.tar </dev/null
exits "init --from no weights" 2 'one.tar.zst: recipe: missing' weights init --from "$tmp/one.tar.zst"
exits "init of no preset" 2 'no preset "huge"; there are: base, small, tiny' weights init --preset huge
if $python -c 'import numpy' 2>/dev/null; then
	weights export "$tmp/paper.tar" "$tmp/paper.npz" && weights export "$tmp/anch.tar" "$tmp/anch.npz" &&
	$python - "$tmp" <<'END'
import sys, numpy as np
p, a = np.load(sys.argv[1] + '/paper.npz'), np.load(sys.argv[1] + '/anch.npz')
n = 0
for k in p.files:
    if k.endswith('conv1.weight') and p[k].ndim == 4 and not k.startswith('d.'):
        w = p[k].reshape(len(p[k]), -1).astype('f8') / 0.02
        gram = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
        assert abs(gram - np.eye(len(gram))).max() < 1e-5, k
        n += 1
w = a['f_st.enc2.conv1.weight']
fan = w[0].size
assert n > 10 and abs(w.std() * fan ** .5 - 1) < 0.1 and abs(w.mean() * fan ** .5) < 0.1
END
	is "paper is orthogonal with gain 0.02, anchored normal with 1/sqrt(fan in)" $? 0
else
	skip "initial values" "no numpy"
fi

# ---- published files ----
if [ -d "$nets" ]; then
	weights import --as lpips-squeeze "$nets/lpips_squeeze_v0.1.pth" >"$tmp/h1.tar.zst"
	weights import --as lpips-squeeze "$nets/lpips_heads_v0.1.npz" >"$tmp/h2.tar.zst"
	ok "LPIPS heads: the .pth has what the .npz has" weights diff "$tmp/h1.tar.zst" "$tmp/h2.tar.zst"
	ok "lpips-alex" weights import --as lpips-alex "$nets/lpips_alex_v0.1.pth"
	exits "heads of another net" 2 'lin1.model.1.weight: f4 \(1,192,1,1\), want f4 \(128,\)' \
	    weights import --as lpips-squeeze "$nets/lpips_alex_v0.1.pth"
	weights import --as squeezenet --as lpips-squeeze "$nets/squeezenet1_1_caffe.npz" "$nets/lpips_squeeze_v0.1.pth" >"$tmp/l.tar.zst"
	is "two networks in one file" "$(weights ls -d 1 "$tmp/l.tar.zst" | head -2 | tr '\t' ' ')" \
"squeezenet 50 arrays 722496 values
lpips 7 arrays 2240 values"
	exits "VGG19 without conv4 and conv5" 2 'block4_conv1/weight of vgg19 is missing' \
	    weights import --as vgg19 "$nets/vgg19_conv1_1_to_conv3_4.npz"
	exits "VGG19 with --partial" 0 '16 arrays of vgg19 are missing' \
	    weights import --partial --as vgg19 "$nets/vgg19_conv1_1_to_conv3_4.npz"
	exits "VGG19 is not AlexNet" 2 'features.0.weight of alexnet is missing' \
	    weights import --partial --as alexnet "$nets/vgg19_conv1_1_to_conv3_4.npz"
	exits "a network nobody knows" 2 'no network "resnet": want one of vgg19' \
	    weights import --as resnet "$nets/vgg19_conv1_1_to_conv3_4.npz"
	if $python -c 'import numpy' 2>/dev/null; then
		weights export "$tmp/l.tar.zst" "$tmp/l.npz"
		$python - "$tmp/l.npz" "$nets/squeezenet1_1_caffe.npz" <<'END'
import sys, numpy as np
a, b = np.load(sys.argv[1]), np.load(sys.argv[2])
assert (a['squeezenet.conv1.weight'] == b['conv1/weight'][:, ::-1]).all()
assert (a['squeezenet.fire5.expand3x3.weight'] == b['fire5/expand3x3/weight']).all()
END
		is "BGR became RGB in the first layer only" $? 0
	fi
else
	skip "published files" "no ../shared/data/nets"
fi

# ---- a graph: .tflite ----
tf=tests/data/tflite
weights import -z 0 --licence 'none, a test' $tf/small.tflite >"$tmp/g.tar" || exit 2
is "a .tflite: its arrays" "$(weights ls "$tmp/g.tar" | head -4 | tr '\t' ' ')" "op2.weight f2 (3,2,3,3) 54
op2.bias f2 (3,) 3
op5.weight f2 (3,1,3,3) 27
op5.bias f2 (3,) 3"
is "a .tflite: its graph" "$(tar -xOf "$tmp/g.tar" small.json | grep -o '"graph".*')" '"graph":{"inputs":[{"name":"photo","tensor":"t0","shape":[1,4,5,2]}],"outputs":[{"name":"y","tensor":"t10","shape":[1,2,3,3]}],"ops":[{"name":"op2","kind":"CONV_2D","inputs":["t0"],"outputs":["t5"],"weight":"op2.weight","bias":"op2.bias","stride":[2,2],"padding":"SAME","activation":"NONE"},{"name":"op5","kind":"DEPTHWISE_CONV_2D","inputs":["t5"],"outputs":["t10"],"weight":"op5.weight","bias":"op5.bias","stride":[1,1],"padding":"SAME","activation":"NONE"}]}}}'
ok "a .tflite through .npz keeps arrays" sh -c 'weights export "$1" "$2.npz" && weights diff "$1" "$2.npz"' - $tf/ops.tflite "$tmp/o"
weights import -z 0 "$tmp/o.npz" >"$tmp/o.tar" && weights import -z 0 $tf/ops.tflite >"$tmp/p.tar"
is "and the graph" "$(tar -xOf "$tmp/o.tar" o.json | grep -o '"graph".*')" "$(tar -xOf "$tmp/p.tar" ops.json | grep -o '"graph".*')"
exits "two graphs" 2 'small.tflite: a second graph, want one' weights import $tf/ops.tflite $tf/small.tflite
exits "part of a graph" 2 'it has a graph, which wants all arrays: no --prefix' weights import --prefix op2 $tf/small.tflite
exits "a graph as VGG19" 2 'it has a graph, which wants all arrays: no --as' weights import --as vgg19 $tf/small.tflite
is "check counts it" "$(weights check "$tmp/g.tar" | tr '\t' ' ')" "network parameters GMAC
small 87 0.00"
sed 's/"SAME"/"VALID"/g' "$tmp/g.tar" >"$tmp/h.tar"
exits "check of a graph that does not fit" 2 'h.tar: ' weights check "$tmp/h.tar"

# ---- use ----
exits "no command" 2 'no command: want init' weights
exits "an unknown command" 2 'no command "list": want init' weights list
exits "ls without file" 2 'no file' weights ls
exits "diff with three files" 2 'diff: 3 files, want 2' weights diff a b c
exits "a file that is not there" 2 'none.pth: open: No such file' weights ls none.pth
exits "a folder" 2 'tests: not a regular file' weights ls tests
# Names are looked for one after the other: what has too many is refused early.
perl -e '$h = "{" . join(",", map { sprintf "\"a%05d\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}", $_, 4 * $_, 4 * $_ + 4 } 0 .. 10000) . "}";
    print pack("Q<", length $h), $h, "\0" x 40004' >"$tmp/many.safetensors"
exits 'too many arrays' 2 'many.safetensors: more than 10000 fields' weights import "$tmp/many.safetensors"
done_testing
