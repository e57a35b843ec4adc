#!/bin/sh
# A texture from one photo with the dual-domain networks, and the person of
# the photo in another pose, one stage at a time.
#
#	pipelines/networks.sh PHOTO [FOLDER]
#
# As texture.sh, but the pictures of other sides, and the texture, are what
# the networks make of them. SIZE and the weights go together: small.tar of
# the suite works at 128 x 128. In FOLDER:
#
#	n1-maps.tar.zst		photo, key points, IUV, heat maps, coordinates,
#				and the texture of inpaint, which is evidence
#	n2-halluc.tar.zst	the person from 3 sides, and phi_t (step one)
#	n3-texture.tar.zst	the texture
#	n4-target.tar.zst	step two: four other sides, from phi_t and texture
#	networks.png		all of it on one sheet
set -e
photo=${1:?usage: pipelines/networks.sh PHOTO [FOLDER]}
out=${2:-build/texture}
size=${SIZE:-128}
mkdir -p "$out"

# The four sides to be shown in the end come along as target poses.
intake --size "$size" "$photo" | posebank --yaw 0,90,180,270 --stance ease |
	pose2heat | iuv2coord | inpaint >"$out/n1-maps.tar.zst"

# Image and texture domain take turns; hallucinate starts `texgen -x` itself.
hallucinate -n 3 <"$out/n1-maps.tar.zst" >"$out/n2-halluc.tar.zst"

# The texture, from the features that the exchange left.
texgen <"$out/n2-halluc.tar.zst" >"$out/n3-texture.tar.zst"

# Step two, and eq. 12: the texture where there is body, as bright as
# in the photo, else x^.
hallucinate -t <"$out/n3-texture.tar.zst" | render-warp --gain >"$out/n4-target.tar.zst"

ts2img --only source.image --only halluc.gen --only texture --only target.gen --only target.render \
	--across --sheet "$out/networks.png" <"$out/n4-target.tar.zst"
