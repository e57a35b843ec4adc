#!/bin/sh
# The examples of every man page run. Each page gets a folder with the files
# that examples speak of, made from the shipped sample; an example that needs
# something else (a body, a foreign file, jq) is skipped, and what is said.
. tests/lib.sh
[ -z "$VALGRIND" ] || { echo '1..0 # skip the tests of each program run under valgrind'; exit 0; }
sample=$top/pipelines/sample/sample

mkdir "$tmp/files" "$tmp/files/photos" "$tmp/files/textures" && cd "$tmp/files" || exit 2
for who in alice bob sample; do
	for ext in .jpg _keypoints.json _IUV.png; do
		cp "$sample$ext" "$who$ext"
	done
done
cp alice* photos
printf 'key\tphoto\tpose\tiuv\tidentity\n' >people.tsv
for n in alice bob sample; do
	printf '%s\t%s.jpg\t%s_keypoints.json\t%s_IUV.png\tcarol\n' $n $n $n $n
done >>people.tsv
tar -cf photos.zip photos		# told by its bytes, not by its name
if [ -d "$data/body" ]; then
	cp "$data/body/body_female.npz" body.npz && cp body.npz me.npz
	cp "$data/body/UV_Processed.mat" .
	cp "$data/body/SMPL_female_default_resolution.obj" SMPL.obj
	uvlut -m UV_Processed.mat -b SMPL.obj >smpl.tar.zst
fi
intake --size 128 alice.jpg | pose2heat | iuv2coord | unwrap >alice.tar.zst
for name in photos set in ours theirs old new; do
	cp alice.tar.zst $name.tar.zst
done
posebank -y 0,90 -p ease <alice.tar.zst | iuv2coord --only 'target*' >poses.tar.zst
tsjoin --drop texture --rename source=target alice.tar.zst >back.tar.zst
tsjoin --drop 'texture*' alice.tar.zst >front.tar.zst
tsjoin -z 0 --only source.mask alice.tar.zst | tee masks.tar >foreign.tar
cp "$top/tests/ref/metrics/small.tar.zst" result.tar.zst
cp "$top/tests/data/tflite/ops.tflite" pose_landmark_full.tflite
cd "$top" || exit 2

# blocks PAGE: its examples into $tmp/block.1, ...
blocks() {
	rm -f "$tmp"/block.*
	awk -v to="$tmp/block." '
		/^\.Sh/ { on = $2 == "EXAMPLES" }
		on && /^\.Ed/ { b = 0; close(to n) }
		on && /^\.Dl / { n++; print substr($0, 5) >(to n); close(to n) }
		b { gsub(/\\e/, "\\"); print >(to n) }
		on && /^\.Bd/ { b = 1; n++ }' "$1"
}

# A file that the block reads and that is not here, or a program that is not.
missing() {
	sed 's/[<|;()]/ & /g; s/>[ ]*[^ ]*//g; s/ -o [^ ]*//g; s/tee [^ ]*//g; s/--sheet [^ ]*//g' "$1" | tr -s " '" '\n' |
	    grep -E '^[A-Za-z0-9_./*-]+\.(npz|mat|obj|csv|pth|tar|zst|jpg|png)$' | while read -r f; do
		ls $f >/dev/null 2>&1 || grep -q ">[ ]*$f" "$1" || { echo "$f"; break; }
	done
	! grep -qw jq "$1" || command -v jq >/dev/null || echo jq
	! grep -qw findpose "$1" || [ -f "$BIN/../share/dualtex/pose.tar" ] || echo 'pose.tar, make pose-weights'
	! grep -qwE 'ffmpeg|ts2clip' "$1" || command -v ffmpeg >/dev/null || echo ffmpeg
	! grep -qw ts2page "$1" || [ -f "$BIN/../share/dualtex/three.html" ] || echo 'three.js, make page-library'
	! grep -q '^import ' "$1" || echo 'Python, see interop.t'
	! grep -q -e '-i [a-z]*[.]mp4' "$1" || echo 'a video'
}

# Hundreds of people become three: the same programs and options.
no_error() {	# 1 is a defined "no"
	sed 's/ -n [1-9][0-9][0-9][0-9]*/ -n 3/' "$1" >"$tmp/few"
	sh "$tmp/few"
	[ $? -le 1 ]
}

for page in man/*.[157]; do
	blocks "$page"
	rm -rf "$tmp/x" && cp -r "$tmp/files" "$tmp/x" && cd "$tmp/x" || exit 2
	for b in "$tmp"/block.*; do
		[ -f "$b" ] || continue
		what="$page: $(head -1 "$b" | tr -d '\\')"
		needs=$(missing "$b" | head -1)
		if [ -n "$needs" ]; then
			skip "$what" "needs $needs"
		else
			ok "$what" no_error "$b"
		fi
	done
	cd "$top" || exit 2
done
done_testing
