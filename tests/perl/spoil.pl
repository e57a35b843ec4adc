# spoil.pl HOW: the sample of stdin with a source.image, or source.iuv, that is none of the person's:
# black, white, blurred, mirror (the picture, not its labels), legs (labels of the other leg), noise, blank (no labels).
use strict;
use warnings;
use Stream;

my ($how) = @ARGV;
my ($key, $f) = get();
my ($image, $iuv) = map { $f->{$_}[2] } 'source.image', 'source.iuv';
my ($h, $w) = @{$f->{'source.image'}[1]};
my @other = (0, 1, 2, 3, 4, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 15 .. 24);
srand 1;
if ($how eq 'legs') {
	$iuv->[3 * $_] = $other[$iuv->[3 * $_]] for 0 .. $h * $w - 1;
} elsif ($how eq 'blank') {
	@$iuv = (0) x @$iuv;
} else {
	my @old = @$image;
	for my $y (0 .. $h - 1) {
		for my $x (0 .. $w - 1) {
			for my $c (0 .. 2) {
				my $at = 3 * ($y * $w + $x) + $c;
				my $sum = 0;
				if ($how eq 'blurred') {
					for my $v (-2 .. 2) { for my $u (-2 .. 2) {
						my ($p, $q) = ($y + $v, $x + $u);
						($p, $q) = ($y, $x) if $p < 0 || $q < 0 || $p >= $h || $q >= $w;
						$sum += $old[3 * ($p * $w + $q) + $c] / 25;
					} }
				}
				$image->[$at] = $how eq 'black' ? 0 : $how eq 'white' ? 255 : $how eq 'noise' ? int rand 256 :
				    $how eq 'mirror' ? $old[3 * ($y * $w + $w - 1 - $x) + $c] : int $sum;
			}
		}
	}
}
put($key, map { $_ => $f->{$_} } sort keys %$f);
finish();
