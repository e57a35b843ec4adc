#!/bin/sh
# What debian/ and the Containerfile repeat agrees with where it comes from; the packages
# themselves are made by `make deb`, and debian/tests/smoke runs when they are.
. tests/lib.sh

is 'the version' "$(sed -n '1s/.*(\(.*\)-[0-9]*).*/\1/p' debian/changelog)" "$(cat VERSION)"
# A compiler and make are on every machine that builds packages.
is 'what has to be there to build it' \
    "$(sed -n '/^Build-Depends/,/^$/p' debian/control | grep -oE '^ [a-z0-9.-]+' | grep -v debhelper | tr -d ' ' | sort | tr '\n' ' ')" \
    "$(sed -n "/^build=/,/'$/p" pipelines/deps.sh | sed "s/build=//; s/'//g" | tr -s ' \t' '\n' | grep -vxE 'gcc|libc6-dev|make|' | sort | tr '\n' ' ')"
sed -n 's/^file: //p' weights/MANIFEST | while read -r f; do
	grep -qx "Files: weights/$f" debian/copyright || echo "$f"
done >"$tmp/unsaid"
is 'the licence of each weights file' "$(cat "$tmp/unsaid")" ''
is 'and none of a file that is gone' "$(sed -n 's/^Files: weights/weights/p' debian/copyright | xargs ls >/dev/null && echo all)" all

# Libraries that the programs ask for, by the package that has them, are in the container, which has no MPI.
if command -v dpkg-query >/dev/null && command -v readelf >/dev/null; then
	for p in "$BIN"/*; do readelf -d "$p" 2>/dev/null; done | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort -u |
	    grep -vE '^(libc|libm|ld-linux.*|libgcc_s|libdualtex.*|libmpi.*|lib(a|ub|t)san)\.so' | while read -r l; do
		dpkg-query -S "*/$l" 2>/dev/null | sed -n '1s/:.*//p'
	done | sort -u >"$tmp/want"
	while read -r p; do
		grep -qw -- "$p" Containerfile || echo "$p"
	done <"$tmp/want" >"$tmp/lacks"
	is 'the libraries of the container' "$(cat "$tmp/lacks")" ''
else
	skip 'the libraries of the container' 'no dpkg'
fi
done_testing
