#!/bin/sh
# Programs of textures beyond their goldens: pictures in and out, sizes,
# what passes through and what is removed, the same bytes every time.
. tests/lib.sh
person=tests/golden/person.tar.zst

ok 'unwrap' sh -c "iuv2coord -T 64 <$person | unwrap >'$tmp/t'"
ok 'the texture as a picture' ts2img -o "$tmp/%k.texture.png" --only texture <"$tmp/t"
ok 'and back' sh -c "texconv '$tmp/person.texture.png' >'$tmp/back'"
is 'the key is the name of the file' "$(tsls "$tmp/back" | cut -f1)" person_texture
one_field() {	# one_field STREAM OUT: its texture alone, whatever the key
	tsjoin -z 0 --only texture <"$1" >"$tmp/plain"
	tar -xOf "$tmp/plain" --wildcards '*.texture.npy' >"$tmp/p.texture.npy"
	tar -C "$tmp" -cf "$2" p.texture.npy
}
one_field "$tmp/t" "$tmp/one"
one_field "$tmp/back" "$tmp/two"
ok 'half an 8-bit step is lost' tscmp -a 0.004 "$tmp/one" "$tmp/two"

ok 'texconv' sh -c "texconv -z 0 -T 32 <'$tmp/t' >'$tmp/c'"
is 'coordinates of the old layout are removed' "$(tsls "$tmp/c" | cut -f2 | grep -cE 'surf|coord|\.seen|texheat')" 1
is 'the rest passes' "$(tsls "$tmp/c" | cut -f2 | tr '\n' ' ')" \
    'source.image target.image source.iuv target.iuv source.pose target.pose source.mask target.mask texture texture.seen '
is 'the manifest names the layout' "$(tar -xOf "$tmp/c" person.json | grep -c '"layout": *"atlas24"')" 1

exits 'pose2heat without a picture wants a size' 2 '--size' sh -c "tsjoin --only '*.pose' <$person | pose2heat"
ok 'and takes it' sh -c "tsjoin --only '*.pose' <$person | pose2heat -S 32 --only '*.heat' >'$tmp/h1' &&
    pose2heat --only '*.heat' <$person >'$tmp/h2' && tscmp '$tmp/h1' '$tmp/h2'"

for b in 000000 ffffff; do
	ok "render-warp on $b" sh -c "render-warp -b $b --only source.render <'$tmp/t' >'$tmp/r$b'"
done
is 'the background is that colour' "$(tsls -s "$tmp/r000000" | cut -f5) $(tsls -s "$tmp/rffffff" | cut -f7)" '-1 1'

# Lamps are in a photo, and not in the texture that was under them.
ok 'a person under lamps' sh -c "synthbody --seed 4 --size 64 | iuv2coord >'$tmp/lamps'"
near() {	# near OPTION...: dB between the photo and the true texture on it
	render-warp -t true.texture "$@" <"$tmp/lamps" |
		metrics -a source.image -b source.render --where source.mask -m psnr | awk '/^#mean/ { print $NF }'
}
plain=$(near) bright=$(near --gain)
ok "--gain brings the body nearer to the photo: $plain to $bright dB" \
	awk -v a="$plain" -v b="$bright" 'BEGIN { exit !(a > 5 && b > a + 0.1) }'
exits '--gain wants the photo' 2 'field source.image' sh -c "tsjoin --drop source.image <'$tmp/lamps' | render-warp -g -t true.texture"

many() { OMP_NUM_THREADS=$1 sh -c "pose2heat <$person | iuv2coord -d 1 -m | unwrap | render-warp | texconv -T 48" | cksum; }
is 'the same bytes for any number of threads' "$(many 1)" "$(many 3)"
iuv2coord <$person >"$tmp/i"
is 'two streams one after the other' "$(cat "$tmp/i" "$tmp/i" | unwrap | tsls | grep -c 'texture.seen')" 2
done_testing
