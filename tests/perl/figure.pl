# figure.pl SIZE [ROLE]: a person of rectangles, seen from the front, as
# intake(1) would give it: ROLE.image, ROLE.pose, ROLE.iuv. Every part has its
# own colours and U, V that run over the rectangle. As `bank`, a pose bank of
# four: each is that person again, and says that it faces another way.
use strict;
use warnings;
use Stream;

my ($n, $role) = (@ARGV, 'source');
my @part = (	# part, x0 x1 y0 y1 of 64
	[2, 22, 42, 16, 36], [23, 27, 32, 4, 14], [24, 32, 37, 4, 14],
	[15, 15, 22, 16, 26], [16, 42, 49, 16, 26], [19, 15, 22, 26, 36], [20, 42, 49, 26, 36],
	[9, 23, 31, 36, 47], [10, 33, 41, 36, 47], [13, 24, 31, 47, 57], [14, 33, 40, 47, 57],
	[6, 24, 31, 57, 61], [5, 33, 40, 57, 61],
);
my @joint = (32, 9, 32, 16, 23, 17, 18, 26, 18, 36, 41, 17, 46, 26, 46, 36,
    27, 36, 27, 47, 27, 57, 37, 36, 37, 47, 37, 57, 30, 7, 34, 7, 28, 8, 36, 8);
my @image = map { my $y = int($_ / $n); (40 + 60 * $y / $n, 90, 120 - 40 * $y / $n) } 0 .. $n * $n - 1;
my @iuv = (0) x (3 * $n * $n);
for (@part) {
	my ($part, @at) = @$_;
	my ($x0, $x1, $y0, $y1) = map { int($_ * $n / 64) } @at;
	for my $y ($y0 .. $y1 - 1) {
		for my $x ($x0 .. $x1 - 1) {
			my ($u, $v) = (($x - $x0) / ($x1 - $x0), ($y - $y0) / ($y1 - $y0));
			splice @iuv, 3 * ($y * $n + $x), 3, $part, int(20 + 200 * $u), int(20 + 200 * $v);
			splice @image, 3 * ($y * $n + $x), 3, int(100 + 80 * $u + $part), int(200 - 90 * $v),
			    ($part * 37) % 200 + 30;
		}
	}
}
my @pose = map { ($joint[2 * $_] * $n / 64, $joint[2 * $_ + 1] * $n / 64, 0.9) } 0 .. 17;
my @axis = $role eq 'target' ? (1) : ();	# of views
my @iuv_field = ("$role.iuv" => ['u1', [@axis, $n, $n, 3], \@iuv]);
my @pose_field = ("$role.pose" => ['f4', [@axis, 18, 3], \@pose]);
if ($role eq 'bank') {
	put("yaw$_", @pose_field, @iuv_field, '' => qq("yaw":$_)) for 0, 90, 180, 270;
} else {
	put('figure', "$role.image" => ['u1', [@axis, $n, $n, 3], [map { int } @image]], @pose_field,
	    @iuv_field);
}
finish();
