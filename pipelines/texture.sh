#!/bin/sh
# A texture from one photo without networks, one stage at a time.
#
#	pipelines/texture.sh PHOTO [FOLDER]
#
# PHOTO may be alone: then findpose finds the person and fitbody makes the
# labels, which needs `make pose-weights` once. Key points and IUV beside it
# (PHOTO_keypoints.json, PHOTO_IUV.png; see intake(1)) come first. Every stage
# leaves its stream in FOLDER (build/texture), to be looked at with tsls or
# ts2img:
#
#	1-photo.tar.zst		the person, cut out, with key points and IUV
#	2-maps.tar.zst		the texel of each pixel, and the pixel of each texel
#	3-partial.tar.zst	the texels that the photo shows
#	4-texture.tar.zst	mirrored and filled: the texture
#	5-views.tar.zst		the person from four sides
#	texture.png, sheet.png	the texture, and all of it on one sheet
#
# LICENCE in the environment says what the photo may be used for; what is made of
# it says "not stated" otherwise.
set -e
photo=${1:?usage: pipelines/texture.sh PHOTO [FOLDER]}
out=${2:-build/texture}
case $out in -*) out=./$out ;; esac
mkdir -p "$out"
pattern=$(printf %s "$out" | sed s/%/%%/g)	# of what names files by patterns

# The person as a square picture of 512 x 512; pose2heat makes the heat maps
# that the networks read, which are not needed here. posebank adds four views
# of a body as targets, which say where its surface is seen from there.
intake --whole ${LICENCE:+--licence "$LICENCE"} -- "$photo" | findpose --unlabelled | cutout --size 512 | fitbody |
	pose2heat | posebank --yaw 0,90,180,270 --stance ease >"$out/1-photo.tar.zst"

# IUV to coordinates, in photo and views alike.
iuv2coord <"$out/1-photo.tar.zst" >"$out/2-maps.tar.zst"

# What the photo shows of the texture, and nothing else.
unwrap --fill none --no-mirror --only texture <"$out/2-maps.tar.zst" |
	tsjoin --rename texture=partial - >"$out/3-partial.tar.zst"

# Texels mirrored from the other side of the body, and a smooth fill for the rest.
tsjoin "$out/2-maps.tar.zst" "$out/3-partial.tar.zst" | unwrap >"$out/4-texture.tar.zst"

# The texture onto the four views.
render-warp --background f4f4f4 <"$out/4-texture.tar.zst" >"$out/5-views.tar.zst"

ts2img --only texture -o "$pattern/texture.png" <"$out/4-texture.tar.zst"
ts2img --only source.image --only source.iuv --only partial --only texture --only target.render \
	--across --sheet "$out/sheet.png" <"$out/5-views.tar.zst"
