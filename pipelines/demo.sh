#!/bin/sh
# What `make demo` runs: the shipped sample through the classical pipeline.
# Its last line names the picture to open.
set -e
out=build/demo
pipelines/texture.sh pipelines/sample/sample.jpg $out
echo "The texture is $out/texture.png, the streams between the stages are $out/*.tar.zst."
echo "Photo, IUV, what is seen, filled texture, and four sides: $out/sheet.png"
