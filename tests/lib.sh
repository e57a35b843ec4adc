# TAP for shell tests: . tests/lib.sh, then ok/is/exits/skip, then `done_testing`.
# Tests run from the project's root with BIN = directory of the programs, and
# work in $tmp, a scratch directory that is removed at the end.
: "${BIN:=$PWD/build/rel/bin}"
PATH=$BIN:$PATH
LC_ALL=C
export PATH LC_ALL
data=$PWD/../shared/data
top=$PWD
tmp=$(mktemp -d "${TMPDIR:-/tmp}/dualtex.XXXXXX") || exit 2
trap 'rm -rf "$tmp"' EXIT
tap_n=0 tap_bad=0

ok() {		# ok WHAT COMMAND...: the command exits 0
	what=$1; shift
	tap_n=$((tap_n + 1))
	if "$@" >"$tmp/.out" 2>"$tmp/.err"; then
		echo "ok $tap_n - $what"
	else
		got=$?
		echo "not ok $tap_n - $what"
		echo "# exit $got of: $*"
		sed 's/^/# /' "$tmp/.out" "$tmp/.err" | head -20
		tap_bad=$((tap_bad + 1))
	fi
}

is() {		# is WHAT GOT WANT: equal strings
	tap_n=$((tap_n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tap_n - $1"
	else
		echo "not ok $tap_n - $1"
		printf '%s\n' "got:  $2" "want: $3" | sed 's/^/# /'
		tap_bad=$((tap_bad + 1))
	fi
}

exits() {	# exits WHAT STATUS PATTERN COMMAND...: exit status, and stderr matches (grep -E)
	what=$1 want=$2 pattern=$3; shift 3
	tap_n=$((tap_n + 1))
	"$@" >"$tmp/.out" 2>"$tmp/.err"
	got=$?
	if [ $got -eq "$want" ] && { [ -z "$pattern" ] || grep -Eq -- "$pattern" "$tmp/.err"; }; then
		echo "ok $tap_n - $what"
	else
		echo "not ok $tap_n - $what"
		echo "# exit $got, want $want; message wanted: $pattern; got:"
		sed 's/^/# /' "$tmp/.err" | head -10
		tap_bad=$((tap_bad + 1))
	fi
}

npy() {	# npy DESCR SHAPE: stdin as data of an .npy, e.g. printf '\000\000\200\077' | npy '<f4' '(1,)'
	printf '\223NUMPY\001\000\166\000%-117s\n' "{'descr': '$1', 'fortran_order': False, 'shape': $2, }"
	cat
}

alone() {	# alone FOLDER PROGRAM...: copies in FOLDER/bin, with their library if there is one, without weights
	to=$1; shift
	mkdir -p "$to/bin"
	for p; do cp "$BIN/$p" "$to/bin"; done
	[ ! -d "$BIN/../lib" ] || cp -r "$BIN/../lib" "$to"
}

skip() {	# skip WHAT WHY
	tap_n=$((tap_n + 1))
	echo "ok $tap_n # skip $1: $2"
}

done_testing() {
	echo "1..$tap_n"
	[ "$tap_bad" -eq 0 ]
	exit
}
