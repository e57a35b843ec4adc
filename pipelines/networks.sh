#!/bin/sh
# A texture from one photo with the dual-domain networks, and the person of
# the photo in another pose, one stage at a time.
#
#	pipelines/networks.sh PHOTO [FOLDER]
#
# As texture.sh, but the networks generate the pictures of other sides and
# the texture, at 256: the suite's weights, trained at 128, made to work at
# twice the size. In FOLDER:
#
#	n0-weights.tar		those
#	n1-maps.tar.zst		photo, key points, IUV, heat maps, coordinates
#	n2-halluc.tar.zst	the texture of inpaint, where the networks start,
#				the person from 3 sides, and phi_t (step one)
#	n3-texture.tar.zst	the texture
#	n4-target.tar.zst	step two: four other sides, from phi_t and texture
#	networks.png		all of it on one sheet
#
# LICENCE in the environment says what the photo may be used for; what is made of
# it says "not stated" otherwise.
set -e
photo=${1:?usage: pipelines/networks.sh PHOTO [FOLDER]}
out=${2:-build/texture}
case $out in -*) out=./$out ;; esac
mkdir -p "$out"
weights init -z0 --from small.tar --set size=256 >"$out/n0-weights.tar"

# The four sides to be shown in the end come along as target poses.
intake --whole ${LICENCE:+--licence "$LICENCE"} -- "$photo" | findpose --unlabelled | cutout | fitbody |
	posebank --yaw 0,90,180,270 --stance ease | pose2heat | iuv2coord >"$out/n1-maps.tar.zst"

# Image and texture domain take turns; hallucinate starts `texgen -x` itself.
hallucinate -n 3 -w "$out/n0-weights.tar" <"$out/n1-maps.tar.zst" >"$out/n2-halluc.tar.zst"

# The texture, decoded from phi_t.
texgen -w "$out/n0-weights.tar" <"$out/n2-halluc.tar.zst" >"$out/n3-texture.tar.zst"

# Step two, and eq. 12: on the body the rendered texture, scaled to the
# brightness of the photo, around it x^.
hallucinate -t -w "$out/n0-weights.tar" <"$out/n3-texture.tar.zst" | render-warp --gain >"$out/n4-target.tar.zst"

ts2img --only source.image --only halluc.gen --only texture --only target.gen --only target.render \
	--across --sheet "$out/networks.png" <"$out/n4-target.tar.zst"
