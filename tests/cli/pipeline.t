#!/bin/sh
# pipelines/texture.sh on the shipped sample: it runs, shows what is seen, and its texture fits the photo.
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
done_testing
