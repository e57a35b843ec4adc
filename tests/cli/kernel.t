#!/bin/sh
# DUALTEX_KERNEL: of programs of `make SHARED=1` it names the library, each of which
# computes the same whatever the processor could do; other programs have none to name.
. tests/lib.sh
unset DUALTEX_KERNEL GLIBC_TUNABLES LD_LIBRARY_PATH
person=tests/golden/person.tar.zst
with() { DUALTEX_KERNEL=$1; shift; export DUALTEX_KERNEL; "$@"; got=$?; unset DUALTEX_KERNEL; return $got; }
name() { "$@" | sed 's/.*, //'; }

case $(tsls -V) in
*,\ x86-64-v?) ;;
*)
	exits 'one kind of processor: none to choose' 2 'DUALTEX_KERNEL: x86-64-v3: want none, .*SHARED=1' with x86-64-v3 tsls -V
	ok 'empty is none' with '' tsls -V
	skip 'kernels' 'these programs have one: make check SHARED=1'
	done_testing ;;
esac

have=
for k in x86-64-v2 x86-64-v3 x86-64-v4; do
	if with $k tsls -V >"$tmp/v" 2>"$tmp/err"; then
		is "$k is taken" "$(name cat "$tmp/v")" $k
		have="$have $k"
	else
		exits "$k is refused in words" 2 "DUALTEX_KERNEL: $k: this processor cannot run it" with $k tsls -V
	fi
done
is 'the best is taken when nothing is said' "$(name tsls -V)" "${have##* }"
exits 'a name that is none' 2 'DUALTEX_KERNEL: avx: want x86-64-v2, x86-64-v3 or x86-64-v4' with avx tsls -V

# As on a lesser processor: the loader chooses, and computes what the name says.
less() { GLIBC_TUNABLES=glibc.cpu.hwcaps=$1; shift; export GLIBC_TUNABLES; "$@"; got=$?; unset GLIBC_TUNABLES; return $got; }
is 'without AVX2' "$(name less -AVX2 tsls -V)" x86-64-v2
is 'a name comes before it' "$(name with "${have##* }" less -AVX2 tsls -V)" "${have##* }"
keeps() { GLIBC_TUNABLES=glibc.malloc.check=0:glibc.cpu.hwcaps=-AVX2 with x86-64-v2 sh -c 'exec tsls -V'; }
is 'other tunables stay' "$(name keeps)" x86-64-v2

# A copy of the programs that has lost a library.
alone "$tmp/c" tsls
is 'programs find their library wherever they are' "$(name "$tmp/c/bin/tsls" -V)" "${have##* }"
rm -r "$tmp/c/lib/dualtex/glibc-hwcaps"
is 'without the others there is the first' "$(name "$tmp/c/bin/tsls" -V)" x86-64-v2
case $have in
*v3*)	exits 'and a name says what is missing' 2 'took the library for x86-64-v2: is the other' with x86-64-v3 "$tmp/c/bin/tsls" -V ;;
esac

# Bytes: of a kernel for any number of threads, and of a child as of its parent.
pose2heat <$person | iuv2coord | unwrap >"$tmp/maps"
weights init -z0 --preset tiny --seed 3 >"$tmp/w.tar"
nets() { OMP_NUM_THREADS=$1 hallucinate -w "$tmp/w.tar" -n 2 -x "texgen -x -w '$tmp/w.tar'" <"$tmp/maps" | cksum; }
for k in $have; do
	with "$k" nets 1 >"$tmp/$k"
	is "$k: the same bytes for any number of threads" "$(with "$k" nets 3)" "$(cat "$tmp/$k")"
	is "$k: its child computes as it does" "$(with "$k" sh -c 'intake --size 64 pipelines/sample/sample.jpg | iuv2coord | unwrap | cksum')" \
	    "$(intake --size 64 pipelines/sample/sample.jpg | with "$k" iuv2coord | with "$k" unwrap | cksum)"
done
is 'the best by name is the best by itself' "$(nets 1)" "$(cat "$tmp/${have##* }")"
is 'as on a processor without AVX2' "$(less -AVX,-AVX2,-FMA,-FMA4 nets 1)" "$(cat "$tmp/x86-64-v2")"
done_testing
