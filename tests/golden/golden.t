#!/bin/sh
# Golden results. tests/golden/PROGRAM/CASE.sh runs in its own directory; what
# it prints must agree with CASE.want, a stream, by tscmp with the options in
# CASE.tol, or with CASE.txt byte by byte. `make golden CASE=PROGRAM/CASE`
# rewrites one result (makes CASE.want where there is neither), and says what
# changed.
. tests/lib.sh

run_case() {	# run_case PROGRAM/CASE: its output to $tmp/got
	(cd "tests/golden/${1%/*}" && sh "./${1##*/}.sh") >"$tmp/got"
}

compare() {	# compare PROGRAM/CASE
	if [ -f "tests/golden/$1.txt" ]; then
		diff -u "tests/golden/$1.txt" "$tmp/got"
	else
		# The options are words; a reason may follow as a comment.
		# shellcheck disable=SC2046
		tscmp $(sed 's/#.*//' "tests/golden/$1.tol" 2>/dev/null) "tests/golden/$1.want" "$tmp/got"
	fi
}

one() {
	run_case "$1" && compare "$1"
}

if [ $# -eq 1 ]; then
	run_case "$1" || exit
	want=tests/golden/$1.want
	[ ! -f "tests/golden/$1.txt" ] || want=tests/golden/$1.txt
	[ ! -f "$want" ] || compare "$1"
	cp "$tmp/got" "$want" && echo "$want is new"
	exit
fi
for c in tests/golden/*/*.sh; do
	[ -f "$c" ] || continue
	c=${c#tests/golden/}
	ok "$c" one "${c%.sh}"
done
done_testing
