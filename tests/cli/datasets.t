#!/bin/sh
# The rules that make training samples of data sets, on trees of the same
# layouts filled with made-up people: who goes where, what is left out and
# why, and that kill -9 loses nothing but time.
. tests/lib.sh
[ -z "$VALGRIND" ] || { echo '1..0 # skip make and perl; the programs run under valgrind elsewhere'; exit 0; }
perl -MJSON::PP -e 1 2>/dev/null || { echo '1..0 # skip no perl with JSON::PP'; exit 0; }
. tests/people.sh
lists=$data/lists

# rules LAYOUT VARIABLE=VALUE ...
rules() {
	layout=$1; shift
	make --no-print-directory -s -f "pipelines/$layout.mk" SIZE=64 "$@"
}
of() {	# of FILE NUMBER WHAT: the report says so
	ok "$2 $3" grep -Eqx " *$2  $3" "$1"
}
manifests() {	# manifests STREAM: NAME of each sample, on one line
	tsls -H --json --only source.pose "$1" | perl -MJSON::PP -ne 'my $j = decode_json($_);
	    print join(" ", $j->{key}, $j->{manifest}{identity}, $j->{manifest}{motion} // "-",
	    map { ref ? "@$_" : $_ } @{$j->{manifest}{pair}}{qw(source target halluc)}), "\n"'
}

# ---- DeepFashion ----

df=$tmp/df
tree deepfashion "$df" 7 4 || exit 2
# One picture each without key points and IUV, damaged, and one of nobody.
rm "$df/labels/WOMEN/Tees_Tanks/id_00000001/01_2_side_keypoints.json" \
    "$df/labels/MEN/Denim/id_00000004/01_3_back_IUV.png"
head -c 300 "$df/images/MEN/Denim/id_00000004/01_1_front.jpg" >"$tmp/cut" &&
	mv "$tmp/cut" "$df/images/MEN/Denim/id_00000004/01_1_front.jpg"
rm "$df/images/MEN/Denim/id_00000004/01_4_full.jpg" "$df/images/WOMEN/Tees_Tanks/id_00000005"/01_[234]_*.jpg
echo '{"version": 1.3, "people": []}' >"$df/labels/WOMEN/Tees_Tanks/id_00000005/01_1_front_keypoints.json"
# As published: other spellings, pictures that do not exist, and the people
# of the test pairs are in the list for training, too.
cat >"$tmp/pairs.csv" <<-'EOF'
	from,to
	fasionMENDenimid0000000602_1front.jpg,fasionMENDenimid0000000602_2side.jpg
	fasionMENDenimid0000000601_3back.jpg,fasionMENDenimid0000000601_1front.jpg
	fasionMENDenimid0000000601_1front.jpg,fasionMENDenimid0000000601_4full.jpg
	fasionWOMENTeesTanksid0000000701_4full.jpg,fasionWOMENTeesTanksid0000000701_2side.jpg
EOF
(cd "$df/images" && find . -name '*.jpg' | sed 's|^\./||; s|/||g; s/id_/id/; s/_\([0-9]_[a-z]\)/_\1/; s/^/fashion/') |
	perl -pe 's/(\d\d)_(\d)_(\w+)\.jpg/$1_$2$3.jpg/' >"$tmp/train.lst"
set -- IMAGES="$df/images" IUV="$df/labels" POSE="$df/labels" TRAIN="$tmp/train.lst" TEST_PAIRS="$tmp/pairs.csv" \
	SHARDS=2 TEST_SHARDS=1 FOREIGN=2 TARGETS=2
: >"$df/images/phone.HEIC" && : >"$df/images/._phone.jpg"
ok 'DeepFashion' rules deepfashion -j2 "$@" OUT="$tmp/a"
report=$tmp/a/report.txt
of "$report" 24 pictures
of "$report" 1 'files passed over: .heic'
of "$report" 4 'pairs listed'
of "$report" 1 'pairs without their pictures'
of "$report" 3 'of people of the test set, not needed there'
of "$report" 1 'pictures left out: pose: no key points to this photo, and they are required'
of "$report" 1 'pictures left out: iuv: no IUV to this photo, and it is required'
of "$report" 1 'pictures left out: image: the PNG stops early.*'
of "$report" 1 'pictures left out: pose: .*list of people is empty.*'
of "$report" 1 'people without a usable picture'
of "$report" 1 'people without a pair'
for split in train test; do
	cut -f6 "$tmp/a/tables/$split"-*.tsv | grep -v identity | sort -u >"$tmp/$split.people"
done
is 'nobody is in both' "$(comm -12 "$tmp/train.people" "$tmp/test.people")" ''
is 'who is in the test set' "$(tr '\n' ' ' <"$tmp/test.people")" '00000006/01 00000007/01 '
is 'a shard has whole people' "$(for f in "$tmp"/a/tables/train-*.tsv; do cut -f6 "$f" | sort -u; done | grep -v identity | sort | uniq -d)" ''
is 'the test pairs, in their order' "$(manifests "$tmp/a/pairs/test-00000-of-00001.tar.zst" | cut -d' ' -f1,2,5 | tr '\n' ';')" \
	"MEN/Denim/id_00000006/01_3_back-0 00000006/01 MEN/Denim/id_00000006/01_1_front;$(
	)MEN/Denim/id_00000006/01_1_front-0 00000006/01 MEN/Denim/id_00000006/01_4_full;$(
	)WOMEN/Tees_Tanks/id_00000007/01_4_full-0 00000007/01 WOMEN/Tees_Tanks/id_00000007/01_2_side;"
is 'fields' "$(tsls "$tmp/a/pairs/train-00000-of-00002.tar.zst" | cut -f2,4 | head -8 | tr '\t\n' '  ')" \
	'source.image (64,64,3) source.pose (18,3) source.iuv (64,64,3) target.image (2,64,64,3) target.pose (2,18,3) target.iuv (2,64,64,3) halluc.pose (2,18,3) halluc.iuv (2,64,64,3) '
ok 'the licence' sh -c "tsls -H $tmp/a/pairs/train-00000-of-00002.tar.zst | grep -q 'DeepFashion: non-commercial'"
touch "$tmp/mark"
ok 'once more' rules deepfashion "$@" OUT="$tmp/a"
is 'nothing was left to do' "$(find "$tmp/a" -newer "$tmp/mark")" ''

touch "$tmp/mark"
ok 'other foreign poses' rules deepfashion -j2 "$@" OUT="$tmp/a" FOREIGN=1
is 'make the pairs again, and not the photos' "$(find "$tmp/a" -newer "$tmp/mark" -name '*.zst' | sed 's|.*/\(.*\)/.*|\1|' | sort | uniq -c | tr -s '\n ' ' ')" ' 3 pairs '

ok 'textrain learns from them' sh -c "weights init -z0 --preset tiny >$tmp/w.tar &&
	textrain -w $tmp/w.tar -d $tmp/trained -s 2 -b 2 -n 2 --targets 2 -j 1 $tmp/a/pairs/train-*.zst"

# Pairs for training from a list: one of them of the test set, one without its picture.
cat >"$tmp/train.csv" <<-'EOF'
	from,to
	fasionMENDenimid0000000201_3back.jpg,fasionMENDenimid0000000201_1front.jpg
	fasionMENDenimid0000000601_3back.jpg,fasionMENDenimid0000000601_1front.jpg
	fasionMENDenimid0000000202_1front.jpg,fasionMENDenimid0000000202_2side.jpg
	fasionMENDenimid0000000202_1front.jpg,fasionMENDenimid0000000202_9full.jpg
EOF
ok 'a list of pairs for training' rules deepfashion -j2 "$@" OUT="$tmp/l" TRAIN_PAIRS="$tmp/train.csv"
is 'is followed' "$(for f in "$tmp"/l/pairs/train-*; do manifests "$f"; done | cut -d' ' -f1,5 | sort | tr '\n' ';')" \
	'MEN/Denim/id_00000002/01_3_back-0 MEN/Denim/id_00000002/01_1_front;MEN/Denim/id_00000002/02_1_front-0 MEN/Denim/id_00000002/02_2_side;'
of "$tmp/l/report.txt" 1 'training pairs of people of the test set'
of "$tmp/l/report.txt" 1 'training pairs without their pictures'

# The same flat, in an archive, with the published tables of key points.
mkdir "$tmp/flat" "$tmp/flat/train"
(cd "$df" && find images labels -type f ! -name '*.json') | while read -r f; do
	to=$(echo "$f" | perl -pe 's{^\w+/}{fashion}; s{/}{}g; s/id_/id/; s/(\d\d)_(\d)_/$1_$2/')
	cp "$df/$f" "$tmp/flat/train/$to"
done
(cd "$tmp" && zip -qr flat.zip flat)
# shellcheck disable=SC2046 # names without blanks
perl -MJSON::PP -e 'print "name:keypoints_y:keypoints_x\n";
	for (@ARGV) {
		local (@ARGV, $/) = $_;
		my $p = (decode_json(<>)->{people}[0] or next)->{pose_keypoints_2d};
		my ($n) = m{labels/(.*)_keypoints};
		$n =~ s/[^A-Za-z0-9]//g;
		print join(": ", "fasion$n.jpg", map { my $c = $_; "[" . join(", ", map { $p->[3 * $_ + 2] ? int $p->[3 * $_ + $c] : -1 } 0 .. 17) . "]" } 1, 0), "\n";
	}' $(find "$df/labels" -name '*.json' | sort) >"$tmp/points.csv"
ok 'flat, packed, with a table of key points' rules deepfashion -j2 IMAGES="$tmp/flat.zip" KEYPOINTS="$tmp/points.csv" \
	POINTS_SIZE=64x64 TEST_PAIRS="$tmp/pairs.csv" SHARDS=1 TEST_SHARDS=1 OUT="$tmp/b"
of "$tmp/b/report.txt" 12 'pictures used'
of "$tmp/b/report.txt" 2 'pictures left out: pose: .*'

# ---- iPER and FashionVideo ----

tree iper "$tmp/iper" 5 5 || exit 2
(cd "$tmp/iper" && tar -czf "$tmp/images_HD.tar.gz" images)
cat >"$tmp/iper.json" <<-'EOF'
	{"val": {"002/2/1": {"source": ["0001.jpg"], "s_n": {"1": ["0001.jpg"]},
	"self_imitation": {"target": "002/2/1", "range": [0, 4]}, "cross_imitation": {"target": "001/1/1", "range": [0, 2]}}}}
EOF
ok 'iPER' rules iper -j2 IMAGES="$tmp/images_HD.tar.gz" IUV="$tmp/iper/labels" POSE="$tmp/iper/labels" \
	PROTOCOL="$tmp/iper.json" STEP=2 SHARDS=1 TEST_SHARDS=1 OUT="$tmp/i" FOREIGN=1
is 'the protocol' "$(manifests "$tmp"/i/pairs/test-*.zst | cut -d' ' -f2- | tr '\n' ';')" \
	'002/2 1 002/2/1/0001 002/2/1/0000 ;002/2 1 002/2/1/0001 002/2/1/0002 ;'
of "$tmp/i/report.txt" 8 'frames between the steps'
of "$tmp/i/report.txt" 12 'pairs of source and target'

tree fashionvideo "$tmp/fv" 3 3 || exit 2
printf '%s\n' 'https://m.media-amazon.com/images/I/A3x+-S.mp4' 'https://m.media-amazon.com/images/I/gone.mp4' >"$tmp/fashion_test.txt"
ok 'FashionVideo' rules fashionvideo IMAGES="$tmp/fv/images" IUV="$tmp/fv/labels" POSE="$tmp/fv/labels" STEP=1 \
	TEST="$tmp/fashion_test.txt" SHARDS=1 TEST_SHARDS=1 OUT="$tmp/v"
is 'its people' "$(cut -f6 "$tmp"/v/tables/t*.tsv | sort | uniq -c | tr -s '\n ' ' ')" ' 3 A1x+-S 3 A2x+-S 3 A3x+-S 2 identity '
of "$tmp/v/report.txt" 1 'names of the test list without pictures'

# ---- one's own photos ----

mkdir -p "$tmp/own/ann" && cp "$df"/images/MEN/Denim/id_00000006/*.jpg "$tmp/own/ann" && cp "$df"/labels/MEN/Denim/id_00000006/* "$tmp/own/ann"
for f in images/WOMEN/Tees_Tanks/id_00000007/01_1_front.jpg labels/WOMEN/Tees_Tanks/id_00000007/01_1_front_IUV.png \
    labels/WOMEN/Tees_Tanks/id_00000007/01_1_front_keypoints.json; do
	cp "$df/$f" "$tmp/own/bob.st$(basename "$f" | sed 's/.*front//')"
done
ok 'a folder for each person' rules folder IMAGES="$tmp/own" SHARDS=1 OUT="$tmp/o" LICENCE="it's Ann's"
is 'who they are' "$(cut -f1,6 "$tmp"/o/tables/*.tsv | tail -n +2 | tr '\t\n' ' ;')" \
	'ann/01_1_front ann;ann/01_2_side ann;ann/01_3_back ann;ann/01_4_full ann;bob_st bob_st;'
is 'who is paired' "$(manifests "$tmp"/o/pairs/*.zst | cut -d' ' -f2 | uniq -c | tr -s ' ')" ' 4 ann'
ok 'textures of them' rules folder IMAGES="$tmp/own" SHARDS=1 OUT="$tmp/o" LICENCE="it's Ann's" PIPE='iuv2coord | unwrap --only texture*' textures
is 'one of each photo' "$(tsls --only texture "$tmp"/o/textures/*.zst | cut -f2,4 | sort | uniq -c | tr -s ' \t' ' ')" ' 5 texture (64,64,3)'
exits 'a stage that fails' 2 'hallucinate: .*field source.coord: is missing' rules folder IMAGES="$tmp/own" SHARDS=1 OUT="$tmp/o" LICENCE="it's Ann's" \
	PIPE='hallucinate | texgen' textures
is 'leaves the old ones' "$(tsls --only texture "$tmp"/o/textures/*.zst | wc -l)" 5

# ---- labels of our own ----

exits 'labels of nobody' 2 'LABELS=theirs: want own' rules folder IMAGES="$tmp/own" OUT="$tmp/x" LABELS=theirs
# Photos of one person with all files, none, key points, an IUV; and one of nobody.
s=pipelines/sample/sample
mkdir -p "$tmp/bare/ann" "$tmp/bare/bob"
for p in all none points iuv; do
	cp $s.jpg "$tmp/bare/ann/$p.jpg"
done
cp ${s}_keypoints.json "$tmp/bare/ann/all_keypoints.json"
cp ${s}_keypoints.json "$tmp/bare/ann/points_keypoints.json"
cp ${s}_IUV.png "$tmp/bare/ann/all_IUV.png"
cp ${s}_IUV.png "$tmp/bare/ann/iuv_IUV.png"
drawtex -T 64 -z0 | ts2img --only texture -o "$tmp/bare/bob/nobody.png"
own() {
	rules folder IMAGES="$tmp/bare" SHARDS=1 OUT="$tmp/bare.out" LICENCE="it's Ann's" LABELS=own "$@"
}
# A stage that dies is the end of the rule, whichever it is.
for p in findpose cutout; do
	mkdir -p "$tmp/dies.$p"
	printf '#!/bin/sh\necho "%s: died" >&2\nexit 2\n' $p >"$tmp/dies.$p/$p"
	chmod +x "$tmp/dies.$p/$p"
	exits "a $p that dies" 2 "$p: died" env PATH="$tmp/dies.$p:$PATH" make --no-print-directory -s -f pipelines/folder.mk SIZE=64 \
		IMAGES="$tmp/bare" SHARDS=1 OUT="$tmp/bare.out" LABELS=own
	is 'leaves no shard' "$(find "$tmp/bare.out" -name '*.zst')" ''
done
if [ -f "$BIN/../share/dualtex/pose.tar" ]; then
	ok 'without' rules folder IMAGES="$tmp/bare" SHARDS=1 OUT="$tmp/bare.out"
	of "$tmp/bare.out/report.txt" 1 'pictures used'
	tsjoin "$tmp"/bare.out/photos/*.zst >"$tmp/theirs"
	ok 'with labels of our own' own
	sed 's/^/# /' "$tmp/bare.out/report.txt"
	of "$tmp/bare.out/report.txt" 5 pictures
	of "$tmp/bare.out/report.txt" 4 'pictures used'
	of "$tmp/bare.out/report.txt" 2 'pictures used with an IUV of our own'
	of "$tmp/bare.out/report.txt" 1 'pictures left out: photo: nobody found'
	of "$tmp/bare.out/report.txt" 1 'people without a usable picture'
	is 'the same fields in all' "$(tsls "$tmp"/bare.out/photos/*.zst | cut -f2 | sort | uniq -c | tr -s '\n ' ' ')" \
		' 4 source.image 4 source.iuv 4 source.pose '
	ok 'labels that are there stay' sh -c "tsjoin --take 0 $tmp/bare.out/photos/*.zst | tscmp - $tmp/theirs"
	ok 'the licence' sh -c "tsls -H $tmp/bare.out/photos/*.zst | grep -q \"it's Ann's\""
	touch "$tmp/mark"
	ok 'once more' own
	is 'nothing was left to do' "$(find "$tmp/bare.out" -newer "$tmp/mark")" ''
	ok 'options for cutout' own CUTOUT='--fit stretch'
	exits 'which are not for intake' 2 'fit: is for what is cut out' own INTAKE='--fit stretch'
else
	skip 'labels of our own' 'no pose.tar: make pose-weights'
fi

# ---- nobody's photos ----

ok 'synthbody' make -s -f pipelines/synthbody.mk -j2 SHARDS=2 TEST_SHARDS=1 SAMPLES=2 SYNTH='--size 48 --body tests/data/robot.npz' OUT="$tmp/s"
is 'every sample once' "$(for f in "$tmp"/s/pairs/train*; do tsls --only source.pose "$f"; done | cut -f1 | tr '\n' ' ')" \
	'train1-0000000 train1-0000001 train1-0000002 train1-0000003 '
is 'others for tests' "$(for f in "$tmp"/s/pairs/*; do tsls -H --json --only source.pose "$f"; done | perl -MJSON::PP -ne '
	print decode_json($_)->{manifest}{identity}, "\n"' | sort | uniq -d)" ''

exits 'a folder of something else' 2 'no picture that is named as in iper' rules iper IMAGES="$df/images" OUT="$tmp/x"
mkdir "$tmp/other" && cp "$tmp/flat.zip" "$tmp/other"
exits 'two archives of one name' 2 'archives of one name' rules deepfashion IMAGES="$tmp/flat.zip" IUV="$tmp/other/flat.zip" OUT="$tmp/x"
exits 'a folder that is not there' 2 'no/such: no such folder' rules iper IMAGES=no/such OUT="$tmp/x"
is 'leave no shard' "$(find "$tmp/x" -name '*.zst')" ''

# The published lists themselves, with pictures of a few of their names.
if [ -d "$lists" ]; then
	mkdir "$tmp/few"
	for f in $(sed -n '2,4s/,.*//p' "$lists/deepfashion/fasion-pairs-test.csv") $(head -3 "$lists/deepfashion/train.lst"); do
		: >"$tmp/few/$f"
	done
	ok 'the published lists' pipelines/datasets/index.pl --layout deepfashion --images "$tmp/few" --out "$tmp/few.out" \
		--test-pairs "$lists/deepfashion/fasion-pairs-test.csv" --train "$lists/deepfashion/train.lst"
	cp "$tmp/.out" "$tmp/few.tsv"
	is 'their pairs' "$(grep 'pairs listed' "$tmp/few.tsv" | cut -f2)" 8670
	for l in iper/iPER fashionvideo/fashionvideo; do
		ok "${l#*/}_protocol.json" sh -c 'perl -MJSON::PP -e "decode_json(join q(), <>)->{val} or die" "$1"' - "$lists/${l}_protocol.json"
	done
else
	skip 'the published lists' 'no ../shared/data'
fi

# ---- names that a shell or a table reads otherwise ----

# Each of these would make the file X, were it text of a shell.
mkdir "$tmp/odd" && cd "$tmp/odd" || exit 2
for name in 'a;touch X;b' 'a$(touch X)b' 'a`touch X`b' 'a&touch X&b' "a'b" 'a b' 'a|b' 'a>X'; do
	mkdir -p "$name"
	cp "$top/$s.jpg" "$name/1.jpg"
	given=$(printf %s "$name" | sed 's/[$]/$$/g')
	exits "a folder $name" 2 'IMAGES: want a path without blanks and without' make --no-print-directory -s -f "$top/pipelines/folder.mk" IMAGES="$given" OUT=out
	exits "and to write to" 2 'OUT: want a path' make --no-print-directory -s -f "$top/pipelines/folder.mk" IMAGES=plain OUT="$given"
done
exits 'a list of such a name' 2 'TEST: want a path' make -s -f "$top/pipelines/deepfashion.mk" IMAGES=plain OUT=out TEST='x;touch X'
exits 'shards of such a name' 2 'DATA: want a path' make -s -f "$top/pipelines/tables.mk" OUT=out DATA='x*.zst;touch X'
exits 'figures of such a name' 2 'CHARACTERS: want a path' make -s -f "$top/pipelines/dressed.mk" OUT=out CHARACTERS='x;touch X'
mkdir -p plain/ann
for name in 'a;touch X;b' 'a$(touch X)b' 'a`touch X`b' "it's" '-n'; do
	cp "$top/$s.jpg" "plain/ann/$name.jpg"
	cp "$top/${s}_IUV.png" "plain/ann/${name}_IUV.png"
	cp "$top/${s}_keypoints.json" "plain/ann/${name}_keypoints.json"
done
# shellcheck disable=SC2016	# as it is
licence='$$(touch X) `touch X` "; touch X; it'"'s"
ok 'photos of such names, and a licence' make --no-print-directory -s -f "$top/pipelines/folder.mk" SIZE=64 SHARDS=1 IMAGES=plain OUT=out LICENCE="$licence"
is 'all of them' "$(tsls --only source.image out/photos/*.zst | wc -l)" 5
is 'the licence' "$(tsls -H --json --only none out/photos/*.zst | grep -c 'touch X) `touch X`')" 5
is 'nothing was run' "$(find . -name X)" ''
tab=$(printf 'plain/ann/a\tb')
cp "$top/$s.jpg" "$tab.jpg"
exits 'a tab in a name' 2 'plain/ann/a.b.jpg: a tab, a newline' make --no-print-directory -s -f "$top/pipelines/folder.mk" SIZE=64 SHARDS=1 IMAGES=plain OUT=out2
mkdir box && cp "$top/$s.jpg" box/a.jpg && ln -s /etc box/link && tar -cf link.tar box
rm box/link && ln box/a.jpg box/b.jpg && tar -cf hard.tar box
rm box/b.jpg && tar -cf twice.tar box && tar -rf twice.tar box/a.jpg
for a in link hard twice; do
	exits "an archive: $a" 2 "$a.tar: box/.* is" sh -c "yes n | '$top/pipelines/datasets/unpack' $a.tar un/$a"
done
is 'nothing of them is left' "$(ls un)" ''

# ---- two makes in one folder ----

mkdir -p two/photos
sleep 60 &
alive=$!
: >"two/photos/a.tmp.$(uname -n).$alive"
: >"two/photos/b.tmp.$(uname -n).999999999"
: >two/photos/c.tmp.elsewhere.999999999
"$top/pipelines/sweep" two
is 'what is alive stays, and what may be' "$(ls two/photos)" "a.tmp.$(uname -n).$alive
c.tmp.elsewhere.999999999"
is 'nothing is said of what is fresh' "$("$top/pipelines/sweep" two 2>&1)" ''
touch -d '2 days ago' two/photos/c.tmp.elsewhere.999999999
: >two/photos/d.tmp.node.a.7.12.3
is 'what another machine left is counted' "$("$top/pipelines/sweep" two 2>&1)" \
    'sweep: 1 that elsewhere has not written to for a day stay; if it is gone: sweep -m elsewhere two'
"$top/pipelines/sweep" -m elsewhere -m node.a two
is 'and goes with -m' "$(ls two/photos)" "a.tmp.$(uname -n).$alive"
exits 'sweep without a folder' 2 usage "$top/pipelines/sweep"
kill $alive
unset MAKEFLAGS MFLAGS	# the jobs of a make around this are not its
p2() { make --no-print-directory -s -f "$top/pipelines/synthbody.mk" -j2 SHARDS=3 TEST_SHARDS=1 SAMPLES=2 SYNTH="--size 48 --body $top/tests/data/robot.npz" OUT=p2; }
p2 2>err1 & one=$!
p2 2>err2 & two=$!
wait $one; one=$?
wait $two
is 'two makes end well' "$one $? $(cat err1 err2)" '0 0 '
is 'with whole files' "$(for f in p2/pairs/*; do tsls "$f" >/dev/null && echo whole; done | sort | uniq -c | tr -s ' ')" ' 4 whole'
cd "$top" || exit 2

# ---- into ----

into=pipelines/into
mkdir "$tmp/into"
ok 'into' $into "$tmp/into/new/file" echo whole
is 'writes what the command writes' "$(cat "$tmp/into/new/file")" whole
exits 'a command that fails' 3 '' $into "$tmp/into/new/file" sh -c 'echo half; exit 3'
exits 'one that says no' 1 '' $into "$tmp/into/new/file" sh -c 'echo half; exit 1'
exits 'its messages, when they had a file' 3 '^why$' $into -l "$tmp/into/log" "$tmp/into/new/file" sh -c 'echo why >&2; exit 3'
exits 'a file that cannot be written' 1 '' $into "$tmp/into/new/file/x" echo
is 'change nothing' "$(cat "$tmp/into/new/file"; find "$tmp/into" -type f | wc -l)" 'whole
1'
ok 'a no that is allowed' $into -1 -l "$tmp/into/log" "$tmp/into/new/file" sh -c 'echo less; echo why >&2; exit 1'
is 'is the new file' "$(cat "$tmp/into/new/file" "$tmp/into/log" | tr '\n' ' ')" 'less why '
exits 'a signal' 143 '' sh -c "$into $tmp/into/new/file sleep 1 & sleep 0.3; kill \$!; wait \$!"
is 'leaves nothing behind' "$(find "$tmp/into" -type f | wc -l)" 2

# ---- kill -9 ----

# Ten times at random moments, half of them with all its children: the same
# files as without.
shards() { rules deepfashion -j2 "$@" SHARDS=4 TEST_SHARDS=2; }
begin=$(date +%s%N)
ok 'undisturbed' shards "$@" OUT="$tmp/whole"
took=$(($(date +%s%N) - begin))
for i in 1 2 3 4 5 6 7 8 9 10; do
	wait=$(awk -v s="$took$i" -v t="$took" 'BEGIN { srand(s % 1000003); print t / 1e9 * (0.05 + 0.35 * rand()) }')
	echo "# kill $i after $wait s"
	setsid make --no-print-directory -s -f pipelines/deepfashion.mk SIZE=64 -j2 "$@" SHARDS=4 TEST_SHARDS=2 OUT="$tmp/killed" \
		>"$tmp/.out" 2>&1 &
	victim=$!
	sleep "$wait"
	if [ $((i % 2)) -eq 0 ]; then
		kill -9 -- -$victim
	else
		kill -9 $victim
	fi 2>/dev/null
	wait $victim 2>/dev/null
	# No shard counts that is not whole.
	for f in "$tmp"/killed/*/*.tar.zst; do
		[ ! -f "$f" ] || tsls "$f" >/dev/null 2>&1 || ok "whole after kill $i: $f" false
	done
	mkdir -p "$tmp/killed/unpacked/x.zip.tmp.$(uname -n).999999999"
	[ $i -ne 5 ] || rm -rf "$tmp/killed"
done
sleep 0.5	# what lives on without its make
ok 'after ten times kill -9' shards "$@" OUT="$tmp/killed"
is 'nothing temporary is left' "$(ls "$tmp/killed/unpacked"; rmdir "$tmp/killed/unpacked")" ''
ok 'the same files, byte for byte' diff -r -x '*.set' -x '*.tmp.*' "$tmp/whole" "$tmp/killed"
done_testing
