#!/bin/sh
# Streams and other tools: what we write is read by tar, bsdtar, zstd and
# Python with NumPy, what these write is read by us, and the programs printed
# in stream(5) work.
. tests/lib.sh
have() { command -v "$1" >/dev/null; }
python=
for p in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! "$p" -c 'import numpy' 2>/dev/null || python=$p
done
mkdir "$tmp/a" "$tmp/b"

# Two samples in all dtypes; a name that needs a pax header; a folder.
long=$(printf '%0120d' 7)
mkdir "$tmp/a/d"
for k in p1 "d/é$long"; do
	printf '\000\000\200\077\000\000\300\177\000\000\200\377' | npy '<f4' '(3,)' >"$tmp/a/$k.f4.npy"
	printf '\000\074\000\300' | npy '<f2' '(2, 1)' >"$tmp/a/$k.f2.npy"
	printf 'abcdefghijkl' | npy '|u1' '(2, 2, 3)' >"$tmp/a/$k.source.image.npy"
	printf '\001\000\377\377' | npy '<u2' '(2,)' >"$tmp/a/$k.u2.npy"
	printf '\376\377\377\377' | npy '<i4' '()' >"$tmp/a/$k.i4.npy"
	printf '\000\000\000\000\000\000\000\200' | npy '<i8' '(1, 1, 1, 1, 1, 1)' >"$tmp/a/$k.i8.npy"
	npy '<f4' '(0, 256, 256, 3)' </dev/null >"$tmp/a/$k.none.npy"
	printf '{"x": "\303\251"}' >"$tmp/a/$k.note.json"
done
(cd "$tmp/a" && LC_ALL=C tar -cf "$tmp/in.tar" -- *)
# The folder's own order may tear samples apart.
(cd "$tmp/a" && tar -cf "$tmp/torn.tar" p1.f2.npy d p1.f4.npy)
is 'members apart are samples apart' "$(tsls "$tmp/torn.tar" | cut -f1 | uniq | wc -l)" 3
tsjoin <"$tmp/in.tar" >"$tmp/in.tar.zst"
tsjoin -z 0 <"$tmp/in.tar" >"$tmp/plain.tar"
ok 'a tar becomes a stream' tscmp "$tmp/in.tar" "$tmp/in.tar.zst"
is 'all values have come' "$(tsls -s "$tmp/in.tar.zst" | sed -n '9,$s/^p1\t//p')" "$(printf '%s\n' \
    'f2	f2	(2,1)	-2	-0.5	1	0' 'f4	f4	(3,)	-inf	-inf	1	1' 'i4	i4	()	-2	-2	-2	0' \
    'i8	i8	(1,1,1,1,1,1)	-9.22337e+18	-9.22337e+18	-9.22337e+18	0' 'none	f4	(0,256,256,3)	nan	nan	nan	0' \
    'note	json	11 bytes' 'source.image	u1	(2,2,3)	97	102.5	108	0' 'u2	u2	(2,)	1	32768	65535	0')"

# ---- tar ----

repack() {	# repack TOOL COMMAND...: unpacked in b by COMMAND, packed again by tar in several ways
	tool=$1; shift
	rm -rf "$tmp/b"; mkdir "$tmp/b"
	ok "$tool unpacks it" "$@"
	(cd "$tmp/b" && tar --sort=name -cf "$tmp/re.tar" .)
	ok "$tool, repacked as a folder" tscmp "$tmp/re.tar" "$tmp/in.tar"
	for f in gnu pax; do
		(cd "$tmp/b" && LC_ALL=C tar --format=$f -cf "$tmp/re.tar" -- *)
		ok "$tool, repacked as $f" tscmp "$tmp/re.tar" "$tmp/in.tar"
	done
	have zstd || return
	(cd "$tmp/b" && LC_ALL=C tar --zstd -cf "$tmp/re.tar.zst" -- *)
	ok "$tool, repacked by tar --zstd" tscmp "$tmp/re.tar.zst" "$tmp/in.tar"
	size=$(wc -c <"$tmp/re.tar.zst")
	head -c $((size - 9)) "$tmp/re.tar.zst" >"$tmp/half"
	exits "$tool, repacked by tar --zstd and cut" 2 "ends at byte $((size - 9))" tsls "$tmp/half"
}

repack 'tar' tar -C "$tmp/b" -xf "$tmp/plain.tar"
ok 'it has the manifests' test -f "$tmp/b/p1.json"
if have zstd; then
	repack 'tar --zstd' tar -C "$tmp/b" --zstd -xf "$tmp/in.tar.zst"
	zstd -dcq "$tmp/in.tar.zst" | zstd -q -19 >"$tmp/re.tar.zst"
	ok 'compressed again in one frame' tscmp "$tmp/re.tar.zst" "$tmp/in.tar"
	{ head -c 700 "$tmp/plain.tar" | zstd -cq; tail -c +701 "$tmp/plain.tar" | zstd -cq; } >"$tmp/re.tar.zst"
	ok 'compressed in frames cut anywhere' tscmp "$tmp/re.tar.zst" "$tmp/in.tar"
	ok 'frames cut anywhere need no table' sh -c "[ \$(tsls '$tmp/re.tar.zst' | wc -l) = 16 ]"
	exits 'but cannot be searched' 2 'no seek table' tsjoin -k 0 "$tmp/re.tar.zst"
	zstd -dcq --single-thread "$tmp/in.tar.zst" | zstd -q --long=27 >"$tmp/re.tar.zst"
	ok 'a window of 128 MiB' tscmp "$tmp/re.tar.zst" "$tmp/in.tar"
else
	skip 'zstd' 'no zstd program'
fi
if have bsdtar; then
	repack 'bsdtar' env LC_ALL=C.UTF-8 bsdtar -C "$tmp/b" -xf "$tmp/in.tar.zst"
	for f in pax gnutar; do
		(cd "$tmp/a" && LC_ALL=C.UTF-8 bsdtar --format $f -cf "$tmp/re.tar" -- *)
		ok "bsdtar's $f" tscmp "$tmp/re.tar" "$tmp/in.tar"
	done
else
	skip 'bsdtar' 'no bsdtar program'
fi
(cd "$tmp/a" && tar --format=ustar -cf "$tmp/re.tar" p1.*)
is 'ustar' "$(tsls "$tmp/re.tar" | wc -l)" 8

# ---- the programs in stream(5) ----

example() {	# example N: the Nth literal block of EXAMPLES
	awk -v n="$1" '/^\.Sh EXAMPLES/ { on = 1 } on && /^\.Ed/ { show = 0 } show { print }
	    on && /^\.Bd -literal/ { show = ++count == n }' man/stream.5 | sed 's/\\e/\\/g'
}
example 1 >"$tmp/dualtex.py"
example 2 >"$tmp/half.py"
example 3 >"$tmp/mean.py"
filter() { "$py" "$tmp/half.py" <"$1" >"$tmp/re.tar"; }	# filter FILE

# What they make of bad input does not hang on NumPy: where there is none, a stand-in that passes arrays on.
py=$python
if [ -z "$py" ] && have python3; then
	py=python3
	cat >"$tmp/numpy.py" <<-'END'
	class Bytes(bytes):
	    def __floordiv__(self, n): return self
	def load(f): return Bytes(f.read())
	def save(f, x): f.write(x)
	END
fi
if [ -z "$py" ]; then
	skip 'Python and bad input' 'no python3'
else
	size=$(wc -c <"$tmp/plain.tar")
	ok 'a filter in Python, whole input' filter "$tmp/plain.tar"
	ok 'its output is whole' tsls "$tmp/re.tar"
	bad() {	# bad WHAT REASON: refuses $tmp/half, and what it wrote is not taken for whole
		exits "a filter in Python, $1" 1 "$2" filter "$tmp/half"
		exits "$1: the next program notices" 2 'the input (ends|is empty)' tsls "$tmp/re.tar"
	}
	# In a header, in data, behind a member, in the end mark.
	for n in 300 3000 $((size - 1024)) $((size - 512)) $((size - 1)); do
		head -c $n "$tmp/plain.tar" >"$tmp/half"
		bad "cut at byte $n" EOFError
	done
	tsjoin -k 1 -z 0 "$tmp/in.tar.zst" | head -c 1024 >"$tmp/half"
	head -c 1024 /dev/zero >>"$tmp/half"
	bad 'fields that are missing' EOFError
	: >"$tmp/half"
	bad 'no input' EOFError
	cp "$tmp/in.tar.zst" "$tmp/half"
	bad 'input that was not decompressed' 'HeaderError|EOFError'
	cp Makefile "$tmp/half"
	bad 'no stream' HeaderError
	if have zstd; then
		head -c 300 "$tmp/in.tar.zst" | zstd -dcfq >"$tmp/half" 2>/dev/null
		bad 'a frame that was cut' EOFError
		cat "$tmp/plain.tar" "$tmp/plain.tar" >"$tmp/twice.tar"
		ok 'a stream behind another' filter "$tmp/twice.tar"
		is 'and both come' "$(tsls "$tmp/re.tar" | wc -l)" 32
	fi
	(cd "$tmp/a" && LC_ALL=C tar --format=pax -cf - -- p1.*) | tsjoin -z 0 >"$tmp/ours.tar"
	{ cat "$tmp/ours.tar"; head -c 7168 /dev/zero; } >"$tmp/padded.tar"
	ok 'an end mark with padding' filter "$tmp/padded.tar"
fi
if [ -z "$python" ] || ! have zstd; then
	skip 'Python' 'no python3 with numpy, or no zstd program'
else
	cat >"$tmp/reader.py" <<-'END'
	import sys, dualtex
	for key, manifest, s in dualtex.samples(sys.stdin.buffer):
	    assert list(s) == manifest['fields'], (list(s), manifest)
	    image, i8 = s['source.image.npy'], s['i8.npy']
	    assert image.dtype == 'u1' and image.shape == (2, 2, 3) and image[1, 0, 2] == ord('i')
	    assert i8.dtype == 'i8' and i8.shape == (1,) * 6 and int(i8.ravel()[0]) == -2**63
	    assert s['none.npy'].shape == (0, 256, 256, 3) and s['i4.npy'] == -2 and s['note.json'] == {'x': 'é'}
	    print(key)
	END
	for f in in.tar.zst plain.tar; do
		ok "Python reads $f" sh -c "zstd -dcfq '$tmp/$f' | PYTHONUTF8=1 '$python' '$tmp/reader.py'"
		is "Python finds the keys of $f" "$(sed 's/0*7$//' "$tmp/.out")" "$(printf 'd/é\np1')"
	done
	zstd -dcfq "$tmp/in.tar.zst" | "$python" "$tmp/half.py" >"$tmp/re.tar"
	exits 'a filter in Python' 1 '' tscmp "$tmp/re.tar" "$tmp/in.tar"
	is 'it halves the image, and nothing else' "$(cut -f2 "$tmp/.out" | uniq) $(tsls -s --only '*.image' "$tmp/re.tar" | cut -f5-7 | uniq)" \
	    'source.image 48	51	54'
	# A partner in Python: the values of the one in Perl.
	figure="perl -Itests/perl tests/perl/figure.pl"
	weights init -z0 --preset tiny --seed 3 >"$tmp/w.tar"
	$figure 64 bank >"$tmp/bank.tar"
	$figure 64 | pose2heat | iuv2coord >"$tmp/figure.tar"
	for p in "$python $tmp/mean.py" 'perl -Itests/perl tests/perl/mean.pl'; do
		ok "a partner, ${p%% *}" sh -c 'hallucinate --poses "$1/bank.tar" -w "$1/w.tar" --timeout 20 -x "$2" <"$1/figure.tar" >"$1/by.${2##*.}"' - "$tmp" "$p"
	done
	ok 'in Python the same as in Perl' tscmp -a 1e-5 "$tmp/by.py" "$tmp/by.pl"
	"$python" - "$tmp" <<-'END'
	import io, sys, tarfile, numpy
	for f, name in (tarfile.PAX_FORMAT, 'pax'), (tarfile.GNU_FORMAT, 'gnu'):
	    t = tarfile.open(sys.argv[1] + '/py-%s.tar' % name, 'w', format=f)
	    for key in 'k' * 200, 'é':
	        for d in 'f4', 'f2', 'u1', 'u2', 'i4', 'i8':
	            b = io.BytesIO()
	            numpy.save(b, numpy.arange(24).reshape(2, 3, 4).astype('<' + d))
	            m = tarfile.TarInfo('%s.x.%s.npy' % (key, d))
	            m.size = len(b.getvalue())
	            t.addfile(m, io.BytesIO(b.getvalue()))
	    t.close()
	END
	for f in pax gnu; do
		is "Python's $f tar" "$(tsls -s "$tmp/py-$f.tar" | cut -f4- | uniq -c | sed 's/^ *//')" '12 (2,3,4)	0	11.5	23	0'
	done
fi
if have jq && have zstd; then
	mkdir "$tmp/c"
	tsjoin -k 1 "$tmp/in.tar.zst" >"$tmp/c/in.tar.zst"
	example 4 >"$tmp/c/recipe.sh"
	(cd "$tmp/c" && sh recipe.sh)
	is 'the recipe for the shell' "$(tsls "$tmp/c/out.tar.zst" | cut -f2 | tr '\n' ' ')" 'f2 f4 i4 i8 none source.image u2 '
else
	skip 'the recipe for the shell' 'no jq'
fi
done_testing
