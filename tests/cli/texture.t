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


# DensePose's atlas: its pictures of 2 to 3 and ours with nothing beside the tiles are one
# texture; what is even within each chart is the same after it was in another layout.
cat >"$tmp/tiles.pl" <<'P'
use Compress::Zlib;
my ($w, $h, $alpha, $rows) = (@ARGV[0 .. 2], '');
for my $y (0 .. $h - 1) {
	my $row = int $y * 6 / $h;
	$rows .= "\0" . join '', map { my $p = 6 * int($_ * 6 / $h) + $row; $p < 24 ? pack $alpha ? 'C4' : 'C3', 10 * $p, 255 - 9 * $p, 100, $alpha : $alpha ? "\x80\x80\x80\0" : "\x80\x80\x80" } 0 .. $w - 1;
}
sub chunk { print pack('N', length $_[1]), @_, pack('N', crc32($_[0] . $_[1])) }
binmode STDOUT;
print "\x89PNG\r\n\x1a\n";
chunk 'IHDR', pack('NNC5', $w, $h, 8, $alpha ? 6 : 2, 0, 0, 0);
chunk 'IDAT', compress($rows);
chunk 'IEND', '';
P
mkdir "$tmp/square"
perl "$tmp/tiles.pl" 128 192 >"$tmp/tiles.png"
perl "$tmp/tiles.pl" 192 192 >"$tmp/square/tiles.png"
ok 'a picture of DensePose' sh -c "texconv -f densepose24 -t densepose24 '$tmp/tiles.png' >'$tmp/d1'"
is 'is a square map' "$(tsls "$tmp/d1" | cut -f2-4)" "$(printf 'texture\tf4\t(192,192,3)')"
ok 'in atlas24' sh -c "texconv -f densepose24 '$tmp/tiles.png' >'$tmp/d2' && texconv -f densepose24 '$tmp/square/tiles.png' >'$tmp/d3'"
ok 'the same as from a square one' tscmp "$tmp/d2" "$tmp/d3"
ok 'and back' sh -c "texconv -t densepose24 <'$tmp/d2' | texconv -t densepose24 >'$tmp/d4'"
ok 'is what it was' tscmp -a 1e-5 "$tmp/d1" "$tmp/d4"
is 'the manifest names it' "$(tsjoin -z 0 "$tmp/d4" | tar -xOf - tiles.json | grep -c '"layout": *"densepose24"')" 1
exits 'its shape is no texture of another layout' 2 '128 x 192 pixels, want a square' texconv "$tmp/tiles.png"
exits 'a side that no tiles fit' 2 'a side of 128 texels.* want a multiple of 6' sh -c "texconv -t densepose24 -T 128 <'$tmp/t'"

# A map to paint on.
ok 'a template' ts2img --template atlas24 -T 256 -o "$tmp/template.png"
exits 'of a layout that is not there' 2 'template: none' ts2img --template none -o "$tmp/template.png"
exits 'without a file' 2 'want -o' ts2img --template atlas24
texconv -f atlas24 "$tmp/template.png" >"$tmp/painted"
is 'it is a texture' "$(tsls "$tmp/painted" | cut -f2-4)" "$(printf 'texture\tf4\t(256,256,3)')"

# What stands in the alpha channel of a texture, gloss or a mask, is not mixed in.
mkdir "$tmp/gloss"
perl "$tmp/tiles.pl" 192 192 77 >"$tmp/gloss/tiles.png"
ok 'alpha of a texture' sh -c "texconv -f densepose24 '$tmp/gloss/tiles.png' >'$tmp/d5'"
ok 'is left out' tscmp "$tmp/d3" "$tmp/d5"
exits 'a layout that was not given is said' 0 'square/tiles.png: taken to be in the layout atlas24; --from says another' sh -c "texconv '$tmp/square/tiles.png' >'$tmp/x'"
is 'and one that was is not' "$(texconv -f atlas24 "$tmp/square/tiles.png" 2>&1 >"$tmp/x")" ''

many() { OMP_NUM_THREADS=$1 sh -c "pose2heat <$person | iuv2coord -d 1 -m | unwrap | render-warp | texconv -T 48" | cksum; }
is 'the same bytes for any number of threads' "$(many 1)" "$(many 3)"
iuv2coord <$person >"$tmp/i"
is 'two streams one after the other' "$(cat "$tmp/i" "$tmp/i" | unwrap | tsls | grep -c 'texture.seen')" 2
done_testing
