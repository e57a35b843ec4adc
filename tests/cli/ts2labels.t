#!/bin/sh
# ts2labels: what it writes is what intake reads again, and refusals.
. tests/lib.sh

s=pipelines/sample
intake --whole -z0 $s/sample.jpg >"$tmp/whole"
ok 'labels of a whole photo' sh -c "ts2labels -o $tmp/a/%k <$tmp/whole"
is 'its files' "$(cd "$tmp/a" && echo *)" 'sample_IUV.png sample_keypoints.json'
cp $s/sample.jpg "$tmp/a"
intake -z0 --size 200 $s/sample.jpg --only source.iuv --only source.pose >"$tmp/want"
intake -z0 --size 200 "$tmp/a/sample.jpg" --only source.iuv --only source.pose >"$tmp/got"
ok 'read again they are what they were' tscmp --abs 0.001 "$tmp/want" "$tmp/got"
is 'BODY_25' "$(intake -v "$tmp/a/sample.jpg" 2>&1 >/dev/null | grep -o 'BODY_25, 1 person with [0-9]*')" \
    "$(intake -v $s/sample.jpg 2>&1 >/dev/null | sed -n 's/.*: \(.*\), 1 person with \([0-9]*\).*/BODY_25, 1 person with \2/p')"
ok 'as COCO' sh -c "ts2labels -f coco -o $tmp/a/%k <$tmp/whole"
intake -z0 --size 200 "$tmp/a/sample.jpg" --only source.pose >"$tmp/got"
ok 'the same points' tscmp --abs 0.001 --only source.pose "$tmp/want" "$tmp/got"
ok 'with a matte, cut out' sh -c "intake --size 64 tests/bad/intake/half-transparent.png | ts2labels -o $tmp/b/x"
is 'its files' "$(cd "$tmp/b" && echo *)" 'x.png x_mask.png'
exits 'no prefix' 2 'want --output PREFIX' ts2labels <"$tmp/whole"
exits 'one name for two' 2 'has no %k, and there is more than one sample' sh -c "cat $tmp/whole $tmp/whole | ts2labels -o $tmp/c"
exits 'nothing to write' 2 'none of source.pose' sh -c "tsjoin --only source.photo $tmp/whole | ts2labels -o $tmp/d"
exits 'a folder that cannot be' 2 '_keypoints.json: cannot write' sh -c "ts2labels -o /dev/null/%k <$tmp/whole"
done_testing
