#!/bin/sh
# textrain in several ranks of MPI: the same bytes for any division of the lanes, after a rank was killed too; a rank
# that is lost is the end of all; what ranks have that is not the same is told in one line.
. tests/lib.sh
cd "$tmp" || exit 2
. "$top/tests/mpi.sh"

for i in 1 2 3 4; do
	synthbody --size 64 --seed $i -n 2 | if [ $i = 2 ]; then tsjoin --drop 'true.*' /dev/stdin; else cat; fi >p$i.tar.zst
done
people='p1.tar.zst p2.tar.zst p3.tar.zst'
weights init --net unet --preset tiny >unet.tar
weights init --preset tiny >dual.tar

# train NET RANKS DIR OPTION...
train() {	# RANKS none: without MPI
	net=$1 ranks=$2 dir=$3; shift 3
	case $net in
	unet) set -- -s 6 -b 4 -a 2 --valid p4.tar.zst --valid-every 3 --save-every 3 "$@" ;;
	dual) set -- -s 4 -b 4 --adv 1 --critic 1 -n 3 --vary --save-every 2 "$@" ;;
	bank) set -- -s 3 -b 4 --poses "$BIN/../share/dualtex/posebank.tar.zst" "$@" ;;
	lanes) set -- -s 3 -b 7 -a 3 --lanes 5 "$@" ;;
	esac
	weights=$net
	[ -e "$net.tar" ] || weights=dual
	[ "$net" != lanes ] || weights=unet
	# shellcheck disable=SC2086	# words
	together "$ranks" "$dir" -w $weights.tar --buffer 3 --ema 0.9 --clip 1 --jitter 0.1 --log-every 1 "$@" $people
}
# The same files with the same bytes, but for how fast it was.
same() {
	[ "$(ls "$1")" = "$(ls "$2")" ] || return 1
	for f in $(cd "$1" && ls); do
		case $f in
		log.tsv) [ "$(cut -f1-3,5- "$1/$f")" = "$(cut -f1-3,5- "$2/$f")" ] ;;
		*) cmp "$1/$f" "$2/$f" ;;
		esac || return 1
	done
}
for how in 'unet 1 2 4' 'dual 2 3 4' 'bank 3' 'lanes 3'; do
	net=${how%% *}
	ok "$net: one process" train "$net" none "$net"
	for n in ${how#* }; do
		ok "$n ranks" train "$net" "$n" "$net-$n"
		ok 'the same bytes' same "$net" "$net-$n"
	done
done
ok 'a critic saw the true textures that there are' awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "critic") k = i }
    NR > 1 && $k != 0 { n++ } END { exit !n }' dual/log.tsv
bytes=$(train unet 4 said -v 2>&1 | sed -n 's/.*rank 0 sent \([0-9.]*\) MB a step, and.*/\1/p')
size=$(tar -tvf unet.tar | awk '{ n += $3 } END { print n / 1e6 }')
ok "the first rank sends the parameters once # $bytes MB of $size" \
    awk -v got="$bytes" -v size="$size" 'BEGIN { exit !(got > 0.9 * size && got < 1.1 * size + 0.1) }'

# Killed at random, then gone on by others. The whole path: others may train in a folder of that name.
part=$tmp/part
kill_one() {	# kill_one SIGNAL LINES DIR: some rank of the mpirun $pid once the log has so many lines
	while kill -0 "$pid" 2>/dev/null && [ "$(cat "$3/log.tsv" 2>/dev/null | wc -l)" -lt "$2" ]; do sleep 0.02; done
	victim=$(ps -e -o pid= -o args= | awk -v d="$3" '$2 == "textrain" && $0 ~ " -d " d " " { print $1 }' | sed -n 2p)
	[ -z "$victim" ] || kill -"$1" "$victim"
}
for how in '4 2 unet 2' '3 4 dual 2' '2 none dual 4'; do
	# shellcheck disable=SC2086
	set -- $how
	rm -rf "$part"
	train "$3" "$1" "$part" 2>/dev/null & pid=$!
	kill_one KILL "$4" "$part"
	wait $pid
	ok "$3: killed in $1 ranks, gone on in $2" train "$3" "$2" "$part" -r
	ok 'to the same bytes' same "$3" "$part"
done

rm -rf "$part"
train unet 4 "$part" -s 100000 --timeout 3 2>err & pid=$!
kill_one STOP 3 "$part"
since=$(date +%s)
wait $pid; got=$?
kill -9 "$victim" 2>/dev/null
is 'a rank that does nothing any more: all end' $got 2
ok 'soon' test $(($(date +%s) - since)) -lt 30
is 'with a line' "$(grep -c '^textrain: rank [0-9]* on [^ ]* has said nothing for 3 s: all end; --resume goes on$' err)" 1

rm -rf "$part"
train unet 2 "$part" -s 100000 2>err & pid=$!
kill_one TERM 3 "$part"
wait $pid; got=$?
is 'SIGTERM to one of them: all stop' $got 1
is 'and say it once' "$(grep -c 'stopped at step' err)" 1
ok 'with a checkpoint' test -f "$(printf '%s/step-%08d.tar' "$part" "$(tail -1 "$part/log.tsv" | cut -f1)")"

# One line about what cannot be. others OPTION... runs rank 1 in the folder `other`.
one() {		# one WHAT PATTERN COMMAND...
	exits "$1" 2 "^textrain: $2" sh -c 'shift 2; "$@"' - "$@"
	is 'in one line' "$(grep -c ^textrain "$tmp/.err")" 1
}
cat >pair <<'END'
#!/bin/sh
# pair DIR OPTIONS OTHER-OPTIONS: two ranks, the second in the folder `other`
people='p1.tar.zst p2.tar.zst p3.tar.zst'
exec mpirun -n 1 textrain -j 1 -d "$1" -w unet.tar -s 2 $2 $people : -n 1 -wdir "$PWD/other" textrain -j 1 -d "$1" -w unet.tar -s 2 $3 $people
END
cat >some <<'END'
#!/bin/sh
n=$1; shift
exec mpirun -n "$n" textrain -d bad "$@" </dev/null
END
chmod +x pair some
one 'more ranks than samples' 'unet.tar: 3 ranks for 2 lanes: want' ./some 3 -w unet.tar -b 2 p1.tar.zst
one 'more ranks than lanes' 'unet.tar: 4 ranks for 3 lanes: want' ./some 4 -w unet.tar --lanes 3 p1.tar.zst
one 'weights that are not there' 'absent.tar: ' ./some 2 -w absent.tar p1.tar.zst
one 'a wrong option' 'there is no option --absent' ./some 3 --absent
one 'a pipe' 'data: <stdin>: want files' ./some 2 -w unet.tar -
one 'a loss that explodes' 'step [0-9]*: .*sample .*(loss|gradient)' ./some 2 -w unet.tar --rate 1 -s 500 p1.tar.zst
case $(mpirun --version 2>/dev/null) in
*'Open MPI'*)
	mkdir other && cp unet.tar $people other
	one 'other arguments' 'rank 1 has other arguments than rank 0' ./pair o1 '-b 4' '-b 5'
	one 'of which some are wrong' 'rank 1 has other arguments than rank 0' ./pair o2 '-b 4' '--absent'
	cp p4.tar.zst other/p2.tar.zst
	one 'other files' 'rank 1 has other files than rank 0' ./pair o3
	rm other/p2.tar.zst
	one 'a file that one lacks' 'data: rank 1: p2.tar.zst: ' ./pair o4
	cp p2.tar.zst other
	weights init --net unet --preset tiny --seed 5 >other/unet.tar
	one 'other weights' 'rank 1 has other weights than rank 0' ./pair o5 ;;
*)
	skip 'ranks in another folder' 'written for Open MPI' ;;
esac
is 'nothing is left of them' "$(ps -e -o args= | grep -c "^textrain .*-d $part ")" 0
cd "$top" || exit 2
done_testing
