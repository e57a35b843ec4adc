#!/bin/sh
# Photos and companions that must be refused, tests/bad/intake: exit 2 with
# the words of `reasons` there, in one line, and nothing left but a stream
# without end mark. make.py beside them has made them.
. tests/lib.sh
cd tests/bad/intake || exit 2

tab=$(printf '\t')
while IFS=$tab read -r args words; do
	# shellcheck disable=SC2086 # options and operands, as they stand there
	exits "$args: $words" 2 "$words" intake $args
	if [ "$(wc -l <"$tmp/.err")" -ne 1 ]; then
		is "$args: one line" "$(cat "$tmp/.err")" 'one line'
	fi
done <reasons
exits 'the next program of the pipe fails, too' 2 '<stdin>' \
    sh -c 'intake cmyk.jpg 2>/dev/null | tsls'
exits 'with -k it is left out' 1 'cmyk.jpg: sample 1 "cmyk", field source.image: .*left out' \
    intake -k good.jpg cmyk.jpg one-pixel.png
intake -k cmyk.jpg good.jpg 2>/dev/null | tsls >"$tmp/list"
is 'and the others are there' "$(cut -f1,2 "$tmp/list")" "good${tab}source.image"
is 'every file is in a case' "$(for f in *.*; do
	grep -q -F -- "${f%%_*}" reasons || echo "$f"
done)" "make.py"
done_testing
