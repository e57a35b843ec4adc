#!/bin/sh
# Programs and their pages agree: every long option of PROGRAM -h stands in
# man/PROGRAM.1 or, when it is common to all, in man/dualtex.7, and every
# option of the page is one of the program's. -V names program and version.
. tests/lib.sh

same_options() {	# same_options PROGRAM
	"$1" -h >"$tmp/help" || return 1
	grep -oE -- '--[a-z][a-z0-9-]*' "$tmp/help" | sort -u >"$tmp/has"
	[ -s "$tmp/has" ] || { echo "no option in $1 -h"; return 1; }
	# mdoc writes --name as .Fl -name
	sed -n 's/^\.It /.It /p' "man/$1.1" | grep -oE 'Fl -[a-z][a-z0-9-]*' | sed 's/Fl /-/' | sort -u >"$tmp/page"
	sort -u "$tmp/page" "$tmp/common" | comm -23 "$tmp/has" - | sed 's/$/ is missing in the page/' >"$tmp/diff"
	sort -u "$tmp/has" "$tmp/common" | comm -13 - "$tmp/page" | sed 's/$/ is in the page only/' >>"$tmp/diff"
	cat "$tmp/diff"
	[ ! -s "$tmp/diff" ]
}

sed -n '/^\.It/p' man/dualtex.7 | grep -oE 'Fl -[a-z][a-z0-9-]*' | sed 's/Fl /-/' | sort -u >"$tmp/common"
for p in filters/*.c; do
	case $p in *_*) continue ;; esac	# a part of a program
	p=${p#filters/} p=${p%.c}
	ok "$p: options of -h and of the page" same_options "$p"
	is "$p -V" "$("$p" -V)" "$p (dualtex) $(cat VERSION)"
done
done_testing
