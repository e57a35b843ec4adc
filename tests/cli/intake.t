#!/bin/sh
# intake: files beside the photo, folder, tar and zip give the same stream;
# roles, manifest, several people; a photo turned by EXIF; against PIL.
. tests/lib.sh
bad=tests/bad/intake		# good input is there, too

mkdir -p "$tmp/set/sub/more" "$tmp/set/__MACOSX"
cp $bad/good.jpg "$tmp/set/one.v2.jpg"
cp $bad/one-person-only_keypoints.json "$tmp/set/one.v2_keypoints.json"
cp $bad/inds-of-another-size_IUV.png "$tmp/set/sub/one.v2_IUV.png"
cp $bad/good.jpg "$tmp/set/sub/more/two.JPG"
cp $bad/good.jpg "$tmp/set/two_mask.jpg"
cp $bad/good.jpg "$tmp/set/.hidden.jpg"
cp $bad/good.jpg "$tmp/set/__MACOSX/three.jpg"
tab=$(printf '\t')

ok 'a folder' sh -c "intake --size 64 $tmp/set >$tmp/folder"
is 'a sample for each photo, with what belongs to it' "$(tsls "$tmp/folder" | cut -f1-4 | tr "$tab\\n" ' ;')" \
    'one_v2 source.image u1 (64,64,3);one_v2 source.pose f4 (18,3);one_v2 source.iuv u1 (64,64,3);two source.image u1 (64,64,3);'

(cd "$tmp/set" && tar -cf ../set.tar . && tar -czf ../set.tgz . && tar -c . | zstd -q >../set.tar.zst)
same() {	# same ARCHIVE: the samples of the folder, in any order
	intake --size 64 "$1" >"$tmp/x" && tsls -s "$tmp/x" | sort >"$tmp/has" &&
	tsls -s "$tmp/folder" | sort | diff - "$tmp/has"
}
for a in set.tar set.tgz set.tar.zst; do
	ok "$a: the same" same "$tmp/$a"
done
if command -v bsdtar >/dev/null; then
	(cd "$tmp/set" && bsdtar -a -cf ../set.zip .)
	ok 'zip: the same' same "$tmp/set.zip"
else
	skip 'zip' 'no bsdtar here'
fi

cp "$tmp/set/sub/one.v2_IUV.png" "$tmp/other.png"
ok 'a photo and what lies beside it; its IUV by name' \
    sh -c "intake --size 64 --iuv $tmp/other.png $tmp/set/one.v2.jpg >$tmp/x && tsjoin -k 0 $tmp/folder | tscmp $tmp/x -"
intake --size 64 --role target --iuv "$tmp/other.png" "$tmp/set/one.v2.jpg" >"$tmp/x"
is 'a target has a leading axis' "$(tsls "$tmp/x" | cut -f2-4 | tr "$tab\\n" ' ;')" \
    'target.image u1 (1,64,64,3);target.pose f4 (1,18,3);target.iuv u1 (1,64,64,3);'

ok 'the manifest says where the square was' sh -c "
	intake -z 0 --size 64 --fit pad --licence 'own photo' $bad/good.jpg | tar -xO good.json >$tmp/json &&
	grep -q '\"crop\": *{\"source\": *{\"photo\": *\"$bad/good.jpg\", *\"photo_size\": *\[32, *48\], *\"orientation\": *1, *\"x\": *-8, *\"y\": *0, *\"w\": *48, *\"h\": *48, *\"size\": *64}}' $tmp/json &&
	grep -q 'own photo' $tmp/json && grep -q '\"fit\": *\"pad\"' $tmp/json"

# Two people: the larger one, and the other on request.
person() {	# person X0 SIDE: 18 points on a diagonal
	i=0
	while [ $i -lt 18 ]; do
		printf '%s%d,%d,1' "${sep-}" $(($1 + i * $2 / 17)) $((4 + i * $2 / 17))
		sep=, i=$((i + 1))
	done
	unset sep
}
printf '{"people": [{"pose_keypoints": [%s]}, {"pose_keypoints": [%s]}]}' "$(person 2 10)" "$(person 10 20)" >"$tmp/two.json"
exits 'takes the larger of two' 0 'key points: took the largest, number 2 with 18 of 18' \
    sh -c "intake -v --pose $tmp/two.json $bad/good.jpg | cat >$tmp/x"
exits 'or the one asked for' 0 'took number 1 with 18 of 18' \
    sh -c "intake -v -n 1 --pose $tmp/two.json $bad/good.jpg | cat >$tmp/x"
exits 'there is no third' 2 'no person 3: there are 2' intake -n 3 --pose "$tmp/two.json" $bad/good.jpg

# Key points that were found on twice the size; centres are on integers.
printf '{"people": [{"pose_keypoints": [%s]}]}' "$(person 10 20)" >"$tmp/small.json"
i=0
printf '{"people": [{"pose_keypoints": [' >"$tmp/large.json"
for v in $(person 10 20 | tr , ' '); do
	[ $((i % 3)) -eq 2 ] || v=$((2 * v)).5
	printf '%s%s' "$([ $i -eq 0 ] || echo ,)" "$v"
	i=$((i + 1))
done >>"$tmp/large.json"
printf ']}]}' >>"$tmp/large.json"
ok '--pose-size' sh -c "intake --pose $tmp/small.json $bad/good.jpg >$tmp/x &&
	intake --pose-size 64x96 --pose $tmp/large.json $bad/good.jpg | tscmp $tmp/x -"

# An IUV that belongs to another picture.
printf '{"people": [{"pose_keypoints": [%s]}]}' "$(person 26 4)" >"$tmp/off.json"
exits 'key points beside the body are reported' 0 'only [0-9]+ of 18 key points lie on the body' \
    sh -c "intake --pose $tmp/off.json --iuv $tmp/other.png $bad/good.jpg | cat >$tmp/x"

# Names beyond ASCII go through folders and archives.
mkdir "$tmp/names" && cp $bad/good.jpg "$tmp/names/Jürgen.jpg"
(cd "$tmp/names" && tar -cf ../names.tar .)
is 'names beyond ASCII' "$(intake "$tmp/names" | tsls | cut -f1) $(intake "$tmp/names.tar" | tsls | cut -f1)" 'Jürgen Jürgen'

exits 'nothing to do' 2 'want a photo, a folder or an archive' intake
exits 'an empty folder' 2 'no photo in it' sh -c "mkdir $tmp/empty && intake $tmp/empty"
exits 'a stream is no archive of photos' 2 'no photo in it' intake "$tmp/folder"

# Against PIL: what resize(box=...) makes of the same square.
if /usr/bin/python3 -c 'import numpy, PIL' 2>/dev/null; then
	cat >"$tmp/pil.py" <<-'END'
		import sys, io, json, tarfile, numpy as np
		from PIL import Image, ImageOps
		t = tarfile.open(sys.argv[1])
		get = lambda n: t.extractfile(n).read()
		key = t.getnames()[0][:-5]
		c = json.loads(get(key + '.json'))['crop']['source']
		ours = np.load(io.BytesIO(get(key + '.source.image.npy'))).astype(int)
		im = ImageOps.exif_transpose(Image.open(sys.argv[2])).convert('RGBA')
		side = Image.new('RGBA', (c['w'], c['h']), 'white')
		side.alpha_composite(im, (max(-c['x'], 0), max(-c['y'], 0)), (max(c['x'], 0), max(c['y'], 0)))
		theirs = np.array(side.convert('RGB').resize((c['size'],) * 2, Image.BILINEAR)).astype(int)
		d = abs(ours - theirs)
		print('worst difference', d.max(), 'mean', d.mean())
		sys.exit(int(d.max() > 1))
	END
	against_pil() {
		intake -z 0 "$@" >"$tmp/pil.tar"
		for last; do :; done
		/usr/bin/python3 "$tmp/pil.py" "$tmp/pil.tar" "$last"
	}
	ok 'PIL: enlarged, padded' against_pil --fit pad --size 100 $bad/good.jpg
	ok 'PIL: reduced, stretched' against_pil --fit stretch --size 20 $bad/good.jpg
	ok 'PIL: a crop' against_pil --size 23 --pose "$tmp/two.json" $bad/good.jpg
else
	skip 'PIL' 'no python3 with numpy and PIL here'
fi

# Frames of a video: what ts2img pipes comes in again, one by one.
intake --whole "$bad/good.jpg" >"$tmp/whole"
ts2img --only source.photo -o - <"$tmp/whole" >"$tmp/frame.ppm"
cat "$tmp/frame.ppm" "$tmp/frame.ppm" >"$tmp/two.ppm"
ok 'frames' sh -c "intake --whole --frames clip --licence mine <$tmp/two.ppm >$tmp/frames"
is 'are numbered' "$(tsls "$tmp/frames" | cut -f1,2 | tr "$tab\\n" ' ;')" 'clip/000001 source.photo;clip/000002 source.photo;'
tsjoin -z0 --take 1 "$tmp/frames" | ts2img --only source.photo -o "$tmp/frame.png"
ts2img --only source.photo -o "$tmp/photo.png" <"$tmp/whole"
ok 'the same pixels' cmp "$tmp/frame.png" "$tmp/photo.png"
is 'know their place, and the licence' "$(tsls -H "$tmp/frames" | grep -c 'licence: mine') $(tsls -H --json "$tmp/frames" | grep -o 'frame [12] of clip' | paste -sd,)" '2 frame 1 of clip,frame 2 of clip'
ok 'cut out' sh -c "intake --size 32 --frames clip <$tmp/two.ppm | tsls | grep -q 'source.image.*32,32,3'"
exits 'no frames' 2 'the input is empty' intake --frames clip </dev/null
head -c 5000 "$tmp/two.ppm" >"$tmp/cut.ppm"
exits 'a frame that is cut' 2 '<stdin>: frame [12]: ends after [0-9]* of [0-9]* bytes of a picture of' intake --frames clip <"$tmp/cut.ppm"
exits 'in its header' 2 'frame 1: ends in the header' sh -c "printf 'P6 1' | intake --frames clip"
exits 'none at all' 2 'frame 1: no PPM' intake --frames clip <"$bad/good.jpg"
exits 'of 16 bits' 2 'frame 1: a PPM of values up to 65535, want 255' sh -c "printf 'P6\n20 20\n65535\n' | intake --frames clip"
exits 'of no width' 2 'frame 1: the header of a PPM is damaged' sh -c "printf 'P6\n0 20\n255\n' | intake --frames clip"
exits 'too large' 2 'frame 1: .*number above 65535' sh -c "printf 'P6\n99999999999999999999999 20\n255\n' | intake --frames clip"
exits 'more pixels than are allowed' 2 'frame 1: 60000x60000 pixels, want at most' sh -c "printf 'P6\n60000 60000\n255\n' | intake --frames clip"
exits 'too small, and said so' 1 'sample 0 "clip/000001", field source.photo: .*left out|sample 0.*left out' sh -c "printf 'P6\n1 1\n255\nabc' | intake -k --frames clip >/dev/null"
exits 'photos as well' 2 'frames: "clip" and photos: want one of them' intake --frames clip "$bad/good.jpg"
exits 'key points' 2 '--pose: is for photos that are files' intake --frames clip --pose "$tmp/two.json" </dev/null
exits 'a name that is no key' 2 '--frames: "a.b" is no key' intake --frames a.b </dev/null
done_testing
