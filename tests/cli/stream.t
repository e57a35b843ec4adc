#!/bin/sh
# The stream as programs see it: levels, end marks, concatenation, cuts,
# limits, and outputs that fail or are given up.
. tests/lib.sh
mkdir "$tmp/a" "$tmp/out" || exit 2
in=$tmp/in.tar

# Three samples of about 100 kB, in a foreign tar.
for k in a b c; do
	awk -v k=$k 'BEGIN { srand(k == "a" ? 1 : k == "b" ? 2 : 3); for (i = 0; i < 25000; i++) printf "%04d", rand() * 10000 }' |
	    npy '|u1' '(100, 1000)' >"$tmp/a/$k.x.y.npy"
	printf '{"k": "%s"}' $k >"$tmp/a/$k.note.json"
done
(cd "$tmp/a" && tar -cf "$in" ./*) || exit 2

for z in 0 1 19; do
	ok "level $z" sh -c "tsjoin -z $z <$in >$tmp/$z"
	ok "level $z: the same fields" tscmp "$in" "$tmp/$z"
	tsjoin -z $z <"$in" >"$tmp/again"
	ok "level $z: the same bytes again" cmp "$tmp/again" "$tmp/$z"
	head -c 100000 "$tmp/$z" >"$tmp/half"
	exits "level $z: half a stream" 2 'ends at byte 100000' tsls "$tmp/half"
	cat "$tmp/$z" "$tmp/$z" >"$tmp/two"
	is "level $z: two streams" "$(tsls "$tmp/two" | cut -f1 | uniq | tr '\n' ' ')" 'a b c a b c '
done
is 'a plain stream ends with 1024 zero bytes, not padded' "$(tail -c 1024 "$tmp/0" | tr -d '\000' | wc -c) $(($(wc -c <"$tmp/0") % 10240 != 0))" '0 1'
if command -v zstd >/dev/null; then
	ok 'zstd -t' zstd -qt "$tmp/1"
	is 'zstd -l: 3 samples, the end, and the seek table to skip' "$(zstd -l "$tmp/1" | awk 'NR == 2 { print $1, $2 }')" '5 1'
	zstd -dcq "$tmp/1" >"$tmp/again"
	ok 'decompressed it is the plain stream' cmp "$tmp/again" "$tmp/0"
else
	skip 'zstd -t, -l' 'no zstd program'
fi
cat "$tmp/0" "$tmp/1" >"$tmp/mixed"
exits 'plain and compressed cannot be mixed' 2 'sample 3: (tar|a member)' tsls "$tmp/mixed"
cat "$tmp/1" "$tmp/0" >"$tmp/mixed"
exits 'compressed and plain neither' 2 'no zstd frame' tsls "$tmp/mixed"

# A prime step: cuts in all kinds of places, fewer under valgrind.
size=$(wc -c <"$tmp/1") cut=0 wrong='' step=${VALGRIND:+29989}
while [ "$cut" -lt "$size" ]; do
	head -c "$cut" "$tmp/1" >"$tmp/half"
	tsls "$tmp/half" >"$tmp/.out" 2>"$tmp/.err"
	[ $? -eq 2 ] && grep -Eq "sample [0-3]( \"[abc]\")?(, member [abc]\.[a-z.]*)?: the input (ends at byte $cut, before its end mark|is empty)" "$tmp/.err" || wrong="$wrong $cut"
	cut=$((cut + ${step:-2999}))
done
is 'a cut names byte, sample and member' "$wrong" ''

# Of gzip a sample may end where the input does; that is no end mark.
cat >"$tmp/gz.pl" <<'END'
use Compress::Zlib;
open my $f, '<:raw', $ARGV[0] or die; local $/; my $all = <$f>;
my ($z) = deflateInit(-WindowBits => 31);
my $to = ''; binmode STDOUT;
# The first sample whole, and flushed.
my $n = index($all, 'b.json', 512);
$to .= $z->deflate(substr $all, 0, $n);
$to .= $z->flush(Z_SYNC_FLUSH);
print $to;
exit if $ARGV[1];
STDOUT->flush; select undef, undef, undef, 0.2;
print $z->deflate(substr $all, $n) . $z->flush;
END
exits 'gzip, cut behind a sample' 2 'sample 1: the input ends at byte [0-9]*, before its end mark' sh -c "perl -MIO::Handle $tmp/gz.pl $tmp/0 cut | tsls"
ok 'gzip that comes in pieces' sh -c "perl -MIO::Handle $tmp/gz.pl $tmp/0 '' | tscmp - $tmp/0"

# A disk's hole, or /dev/zero, has no end.
exits 'endless zeros' 2 '/dev/zero: sample 0: nothing but zeros in the last 64 MiB before byte [0-9]*, want a tar' timeout 20 tsls /dev/zero
exits 'endless zeros behind a stream' 2 'sample 3: nothing but zeros' sh -c "cat $tmp/0 /dev/zero | timeout 20 tsls"
exits 'behind gzip' 2 'sample 3: nothing but zeros' sh -c "{ gzip -c $tmp/0; cat /dev/zero; } | timeout 20 tsls"
ok 'zeros of a tape are an end' sh -c "{ cat $tmp/0; head -c 10485760 /dev/zero; } | tsls"

# Outputs.
exits 'disk full' 2 '<stdout>.*No space left on device' sh -c "tsjoin $tmp/1 >/dev/full"
exits 'disk full, text' 2 '<stdout>: cannot write: No space left on device' sh -c "tsls $tmp/1 >/dev/full"
{ sleep 0.3; tsjoin -z 0 "$tmp/1" 2>"$tmp/err"; echo $? >"$tmp/status"; } | :
is 'a closed pipe ends a filter quietly' "$(cat "$tmp/status" "$tmp/err")" 141
exits 'stdout is closed' 2 '<stdout>' sh -c "tsjoin $tmp/1 >&-"
exits 'no such folder' 2 'x/y-00000.tar.zst: cannot write: No such file' tsjoin -o "$tmp/x/y" "$tmp/1"
sh -c "ulimit -f 16; tsjoin -z 0 -o $tmp/out/x $tmp/1; exit \$?" 2>/dev/null
is 'a file size limit leaves nothing behind' "$?:$(ls "$tmp/out")" '153:'
mkfifo "$tmp/fifo"
tsjoin -o "$tmp/out/x" "$tmp/fifo" 2>/dev/null &
pid=$!
{ head -c 150000 "$tmp/1"; while [ -z "$(ls "$tmp/out")" ]; do sleep 0.1; done; kill $pid; wait $pid; } >"$tmp/fifo"
wait $pid
is 'nor does SIGTERM' "$?:$(ls "$tmp/out")" '143:'
ok 'a file is written under a temporary name and renamed' sh -c "tsjoin -o $tmp/out/x $tmp/1 && [ \$(ls $tmp/out) = x-00000.tar.zst ]"
ok 'its mode is that of other files' sh -c "umask 027; tsjoin -o $tmp/out/x $tmp/1; [ \"\$(stat -c %a $tmp/out/x-00000.tar.zst)\" = 640 ]"
ln -s out/x-00000.tar.zst "$tmp/link-00000.tar.zst"
ok 'a link stays a link' sh -c "tsjoin -k 0 -o $tmp/link $tmp/1 && [ -L $tmp/link-00000.tar.zst ] && [ \$(tsls $tmp/out/x-00000.tar.zst | wc -l) = 2 ]"
if script -qec true /dev/null >/dev/null 2>&1; then
	exits 'no stream to a terminal' 2 '' script -qec "tsjoin $tmp/1" /dev/null
	is 'and it is said' "$(grep -c '<stdout>: a terminal' "$tmp/.out")" 1
	script -qec 'tsls' /dev/null >"$tmp/.out" </dev/null
	is 'nor from one' "$(grep -c '<stdin>: a terminal' "$tmp/.out")" 1
else
	skip 'a terminal' 'script(1) gives none here'
fi

# Limits.
exits 'limit member' 2 'a member of 100128 bytes, the limit is 65536' tsls --limit member=64K "$tmp/1"
exits 'limit sample' 2 'the sample has more than 100000 bytes' tsls --limit sample=100000 "$tmp/1"
exits 'limit rank' 2 'rank 2, want at most 1' tsls --limit rank=1 "$tmp/1"
exits 'limit name' 2 'a member name of 11 bytes, want at most 10' tsls --limit name=10 "$tmp/1"
exits 'limits can be raised' 2 'the input ends' tsls --limit member=5G tests/bad/stream/member-above-the-limit.tar
exits 'limit ratio' 2 'more than 3000 times' tsls --limit ratio=3000 tests/bad/stream/decompresses-too-far.tar.zst
exits 'an unknown limit' 2 'want rank, member' tsls --limit size=3 "$tmp/1"
exits 'a limit without value' 2 'NAME=VALUE' tsls --limit rank "$tmp/1"
exits 'a limit that is no number' 2 'not a number of bytes' tsls --limit member=1X "$tmp/1"

# Common options.
is 'fields: --only' "$(tsjoin --only 'x*' "$tmp/1" | tsls | cut -f2 | uniq)" x.y
is 'fields: --drop' "$(tsjoin --drop '*.y' "$tmp/1" | tsls | cut -f2 | uniq)" note
is 'history: options that change a result' "$(tsjoin -v -z 0 --drop '*.y' -k 0 "$tmp/1" | tsls -H | sed -n 2p)" \
    "# a: tsjoin $(cat VERSION) {\"drop\": [\"*.y\"], \"take\": \"0\"}"
is 'history: one entry for each program' "$(tsjoin "$tmp/1" | tsjoin --only note | tsls -H | grep -c '^# a: tsjoin')" 3
exits 'no such option' 2 'there is no option --quick' tsls --quick
exits 'no such letter' 2 'there is no option -q' tsls -sq
exits 'an argument is missing' 2 'drop wants an argument' tsls --drop
exits 'out of range' 2 '--level: 20, want 0 to 19' tsjoin -z 20
exits 'not a number' 2 '"1e" is not a whole number' tsjoin -z 1e
exits 'not one of the choices' 2 '"no", want fail\|skip\|keep' tsjoin -m no
exits 'no such file' 2 'nowhere: cannot open: No such file' tsls nowhere
exits 'a folder' 2 "tmp.*: Is a directory|sample 0: cannot read: Is a directory" tsls "$tmp"
exits 'progress' 0 '' sh -c "tsls --progress $tmp/1"
done_testing
