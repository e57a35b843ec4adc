#!/bin/sh
# render-mesh, drawtex, posebank on a body of boxes: fields, keys and roles,
# the same bytes again, a texture drawn, worn, unwrapped and compared; bad files.
. tests/lib.sh
robot=tests/data/robot.npz

fields() {	# fields FILE: "key field dtype shape" lines
	tsls "$1" | cut -f1-4 | tr '\t' ' '
}

# ---- drawtex ----
ok "drawtex" sh -c "drawtex -b $robot -s 5 -n 2 -T 64 >$tmp/tex.tar.zst"
is "its fields" "$(fields "$tmp/tex.tar.zst")" "drawn00000005 texture f4 (64,64,3)
drawn00000005 texture.seen u1 (64,64)
drawn00000006 texture f4 (64,64,3)
drawn00000006 texture.seen u1 (64,64)"
drawtex -b $robot -s 5 -n 2 -T 64 >"$tmp/again.tar.zst"
ok "same seeds, same bytes" cmp "$tmp/tex.tar.zst" "$tmp/again.tar.zst"
drawtex -b $robot -s 6 -T 64 >"$tmp/six.tar.zst"
tsjoin -k 1 "$tmp/tex.tar.zst" >"$tmp/second.tar.zst"
ok "a person does not depend on those before" tscmp "$tmp/six.tar.zst" "$tmp/second.tar.zst"
exits "no such top" 2 "top" drawtex -b $robot --top toga

# ---- render-mesh ----
render-mesh -b $robot -s 48 >"$tmp/rest.tar.zst"
is "a body without texture" "$(fields "$tmp/rest.tar.zst")" "body source.image u1 (48,48,3)
body source.pose f4 (18,3)
body source.iuv u1 (48,48,3)
body source.mask u1 (48,48)
body source.surf f4 (48,48,2)"
render-mesh -b $robot -s 48 -p walk -y 0,-90 -t "$tmp/six.tar.zst" --only 'source.iuv' >"$tmp/two.tar.zst"
is "keys of views" "$(fields "$tmp/two.tar.zst")" "drawn00000006-yaw000 source.iuv u1 (48,48,3)
drawn00000006-yaw270 source.iuv u1 (48,48,3)"
render-mesh -b $robot -s 48 -n 3 -r target -t - <"$tmp/tex.tar.zst" >"$tmp/target.tar.zst"
is "role target stacks views" "$(fields "$tmp/target.tar.zst" | sed -n '1p;3p;4p;8p')" "drawn00000005 texture f4 (64,64,3)
drawn00000005 target.image u1 (3,48,48,3)
drawn00000005 target.pose f4 (3,18,3)
drawn00000006 texture f4 (64,64,3)"
render-mesh -b $robot -s 48 -m tests/data/robot_motion.npz -f 0-2/2 --only source.mask >"$tmp/frames.tar.zst"
# Bodies of other programs: in centimetres, with z up, on their heads.
box() {	# box X Y Z: as OBJ, centred
	awk -v x="$1" -v y="$2" -v z="$3" 'BEGIN { for (i = 0; i < 8; i++) print "v", (i % 2 - .5) * x, (int(i / 2) % 2 - .5) * y, (int(i / 4) - .5) * z
	    print "f 1 3 4 2\nf 5 6 8 7\nf 1 2 6 5\nf 3 7 8 4\nf 1 5 7 3\nf 2 4 8 6" }' >"$tmp/box.obj"
	render-mesh -b "$tmp/box.obj" -s 32 2>&1 >"$tmp/x" | sed 's/.*box.obj: //'
}
is 'a body of a good size' "$(box 1.7 1.7 .3)" ''
is 'in centimetres' "$(box 170 170 30)" 'it is 170 high: are these metres?'
is 'with z up' "$(box 1.7 .3 1.7)" 'it is 0.3 high and 1.7 long: does it lie? y must be up'
exits 'an empty licence' 2 'licence: the text is empty' render-mesh --licence ' ' -b $robot -s 48

is "frames" "$(fields "$tmp/frames.tar.zst" | cut -d' ' -f1 | tr '\n' ' ')" "body-f00000 body-f00002 "
ok "licence and history are kept" sh -c "render-mesh -b $robot -s 48 -t $tmp/six.tar.zst --licence 'ours alone' |
	tsls -H | grep -c -e 'licence: ours alone' -e drawtex -e render-mesh | grep -qx 3"
printf 'v 0 0 0\nv 1 0 0\nv 0 2 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n' >"$tmp/tri.obj"
render-mesh -b "$tmp/tri.obj" -s 32 >"$tmp/tri.tar.zst"
is "an OBJ has what an OBJ can give" "$(fields "$tmp/tri.tar.zst" | cut -d' ' -f2 | tr '\n' ' ')" \
	"source.image source.mask source.surf "
exits "an OBJ cannot walk" 2 "no skeleton" render-mesh -b "$tmp/tri.obj" -p walk
exits "another number of vertices" 2 "tri.obj: 3 vertices, want" render-mesh -b $robot --shape "$tmp/tri.obj"
exits "frames without motion" 2 "there is no --motion" render-mesh -b $robot -f 3
exits "a frame too many" 2 "frame 3, there are 0 to 2" render-mesh -b $robot -m tests/data/robot_motion.npz -f 3
exits "a camera inside" 2 'sample 0 "body": yaw 0: the camera is .* from the body' \
	render-mesh -b $robot --distance 0.05
exits "no texture in the stream" 2 'field texture' render-mesh -b $robot -t "$tmp/rest.tar.zst"
exits "a colour" 2 "background \"red\"" render-mesh -b $robot --background red

# ---- a body of our own ----
render-mesh -s 64 -p stand >"$tmp/ours.tar.zst"
is "a body of our own has everything" "$(fields "$tmp/ours.tar.zst" | cut -d' ' -f2 | tr '\n' ' ')" \
	"source.image source.pose source.iuv source.mask source.surf "
render-mesh -b ours:female -s 64 -p stand >"$tmp/woman.tar.zst"
ok "which is a woman" tscmp "$tmp/ours.tar.zst" "$tmp/woman.tar.zst"
render-mesh -b ours:male,height=1.9,weight=110 -s 64 -p stand >"$tmp/man.tar.zst"
exits "a man is another" 1 "" tscmp "$tmp/ours.tar.zst" "$tmp/man.tar.zst"
exits "nobody weighs that" 2 "^render-mesh: --body: 300 kg at 1.8 m, want" \
	render-mesh -b ours:male,height=1.8,weight=300
exits "no such number" 2 '^render-mesh: --body: "head=2", want male, female' render-mesh -b ours:head=2
exits "no file of that name" 2 "^render-mesh: --body: oursx.npz: " render-mesh -b oursx.npz
exits "shapes are for files" 2 "a shape is for a body from a file" render-mesh --shape "$tmp/tri.obj"

# ---- posebank ----
posebank -b $robot -s 32 -p stand,walk -y 0,180 >"$tmp/bank.tar.zst"
is "a bank" "$(fields "$tmp/bank.tar.zst" | cut -d' ' -f1,2,4)" "stand-000 bank.pose (18,3)
stand-000 bank.iuv (32,32,3)
stand-180 bank.pose (18,3)
stand-180 bank.iuv (32,32,3)
walk-000 bank.pose (18,3)
walk-000 bank.iuv (32,32,3)
walk-180 bank.pose (18,3)
walk-180 bank.iuv (32,32,3)"
posebank -B "$tmp/bank.tar.zst" -y 170,10 -p walk <"$tmp/rest.tar.zst" >"$tmp/with.tar.zst"
is "views of it" "$(fields "$tmp/with.tar.zst" | tail -2)" "body target.pose f4 (2,18,3)
body target.iuv u1 (2,48,48,3)"
ok "views are warped" sh -c "posebank -B $tmp/bank.tar.zst -y 0,180 <$tmp/tex.tar.zst | iuv2coord -T 64 | render-warp |
	tsls | grep -q 'target.render.*(2,256,256,3)'"
posebank -b ours -s 64 -p stand -y 0,90 >"$tmp/ours.tar.zst"
is "a bank of our own body" "$(fields "$tmp/ours.tar.zst" | cut -d' ' -f1,2,4 | tail -2 | tr '\n' ' ')" \
	"stand-090 bank.pose (18,3) stand-090 bank.iuv (64,64,3) "
exits "no such stance" 2 'no stance "swim"' posebank -B "$tmp/bank.tar.zst" -p swim <"$tmp/rest.tar.zst"
exits "a body is no bank" 2 "robot.npz" posebank -B $robot <"$tmp/rest.tar.zst"

# ---- round trip ----
# What was drawn comes back from the picture and its IUV. Texels of 1/64 of
# the map and pixels of 1/256 of the picture: 30 dB would be lost by one
# part exchanged, one axis turned, or half a texel of offset.
drawtex -b $robot -s 9 -T 64 --pattern floral >"$tmp/drawn.tar.zst"
render-mesh -b $robot -p stand -t "$tmp/drawn.tar.zst" | iuv2coord -T 64 | unwrap -M -f none >"$tmp/back.tar.zst"
ok "a texture comes back, PSNR above 30 dB" metrics -a texture -b texture -w "$tmp/drawn.tar.zst" \
	--where texture.seen=1 -m psnr -t 'psnr>30' <"$tmp/back.tar.zst"
drawtex -s 3 >"$tmp/drawn.tar.zst"
render-mesh -p stand -s 512 -t "$tmp/drawn.tar.zst" | iuv2coord -T 256 | unwrap -M -f none >"$tmp/back.tar.zst"
ok "on our own body, too" metrics -a texture -b texture -w "$tmp/drawn.tar.zst" \
	--where texture.seen=1 -m psnr -t 'psnr>30' <"$tmp/back.tar.zst"
if [ -r "$data/body/body_male.npz" ]; then
	drawtex -b "$data/body/body_male.npz" -s 3 >"$tmp/drawn.tar.zst"
	render-mesh -b "$data/body/body_male.npz" -p stand -s 512 -t "$tmp/drawn.tar.zst" | iuv2coord -T 256 |
		unwrap -M -f none >"$tmp/back.tar.zst"
	ok "and on SMPL's" metrics -a texture -b texture -w "$tmp/drawn.tar.zst" \
		--where texture.seen=1 -m psnr -t 'psnr>30' <"$tmp/back.tar.zst"
	uvlut -m "$data/body/UV_Processed.mat" -b "$data/body/SMPL_male_default_resolution.obj" >"$tmp/smpl.tar.zst"
	drawtex -b "$data/body/body_male.npz" -s 3 -l "$tmp/smpl.tar.zst" >"$tmp/drawn.tar.zst"
	render-mesh -b "$data/body/body_male.npz" -p stand -s 512 -t "$tmp/drawn.tar.zst" -l "$tmp/smpl.tar.zst" |
		iuv2coord -T 256 -l "$tmp/smpl.tar.zst" | unwrap -M -f none -l "$tmp/smpl.tar.zst" >"$tmp/back.tar.zst"
	ok "and in its layout" metrics -a texture -b texture -w "$tmp/drawn.tar.zst" \
		--where texture.seen=1 -m psnr -t 'psnr>30' <"$tmp/back.tar.zst"
else
	skip "and on SMPL's" "no $data/body/body_male.npz"
	skip "and in its layout" "no $data/body/body_male.npz"
fi

# ---- bad files ----
tab=$(printf '\t')
for f in tests/bad/render-mesh/*.*; do
	case $f in
	*.py) continue ;;
	*.motion.npz|*.bvh) what="-b $robot -m $f" ;;
	*) what="-b $f" ;;
	esac
	want=$(sed -n "s/^${f##*/}$tab//p" tests/bad/render-mesh/want)
	# shellcheck disable=SC2086
	exits "${f##*/}" 2 "^render-mesh: --[a-z]*: $f: .*${want:-no line in want}" render-mesh $what
done
done_testing
