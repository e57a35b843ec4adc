#!/bin/sh
# synthbody on a body of boxes: fields and manifest; the same bytes for any
# threads, in one go or in pieces; training and test share nobody; labels are
# exact without noise and wrong with it; wrong options.
. tests/lib.sh
robot=tests/data/robot.npz
made() {	# made OPTIONS...: a few small samples
	synthbody -b $robot -s 64 -n 6 "$@"
}
fields() {
	tsls "$1" | sed -n '1,/^[^	]*	true.valid/p' | cut -f2-4 | tr '\t' ' '
}
words() {	# words FILE NAME: that member of all manifests
	zstdcat "$1" | tar -xOf - --wildcards '*-???????.json' | tr '{}' '\n' | grep -o "\"$2\":\"[^\"]*\"" | sort -u
}

ok "six samples" sh -c "synthbody -b $robot -s 64 -n 6 >$tmp/six"
is "their fields" "$(fields "$tmp/six")" "source.image u1 (64,64,3)
source.pose f4 (18,3)
source.iuv u1 (64,64,3)
target.image u1 (1,64,64,3)
target.pose f4 (1,18,3)
target.iuv u1 (1,64,64,3)
true.texture u1 (64,64,3)
true.valid u1 (64,64)"
is "keys" "$(tsls "$tmp/six" | cut -f1 | sort -u | tr '\n' ' ')" \
	"synth1-0000000 synth1-0000001 synth1-0000002 synth1-0000003 synth1-0000004 synth1-0000005 "
synthbody -b $robot -s 32 -T 48 -r 3 --halluc 2 --exact --seed 9 --first 7 >"$tmp/more"
is "with all there is" "$(fields "$tmp/more")" "source.image u1 (32,32,3)
source.pose f4 (18,3)
source.iuv u1 (32,32,3)
source.mask u1 (32,32)
source.surf f4 (32,32,2)
target.image u1 (3,32,32,3)
target.pose f4 (3,18,3)
target.iuv u1 (3,32,32,3)
target.mask u1 (3,32,32)
target.surf f4 (3,32,32,2)
halluc.pose f4 (2,18,3)
halluc.iuv u1 (2,32,32,3)
true.texture u1 (48,48,3)
true.valid u1 (48,48)"
ok "who, how and whence in the manifest" sh -c "made() { synthbody -b $robot -s 32 --licence 'boxes: free' --licence 'more'; }
	made | zstd -dc | tar -xOf - synth1-0000000.json | grep '\"licence\":\[\"boxes: free\",\"more\"\]' |
	grep '\"yaw\":\[-*[0-9]*,-*[0-9]*\]' | grep '\"motion\":\"posture[0-9]*\"' | grep '\"layout\":\"atlas24\"' |
	grep -q '\"identity\":\"drawn[0-9]*\"'"

licence() {	# licence OPTIONS...: the lines in the manifest
	synthbody -s 16 "$@" | tsls -H | sed -n 's/.*licence: //p'
}
is "what is ours is free" "$(licence --shapes 2; licence -b ours:male)" "synthbody: made up, free of foreign rights
synthbody: made up, free of foreign rights"
is "what is not is named" "$(licence -b $robot)" "synthbody: made from robot.npz, licence not stated"

ok "progress of what is made" sh -c "synthbody -s 16 -n 40 --progress 2>&1 >/dev/null | grep -q 'synthbody: [0-9]* samples'"

# ---- the same bytes ----
made -j 1 >"$tmp/one"
made -j 5 >"$tmp/five"
ok "one thread and five" cmp "$tmp/one" "$tmp/five"
ok "again" cmp "$tmp/one" "$tmp/six"
synthbody -b $robot -s 64 -n 2 >"$tmp/a"
synthbody -b $robot -s 64 --first 2 -n 4 >"$tmp/b"
ok "in pieces" sh -c "cat $tmp/a $tmp/b | tscmp - $tmp/six"
made --seed 2 >"$tmp/other"
is "another seed, other people" "$(words "$tmp/six" identity >"$tmp/p"; words "$tmp/other" identity | comm -12 - "$tmp/p")" ""

# ---- splits ----
synthbody -b $robot -s 16 -n 60 --split train --only source.pose >"$tmp/train"
synthbody -b $robot -s 16 -n 60 --split test --seed 5 --only source.pose >"$tmp/test"
for what in identity motion; do
	words "$tmp/train" $what >"$tmp/train.$what"
	words "$tmp/test" $what >"$tmp/test.$what"
	is "sixty of each $what" "$(wc -l <"$tmp/train.$what") $(wc -l <"$tmp/test.$what")" "60 60"
	is "none in both: $what" "$(comm -12 "$tmp/train.$what" "$tmp/test.$what")" ""
done

# ---- labels ----
# Exact labels without noise: what a person wears comes back through them.
synthbody -b $robot -s 256 -T 64 -n 4 --label-noise 0 --degrade 0 --light 0 --yaw uniform --frame full >"$tmp/clean"
ok "unwrapping gives the true texture, PSNR above 35 dB" sh -c "iuv2coord -T 64 <$tmp/clean | unwrap -M -f none |
	metrics -a texture -b true.texture --where texture.seen=1 -m psnr -t 'psnr>35'"
made --label-noise 0 --only source.iuv >"$tmp/right"
made --label-noise 1 --only source.iuv >"$tmp/wrong"
made --label-noise 1 --faults none --only source.iuv >"$tmp/none"
exits "noise changes the IUV" 1 "" tscmp "$tmp/right" "$tmp/wrong"
ok "but not without faults" tscmp "$tmp/right" "$tmp/none"

# ---- framing ----
# What share of a picture is person: in DeepFashion's photos 30 to 41 in a
# hundred, in whole-body photos 10 to 12.
share() {	# share FRAME: per mille, mean of forty
	synthbody --shapes 4 -s 64 -n 40 --frame "$1" --exact --only source.mask | tsls -s |
		awk '/source.mask/ { n++; s += $6 } END { print n == 40 ? int(1000 * s / n) : "no means" }'
}
between() { [ "$2" -ge "$1" ] && [ "$2" -le "$3" ] || { echo "$2, want $1 to $3"; return 1; }; }
ok "upper bodies fill a third" between 290 "$(share upper)" 410
ok "whole ones a ninth" between 95 "$(share full)" 140

# ---- other sources ----
ok "bodies of ours" sh -c "synthbody --shapes 2 -s 48 -n 4 --frame full --label-noise 0 --only source.iuv --only source.mask --exact >$tmp/ours"
ok "a motion" sh -c "synthbody -b $robot -s 32 -m tests/data/robot_motion.npz | zstd -dc | tar -xOf - synth1-0000000.json |
	grep -q '\"motion\":\"robot_motion-000\"'"
drawtex -b $robot -n 3 -T 32 --licence 'drawn by a friend' >"$tmp/tex"
ok "textures, with their licence" sh -c "synthbody -b $robot -s 32 -n 9 -t $tmp/tex >$tmp/worn &&
	tsls -H $tmp/worn | grep -c 'licence: drawn by a friend' | grep -qx 9"
ok "textures of no stated licence" sh -c "zstd -dc $tmp/tex | tar -x -C $tmp --wildcards '*.texture.npy' &&
	(cd $tmp && for k in 1 2 3; do echo '{\"layout\":\"atlas24\",\"fields\":[\"texture.npy\"]}' >drawn0000000\$k.json; done &&
	tar -cf bare.tar drawn00000001.json drawn00000001.texture.npy drawn00000002.json drawn00000002.texture.npy) &&
	synthbody -b ours:male -s 32 -t $tmp/bare.tar | tsls -H | grep -q 'licence: synthbody: made from bare.tar, licence not stated'"
is "who wears them" "$(words "$tmp/worn" identity | tr '\n' ' ')" \
	'"identity":"drawn00000001" "identity":"drawn00000002" "identity":"drawn00000003" '
tsjoin -k 0 "$tmp/six" >"$tmp/first"
ok "true textures of other samples" sh -c "synthbody -b $robot -s 64 -t $tmp/first | \
	metrics -a true.texture -b true.texture -w $tmp/first --where true.valid -m psnr -t 'psnr>60'"
remixed() { synthbody -b $robot -s 32 -n 9 -t "$tmp/tex" --remix 1 "$@"; }
remixed -j 1 >"$tmp/remix"
remixed -j 3 >"$tmp/remix3"
ok "people of parts, the same bytes" cmp "$tmp/remix" "$tmp/remix3"
is "each of them somebody else" "$(words "$tmp/remix" identity | grep -c '"remix[0-9]*"')" 9
is "and of other colours" "$(synthbody -b $robot -s 32 -n 9 -t "$tmp/tex" --remix 1 --only true.texture | tsls -s |
	cut -f 5- | sort -u | wc -l)" 9
ok "with the licence" sh -c "tsls -H $tmp/remix | grep -c 'licence: drawn by a friend' | grep -qx 9"
ok "people in what nobody wears" sh -c "synthbody -b $robot -s 64 -n 6 --randomize 1 >$tmp/wild"
is "are the same people" "$(words "$tmp/wild" identity)" "$(words "$tmp/six" identity)"
is "in other textures" "$(tsjoin --only true.texture "$tmp/wild" | tscmp - "$tmp/six" --only true.texture 2>/dev/null | grep -c true.texture)" 6
synthbody -b $robot -s 64 -n 6 --randomize 1 -j 1 | cmp -s - "$tmp/wild"
is "the same bytes" $? 0
ts2img --only source.image -o "$tmp/%k.png" <"$tmp/six"
ok "photos behind" sh -c "synthbody -b $robot -s 32 --background photo --photos $tmp/synth1-0000000.png >/dev/null"
mkdir "$tmp/some" && cp "$tmp/synth1-0000000.png" "$tmp/some" && : >"$tmp/some/b.heic"
exits "a photo that is passed over" 0 "passed over: 1 .heic .*b.heic" sh -c "synthbody -b $robot -s 32 --background photo --photos $tmp/some >/dev/null"

# ---- what is wrong ----
exits "no such body" 2 "^synthbody: --body: .*nobody" synthbody -b nobody.npz
exits "a body without skeleton" 2 "" synthbody -b tests/bad/render-mesh/vertices-flat.npz
exits "a background" 2 '^synthbody: --background: "sky", want of' synthbody -b $robot --background plain,sky
exits "a fault" 2 '^synthbody: --faults: "moved", want none' synthbody -b $robot --faults moved
tsjoin --drop true.texture "$tmp/six" >"$tmp/bare"
exits "a stream without textures" 2 'bare: sample "synth1-0000000": field texture: is missing' \
	synthbody -b $robot -t "$tmp/bare"
exits "no photo" 2 "^synthbody: --photos: .*nowhere" synthbody -b $robot --photos "$tmp/nowhere"
exits "too short for a test set" 2 '^synthbody: --split: no motion belongs to the split "test"' \
	synthbody -b $robot -m tests/data/robot_motion.npz --split test
tab=$(printf '\t')
while IFS=$tab read -r file words; do
	exits "$file" 2 "^synthbody: --texture: tests/bad/synthbody/$file: $words" \
		synthbody -b $robot -t "tests/bad/synthbody/$file"
done <tests/bad/synthbody/want
exits "no target" 2 "targets" synthbody -b $robot -r 0
done_testing
