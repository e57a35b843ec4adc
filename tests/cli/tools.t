#!/bin/sh
# tsls, tscmp and tsjoin: what they print, choose, join and refuse.
. tests/lib.sh
mkdir "$tmp/m" "$tmp/out" || exit 2
fields() { tsls | cut -f1,2,4 | tr '\t\n' '  '; }
keys() { tsls "$@" | cut -f1 | uniq | tr '\n' ' '; }

pack() {	# pack OUT MEMBER...: members of m, in this order, to a stream
	out=$1; shift
	(cd "$tmp/m" && tar -cf - -- "$@") | tsjoin >"$tmp/$out"
}

for k in a b c d; do
	printf '\001\002\003\004\005\006' | npy '|u1' '(1, 2, 3)' >"$tmp/m/$k.source.image.npy"
	printf '\000\000\200\077\000\000\000\100' | npy '<f4' '(2,)' >"$tmp/m/$k.x.npy"
	printf '\000\000\200\077\000\000\300\177' | npy '<f4' '(2,)' >"$tmp/m/$k.y.npy"
	printf '{"a": 1, "b": [2]}' >"$tmp/m/$k.note.json"
done
pack one a.source.image.npy a.x.npy a.note.json b.source.image.npy b.x.npy c.x.npy
pack all a.y.npy b.y.npy c.y.npy d.y.npy
pack back d.y.npy c.y.npy b.y.npy a.y.npy

# ---- tsls ----

is 'tsls' "$(tsls "$tmp/one" | head -3)" "$(printf 'a\tsource.image\tu1\t(1,2,3)\na\tx\tf4\t(2,)\na\tnote\tjson\t18 bytes')"
is 'tsls -s' "$(tsls -s --only 'x' "$tmp/one" | head -1)" "$(printf 'a\tx\tf4\t(2,)\t1\t1.5\t2\t0')"
is 'tsls -s: NaN are counted' "$(tsls -s "$tmp/all" | head -1 | cut -f5-)" "$(printf '1\t1\t1\t1')"
is 'tsls --json -s' "$(tsls --json -s --drop source.image "$tmp/one" | head -1)" \
    '{"key":"a","fields":[{"name":"x","type":"f4","shape":[2],"min":1.0,"mean":1.5,"max":2.0,"nan":0},{"name":"note","type":"json","bytes":18}]}'
is 'tsls -H' "$(tsls -H --only y "$tmp/all" | head -1)" "# a: tsjoin $(cat VERSION) {}"
is 'tsls of several files' "$(tsls "$tmp/all" "$tmp/back" | grep '^#' | wc -l)" 2
is 'tsls of standard input' "$(keys - <"$tmp/all")" 'a b c d '

# ---- tscmp ----

ok 'tscmp: same' tscmp "$tmp/one" "$tmp/one"
ok 'tscmp: NaN equals NaN' tscmp "$tmp/all" "$tmp/all"
is 'tscmp prints nothing then' "$(tscmp "$tmp/one" "$tmp/one")" ''
printf '\000\000\200\077\000\000\040\101' | npy '<f4' '(2,)' >"$tmp/m/b.x.npy"	# 1 10
pack two a.note.json a.source.image.npy a.x.npy b.source.image.npy b.x.npy c.x.npy
exits 'tscmp: a value differs' 1 '' tscmp "$tmp/one" "$tmp/two"
is 'tscmp names the value' "$(cat "$tmp/.out")" "$(printf 'b\tx\tmax abs 8\tmax rel 0.8\trms 5.65685\t1 of 2 differ, first at (1): 2 and 10')"
ok 'tscmp --abs' tscmp --abs 8 "$tmp/one" "$tmp/two"
exits 'tscmp --abs, a little less' 1 '' tscmp --abs 7.999 "$tmp/one" "$tmp/two"
ok 'tscmp --rel' tscmp --rel .8 "$tmp/one" "$tmp/two"
exits 'tscmp --rel, a little less' 1 '' tscmp --rel .799 "$tmp/one" "$tmp/two"
ok 'tscmp --abs and --rel add up' tscmp --abs 4 --rel .4 "$tmp/one" "$tmp/two"
ok 'tscmp --drop' tscmp --drop x "$tmp/one" "$tmp/two"
is 'tscmp --all' "$(tscmp --all --only x "$tmp/one" "$tmp/two" | cut -f1,6 | tr '\t\n' '  ')" 'a agree b 1 of 2 differ, first at (1): 2 and 10 c agree '
pack two a.source.image.npy a.x.npy b.x.npy
exits 'tscmp: fields and samples are missing' 1 '' tscmp "$tmp/one" "$tmp/two"
is 'tscmp says which' "$(grep -v 'b.x' "$tmp/.out" | tr '\t' ' ')" "$(printf '%s\n' 'a note only in the first stream' \
    'b source.image only in the first stream' '2 samples in the second stream, more in the other')"
pack two a.y.npy c.y.npy
exits 'tscmp: another key' 1 '' tscmp "$tmp/all" "$tmp/two"
is 'tscmp says which key' "$(cat "$tmp/.out")" 'sample 1: key b and c'
printf '\001\000\002\000' | npy '<u2' '(2,)' >"$tmp/m/a.y.npy"
pack two a.y.npy b.y.npy c.y.npy d.y.npy
is 'tscmp: another dtype' "$(tscmp "$tmp/all" "$tmp/two")" "$(printf 'a\ty\tf4 (2,) and u2 (2,)')"
exits 'tscmp: NaN on one side' 1 '' tscmp --abs 100 "$tmp/all" "$tmp/back"
printf '{"b": [2],  "a": 1}' >"$tmp/m/a.note.json"
pack two a.source.image.npy a.x.npy a.note.json
ok 'tscmp: JSON with other blanks and order' sh -c "tsjoin -k 0 $tmp/one | tscmp - $tmp/two"
printf '{"b": [3],  "a": 1}' >"$tmp/m/a.note.json"
pack two a.source.image.npy a.x.npy a.note.json
exits 'tscmp: other JSON' 1 '' sh -c "tsjoin -k 0 $tmp/one | tscmp - $tmp/two"
head -c 300 "$tmp/one" >"$tmp/half"
exits 'tscmp: a cut is an error, not a difference' 2 'half: sample 0.*ends at byte 300' tscmp "$tmp/one" "$tmp/half"
exits 'tscmp: one operand' 2 'want two' tscmp "$tmp/one"

# ---- tsjoin ----

is 'join' "$(tsjoin "$tmp/one" "$tmp/all" | fields)" \
    'a source.image (1,2,3) a x (2,) a note 18 bytes a y (2,) b source.image (1,2,3) b x (2,) b y (2,) c x (2,) c y (2,) '
is 'join with a stream in another order' "$(tsjoin "$tmp/one" "$tmp/back" | fields)" "$(tsjoin "$tmp/one" "$tmp/all" | fields)"
tsjoin -z 0 <"$tmp/back" >"$tmp/back.tar"
exits 'without seek table another order is searched forward only' 2 'back.tar: no sample "b", which .*one has' tsjoin "$tmp/one" "$tmp/back.tar"
tsjoin -z 0 <"$tmp/all" >"$tmp/all.tar"
tsjoin -k 0,2 "$tmp/one" >"$tmp/ac"
is 'but may have more samples' "$(tsjoin "$tmp/ac" "$tmp/all.tar" | keys)" 'a c '
is 'the first may come by a pipe' "$(cat "$tmp/one" | tsjoin - "$tmp/back" | keys)" 'a b c '
exits 'a sample is missing' 2 'one: no sample "d", which .*all has' tsjoin "$tmp/all" "$tmp/one"
is 'it may be left out' "$(tsjoin -m skip "$tmp/all" "$tmp/one" | keys)" 'a b c '
is 'or kept' "$(tsjoin -m keep "$tmp/all" "$tmp/one" | keys)" 'a b c d '
is 'and reported' "$(tsjoin -v -m keep "$tmp/all" "$tmp/one" 2>&1 >/dev/null | sed 's,/.*/,,')" 'tsjoin: one: no sample "d"'
ok 'equal fields are joined' sh -c "tsjoin $tmp/one $tmp/one | tscmp - $tmp/one"
printf '\011\002\003\004\005\006' | npy '|u1' '(1, 2, 3)' >"$tmp/m/b.source.image.npy"
pack two a.source.image.npy b.source.image.npy c.source.image.npy
exits 'fields that differ are not' 2 'two: sample 1 "b", field source.image: differs between' tsjoin "$tmp/one" "$tmp/two"
exits 'they may be left out' 1 'field source.image: differs.*left out' sh -c "tsjoin --keep-going $tmp/one $tmp/two >$tmp/kept"
is 'others are there' "$(keys "$tmp/kept")" 'a c '
is 'or renamed: the role target has a leading axis' "$(tsjoin -r 2:source=target --drop x "$tmp/one" "$tmp/two" | fields)" \
    'a source.image (1,2,3) a note 18 bytes a target.image (1,1,2,3) b source.image (1,2,3) b target.image (1,1,2,3) c target.image (1,1,2,3) '
is 'and back' "$(tsjoin -r 2:source=target --drop x "$tmp/one" "$tmp/two" | tsjoin -r source.image=photo -r target=source -k 0 /dev/stdin 2>&1)" \
    'tsjoin: /dev/stdin: not a file: cannot go to a sample'
tsjoin -r source=target "$tmp/two" | tsjoin -r target=source >"$tmp/back2"
ok 'and back again' tscmp "$tmp/two" "$tmp/back2"
is 'a field is renamed' "$(tsjoin -k 0 -r source.image=photo -r x=my.x "$tmp/one" | fields)" 'a photo (1,2,3) a my.x (2,) a note 18 bytes '
exits 'two fields of one name' 2 'sample 0 "a", field source.image: cannot become x' tsjoin -r source.image=x "$tmp/one"
exits 'a name that is none' 2 'has an empty part' tsjoin -r x=y. "$tmp/one"
exits 'no such input' 2 'N from 1 to 1' tsjoin -r 2:a=b "$tmp/one"
is 'take' "$(tsjoin -k 3,0-1,2- "$tmp/all" | keys)" 'd a b c d '
exits 'take what is not there' 2 'no sample 4, there are 0 to 3' tsjoin -k 2-4 "$tmp/all"
exits 'take backwards' 2 'no sample 3' tsjoin -k 3-2 "$tmp/all"
for list in x '1,' 1-x ,1 1--2 ''; do
	exits "take \"$list\"" 2 'want a list' tsjoin -k "$list" "$tmp/all"
done
exits 'take from a plain tar' 2 'all.tar: no seek table' tsjoin -k 0 "$tmp/all.tar"
cat "$tmp/all" "$tmp/back" >"$tmp/cat"
exits 'take from streams that were put together' 2 'not that of the whole' tsjoin -k 0 "$tmp/cat"
(cd "$tmp/m" && for i in 0 1 2 3 4 5 6 7 8 9; do cp d.x.npy "k$i.x.npy"; done; tar -cf - k?.x.npy) | tsjoin >"$tmp/ten"
is 'shuffle: the same seed' "$(tsjoin -s 5 "$tmp/ten" | keys)" "$(tsjoin -s 5 "$tmp/ten" | keys)"
ok 'shuffle: another seed' [ "$(tsjoin -s 5 "$tmp/ten" | keys)" != "$(tsjoin -s 6 "$tmp/ten" | keys)" ]
is 'shuffle: all samples' "$(tsjoin -s 5 "$tmp/ten" | tsls | sort)" "$(tsls "$tmp/ten")"
is 'shuffle and join' "$(tsjoin -s 5 "$tmp/ten" | tsjoin -m keep - "$tmp/ten" | keys)" "$(tsjoin -s 5 "$tmp/ten" | keys)"
ok 'shards' tsjoin -n 3 -o "$tmp/out/s" "$tmp/ten"
is 'shards: names and keys' "$(for f in "$tmp/out"/*; do echo "${f##*/} $(keys "$f")"; done)" "$(printf '%s\n' \
    's-00000.tar.zst k0 k3 k6 k9 ' 's-00001.tar.zst k1 k4 k7 ' 's-00002.tar.zst k2 k5 k8 ')"
is 'shards together' "$(tsls "$tmp/out"/* | grep -vc '^#')" 10
ok 'plain shards' sh -c "tsjoin -z 0 -n 2 -o $tmp/out/p $tmp/ten && tar tf $tmp/out/p-00001.tar"
exits 'shards without a name' 2 'with -o' tsjoin -n 3 "$tmp/ten"
cp "$tmp/half" "$tmp/out/half"
exits 'no shards from half a stream' 2 'ends at byte 300' tsjoin -n 3 -o "$tmp/out/h" "$tmp/half"
is 'none at all' "$(find "$tmp/out" -name 'h-*')" ''
is 'licences and history are united' "$(printf '{"licence": ["A", "B"]}' >"$tmp/m/a.json"; pack l1 a.json a.x.npy
    printf '{"licence": ["B", "C"], "more": 1}' >"$tmp/m/a.json"; pack l2 a.json a.y.npy
    tsjoin "$tmp/l1" "$tmp/l2" | tsls -H --json | sed 's/.*"manifest"://' )" \
    '{"stream":"dualtex 1","fields":["x.npy","y.npy"],"licence":["A","B","C"],"history":[{"program":"tsjoin","version":"'"$(cat VERSION)"'","options":{}},{"program":"tsjoin","version":"'"$(cat VERSION)"'","options":{}}],"more":1}}'
done_testing
