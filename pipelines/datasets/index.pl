#!/usr/bin/perl
# index.pl --layout NAME --images DIR --out DIR [options]: which pictures of
# a data set belong to whom, and which shard they go into. scaling(7) says
# what the folders look like.
#
#	--pose DIR --iuv DIR		where key points and IUVs lie; default beside the pictures
#	--shards N --test-shards N	into how many tables the people are dealt
#	--train LIST --test LIST	pictures, videos or their URLs, one a line
#	--train-pairs CSV		from,to: what is paired, instead of drawing
#	--test-pairs CSV		the same; its people are the test set
#	--protocol JSON			a protocol of videos: its people are the test set
#	--step N			of a video every Nth frame
#
# Writes OUT/train-00000-of-N.tsv and so on, tables for `intake --table`, each
# when it changes, and OUT/train.csv and test.csv for `tspair --pairs`; prints what there is
# and what is left out. A person of the test set is in no shard for training.
use strict;
use warnings;
use File::Find;
use Getopt::Long;
use JSON::PP ();
use POSIX qw(uname);

my %o = (shards => 16, 'test-shards' => 2, step => 1);
GetOptions(\%o, qw(layout=s images=s pose=s iuv=s out=s shards=i test-shards=i
	train=s test=s train-pairs=s test-pairs=s protocol=s step=i)) && !@ARGV && $o{layout} && $o{images} && $o{out}
	or die "usage: index.pl --layout NAME --images DIR --out DIR [options]\n";

# Path of a picture below the root, without its ending -> whose it is, or
# nothing. `name` is what lists call it, in one spelling; `video` and `frame`
# are names in protocols.
my %layout = (
	# anybody/photo: a folder is one person, and so is a photo outside.
	folder => sub {
		(my $key = shift) =~ tr/./_/;

		return { key => $key, name => $key, identity => $key =~ m{^(.+)/} ? $1 : $key };
	},
	# WOMEN/Dresses/id_00000002/02_1_front, or flat:
	# fashionWOMENDressesid0000000202_1front. A person in an outfit is the
	# item and its variant: 00000002/02.
	deepfashion => sub {
		my $p = shift;
		$p = $p =~ m{(?:^|/)((?:WO)?MEN/[^/]+/id_\d+/[^/]+)$}i ? $1 : $p =~ s{.*/}{}r;
		my $name = plain($p);

		return $name =~ /id(\d{8})(\d\d)\d[a-z]+$/ ? { key => $p, name => $name, identity => "$1/$2" } : ();
	},
	# 001/9/1/0000: person, outfit, motion, frame.
	iper => sub {
		return shift =~ m{(?:^|/)((\d+/\d+)/(\d+))/(\d+)$} ?
		    { key => "$1/$4", name => "$1/$4", identity => $2, motion => $3, video => $1, frame => $4 } : ();
	},
	# 91M3UFSKn8S.mp4/frame_00000279, also processed/images/frame_...: a
	# video is one person.
	fashionvideo => sub {
		my @p = split m{/}, shift;
		my $frame = pop @p;

		pop @p while @p > 1 && $p[-1] =~ /^(?:processed|orig|images|frames)/;
		return unless @p && $frame =~ /^frame_\d+$/;
		(my $video = $p[-1]) =~ s/\.mp4$//;
		(my $key = "$video/$frame") =~ tr/./_/;
		return { key => $key, name => $key, identity => $video, video => $video, frame => $frame };
	},
);
my $parse = $layout{$o{layout}} or die "index.pl: --layout: want one of @{[sort keys %layout]}\n";

# Letters and digits, without "fashion": names differ in the rest.
sub plain {
	my $s = lc shift;
	$s =~ s/\.\w{1,4}$//;
	$s =~ s/[^a-z0-9]//g;
	$s =~ s/^fash?ion//;
	return $s;
}

sub lines {
	open my $f, '<', $_[0] or die "index.pl: $_[0]: $!\n";
	chomp(my @l = <$f>);
	s/\s+$// for @l;
	return grep { length } @l;
}

# ---- what lies there ----

my (%picture, %other, %passed);
my %role = (pose => qr/_keypoints\.(?i:json)$/, iuv => qr/_(?:IUV|iuv)\.(?i:png|npy|tiff?|pkl|pt)$/, inds => qr/_INDS\.(?i:png)$/);

sub note {
	my ($root, $path) = @_;
	my $rel = substr $path, length($root) + 1;

	return if $rel =~ m{(?:^|/)\.};		# hidden, ._NAME of macOS among them
	# A table has a row for each picture and tabs between its columns.
	die 'index.pl: ' . ($path =~ s/[^ -~]/?/gr) . ": a tab, a newline or another control character in the name\n"
	    if $path =~ /[\0-\x1f\x7f]/;
	for my $r (keys %role) {
		next unless $rel =~ s/$role{$r}//;
		my $p = $parse->($rel) or return;
		die "index.pl: $path and $other{$r}{$p->{name}}: both are the $r of \"$p->{key}\"\n"
		    if ($other{$r}{$p->{name}} //= $path) ne $path;
		return;
	}
	if ($rel !~ s/\.(?:jpe?g|jpe|jfif|png|tiff?|webp)$//i) {
		$passed{lc($rel =~ m{(\.[^./]+)$} ? $1 : 'without an ending')}++;
		return;
	}
	return if $rel =~ /_(?:mask|rendered)$/;
	my $p = $parse->($rel) or return;
	my $twin = $picture{$p->{name}};
	die "index.pl: $path and $twin->{photo}: both are \"$p->{key}\"\n" if $twin && $twin->{photo} ne $path;
	$picture{$p->{name}} = { %$p, photo => $path };
}

my %root;
for my $r (grep { defined && !$root{$_}++ } @o{qw(images pose iuv)}) {
	$r =~ s{/+$}{};
	-d $r or die "index.pl: $r: no such folder\n";
	find({ follow_fast => 1, no_chdir => 1, wanted => sub { note($r, $_) if -f } }, $r);
}
%picture or die "index.pl: $o{images}: no picture that is named as in $o{layout}\n";

# ---- who is in the test set ----

my (%test, %train, %count, @pairs, @train_pairs);	# identities; keys; numbers; rows

# A line of a list, with the pictures that it names.
my %video;
push @{$video{$_->{video} // ''}}, $_ for sort { $a->{key} cmp $b->{key} } values %picture;
sub named {
	my $line = shift;

	return grep { $_ } $picture{plain($line)} if $o{layout} eq 'deepfashion';
	$line =~ s{^\w+://.*/}{};
	$line =~ s/\.mp4$//;
	return @{$video{$line} // []};
}

sub pair {
	my ($from, @to) = @_;

	$count{'pairs listed'}++;
	if (grep { !defined } $from, @to) {
		$count{'pairs without their pictures'}++;
		return;
	}
	push @pairs, join ',', map { $_->{key} } $from, @to;
	$_->{used} = 1 for $from, @to;
}

sub rows { return map { [split /,/] } grep { $_ ne 'from,to' } lines($_[0]) }

if ($o{'test-pairs'}) {
	for my $row (rows($o{'test-pairs'})) {
		my @p = @$row;

		# People of the list, whether their pictures are here or not.
		for (@p) {
			my $p = $parse->(s/\.\w+$//r);
			$test{$p->{identity}} = 1 if $p;
		}
		pair(map { $picture{plain($_)} } @p);
	}
} elsif ($o{protocol}) {
	local $/;
	open my $f, '<', $o{protocol} or die "index.pl: $o{protocol}: $!\n";
	my $json = JSON::PP::decode_json(<$f>);
	my $val = $json->{val} or die "index.pl: $o{protocol}: no \"val\"\n";

	for my $v (sort keys %$val) {
		(my $name = $v) =~ s/\.mp4$//;
		$test{$_->{identity}} = 1 for grep { $_ } $parse->("$name/" . ($o{layout} eq 'iper' ? '0' : 'frame_0'));
		# From the one source frame to the frames that imitate themselves.
		my $imitated = $val->{$v}{self_imitation};
		(my $other = $imitated->{target}) =~ s/\.mp4$//;
		(my $first = $val->{$v}{s_n}{1}[0]) =~ s/\.\w+$//;
		my ($source) = grep { $_->{frame} eq $first } @{$video{$name} // []};
		my ($from, $to) = @{$imitated->{range}};
		my @frames = @{$video{$other} // []};
		for (my $i = $from; $i < $to; $i += $o{step}) {
			pair($source, $frames[$i]);
		}
	}
} elsif ($o{test}) {
	for my $line (lines($o{test})) {
		my @p = named($line);
		$count{'names of the test list without pictures'}++ unless @p;
		$test{$_->{identity}} = 1 for @p;
		$_->{listed} = 1 for @p;
	}
}
if ($o{train}) {
	for my $line (lines($o{train})) {
		my @p = named($line);
		$count{'names of the training list without pictures'}++ unless @p;
		$train{$_->{key}} = 1 for @p;
	}
}

# Rows of people whose pictures are all here and none in the test set.
for my $row ($o{'train-pairs'} ? rows($o{'train-pairs'}) : ()) {
	my @p = map { $picture{plain($_)} } @$row;

	$count{'training pairs listed'}++;
	if (grep { !$_ } @p) {
		$count{'training pairs without their pictures'}++;
	} elsif (grep { $test{$_->{identity}} } @p) {
		$count{'training pairs of people of the test set'}++;
	} else {
		push @train_pairs, join ',', map { $_->{key} } @p;
	}
}

# ---- tables ----

my %person;	# split -> identity -> pictures
for my $v (values %video) {
	my $n = 0;
	for my $p (@$v) {
		my $split = $test{$p->{identity}} ? 'test' : 'train';

		$count{'pictures'}++;
		if ($split eq 'test' && @pairs && !$p->{used} || $split eq 'test' && $o{test} && !@pairs && !$p->{listed}) {
			$count{'of people of the test set, not needed there'}++;
		} elsif ($split eq 'train' && $o{train} && !$train{$p->{key}}) {
			$count{'in no list'}++;
		} elsif ($p->{video} && !$p->{used} && $n++ % $o{step}) {
			$count{'frames between the steps'}++;
		} else {
			push @{$person{$split}{$p->{identity}}}, $p;
			$count{"$split pictures"}++;
		}
	}
}

sub put {
	my ($path, $text) = @_;

	if (open my $f, '<', $path) {
		local $/;
		return if <$f> eq $text;
	}
	my $mine = "$path.tmp." . (uname)[1] . ".$$";
	open my $f, '>', $mine or die "index.pl: $mine: $!\n";
	print $f $text and close $f and rename $mine, $path or die "index.pl: $path: $!\n";
}

my @columns = qw(key photo pose iuv inds identity motion);
-d $o{out} or mkdir $o{out} or die "index.pl: $o{out}: $!\n";
for my $split (qw(train test)) {
	my $n = $o{$split eq 'train' ? 'shards' : 'test-shards'};
	my @table = (join("\t", @columns) . "\n") x $n;
	my @people = sort keys %{$person{$split}};

	for my $i (0 .. $#people) {
		for my $p (sort { $a->{key} cmp $b->{key} } @{$person{$split}{$people[$i]}}) {
			$p->{$_} //= $other{$_}{$p->{name}} for qw(pose iuv inds);
			$table[$i % $n] .= join("\t", map { $_ // '-' } @$p{@columns}) . "\n";
		}
	}
	put(sprintf('%s/%s-%05d-of-%05d.tsv', $o{out}, $split, $_, $n), $table[$_]) for 0 .. $n - 1;
	$count{"$split people"} = @people;
}
put("$o{out}/test.csv", join "\n", 'from,to', @pairs, '');
put("$o{out}/train.csv", join "\n", 'from,to', @train_pairs, '');
$count{"files passed over: $_"} = $passed{$_} for keys %passed;
print map { "$_\t$count{$_}\n" } sort keys %count;
