# What findpose(1) found against what is known: two streams of one whole photo
# each, one behind the other on stdin, the first with role.pose and role.matte,
# the second with role.poses of one person and role.iuv. Prints the largest
# distance of key points that both have, in pixels, how many those are, and
# the share of pixels of person and body that are of both, in per cent.
use strict;
use warnings;
use Stream;

my (undef, $found) = get();
my $known;
for (1 .. 64) {			# blocks of zeros end the first
	(undef, $known) = get();
	last if $known;
}
my ($p, $q) = ($found->{'source.pose'}[2], $known->{'source.poses'}[2]);
my ($worst, $n, $both, $any) = (0, 0, 0, 0);
for my $k (0 .. 17) {
	my ($x, $y, $u, $v) = (@$p[3 * $k, 3 * $k + 1], @$q[3 * $k, 3 * $k + 1]);
	next if grep { $_ != $_ } $x, $y, $u, $v;
	my $d = sqrt(($x - $u) ** 2 + ($y - $v) ** 2);
	$worst = $d if $d > $worst;
	$n++;
}
my ($matte, $iuv) = ($found->{'source.matte'}[2], $known->{'source.iuv'}[2]);
for my $i (0 .. $#$matte) {
	my ($a, $b) = ($matte->[$i] > 127, $iuv->[3 * $i] > 0);
	$both++ if $a && $b;
	$any++ if $a || $b;
}
printf "%d %d %d\n", $worst, $n, 100 * $both / $any;
