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
done_testing
