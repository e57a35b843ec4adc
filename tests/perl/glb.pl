# A binary glTF file by the book of glTF 2.0, as a reader that shares no code
# with us: perl glb.pl FILE. Says what is in it; prints each vertex as the
# joints move it, with its texture coordinate: "x y z u v". perl glb.pl FILE clips: instead,
# for each clip, "clip NAME, N channels, N frames, N.NN s", and for each of its
# frames "time lowest-y highest-y x y z" with the place of the root. Dies of what
# is against the book.
use strict;
use warnings;
use JSON::PP;

local $/;
open my $f, '<:raw', $ARGV[0] or die "$ARGV[0]: $!\n";
my $all = <$f>;
my ($magic, $version, $length, $n, $type) = unpack 'a4 V V V a4', $all;
die "not glTF 2\n" if $magic ne 'glTF' || $version != 2 || $type ne 'JSON';
die "length $length, file has ", length $all, "\n" if $length != length $all;
my $j = decode_json(substr $all, 20, $n);
my ($m, $bin) = unpack 'V a4', substr $all, 20 + $n, 8;
die "no binary chunk\n" if $bin ne "BIN\0" || $n % 4 || $m % 4 || 28 + $n + $m != $length;
my $data = substr $all, 28 + $n;
die "buffer\n" if $j->{buffers}[0]{byteLength} != $m;

my %form = (5121 => ['C', 1], 5125 => ['V', 4], 5126 => ['f<', 4]);
my %width = (SCALAR => 1, VEC2 => 2, VEC3 => 3, VEC4 => 4, MAT4 => 16);

sub rows {	# the items of an accessor
	my $a = $j->{accessors}[shift];
	my $v = $j->{bufferViews}[$a->{bufferView}];
	my ($code, $size) = @{$form{$a->{componentType}}};
	my $w = $width{$a->{type}};

	my $from = $a->{byteOffset} // 0;
	my $n = $a->{count} * $w * $size;
	die "view of another length\n" if exists $a->{byteOffset} ? $from + $n > $v->{byteLength} : $v->{byteLength} != $n;
	die "view off the grid\n" if $v->{byteOffset} % 4 || $from % 4 || $v->{byteOffset} + $v->{byteLength} > $m;
	my @x = unpack "($code)*", substr $data, $v->{byteOffset} + $from, $n;
	return map { [@x[$w * $_ .. $w * $_ + $w - 1]] } 0 .. $a->{count} - 1;
}

my $p = $j->{meshes}[0]{primitives}[0];
my @at = rows($p->{attributes}{POSITION});
my @uv = rows($p->{attributes}{TEXCOORD_0});
my @normal = rows($p->{attributes}{NORMAL});
my @index = map { $_->[0] } rows($p->{indices});
for my $c (0 .. 2) {
	my @x = sort { $a <=> $b } map { $_->[$c] } @at;
	my $box = $j->{accessors}[$p->{attributes}{POSITION}];

	die "min and max\n" if abs($x[0] - $box->{min}[$c]) > 1e-6 || abs($x[-1] - $box->{max}[$c]) > 1e-6;
}
for (@normal) {
	die "normal\n" if abs($_->[0]**2 + $_->[1]**2 + $_->[2]**2 - 1) > 1e-5;
}
die "index\n" if grep { $_ >= @at } @index;
my $view = $j->{bufferViews}[$j->{images}[0]{bufferView}];
my ($signature, $w, $h) = unpack 'a8 x8 N N', substr $data, $view->{byteOffset}, 24;
die "not PNG\n" if $signature ne "\x89PNG\r\n\x1a\n";
my $skin = ($j->{skins} // [])->[0];
printf "faces %d, texture %d x %d, joints %d\n", @index / 3, $w, $h,
    $skin ? scalar @{$skin->{joints}} : 0;
print "copyright $j->{asset}{copyright}\n" if $j->{asset}{copyright};

# ---- joints ----

my @node = @{$j->{nodes}};
my %parent;
for my $i (0 .. $#node) {
	$parent{$_} = $i for @{$node[$i]{children} // []};
}

sub mul {	# 4 x 4, by rows
	my ($a, $b) = @_;
	my @c;

	for my $r (0 .. 3) {
		for my $k (0 .. 3) {
			$c[$r][$k] = 0;
			$c[$r][$k] += $a->[$r][$_] * $b->[$_][$k] for 0 .. 3;
		}
	}
	return \@c;
}

sub world {
	my $i = shift;
	my ($x, $y, $z, $w) = @{$node[$i]{rotation}};
	my @t = @{$node[$i]{translation}};
	my $own = [
		[1 - 2 * ($y * $y + $z * $z), 2 * ($x * $y - $z * $w), 2 * ($x * $z + $y * $w), $t[0]],
		[2 * ($x * $y + $z * $w), 1 - 2 * ($x * $x + $z * $z), 2 * ($y * $z - $x * $w), $t[1]],
		[2 * ($x * $z - $y * $w), 2 * ($y * $z + $x * $w), 1 - 2 * ($x * $x + $y * $y), $t[2]],
		[0, 0, 0, 1]];

	return exists $parent{$i} ? mul(world($parent{$i}), $own) : $own;
}

# The vertices as the joints stand.
sub posed {
	my @inverse = rows($skin->{inverseBindMatrices});
	my @bone = rows($p->{attributes}{JOINTS_0});
	my @weight = rows($p->{attributes}{WEIGHTS_0});
	my (@move, @out);

	for my $k (0 .. $#{$skin->{joints}}) {
		my $b = $inverse[$k];	# by columns

		push @move, mul(world($skin->{joints}[$k]), [map { my $r = $_; [map { $b->[4 * $_ + $r] } 0 .. 3] } 0 .. 3]);
	}
	for my $i (0 .. $#at) {
		my @v = (@{$at[$i]}, 1);
		my @to = (0, 0, 0);
		my $sum = 0;

		for my $k (0 .. 3) {
			my $m = $move[$bone[$i][$k]];

			$sum += $weight[$i][$k];
			for my $r (0 .. 2) {
				$to[$r] += $weight[$i][$k] * $m->[$r][$_] * $v[$_] for 0 .. 3;
			}
		}
		die "weights\n" if abs($sum - 1) > 1e-5;
		push @out, \@to;
	}
	return @out;
}

# ---- clips ----

for my $clip (@ARGV > 1 ? @{$j->{animations}} : ()) {
	my @sampler = @{$clip->{samplers}};
	my (%values, %seen, @time);

	for my $c (@{$clip->{channels}}) {
		my ($s, $to) = ($sampler[$c->{sampler}], $c->{target});
		my $times = $j->{accessors}[$s->{input}];

		@time = map { $_->[0] } rows($s->{input});
		die "two channels for one\n" if $seen{"$to->{node} $to->{path}"}++;
		die "min and max of times\n" if abs($times->{min}[0] - $time[0]) > 1e-6 || abs($times->{max}[0] - $time[-1]) > 1e-6;
		die "times\n" if grep { $time[$_] <= $time[$_ - 1] } 1 .. $#time;
		my @v = rows($s->{output});
		die "keys\n" if @v != @time;
		push @{$values{$to->{node}}}, [$to->{path}, \@v];
		for my $i ($to->{path} eq 'rotation' ? 0 .. $#v : ()) {
			my $dot = 0;

			$dot += $v[$i][$_] ** 2 for 0 .. 3;
			die "turn of length $dot\n" if abs($dot - 1) > 1e-5;
			$dot = 1;
			if ($i) { $dot = 0; $dot += $v[$i][$_] * $v[$i - 1][$_] for 0 .. 3 }
			die "the long way round\n" if $dot < 0;
		}
	}
	printf "clip %s, %d channels, %d frames, %.2f s\n", $clip->{name}, scalar @{$clip->{channels}}, scalar @time, $time[-1];
	for my $i (0 .. $#time) {
		for my $n (keys %values) {
			$node[$n]{$_->[0]} = $_->[1][$i] for @{$values{$n}};
		}
		my @y = sort { $a <=> $b } map { $_->[1] } posed();
		printf "%.3f %.4f %.4f %.4f %.4f %.4f\n", $time[$i], @y[0, -1], @{$node[$skin->{joints}[0]]{translation}};
	}
}
exit if @ARGV > 1;
@at = posed() if $skin;
printf "%.4f %.4f %.4f %.4f %.4f\n", @{$at[$_]}, @{$uv[$_]} for 0 .. $#at;
