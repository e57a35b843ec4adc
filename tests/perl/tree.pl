# tree.pl LAYOUT FLAT TREE: a stream of made-up people on standard input,
# whose pictures lie in FLAT as KEY.png and KEY_IUV.png, as a tree of files
# like that of a published data set: pictures in TREE/images, IUVs and OpenPose
# files in TREE/labels. Keys are drawn00000001-yaw000 and so on.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Basename;
use File::Path;
use Stream;

my ($layout, $flat, $tree) = @ARGV;
my @view = qw(front side back full additional);
my %seen;
my %path = (
	# Person 3 is person 2 in another colour.
	deepfashion => sub {
		my ($who, $n) = @_;
		my $variant = 1 + ($who == 3);
		$who -= $who == 3;
		return sprintf '%s/%s/id_%08d/%02d_%d_%s.jpg', $who % 2 ? ('WOMEN', 'Tees_Tanks') : ('MEN', 'Denim'),
		    $who, $variant, $n + 1, $view[$n];
	},
	iper => sub { return sprintf '%03d/%d/1/%04d.jpg', ($_[0] + 1) / 2, 1 + $_[0] % 2, $_[1] },
	fashionvideo => sub { return sprintf 'A%dx+-S.mp4/frame_%08d.png', @_ },
);

sub put_file {
	my ($file, $text) = @_;
	mkpath(dirname($file));
	open my $f, '>', $file or die "$file: $!\n";
	print $f $text;
	close $f or die "$file: $!\n";
}

sub slurp {
	local $/;
	open my $f, '<:raw', $_[0] or die "$_[0]: $!\n";
	return <$f>;
}

while (my ($key, $field) = get()) {
	my ($who) = $key =~ /^drawn(\d+)/;
	my $file = $path{$layout}->($who, $seen{$who}++);
	(my $stem = $file) =~ s/\.\w+$//;
	my @pose = map { $_ == $_ ? $_ : 0 } @{$field->{'source.pose'}[2]};

	put_file("$tree/images/$file", slurp("$flat/$key.png"));
	put_file("$tree/labels/${stem}_IUV.png", slurp("$flat/${key}_IUV.png"));
	put_file("$tree/labels/${stem}_keypoints.json",
	    sprintf '{"version": 1.3, "people": [{"pose_keypoints_2d": [%s]}]}', join ', ', @pose);
}
