#!/bin/sh
# Real people: c is the inverse of s to a fraction of a pixel, in both
# layouts; u and v are what uvlut takes them for; unwrap and render-warp give
# the photo back. Needs ../shared/data and, to measure, python3 with numpy.
. tests/lib.sh
python=
for p in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! "$p" -c 'import numpy' 2>/dev/null || python=$p
done
if [ ! -d "$data/people" ]; then
	skip 'real people' 'no ../shared/data'
	done_testing
fi
full=$data/people/frames_full photo=$data/people/photo_iuv body=$data/body

ok 'intake' sh -c "intake $full/woman_10?.jpg $photo/rp_*.jpg $photo/uvtc.jpg $photo/tiktok0043.png >'$tmp/in'"
is 'twelve people' "$(tsls "$tmp/in" | cut -f1 | sort -u | wc -l)" 12

set --
for f in "$full"/*_IUV.png "$photo"/*_IUV.png; do
	set -- "$@" -c "$f"
done
exits 'orientation: u,v at least 97 %' 0 'orientation: u,v 9[789]' sh -c 'out=$1; shift; uvlut "$@" >"$out"' - "$tmp/smpl" \
    -m "$body/UV_Processed.mat" -b "$body/SMPL_male_default_resolution.obj" "$@"
ok 'the female mesh gives the same table' sh -c "uvlut -m '$body/UV_Processed.mat' \
    -b '$body/SMPL_female_default_resolution.obj' >'$tmp/female' && tscmp '$tmp/smpl' '$tmp/female'"

for l in atlas24 "$tmp/smpl"; do
	if [ -n "$python" ]; then
		ok "c inverts s in ${l##*/}" sh -c "iuv2coord -z 0 -l '$l' <'$tmp/in' | '$python' tests/ref/roundtrip.py >&2"
	else
		skip "c inverts s in ${l##*/}" 'no python3 with numpy'
	fi
	# What the photo shows comes back: the outline does not.
	ok "the photo comes back in ${l##*/}" sh -c "iuv2coord -l '$l' <'$tmp/in' | unwrap -l '$l' | render-warp -b image -l '$l' |
	    metrics -a source.image -b source.render --where source.mask -m psnr -t 'psnr>18'"
done
done_testing
