# The stream format of stream(5), uncompressed, in plain perl: for test
# partners and test input. get() reads one sample, put() writes one.
package Stream;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(get put finish);

binmode STDIN;
binmode STDOUT;
$| = 1;

sub bytes {				# n bytes of stdin; undef at the end
	my ($n) = @_;
	my $got = '';
	while (length $got < $n) {
		my $k = sysread STDIN, $got, $n - length $got, length $got;
		exit 2 unless defined $k;
		return undef if $k == 0;
	}
	return $got;
}

sub member {
	my $head = bytes(512);
	return unless defined $head && $head =~ /[^\0]/;
	my $size = oct unpack 'x124 Z12', $head;
	my $data = $size ? bytes(512 * int(($size + 511) / 512)) : '';
	return ((unpack 'Z100', $head), substr $data, 0, $size);
}

sub put_member {
	my ($name, $data) = @_;
	my $head = pack 'a100 a8 a8 a8 a12 a12 a8 a1 a100 a6 a2 x247', $name, '0000644',
	    '0000000', '0000000', sprintf('%011o', length $data), '00000000000', ' ' x 8, '0',
	    '', "ustar\0", '00';
	substr $head, 148, 8, sprintf "%06o\0 ", unpack '%32C*', $head;
	syswrite STDOUT, $head . $data . "\0" x (-length($data) % 512);
}

# (key, { field => [dtype, [shape], data] }), dtype f4 or u1; () at the end.
sub get {
	my ($name, $manifest) = member() or return;
	my ($key) = $name =~ /^(.*)\.json$/ or exit 2;
	my ($list) = $manifest =~ /"fields":\s*\[([^\]]*)\]/ or exit 2;
	my %field;
	for ($list =~ /"([^"]+)"/g) {
		my ($file, $data) = member();
		my ($f) = $file =~ /^\Q$key\E\.(.*)\.npy$/ or next;
		my ($type) = $data =~ /'descr': *'.(\w\d)'/;
		my ($shape) = $data =~ /'shape': *\(([^)]*)\)/;
		my $from = 10 + unpack 'x8 v', $data;
		my @x = unpack $type eq 'f4' ? 'f<*' : 'C*', substr $data, $from;
		$field{$f} = [$type, [$shape =~ /(\d+)/g], \@x];
	}
	return ($key, \%field);
}

# put(key, field => [dtype, [shape], [data]], ..., '' => more of the manifest)
sub put {
	my ($key, @fields) = @_;
	my $more = $fields[-2] eq '' ? ',' . (splice @fields, -2)[1] : '';
	my @names = map { $fields[2 * $_] } 0 .. @fields / 2 - 1;
	put_member("$key.json", '{"stream":"dualtex 1","fields":[' .
	    join(',', map { qq("$_.npy") } @names) . "]$more}");
	while (my ($name, $f) = splice @fields, 0, 2) {
		my ($type, $shape, $x) = @$f;
		my $text = sprintf "{'descr': '%s', 'fortran_order': False, 'shape': (%s,), }",
		    $type eq 'f4' ? '<f4' : '|u1', join ', ', @$shape;
		$text .= ' ' x (-(length($text) + 11) % 64) . "\n";
		put_member("$key.$name.npy", "\x93NUMPY\1\0" . pack('v', length $text) . $text .
		    pack $type eq 'f4' ? 'f<*' : 'C*', @$x);
	}
}

sub finish { syswrite STDOUT, "\0" x 1024 }

1;
