#!/bin/sh
# textrain as a program: a training that is killed, stopped or out of disk goes
# on to the same bytes; the result does not depend on threads; wrong input is
# one line. Whether it learns is tests/cli/learns.t.
. tests/lib.sh

cd "$tmp" || exit 2
for i in 1 2 3 4; do
	synthbody --size 64 --seed $i >p$i.tar.zst
done
cat p1.tar.zst p2.tar.zst p3.tar.zst >three.tar.zst
is 'four made people' "$(cat p?.tar.zst | tsls | grep -c 'target.image')" 4
weights init --net unet --preset tiny >unet.tar
weights init --preset tiny >dual.tar

if [ -n "$VALGRIND" ]; then	# fifty times slower: once through each part
	ok 'the U-Net' textrain -w unet.tar -d u -s 1 -b 1 --buffer 2 --ema 0.9 --jitter 0.1 --pose-dropout 0.5 \
	    --valid p4.tar.zst --valid-every 1 three.tar.zst
	exits 'to the end of a pipe' 1 'the data has ended' sh -c 'textrain -r -d u -s 9 -b 2 --buffer 2 --ema 0.9 <three.tar.zst'
	ok 'the dual-domain networks' textrain -w dual.tar -d d -s 1 -b 1 --adv 1 --critic 1 three.tar.zst
	cd "$top" && done_testing
fi

# ./train DIR OPTION...: the training that all are compared with. A program,
# not a function, so that $! is its own number.
cat >train <<'END'
#!/bin/sh
dir=$1; shift
exec textrain -w unet.tar -d "$dir" -s 12 -b 2 --save-every 5 --log-every 1 --buffer 3 --ema 0.9 --clip 1 --decay 6 \
    --beta1 0.5 --jitter 0.1 "$@"
END
chmod +x train
same() {	# same DIR: as ./whole, to the last byte
	cmp whole/weights.tar "$1/weights.tar" && cmp whole/step-00000012.tar "$1/step-00000012.tar"
}
people='three.tar.zst p4.tar.zst'
# shellcheck disable=SC2086	# two words
{
ok 'a training' ./train whole $people
is 'its files' "$(cd whole && echo *)" 'log.tsv step-00000005.tar step-00000010.tar step-00000012.tar weights.tar'
is 'a line for each step' "$(wc -l <whole/log.tsv)" 13
ok 'weights that others take' weights check whole/weights.tar
ok 'a checkpoint is weights too' weights ls whole/step-00000005.tar
is 'history' "$(tar -xOf whole/weights.tar tiny.json | grep -o '"data":[^]]*]')" '"data":["three.tar.zst","p4.tar.zst"]'
exits 'not twice into one folder' 2 'holds a training' ./train whole $people
ok 'another number of threads' ./train j1 -j 1 $people
ok 'gives the same bytes' same j1

# More samples than are computed side by side, and threads that they are no multiple of.
ok 'a batch of twenty' ./train twenty -b 20 -s 2 -j 1 $people
ok 'three threads' ./train three -b 20 -s 2 -j 3 $people
ok 'the same bytes' cmp twenty/step-00000002.tar three/step-00000002.tar
ok 'a slow start' ./train warm --warmup 8 --log-every 1 $people
is 'its rate' "$(cut -f3 warm/log.tsv | sed -n '2p;5p;8,9p' | tr '\n' ' ')" '5e-05 0.0002 0.00035 0.000333333 '

# An option that was called --warm when the training began; JSON takes the blanks.
cp -r warm renamed && rm renamed/step-00000012.tar
sed -i 's/"warmup":8/"warm":  8/g' renamed/step-00000010.tar
ok 'a training begun with an old name' sh -c 'tar -xOf renamed/step-00000010.tar tiny.json | grep -q "\"warm\": *8"'
ok 'goes on' ./train renamed -r --warm 8 $people
ok 'to the same weights' weights diff warm/weights.tar renamed/weights.tar
is 'and says what it is called now' "$(tar -xOf renamed/weights.tar tiny.json | grep -oE '"warm(up)?": ?8' | tr '\n' ' ')" '"warm":8 "warmup":8 '

# Files without a table of their samples, or with those of their parts, are read in the same order.
tsjoin three.tar.zst >one.tar.zst
tsjoin -z 0 p4.tar.zst >plain.tar
ok 'other kinds of files' ./train kinds one.tar.zst plain.tar
ok 'give the same weights' weights diff whole/weights.tar kinds/weights.tar

# Killed at any moment: kill -9 after this many lines of the log, then again.
for n in 2 7 12; do
	./train "kill$n" $people & pid=$!
	while kill -0 $pid 2>/dev/null && [ "$(cat "kill$n/log.tsv" 2>/dev/null | wc -l)" -lt $n ]; do :; done
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	: >"kill$n/step-00000099.tar.tmp.abcdef"
	ok "killed after $n lines: goes on" ./train "kill$n" -r $people
	ok 'to the same bytes' same "kill$n"
	is 'nothing is left behind' "$(ls "kill$n")" "$(ls whole)"
	is 'one line for each step' "$(cut -f1 "kill$n/log.tsv")" "$(cut -f1 whole/log.tsv)"
done

./train busy -s 5000 $people & pid=$!
while kill -0 $pid 2>/dev/null && [ "$(cat busy/log.tsv 2>/dev/null | wc -l)" -lt 2 ]; do :; done
: >busy/step-00004711.tar.tmp.abcdef
exits 'two at one folder' 2 'another textrain works there' ./train busy -r $people
ok 'what the first is writing stays' test -e busy/step-00004711.tar.tmp.abcdef
kill -9 $pid; wait $pid 2>/dev/null

# A signal: the step is finished, a checkpoint written, exit 1.
for sig in INT TERM; do
	# sh starts background programs deaf to SIGINT
	perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' textrain -w unet.tar -d sig$sig -s 5000 -b 2 --log-every 1 \
	    $people 2>err & pid=$!
	while kill -0 $pid 2>/dev/null && [ "$(cat sig$sig/log.tsv 2>/dev/null | wc -l)" -lt 3 ]; do :; done
	kill -$sig $pid
	wait $pid; got=$?
	is "SIG$sig: exit 1" $got 1
	exits 'and says where' 0 '' grep -q 'stopped at step' err
	n=$(tail -1 sig$sig/log.tsv | cut -f1)
	ok 'a checkpoint of the last step' test -f "$(printf 'sig%s/step-%08d.tar' $sig "$n")"
done
# The second ends it in the middle of a step, and nothing half written stays.
perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' textrain -w unet.tar -d twice -s 2 -b 2 -a 4096 $people 2>err & pid=$!
while kill -0 $pid 2>/dev/null && [ ! -e twice/log.tsv ]; do :; done
kill -INT $pid; kill -TERM $pid
wait $pid 2>/dev/null; got=$?
ok 'two signals: ended by one' test $got -gt 128
is 'nothing half written' "$(find twice -name '*.tmp.*')" ''

# A checkpoint that something has damaged: the one before it.
cp -r whole hurt && truncate -s -5000 hurt/step-00000012.tar
truncate -s 20000 hurt/step-00000010.tar
exits 'the last whole checkpoint is found' 0 'step-00000010.tar: .*; an older one is used' ./train hurt -r $people
ok 'and leads to the same bytes' same hurt

# No room on the disk: files of at most 100 blocks of 512 bytes.
is 'no disk: the training tells and ends with 2' "$( (ulimit -f 100; ./train full $people) 2>err; echo $?)" 2
exits 'each checkpoint that is not there' 0 '' sh -c '[ "$(grep -c "no checkpoint at step" err)" -eq 3 ]'
is 'and leaves nothing half' "$(cd full && echo *)" log.tsv
ok 'with room it goes on' ./train full -r $people
ok 'to the same bytes, from the start' same full

# A pipe ends; the same pipe again goes on.
cat p1.tar.zst three.tar.zst p4.tar.zst three.tar.zst >pipe
ok 'from a pipe, whole' sh -c 'cat pipe pipe pipe | textrain -w unet.tar -d pipe0 -s 8 -b 2 --buffer 3 --save-every 3'
exits 'a pipe that ends' 1 'the data has ended' sh -c 'cat pipe | textrain -w unet.tar -d pipe1 -s 8 -b 2 --buffer 3 --save-every 3'
rm pipe1/step-00000004.tar	# what was left in the buffer came in another order
ok 'the longer pipe goes on' sh -c 'cat pipe pipe pipe | textrain -r -d pipe1 -s 8 -b 2 --buffer 3 --save-every 3'
ok 'to the same bytes' cmp pipe0/step-00000008.tar pipe1/step-00000008.tar

exits 'the last person of a pipe meets those before' 1 'step 4 of 9: the data has ended' \
    sh -c 'cat p?.tar.zst | textrain -w dual.tar -d pipe2 -s 9 -b 1 --buffer 2'

# The dual-domain networks, their stages, links and D.
dual() {
	dir=$1; shift
	rm -rf "$dir"
	textrain -w dual.tar -d "$dir" -s 2 -b 1 --log-every 1 --poses "$BIN/../share/dualtex/posebank.tar.zst" "$@" $people
}
ok 'joint' dual d1 --adv 1 -n 3
ok 'all that was asked for is told' awk -F'\t' 'NR == 1 { split($0, h, "\t") } NR > 1 { for (i = 8; i <= NF; i++)
    if (h[i] ~ /^(rec|adv|coord|cons|flow|source|d)$/ && $i == 0) exit 1 }' d1/log.tsv
for d in 0 1; do	# without a discriminator, and with one, when samples are taken one after the other
	dual one -b 3 -j 1 --adv $d && dual three -b 3 -j 3 --adv $d
	ok "--adv $d: the same bytes for any number of threads" cmp one/step-00000002.tar three/step-00000002.tar
done
rec() { awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "rec") k = i } NR == 2 { print $k }' "$1/log.tsv"; }
ok 'the body alone' dual d3 --adv 1 -n 3 --background-weight 0
ok 'is a part of the picture' awk -v all="$(rec d1)" -v body="$(rec d3)" 'BEGIN { exit !(body > 0 && body < all) }'
ok 'a texture critic' textrain -w dual.tar -d critic -s 2 -b 1 --log-every 1 --critic 1 three.tar.zst
ok 'it is told with what it learns' awk -F'\t' 'NR == 1 { split($0, h, "\t") } NR > 1 { for (i = 8; i <= NF; i++)
    if (h[i] ~ /^(tex|critic|d)$/ && $i == 0) exit 1 }' critic/log.tsv
ok 'it is in the weights, which are whole' sh -c 'weights ls critic/weights.tar | grep -q "d\.t\." && weights check critic/weights.tar'
ok 'and in the checkpoint' textrain -r -d critic -s 3 -b 1 --critic 1 three.tar.zst
ok 'flow nets alone' dual d2 --stage flow
weights diff dual.tar d2/weights.tar >changed
is 'nothing else has changed' "$(grep -cE '^(e_s|g_i|g_t|d)\.' changed)" 0
is 'and they have' "$(grep -cE '^(f_st|f_ti|f_it)\.' changed | grep -vx 0 | wc -l)" 1
for l in i2t t2i none; do
	ok "--links $l" dual d3 --links $l --vary
done
exits 'nobody else to take a pose from' 2 'no other person' textrain -w dual.tar -d d4 -s 1 p1.tar.zst
}

exits 'no folder' 2 'want --dir' textrain -w unet.tar p1.tar.zst
exits 'no weights' 2 'want --weights' textrain -d x p1.tar.zst
exits 'a file that is not there' 2 'absent.tar' textrain -w unet.tar -d x2 absent.tar
exits 'weights that are none' 2 'p1.tar.zst' textrain -w p1.tar.zst -d x3 p1.tar.zst
weights init --net unet --preset small >small.tar
exits 'people of another size' 2 'p1.tar.zst: sample 0 "synth1.*field source.image: u1 .64,64,3., want .*: want data of the weights. size, see --size of' \
    textrain -w small.tar -d x4 p1.tar.zst
tsjoin --drop 'target.*' p1.tar.zst >in1
exits 'without a target' 2 'field target.image: is missing' textrain -w dual.tar -d x5 in1
weights init --net unet --preset tiny --layout smpl >smpl.tar
exits 'a layout that needs its table' 2 'smpl' textrain -w smpl.tar -d x10 p1.tar.zst
exits 'a mean that the checkpoint lacks' 2 'ema.unet' sh -c 'textrain -w unet.tar -d plain2 -s 1 p1.tar.zst; textrain -r -d plain2 -s 2 --ema 0.9 p1.tar.zst'
exits 'a loss that a U-Net does not have' 2 'U-Net has no loss coord' textrain -w unet.tar -d x6 --coord 1 p1.tar.zst
exits 'features without VGG19' 2 'perc.*--vgg' textrain -w unet.tar -d x7 --perc 1 p1.tar.zst
exits 'a loss that explodes' 2 'step [0-9]*: .*sample .*(loss|gradient)' textrain -w unet.tar -d x8 --rate 1 -s 500 p1.tar.zst
exits 'a file cut in the middle' 2 'cut.tar.zst: sample 0' sh -c 'head -c 5000 p1.tar.zst >cut.tar.zst; textrain -w unet.tar -d x9 cut.tar.zst'
cd "$top" || exit 2
done_testing
