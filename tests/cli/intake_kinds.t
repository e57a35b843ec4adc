#!/bin/sh
# What people have and programs took in silence: files of folders that are
# passed over, dumps of detectron2, IUVs that cannot be right, licences, gzip.
. tests/lib.sh
photo=tests/bad/intake/good.jpg		# 32 x 48
s=pipelines/sample

# ---- folders ----
mkdir -p "$tmp/set"
cp $photo "$tmp/set/a.JPG"
cp tests/bad/intake/one-person-only_keypoints.json "$tmp/set/a_keypoints.JSON"
cp tests/bad/intake/inds-of-another-size_IUV.png "$tmp/set/a_IUV.PNG"
for f in b.HEIC c.heic d.gif notes.txt ._a.JPG .hidden.heic e_keypoints.json f_rendered.png; do : >"$tmp/set/$f"; done
intake "$tmp/set" 2>"$tmp/err" >"$tmp/x"
is 'endings in any case, of companions too' "$(tsls "$tmp/x" | cut -f2 | tr '\n' ' ')" 'source.image source.pose source.iuv '
is 'two lines about what is not there' "$(wc -l <"$tmp/err")" 2
ok 'counted by ending, one named' grep -q 'passed over: .*2 \.heic (.*set/[bc]\.[hHeEiIcC]*, \.\.\.).*heif-convert' "$tmp/err"
ok 'other pictures as well' grep -q '1 \.gif (.*set/d\.gif)' "$tmp/err"
ok 'a companion of nobody' grep -q '1 file belongs to no photo that is read: .*e_keypoints.json' "$tmp/err"
exits 'a text only with -v' 0 'passed over: 1 .txt' sh -c "intake -v $tmp/set | cat >$tmp/x"
(cd "$tmp/set" && tar -cf ../set.tar .)
exits 'an archive likewise' 0 '2 \.heic' sh -c "intake $tmp/set.tar | cat >$tmp/x"
mkdir "$tmp/heic" && : >"$tmp/heic/a.heic"
exits 'nothing but HEIC' 2 'no photo in it: passed over 1 .heic .*heif-convert' intake "$tmp/heic"
ok 'beside a photo, in capitals' sh -c "intake -v $tmp/set/a.JPG 2>&1 >$tmp/x | grep -q 'IUV: channel order'"
printf '\0\0\0\030ftypheic\0\0\0\0mif1heic' >"$tmp/x.jpg"
exits 'HEIC by its bytes' 2 'a HEIC file, want JPEG, PNG, TIFF or WebP; convert it with: heif-convert' intake "$tmp/x.jpg"

# Photos of one name in several folders: these tell them apart, wherever the labels lie.
f=$tmp/folders
for n in alice b.ob; do
	for d in side/$n tree/images/x/$n tree/iuv/x/$n inside/$n/images inside/$n/iuv; do
		mkdir -p "$f/$d"
	done
	for d in side/$n tree/images/x/$n inside/$n/images; do cp $photo "$f/$d/1.jpg"; done
	for d in side/$n tree/iuv/x/$n inside/$n/iuv; do cp tests/bad/intake/inds-of-another-size_IUV.png "$f/$d/1_IUV.png"; done
done
cp $photo "$f/side/alice/2.jpg"
has() {	# has ARGUMENTS: keys and fields, as they come, of which intake says nothing
	intake "$@" 2>"$tmp/err" | tsls | cut -f1,2 | tr '\t\n' ': '
	cat "$tmp/err"
}
both='alice_1:source.image alice_1:source.iuv b_ob_1:source.image b_ob_1:source.iuv '
is 'labels beside the photos' "$(has "$f/side")" "$(echo "$both" | sed 's/iuv b/iuv alice_2:source.image b/')"
is 'labels in a tree of their own' "$(has "$f/tree")" "$both"
is 'folders in the folders' "$(has "$f/inside")" "$both"
(cd "$f" && tar -cf tree.tar tree)
is 'in an archive' "$(has "$f/tree.tar" | tr ' ' '\n' | sort | tr '\n' ' ')" "$both"
rm "$f/tree/images/x/b.ob/1.jpg"
exits 'of one photo two labels' 2 'both are the IUV of "1"' intake "$f/tree"
is 'photos by name, of several folders' "$(has "$f/side/alice/1.jpg" "$f/side/b.ob/1.jpg" "$f/side/alice/2.jpg")" \
    "$(echo "$both" | sed 's/$/2:source.image /')"
is 'operands' "$(has "$f/side/alice" "$f/tree/images")" 'alice_1:source.image alice_1:source.iuv alice_2:source.image images_1:source.image '
exits 'what no folder tells apart' 2 '1.jpg and .*/1.jpg: both would be sample "alice_1"' intake "$f/side/alice/1.jpg" "$f/tree/images/x/alice/1.jpg"

mkdir "$tmp/annex" && cp $photo "$tmp/annex/a.jpg" && ln -s gone "$tmp/annex/b.jpg" && ln -s gone "$tmp/annex/c_IUV.png" && ln -s gone "$tmp/annex/notes.txt"
exits 'links to nowhere' 0 '2 links lead nowhere: .*/annex/(b.jpg|c_IUV.png), ' sh -c "intake $tmp/annex >$tmp/x"
rm "$tmp/annex/a.jpg"
exits 'nothing but these' 2 'no photo in it: 2 links lead nowhere, such as ' intake "$tmp/annex"
# A table that Excel wrote, with a licence for one photo.
printf '\357\273\277key\tphoto\tlicence\tIUV\rx\t%s\tCC0\tiuv.png\ry\t%s\t\tiuv.png\r' $photo $photo >"$tmp/mac.tsv"
exits 'a column that is not known' 0 'columns of the table that are not known are passed over: IUV$' sh -c "intake -z0 --licence mine --table $tmp/mac.tsv >$tmp/x"
is 'a licence of each photo' "$(tar -xOf "$tmp/x" x.json y.json | grep -o '"licence": *\[[^]]*' | tr -d ' \n')" '"licence":["CC0""licence":["mine"'
# Labels that are called as photos are.
mkdir "$tmp/labels" && cp $s/sample_IUV.png "$tmp/labels/a_densepose.png" && cp $s/sample.jpg "$tmp/labels/b.jpg"
label() {	# label NAME VALUE-OF-$x-AND-$y: of 80 x 80, grey or three words
	perl -I"$top/tests/perl" -MStream -e 'put("m", "m.image" => ["u1", [80, 80, 3], [map { my $x = $_ % 80; my $y = int($_ / 80);
	    my @v = eval $ARGV[0]; @v > 1 ? @v : (@v) x 3 } 0 .. 6399]]); finish()' "$2" | ts2img --only m.image -o "$tmp/labels/$1.png"
}
label matte 'my $d = $x - 40 + ($y - 40) / 4; abs($d) < 20 ? 255 : abs($d) < 22 ? 128 + $y : 0'
label segm '(10 * int($x / 20), 10 * int($y / 20), 90)'
label night '($x % 25, 2 * $y, $x + $y)'
label clipped '$x < 30 ? 0 : $x > 50 ? 255 : 12 * ($x - 30) + $y % 12'
intake -w "$tmp/labels" 2>"$tmp/err" >"$tmp/x"
is 'what is no photo' "$(sed 's,.*/labels/,,; s/ seems to be//; s/, and no photo//' "$tmp/err" | sort | tr '\n' ';')" \
    'a_densepose.png: an IUV;matte.png: a matte;segm.png: a map of labels, of few colours;'

# What is no photo by its bytes, and what to do.
while read -r says bytes; do
	printf "$bytes" >"$tmp/x.jpg"
	exits "$says" 2 "$(echo "$says" | tr _ ' ')" intake "$tmp/x.jpg"
done <<-'END'
	a_video_file,.*--frames \0\0\0\040ftypisomxxxx
	a_raw_file,.*darktable-cli \0\0\0\030ftypcrx\040xxxx
	a_PPM_file,.*convert P6\n1\0401\n255\nabc
	a_pointer_of_Git_LFS version\040https://git-lfs.github.com/spec/v1\n
	a_web_page <!DOCTYPE\040html>
END
perl -I"$top/tests/perl" -MStream -e 'put("m", "m.image" => ["u1", [8, 8, 3], [map { $_ % 2 } 1 .. 192]]); finish()' | ts2img --only m.image -o "$tmp/ones.png"
printf 'key\ta.image\tb.image\nx\t%s\t%s\n' "$tmp/ones.png" $photo >"$tmp/t.tsv"
exits 'fractions as bytes' 0 '1 picture has no value above 1, such as .*ones.png' sh -c "img2ts $tmp/t.tsv >$tmp/x"

# ---- names that cannot be keys ----
mkdir "$tmp/names"
nl=$(printf 'a\nb')
long=$(printf '%0210d' 0)
for n in "$nl" "$(printf 'c\377')" "$long" plain; do cp $photo "$tmp/names/$n.jpg"; done
exits 'one alone' 2 'a\?b.jpg: sample 0: the key has control characters or is not UTF-8$' intake "$tmp/names/$nl.jpg"
intake -k "$tmp/names" >"$tmp/x" 2>"$tmp/err"
is 'with -k they are left out' "$? $(tsls "$tmp/x" | cut -f1) $(grep -c '; left out$' "$tmp/err") $(grep -c 'a key of 210 bytes, want at most 200' "$tmp/err")" '1 plain 3 1'
printf 'key\ta.image\nx.y\t%s\nz\t%s\n' $photo $photo >"$tmp/t.tsv"
img2ts -k "$tmp/t.tsv" >"$tmp/x" 2>"$tmp/err"
is 'a table of pictures likewise' "$? $(tsls "$tmp/x" | cut -f1) $(grep -c 'has a dot; left out' "$tmp/err")" '1 z 1'

# ---- mattes ----
matte() {	# matte VALUE-OF-$x-AND-$y: of 32 x 48, as $tmp/m.png
	perl -I"$top/tests/perl" -MStream -e 'put("m", "m.image" => ["u1", [48, 32, 3], [map { my $x = $_ % 32; my $y = int($_ / 32);
	    my $v = eval $ARGV[0]; ($v, $v, $v) } 0 .. 32 * 48 - 1]]); finish()' "$1" | ts2img --only m.image -o "$tmp/m.png"
}
matte '$x > 8 && $x < 24 && $y > 5 ? 255 : 0'
exits 'a right one' 0 '' sh -c "intake --mask $tmp/m.png $photo >$tmp/x"
is 'of which nothing is said' "$(cat "$tmp/.err")" ''
matte '$x > 8 && $x < 24 && $y > 5 && $y < 40 ? 0 : 255'
exits 'inverted' 0 'm.png: the person is at nearly all edges of the photo: is it inverted' sh -c "intake --mask $tmp/m.png $photo >$tmp/x"
matte '$x + $y > 1 ? 255 : 0'
exits 'all but a round corner' 0 'm.png: the person is nearly everywhere' sh -c "intake --mask $tmp/m.png $photo >$tmp/x"
matte '$x > 8 && $x < 24 ? 15 : 0'
iuv=tests/bad/intake/inds-of-another-size_IUV.png
matte '$x < 5 ? 255 : 0'
exits 'of somebody else' 0 'only [0-9]* in 100 of the body in the IUV lie on the person of the matte' sh -c "intake --mask $tmp/m.png --iuv $iuv $photo >$tmp/x"
matte '$x > 2 && $y > 5 ? 255 : 0'
exits 'of the person' 0 '' sh -c "intake --mask $tmp/m.png --iuv $iuv $photo >$tmp/x"
is 'of which nothing is said, either' "$(grep -c 'in 100' "$tmp/.err")" 0
matte '200'
exits 'a photo of one colour' 0 'm: the photo is of one colour, .200,200,200' sh -c "intake $tmp/m.png >$tmp/x"
matte '$x > 8 && $x < 24 ? 15 : 0'
exits 'numbers of classes' 2 'm.png: no value above 15, want 0 to 255' intake --mask "$tmp/m.png" $photo

# ---- detectron2's dumps: two people, the second one seen over the first ----
pixel() {	# pixel X Y: of the IUV in $tmp/iuv
	od -An -tu1 -j $((128 + 3 * (32 * $2 + $1))) -N3 "$tmp/iuv" | tr -s ' '
}
for f in torch-save.pt pickle.pkl numpy.pkl; do
	intake -z0 --whole --iuv tests/data/dump/$f $photo >"$tmp/x"
	tar -xOf "$tmp/x" good.source.iuv.npy >"$tmp/iuv"
	is "$f: first person, second, where both are, nobody" "$(pixel 4 5),$(pixel 23 0),$(pixel 13 5),$(pixel 30 40)" ' 2 23 0, 0 0 0, 1 23 100, 0 0 0'
	is "$f: whose" "$(tsls -s --only source.inds "$tmp/x" | cut -f6-8)" "$(printf '0.380859\t2\t0')"
done
intake -z0 --whole --iuv tests/data/dump/one-person.pkl $photo | tar -xO good.source.iuv.npy >"$tmp/iuv"
is 'labels and uv alone' "$(pixel 4 5),$(pixel 13 5)" ' 2 23 0, 2 232 0'
exits 'said with -v' 0 'a dump of detectron2, 2 people' sh -c "intake -v --iuv tests/data/dump/pickle.pkl $photo | cat >$tmp/x"
exits 'a person is chosen' 0 '' sh -c "intake -n 2 --iuv tests/data/dump/pickle.pkl $photo >$tmp/x"
cp $photo "$tmp/elsewhere.jpg"
exits 'of other photos' 2 'pickle.pkl: 2 photos, none of them elsewhere.jpg' intake --iuv tests/data/dump/pickle.pkl "$tmp/elsewhere.jpg"
exits 'of nobody' 2 'no person was found on the photo' intake --iuv tests/data/dump/nobody.pkl $photo
exits 'of something else' 2 'not the results of detectron2' intake --iuv tests/data/dump/not-a-dump.pkl $photo
head -c 9000 tests/data/dump/pickle.pkl >"$tmp/cut.pkl"
exits 'cut' 2 'cut.pkl: pickle ends' intake --iuv "$tmp/cut.pkl" $photo
passed=
for n in 5 100 1000 5000 15000; do
	head -c $n tests/data/dump/torch-save.pt >"$tmp/cut.pt"
	intake --iuv "$tmp/cut.pt" $photo >"$tmp/x" 2>"$tmp/err"
	[ $? -eq 2 ] || passed="$passed $n"
done
is 'cut anywhere' "$passed" ''
mkdir "$tmp/dumps" && cp $photo "$tmp/dumps/good.jpg" && cp tests/data/dump/numpy.pkl "$tmp/dumps/good_IUV.pkl"
ok 'beside its photo' sh -c "intake -v $tmp/dumps/good.jpg 2>&1 >$tmp/x | grep -q 'a dump of detectron2'"

# ---- an IUV that cannot be right; tests/unit/iuvdoubt.c has the others ----
intake -z0 --size 256 $s/sample.jpg >"$tmp/right"
is 'nothing about the right one' "$(iuv2coord <"$tmp/right" 2>&1 >"$tmp/x")" ''
perl -e '
	undef $/; $_ = <STDIN>;
	my $from = rindex($_, "sample.source.iuv.npy") + 512 + 128;	# behind the headers of tar and array
	for my $i (0 .. 256 * 256 - 1) { my $p = $from + 3 * $i; substr($_, $p + 1, 2) = reverse substr($_, $p + 1, 2) }
	print' <"$tmp/right" >"$tmp/wrong"
exits 'U and V exchanged' 0 'sample: field source.iuv: cannot be right: U and V are exchanged' \
    sh -c "iuv2coord <$tmp/wrong | cat >$tmp/x"

# ---- licences ----
licences() {	# of a stream whose foreign manifest is $1, plain: what the next program says
	mkdir -p "$tmp/foreign" && printf '%s' "$1" >"$tmp/foreign/k.json"
	printf '\007' | npy '|u1' '(1,)' >"$tmp/foreign/k.a.npy"
	tar -cf "$tmp/foreign.tar" -C "$tmp/foreign" k.json k.a.npy
	tsjoin -z0 "$tmp/foreign.tar" | tar -xO k.json | sed 's/.*"licence": *//; s/, *"history.*//'
}
is 'a text is a list of one' "$(licences '{"licence": "CC-BY-4.0"}')" '["CC-BY-4.0"]'
is 'so is a license' "$(licences '{"license": "CC0"}')" '["CC0"]'
is 'what is no text becomes one' "$(licences '{"licence": [{"id": 4}, "MIT", 7]}')" '["{\"id\":4}","MIT","7"]'
is 'none is none' "$(licences '{"licence": null}')" '[]'
is 'a history of text does not end the pipe' "$(licences '{"licence": "a", "history": "by hand"}')" '["a"]'
intake -z0 $photo | tar -xO good.json >"$tmp/json"
ok 'a photo without --licence says so' grep -q '"licence": *\["photo: licence not stated"\]' "$tmp/json"
intake -z0 --licence CC0 $photo | tar -xO good.json >"$tmp/json"
ok 'and with it does not' grep -q '"licence": *\["CC0"\]' "$tmp/json"
intake $s/sample.jpg | iuv2coord | unwrap | tex2mesh -o "$tmp/x.glb"
ok 'a body as GLB says it' grep -aq '"copyright":"[^"]*photo: licence not stated' "$tmp/x.glb"

# ---- streams that others packed ----
gzip -c "$tmp/right" >"$tmp/gz"
is 'gzip' "$(tsls -s "$tmp/gz")" "$(tsls -s "$tmp/right")"
ok 'through a pipe' sh -c "cat $tmp/gz | tscmp - $tmp/right"
{ head -c 5000 "$tmp/right" | gzip; tail -c +5001 "$tmp/right" | gzip; head -c 512 /dev/zero; } >"$tmp/two"
ok 'two members and padding' tscmp "$tmp/two" "$tmp/right"
passed=
for n in 3 18 1000 $(($(wc -c <"$tmp/gz") - 1)); do
	head -c "$n" "$tmp/gz" | tsls >"$tmp/x" 2>"$tmp/err"
	[ $? -eq 2 ] || passed="$passed $n"
done
is 'cut anywhere' "$passed" ''
{ head -c $(($(wc -c <"$tmp/gz") - 8)) "$tmp/gz"; printf 'abcdefgh'; } >"$tmp/sum"
exits 'a checksum that is wrong' 2 'gzip: incorrect data check' tsls "$tmp/sum"
printf 'BZh91AY&SY' >"$tmp/bz"
exits 'bzip2 is named' 2 'a bzip2 file, want a tar, plain or of zstd or gzip: unpack it with bzip2 -dc' tsls "$tmp/bz"
mkdir "$tmp/mac" && tar -xf "$tmp/right" -C "$tmp/mac"
(cd "$tmp/mac" && printf '\0\005\026\007' >._sample.json && cp ._sample.json ._sample.source.image.npy && cp ._sample.json ._end &&
    tar -cf ../mac.tar ._sample.json sample.json ._sample.source.image.npy sample.source.image.npy sample.source.pose.npy sample.source.iuv.npy ._end)
ok '._ files of macOS are passed over' tscmp "$tmp/mac.tar" "$tmp/right"
done_testing
