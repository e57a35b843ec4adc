#!/usr/bin/perl
# nod.pl JOINT NAME ... <IN.glb >OUT.glb: the body gets clips of one second, in
# each of which one joint turns by 90 degrees about z.
use strict;
use warnings;
use JSON::PP;

binmode STDIN;
binmode STDOUT;
my $glb = do { local $/; <STDIN> };
my $n = unpack 'x12 V', $glb;
my $j = decode_json(substr $glb, 20, $n);
my $bin = substr $glb, 28 + $n, unpack "x@{[20 + $n]} V", $glb;

sub accessor {	# of floats
	my ($type, @x) = @_;
	$bin .= "\0" x (-length($bin) % 4);
	push @{$j->{bufferViews}}, { buffer => 0, byteOffset => length $bin, byteLength => 4 * @x };
	$bin .= pack 'f<*', @x;
	push @{$j->{accessors}}, { bufferView => $#{$j->{bufferViews}}, componentType => 5126, count => 2, type => $type,
		$type eq 'SCALAR' ? (min => [$x[0]], max => [$x[1]]) : () };
	return $#{$j->{accessors}};
}
my $time = accessor('SCALAR', 0, 1);
my $turn = accessor('VEC4', 0, 0, 0, 1, 0, 0, sqrt .5, sqrt .5);
while (my ($joint, $name) = splice @ARGV, 0, 2) {
	my ($node) = grep { ($j->{nodes}[$_]{name} // '') eq $joint } 0 .. $#{$j->{nodes}};
	push @{$j->{animations}}, { name => $name, samplers => [{ input => $time, output => $turn }],
		channels => [{ sampler => 0, target => { node => $node, path => 'rotation' } }] };
}
$bin .= "\0" x (-length($bin) % 4);
$j->{buffers}[0]{byteLength} = length $bin;
my $text = JSON::PP->new->utf8->canonical->encode($j);
$text .= ' ' x (-length($text) % 4);
print pack('a4 V V V a4', 'glTF', 2, 28 + length($text) + length $bin, length $text, 'JSON'), $text, pack('V a4', length $bin, "BIN\0"), $bin;
