# A partner of hallucinate(1) in another language: phi_t is the mean of the
# views' phi_i. `mean.pl shape` and `mean.pl key` get that wrong.
use strict;
use warnings;
use Stream;

my $wrong = shift // '';
while (my ($key, $in) = get()) {
	for my $name (grep { /^phi_i/ } keys %$in) {
		my ($type, $shape, $x) = @{$in->{$name}};
		my ($n, $h, $w, $c) = @$shape;
		my $len = $h * $w * $c;
		my @mean = map { my $i = $_; my $s = 0; $s += $x->[$i + $_ * $len] for 0 .. $n - 1; $s / $n }
		    0 .. $len - 1;
		put($wrong eq 'key' ? "not-$key" : $key, $name =~ s/phi_i/phi_t/r =>
		    [$type, $wrong eq 'shape' ? [$w * $h, 1, $c] : [$h, $w, $c], \@mean]);
	}
}
finish();
