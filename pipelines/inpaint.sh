#!/bin/sh
# A texture from one photo with the trained U-Net: what unwrap makes, and what
# the network makes of that.
#
#	pipelines/inpaint.sh PHOTO [FOLDER]
#
# As texture.sh, at the size that unet.tar of the suite was trained for. In
# FOLDER:
#
#	i1-unwrap.tar.zst	maps, four views, the texture of unwrap
#	i2-inpaint.tar.zst	the texture of inpaint, on the four views
#	inpaint.png		both of them on one sheet
set -e
photo=${1:?usage: pipelines/inpaint.sh PHOTO [FOLDER]}
out=${2:-build/texture}
size=${SIZE:-128}
mkdir -p "$out"

intake --size "$size" "$photo" | posebank --yaw 0,90,180,270 --stance ease |
	pose2heat | iuv2coord | unwrap >"$out/i1-unwrap.tar.zst"
inpaint <"$out/i1-unwrap.tar.zst" | render-warp --background f4f4f4 >"$out/i2-inpaint.tar.zst"

# The same views under another name, so that one sheet shows both.
render-warp --background f4f4f4 --only texture --only target.render <"$out/i1-unwrap.tar.zst" |
	tsjoin --rename texture=unwrap --rename target.render=unwrap.render - |
	tsjoin "$out/i2-inpaint.tar.zst" - |
	ts2img --only source.image --only unwrap --only unwrap.render --only texture --only target.render \
		--across --sheet "$out/inpaint.png"
