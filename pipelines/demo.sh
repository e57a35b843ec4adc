#!/bin/sh
# What `make demo` runs: the shipped sample through the classical pipeline and
# through the networks. Its last lines name the pictures to open.
set -e
out=build/demo
pipelines/texture.sh pipelines/sample/sample.jpg $out
pipelines/networks.sh pipelines/sample/sample.jpg $out
pipelines/inpaint.sh pipelines/sample/sample.jpg $out
echo "The texture is $out/texture.png, the streams between the stages are $out/*.tar.zst."
if [ -f weights/unet.tar.zst ]; then
	echo "With the U-Net: $out/inpaint-texture.png; beside unwrap's, from four sides: $out/inpaint.png"
	echo "On a body that can be posed, for Blender or a viewer of glTF: $out/person.glb"
fi
if [ -f weights/small.tar.zst ]; then
	echo "What the networks make of it: $out/networks.png"
else
	echo "The networks run too ($out/networks.png), but with UNTRAINED weights: all they make is noise."
fi
echo "Photo, IUV, what is seen, filled texture, and four sides: $out/sheet.png"
