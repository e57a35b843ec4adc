#!/usr/bin/perl
# count.pl OUT NAME: what became of the people of one shard of a data set, as
# lines NUMBER<tab>WHAT; report.pl adds them up.
use strict;
use warnings;

@ARGV == 2 or die "usage: count.pl OUT NAME\n";
my ($out, $name) = @ARGV;
my ($photos, $pairs) = map { "$out/$_/$name.tar.zst" } qw(photos pairs);
my (%person, %no_iuv, %kept, %paired, %n);

sub each_line {
	my ($what, $do, @open) = @_;

	open my $f, $open[0], @open[1 .. $#open] or die "count.pl: $what: $!\n";
	while (<$f>) {
		chomp;
		$do->(split /\t/);
	}
	close $f or die "count.pl: $what: cannot be read\n";
}

my $line = 0;
each_line("$name.tsv", sub {
	return unless $line++;
	$person{$_[0]} = $_[5];
	$no_iuv{$_[0]} = $_[3] eq '-';
}, '<', "$out/tables/$name.tsv");
each_line("$name.log", sub {
	# The reason, without the names and numbers of this picture.
	my ($why) = $_[0] =~ /^(?:intake|findpose|cutout|fitbody): .*, (field source\..*); left out$/ or return;
	$why =~ s/^field source\.(\w+): (?:\S*\/\S*: )?/$1: /;
	$why =~ s/: nobody found.*/: nobody found/;
	$why =~ s/-?\d+(?:\.\d+)?/N/g;
	$n{"pictures left out: $why"}++;
}, '<', "$out/photos/$name.log");
each_line($photos, sub { $kept{$_[0]} = 1 }, '-|', 'tsls', '--only', 'source.image', $photos);
each_line($pairs, sub {
	my ($targets) = $_[3] =~ /^\((\d+),/;

	$n{samples}++;
	$n{'pairs of source and target'} += $targets;
	$paired{$person{$_[0] =~ s/-\d+$//r}} = 1;
}, '-|', 'tsls', '--only', 'target.image', $pairs);

my %all = map { $_ => 1 } values %person;
my %with = map { $person{$_} => 1 } keys %kept;
$n{people} = keys %all;
$n{'people without a usable picture'} = keys(%all) - keys %with;
$n{'people without a pair'} = keys(%with) - keys %paired;
$n{pictures} = keys %person;
$n{'pictures used'} = keys %kept;
my $own = grep { $no_iuv{$_} } keys %kept;
$n{'pictures used with an IUV of our own'} = $own if $own;
$n{'bytes of photos'} = -s $photos;
$n{'bytes of pairs'} = -s $pairs;
print map { "$n{$_}\t$_\n" } sort keys %n;
