#!/usr/bin/perl
# report.pl INDEX COUNTS ...: what a data set has become, for people to read.
use strict;
use warnings;

my $index = shift or die "usage: report.pl INDEX COUNTS ...\n";
my %sum = (train => {}, test => {});

sub tsv {
	open my $f, '<', $_[0] or die "report.pl: $_[0]: $!\n";
	chomp(my @l = <$f>);
	return map { [split /\t/] } @l;
}

for my $file (@ARGV) {
	my ($split) = $file =~ m{/(train|test)-[^/]*$} or die "report.pl: $file: want train-... or test-...\n";

	$sum{$split}{$_->[1]} += $_->[0] for tsv($file);
}

print "Before the shards\n";
printf "%14s  %s\n", $_->[1], $_->[0] for tsv($index);
for my $split (qw(train test)) {
	my $n = $sum{$split};
	my $people = ($n->{people} // 0) - ($n->{'people without a usable picture'} // 0);

	print "\n\u$split\n";
	printf "%14s  %s\n", $n->{$_}, $_ for sort keys %$n;
	next unless $people;
	printf "%14.0f  bytes of photos per person\n", $n->{'bytes of photos'} / $people;
	printf "%14.0f  bytes of pairs per person\n", $n->{'bytes of pairs'} / $people;
}
