# . tests/mpi.sh, behind tests/lib.sh: together N DIR OPTION... is textrain in N ranks of a thread each. Skips the
# test where that cannot be. mpirun adds lines of its own to ours unless it is told not to.
command -v mpirun >/dev/null || { echo '1..0 # skip no mpirun here (Debian: openmpi-bin or mpich)'; exit 0; }
[ -z "$VALGRIND" ] || { echo '1..0 # skip MPI under valgrind'; exit 0; }
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 \
    OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_orte_execute_quiet=1 OMPI_MCA_btl_vader_single_copy_mechanism=none \
    ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
together() {	# none: textrain alone, by two threads
	n=$1 to=$2; shift 2
	if [ "$n" = none ]; then
		textrain -j 2 -d "$to" "$@" </dev/null
	else
		mpirun -n "$n" textrain -j 1 -d "$to" "$@" </dev/null
	fi
}
together 2 x 2>"$tmp/mpi"
if grep -q 'built without MPI' "$tmp/mpi"; then
	exits 'several ranks of a program that can be one alone' 2 '^textrain: started as one of several ranks, but built without MPI: see make MPI=1$' together 2 x
	is 'are refused in one line' "$(grep -c '^textrain' "$tmp/.err")" 1
	skip 'the rest' 'this textrain is built without MPI (make MPI=1)'
	done_testing
fi
grep -q 'want --weights' "$tmp/mpi" || { echo "1..0 # skip mpirun does not work here: $(head -1 "$tmp/mpi")"; exit 0; }
rm -rf x
