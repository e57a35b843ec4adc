#!/bin/sh
# What each method makes of photos, side by side:
#
#	pipelines/compare.sh FOLDER PHOTO...
#
# Each photo needs its IUV beside it, key points if there are any, see
# intake(1). FOLDER/sheet.png has a row for each person: the photo, then for
# unwrap, for inpaint and for the dual-domain networks the texture, and what
# it looks like from the front and from behind; at last these two views as the
# dual-domain networks paint them. The streams stay in FOLDER.
set -e
out=${1:?usage: pipelines/compare.sh FOLDER PHOTO...}
shift
size=${SIZE:-128} back=f4f4f4
mkdir -p "$out"

intake --size "$size" --require iuv "$@" | posebank --yaw 0,180 --stance ease |
	pose2heat | iuv2coord | unwrap >"$out/unwrap.tar.zst"
inpaint <"$out/unwrap.tar.zst" >"$out/inpaint.tar.zst"
hallucinate -n 2 <"$out/inpaint.tar.zst" | texgen | hallucinate -t >"$out/dual.tar.zst"

look() {	# look METHOD: its texture and renders, under its name
	render-warp --gain -b "$back" --only texture --only target.render --only target.gen <"$out/$1.tar.zst" |
		tsjoin --rename "texture=$1" --rename "target.render=$1.render" --rename "target.gen=$1.gen" - \
			>"$out/$1-look.tar.zst"
}
for m in unwrap inpaint dual; do
	look $m
done
tsjoin --only source.image "$out/unwrap.tar.zst" | tsjoin - "$out/unwrap-look.tar.zst" "$out/inpaint-look.tar.zst" \
	"$out/dual-look.tar.zst" | ts2img --across --cell "$size" --sheet "$out/sheet.png"
rm -f "$out"/*-look.tar.zst
echo "$out/sheet.png"
