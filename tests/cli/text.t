#!/bin/sh
# Text of files where it would be more than text: a terminal, lines of OBJ and
# MTL; paths in weights; lists whose work must not grow with their square.
. tests/lib.sh
PERL5LIB=$PWD/tests/perl
export PERL5LIB

evil='x\nnewmtl evil\nmap_Kd /etc/passwd\nv 9 9 9\u001b]0;t\u0007\u009b31m\u2028\u202e'
perl -MStream -e 'put("a", "texture" => ["f4", [16, 16, 3], [map { ($_ % 97) / 48 - 1 } 0 .. 767]],
    "", "\"layout\":\"atlas24\",\"licence\":[\"$ARGV[0]\"],\"history\":[{\"program\":\"$ARGV[0]\",\"version\":\"$ARGV[0]\",\"options\":{\"$ARGV[0]\":1},\"weights\":\"$ARGV[0]\"}]"); finish()' \
    "$evil" >"$tmp/evil.tar"
control() { perl -CSD -ne 'chomp; $n += () = /[\x00-\x1f\x7f-\x9f\x{2028}-\x{202e}]/g; END { print $n + 0 }' "$1"; }
tsls -H "$tmp/evil.tar" >"$tmp/ls"
is "history and licence are a line each" "$(wc -l <"$tmp/ls") $(tr -d '\t' <"$tmp/ls" >"$tmp/ls2"; control "$tmp/ls2")" "3 0"
tsls -H --json "$tmp/evil.tar" >"$tmp/json"
is "as JSON, too" "$(control "$tmp/json") $(perl -MJSON::PP -ne 'print decode_json($_)->{manifest}{licence}[0] =~ tr/\x{9b}//' "$tmp/json")" "0 1"
ok "an OBJ" tex2mesh -b tests/data/robot.npz -o "$tmp/e.obj" <"$tmp/evil.tar"
is "has no line of the licence" "$(grep -c -e '^newmtl' -e '^v 9 9 9' "$tmp/e.obj") $(grep -c '^newmtl' "$tmp/e.mtl") $(grep -c ^map_Kd "$tmp/e.mtl")" "0 1 1"
is "but the licence" "$(grep -c '^# licence: x.nnewmtl evil' "$tmp/e.obj")" 1
ok "a GLB" tex2mesh -b tests/data/robot.npz -o "$tmp/e.glb" <"$tmp/evil.tar"
exits "a name of two lines" 2 'a control character in the name' tex2mesh -b tests/data/robot.npz -o "$tmp/$(printf 'a\nb').obj" <"$tmp/evil.tar"
exits "a message of one line" 2 '' tsls "$(printf 'no\nsuch\033[31m\302\233')"
is "with marks for them" "$(wc -l <"$tmp/.err") $(control "$tmp/.err")" "1 0"

# Ten thousand licences on both sides.
many() { perl -MStream -e 'put("a", "x" => ["f4", [1], [1]], "", "\"licence\":[" . join(",", map { "\"$ARGV[0]$_\"" } 1 .. 10000) . "]"); finish()' "$1"; }
many a >"$tmp/a.tar"
many b | tsjoin --rename x=y - >"$tmp/b.tar"
is "long lists are joined" "$(timeout 20 tsjoin "$tmp/a.tar" "$tmp/b.tar" | tsls -H | grep -c licence:)" 20000
is "and what is there already is not again" "$(timeout 20 tsjoin "$tmp/a.tar" "$tmp/a.tar" | tsls -H | grep -c licence:)" 10000

# A weights file names a layout, and no path.
weights init -z0 --net unet --preset tiny --layout "$tmp/evil.tar" >"$tmp/path.tar"
drawtex -s 3 -n 1 -T 64 >"$tmp/drawn"
render-mesh -s 64 -t "$tmp/drawn" | iuv2coord | unwrap >"$tmp/maps"
exits "weights with a path for a layout" 2 'evil.tar" needs its table, made by uvlut: give it with --layout' sh -c "inpaint -w $tmp/path.tar <$tmp/maps"

# Address space as it is needed.
weights init -z0 --net unet --preset tiny >"$tmp/w.tar"
inpaint -w "$tmp/w.tar" -j 1 <"$tmp/maps" >"$tmp/free"
if [ -z "$VALGRIND" ] && ! ldd "$BIN/tsls" | grep -q -e libasan -e libtsan; then
	for kb in 34000000 2000000 700000; do
		ok "with $kb KB" sh -c "ulimit -v $kb; inpaint -w $tmp/w.tar -j 1 <$tmp/maps >$tmp/tight && cmp $tmp/free $tmp/tight"
	done
fi

# Checkpoints that cannot be read are no reason to begin anew.
mkdir "$tmp/run" && echo broken >"$tmp/run/step-00000100.tar"
exits "textrain -r" 2 'none of its 1 checkpoints can be read' textrain -r -w "$tmp/w.tar" -d "$tmp/run" -s 1 "$tmp/maps"
is "leaves it there" "$(cat "$tmp/run/step-00000100.tar")" broken
# A link may lead to all of the system.
mkdir "$tmp/linked" && ln -s /proc "$tmp/linked/p"
exits "a link to a folder in a folder" 2 'linked/p: a link to a folder: name' timeout 20 intake "$tmp/linked"

# A folder is one training's at a time.
mkdir "$tmp/run2"
exits "two trainings" 2 'run2: another textrain works there' perl -MFcntl=:DEFAULT,:flock -e 'sysopen my $d, $ARGV[0], O_RDONLY or die; flock($d, LOCK_EX) or die;
    exit(system(@ARGV[1 .. $#ARGV]) >> 8)' "$tmp/run2" textrain -w "$tmp/w.tar" -d "$tmp/run2" -s 1 "$tmp/maps"
done_testing
