# swap_rows.pl FILE BYTES ROWS I,J...: exchanges rows of an .npy, of so many
# bytes each.
use strict;
use warnings;

my ($file, $bytes, $rows, @pairs) = @ARGV;
open my $h, '+<:raw', $file or die "$file: $!\n";
my $all = do { local $/; <$h> };
my $data = length($all) - $bytes * $rows;
for (@pairs) {
	my ($i, $j) = map { $data + $bytes * $_ } split /,/;
	my ($x, $y) = map { substr $all, $_, $bytes } $i, $j;
	substr($all, $i, $bytes) = $y;
	substr($all, $j, $bytes) = $x;
}
seek $h, 0, 0;
print $h $all;
close $h or die "$file: $!\n";
