#!/bin/sh
# What `make demo` runs: the shipped sample through the classical pipeline and
# through the networks, then its photo alone, with labels of our own, where
# the pose network of others is there or can be had. Its last lines name the
# pictures to open.
set -e
out=build/demo
sample=pipelines/sample/sample.jpg
pose=0
export LICENCE='MIT (the drawn sample of dualtex)'
pipelines/pose-weights.sh || pose=$?
[ $pose -eq 0 ] || [ $pose -eq 3 ] || exit $pose

pipelines/texture.sh $sample $out
pipelines/networks.sh $sample $out
pipelines/inpaint.sh $sample $out
if [ $pose -eq 0 ]; then
	mkdir -p $out/alone
	cp $sample $out/alone/photo.jpg
	pipelines/texture.sh $out/alone/photo.jpg $out/alone
fi

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
if [ $pose -eq 0 ]; then
	echo "From the photo alone, without the labels that are shipped with it: $out/alone/sheet.png"
else
	echo "Without the pose network only photos with labels can be used: this is made from the shipped key points and IUV."
	echo "\`make pose-weights\` tries again to get it."
fi
echo "Photo, IUV, what is seen, filled texture, and four sides: $out/sheet.png"
