#!/bin/sh
# findpose: the sample photo against its own key points and IUV, what wins,
# turned and empty photos. Wants pose.tar (make pose-weights).
. tests/lib.sh

exits 'no such weights' 2 'none.tar' findpose -w none.tar </dev/null
weights init --preset tiny -z0 >"$tmp/tiny.tar"
exits 'weights of another kind' 2 'tiny.tar: no .*graph' findpose -w "$tmp/tiny.tar" </dev/null
weights import -z0 tests/data/tflite/small.tflite >"$tmp/small.tar" 2>/dev/null
exits 'another network' 2 'small.tar: input: want f4 \(1,256,256,3\): not weights of BlazePose' findpose -w "$tmp/small.tar" </dev/null
if [ ! -f "$BIN/../share/dualtex/pose.tar" ]; then
	alone "$tmp" findpose
	exits 'the network is missing' 2 'make pose-weights.*pose.tar' "$tmp/bin/findpose" </dev/null
	ok 'what has an IUV does without' sh -c "intake --whole pipelines/sample/sample.jpg | $tmp/bin/findpose -u | tsls"
	skip 'finding people' 'no pose.tar: make pose-weights'
	done_testing
fi

s=pipelines/sample
intake --whole -z0 $s/sample.jpg >"$tmp/labelled"
intake --whole -z0 --drop '*.iuv' --drop '*.poses' --drop '*.boxes' $s/sample.jpg >"$tmp/bare"
ok 'a photo alone' sh -c "findpose -z0 <$tmp/bare >$tmp/found"
is 'its fields' "$(tsls <"$tmp/found" | cut -f2,4 | tr '\t\n' ' ;')" \
    'source.photo (768,768,3);source.pose (18,3);source.pose3 (33,4);source.matte (768,768);'
is 'a score in the manifest' "$(tar xOf "$tmp/found" sample.json | grep -c '"score":{"source":\[0.9')" 1
ok 'one thread' sh -c "findpose -z0 -j 1 <$tmp/bare >$tmp/found1"
ok 'the same bytes' cmp "$tmp/found" "$tmp/found1"

# The labels of the sample are exact, the photo is of 768 x 768.
cat "$tmp/found" "$tmp/labelled" |
    perl -Itests/perl tests/perl/found.pl >"$tmp/off"
read -r worst n share <"$tmp/off"
ok "$n key points, $worst pixels off at the most" test "$n" -ge 14 -a "$worst" -le 30
ok "the matte is $share % the body" test "$share" -ge 85

# What wins.
ok 'with labels' sh -c "findpose -z0 <$tmp/labelled >$tmp/both"
is 'its fields' "$(tsls <"$tmp/both" | cut -f2 | tr '\n' ' ')" 'source.photo source.poses source.boxes source.iuv source.pose3 source.matte '
ok 'cut out' sh -c "findpose <$tmp/bare | cutout --size 96 | tee $tmp/cut | tsls >/dev/null"
is 'with all of it' "$(tsls <"$tmp/cut" | cut -f2,4 | tr '\t\n' ' ;')" 'source.pose3 (33,4);source.image (96,96,3);source.pose (18,3);source.matte (96,96);'
ok 'pictures that are cut out' sh -c "intake --size 256 $s/sample.jpg --only source.image | findpose | tsls"
synthbody --size 128 -r 2 --seed 3 >"$tmp/pair"
ok 'several views' sh -c "findpose --threshold 0 <$tmp/pair | tsls -s | grep -q 'target.pose3.*(2,33,4)'"

ok 'unlabelled photos alone' sh -c "findpose -u -z0 <$tmp/labelled >$tmp/passed"
is 'a photo with an IUV passes' "$(tsls <"$tmp/passed")" "$(tsls <"$tmp/labelled")"
ok 'one without does not' sh -c "findpose -u <$tmp/bare | tsls | grep -q pose3"

# Key points that the photo belies.
limbs() {	# limbs SCALE GROUP...: BODY_25 points of these numbers
	sed 's/.*2d": \[//; s/\].*//' $s/sample_keypoints.json | tr -d ' \n' | awk -F, -v want="$*" '{
		n = split(want, k, " ")
		printf("{\"people\":[{\"pose_keypoints_2d\":[")
		for (i = 2; i <= n; i++)
			printf("%s%s,%s,%s", i == 2 ? "" : ",", k[1] * $(3 * k[i] + 1), k[1] * $(3 * k[i] + 2), $(3 * k[i] + 3))
		printf("]}]}\n")
	}' >"$tmp/k.json"
	intake --whole --drop '*.iuv' --pose "$tmp/k.json" $s/sample.jpg 2>/dev/null | { findpose >/dev/null; } 2>&1
}
is 'right ones' "$(limbs 1 0 1 2 3 4 5 6 7 9 10 11 12 13 14 15 16 17 18)" ''
ok 'of the other side' sh -c 'echo "$1" | grep -q "left limbs where the key points have right"' - \
    "$(limbs 1 0 1 5 6 7 2 3 4 12 13 14 9 10 11 15 16 17 18)"
ok 'of half the size' sh -c 'echo "$1" | grep -q "somebody else"' - "$(limbs 0.5 0 1 2 3 4 5 6 7 9 10 11 12 13 14 15 16 17 18)"

# Nobody.
drawtex -T 64 -z0 | ts2img --only texture -o "$tmp/nobody.png"
exits 'a photo of nobody' 2 'findpose: <stdin>: sample 0 "nobody", field source.photo: nobody found, anywhere in it: score 0\.[0-9]*, want 0.5' \
    sh -c "intake --whole $tmp/nobody.png | findpose"
exits 'left out with -k' 1 'nobody found' sh -c "intake --whole $tmp/nobody.png $s/sample.jpg | findpose -k >$tmp/kept"
is 'the other one stays' "$(tsls <"$tmp/kept" | grep -c photo)" 1
exits 'a person who is not there' 2 'no person 3: there are 1' sh -c "findpose -n 3 <$tmp/labelled"
exits 'nor found' 2 'no person 3: found 1' sh -c "findpose -n 3 <$tmp/bare"
exits 'no photo' 2 'field source.photo: is missing' sh -c 'weights init --preset tiny | findpose'
done_testing
