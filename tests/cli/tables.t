#!/bin/sh
# The paper's tables as a make rule, with a budget of two steps: all seven
# networks are trained and judged, and a second run has nothing to do. And
# the U-Net by train.mk, and with dressed people of others by dressed.mk.
. tests/lib.sh
unset MAKEFLAGS MFLAGS	# the jobs of a make around this are not its
make() { command make -s -f pipelines/tables.mk OUT="$tmp/t" PRESET=tiny STEPS=2 BATCH=1 PEOPLE=4 TEST=2 "$@"; }
out=$(make 2>"$tmp/err") || diag "$(cat "$tmp/err")"
is 'sixteen rows of figures' "$(echo "$out" | grep -cE '^G_[IT]\([^)]*\) +([0-9.]+ +){4}nan +0\.[0-9]{3}')" 16
is "the paper's figures stand beside ours" \
    "$(echo "$out" | sed -n 's/^G_T(T -> I)  *\([0-9. ]*[0-9]\)  *nan.*/\1/p')" '0.075   0.887    0.085   0.901'
is 'links that are cut make a difference' "$(cut -f 2- "$tmp"/t/*-3.score | sort -u | wc -l)" 4
is 'and so does the number of views' "$(cut -f 2- "$tmp"/t/full-*.score | sort -u | wc -l)" 4
ok 'there are pictures to look at' test -s "$tmp/t/full-3.png"
is 'a second run only repeats the table' "$(make -q && echo nothing)" nothing

# The same of people of one's own, who have no true textures.
tsjoin --drop 'true.*' "$tmp/t/train.tar.zst" >"$tmp/own.tar.zst"
out=$(command make -s -f pipelines/tables.mk OUT="$tmp/o" PRESET=tiny STEPS=1 BATCH=1 DATA="$tmp/own.tar.zst" \
	VALID="$tmp/own.tar.zst" RUNS='full-1 none-3' 2>"$tmp/err") || diag "$(cat "$tmp/err")"
is 'of your own people' "$(echo "$out" | grep -cE '^People of yours|^G_T\((n_h = 1|Ind\.)\) .* 0\.[0-9]{3} +nan +nan +[0-9.]+$')" 3

# A field of the recipe can be another.
command make -s -f pipelines/tables.mk OUT="$tmp/k" PRESET=tiny SET='kernel=[5,5] upsample=transposed' "$tmp/k/begin.tar"
is 'another recipe' "$(tsls -H --json "$tmp/k/begin.tar" | grep -oE '"(kernel":\[[0-9,]*\]|upsample":"[a-z]*")' | sort -u | tr '\n' ' ')" \
    '"kernel":[5,5] "upsample":"transposed" '

# The weights of inpaint and of the dual-domain networks from nothing, with as small a budget.
train() {	# train GOAL OPTIONS: the methods that were judged, or nothing for what is up to date
	command make -s -f pipelines/train.mk OUT="$tmp/u" PRESET=tiny SHARDS=1 CLEAR_SHARDS=1 RANDOMIZED_SHARDS=1 RANDOMIZED_CLEAR_SHARDS=1 SAMPLES=3 TEST=2 \
	    UNET='-b 1' UNET_STEPS=2 UNET_DECAY=1 LAST='-b 1' LAST_STEPS=1 DUAL='-b 1' DUAL_STEPS=1 DUAL_DECAY=1 "$@" 2>"$tmp/err" | cut -f 1
}
twice() { echo "$1 $1"; }	# a table for each kind of test people
is 'train.mk judges the U-Net' "$(train unet | grep -v '^=' | tr '\n' ' ')" \
    "$(twice 'method unwrap inpaint gain_inpaint truth gain_truth ')"
ok 'its result is weights' weights check "$tmp/u/unet.tar.zst"
is 'and the dual-domain networks' "$(train small | grep -v '^=' | tr '\n' ' ')" \
    "$(twice 'method unwrap inpaint gain_inpaint dual gain_dual cut truth gain_truth ')" || diag "$(cat "$tmp/err")"
ok 'which are weights, too' weights check "$tmp/u/small.tar.zst"
is 'who is on which side' "$(cut -f 1,3 "$tmp/u/split.tsv" | sort | uniq -c | awk '{ print $1, $2, $3 }' | tr '\n' ,)" \
    '2 identity test,12 identity train,2 motion test,12 motion train,'
ls -l --time-style=full-iso "$tmp"/u/*.tar.zst "$tmp"/u/*.score >"$tmp/before"
train small >/dev/null
ok 'a second run makes nothing again' sh -c "ls -l --time-style=full-iso $tmp/u/*.tar.zst $tmp/u/*.score | cmp - $tmp/before"

# With people of others: ours, where avatar2tex would have put theirs.
exits 'dressed.mk without figures' 2 'CHARACTERS or MAKEHUMAN has to be set' command make -s -f pipelines/dressed.mk
mkdir "$tmp/d"
for half in train test; do "${BIN%/bin}/tests/tools/avatars" -n 2 -T 64 >"$tmp/d/people-$half.tar.zst"; done
dressed() {
	command make -s -f pipelines/dressed.mk OUT="$tmp/d" MAKEHUMAN=/nowhere UNET="$tmp/u/unet.tar.zst" SIZE=64 SAMPLES=2 \
	    SHARDS='hull:1 worn:2 drawn:1' TRAIN='-b 1 --valid-samples 2' STEPS=2 2>"$tmp/err"
}
ok 'dressed.mk goes on with them' dressed || diag "$(cat "$tmp/err")"
ok 'its result is weights' weights check "$tmp/d/unet.tar.zst"
is 'that know what they are told' "$(tsls -H --json "$tmp/d/unet.tar.zst" | grep -oE '"(behind|doubt|kinds)":[a-z0-9]*' | sort -u | tr '\n' ' ')" \
    '"behind":true "doubt":true "kinds":6 '
is 'pairs of each kind' "$(for f in "$tmp"/d/*/pairs/*.zst; do tsls --only none "$f"; echo "${f#"$tmp"/d/}"; done | cut -d / -f 1 |
	sort | uniq -c | awk '{ print $2, $1 }' | tr '\n' ,)" 'drawn 1,hull 1,worn 2,'
ls -l --time-style=full-iso "$tmp"/d/*.zst "$tmp"/d/*/pairs/* >"$tmp/before"
dressed
ok 'and makes nothing again' sh -c "ls -l --time-style=full-iso $tmp/d/*.zst $tmp/d/*/pairs/* | cmp - $tmp/before"
done_testing
