#!/bin/sh
# Options that have another name than in the last release: the old name does
# the same, is recorded under the new one, and is shown nowhere.
. tests/lib.sh

grep -ohE 'CLI_ALIAS\("[a-z-]+", "[a-z-]+"\)' filters/*.c >"$tmp/found"
ok 'there are some' test -s "$tmp/found"
for p in filters/*.c; do
	p=${p#filters/} p=${p%.c}
	sed -n 's/.*CLI_ALIAS("\([a-z-]*\)", "\([a-z-]*\)").*/\1 \2/p' "filters/$p.c" >"$tmp/aliases"
	while read -r old new; do
		"$p" -h >"$tmp/help"
		ok "$p: --$new is in -h" grep -qE -- "--$new( |\$)" "$tmp/help"
		exits "--$old is not" 1 '' grep -qE -- "--$old( |\$)" "$tmp/help"
		exits 'nor in the page' 1 '' grep -qE "Fl -$old( |\$)" "man/$p.1"
		exits 'it is taken, and wrong values are told of the new name' 2 "^$p: --$new: \"x\"" "$p" "--$old" x
		exits 'a value that is missing is missing' 2 "^$p: --$old wants an argument" "$p" "--$old"
	done <"$tmp/aliases"
done

made() {	# made OPTION...: one small person
	synthbody -s 16 -n 1 --only source.pose "$@"
}
said() {	# said OPTION...: the options of its history
	made "$@" | tsls -H --json | grep -o '"options":{[^}]*}'
}
made --label-noise 0 >"$tmp/now"
ok 'the same bytes' sh -c "synthbody -s 16 -n 1 --only source.pose --noise 0 | cmp - $tmp/now"
is 'the history has the new name' "$(said --noise 0)" "$(said --label-noise 0)"
ok 'with a value behind =' sh -c "synthbody -s 16 -n 1 --only source.pose --noise=0 | cmp - $tmp/now"
ok 'what begins the new name alone' sh -c "synthbody -s 16 -n 1 --only source.pose --label-n 0 | cmp - $tmp/now"
ok 'or the old one' sh -c "synthbody -s 16 -n 1 --only source.pose --noi 0 | cmp - $tmp/now"
exits 'what begins both' 2 '^textrain: --warmup: "x"' textrain --war x
exits 'what begins two options is neither' 2 'there is no option --be' textrain --be 1
done_testing
