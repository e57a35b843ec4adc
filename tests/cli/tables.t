#!/bin/sh
# The paper's tables as a make rule, with a budget of two steps: all seven
# networks are trained and judged, and a second run has nothing to do. And
# the U-Net by train.mk.
. tests/lib.sh
make() { command make -s -f pipelines/tables.mk OUT="$tmp/t" PRESET=tiny STEPS=2 BATCH=1 PEOPLE=4 TEST=2 "$@"; }
out=$(make 2>"$tmp/err") || diag "$(cat "$tmp/err")"
is 'sixteen rows of figures' "$(echo "$out" | grep -cE '^G_[IT]\([^)]*\) +([0-9.]+ +){4}nan +0\.[0-9]{3}')" 16
is "the paper's figures stand beside ours" \
    "$(echo "$out" | sed -n 's/^G_T(T -> I)  *\([0-9. ]*[0-9]\)  *nan.*/\1/p')" '0.075   0.887    0.085   0.901'
is 'links that are cut make a difference' "$(cut -f 2- "$tmp"/t/*-3.score | sort -u | wc -l)" 4
is 'and so does the number of views' "$(cut -f 2- "$tmp"/t/full-*.score | sort -u | wc -l)" 4
ok 'there are pictures to look at' test -s "$tmp/t/full-3.png"
is 'a second run only repeats the table' "$(make -q && echo nothing)" nothing

# The weights of inpaint from nothing, with as small a budget.
train() { command make -s -f pipelines/train.mk OUT="$tmp/u" PRESET=tiny SHARDS=2 SAMPLES=2 TEST=2 STEPS=2 DECAY=1 "$@"; }
is 'train.mk judges what it trained' "$(train TRAIN='-b 1' 2>"$tmp/err" | cut -f 1)" "$(printf 'method\nunwrap\ninpaint')"
ok 'its result is weights' weights check "$tmp/u/unet.tar.zst"
done_testing
