#!/bin/sh
# synthbody --avatars on our own bodies in drawn clothes: photo and matte show
# the avatar, labels the body in it or its hull; holes; other colours; light of
# panoramas; the same bytes for any threads; wrong streams.
. tests/lib.sh
tool=${BIN%/bin}/tests/tools/avatars
"$tool" -n 2 -T 64 >"$tmp/av"
"$tool" -n 2 -T 64 --veil >"$tmp/veil"
made() {	# made FILE OPTIONS...
	made_of=$1
	shift
	synthbody --avatars "$made_of" --shapes 2 -s 64 -n 6 --label-noise 0 "$@"
}

made "$tmp/av" --matte 1 --exact --labels hull --degrade 0 >"$tmp/hull"
is "fields" "$(tsls "$tmp/hull" | sed -n '1,/true.kind/p' | cut -f2-4 | tr '\t' ' ')" "source.image u1 (64,64,3)
source.pose f4 (18,3)
source.iuv u1 (64,64,3)
source.matte u1 (64,64)
source.mask u1 (64,64)
source.surf f4 (64,64,2)
target.image u1 (1,64,64,3)
target.pose f4 (1,18,3)
target.iuv u1 (1,64,64,3)
target.mask u1 (1,64,64)
target.surf f4 (1,64,64,2)
true.texture u1 (64,64,3)
true.valid u1 (64,64)
true.kind u1 (64,64)"
made "$tmp/av" --matte 1 --exact --labels hull --degrade 0 -j 1 >"$tmp/one"
made "$tmp/av" --matte 1 --exact --labels hull --degrade 0 -j 5 >"$tmp/five"
ok "one thread and five" cmp "$tmp/one" "$tmp/five"

# ---- labels ----
made "$tmp/av" --matte 1 --exact --labels inside --degrade 0 >"$tmp/inside"
sum() { tsls -s --only "$2" "$1" | awk '{ n++; s += $6 } END { printf "%d\n", n ? 100000 * s / n : -1 }'; }
ok "photos do not know which body is labelled" sh -c "tsjoin --only source.image $tmp/hull >$tmp/h && tsjoin --only source.image $tmp/inside |
	tscmp - $tmp/h"
exits "labels do" 1 "" sh -c "tsjoin --only source.iuv $tmp/hull >$tmp/h; tsjoin --only source.iuv $tmp/inside | tscmp - $tmp/h"
ok "mask and surf are the hull's all the same" sh -c "tsjoin --only '*.mask' --only '*.surf' $tmp/hull >$tmp/h &&
	tsjoin --only '*.mask' --only '*.surf' $tmp/inside | tscmp - $tmp/h"
ok "the matte of the dressed body is as large as its hull" sh -c "
	m=\$(tsls -s --only source.matte $tmp/hull | awk '{ s += \$6 } END { print s / 255 }')
	k=\$(tsls -s --only source.mask $tmp/hull | awk '{ s += \$6 } END { print s }')
	awk -v m=\$m -v k=\$k 'BEGIN { d = m / k; if (d < 0.98 || d > 1.02) { print m, k; exit 1 } }'"
made "$tmp/av" --labels mixed -n 30 --only source.iuv >"$tmp/mixed"
made "$tmp/av" --labels hull -n 30 --only source.iuv >"$tmp/all"
same=$(tscmp "$tmp/mixed" "$tmp/all" 2>&1 | grep -c source.iuv)
ok "of mixed labels some are the hull's" [ "$same" -gt 12 -a "$same" -lt 29 ]
is "some have a matte" "$(synthbody --avatars "$tmp/av" --shapes 2 -s 32 -n 20 --matte 0.5 | tsls | grep -c source.matte |
	awk '{ print ($1 > 4 && $1 < 16) }')" 1
is "drawn people, too" "$(synthbody --shapes 2 -s 32 -n 2 --matte 1 | tsls | grep -c source.matte)" 2

# ---- texture and photo ----
synthbody --avatars "$tmp/av" --shapes 2 -s 256 -T 64 -n 4 --labels hull --label-noise 0 --degrade 0 --light 0 \
	--yaw uniform --frame full --remix 1 >"$tmp/clean"
ok "unwrapping gives the true texture, in its new colours" sh -c "iuv2coord -T 64 <$tmp/clean | unwrap -M -f none |
	metrics -a texture -b true.texture --where texture.seen=1 -m psnr -t 'psnr>29'"
made "$tmp/av" --only true.texture >"$tmp/plain"
made "$tmp/av" --only true.texture --remix 1 >"$tmp/dyed"
ok "which are other ones" sh -c "[ \$(tscmp $tmp/plain $tmp/dyed 2>&1 | grep -c true.texture) -ge 5 ]"
made "$tmp/veil" --matte 1 --degrade 0 --frame full --only source.matte >"$tmp/behind"
made "$tmp/av" --matte 1 --degrade 0 --frame full --only source.matte >"$tmp/open"
ok "a curtain hides something" sh -c "! tscmp $tmp/behind $tmp/open >/dev/null 2>&1"
is "another size of texture" "$(made "$tmp/av" -T 48 -n 1 | tsls | awk '/true.kind/ { print $4 }')" "(48,48)"
is "a share of them" "$(made "$tmp/av" --avatar-share 0.5 -n 20 | tsls | grep -c true.kind | awk '{ print ($1 > 4 && $1 < 16) }')" 1
ok "who they are, and what is allowed" sh -c "$tool -n 1 -T 64 --licence 'of a friend' >$tmp/l && synthbody --avatars $tmp/l --shapes 2 -s 16 |
	tsls -H | grep -q 'licence: of a friend' &&
	synthbody --avatars $tmp/l --shapes 2 -s 16 | zstd -dc | tar -xOf - synth1-0000000.json | grep -q '\"identity\":\"av00001\"'"

# ---- light ----
# A panorama that is bright in one direction, and its picture.
mkdir "$tmp/sky"
perl -e 'printf "\x93NUMPY\x01\x00\x76\x00%-117s\n", "{\x27descr\x27: \x27<f4\x27, \x27fortran_order\x27: False, \x27shape\x27: (16, 32, 3), }";
	for my $i (0 .. 511) { print pack "f<3", ($i == 104 ? 900 : 0.5) x 3 }' >"$tmp/sky/a.npy"
synthbody --shapes 2 -s 64 --only source.image | ts2img -o "$tmp/%k.png"
cp "$tmp/synth1-0000000.png" "$tmp/sky/a.jpg"
lit() { synthbody --avatars "$tmp/av" --shapes 2 -s 64 -n 3 "$@"; }
ok "light of a place" sh -c "synthbody --avatars $tmp/av --shapes 2 -s 64 -n 3 --light-maps $tmp/sky >$tmp/lit"
lit --light-maps "$tmp/sky" -j 1 | cmp -s - "$tmp/lit"
is "the same bytes" $? 0
lit | tscmp - "$tmp/lit" >/dev/null 2>&1
is "other than lamps" $? 1
ok "labels do not know" sh -c "tsjoin --only '*.iuv' $tmp/lit >$tmp/x && synthbody --avatars $tmp/av --shapes 2 -s 64 -n 3 --only '*.iuv' | tscmp - $tmp/x"
ok "on drawn people, too" sh -c "synthbody --shapes 2 -s 32 --light-maps $tmp/sky >/dev/null"

# ---- what is wrong ----
exits "no folder" 2 "^synthbody: --light-maps: .*nowhere" synthbody --light-maps "$tmp/nowhere"
mkdir "$tmp/none"
exits "no light" 2 "^synthbody: --light-maps: .*none: no NAME.npy in it" synthbody --light-maps "$tmp/none"
cp "$tmp/sky/a.npy" "$tmp/none"
exits "no picture" 2 "^synthbody: --light-maps: .*none/a.jpg: " synthbody --light-maps "$tmp/none"
printf 'no numbers' >"$tmp/none/a.npy"
exits "no numbers" 2 "^synthbody: --light-maps: .*none/a.npy: " synthbody --light-maps "$tmp/none"
exits "a stream without avatars" 2 '^synthbody: --avatars: .*hull: sample "synth1-0000000": field avatar.vert' \
	synthbody --avatars "$tmp/hull" --shapes 2
exits "made for another body" 2 '^synthbody: --avatars: .*av: sample "av00001": field avatar.inside: of a body of 6521' \
	synthbody --avatars "$tmp/av" -b tests/data/robot.npz
exits "no such layout" 2 "^synthbody: --avatars: .*in layout \"other\"" sh -c "zstd -dc $tmp/av | sed 's/\"atlas24\"/\"other\"  /' |
	synthbody --avatars /dev/stdin --shapes 2"
exits "none of the split" 2 '^synthbody: --split: no avatar belongs to the split "test"' \
	synthbody --avatars "$tmp/av" --shapes 2 --split test
exits "cut off" 2 "^synthbody: --avatars: " sh -c "head -c 20000 $tmp/av | synthbody --avatars /dev/stdin --shapes 2"
done_testing
