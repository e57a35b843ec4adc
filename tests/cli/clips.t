#!/bin/sh
# Motions: clips in a GLB as another reader moves them, the shipped walk and
# turn, one camera for all frames, the floor, and ts2clip's video.
. tests/lib.sh
robot=tests/data/robot.npz
clips() { perl tests/perl/glb.pl "$1" clips | sed 1d; }
every() {	# every CONDITION FILE: true of each row "time low high x y z"
	awk '$1 !~ /^clip/ && ++n && !('"$1"') { print; bad = 1 } END { exit bad || !n }' "$2"
}

drawtex -s 5 -T 64 >"$tmp/tex"

# ---- clips ----
# A rig of the fewest joints; frames: upright, half a turn to the left, a jump of 2.5 of its legs, on the floor.
rig='HIERARCHY ROOT Hips { OFFSET 0 0 0 CHANNELS 6 Xposition Yposition Zposition Yrotation Xrotation Zrotation
JOINT LeftUpLeg { OFFSET 1 -1 0 CHANNELS 0 JOINT LeftLeg { OFFSET 0 -4 0 CHANNELS 0 JOINT LeftFoot { OFFSET 0 -4 0 CHANNELS 0 } } }
JOINT RightUpLeg { OFFSET -1 -1 0 CHANNELS 0 JOINT RightLeg { OFFSET 0 -4 0 CHANNELS 0 JOINT RightFoot { OFFSET 0 -4 0 CHANNELS 0 } } }
JOINT Spine { OFFSET 0 2 0 CHANNELS 0 JOINT Neck { OFFSET 0 4 0 CHANNELS 0
JOINT LeftArm { OFFSET 2 0 0 CHANNELS 0 JOINT LeftForeArm { OFFSET 3 0 0 CHANNELS 0 JOINT LeftHand { OFFSET 3 0 0 CHANNELS 0 } } }
JOINT RightArm { OFFSET -2 0 0 CHANNELS 0 JOINT RightForeArm { OFFSET -3 0 0 CHANNELS 0 JOINT RightHand { OFFSET -3 0 0 CHANNELS 0 } } }
} } } MOTION'
printf '%s\nFrames: 4\nFrame Time: 0.25\n%s' "$rig" '0 9 0 0 0 0
0 9 8 180 0 0
0 11 16 180 0 0
0 9 24 180 0 0' >"$tmp/jump.bvh"
ok "clips" tex2mesh -b $robot -m "$tmp/jump.bvh" -m hop="$tmp/jump.bvh" -m arms=tests/data/robot_motion.npz -o "$tmp/a.glb" <"$tmp/tex"
clips "$tmp/a.glb" >"$tmp/a"
is "names, channels, frames, seconds" "$(grep clip "$tmp/a" | sed '$!d;s/[0-9.]* s$/s/' | cat - "$tmp/a" | grep clip | sed '$d' | sort)" \
	"clip arms, 25 channels, 3 frames, s
clip hop, 25 channels, 4 frames, 0.75 s
clip jump, 25 channels, 4 frames, 0.75 s"
ok "nothing below the floor" every '$2 > -0.005' "$tmp/a"
sed -n '2,5p' "$tmp/a" >"$tmp/jump"
ok "a jump is one" awk '{ low[NR] = $2 } END { exit !(low[1] < 0.001 && low[2] < 0.001 && low[4] < 0.001 && low[3] > 0.1) }' "$tmp/jump"
ok "on the spot" every '$4 > -0.001 && $4 < 0.001 && $6 > -0.1 && $6 < 0.1' "$tmp/jump"
tex2mesh -b $robot --travel -m "$tmp/jump.bvh" -o "$tmp/b.glb" <"$tmp/tex"
clips "$tmp/b.glb" | sed 1d >"$tmp/b"
ok "or with its way" awk '{ z[NR] = $6 } END { d = z[2] - z[1]; exit !(d > 0.5 && d < 1.5) }' "$tmp/b"
tex2mesh -b $robot --rate 10 -m "$tmp/jump.bvh" -o "$tmp/c.glb" <"$tmp/tex"
clips "$tmp/c.glb" >"$tmp/c"
is "another rate" "$(sed -n 1p "$tmp/c")" "clip jump, 25 channels, 8 frames, 0.70 s"
ok "heights are between those of frames" awk '{ y[NR - 1] = $5 } END { exit !(y[4] > y[3] && y[5] > y[4] && y[6] > y[5]) }' "$tmp/c"

# ---- what stands ----
tex2mesh -o "$tmp/rest.glb" <"$tmp/tex"
lowest() { perl tests/perl/glb.pl "$1" | awk 'NF == 5 { if (low == "" || $2 < low) low = $2 } END { print (low < 0 ? -low : low) < 0.0011 }'; }
is "the rest pose stands on y = 0" "$(lowest "$tmp/rest.glb")" 1
for pose in t a walk; do
	tex2mesh -p $pose -o "$tmp/$pose.glb" <"$tmp/tex"
	tex2mesh -p $pose -o "$tmp/$pose.obj" <"$tmp/tex"
	is "pose $pose, too" "$(lowest "$tmp/$pose.glb")" 1
	ok "and as OBJ" awk '$1 == "v" { if (!n++ || $3 < low) low = $3 } END { exit !(low > -0.001 && low < 0.001) }' "$tmp/$pose.obj"
done
width() { awk '$1 == "v" { if ($2 > w) w = $2; if ($3 > h) h = $3 } END { print (w > h / 2 - 0.1) }' "$1"; }
is "arms out, arms down" "$(width "$tmp/t.obj") $(width "$tmp/a.obj")" "1 0"
for names in smpl:left_wrist mixamo:mixamorig:LeftHand vrm:leftHand; do
	tex2mesh -b $robot --names "${names%%:*}" -o "$tmp/n.glb" <"$tmp/tex"
	ok "names ${names%%:*}" grep -aq "\"name\":\"${names#*:}\"" "$tmp/n.glb"
done

# ---- the shipped motions ----
for m in walk turn; do
	tex2mesh -m $m --rate 3 -o "$tmp/$m.glb" <"$tmp/tex"
	clips "$tmp/$m.glb" >"$tmp/$m"
	ok "$m: a foot on the floor in each frame" every '$2 > -0.005 && $2 < 0.005' "$tmp/$m"
done
if command -v python3 >/dev/null; then
	mkdir "$tmp/gait"
	ok "they can be made again" sh -c "python3 pipelines/sample/gait.py $tmp/gait &&
		cmp $tmp/gait/walk.bvh pipelines/sample/walk.bvh && cmp $tmp/gait/turn.bvh pipelines/sample/turn.bvh"
else
	skip "they can be made again" "no python3"
fi

# ---- bad motions ----
t2m() { tex2mesh -b $robot -o "$tmp/x.glb" "$@" <"$tmp/tex"; }
exits "an OBJ cannot move" 2 '^tex2mesh: -m: an .obj cannot move' tex2mesh -m walk -o "$tmp/x.obj"
exits "nor what is bare" 2 'no skeleton with --bare' t2m --bare -m walk
exits "a body without skeleton" 2 'no skeleton' tex2mesh -b "$tmp/t.obj" -m walk -o "$tmp/x.glb"
exits "two of one name" 2 'two clips are called "walk"' t2m -m walk -m walk=turn
exits "no such file" 2 "^tex2mesh: --motion: $tmp/no.bvh" t2m -m "$tmp/no.bvh"
exits "no such motion" 2 '^tex2mesh: --motion: swim: want a motion as .npz, .pkl' t2m -m swim
sed 's/Left/Nose/' "$tmp/jump.bvh" >"$tmp/dog.bvh"
exits "a dog" 2 "dog.bvh: no joint with a known name for the left hip; there are Hips, Nose" t2m -m "$tmp/dog.bvh"
printf '%s\nFrames: 0\nFrame Time: 1\n' "$rig" >"$tmp/none.bvh"
exits "no frames" 2 'none.bvh: 0 frames' t2m -m "$tmp/none.bvh"
{ printf '%s\nFrames: 65537\nFrame Time: 0.1\n' "$rig"; yes '0 9 0 0 0 0' | head -n 65537; } >"$tmp/long.bvh"
exits "an hour and more" 2 'long.bvh: 65537 frames, a clip has 65536 at most; --rate makes them fewer' t2m -m "$tmp/long.bvh"
ok "which does" t2m -m "$tmp/long.bvh" --rate 0.1
ok "nothing half written" sh -c "rm $tmp/x.glb; ! ls $tmp/x.glb $tmp/*.tmp.* 2>/dev/null"

# ---- one camera ----
render-mesh -b $robot -s 64 -m "$tmp/jump.bvh" --only source.pose --only source.image >"$tmp/still"
render-mesh -b $robot -s 64 -m "$tmp/jump.bvh" --camera follow --only source.pose --only source.image >"$tmp/follow"
at() {	# at POINT AXIS FILE: of each frame, on one line
	for i in 0 1 2 3; do
		tsjoin -k $i -z 0 --only source.pose "$3" | tar xOf - --wildcards '*source.pose.npy' | od -An -v -tf4 -w12 -j 128 |
			awk -v p="$1" -v c="$2" 'NR == p + 1 { printf "%s ", $(c + 1) }'
	done
}
at 1 1 "$tmp/still" >"$tmp/necks"
ok "a jump is seen" awk '{ exit !($1 - $3 > 3 && $1 - $4 < 1 && $4 - $1 < 1) }' "$tmp/necks"
at 1 1 "$tmp/follow" >"$tmp/necks"
ok "not by a camera that follows" awk '{ exit !($1 - $3 < 0.01 && $3 - $1 < 0.01) }' "$tmp/necks"
at 8 0 "$tmp/still" >"$tmp/hips"
ok "who turns is seen from behind" awk '{ exit !($1 < 31.5 && $2 > 31.5) }' "$tmp/hips"
pixels() { tar xOf "$1" --wildcards '*source.image.npy'; }
render-mesh -b $robot -s 64 -z 0 -m "$tmp/jump.bvh" -f 2 --only source.image >"$tmp/one"
tsjoin -k 2 -z 0 --only source.image "$tmp/follow" >"$tmp/two"
is "one frame is fitted" "$(pixels "$tmp/one" | sha256sum)" "$(pixels "$tmp/two" | sha256sum)"

# ---- floor and edges ----
render-mesh -b $robot -s 64 --only source.image --only source.mask >"$tmp/plain"
render-mesh -b $robot -s 64 --only source.image --only source.mask --floor >"$tmp/floor"
ok "a floor changes the picture around the body alone" sh -c "metrics -a source.image -b source.image -w $tmp/plain --where source.mask -m psnr \
	-t 'psnr>25' <$tmp/floor && ! tscmp -q $tmp/plain $tmp/floor"
render-mesh -b $robot -s 64 --only source.image --only source.mask --smooth 2 >"$tmp/smooth"
ok "more samples, nearly the same picture" metrics -a source.image -b source.image -w "$tmp/plain" -m psnr -t 'psnr>30' <"$tmp/smooth"
render-mesh -b $robot -s 64 --only source.mask >"$tmp/m1"
tsjoin --only source.mask "$tmp/smooth" >"$tmp/m2"
ok "labels are the same" tscmp "$tmp/m1" "$tmp/m2"

# ---- a pipe of pictures ----
render-mesh -b $robot -s 16 -m "$tmp/jump.bvh" --only source.image -z0 | ts2img -o - >"$tmp/ppm"
is "four of them" "$(perl -0777 -ne 'print scalar(() = /P6\n16 16\n255\n/g)' "$tmp/ppm") $(wc -c <"$tmp/ppm")" "4 $((4 * (13 + 16 * 16 * 3)))"
exits "8 bits" 2 '--bits is for files' ts2img -o - -b 16

# ---- ts2clip ----
clip() { ts2clip "$@"; }
mkdir "$tmp/bin"
for p in sh tr wc dirname readlink; do ln -s "$(command -v $p)" "$tmp/bin"; done
exits "no ffmpeg" 2 '^ts2clip: there is no ffmpeg.*apt-get install ffmpeg' env PATH="$tmp/bin" sh "$BIN/ts2clip" "$tmp/tex" walk "$tmp/x.mp4"
exits "another ending" 2 'want a name that ends in .mp4' clip "$tmp/tex" walk "$tmp/x.avi"
if command -v ffmpeg >/dev/null; then
	for e in mp4 webm gif webp; do
		ok "a video, .$e" clip -s 32 "$tmp/tex" "$tmp/jump.bvh" "$tmp/v.$e" -b $robot
	done
	is "its frames" "$(ffprobe -v error -count_frames -show_entries stream=width,height,nb_read_frames,r_frame_rate -of csv=p=0 "$tmp/v.mp4")" "64,32,30/1,23"
	echo old >"$tmp/v.mp4"
	exits "one that is there" 2 'v.mp4 is there already; --force replaces it' clip "$tmp/tex" walk "$tmp/v.mp4"
	ok "is replaced when asked to" clip -f -s 32 -y 0 "$tmp/tex" "$tmp/jump.bvh" "$tmp/v.mp4" -b $robot
	exits "a motion that is none" 2 'ts2clip: render-mesh: .*dog\.bvh' clip -f "$tmp/tex" "$tmp/dog.bvh" "$tmp/v.mp4" -b $robot
	is "leaves the old one, and one line" "$(wc -l <"$tmp/.err") $(ffprobe -v error -show_entries stream=width -of csv=p=0 "$tmp/v.mp4")" "1 32"
	exits "no folder" 2 'not a folder' clip "$tmp/tex" walk "$tmp/no/v.mp4"
	mkdir "$tmp/dir.mp4"
	exits "a folder in its place" 2 'dir.mp4 is a folder' clip -f "$tmp/tex" walk "$tmp/dir.mp4"
	is "stays empty" "$(ls -A "$tmp/dir.mp4")" ""
	ok "--option=value" clip -f --size=16 --yaw=0 --rate=5 "$tmp/tex" walk "$tmp/v.mp4" -b $robot -f 0-1
	for r in 0 00 1e3 20000000000000000000; do
		exits "rate $r" 2 "^ts2clip: -r: \"$r\", want a whole number" clip -r $r "$tmp/tex" walk "$tmp/r.mp4"
	done
	exits "views that are not counted" 2 '^ts2clip: --yaw: want this before STREAM' clip "$tmp/tex" walk "$tmp/r.mp4" --yaw 0
	exits "by an abbreviation" 2 '^ts2clip: --ya=0: want this before STREAM' clip "$tmp/tex" walk "$tmp/r.mp4" --ya=0
	exits "a value for what has none" 2 '^ts2clip: --force=1: no such option' clip --force=1 "$tmp/tex" walk "$tmp/r.mp4"
	exits "nor these" 2 '^ts2clip: -n4: not for a video' clip "$tmp/tex" walk "$tmp/r.mp4" -n4
	is "nothing is left" "$(find "$tmp" -name '.clip*')" ""
else
	skip "videos" "no ffmpeg"
fi
done_testing
