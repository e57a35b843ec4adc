#!/bin/sh
# Training learns: in under a minute tiny networks halve their loss on a few
# made people, and then show them from the target's side, and what the photo
# did not show, better than unwrap does. The programs get what training had.
. tests/lib.sh
[ -z "$VALGRIND" ] || { echo '1..0 # skip two trainings'; exit 0; }
cd "$tmp" || exit 2
synthbody -n 4 --size 64 --seed 5 >people.tar.zst
weights init --net unet --preset tiny --set prior=false >unet.tar	# it has to learn all by itself
weights init --preset tiny >dual.tar

# column TABLE NAME LINE: a number of a table; line 1 is the first, \$ the last
column() {
	sed -n -e 1p -e "$3p" "$1" | awk -F'\t' -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) k = i; next } { print $k }'
}
above() {	# above NUMBER A B: A exceeds B by that much
	awk -v by="$1" -v a="$2" -v b="$3" 'BEGIN { print "# " a " against " b; exit !(a > b + by) }'
}
half() {	# half DIR: of the loss
	awk -v a="$(column "$1/log.tsv" total 2)" -v b="$(column "$1/log.tsv" total \$)" 'BEGIN { print a, b; exit !(b < a / 2) }'
}

ok 'the U-Net trains' textrain -w unet.tar -d u -s 250 -b 2 --rate 3e-3 --beta1 0.5 --decay 125 --valid people.tar.zst \
    --valid-every 250 people.tar.zst
ok 'the dual-domain networks train' textrain -w dual.tar -d d -s 250 -b 1 --rate 3e-3 --beta1 0.5 --decay 150 \
    --valid people.tar.zst --valid-every 250 people.tar.zst
for net in u d; do
	ok "$net: the loss is less than half" half $net
	ok "$net: shows the target better than unwrap" above 1 "$(column $net/valid.tsv render \$)" \
	    "$(column $net/valid.tsv unwrap_render \$)"
	ok "$net: knows more of what the photo hides" above 1 "$(column $net/valid.tsv unseen \$)" \
	    "$(column $net/valid.tsv unwrap_unseen \$)"
done

# The programs make of the same people what validation saw.
ok 'inpaint takes the weights' sh -c 'pose2heat <people.tar.zst | iuv2coord | inpaint -w u/weights.tar >inpainted'
ok 'and knows the true textures' metrics -a true.texture -b texture --where true.valid -m psnr -t 'psnr>19' <inpainted
# --photo, with the shipped weights: how far from unwrap's texture it ends where the photo shows something.
synthbody --size 128 | pose2heat | iuv2coord | unwrap >unwrapped
changed() {	# changed SHARE: mean |a-b| there
	inpaint --photo "$1" <unwrapped | tsjoin --only texture - | tsjoin --rename texture=made - >share
	tsjoin unwrapped share | metrics -a made -b texture --where source.seen -m l1 | awk '$1 == "#mean" { print $3 }'
}
ok '--photo 0.7 leaves three tenths of the change' \
    awk "BEGIN { r = $(changed 0.7) / $(changed 0); exit !(r > 0.2999 && r < 0.3001) }" </dev/null
ok '--photo 1 leaves none' awk "BEGIN { exit !($(changed 1) < 1e-7) }" </dev/null
ok 'hallucinate and texgen take theirs' sh -c 'pose2heat <people.tar.zst | iuv2coord | hallucinate -w d/weights.tar | texgen -w d/weights.tar |
    hallucinate -t -w d/weights.tar | render-warp >made'
ok 'and show the target as validation says' sh -c 'metrics -a target.image -b target.render --where target.mask -m psnr -t "psnr>16" <made'

if command -v gnuplot >/dev/null; then
	ok 'curves of both' "$top/pipelines/curves" -o both.svg u d
	ok 'are a picture' grep -q '</svg>' both.svg
	exits 'curves of nothing' 2 'no such table' "$top/pipelines/curves" nowhere
else
	skip 'curves' 'no gnuplot'
fi

cd "$top" || exit 2
done_testing
