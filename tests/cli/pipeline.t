#!/bin/sh
# pipelines/texture.sh on the shipped sample: it runs, shows what is seen, and its texture fits the photo. The scripts on the
# photo alone.
. tests/lib.sh
ok "texture.sh" pipelines/texture.sh pipelines/sample/sample.jpg "$tmp/out"
for f in 1-photo 2-maps 3-partial 4-texture 5-views; do
	ok "$f" tsls "$tmp/out/$f.tar.zst"
done
ok "a texture to look at" test -s "$tmp/out/texture.png"
ok "a sheet to look at" test -s "$tmp/out/sheet.png"
# A cell is 256 wide and 4 apart from the next; labels stand at the left and above.
is "with eight pictures side by side" "$(od -An -tu1 -j18 -N2 "$tmp/out/sheet.png" | awk "{ print int((\$1 * 256 + \$2) / 260) }")" 8
ok "intake has nothing to say about the sample" sh -c 'test -z "$(intake pipelines/sample/sample.jpg 2>&1 >/dev/null)"'
ok "every part of the sample is there" sh -c "tsls $tmp/out/1-photo.tar.zst | cut -f2 | grep -cxE 'source.(image|pose|iuv|heat)|target.(pose|iuv)' |
	grep -qx 6"
# The photo is 3-channel u1 and lit; the texture back on it is the photo again, but where the outline was eroded.
ok "the texture fits the photo, PSNR above 30 dB" metrics -a source.image -b source.render --mask source.mask -m psnr \
	-t 'psnr>30' -w "$tmp/out/5-views.tar.zst" <"$tmp/out/5-views.tar.zst"
ok "the person from behind is dressed" sh -c "tsls -s $tmp/out/5-views.tar.zst | grep -q 'target.render.*(4,512,512,3)'"
exits "no photo" 2 "missing.jpg" pipelines/texture.sh "$tmp/missing.jpg" "$tmp/none"

# What is beside the photo wins: no network is needed, and the labels are those of the files.
alone "$tmp" findpose
without() {	# without COMMAND ...: with a findpose that has no network
	PATH=$tmp/bin:$PATH "$@"
}
ok "labels beside the photo do without the network" without pipelines/texture.sh pipelines/sample/sample.jpg "$tmp/labelled"
is "and are those of the files" "$(tsls --only source.iuv -s "$tmp/labelled/1-photo.tar.zst")" \
	"$(intake --size 512 pipelines/sample/sample.jpg | tsls --only source.iuv -s)"
mkdir -p "$tmp/a lone" && cp pipelines/sample/sample.jpg "$tmp/a lone/it's.jpg"
exits "a photo alone without the network" 2 'findpose: .*make pose-weights' without pipelines/texture.sh "$tmp/a lone/it's.jpg" "$tmp/none"
if [ ! -f "$BIN/../share/dualtex/pose.tar" ]; then
	skip "a photo alone" "no pose.tar: make pose-weights"
	done_testing
fi
for s in texture inpaint networks; do
	ok "$s.sh, a photo alone" pipelines/$s.sh "$tmp/a lone/it's.jpg" "$tmp/alone"
done
for f in sheet inpaint networks; do
	ok "$f.png" test -s "$tmp/alone/$f.png"
done
ok "the texture fits the photo, PSNR above 27 dB" metrics -a source.image -b source.render --mask source.mask -m psnr \
	-t 'psnr>27' -w "$tmp/alone/5-views.tar.zst" <"$tmp/alone/5-views.tar.zst"
cp pipelines/sample/sample_keypoints.json "$tmp/a lone/it's_keypoints.json"
ok "key points beside it" pipelines/texture.sh "$tmp/a lone/it's.jpg" "$tmp/points"
is "win" "$(tsls --only source.pose -s "$tmp/points/1-photo.tar.zst" | cut -f3-)" "$(tsls --only source.pose -s "$tmp/out/1-photo.tar.zst" | cut -f3-)"
drawtex -T 64 -z0 | ts2img --only texture -o "$tmp/a lone/nobody.png"
exits "a photo of nobody" 2 'findpose: .*"nobody".*nobody found' pipelines/texture.sh "$tmp/a lone/nobody.png" "$tmp/none"
ok "compare.sh, a folder with a photo of nobody" pipelines/compare.sh "$tmp/compared" "$tmp/a lone"
is "leaves that one out" "$(tsls --only source.iuv "$tmp/compared/dual.tar.zst" | cut -f1)" "it's"
done_testing
