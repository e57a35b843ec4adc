#!/bin/sh
# dualtex, the front door: what it makes of a photo with labels, names of any kind, results that are there
# already, several photos of which one fails, and what it says when something is missing.
. tests/lib.sh
. tests/people.sh
[ -z "$VALGRIND" ] || { echo '1..0 # skip the tests of each program run under valgrind'; exit 0; }
sample=$top/pipelines/sample/sample
mkdir "$tmp/in" "$tmp/set" && cd "$tmp/in" || exit 2
person() {	# person STEM: the sample under another name
	for ext in .jpg _keypoints.json _IUV.png; do
		cp "$sample$ext" "./$1$ext"
	done
}
front() {	# the program as a newcomer calls it: with no other in PATH
	PATH=/usr/bin:/bin "$BIN/dualtex" "$@"
}
nothing_left() {	# nothing_left DIR: no file of a run that has ended
	[ -z "$(find "$1" -name '.dualtex*' -o -name '*.tmp.*')" ]
}

# ---- one photo ----
odd="it's \$HOME \"a\" b"
person "$odd"
ok "a photo" front --size 128 --licence 'as </script> "you" like' -o ../out "$odd.jpg"
cp "$tmp/.out" "$tmp/said"
for f in texture.png sheet.png person.glb maps.tar.zst unwrap.tar.zst inpaint.tar.zst dual.tar.zst run.sh; do
	ok "$f" test -s "$tmp/out/$odd/$f"
done
is "a line for each stage" "$(sed -n 's/^  \([a-z]*\) *[0-9.]* s .*/\1/p' "$tmp/said" | grep -vx page | paste -sd' ')" "person unwrap inpaint dual pictures body all"
ok "with what it ran" grep -q 'cutout --size 128 | fitbody | iuv2coord >maps.tar.zst$' "$tmp/said"
is "the person wears the texture of inpaint" "$(perl "$top/tests/perl/glb.pl" "$tmp/out/$odd/person.glb" | sed -n 1p)" "faces 13038, texture 128 x 128, joints 24"
ok "the licence is in the streams" sh -c 'tsls -H "$1" | grep -qF "as </script> \"you\" like"' - "$tmp/out/$odd/dual.tar.zst"
is "the textures are of three methods" "$(for m in unwrap inpaint dual; do tsls --only texture -s "$tmp/out/$odd/$m.tar.zst"; done | sort -u | wc -l)" 3
ok "and have their doubts with them" sh -c 'tsls "$1" | grep -q texture.confidence' - "$tmp/out/$odd/inpaint.tar.zst"
ok "nothing is left over" nothing_left "$tmp/out"

cp "$tmp/out/$odd/texture.png" "$tmp/first.png"
rm "$tmp/out/$odd/"*.zst "$tmp/out/$odd/texture.png"
mv "$tmp/out/$odd" "$tmp/out/moved"
ok "run.sh makes it again, elsewhere" sh "$tmp/out/moved/run.sh"
ok "the same" cmp "$tmp/first.png" "$tmp/out/moved/texture.png"

# ---- several photos of one person ----
mkdir "$tmp/ann" "$tmp/views"
i=0
for yaw in 0 90 180 270; do
	i=$((i + 1))
	turned "$tmp/ann" "v$i" 5 $yaw 128
done
echo 'no photo' >"$tmp/ann/broken.jpg"
turned "$tmp/views" other 82 20 128
said() { grep -v "no pages are made" "$tmp/.err"; }
ok "one person, from a folder" front --one-person -s 128 -o "$tmp/people" "$tmp/ann"
cp "$tmp/.out" "$tmp/said"
is "in one result" "$(ls -A "$tmp/people")" ann
is "with all but dual" "$(ls "$tmp/people/ann" | grep -v html | paste -sd' ')" "inpaint.tar.zst maps.tar.zst person.glb run.sh sheet.png texture.png unwrap.tar.zst"
is "which is left out with a word" "$(sed -n 's/^  dual *[0-9.]* s  \(.*\)/\1/p' "$tmp/said")" "left out: its networks want photos with key points"
is "a broken photo is one line" "$(said | wc -l) $(said | grep -c 'broken.*not an image.*; left out$')" "1 1"
is "of four photos" "$(tsls --only views.image "$tmp/people/ann/maps.tar.zst" | cut -f2-4)" "$(printf 'views.image\tu1\t(4,128,128,3)')"
is "the pictures go no further" "$(tsls "$tmp/people/ann/inpaint.tar.zst" | grep -c views.image)" 0
cp "$tmp/people/ann/texture.png" "$tmp/first.png"
rm "$tmp/people/ann/"*.zst "$tmp/people/ann/texture.png"
ok "run.sh makes it again" sh "$tmp/people/ann/run.sh"
ok "the same" cmp "$tmp/first.png" "$tmp/people/ann/texture.png"
exits "somebody else among them is named, and no end" 0 'view 5, "other", is left out' front -1 --name "it's ann" -s 128 -o "$tmp/people" "$tmp/ann"/v?.png "$tmp/views/other.png"
is "under another name" "$(ls "$tmp/people" | paste -sd,)" "ann,it's ann"
exits "labels alone are passed over" 0 '' front -1 -n few -s 128 -o "$tmp/people" "$tmp/ann"/v[12]*
is "and said so" "$(grep -c 'passed over' "$tmp/.out")" 2
exits "nobody on any" 2 'person: nobody is found on any of these' front -1 -o "$tmp/people" "$tmp/ann/broken.jpg"
is "leaves nothing" "$(ls -A "$tmp/people" | paste -sd,)" "ann,few,it's ann"
exits "the dual-domain networks want key points" 2 'dual: its networks want photos with key points' front -1 -n points -M dual -o "$tmp/people" "$tmp/ann"
person twice1; person twice2
ok "of photos with key points there is dual, too" front -1 -n twice -M dual -s 128 -o "$tmp/people" twice1.jpg twice2.jpg
is "from four views, two of them photos" "$(tsls -H --json --only none "$tmp/people/twice/dual.tar.zst" | grep -o '"program":"hallucinate","version":"[^"]*","options":{[^}]*}' | grep -o '"views":4') $(tsls --only photos.pose "$tmp/people/twice/maps.tar.zst" | cut -f4)" '"views":4 (2,18,3)'
exits "a name with a slash" 2 '--name a/b: want a name for a folder' front -1 -n a/b "$tmp/ann"
exits "a name with control characters" 2 '--name a\?b: control characters' front -1 -n "$(printf 'a\nb')" "$tmp/ann"
exits "a name that is empty" 2 '-n: want a name' front -1 -n '' "$tmp/ann"
mkdir -p "$tmp/deep/there/inside" && cp "$tmp/ann"/v[13]* "$tmp/deep/there/inside"
ok "photos in folders of a folder" front -1 -s 128 -o "$tmp/people" "$tmp/deep"
is "are taken" "$(tsls --only views.image "$tmp/people/deep/maps.tar.zst" | cut -f4)" "(2,128,128,3)"
exits "a name for several" 2 '--name: is for --one-person' front -n ann "$tmp/ann"
exits "a photo that is not there" 2 'none.png: no such file' front -1 -o "$tmp/people" "$tmp/ann/v1.png" "$tmp/ann/none.png"
mkdir "$tmp/nothing"
exits "a folder with nothing in it" 2 'nothing: no photo and no video' front -1 -o "$tmp/people" "$tmp/nothing"
exits "in a folder of its own" 2 'nothing: no photo and no video' front -1 -o "$tmp/it's new/here" "$tmp/nothing"
ok "which goes again" test ! -e "$tmp/it's new"
: >"$tmp/clip.mp4"
exits "a video alone" 2 'clip.mp4: a video is of one person: --one-person' front -o "$tmp/people" "$tmp/clip.mp4"
mkdir "$tmp/tools"
for p in /bin/* /usr/bin/*; do [ "${p##*/}" = ffmpeg ] || ln -sf "$p" "$tmp/tools"; done
without_ffmpeg() { PATH=$tmp/tools "$BIN/dualtex" "$@"; }
exits "a video without ffmpeg" 2 'clip.mp4: a video wants ffmpeg, which is not there; or give a folder of its frames' without_ffmpeg -1 -o "$tmp/people" "$tmp/clip.mp4"
if command -v ffmpeg >/dev/null; then
	exits "a video that is none" 2 'clip.mp4: person: .*(Invalid data|moov atom)' front -1 -o "$tmp/people" "$tmp/clip.mp4"
	is "in one line" "$(said | wc -l)" 1
	ffmpeg -nostdin -v error -f lavfi -i sine=d=1 "$tmp/none.mp4"
	exits "a video without pictures" 2 'none.mp4: person: .*does not contain any stream' front -1 -o "$tmp/people" "$tmp/none.mp4"
	if [ -f "$BIN/../share/dualtex/pose.tar" ]; then
		for i in 1 2 3; do cp "$sample.jpg" "$tmp/nothing/f$i.jpg"; done
		mkdir "$tmp/nothing/short"
		ffmpeg -nostdin -v error -framerate 5 -i "$tmp/nothing/f%d.jpg" "$tmp/nothing/film.mkv"
		ffmpeg -nostdin -v error -i "$tmp/nothing/f1.jpg" -frames:v 1 "$tmp/nothing/short/of one.mp4"
		rm "$tmp/nothing"/f?.jpg
		ok "a folder with videos, one in a folder of its own, of one frame" front -1 -s 128 -o "$tmp/people" "$tmp/nothing"
		is "has its frames" "$(tsls -H --json "$tmp/people/nothing/maps.tar.zst" | grep -o '"photo": *"[^"]*"' | sed 's/.*: *//' | paste -sd,)" '"frame 1 of film","frame 2 of film","frame 3 of film","frame 1 of of_one"'
	else
		skip "a video" "no pose.tar: make pose-weights"
	fi
else
	skip "a video" "no ffmpeg"
fi

# ---- what is there already ----
mkdir -p "$tmp/out/alice" && echo mine >"$tmp/out/alice/notes.txt" && person alice
exits "a folder that is there is left alone" 2 'alice.jpg: .*/out/alice is there already; --force replaces its files' front -o "$tmp/out" alice.jpg
is "as it was" "$(ls "$tmp/out/alice")" notes.txt
echo old >"$tmp/out/alice/sheet.png"
ok "--force" front --force --size=128 --method=unwrap -o "$tmp/out" alice.jpg
is "keeps what is not its own" "$(cat "$tmp/out/alice/notes.txt")" mine
ok "replaces what is" sh -c '[ "$(head -c 4 "$1" | tail -c 3)" = PNG ]' - "$tmp/out/alice/sheet.png"
ok "--method: the texture is that of unwrap" sh -c 'ts2img --only texture -o "$2" <"$1/unwrap.tar.zst" && cmp "$1/texture.png" "$2"' - "$tmp/out/alice" "$tmp/u.png"
: >"$tmp/out/bob" && person bob
exits "a file of that name" 2 'bob is there already, and no folder' front -f -o "$tmp/out" bob.jpg

# ---- several ----
cp alice* "$tmp/set" && echo 'no photo' >"$tmp/set/broken.jpg" && echo notes >"$tmp/set/notes.txt"
exits "a folder, one of its photos broken" 1 'broken.jpg: person: intake: .*not an image' front -s 128 -o "$tmp/many" "$tmp/set"
is "says how many" "$(tail -n 1 "$tmp/.err")" 'dualtex: 1 of 2 photos failed'
is "makes the other, and nothing of labels and notes" "$(ls -A "$tmp/many")" alice
exits "it alone: exit 2" 2 'broken.jpg: person: intake: ' front -o "$tmp/many" "$tmp/set/broken.jpg"
is "in one line" "$(grep -vc "no pages are made" "$tmp/.err")" 1
is "and nothing half made" "$(ls -A "$tmp/many")" alice
exits "two of one name" 1 'another photo of these is called alice' front -f -s 128 -o "$tmp/many" "$tmp/set/alice.jpg" alice.jpg
mkdir "$tmp/empty"
exits "a folder without photos" 2 'no photo in this folder' front -o "$tmp/many" "$tmp/empty"

# ---- names ----
person -n
exits "a name like an option" 2 'no such option.* a file of this name is ./-n.jpg' front -n.jpg
ok "behind --" front -s 128 -o "$tmp/names" -- -n.jpg
ok "makes -n" test -s "$tmp/names/-n/person.glb"
(export OLDPWD && front -s 128 -o - alice.jpg >"$tmp/.out" 2>&1)
ok "a folder called -" test -s ./-/alice/person.glb
bad="$(printf 'a\nb\033[1m')"
person "$bad"
exits "control characters are refused" 2 'a\?b\?\[1m.jpg: person: intake: .*control characters' front -o "$tmp/names" "$bad.jpg"
is "in one line" "$(grep -vc "no pages are made" "$tmp/.err")" 1

# ---- what is missing, and bad options ----
exits "no photo" 2 'missing.jpg: person: intake: .*No such file' front missing.jpg
exits "no operand" 2 'want a photo' front
exits "a method" 2 '--method magic: want unwrap, inpaint or dual' front --method magic alice.jpg
exits "a size" 2 '--size 9: want 128 to 2048' front --size 9 alice.jpg
exits "a size that is no number" 2 '--size 1e3: want 128' front --size 1e3 alice.jpg
exits "a motion" 2 'dog.bvh: no such file' front --motion dog.bvh alice.jpg
exits "a body" 2 'alice.jpg: pictures: render-mesh: --body: "dog", want male, female' front -s 128 -o "$tmp/names" --body ours:dog alice.jpg
is "in one line" "$(grep -vc "no pages are made" "$tmp/.err")" 1
exits "an option" 2 '--dance: no such option' front --dance alice.jpg
exits "a value" 2 '--size: want a value' front --size
mkdir "$tmp/hung"
perl -e 'setpgrp; $SIG{HUP} = "DEFAULT"; exec @ARGV' "$BIN/dualtex" -s 128 -o "$tmp/hung" alice.jpg >/dev/null 2>&1 &
sleep 1
kill -HUP -$!
wait $!
is "its terminal was closed" "$? $(ls -A "$tmp/hung")" "129 "
exits "where nobody can write" 2 '/proc/out: cannot write there' front -o /proc/out alice.jpg
is "in one line" "$(grep -vc "no pages are made" "$tmp/.err")" 1

# An installation of its own, through a link, that has neither the network nor three.js.
mkdir -p "$tmp/inst/bin" "$tmp/inst/share/dualtex" "$tmp/lone"
for p in "$BIN"/*; do ln -s "$p" "$tmp/inst/bin"; done
rm "$tmp/inst/bin/dualtex" "$tmp/inst/bin/findpose"
cp "$BIN/dualtex" "$BIN/findpose" "$tmp/inst/bin"
[ ! -d "$BIN/../lib" ] || cp -r "$BIN/../lib" "$tmp/inst"	# SHARED=1
cp "$BIN/../share/dualtex/page.html" "$tmp/inst/share/dualtex"
ln -s "$tmp/inst/bin/dualtex" "$tmp/link"
cp alice.jpg "$tmp/lone"
exits "a photo alone without the network" 2 'alice.jpg: person: findpose: .*make pose-weights' "$tmp/link" -o "$tmp/lone/out" "$tmp/lone/alice.jpg"
ok "without three.js" "$tmp/link" -s 128 -o "$tmp/lone/out" alice.jpg
is "no page, and said how to get it" "$(cat "$tmp/.err")" 'dualtex: no pages are made without three.js, which `make page-library` gets; all else is'
is "all else is made" "$(ls "$tmp/lone/out/alice" | paste -sd' ')" "dual.tar.zst inpaint.tar.zst maps.tar.zst person.glb run.sh sheet.png texture.png unwrap.tar.zst"
rm "$tmp/inst/bin/texgen"
exits "a program that is not there" 2 'texgen is not in .*/inst/bin' "$tmp/link" alice.jpg

if [ -f "$BIN/../share/dualtex/pose.tar" ]; then
	ok "a photo alone" front -s 128 -o "$tmp/lone/out2" "$tmp/lone/alice.jpg"
else
	skip "a photo alone" "no pose.tar: make pose-weights"
fi
done_testing
