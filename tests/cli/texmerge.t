#!/bin/sh
# texmerge: views of one made-up person whose texture is known, exact labels.
. tests/lib.sh

# Two people, four sides of each; a light from the left makes the sides differ.
drawtex -z0 -n 1 -s 5 -T 64 >"$tmp/true"
drawtex -z0 -n 1 -s 82 -T 64 >"$tmp/other"
view() {	# view TEXTURES YAW FILE
	render-mesh -z0 -t "$1" -b ours --pose ease --yaw "$2" -s 96 --light 0.4 | iuv2coord -z0 -T 64 >"$tmp/$3"
}
view "$tmp/true" 0 0; view "$tmp/true" 90 1; view "$tmp/true" 180 2; view "$tmp/true" 270 3
view "$tmp/other" 20 foreign
take() { (cd "$tmp" && echo "$1" | tr , '\n' | xargs cat); }	# take 0,2: front and back; 1, 3: from the right, the left
score() {	# score VIEWS: of what unwrap makes of these views merged
	take "$1" | texmerge -a -z0 2>>"$tmp/err" >"$tmp/m"
	unwrap -z0 <"$tmp/m" >"$tmp/u"
	perl -Itests/perl -MStream -e '
		open STDIN, "<", $ARGV[0]; my ($k, $f) = get(); my $a = $f->{texture}[2];
		open STDIN, "<", $ARGV[1]; ($k, my $g) = get(); my $b = $g->{texture}[2];
		my ($sum, $n) = (0, 0);
		for (0 .. $#$a) { next if $a->[$_] == 0 && $b->[$_] == 0; $sum += ($a->[$_] - $b->[$_]) ** 2; $n++ }
		printf "%d", -100 * log($sum / $n / 4) / log(10)' "$tmp/u" "$tmp/true"
}
more() {	# more WHAT A B LEAST: b is so many tenths of a dB better than a
	tap_n=$((tap_n + 1))
	if [ $(($3 - $2)) -ge "$4" ]; then
		echo "ok $tap_n - $1"
	else
		echo "not ok $tap_n - $1"; echo "# $2 and $3 tenths of a dB"; tap_bad=$((tap_bad + 1))
	fi
}
front=$(score 0) two=$(score 0,2) three=$(score 0,2,1) four=$(score 0,1,2,3)
more "two opposite views: more than 1.5 dB over one ($front, $two)" "$front" "$two" 15
more "a third takes nothing ($three)" "$two" "$three" -2
more "nor does a fourth ($four)" "$three" "$four" -2
is 'nothing to say' "$(cat "$tmp/err")" ''

# One view merged is that view.
take 0 | unwrap -z0 --only texture >"$tmp/one"
take 0 | texmerge -z0 -a | unwrap -z0 --only texture >"$tmp/same"
is 'one view is that view, but for rounding' "$(perl -Itests/perl -MStream -e '
	open STDIN, "<", $ARGV[0]; my ($k, $f) = get(); my $a = $f->{texture}[2];
	open STDIN, "<", $ARGV[1]; ($k, my $g) = get(); my $b = $g->{texture}[2];
	my ($sum, $n) = (0, 0); for (0 .. $#$a) { $sum += abs($a->[$_] - $b->[$_]); $n++ }
	print $sum / $n < 0.01 ? "yes" : $sum / $n' "$tmp/one" "$tmp/same")" yes

# What it says and writes.
take 0,2 | texmerge -z0 -a >"$tmp/m"
is 'its fields' "$(tsls "$tmp/m" | cut -f2-4 | tr '\t\n' '  ')" \
    'source.image u1 (64,64,3) source.iuv u1 (64,64,3) source.matte u1 (64,64) source.surf f4 (64,64,2) source.mask u1 (64,64) source.coord f4 (64,64,2) source.seen u1 (64,64) texture.view u1 (64,64) texture.pixel f4 (64,64,2) '
is 'its key' "$(tsls "$tmp/m" | sed 1q | cut -f1)" "$(take 0 | tsls | sed 1q | cut -f1)"
is 'its views' "$(tsls -H --json "$tmp/m" | grep -o '"views":\[.*\]' | grep -o '"left_out":false' | wc -l)" 2
is 'licences stay' "$(tsls -H "$tmp/m" | grep -c licence)" "$(take 0 | tsls -H | grep -c licence)"
ok 'each texel is a pixel of its own' perl -Itests/perl -MStream -e '
	my ($k, $f) = get(); my ($c, $s, $v, $p) = map { $f->{$_}[2] } "source.coord", "source.seen", "texture.view", "texture.pixel";
	for (0 .. 4095) {
		die "view" if ($v->[$_] != 0) != ($s->[$_] == 1) || $v->[$_] > 2;
		die "pixel" if ($v->[$_] != 0) != ($p->[2 * $_] == $p->[2 * $_]);
		die "place" if $s->[$_] == 1 && ($c->[2 * $_] != $_ % 64 || $c->[2 * $_ + 1] != int($_ / 64));
	}' <"$tmp/m"
# The pixel that it names is that which the view has for this texel.
ok 'texture.pixel is where the view has it' perl -Itests/perl -MStream -e '
	open STDIN, "<", $ARGV[0]; my ($k, $f) = get(); my ($v, $p) = map { $f->{$_}[2] } "texture.view", "texture.pixel";
	my @c; for my $i (1, 2) { open STDIN, "<", $ARGV[$i]; my ($k, $g) = get(); $c[$i] = $g->{"source.coord"}[2] }
	for (0 .. 4095) {
		next if !$v->[$_];
		for my $i (2 * $_, 2 * $_ + 1) { die "$p->[$i], want $c[$v->[$_]][$i]" if abs($p->[$i] - $c[$v->[$_]][$i]) > 0.07 }
	}' "$tmp/m" "$tmp/0" "$tmp/2"
take 0,2 | texmerge -z0 -a --pictures >"$tmp/pictures"
is 'pictures of the views' "$(tsls --only views.image "$tmp/pictures" | cut -f2-4)" "$(printf 'views.image\tu1\t(2,96,96,3)')"
ok 'are theirs' sh -c "ts2img --only views.image -o $tmp/%f.png <$tmp/pictures && ts2img --only source.image -o $tmp/first.png <$tmp/0 && cmp $tmp/first.png $tmp/views.image.0.png"
ok 'inpaint takes it' sh -c "inpaint <$tmp/m | tsls | grep -q texture.confidence"

# A view that does not belong.
take 0,1,3,foreign >"$tmp/mixed"
exits 'another person is left out' 0 'view 4, ".*", is left out: it agrees with the others in [0-9]+ % of the [0-9]+ places' \
	texmerge -z0 -a <"$tmp/mixed"
ok 'and is nowhere to be seen' perl -Itests/perl -MStream -e '
	my ($k, $f) = get(); die if grep { $_ == 4 } @{$f->{"texture.view"}[2]}' <"$tmp/.out"

# What has nothing of the person: it is left out, in doubt, or does no harm, and in doubt is who agrees less than the rest do.
raw() {	# raw TEXTURES: seen from 20 degrees, before its coordinates
	render-mesh -z0 -t "$1" -b ours --pose ease --yaw 20 -s 96 --light 0.4
}
raw "$tmp/true" >"$tmp/raw"
spoil() {	# spoil HOW: a view of that name
	perl -Itests/perl tests/perl/spoil.pl "$1" <"$tmp/raw" | iuv2coord -z0 -T 64 >"$tmp/$1" 2>/dev/null
}
for how in black white noise; do
	spoil $how
	take 0,1,2,3,$how >"$tmp/mixed"
	exits "$how: left out" 0 'view 5, ".*", is left out: it agrees with the others in [0-9]+ %' texmerge -z0 -a <"$tmp/mixed"
	ok 'and is nowhere to be seen' perl -Itests/perl -MStream -e '
		my ($k, $f) = get(); die if grep { $_ == 5 } @{$f->{"texture.view"}[2]}' <"$tmp/.out"
done
spoil mirror
take 0,1,2,3,mirror >"$tmp/mixed"
exits 'a picture that is mirrored against its labels: left out, or in doubt' 0 'view 5, ".*", is (left out|in doubt): it agrees with the others in [0-9]+ %' texmerge -z0 -a <"$tmp/mixed"
spoil blank
take 0,1,2,3,blank >"$tmp/mixed"
exits 'no labels: said' 0 'view 5, ".*", shows nothing of the person' texmerge -z0 -a <"$tmp/mixed"
spoil legs
legs=$(score 0,1,2,3,legs)
more "legs that are exchanged do little ($legs)" "$four" "$legs" -4
take 0,foreign >"$tmp/mixed"
exits 'two people: one is left out' 0 'is left out' texmerge -z0 -a <"$tmp/mixed"

# More views than are kept: of those that show the same the sharp ones, and whoever shows what no other does.
spoil blurred
which() {	# which N VIEW,...: which of these views are kept, by their pictures
	# shellcheck disable=SC2046	# words are wanted
	set -- "$1" "$2" $(echo "$2" | tr , ' ')
	take "$2" | texmerge -z0 -a --most "$1" --pictures 2>"$tmp/err" >"$tmp/m"
	shift 2
	perl -Itests/perl -MStream -e '
		my @name = @ARGV; open STDIN, "<", "$ENV{tmp}/m"; my ($k, $f) = get(); my $p = $f->{"views.image"}[2];
		my $one = @$p / $f->{"views.image"}[1][0];
		my @kept;
		for my $name (@name) {
			open STDIN, "<", "$ENV{tmp}/$name"; my ($k, $g) = get(); my $q = join ",", @{$g->{"source.image"}[2]};
			for (0 .. @$p / $one - 1) { push @kept, $name and last if $q eq join ",", @$p[$_ * $one .. ($_ + 1) * $one - 1] }
		}
		print "@kept"' "$@"
}
export tmp
iuv2coord -z0 -T 64 <"$tmp/raw" >"$tmp/sharp"
is 'the sharp one is kept' "$(which 2 2,blurred,sharp)" '2 sharp'
is 'in any order' "$(which 2 sharp,blurred,2)" 'sharp 2'
is 'and what no other shows' "$(which 3 0,sharp,blurred,2,1)" '0 2 1'
is 'which is said' "$(sed 's/.*: \([0-9]* views\)/\1/' "$tmp/err")" '5 views, of which 3 are kept: those that show most, sharply (--most)'
is 'who shows nothing goes first' "$(which 3 blank,0,2,1)" '0 2 1'
is 'all, where there is room' "$(which 5 0,sharp,blurred,2,1)" '0 sharp blurred 2 1'

# People by their identity; without, every photo is one.
take 0,2,foreign | texmerge -z0 >"$tmp/three"
is 'people by their identity' "$(tsls "$tmp/three" | cut -f1 | uniq | wc -l)" 2
synthbody -n 2 -s 64 --seed 3 2>/dev/null | iuv2coord 2>/dev/null >"$tmp/made"
perl -Itests/perl tests/perl/figure.pl 64 | iuv2coord 2>/dev/null >"$tmp/nobody"
is 'without one each photo is a person' "$(cat "$tmp/nobody" "$tmp/nobody" | texmerge -z0 | tar tf - | grep -c '[.]json$')" 2
is 'a run of one identity is one' "$(tsjoin -z0 --take 0 "$tmp/made" >"$tmp/x"; cat "$tmp/x" "$tmp/x" "$tmp/x" | texmerge | tsls | cut -f1 | uniq | wc -l)" 1
take 0,1,2,3 | texmerge -z0 -a >"$tmp/p"
ok 'the same bytes again' sh -c "cd $tmp && cat 0 1 2 3 | texmerge -z0 -a | cmp - p"

# ---- the photos that the dual-domain networks look at ----

weights init --preset tiny --seed 1 --set evidence=raw+inpaint >"$tmp/w"
size=64
labelled() {	# labelled YAW FILE: a photo with key points, at the size of the weights
	render-mesh -z0 -t "$tmp/true" -b ours --pose ease --yaw "$1" -s "$size" | iuv2coord -z0 -T "$size" >"$tmp/$2"
}
labelled 0 p0; labelled 90 p1; labelled 180 p2
maps() { pose2heat -z0 | iuv2coord -z0 -T "$size" 2>>"$tmp/err"; }
paint() { unwrap -z0 | maps | hallucinate -z0 -w "$tmp/w" "$@"; }
equal() {	# equal FILE A FIELD[FROM] N OTHER FIELD[FROM]: N views of one field are those of the other
	perl -Itests/perl -MStream -e '
		my ($f, $a, $i, $n, $g, $b, $j) = @ARGV;
		my @x = map { open STDIN, "<", $_->[0]; my ($k, $s) = get(); my $t = $s->{$_->[1]};
			my @d = @{$t->[1]}; shift @d if @d > $_->[3]; my $len = 1; $len *= $_ for @d;
			join " ", map { defined $_ ? $_ : "x" } @{$t->[2]}[$_->[2] * $len .. ($_->[2] + $n) * $len - 1] }
			[$f, $a, $i, 2], [$g, $b, $j, 2];
		exit !($x[0] eq $x[1] && length $x[0] > 20)' "$@"
}
take p0,p2 | texmerge -z0 -a -n 2 >"$tmp/m2"
is 'photos are kept' "$(tsls --only 'photos.*' "$tmp/m2" | cut -f2,4 | tr '\t\n' '  ')" \
    "photos.image (2,$size,$size,3) photos.pose (2,18,3) photos.iuv (2,$size,$size,3) "
ok 'the second is the second' equal "$tmp/m2" photos.pose 1 1 "$tmp/p2" source.pose 0
take p0,p2 | texmerge -z0 -a -n 1 | tsls --only photos.pose >"$tmp/one"
is 'the first one alone' "$(cut -f4 "$tmp/one")" '(1,18,3)'
paint -n 3 <"$tmp/m2" >"$tmp/h"
is 'as many pictures' "$(tsls --only halluc.gen "$tmp/h" | cut -f4)" "(3,$size,$size,3)"
ok 'the first two in the poses of the photos' equal "$tmp/h" halluc.pose 0 2 "$tmp/m2" photos.pose 0
paint -n 3 <"$tmp/p0" >"$tmp/alone"
ok 'then from the side, as one photo has third' equal "$tmp/h" halluc.pose 2 1 "$tmp/alone" halluc.pose 2
paint -n 1 <"$tmp/m2" >"$tmp/h1"
ok 'no more than are asked for' equal "$tmp/h1" halluc.pose 0 1 "$tmp/p0" source.pose 0
is 'of one' "$(tsls --only halluc.pose "$tmp/h1" | cut -f4)" '(1,18,3)'
ok 'texgen paints it' sh -c "texgen -w $tmp/w <$tmp/h | tsls | grep -q 'texture	f4'"
posebank -y 0,180 <"$tmp/h" | maps | hallucinate -z0 -t -w "$tmp/w" >"$tmp/t"
is 'and step two' "$(tsls --only target.gen "$tmp/t" | cut -f4)" "(2,$size,$size,3)"
# Of each photo a texel that it gave.
perl -Itests/perl -MStream -e '
	my ($k, $f) = get(); my $v = $f->{"texture.view"}[2]; my $T = $f->{"texture.view"}[1][0];
	for my $w (1, 2) { my ($i) = grep { $v->[$_] == $w } 0 .. $#$v; printf "-t %d,%d ", $i % $T, $i / $T }' <"$tmp/m2" >"$tmp/where"
unwrap -z0 <"$tmp/m2" | maps >"$tmp/u2"
# shellcheck disable=SC2046
tsexplain $(cat "$tmp/where") <"$tmp/u2" | grep -o 'photo: .*' >"$tmp/said"
is 'tsexplain names the photo' "$(sed 's/at [-0-9.]*,[-0-9.]* /at X,Y /; s/"[^"]*"/KEY/' "$tmp/said" | tr '\n' ';')" \
    'photo: seen in view 1 of 2, KEY, at X,Y of photos.0;photo: seen in view 2 of 2, KEY, at X,Y of photos.1;'
# And the place is that which the photo itself has.
x=$(sed -n '2s/.*at \([0-9.]*\),.*/\1/p' "$tmp/said")
is 'and its place there' "$x" "$(perl -Itests/perl -MStream -e '
	my ($k, $f) = get(); my ($x, $y) = $ARGV[0] =~ /.*-t (\d+),(\d+)/; my $c = $f->{"source.coord"};
	printf "%.1f", $c->[2][2 * ($y * $c->[1][0] + $x)]' -- "$(cat "$tmp/where")" <"$tmp/p2")"
exits 'a map without its photos' 2 'field photos.image: is missing, see --views of texmerge.1' \
	sh -c "tsjoin --drop 'photos.*' $tmp/m2 | unwrap -z0 | pose2heat | iuv2coord | hallucinate -w $tmp/w"
tsjoin -z0 --drop source.pose "$tmp/p0" >"$tmp/nopose"
is 'photos without key points are not kept' "$(take nopose,p2 | texmerge -z0 -a -n 2 | tsls --only photos.pose | cut -f4)" '(1,18,3)'
ok 'but the others' sh -c "cat $tmp/nopose $tmp/p2 | texmerge -z0 -a -n 2 >$tmp/m3" && equal "$tmp/m3" photos.pose 0 1 "$tmp/p2" source.pose 0
render-mesh -z0 -t "$tmp/true" -b ours --pose ease --yaw 30 -s 96 | iuv2coord -z0 -T "$size" >"$tmp/p3"
take p0,p3 >"$tmp/wide"
exits 'photos of two sizes' 2 'field source.image: u1 .96,96,3., want .64,64,3. as the first view has, for --views' texmerge -a -n 2 <"$tmp/wide"
is 'which are no matter where none is kept' "$(texmerge -z0 -a <"$tmp/wide" | tsls | wc -l)" 9

# Bad input.
exits 'nothing' 2 'the input is empty' sh -c "texmerge -a </dev/null"
exits 'no coordinates' 2 'field source.(seen|coord): is missing, see iuv2coord' sh -c "tsjoin --drop source.coord --drop source.seen $tmp/0 | texmerge -a"
render-mesh -z0 -t "$tmp/other" --yaw 0 -s 96 | iuv2coord -z0 -T 32 >"$tmp/small"
take 0,small >"$tmp/sizes"
exits 'a number of views' 2 'most: 0, want 1 to 254' texmerge --most 0 </dev/null
render-mesh -z0 -t "$tmp/other" --yaw 0 -s 64 | iuv2coord -z0 -T 64 >"$tmp/little"
take 0,little >"$tmp/mixed"
ok 'pictures of two sizes' texmerge -a <"$tmp/mixed"
exits 'but not to keep' 2 'field source.image: u1 .64,64,3., want .96,96,3. as the first view has, for --pictures' texmerge -a --pictures <"$tmp/mixed"
exits 'maps of two sizes' 2 'field source.seen: u1 .32,32., want u1 .64,64.' texmerge -a <"$tmp/sizes"
exits 'the same, left out' 1 '1 samples left out' texmerge -k -a <"$tmp/sizes"
done_testing
