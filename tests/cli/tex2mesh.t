#!/bin/sh
# tex2mesh: a GLB as another reader sees it, its skeleton against our own
# skinning, an OBJ worn by render-mesh, names, licences, what is refused.
. tests/lib.sh
robot=tests/data/robot.npz
glb() { perl tests/perl/glb.pl "$1"; }
near() {	# near TOLERANCE FILE FILE: columns of numbers
	paste -d ' ' "$2" "$3" | awk -v t="$1" '
		NF % 2 { exit bad = 1 }
		{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d > t || d < -t) bad = 1 } }
		END { exit bad || NR == 0 }'
}

drawtex -s 5 -n 2 -T 256 >"$tmp/tex.tar.zst"
tsjoin -k 0 "$tmp/tex.tar.zst" >"$tmp/one.tar.zst"
ok "a GLB" tex2mesh -p walk --licence 'a body of ours' -o "$tmp/a.glb" <"$tmp/one.tar.zst"
ok "an OBJ" tex2mesh -p walk -o "$tmp/b.obj" <"$tmp/one.tar.zst"
ok "another reader takes it" sh -c "perl tests/perl/glb.pl $tmp/a.glb >$tmp/a.txt"
is "what is in it" "$(sed -n '1p;2{s/;.*//;p;}' "$tmp/a.txt")" "faces 13038, texture 256 x 256, joints 24
copyright a body of ours"

# The reader's joints move the vertices to where our own skinning puts them.
sed 1,2d "$tmp/a.txt" >"$tmp/a.v"
awk '$1 == "v" { at[++n] = $2 " " $3 " " $4 } $1 == "vt" { print at[++m], $2, 1 - $3 }' "$tmp/b.obj" >"$tmp/b.v"
ok "skeleton and posed vertices agree, and coordinates" near 2e-4 "$tmp/a.v" "$tmp/b.v"
tex2mesh -p walk --bare -o "$tmp/bare.glb" <"$tmp/one.tar.zst"
glb "$tmp/bare.glb" | sed 1d >"$tmp/bare.v"
is "no skeleton" "$(glb "$tmp/bare.glb" | sed -n 1p)" "faces 13038, texture 256 x 256, joints 0"
ok "the same vertices" near 2e-4 "$tmp/bare.v" "$tmp/b.v"
tex2mesh -o "$tmp/rest.glb" <"$tmp/one.tar.zst"
glb "$tmp/rest.glb" | sed 1d >"$tmp/rest.v"
ok "another pose, other vertices" sh -c "! cmp -s $tmp/rest.v $tmp/bare.v"

# Worn by its own coordinates it looks as the charts make it look.
render-mesh -b "$tmp/b.obj" -s 128 -t "$tmp/one.tar.zst" --only source.image --only source.mask >"$tmp/own.tar.zst"
render-mesh -p walk -s 128 -t "$tmp/one.tar.zst" --only source.image >"$tmp/charts.tar.zst"
ok "the OBJ in its texture" sh -c "metrics -a source.image -b source.image --with $tmp/charts.tar.zst \
	--where source.mask -m psnr -t 'psnr>30' <$tmp/own.tar.zst"
# Its picture is the texture, which goes on outside the charts; intake resamples.
cp "$tmp/b.png" "$tmp/drawn00000005.png"
intake --size 256 "$tmp/drawn00000005.png" >"$tmp/png.tar.zst"
ok "the picture is the texture" sh -c "metrics -a texture -b source.image --with $tmp/png.tar.zst \
	--where texture.seen -m l1 -t 'l1<0.02' <$tmp/one.tar.zst"
is "its material" "$(grep -c -e 'mtllib b.mtl' -e 'usemtl texture' "$tmp/b.obj") $(tail -1 "$tmp/b.mtl")" "2 map_Kd b.png"

# ---- names ----
ok "one file each" tex2mesh -b $robot -o "$tmp/all/%k.glb" <"$tmp/tex.tar.zst"
is "their names" "$(ls "$tmp/all")" "drawn00000005.glb
drawn00000006.glb"
tex2mesh -b $robot -o "$tmp/again.glb" <"$tmp/one.tar.zst"
ok "the same bytes again" cmp "$tmp/all/drawn00000005.glb" "$tmp/again.glb"
exits "two samples, one name" 2 'sample 1 "drawn00000006": "x.glb" has no %k' \
	sh -c "cd $tmp && tex2mesh -b $top/$robot -o x.glb <tex.tar.zst"
exits "no name" 2 "want -o PATTERN" tex2mesh
exits "another kind" 2 'want a name that ends in .glb or .obj' tex2mesh -o x.fbx
exits "no texture" 2 'field texture' sh -c "render-mesh -b $robot -s 32 | tex2mesh -o $tmp/x.glb"
exits "a folder that is a file" 2 'cannot' tex2mesh -o "$tmp/one.tar.zst/x.glb" <"$tmp/one.tar.zst"
exits "an OBJ cannot walk" 2 'no skeleton' tex2mesh -b "$tmp/b.obj" -p walk -o "$tmp/y.glb" <"$tmp/one.tar.zst"
ok "nothing half written" sh -c "! ls $tmp/y.glb $tmp/*.tmp.* 2>/dev/null"
ok "an OBJ wears it by its own coordinates" tex2mesh -b "$tmp/b.obj" -o "$tmp/c.obj" <"$tmp/one.tar.zst"
is "and keeps its faces" "$(grep -c '^f' "$tmp/c.obj")" 13038
done_testing
