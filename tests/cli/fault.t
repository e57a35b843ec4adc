#!/bin/sh
# A sample of `make fault`: a point of each kind of failing call per program.
. tests/lib.sh
so=$BIN/../tests/fault/fault.so
[ -f "$so" ] && [ -z "$VALGRIND" ] && ! ldd "$BIN/tsls" | grep -q -e libasan -e libtsan -e libubsan ||
	{ echo '1..0 # skip no fault.so, or a sanitizer, which has a malloc of its own'; exit 0; }
# With SHARED=1 libraries find fault.so's malloc before ours.
[ ! -d "$BIN/../lib" ] || { echo '1..0 # skip the malloc of programs is in a library'; exit 0; }
exits "one call of the C library fails" 0 '' env FAULT_SO="$so" tests/fault/run -n 1
grep BAD "$tmp/.out" | sed 's/^/# /'

# What a parent leaves behind.
drawtex -s 5 -n 1 -T 16 -z0 >"$tmp/t.tar"
exits "stdin is closed" 2 '<stdin>.*cannot read: Bad file' sh -c "tsls <&-"
exits "stdin is closed, and a file is opened" 2 '<stdin>.*cannot read' sh -c "detail -w $tmp/t.tar <&-"
exits "stdout is closed" 2 '<stdout>.*Bad file' sh -c "tsjoin $tmp/t.tar >&-"
exits "stdout is closed, and it prints" 2 'cannot write' sh -c "tsls $tmp/t.tar >&-"
ok "stderr is closed" sh -c "tsls $tmp/t.tar 2>&-"
exits "help to a full disk" 2 'cannot write' sh -c "tsls -h >/dev/full"
exits "a table to a full disk" 2 'cannot write' sh -c "tsls $tmp/t.tar >/dev/full"

# Partners whose children live on with the socket, in a group of their own;
# and an alarm that a parent has blocked.
weights init -z0 --preset tiny >"$tmp/tiny.tar"
render-mesh -b tests/data/robot.npz -s 64 -t "$tmp/t.tar" | pose2heat | iuv2coord | unwrap >"$tmp/maps"
exits "a command that begins with a dash" 2 'partner "/bin/sh": the command was not found' sh -c "hallucinate -w $tmp/tiny.tar -n 1 -x '-x' <$tmp/maps"
begin=$(date +%s)
exits "a child with the socket" 2 'partner' sh -c "hallucinate -w $tmp/tiny.tar -n 1 --timeout 0.5 -x 'setsid sleep 47 & exit 3' <$tmp/maps"
exits "a partner in another group" 2 'no complete answer after 0.5 s' sh -c "hallucinate -w $tmp/tiny.tar -n 1 --timeout 0.5 -x 'exec setsid sleep 47' <$tmp/maps"
exits "a blocked alarm" 2 'no complete answer after 0.5 s' perl -MPOSIX -e 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGALRM)); exec @ARGV' \
	sh -c "hallucinate -w $tmp/tiny.tar -n 1 --timeout 0.5 -x 'exec sleep 47' <$tmp/maps"
ok "are not waited for" [ $(($(date +%s) - begin)) -lt 30 ]

# Signals: whenever one comes, no temporary file stays.
mkdir "$tmp/s"
for sig in HUP INT TERM QUIT USR1 ALRM XCPU SEGV ABRT; do
	drawtex -s 5 -n 30 -T 128 | perl -e '$SIG{$ARGV[0]} = "DEFAULT"; exec @ARGV[1 .. $#ARGV]' $sig \
	    tsjoin -z 0 -k - 2>/dev/null | (perl -e '$SIG{$_} = "DEFAULT" for @ARGV; exec "tex2mesh", "-b", "tests/data/robot.npz", "-o", "'"$tmp"'/s/%k.glb"' $sig 2>/dev/null & p=$!
	sleep 0.05; kill -$sig $p; wait $p) 2>/dev/null
done
is "no temporary file stays" "$(find "$tmp/s" -name '*.tmp.*')" ''
done_testing
