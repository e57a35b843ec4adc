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
done_testing
