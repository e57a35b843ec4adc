#!/bin/sh
# tsexplain: what it says of texels and pixels, its pictures, what it refuses.
. tests/lib.sh

# A texture of 16 x 16 in one colour; the photo shows its upper half; networks
# of two views left their traces: the first gives a quarter everywhere, the
# second, which looks at one place, a half.
cat >"$tmp/make.pl" <<'P'
use strict; use warnings; use Stream;
my ($T, $H) = (16, 32);
my @colour = (0.5, 0, -0.5);
my %f = (
	'texture' => ['f4', [$T, $T, 3], [map { @colour } 1 .. $T * $T]],
	'texture.seen' => ['u1', [$T, $T], [(5) x ($T * $T)]],
	'texture.confidence' => ['f4', [$T, $T], [(0.9) x ($T * $T)]],
	'texture.kind' => ['u1', [$T, $T], [(2) x ($T * $T)]],
	'source.image' => ['u1', [$H, $H, 3], [(7) x ($H * $H * 3)]],
	'source.seen' => ['u1', [$T, $T], [(1) x ($T * $T / 2), (3) x ($T * $T / 2)]],
	'source.coord' => ['f4', [$T, $T, 2], [map { (2 * ($_ % $T), 2 * int($_ / $T)) } 0 .. $T * $T - 1]],
	'source.surf' => ['f4', [$H, $H, 2], [map { ($_ % $H >= 16 ? 'nan' : $_ % $H, 3) } 0 .. $H * $H - 1]],
	'halluc.gen' => ['f4', [2, $T, $T, 3], [(0) x (2 * $T * $T * 3)]],
);
for my $L (3, 2) {
	my $n = $L == 3 ? 2 : 4;
	my $px = $n * $n;
	$f{"share.it.$L"} = ['f4', [3, $n, $n, 1], [(0.25) x (2 * $px), (0.5) x $px]];
	$f{"attn.it.$L"} = ['f4', [2, $n, $n, 1], [(0.5) x $px, (0.75) x $px]];
	$f{"flow.it.$L"} = ['f4', [2, $n, $n, 2], [(0) x (2 * $px), (1, 0.5) x $px]];
	$f{"tap.it.$L"} = ['f4', [2, $n, $n, 9], [((1, (0) x 8) x $px), ((0, 0, 0, 0, 0.75, 0.25, 0, 0, 0) x $px)]];
}
for (@ARGV) { if (/^-(.*)/) { delete $f{$1} } elsif (/^(.*)=(.*)/) { $f{$1} = eval $2 } }
put('a', (map { ($_, $f{$_}) } sort keys %f), '' =>
    '"layout":"atlas24","crop":{"source":{"x":100,"y":200,"w":64,"h":64}}');
finish();
P
made() { perl -Itests/perl "$tmp/make.pl" "$@"; }
made >"$tmp/a"

is 'a texel that the photo shows' "$(tsexplain -t 8,4 <"$tmp/a" | sed '1s/: part.*//')" "a: texel 8,4 of 16 x 16
    colour #bf8040
    photo: seen at 16.0,8.0 of source.image, at 132,216 of the photo
    made by: texgen
    confidence: 0.90, off by about 13 of 255
    kind: hair
    level 3: own 0.25, view 0 0.25, view 1 0.50
      view 0: mask 0.50, looks at 3.5,3.5; taps 1.00 at -4.5,-4.5 0.00 at 3.5,-4.5 0.00 at 11.5,-4.5
      view 1: mask 0.75, looks at 11.5,7.5; taps 0.75 at 11.5,7.5 0.25 at 19.5,7.5 0.00 at 3.5,-0.5
    level 2: own 0.25, view 0 0.25, view 1 0.50
      view 0: mask 0.50, looks at 1.5,1.5; taps 1.00 at -2.5,-2.5 0.00 at 1.5,-2.5 0.00 at 5.5,-2.5
      view 1: mask 0.75, looks at 5.5,3.5; taps 0.75 at 5.5,3.5 0.25 at 9.5,3.5 0.00 at 1.5,-0.5"
is 'the part is that of the layout' "$(tsexplain -t 8,4 -t 4,12 <"$tmp/a" | grep -c 'part [0-9]*, [a-z]')" 2
is 'the other side' "$(tsexplain -t 8,12 <"$tmp/a" | sed -n 3p)" '    photo: its other side is seen at 16.0,24.0 of source.image, at 132,248 of the photo'
is 'pixels' "$(tsexplain -p 5,0 -p source:31,0 <"$tmp/a" | grep '^a' | sed 's/: part.*//')" \
    "a: pixel 5,0: texel 5,3 of 16 x 16
a: pixel source:31,0: not on the body"
is 'what is missing is not spoken of' "$(made -texture.seen -texture.kind -texture.confidence -source.seen -source.coord \
    -share.it.3 -share.it.2 | tsexplain -t 8,4 | wc -l)" 2
is 'NaN places are not printed' "$(made 'source.coord=["f4",[16,16,2],[("nan") x 512]]' | tsexplain -t 8,4 | sed -n 3p)" '    photo: seen'
is 'no stream beside the text' "$(tsexplain -t 8,4 <"$tmp/a" | grep -c '^a')" 1

# ---- pictures ----

tsexplain -z0 <"$tmp/a" >"$tmp/b"
is 'pictures' "$(tsls --only 'explain.*' "$tmp/b" | cut -f2-4 | tr '\t\n' '  ')" \
    'explain.texture u1 (16,16,3) explain.exchange u1 (16,16,3) explain.halluc u1 (2,16,16,3) '
# The second view looked at (1, 0.5) of level 2, pixel (5.5, 3.5): nowhere is it brighter.
is 'a view is bright where texels looked' "$(tsjoin --only explain.halluc -z0 "$tmp/b" | perl -Itests/perl -MStream -e '
	my ($k, $f) = get(); my @x = @{$f->{"explain.halluc"}[2]};
	my ($best, $at) = (-1, 0);
	for (0 .. 255) { my $v = $x[3 * (256 + $_) + 2]; ($best, $at) = ($v, $_) if $v > $best }
	my ($x, $y) = ($at % 16, int $at / 16);
	print abs($x - 6) <= 3 && abs($y - 3) <= 3 && $best > 150 ? "yes" : "no: $x,$y $best"')" yes
ok 'the same with any number of runs' sh -c "tsexplain -z0 <$tmp/a | cmp - $tmp/b"
is 'without traces one picture' "$(made -share.it.2 | tsexplain | tsls --only 'explain.*' | wc -l)" 1
is 'the other fields stay' "$(tsls "$tmp/b" | grep -vc explain)" "$(tsls "$tmp/a" | wc -l)"

# ---- what is refused ----

exits 'a texel outside' 2 'texel 16,3 is outside of 16 x 16' tsexplain -t 16,3 <"$tmp/a"
exits 'a pixel outside' 2 'pixel 40,3: there is 1 view of 32 x 32' tsexplain -p 40,3 <"$tmp/a"
exits 'a view outside' 2 'there is 1 view' tsexplain -p source.1:4,3 <"$tmp/a"
for bad in 3 "3," ,3 3,4,5 -1,2 x:1,2 source.:1,2 source.0.1:1,2 99999999,1; do
	exits "a place such as $bad" 2 'want X,Y or ROLE' tsexplain "-p$bad" <"$tmp/a"
done
exits 'no texture' 2 'field texture: is missing|texture.*missing' sh -c "tsjoin --drop texture $tmp/a | tsexplain -t 1,1"
exits 'too many views' 2 'share.it.2: 6 shares, want 2 to 5' sh -c \
    "perl -Itests/perl $tmp/make.pl 'share.it.2=[\"f4\",[6,4,4,1],[(0) x 96]]' | tsexplain -t 1,1"
exits 'taps that are no square' 2 'tap.it.2: 8 taps' sh -c \
    "perl -Itests/perl $tmp/make.pl 'tap.it.2=[\"f4\",[2,4,4,8],[(0) x 256]]' | tsexplain"
exits 'a flow of another size' 2 'flow.it.2: f4 \(2,4,3,2\), want f4 \(2,4,4,2\)' sh -c \
    "perl -Itests/perl $tmp/make.pl 'flow.it.2=[\"f4\",[2,4,3,2],[(0) x 48]]' | tsexplain"
ok 'flows of any number' sh -c "perl -Itests/perl $tmp/make.pl 'flow.it.2=[\"f4\",[2,4,4,2],[(\"nan\", 3e38) x 32]]' | tsexplain >$tmp/c"

# ---- of real networks ----

export PERL5LIB=tests/perl
w=$tmp/w.tar
weights init -z0 --preset tiny >"$w"
perl tests/perl/figure.pl 64 bank >"$tmp/bank"
perl tests/perl/figure.pl 64 | pose2heat | iuv2coord 2>/dev/null | unwrap |
	hallucinate -w "$w" --poses "$tmp/bank" -n 3 --keep 2>"$tmp/err" | texgen -w "$w" >"$tmp/net"
is 'shares of networks are printed' "$(tsexplain -p halluc.2:32,25 <"$tmp/net" | grep -c '^      view [012]: mask')" 6
is '  and drawn' "$(tsexplain <"$tmp/net" | tsls --only 'explain.halluc' | cut -f4)" '(3,64,64,3)'
done_testing
