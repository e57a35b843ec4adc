#!/bin/sh
# ts2img: file names, depths, the sheet; what is refused leaves no file; a
# full disk. The colours are tested in tests/unit/picture.c.
. tests/lib.sh
bad=tests/bad/intake		# good input is there, too

cp $bad/good.jpg "$tmp/one.jpg"
cp $bad/good.jpg "$tmp/two.jpg"
cp $bad/one-person-only_keypoints.json "$tmp/one_keypoints.json"
cp $bad/inds-of-another-size_IUV.png "$tmp/one_IUV.png"
intake --size 64 "$tmp/one.jpg" "$tmp/two.jpg" >"$tmp/in" || exit 2
listed() { (cd "$tmp" && find out -type f | sort | tr '\n' ' '); }

ok 'a file for each field' ts2img -o "$tmp/out/%k.%f.png" <"$tmp/in"
is 'their names' "$(listed)" 'out/one.source.image.png out/one.source.iuv.png out/one.source.pose.png out/two.source.image.png '
rm -r "$tmp/out"
ok 'a folder for each sample' ts2img -o "$tmp/out/%k/100%%/%f.tif" --only '*.image' <"$tmp/in"
is 'their names' "$(listed)" 'out/one/100%/source.image.tif out/two/100%/source.image.tif '
rm -r "$tmp/out"
tsjoin -k 0 "$tmp/in" | intake --role target --size 64 "$tmp/one.jpg" 2>/dev/null | ts2img -o "$tmp/out/%f.png"
is 'views have numbers' "$(listed)" 'out/target.image.0.png out/target.iuv.0.png out/target.pose.0.png '

ok 'what is written comes in again the same' sh -c "
	ts2img -o '$tmp/back/%k.png' --only source.image <$tmp/in &&
	intake --size 64 $tmp/back/one.png $tmp/back/two.png >$tmp/back.ts &&
	tsjoin $tmp/in >$tmp/x && tscmp --only source.image $tmp/in $tmp/back.ts"

ok 'a sheet' ts2img --cell 40 --sheet "$tmp/sheet.png" <"$tmp/in"
if command -v file >/dev/null; then
	is 'its size: 96 + 3 (40 + 4) by 19 + 2 (40 + 4)' \
	    "$(file -b "$tmp/sheet.png" | cut -d, -f2)" ' 228 x 107'
	ts2img --cell 40 --wrap 2 --sheet "$tmp/sheet.png" <"$tmp/in"
	is 'two in a row: 96 + 2 (40 + 4) by 19 + (2 + 1) (40 + 4)' \
	    "$(file -b "$tmp/sheet.png" | cut -d, -f2)" ' 184 x 151'
else
	skip 'its size' 'no file(1) here'
fi

if command -v tiffinfo >/dev/null; then
	tags() { tiffinfo "$1" | sed -n 's/^ *\(Bits.*\|Sample Format.*\|Photo.*\)/\1/p' | tr '\n' ';'; }
	intake --size 64 "$tmp/one.jpg" | pose2heat >"$tmp/heat"
	for b in 8 16 float; do
		ok "TIFF, $b" ts2img -b $b --only '*.image' --only '*.heat' -o "$tmp/$b/%f.tif" <"$tmp/heat"
	done
	is '8 bits' "$(tags "$tmp/8/source.image.tif")" 'Bits/Sample: 8;Sample Format: unsigned integer;Photometric Interpretation: RGB color;'
	is '16 bits' "$(tags "$tmp/16/source.image.tif")" 'Bits/Sample: 16;Sample Format: unsigned integer;Photometric Interpretation: RGB color;'
	is 'float' "$(tags "$tmp/float/source.heat.tif")" 'Bits/Sample: 32;Sample Format: IEEE floating point;Photometric Interpretation: RGB color;'
else
	skip 'TIFF tags' 'no tiffinfo here'
fi

rm -rf "$tmp/out"
exits 'no -o and no sheet' 2 'want -o PATTERN or --sheet' ts2img <"$tmp/in"
ok 'JPEG' ts2img --only source.image -o "$tmp/jpeg/%k.jpg" <"$tmp/in"
is 'is JPEG' "$(head -c 3 "$tmp/jpeg/one.jpg" | od -An -tx1)" ' ff d8 ff'
ok 'which intake reads' intake "$tmp/jpeg/one.jpg"
exits 'not of 16 bits' 2 'a JPEG has 8' ts2img -b 16 --only source.image -o "$tmp/jpeg/%k.jpg" <"$tmp/in"
exits 'an unknown ending' 2 'ends in .png, .tif or .jpg' ts2img -o "$tmp/out/%k.%f.bmp" <"$tmp/in"
exits 'a sheet of unknown ending' 2 'ends in .png, .tif or .jpg' ts2img -s "$tmp/out.bmp" <"$tmp/in"
exits 'floats in a PNG' 2 'ends in .tif' ts2img -b float -o "$tmp/out/%k.%f.png" <"$tmp/in"
exits 'a lone %' 2 'lone %' ts2img -o "$tmp/out/%q.png" <"$tmp/in"
exits 'several samples, one name' 2 'no %k, and there is more than one' ts2img --only '*.image' -o "$tmp/out/x.png" <"$tmp/in"
exits 'several fields, one name' 2 'no %f, and there is more than one' ts2img -o "$tmp/out/%k.png" <"$tmp/in"
exits 'a folder that is a file' 2 'one.jpg: cannot make this folder|Not a directory' ts2img -o "$tmp/one.jpg/%k.%f.png" <"$tmp/in"
exits 'nothing to be seen' 2 'no field that can be shown' ts2img --only none -s "$tmp/none.png" <"$tmp/in"
ok 'no sheet then' test ! -e "$tmp/none.png"
exits 'a cut stream' 2 'end mark' sh -c "head -c 9000 $tmp/in | ts2img --sheet $tmp/none.png"
ok 'no sheet then, either' test ! -e "$tmp/none.png"

# A key cannot lead out of the folder: readers refuse such streams.
mkdir "$tmp/evil" && printf '{}' >"$tmp/evil/x.json"
(cd "$tmp/evil" && tar -cf ../evil.tar --transform 's,^,../,' -P x.json)
exits 'a key with ..' 2 'evil|stdin' ts2img -o "$tmp/out/%k.%f.png" <"$tmp/evil.tar"

# A file that does not fit: nothing is left of it.
mkdir "$tmp/full"
exits 'a full disk' 2 'source.image: .*cannot write' sh -c \
    "trap '' XFSZ; ulimit -f 2; ts2img --only '*.image' -b 16 -o '$tmp/full/%k.tif' <$tmp/in"
is 'no file is left' "$(ls -A "$tmp/full")" ''
done_testing
