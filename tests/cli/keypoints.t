#!/bin/sh
# intake: key points of other programs, those that cannot be right, and files
# without anybody. The forms themselves are in tests/unit/pose.c.
. tests/lib.sh
bad=tests/bad/intake		# good input is there, too
cp $bad/good.jpg "$tmp/a.jpg"		# 32x48
iuv=$bad/inds-of-another-size_IUV.png

# Somebody who stands on a photo of 32x48, as x,y in the order of COCO-18.
body='16,8 16,14 12,14 10,19 8,24 20,14 22,19 25,24 14,24 13,32 13,40 18,24
    19,32 19,40 15,6 17,6 14,7 18,7'
order() {	# order SCALE NUMBER...: these points, 0: a foot
	scale=$1; shift
	printf '%s\n' $body | awk -v scale="$scale" -v want="$*" -F, '
		{ x[NR] = $1; y[NR] = $2 }
		END {
			x[0] = 21; y[0] = 41
			n = split(want, k, " ")
			for (i = 1; i <= n; i++)
				printf("%s%g,%g,1", i == 1 ? "" : ",",
				    x[k[i]] * scale, y[k[i]] * scale)
		}'
}
coco18='1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18'
coco17='1 16 15 18 17 6 3 7 4 8 5 12 9 13 10 14 11'
people() {	# people POINTS [REST]
	printf '{"people":[{"pose_keypoints_2d":[%s]}]%s}' "$1" "${2-}"
}
# Files are not beside the photo: each is given.
take() {	# take: what intake says, and its stream
	intake -v --pose "$tmp/k.json" "$@" "$tmp/a.jpg" >"$tmp/x" 2>"$tmp/log"
}

# shellcheck disable=SC2086	# lists of words
{
people "$(order 1 $coco18)" >"$tmp/k.json"
take
is 'right ones' "$(grep -c 'order\|neck' "$tmp/log")" 0
cp "$tmp/x" "$tmp/right"

people "$(order 2 $coco18)" ',"canvas_width":64,"canvas_height":96' >"$tmp/k.json"
take
is 'on a canvas' "$(grep -c 'scaled from 64x96' "$tmp/log")" 1
ok 'they are scaled' tscmp --only source.pose -a 6 "$tmp/right" "$tmp/x"
exits 'a canvas of other proportions' 2 'for 640x96, the photo of 32x48 has other' sh -c \
    "sed s/:64,/:640,/ $tmp/k.json >$tmp/wide.json; intake --pose $tmp/wide.json $tmp/a.jpg"
ok 'unless a size is given' sh -c "intake --pose-size 64x96 --pose $tmp/wide.json $tmp/a.jpg | tscmp --only source.pose -a 6 $tmp/right -"

people "$(order 1 $coco17 2 1 0 0 0 0 0 0)" >"$tmp/k.json"
take
is 'BODY_25B is said' "$(grep -c 'not in the order of BODY_25: taken for BODY_25B' "$tmp/log")" 1
take --whole
is 'with --whole, too' "$(grep -c 'taken for BODY_25B' "$tmp/log")" 1

people "$(order 1 1 2 9 10 11 12 13 14 3 4 5 6 7 8 15 16 17 18)" >"$tmp/k.json"
take
is 'another table is said' "$(grep -c 'as COCO-18, the neck is not between the shoulders: .*another table' "$tmp/log")" 1
take --iuv $iuv
is 'with an IUV, too' "$(grep -c 'as COCO-18, the neck is not' "$tmp/log")" 1

people "$(order 1 1 1 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18)" >"$tmp/k.json"
take
is 'a neck on the nose is said' "$(grep -c 'the neck lies on the nose: it is put between' "$tmp/log")" 1
ok 'and put right' tscmp --only source.pose -a 6 "$tmp/right" "$tmp/x"
}

# Rows of y, x, score: easy_ViTPose names its points, MoveNet writes its tensor.
rows() {	# rows SCALE SCALE NUMBER...: as order, [[y,x,1],...]
	sx=$1 sy=$2; shift 2
	order 1 "$@" | awk -v RS=, -v sx="$sx" -v sy="$sy" 'NR % 3 == 1 { x = $1 } NR % 3 == 2 { printf("%s[%.9g,%.9g,1]", NR > 2 ? "," : "", ($1 + (sy != 1) / 2) * sy, (x + (sx != 1) / 2) * sx) }'
}
names() {	# names WORD...: as a skeleton
	n=0
	for k; do printf '%s"%d":"%s"' "$([ $n = 0 ] || printf ,)" $n "$k"; n=$((n + 1)); done
}
# shellcheck disable=SC2086	# lists of words
{
coco_names='nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist
    left_hip right_hip left_knee right_knee left_ankle right_ankle'
printf '{"keypoints":[{"0":[%s]}],"skeleton":{%s}}' "$(rows 1 1 $coco17)" "$(names $coco_names)" >"$tmp/k.json"
take
ok 'easy_ViTPose' tscmp --only source.pose -a 6 "$tmp/right" "$tmp/x"
other='1 2 0 0 0 16 15 18 17 6 3 7 4 8 5 12 9 0 13 10 14 11 0'
printf '{"keypoints":[{"0":[%s],"3":[%s]}],"skeleton":{%s}}' "$(rows .5 .5 $other)" "$(rows 1 1 $other)" \
    "$(names nose neck a b c left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist left_hip \
    right_hip hip left_knee right_knee left_ankle right_ankle toe)" >"$tmp/k.json"
take
ok 'with other points, two people: the larger' tscmp --only source.pose -a 6 "$tmp/right" "$tmp/x"
printf '{"keypoints":[{"0":[%s]},{"0":[%s]}],"skeleton":{%s}}' "$(rows 1 1 $coco17)" "$(rows 1 1 $coco17)" "$(names $coco_names)" >"$tmp/k.json"
exits 'of a video' 2 'k.json: .*2 pictures' intake --pose "$tmp/k.json" "$tmp/a.jpg"
printf '{"keypoints":[{"0":[[9,9,1],[8,8,1]]}],"skeleton":{"0":"nose","1":"tail"}}' >"$tmp/k.json"
exits 'of a horse' 2 'no point is called right_shoulder' intake --pose "$tmp/k.json" "$tmp/a.jpg"
printf '{"keypoints":[{}],"skeleton":{%s}}' "$(names $coco_names)" >"$tmp/k.json"
exits 'of nobody' 2 'nobody' intake --pose "$tmp/k.json" "$tmp/a.jpg"
printf '[[[%s]]]' "$(rows .03125 .0208333333 $coco17)" >"$tmp/k.json"
take
ok "MoveNet's tensor" tscmp --only source.pose -a 6 "$tmp/right" "$tmp/x"
is 'of which the photo may have been padded' "$(grep -c "MoveNet's fractions are .*padded to a square" "$tmp/log")" 1
flat=$(rows .03125 .0208333333 $coco17 | tr -d '[]')
nobody=$(printf '0,%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55)
printf '[[[%s0.01],[%s,0.1,0.2,0.9,0.8,0.7],[%s0.02]]]' "$nobody" "$flat" "$nobody" >"$tmp/k.json"
take
ok "MoveNet's for several people" tscmp --only source.pose -a 6 "$tmp/right" "$tmp/x"
is 'of whom one is there' "$(grep -c '1 person' "$tmp/log")" 1
printf '[[[%s0.01]]]' "$nobody" >"$tmp/k.json"
exits 'or none' 2 'nobody in it' intake --pose "$tmp/k.json" "$tmp/a.jpg"

# What the file says round a person.
boxed() {	# boxed BOX: as COCO's results
	printf '[{"image_id":"a.jpg","keypoints":[%s],%s}]' "$(order 1 $coco17)" "$1" >"$tmp/k.json"
	take
	grep -c 'points lie in the box that it has for their person' "$tmp/log"
}
is 'a box of x, y, w, h' "$(boxed '"bbox":[7,5,18,37]')" 0
is 'of two corners, of MMPose' "$(boxed '"bbox":[[7,5,26,42]]')" 0
is 'of two corners, of YOLO' "$(boxed '"box":{"x1":7,"y1":5,"x2":26,"y2":42}')" 0
is 'of who was cut out elsewhere' "$(boxed '"bbox":[107,105,18,37]')" 1
is 'of nothing that is known' "$(boxed '"bbox":"none"')" 0
gt='"annotations":[{"image_id":7,"keypoints":['$(order 1 $coco17)']}]'
printf '{"images":[{"id":7,"file_name":"x/a.png"}],%s}' "$gt" >"$tmp/k.json"
take
ok 'a picture by its number' tscmp --only source.pose -a 6 "$tmp/right" "$tmp/x"
printf '{"images":[{"id":7,"file_name":"b.jpg"}],%s}' "$gt" >"$tmp/k.json"
exits 'of another name' 2 'nobody with image_id "a.jpg" in it; there is "b.jpg"' intake --pose "$tmp/k.json" "$tmp/a.jpg"
people "$(printf '16,24,1,%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)17,24,1" >"$tmp/k.json"
take
is 'all at one place' "$(grep -c 'as COCO-18, all points lie at one place' "$tmp/log")" 1
printf 'name:keypoints_y:keypoints_x\nelse.jpg: %s: %s\n' "[$(printf '9, %.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)9]" \
    "[$(printf '9, %.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)9]" >"$tmp/k.csv"
exits 'a table of other photos' 0 'k.csv: has no row of any photo' sh -c "intake --csv $tmp/k.csv $tmp/a.jpg >$tmp/x"
people "$(order 1 $coco18 | sed 's/,1,/,0.1,/g; s/,1$/,0.1/')" >"$tmp/k.json"
take
is 'sure of nothing' "$(grep -c 'no confidence above 0.1: points below 0.2 are taken for hidden' "$tmp/log")" 1
}

# With an IUV that belongs to them: the sample's, its points in another order.
cp pipelines/sample/sample.jpg "$tmp/s.jpg"
reorder() {	# reorder GROUP...: BODY_25 points of these numbers, from 0
	sed 's/.*2d": \[//; s/\].*//' pipelines/sample/sample_keypoints.json | tr -d ' \n' |
	awk -F, -v want="$*" '{
		n = split(want, k, " ")
		printf("{\"people\":[{\"pose_keypoints_2d\":[")
		for (i = 1; i <= n; i++)
			printf("%s%s,%s,%s", i == 1 ? "" : ",",
			    $(3 * k[i] + 1), $(3 * k[i] + 2), $(3 * k[i] + 3))
		printf("]}]}\n")
	}' >"$tmp/k.json"
	intake --pose "$tmp/k.json" --iuv pipelines/sample/sample_IUV.png "$tmp/s.jpg" 2>"$tmp/log" >"$tmp/x"
}
reorder 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
is 'an IUV and its points' "$? $(cat "$tmp/log")" '0 '
reorder 0 1 5 6 7 2 3 4 8 12 13 14 9 10 11 15 16 17 18 19 20 21 22 23 24
is 'the other side of the body is said' "$(grep -c "lie on the other side's arm or leg in the IUV: is one" "$tmp/log")" 1
reorder 11 14 2 9 10 5 12 13 8 3 4 1 6 7 0 3 4 6 7 19 20 21 22 23 24
is 'other limbs are said, with and without the IUV' \
    "$(grep -c 'as BODY_25, ' "$tmp/log") $(grep -c 'points on the body lie on their own part' "$tmp/log")" '1 1'

# Nobody.
for nobody in '{"people":[]}' '[]' '{"people":[{"pose_keypoints_2d":[],"face_keypoints_2d":[9,9,1]}]}' \
    '[{"image_id":"b.jpg","keypoints":[1,2,1]}]'; do
	printf '%s' "$nobody" >"$tmp/k.json"
	take --iuv $iuv
	is "$nobody: goes on" "$? $(grep -c 'nobody.*; going on with the IUV alone' "$tmp/log") $(tsls "$tmp/x" | cut -f2 | tr '\n' ' ')" \
	    '0 1 source.image source.iuv '
	exits "$nobody: not without an IUV" 2 'nobody' intake --pose "$tmp/k.json" "$tmp/a.jpg"
	exits "$nobody: nor where key points are required" 2 'nobody' \
	    intake --require pose --iuv $iuv --pose "$tmp/k.json" "$tmp/a.jpg"
done

# Pictures of a video by numbers, and what is no file of key points.
# shellcheck disable=SC2086	# lists of words
{
right=$(order 1 $coco18)
far=$(order 1.7 $coco18)
}
one="{\"people\":[{\"pose_keypoints_2d\":[$right]}]}"
refuse() {	# refuse WHAT PATTERN: of $tmp/k.json
	exits "$1" 2 "$2" intake --pose "$tmp/k.json" "$tmp/a.jpg"
}
printf '{"0":%s,"1":%s}' "$one" "$one" >"$tmp/k.json"
refuse 'pictures by numbers are not people' 'speaks of 2 pictures by numbers \("0", "1"\)'
printf '{"7":{"keypoints":[%s]},"9":{"keypoints":[%s]}}' "$right" "$right" >"$tmp/k.json"
take
is 'people by numbers are' "$? $(grep -c '2 people' "$tmp/log")" '0 1'
printf '{"people":[{"keypoints":{"0":[[1,2,1]]}}]}' >"$tmp/k.json"
refuse 'points by names: which kinds there are, and what was found' 'of no kind that is known: want .*; found {"0": \.\.\.}'
printf '{"people":[{"pose_keypoints_2d":["1","2"]}]}' >"$tmp/k.json"
refuse 'numbers as texts' 'found a list of texts'
printf '%s\n%s\n' "$one" "$one" >"$tmp/k.json"
refuse 'several documents' 'several documents in one file, want one for each photo'
printf '\377\376{\0' >"$tmp/k.json"
refuse 'UTF-16' 'UTF-16, want UTF-8'
people "$far" >"$tmp/k.json"
take
is 'points beyond the photo, and sure' "$? $(grep -c 'of 18 points lie outside of the photo of 32x48, and it is sure' "$tmp/log")" '0 1'
people "$(printf %s "$far" | sed 's/,1,/,0.3,/g')" >"$tmp/k.json"
take
is 'or not sure' "$? $(grep -c 'outside' "$tmp/log")" '0 0'

# The sample stands before a ground that grows darker: with what does not lie on
# the person there, and nothing else to compare it with.
s=pipelines/sample
intake --whole -z0 $s/sample.jpg | tar -xf - -C "$tmp" sample.source.iuv.npy
beside() {	# beside PERL: the pixels @p of a row, and what intake says
	perl -e 'binmode STDIN; binmode STDOUT; local $/; my $f = <STDIN>;
	    my @r = map { [unpack "(a3)*", $_] } unpack "(a2304)*", substr($f, -768 * 768 * 3);
	    my @o; '"$1"';
	    print substr($f, 0, length($f) - 768 * 768 * 3), map { @$_ } @o' <"$tmp/sample.source.iuv.npy" >"$tmp/i.npy"
	intake --iuv "$tmp/i.npy" "$tmp/s.jpg" 2>"$tmp/log" >"$tmp/x"
	echo "$? $(grep -v 'field source' "$tmp/log")"
}
is 'the IUV itself' "$(beside '@o = @r')" '0 '
case $(beside '@o = map { my $row = $_; [@$row[758..767, 0..757]] } @r') in
*'body of the IUV lies beside the person before the plain ground of the photo, by about (12, 0) pixels'*) x=said ;;
*) x=$(cat "$tmp/log") ;;
esac
is 'moved by ten pixels' "$x" said
case $(beside 'for my $y (0..767) { $o[$y] = [map { $r[$_][767 - $y] } 0..767] }') in
*'would fit the person '*' if it were turned by '*' degrees'*) x=said ;;
*) x=$(cat "$tmp/log") ;;
esac
is 'turned' "$x" said

# The same before a chequered ground of many colours, where no ground is plain.
mkdir "$tmp/busy"
intake --whole -z0 $s/sample.jpg | tar -xf - -C "$tmp/busy"
perl -e 'local $/; my @f = map { open my $h, "<:raw", $_ or die; <$h> } @ARGV; my $n = 768 * 768 * 3;
    my ($at, $of) = map { length($_) - $n } @f; srand 1; my @c = map { pack "C3", map { int rand 256 } 1 .. 3 } 0 .. 1023;
    for my $i (0 .. 768 * 768 - 1) {
	substr($f[0], $at + 3 * $i, 3) = $c[int($i / 768 / 24) * 32 + int($i % 768 / 24)] if substr($f[1], $of + 3 * $i, 1) eq "\0"
    }
    open my $h, ">:raw", $ARGV[0]; print $h $f[0]' "$tmp/busy/sample.source.photo.npy" "$tmp/busy/sample.source.iuv.npy"
(cd "$tmp/busy" && tar --sort=name -cf ../busy.tar -- *.json *.npy)
ts2img --only source.photo -o "$tmp/s.png" <"$tmp/busy.tar"
cp "$tmp/s.png" "$tmp/s.jpg"
is 'before a busy ground, the IUV itself' "$(beside '@o = @r')" '0 '
case $(beside '@o = map { my $row = $_; [@$row[700..767, 0..699]] } @r') in
*'outline of the body in the IUV lies beside changes of colour in the photo, by about (64, 0) pixels'*) x=said ;;
*) x=$(cat "$tmp/log") ;;
esac
is 'moved there' "$x" said
case $(beside 'for my $y (0..767) { $o[$y] = [map { $r[$_][767 - $y] } 0..767] }') in
*'outline of the body in the IUV would lie on changes of colour in the photo if it were turned by 90 degrees'*) x=said ;;
*) x=$(cat "$tmp/log") ;;
esac
is 'turned there' "$x" said
cp $s/sample.jpg "$tmp/s.jpg"

sed 's/.*2d": \[//; s/\].*//' $s/sample_keypoints.json | tr -d ' \n' | awk -F, '{
	printf("{\"people\":[{\"pose_keypoints_2d\":[")
	for (i = 1; i <= NF; i++)
		printf("%s%s", i == 1 ? "" : ",", i % 3 == 1 && $(i + 2) > 0 ? $i + 100 : $i)
	printf("]}]}\n")
}' >"$tmp/k.json"
exits 'key points beside her' 0 'key points lie on the person before the plain ground' sh -c \
    "intake --pose $tmp/k.json $tmp/s.jpg | cat >$tmp/x"
done_testing
