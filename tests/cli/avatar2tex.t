#!/bin/sh
# avatar2tex: characters and made-up MakeHuman files that it must refuse, with the
# words of tests/bad/avatar2tex/reasons; and figures of others, where they are.
. tests/lib.sh
bad=tests/bad/avatar2tex
tab=$(printf '\t')
while IFS=$tab read -r file words; do
	exits "$file: $words" 2 "avatar2tex: .*$words" avatar2tex $bad/"$file"
	is "$file: one line" "$(wc -l <"$tmp/.err")" 1
done <$bad/reasons
is 'every file has a reason' "$(cut -f1 $bad/reasons | sort)" "$(find $bad -name '*.npz' | sed 's,.*/,,' | sort)"
exits 'nothing to read' 2 'want --makehuman or FILE.npz' avatar2tex
exits 'another kind of file' 2 'want an avatar as .npz' avatar2tex README.md
exits 'no such folder' 2 'no/such' avatar2tex -m /no/such
exits 'no such list' 2 'test-names: .*no/such' avatar2tex --test-names /no/such $bad/cut.npz
exits 'who is of the other set is left out' 0 '' avatar2tex --split test --test-names README.md $bad/cut.npz

mh=$data/free/makehuman base=$data/body/makehuman
if [ ! -d "$mh" ] || [ ! -d "$data/free/valid" ]; then
	skip 'figures of others' 'needs ../shared/data/free'
	done_testing
	exit
fi
a2t() { avatar2tex -z1 -T 64 --maps 128 "$@"; }

ok 'two people' sh -c "avatar2tex -T 64 --maps 128 -m $mh -b $base -f $data/free/fabric -n 2 >'$tmp/two'"
is 'of these fields' "$(tsls "$tmp/two" | awk '{ print $2 }' | sort -u | tr '\n' ' ')" \
    'avatar.by avatar.face avatar.hull avatar.image avatar.inside avatar.joint avatar.kind avatar.uv avatar.vert avatar.weight true.kind true.texture true.valid '
a2t -m "$mh" -b "$base" -f "$data/free/fabric" --first 1 >"$tmp/second"
tsjoin --take 1 "$tmp/two" >"$tmp/one"
ok 'the second alone is the same' tscmp "$tmp/one" "$tmp/second"
a2t -m "$mh" -b "$base" -s 2 >"$tmp/other"
exits 'another seed is another person' 1 '' tscmp --only true.texture "$tmp/other" "$tmp/second"
c=$data/free/valid/Asian_M_2_Casual.npz
ok 'a character, and in other colours' sh -c "avatar2tex -T 64 --maps 128 -a 1 '$c' >'$tmp/char'"
is 'their keys' "$(tsls "$tmp/char" | awk '{ print $1 }' | uniq | tr '\n' ' ')" 'Asian_M_2_Casual Asian_M_2_Casual-001 '
a2t --vary 1 "$c" >"$tmp/vary"
a2t --vary 1 "$c" >"$tmp/again"
ok 'the body elsewhere, by the seed' tscmp "$tmp/vary" "$tmp/again"
exits 'which is another texture' 1 '' sh -c "avatar2tex -T 64 --maps 128 '$c' | tscmp --only true.texture - '$tmp/vary'"
# Our charts are DensePose's, measured on SMPL's body: see there.
if /usr/bin/python3 -c 'import numpy, scipy, PIL' 2>/dev/null; then
	/usr/bin/python3 tests/ref/charts.py "$data/body" | tail -n 1 >"$tmp/charts"
	ok "charts are where DensePose has them, $(cat "$tmp/charts")" awk '{ exit !($3 > 0.9 && $4 < 0.8) }' "$tmp/charts"
else
	skip 'charts are where DensePose has them' 'needs numpy, scipy and Pillow'
fi
# Figure and outfit, both: the suits of the test set are worn by figures of the test set only.
# The name decides, before a file is opened: of empty files each set refuses its own.
mkdir "$tmp/valid"
for f in "$data"/free/valid/*.npz; do : >"$tmp/valid/${f##*/}"; done
of_set() { set=$1; shift; a2t --split "$set" --test-names pipelines/avatars.test "$@"; }
sets() { of_set "$1" -k "$tmp"/valid/*.npz 2>&1 >"$tmp/none" | sed -n 's/.* "\(.*\)": .*/\1/p' | sort -u; }
sets train >"$tmp/train" && sets test >"$tmp/test"
is 'the sets share nobody' "$(comm -12 "$tmp/train" "$tmp/test")" ''
is 'nor a figure' "$(sed 's/_[^_]*$//' "$tmp/train" | sort -u >"$tmp/t"; sed 's/_[^_]*$//' "$tmp/test" | sort -u | comm -12 - "$tmp/t")" ''
ok 'and both have some' test -s "$tmp/train" -a -s "$tmp/test"
t=$data/free/valid/$(sed q "$tmp/test").npz
is 'the figures of one set come out' "$(of_set test "$c" "$t" | tsls | awk '{ print $1 }' | uniq)" "$(sed q "$tmp/test")"
is 'and those of the other' "$(of_set train "$c" "$t" | tsls | awk '{ print $1 }' | uniq)" Asian_M_2_Casual

# A copy of the folder with something broken in it.
wrong() {	# wrong WHAT WORDS COMMAND: in $tmp/mh
	rm -rf "$tmp/mh" && mkdir -p "$tmp/mh/base" && cp -r "$mh/base/skins" "$mh/base/eyes" "$mh/base/hair" "$tmp/mh/base" &&
	    mkdir "$tmp/mh/base/clothes" && cp -r "$mh/base/clothes/male_worksuit01" "$mh/base/clothes/shoes01" "$tmp/mh/base/clothes" &&
	    cp -r "$mh/targets" "$tmp/mh" && chmod -R u+w "$tmp/mh" && (cd "$tmp/mh/base/clothes/male_worksuit01" && sh -c "$3")
	exits "$1" 2 "$2" avatar2tex -T 64 --maps 128 -m "$tmp/mh" -b "$base" -n 1
	is "$1: one line" "$(wc -l <"$tmp/.err")" 1
}
wrong 'clothes for another base mesh' 'male_worksuit01.mhclo: line 40: vertex 19158, the base mesh has 19158' \
    "sed -i '40s/^ *[0-9]*/19158/' *.mhclo"
wrong 'a vertex too few' 'vertices, .*mhclo has' "sed -i 40d *.mhclo"
wrong 'a face that is not closed' 'male_worksuit01.obj: line .*: a face of 2 corners' "echo 'f 1/1 2/2' >>male_worksuit01.obj"
wrong 'no picture' 'no picture' 'rm *.jpg'
wrong 'a picture cut' 'male_worksuit01_diffuse.jpg' 'head -c 5000 *.jpg >x && mv x male_worksuit01_diffuse.jpg'
wrong 'no OBJ' 'male_worksuit01.obj' 'rm *.obj'
wrong 'a target cut' 'target.gz: damaged gzip' 'for f in ../../../targets/macrodetails/*; do head -c 60 "$f" >x && mv x "$f"; done'
done_testing
