#!/bin/sh
# The programs that are scripts, where their outputs are odd: what is no file
# stays what it is, names begin with a dash or are long, folders cannot be
# written, runs were killed.
. tests/lib.sh
[ -z "$VALGRIND" ] || { echo '1..0 # skip no compiled program is tried'; exit 0; }
inst=$tmp/inst/bin
mkdir -p "$inst" "$tmp/inst/share/dualtex" "$tmp/w" && cd "$tmp/w" || exit 2
cp "$BIN/ts2page" "$inst"
cp "$BIN/../share/dualtex/page.html" "$tmp/inst/share/dualtex"
echo '<!-- no three.js -->' >"$tmp/inst/share/dualtex/three.html"
drawtex -s 5 -n 1 -T 32 -z0 >t.tar
tex2mesh -b "$top/tests/data/robot.npz" -o t.glb <t.tar

for p in dualtex ts2page ts2clip; do
	for o in -h -V; do
		exits "$p $o to a full disk" 2 "^$p: cannot write$" sh -c "$p $o >/dev/full"
		is 'in one line' "$(wc -l <"$tmp/.err")" 1
	done
done

page() { "$inst/ts2page" -g t.glb "$@" a=t.tar b=t.tar; }
page >want.html
ok 'a page' grep -q glTF -- t.glb
mkfifo pipe
cat pipe >got.html & reader=$!
ok 'to a pipe with a name' page -o pipe
wait $reader
ok 'which is written to' cmp want.html got.html
ok 'and stays one' test -p pipe
ln -s linked.html link
ok 'by a link' page -o link
ok 'which stays one' sh -c 'test -L link && cmp want.html linked.html'
ln -s nowhere/x.html dangling
exits 'by a link to nowhere' 2 '^ts2page: dangling: cannot be written$' page -o dangling
for name in -x.html "$(head -c 250 /dev/zero | tr '\0' n).html" "a b'c\"\$(touch ran).html"; do
	ok "to $(echo "$name" | cut -c 1-30)" page -o "$name"
	ok 'it is there' cmp want.html "./$name"
done
page -o - >got.html
ok '- is standard output' cmp want.html got.html
ok '--option=value' page --title=x --output=y.html
mkdir d
exits 'a folder' 2 '^ts2page: d: is a folder$' page -o d
is 'stays empty' "$(ls -A d)" ''
exits 'stdout is full' 2 '^ts2page: cannot write$' sh -c "$inst/ts2page -g t.glb a=t.tar >/dev/full"
exits 'no folder for what is between' 2 '^ts2page: /none: cannot write there$' env TMPDIR=/none "$inst/ts2page" -g t.glb a=t.tar
mkdir "50% of"
ok 'one with an odd name' env TMPDIR="50% of" "$inst/ts2page" -g t.glb -o got.html a=t.tar b=t.tar
is 'is empty again' "$(ls -A '50% of')" ''
ok 'the same page' cmp want.html got.html
is 'one line where it fails' "$(wc -l <"$tmp/.err")" 0

# What a killed run has left.
gone=$(sh -c 'echo $$')
host=$(uname -n)
mkdir -p out/.dualtex.tmp."$host"."$gone"/new out/.dualtex.tmp."$host".$$ out/.dualtex.tmp.elsewhere."$gone"
dualtex -o out none.jpg >/dev/null 2>&1
is 'goes, what runs stays' "$(ls -A out | sort)" "$(printf '%s\n' .dualtex.tmp."$host".$$ .dualtex.tmp.elsewhere."$gone" | sort)"
ok 'sweep knows them' "$top/pipelines/sweep" -m elsewhere out
is 'of machines that are gone' "$(ls -A out)" .dualtex.tmp."$host".$$

# A photo whose name is no UTF-8 fails by name and reason.
name=$(printf 'a\351')
cp "$top/pipelines/sample/sample.jpg" "$name.jpg"
exits 'a name that is no UTF-8' 2 'the key has control characters or is not UTF-8$' dualtex -o out2 "$name.jpg"
is 'one line' "$(grep -vc 'no pages are made' "$tmp/.err")" 1

if command -v ffmpeg >/dev/null; then
	robot=$top/tests/data/robot.npz
	ln -s v.webp l.webp
	ok 'a clip by a link' ts2clip -f -s 16 -y 0 t.tar walk l.webp -b "$robot" -f 0-1
	ok 'which stays one' sh -c 'test -L l.webp && test -s v.webp'
	mkfifo p.webp
	exits 'a pipe with a name' 2 '^ts2clip: p.webp is no file$' ts2clip -f -s 16 -y 0 t.tar walk p.webp -b "$robot" -f 0-1
	mkdir -- -d
	ok 'a name that begins with a dash' ts2clip -s 16 -y 0 t.tar walk -d/-v.webp -b "$robot" -f 0-1
	ok 'it is there' test -s ./-d/-v.webp
	is 'nothing else' "$(ls -A ./-d)" -v.webp
else
	skip 'clips' 'no ffmpeg'
fi
ok 'no name was run' test ! -e ran
done_testing
