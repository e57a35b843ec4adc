#!/bin/sh
# `make install` and `make uninstall` of what has been built: what it puts where, that it
# works from there, and that nothing is left.
. tests/lib.sh
[ -z "$VALGRIND" ] || { echo '1..0 # skip a matter of files'; exit 0; }
unset MAKEFLAGS MFLAGS MAKELEVEL
shared=
[ ! -d "$BIN/../lib" ] || shared=1
# What is built stays as it is: `all` is not made again, with whatever flags.
run() { make -s -o all SHARED=$shared B="${BIN%/bin}" DESTDIR="$tmp/root" PREFIX=/opt/x "$@"; }
x=$tmp/root/opt/x

ok 'install' run install
is 'every program' "$(ls "$x/bin")" "$(ls "$BIN")"
is 'nothing of debug information' "$(readelf -S "$x/bin/tsls" | grep -c debug_info)" 0
is 'pages' "$(ls "$x"/share/man/man* | grep -c '[157]$')" "$(ls man/*.? | wc -l | tr -d ' ')"
is 'the weights' "$(ls "$x/share/dualtex" | grep -E '^(MANIFEST|posebank|small|unet)' | tr '\n' ' ')" 'MANIFEST posebank.tar.zst small.tar unet.tar '
is 'a program works from there' "$("$x/bin/tsls" -V)" "$(tsls -V)"
ok 'and finds its weights' sh -c "PATH='$x/bin':/usr/bin:/bin; unset BIN; intake --size 128 pipelines/sample/sample.jpg |
    pose2heat | iuv2coord | unwrap | inpaint | tsls"
if command -v bash >/dev/null; then
	is 'completion of a program' "$(bash -c '. "$1/share/bash-completion/completions/cutout"; complete -p cutout' - "$x")" \
	    'complete -o default -F _dualtex cutout'
fi
ok 'with symbols where STRIP is empty' run install STRIP=
ok 'uninstall' run uninstall
is 'no file is left' "$(find "$tmp/root" ! -type d)" ''
is 'nor a folder of its own' "$(find "$tmp/root" -name '*dualtex*')" ''

# Blanks and quotes; and folders that were somebody's already.
odd="$tmp/a b'c\"\`touch $tmp/ran\`;*"
mkdir -p "$tmp/a" "$odd/opt/my x/share" && echo mine >"$tmp/a/mine" && cp "$tmp/a/mine" "$odd/opt/my x/share/mine"
ok 'install to an odd place' run install DESTDIR="$odd" PREFIX='/opt/my x' DATADIR='/opt/my x/share'
is 'works from there' "$("$odd/opt/my x/bin/tsls" -V)" "$(tsls -V)"
is 'a script, too' "$("$odd/opt/my x/bin/ts2page" -V)" "$(ts2page -V)"
ok 'uninstall from it' run uninstall DESTDIR="$odd" PREFIX='/opt/my x' DATADIR='/opt/my x/share'
is "leaves what is others'" "$(find "$tmp/a" "$odd" ! -type d | sed "s,^$tmp/,," | sort)" "$(printf '%s\n' "${odd#"$tmp/"}/opt/my x/share/mine" a/mine)"
ok 'and runs no name' test ! -e "$tmp/ran"
exits 'a DATADIR that no script can hold' 2 'DATADIR: want a path without' run uninstall DATADIR="/a'b"
done_testing
