#!/bin/sh
# img2ts, and pipelines/methods.sh, which is table 1: folders of pictures of any
# method against the true ones, by the names that methods give them; ours as a
# stream; what is missing is an error.
. tests/lib.sh
mkdir "$tmp/true" "$tmp/gfla" "$tmp/patn"
synthbody -n 3 -s 64 --shapes 2 >"$tmp/x"
tsjoin --only target.image "$tmp/x" | ts2img -o "$tmp/true/p%k.png"
synthbody -n 3 -s 64 --shapes 2 --light 0.2 --only target.image >"$tmp/y"
ts2img -o "$tmp/other-%k.png" <"$tmp/y"
set -- "$tmp"/true/*.png
is 'three true pictures' $# 3

# ---- img2ts ----
table() { printf 'key\ttrue.image\tother.image\n'; printf '%s\t%s\t%s\n' "$@"; }
cp tests/bad/intake/good.jpg "$tmp/a.jpg"
table one "$1" "$tmp/a.jpg" two/x "$tmp/a.jpg" "$2" >"$tmp/t.tsv"
is 'pictures as they are' "$(img2ts "$tmp/t.tsv" | tsls | cut -f 1,2 | tr '\t\n' ' ,')" \
	'one true.image,one other.image,two/x true.image,two/x other.image,'
is 'of their own size' "$(img2ts "$tmp/t.tsv" | tsls --only true.image | sed q | cut -f 4)" '(64,64,3)'
ok 'ts2img writes the same again' sh -c "cd $tmp && mkdir back && img2ts t.tsv | ts2img --only true.image -o 'back/%k.png' &&
	table() { printf 'key\ttrue.image\n'; printf '%s\t%s\n' one back/one.png two/x back/two/x.png; } && table >u.tsv &&
	img2ts u.tsv | tsjoin - >v && img2ts t.tsv | tscmp --only true.image - v"
is 'with a licence' "$(img2ts --licence 'of a friend' "$tmp/t.tsv" | tsls -H | grep -c 'licence: of a friend')" 2
printf 'key\tx.image\r\n\r\none\t%s\r\n' "$1" >"$tmp/crlf.tsv"
ok 'lines may end as on Windows' sh -c "img2ts $tmp/crlf.tsv | tsls | grep -q 'one	x.image'"
wrong() { what=$1 words=$2; shift 2; printf "$@" >"$tmp/w.tsv"; exits "$what" 2 "img2ts: .*$words" img2ts "$tmp/w.tsv"
	is "$what: one line" "$(wc -l <"$tmp/.err")" 1; }
wrong 'no file' 'sample 0 "one", field x.image: no/such' 'key\tx.image\none\tno/such.png\n'
wrong 'no name' 'field x.image: no file' 'key\tx.image\none\t\n'
wrong 'no picture' 'field x.image: .*README.md: not an image' 'key\tx.image\none\tREADME.md\n'
wrong 'a column too many' 'line 2: 3 columns, want 2' 'key\tx.image\none\ta\tb\n'
wrong 'no head' 'line 1: "one" and 1 more' 'one\ta\n'
wrong 'nothing' 'is empty' ''
wrong 'a key with a dot' 'sample 0: ' 'key\tx.image\na.b\ta\n'
printf 'key\tx.image\none\t\ntwo\t%s\n' "$1" >"$tmp/w.tsv"
exits 'with -k the rest' 1 'left out' img2ts -k "$tmp/w.tsv"
exits 'no table' 2 'want one table' img2ts

# ---- methods.sh ----
m=pipelines/methods.sh k=0
printf 'from,to\r\n' >"$tmp/pairs.csv"
for to in "$@"; do
	to=${to##*/} k=$((k + 1))
	from=photo$k.jpg
	printf '%s,%s\r\n' "$from" "${to%.png}.jpg" >>"$tmp/pairs.csv"
	cp "$tmp/other-${to#p}" "$tmp/gfla/photo${k}_2_${to%.png}_vis.png" 2>/dev/null ||
		cp "$tmp"/other-*"$(echo "$to" | sed 's/.*-//')" "$tmp/gfla/photo${k}_2_${to%.png}_vis.png"
	cp "$tmp/true/$to" "$tmp/patn/$from""___${to%.png}.jpg_vis.png"
done
out=$($m "$tmp/out" "$tmp/pairs.csv" "$tmp/true" GFLA="$tmp/gfla" same="$tmp/patn" ours="$tmp/x:target.image" 2>"$tmp/err") ||
	diag "$(cat "$tmp/err")"
row() { echo "$out" | grep "^$1 " | tr -s ' '; }
is 'a method that generates the truth' "$(row 'here: same' | cut -d' ' -f 3-)" 'nan nan 1.000'
is 'and a stream of ours' "$(row 'here: ours' | cut -d' ' -f 3-)" 'nan nan 1.000'
is 'another is as metrics has it' "$(row GFLA | cut -d' ' -f 2,6)" \
	"3 $(img2ts "$tmp/out/GFLA.tsv" | metrics -a true.image -b method.image -p gfla |
		awk '/^key/ { for (i = 1; i <= NF; i++) if ($i == "ssim-sk51") c = i } /^#mean/ { printf "%.4f\n", $c }')"
is "the paper's rows" "$(echo "$out" | grep -c '^paper: ')" 7
is "one of them" "$(row 'paper: Ours(G_I)')" 'paper: Ours(G_I) 9.001 .156 .830'
is 'and of iPER' "$(PAPER=iper $m "$tmp/out" "$tmp/pairs.csv" "$tmp/true" x="$tmp/gfla" | grep 'Ours(G_T)' | tr -s ' ')" \
	'paper: Ours(G_T) nan .063 .897'
ok 'it says what was not measured' sh -c "echo '$out' | grep -q 'not measured: lpips-alex, fid-gfla'"
fails() { what=$1 words=$2; shift 2; exits "$what" 2 "methods.sh: .*$words" $m "$@"; }
rm "$tmp"/gfla/photo3*
fails 'a pair that a method lacks' 'no picture of the pair photo3.jpg,.*photo3_2_' "$tmp/out" "$tmp/pairs.csv" "$tmp/true" x="$tmp/gfla"
rm "$tmp"/gfla/*
fails 'names of another kind' 'tried photo1.jpg_2_' "$tmp/out" "$tmp/pairs.csv" "$tmp/true" x="$tmp/gfla"
fails 'no folder' 'no/such: no such folder' "$tmp/out" "$tmp/pairs.csv" "$tmp/true" x=no/such
fails 'no name' 'want NAME=FOLDER' "$tmp/out" "$tmp/pairs.csv" "$tmp/true" "$tmp/patn"
fails 'a name for a shell' 'want a name of letters' "$tmp/out" "$tmp/pairs.csv" "$tmp/true" 'a;b'="$tmp/patn"
echo 'from,to' >"$tmp/none.csv"
fails 'no pairs' 'names no pairs' "$tmp/out" "$tmp/none.csv" "$tmp/true" x="$tmp/patn"
is 'nothing half written stays' "$(ls "$tmp/out" | grep -c part)" 0
done_testing
