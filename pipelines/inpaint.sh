#!/bin/sh
# A texture from one photo with the trained U-Net, at full size.
#
#	pipelines/inpaint.sh PHOTO [FOLDER]
#
# As texture.sh. The U-Net's texture has the size that unet.tar of the suite
# was trained for; detail(1) adds the high-frequency detail of the large photo.
# In FOLDER:
#
#	i0-maps.tar.zst		the person, cut out, with IUV and coordinates, 512 x 512
#	i1-inpaint.tar.zst	the texture of inpaint
#	i2-unwrap.tar.zst	four views and the texture of unwrap, 512 x 512
#	i3-detail.tar.zst	the two combined, with 0.7 of what the photo shows kept,
#				and rendered in the four views
#	inpaint-texture.png	that texture
#	inpaint.png		unwrap's and that one on one sheet
#	person.glb		the texture on a body with a skeleton, for Blender and the like
#
# LICENCE in the environment says what the photo may be used for; what is made of
# it says "not stated" otherwise.
set -e
photo=${1:?usage: pipelines/inpaint.sh PHOTO [FOLDER]}
out=${2:-build/texture}
case $out in -*) out=./$out ;; esac
mkdir -p "$out"
pattern=$(printf %s "$out" | sed s/%/%%/g)	# of what names files by patterns

intake --whole ${LICENCE:+--licence "$LICENCE"} -- "$photo" | findpose --unlabelled | cutout --size 512 | fitbody | iuv2coord >"$out/i0-maps.tar.zst"
inpaint <"$out/i0-maps.tar.zst" >"$out/i1-inpaint.tar.zst"
# The views are drawn from the body itself: the bank's IUVs, of 256 x 256, would show as stairs.
unwrap <"$out/i0-maps.tar.zst" |
	render-mesh --texture - --pose ease --yaw 0,90,180,270 --size 512 --role target --drop target.image >"$out/i2-unwrap.tar.zst"
detail --seams --photo 0.7 -w "$out/i1-inpaint.tar.zst" <"$out/i2-unwrap.tar.zst" |
	render-warp --gain --background f4f4f4 >"$out/i3-detail.tar.zst"

ts2img --only texture -o "$pattern/inpaint-texture.png" <"$out/i3-detail.tar.zst"
tex2mesh --pose stand -o "$pattern/person.glb" <"$out/i3-detail.tar.zst"
# The texture of unwrap in the same views under another name, so that one sheet shows both.
render-warp --background f4f4f4 --only texture --only target.render <"$out/i2-unwrap.tar.zst" |
	tsjoin --rename texture=unwrap --rename target.render=unwrap.render - |
	tsjoin "$out/i3-detail.tar.zst" - |
	ts2img --only source.image --only unwrap --only unwrap.render --only texture --only target.render \
		--across --sheet "$out/inpaint.png"
