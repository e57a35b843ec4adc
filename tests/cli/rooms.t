#!/bin/sh
# tests/lint/includes refuses a table of who may include whom that has a cycle, and a program that takes another
# program's part; tests/lint/rooms counts includes and finds folders that include each other.
. tests/lib.sh

# ---- includes ----
sed "s/body => \[/&'dress', /" tests/lint/includes >"$tmp/includes"
ok "the table was changed" sh -c '! cmp -s tests/lint/includes "$1"' - "$tmp/includes"
is "a cycle in the table" "$(perl "$tmp/includes" | grep -c 'has a cycle: .*body dress')" 1
is "no cycle in ours" "$(tests/lint/includes | grep cycle)" ""
mkdir -p "$tmp/tree/filters" "$tmp/tree/libcommon/losses" "$tmp/tree/man"
for p in a b; do
	echo '#include "a_files.h"' >"$tmp/tree/filters/$p.c"
	: >"$tmp/tree/man/$p.1"
done
: >"$tmp/tree/filters/a_files.h"
: >"$tmp/tree/libcommon/losses/loss.h"
here=$PWD
is "a part is for its own program" "$(cd "$tmp/tree" && perl "$here/tests/lint/includes")" \
    'lint: filters/b.c:1: a program'"'"'s own header, and "a_files.h" is not of this one'

# ---- rooms ----
mkdir -p "$tmp/tree/libcommon/x" "$tmp/tree/libcommon/y"
printf '#include "y/y.h"\n#include "y/y.h"\n' >"$tmp/tree/libcommon/x/x.h"
printf '#include "x/x.h"\nint\nf(void)\n{\n\treturn 1;\n}\n' >"$tmp/tree/libcommon/y/y.h"
tests/lint/rooms "$tmp/tree" >"$tmp/out"
ok "counts includes" grep -qx '  x: y 2' "$tmp/out"
ok "finds folders that include each other" grep -qx '  x 2, y 1' "$tmp/out"
ok "counts lines and files" grep -qxE ' +6 +1  y' "$tmp/out"
ok "lengths of functions" grep -qxE ' +3  libcommon/y/y.h: f' "$tmp/out"
done_testing
