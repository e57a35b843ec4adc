#!/bin/sh
# Streams that must be refused, tests/bad/stream: exit 2 with the words of
# tests/bad/stream/reasons, by a program that lists and by one that copies,
# and no output left behind. make.py beside them has made them.
. tests/lib.sh
mkdir "$tmp/out"

tab=$(printf '\t')
while IFS=$tab read -r file words; do
	exits "$file: $words" 2 "$words" tsls -s "tests/bad/stream/$file"
	if grep -v '^tsls: tests/bad/stream/' "$tmp/.err"; then
		is "$file: the message names the file" 1 0
	fi
	exits "$file: copied" 2 "$words" tsjoin -o "$tmp/out/x" "tests/bad/stream/$file"
done <tests/bad/stream/reasons
is 'nothing is left behind' "$(ls "$tmp/out")" ''
is 'every file has a reason' "$(cut -f1 tests/bad/stream/reasons | sort)" \
    "$(find tests/bad/stream -type f ! -name reasons ! -name make.py | sed 's,.*/,,' | sort)"
done_testing
