#!/bin/sh
# intake on all real people of ../shared/data/people: what is seen is right,
# key points and IUV lie on each other, nothing is refused.
. tests/lib.sh
people=$data/people
if [ ! -d "$people" ]; then
	skip 'real people' "no $people here"
	done_testing
fi

intake -v "$people/frames_full" >"$tmp/full" 2>"$tmp/log"
is 'five frames with everything' "$? $(tsls "$tmp/full" | cut -f2 | sort | uniq -c | tr -s ' \n' ' ')" '0  5 source.image 5 source.iuv 5 source.pose '
is 'their key points' "$(grep -c 'key points: BODY_25, 1 person with 1[78] of 18 points' "$tmp/log")" 5
is 'their IUV' "$(grep -c 'IUV: channel order V,U,I (OpenCV)$' "$tmp/log")" 5
is 'nothing doubtful: at least half of the points on the body' "$(grep -c 'only\|do the two\|rescaled' "$tmp/log")" 0

intake -v "$people/photo_iuv" >"$tmp/iuv" 2>"$tmp/log"
is 'seven photos with IUV, two pictures without' "$? $(tsls "$tmp/iuv" | cut -f2 | sort | uniq -c | tr -s ' \n' ' ')" '0  9 source.image 7 source.iuv 1 source.matte '
is 'the one mask is taken' "$(grep -c 'tiktok0043: matte: .*tiktok0043_mask.png' "$tmp/log")" 1
is 'all of them V,U,I, none rescaled' "$(grep -c 'IUV: channel order V,U,I (OpenCV)$' "$tmp/log") $(grep -c rescaled "$tmp/log")" '7 0'

intake -v "$people/photo_pose" >"$tmp/pose" 2>"$tmp/log"
is 'key points of every kind' "$? $(sed -n 's/.*key points: \([A-Z_0-9a-z]*\), 1 person.*/\1/p' "$tmp/log" | sort | uniq -c | tr -s ' \n' ' ')" '0  19 BODY_25 4 DressCode '
is 'and so mattes' "$(tsls "$tmp/pose" | grep -c 'source.matte')" 16
is 'SiTH has transparent parts' "$(grep -c 'sith_.*transparent parts made white' "$tmp/log")" 16

intake -v --csv "$data/lists/deepfashion/fasion-annotation-test_new_split.csv" "$people/photo_only" >"$tmp/only" 2>"$tmp/log"
is 'photos with a row in the table' "$? $(tsls "$tmp/only" | cut -f2 | sort | uniq -c | tr -s ' \n' ' ') $(grep -c 'key points: row' "$tmp/log")" '0  41 source.image 4 source.pose  4'

cd "$people/awkward" || exit 2
exits 'a group, separated by INDS' 0 '6 bodies of comparable size.*took the largest' sh -c 'intake coco_group.jpg | cat >/dev/null'
exits 'seven people; the second on request' 0 'removed 3 other bodies' sh -c 'intake -v -n 2 seven_people.jpg | cat >/dev/null'
cp seven_people.jpg seven_people_IUV.png "$tmp"
exits 'without INDS those who touch are one' 0 'bodies of comparable size' sh -c "intake $tmp/seven_people.jpg | cat >/dev/null"
exits 'an array (3,H,W), one pixel narrower than the photo' 0 'one pixel off' sh -c 'intake --iuv model_IUV_chw.npy model.jpg | cat >/dev/null'
exits 'another that fits' 0 'channel order I,U,V, stored \(3,H,W\)' sh -c 'intake -v --iuv model_1_IUV_chw.npy model_1.jpg | cat >/dev/null'
exits 'a PNG named .jpg' 0 'IUV: channel order V,U,I' sh -c 'intake -v --iuv png_named_jpg_IUV.jpg ../photo_iuv/uvtc.jpg | cat >/dev/null'
exits 'an IUV of somebody else' 2 'an IUV of 640x480, want the photo.s 1116x600' intake --iuv coco_group_IUV.png seven_people.jpg

# Points and IUV on each other: each limb's middle lies on a part of its own.
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
	cat >"$tmp/limbs.py" <<-'END'
		import sys, io, tarfile, numpy as np
		# COCO-18 limb -> DensePose parts (right, then left)
		limbs = {(2, 3): (16, 18), (5, 6): (15, 17), (8, 9): (7, 9), (11, 12): (8, 10), (9, 10): (11, 13), (12, 13): (12, 14)}
		t = tarfile.open(fileobj=sys.stdin.buffer, mode='r|')
		pose, good, n = {}, 0, 0
		for m in t:
		    key, field = m.name.split('.', 1)
		    if field not in ('source.pose.npy', 'source.iuv.npy'):
		        continue
		    a = np.load(io.BytesIO(t.extractfile(m).read()))
		    if field == 'source.pose.npy':
		        pose[key] = a
		        continue
		    for (i, j), parts in limbs.items():
		        x, y, c = (pose[key][i] + pose[key][j]) / 2
		        if np.isnan(x):
		            continue
		        n += 1
		        around = a[int(y + .5) - 2:int(y + .5) + 3, int(x + .5) - 2:int(x + .5) + 3, 0]
		        good += bool(np.isin(around, parts).any())
		print(good, 'of', n, 'limbs on their own part')
		sys.exit(int(n < 20 or good < 0.8 * n))
	END
	ok 'left limbs lie on left parts, right on right' sh -c "tsjoin -z 0 $tmp/full | /usr/bin/python3 $tmp/limbs.py"
	sed 's/^/# /' "$tmp/.out"
else
	skip 'limbs on parts' 'no python3 with numpy here'
fi
done_testing
