#!/bin/sh
# weights/MANIFEST: every file that ships in weights/ has a paragraph there
# with source, licence, command and its SHA-256; no paragraph is without file.
. tests/lib.sh

value() {	# value FILE NAME: of the paragraph of FILE
	awk -v file="$1" -v name="$2:" 'BEGIN { RS = ""; FS = "\n" } {
		hit = 0
		for (i = 1; i <= NF; i++) if ($i == "file: " file) hit = 1
		for (i = 1; hit && i <= NF; i++) if (index($i, name " ") == 1) print substr($i, length(name) + 2)
	}' weights/MANIFEST
}

n=0
for f in weights/*; do
	case $f in weights/MANIFEST|weights/REPORT.md) continue ;; esac
	[ -f "$f" ] || continue
	n=$((n + 1)) f=${f#weights/}
	is "$f: sha256" "$(value "$f" sha256)" "$(sha256sum <"weights/$f" | cut -c1-64)"
	for name in source licence command; do
		ok "$f: $name" test -n "$(value "$f" $name)"
	done
done
if [ -f weights/MANIFEST ]; then
	sed -n 's/^file: //p' weights/MANIFEST >"$tmp/files"
	while read -r f; do
		ok "$f is there" test -f "weights/$f"
	done <"$tmp/files"
fi
[ $n -gt 0 ] || skip "weights/MANIFEST" "no file in weights/"
done_testing
