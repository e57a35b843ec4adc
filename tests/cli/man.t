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
for p in filters/*.c pipelines/dualtex.sh pipelines/ts2page.sh pipelines/ts2clip.sh; do
	case $p in *_*) continue ;; esac	# a part of a program
	p=${p##*/} p=${p%.*}
	ok "$p: options of -h and of the page" same_options "$p"
	is "$p -V" "$("$p" -V | sed 's/, x86-64-v[234]$//')" "$p (dualtex) $(cat VERSION)"
done

# The message that dualtex(7) shows is what a program says.
said=$(awk '/^Messages name/ { on = 1 } on && /^\.Ed/ { exit } show { print } on && /^\.Bd/ { show = 1 }' man/dualtex.7 |
	sed 's/^ *//; s/\\e$//' | tr -d '\n')
key=${said#*\"} key=${key%%\"*} n=${said#*sample } n=${n%% *}
for f in .jpg _keypoints.json _IUV.png; do cp "pipelines/sample/sample$f" "$tmp/$key$f"; done
if [ -n "$VALGRIND" ]; then
	skip 'the message in dualtex(7)' "$n samples under valgrind"
else
	intake --size 128 "$tmp/$key.jpg" | iuv2coord >"$tmp/right"
	tsjoin --drop source.image "$tmp/right" >"$tmp/maps"
	intake --size 512 "$tmp/$key.jpg" | tsjoin --only source.image - | tsjoin - "$tmp/maps" >"$tmp/wrong"
	{ for i in $(seq "$n"); do cat "$tmp/right"; done; cat "$tmp/wrong"; } | unwrap 2>"$tmp/err" >/dev/null
	is 'the message in dualtex(7)' "$(cat "$tmp/err")" "$said"
fi

# What textrain(1) says of its example is what the example does.
number() { sed -n "s/.*$1 \([a-z0-9]*\).*/\1/p" "$tmp/example" | head -1; }
awk '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh SEE/ { on = 0 } on' man/textrain.1 >"$tmp/example"
words='zero one two three four five six seven eight nine ten'
steps=$(echo "$words" | cut -d' ' -f$(($(number ' -s') + 1)))
ok 'the words of textrain(1)' grep -qi "^$steps steps of a $(number --preset) U-Net" "$tmp/example"
done_testing
