#!/bin/sh
# What `make demo` runs: dualtex on the shipped sample, with the labels beside
# it, and on its photo alone, where the network of others that finds people is
# there or can be had. Its last line names the page to open.
set -e
out=build/demo
sample=pipelines/sample/sample.jpg
licence='MIT (the drawn sample of dualtex)'
pose=0 page=0
pipelines/pose-weights.sh || pose=$?
[ $pose -eq 0 ] || [ $pose -eq 3 ] || exit $pose
pipelines/page-library.sh || page=$?
[ $page -eq 0 ] || [ $page -eq 3 ] || exit $page

dualtex --force --licence "$licence" --out $out $sample
if [ $pose -eq 0 ]; then
	mkdir -p $out/photo
	cp $sample $out/photo/alone.jpg
	dualtex --force --licence "$licence" --out $out $out/photo/alone.jpg
	echo "From the photo alone, without the labels that are shipped with it: $out/alone"
else
	echo "Without the pose network only photos with labels can be used: this is made from the shipped key points and IUV."
	echo "\`make pose-weights\` tries again to get it."
fi
echo "The texture is $out/sample/texture.png, the body, for Blender or a viewer of glTF, $out/sample/person.glb."
if [ $page -eq 0 ]; then
	echo "To look at it from all sides and in motion, open $out/sample/sample.html"
else
	echo "There is no page without three.js: \`make page-library\` tries again to get it."
	echo "Photo, IUV, texture, and five sides: $out/sample/sheet.png"
fi
