#!/bin/sh
# From a photo to the texture of the networks without an option, at any size: the same as by way of inpaint; the stream keeps its
# pictures, and what comes after can be used.
. tests/lib.sh
PERL5LIB=$top/tests/perl
export PERL5LIB
cp pipelines/sample/sample.jpg "$tmp/alice.jpg"
cp pipelines/sample/sample_IUV.png "$tmp/alice_IUV.png"
cp pipelines/sample/sample_keypoints.json "$tmp/alice_keypoints.json"
cd "$tmp" || exit 2

shape() {	# shape FILE FIELD
	tsls --only "$2" "$1" | cut -f4 | head -1
}

# The shipped weights.
if [ -f "$BIN/../share/dualtex/small.tar" ] && [ -f "$BIN/../share/dualtex/unet.tar" ]; then
	intake alice.jpg | pose2heat | iuv2coord >maps
	for j in 1 2; do
		ok "the pipe without options, $j threads" sh -c "hallucinate -j $j -n 3 <maps | texgen -j $j >card.$j"
	done
	ok 'the same bytes with each' cmp card.1 card.2
	ok 'by way of inpaint' sh -c 'inpaint <maps | hallucinate -n 3 | texgen >long'
	ok 'the same bytes' cmp card.1 long
	is 'pictures keep their size' "$(shape card.1 source.image)" '(256,256,3)'
	intake --size 128 alice.jpg | pose2heat | iuv2coord >maps128
	hallucinate -n 3 <maps128 | texgen >card128
	inpaint <maps128 | hallucinate -n 3 | texgen >long128
	ok 'at 128 the same bytes, too' cmp card128 long128
	tsjoin --rename texture=small --only small card128 | tsjoin card.1 - >both
	ok 'much the same from both sizes' metrics -a texture -b small -m psnr -t 'psnr>32' <both
else
	skip 'the shipped weights' 'no small.tar or no unet.tar'
fi

# Small ones of our own: 64 and, for the U-Net, 32.
weights init -z0 --preset tiny --recipe anchored --set evidence=raw+inpaint --seed 3 >w.tar
weights init -z0 --net unet --preset tiny --set size=32 --seed 4 >u.tar
weights init -z0 --preset tiny --recipe paper --seed 5 >paper.tar
card() {	# card [OPTION ...]: both programs, from stdin
	hallucinate -w w.tar --unet u.tar "$@" | texgen -w w.tar
}
long() {
	inpaint -w u.tar | hallucinate -w w.tar | texgen -w w.tar
}
for size in 16 17 48 64 100 131; do
	intake --size $size alice.jpg | pose2heat | iuv2coord >in
	card <in >out && long <in >by-inpaint
	ok "$size pixels: the same values" tscmp out by-inpaint
	is "$size pixels: what has which size" "$(shape out source.coord) $(shape out texture) $(shape out halluc.gen)" \
		"($size,$size,2) (64,64,3) (2,64,64,3)"
done
weights init -z0 --net unet --preset tiny --set fine=8 --seed 6 >fine.tar
for size in 64 128 256; do
	intake --size $size alice.jpg | pose2heat | iuv2coord >in
	hallucinate -w w.tar --unet fine.tar <in >painted && inpaint -w fine.tar <in | hallucinate -w w.tar >by-inpaint
	ok "a U-Net of twice its size, $size pixels" tscmp painted by-inpaint
done
is 'paints that' "$(shape painted texture) $(shape painted phi_t.3 | cut -d, -f1)" '(128,128,3) (8'
for T in 17 64 90; do
	intake --size 64 alice.jpg | pose2heat | iuv2coord -T $T >in
	card <in >out && long <in >by-inpaint
	ok "$T texels for 64 pixels" tscmp out by-inpaint
done
is 'and they stay' "$(shape out source.coord) $(shape out source.surf)" '(90,90,2) (64,64,2)'

synthbody -n 3 --seed 2 -s 90 --drop 'true.*' --drop 'halluc.*' | pose2heat | iuv2coord >people
card -j 1 <people >people.1 && card -j 2 <people >people.2
ok 'three people, 1 and 2 threads' cmp people.1 people.2
is 'all of them' "$(tsls --only texture people.1 | grep -c '64,64,3')" 3
ok 'each as if alone' sh -c 'tsjoin -k 1 people >one; hallucinate -w w.tar --unet u.tar <one | texgen -w w.tar >alone
	tsjoin -k 1 people.1 | tscmp alone -'
ok 'weights that read no texture paint none' sh -c 'hallucinate -w paper.tar <people >out; test -z "$(tsls --only texture out)"'
ok 'and texgen makes it' sh -c 'texgen -w paper.tar <out | tsls --only texture | grep -q 64,64,3'
ok 'a texture of unwrap at full size' sh -c 'unwrap <people | inpaint -w u.tar | tsls --only texture | grep -q 32,32,3'

# What comes after.
intake --size 100 alice.jpg | pose2heat | iuv2coord >in
card -n 3 <in >out
ok 'render-warp' sh -c 'render-warp <out >render'
is 'of each size' "$(shape render source.render) $(shape render halluc.render)" '(100,100,3) (3,64,64,3)'
ok 'a sheet' ts2img --sheet s.png <render
ok 'tex2mesh' tex2mesh -o %k.glb <out
ok 'step two, as the pages have it' sh -c 'posebank -y 0,180 <out | pose2heat | iuv2coord | hallucinate -t -w w.tar >two'
is 'target.gen is as large as the target' "$(shape two target.gen)" '(2,100,100,3)'
ok 'and can be rendered' sh -c 'render-warp --gain <two | tsls --only target.render | grep -q 2,100,100,3'
ok 'step two at its own size' sh -c 'posebank -s 64 -y 0,180 <out | pose2heat | iuv2coord | hallucinate -t -w w.tar >two64'
is 'the same flow to both: equal means' \
	"$(tsls -s --only target.gen two | awk '{ printf "%.2f", $6 }')" "$(tsls -s --only target.gen two64 | awk '{ printf "%.2f", $6 }')"
posebank --role halluc -s 100 -y 0,180 <in | pose2heat | iuv2coord >own
ok "poses of one's own at another size" sh -c 'hallucinate -w w.tar --unet u.tar <own >out'
is 'their pictures have it' "$(shape out halluc.gen) $(shape out halluc.surf)" '(2,100,100,3) (2,100,100,2)'
is 'and their heat maps go' "$(tsls --only halluc.heat out)" ''

# A texture and maps of different sizes.
intake --size 96 alice.jpg | iuv2coord -T 96 | unwrap >same && intake --size 96 alice.jpg | iuv2coord -T 50 >less
tsjoin --only texture same | tsjoin less - | render-warp --only source.render >less.render
render-warp --only source.render <same >same.render
ok 'texels of a smaller map are scaled' tscmp --abs 1e-3 less.render same.render

# What cannot be done says what to do.
perl -MStream -e 'put("wide", "source.$_" => ["u1", [20, 30, 3], [(9) x 1800]]) for "image"; finish()' | pose2heat >wide
exits 'not square' 2 'field source.image: pictures of 30 x 20, want square ones, see cutout.1.' hallucinate -w paper.tar <wide
exits 'no IUV to make maps of' 2 'field source.iuv: is missing, see intake\(1\) and fitbody\(1\)' \
	sh -c 'tsjoin --drop source.iuv in | inpaint -w u.tar >out'
exits 'no pose to make heat maps of' 2 'field source.pose: is missing' \
	sh -c 'tsjoin --drop source.pose in | hallucinate -w paper.tar >out'
mkdir -p bin share/dualtex
alone . hallucinate texgen
exits 'no U-Net beside the weights' 2 'field texture: is missing, see inpaint.1., and there is no U-Net to paint it, see --unet: weights: unet.tar is neither in' \
	sh -c "bin/hallucinate -w w.tar <in >out"
is 'in one line' "$(wc -l <.err)" 1
exits 'weights that are no U-Net' 2 'see --unet: weights: w.tar: weights of the dual-domain networks, want those of a U-Net' \
	sh -c 'hallucinate -w w.tar --unet w.tar <in >out'
weights init -z0 --preset tiny --recipe anchored --set evidence=raw+inpaint --layout smpl >smpl.tar
exits 'a U-Net of another layout' 2 'see --unet: one of layout "atlas24", the weights want "smpl"' \
	sh -c 'hallucinate -w smpl.tar --layout atlas24 --unet u.tar <in >out'

# A stage at twice the size, or not.
weights init -z0 --from u.tar --set fine=4 >fine.tar
intake --size 64 alice.jpg | iuv2coord >maps64
inpaint -w fine.tar <maps64 >at64
is 'a stage at twice the size' "$(shape at64 texture)" '(64,64,3)'
inpaint --fast -w fine.tar <maps64 >fast
is 'without it' "$(shape fast texture)" '(32,32,3)'
inpaint -w u.tar <maps64 >u32
ok 'what the weights were before they had it' tscmp fast u32 --only 'texture*'
inpaint --fast -w u.tar <maps64 >u32fast
ok 'no effect where there is none' tscmp u32 u32fast
cd "$top" || exit 2
done_testing
