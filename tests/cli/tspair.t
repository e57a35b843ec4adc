#!/bin/sh
# tspair: who is paired with whom, what a sample holds, lists, and refusals.
. tests/lib.sh
PERL5LIB=$PWD/tests/perl
export PERL5LIB

# album FILE IDENTITY:COUNT ...: pictures IDENTITY/0 ... of 2 x 2 pixels whose
# first byte counts up, in turn of the people; MORE is perl that adds to them.
album() {
	out=$1; shift
	perl -MStream -e 'my %n = map { split /:/ } @ARGV;
		my $c = 0;
		for my $i (0 .. 99) {
			for my $who (sort keys %n) {
				next if $i >= $n{$who};
				my ($size, @more) = (2);
				$c++;
				eval $ENV{MORE} // "";
				put("$who/$i", "source.image" => ["u1", [$size, $size, 3], [$c, (0) x ($size * $size * 3 - 1)]],
				    "source.pose" => ["f4", [18, 3], [($c) x 54]], "source.iuv" => ["u1", [2, 2, 3], [(100 + $c) x 12]],
				    @more, "" => "\"identity\": \"$who\", \"licence\": [\"of $who\"]");
			}
		}
		finish()' "$@" | tsjoin >"$out"
}
# drawn FILE: KEY SOURCE | TARGETS | FOREIGN, a line for each sample, and
# whether the arrays are those of these pictures.
drawn() {
	tsjoin -z0 - <"$1" | perl -MStream -MJSON::PP -e 'open my $m, "-|", "tsls", "-H", "--json", $ARGV[0] or die;
		my %c;
		open my $a, "-|", "tsjoin", "-z0", $ARGV[1] or die;
		{ open my $in, "<&", \*STDIN; open STDIN, "<&", $a; while (my ($k, $f) = get()) { $c{$k} = $f->{"source.image"}[2][0] } open STDIN, "<&", $in }
		while (my ($key, $f) = get()) {
			my $p = decode_json(scalar <$m>)->{manifest}{pair};
			my @t = @{$p->{target}};
			my @h = @{$p->{halluc}};
			my $ok = $f->{"source.image"}[2][0] == $c{$p->{source}};
			$ok &= $f->{"target.image"}[2][12 * $_] == $c{$t[$_]} && $f->{"target.pose"}[2][54 * $_ + 53] == $c{$t[$_]} for 0 .. $#t;
			$ok &= $f->{"halluc.iuv"}[2][12 * $_ + 11] == 100 + $c{$h[$_]} && $f->{"halluc.pose"}[2][54 * $_] == $c{$h[$_]} for 0 .. $#h;
			print "$key $p->{source} | @t | @h", $ok ? "" : " WRONG", "\n";
		}' "$1" "$2"
}

in=$tmp/in
album "$in" a:4 b:3 c:1 d:2
ok 'one target each' sh -c "tspair $in >$tmp/one"
drawn "$tmp/one" "$in" >"$tmp/list"
is 'the pictures of people with several, by name' "$(cut -d' ' -f1 "$tmp/list" | tr '\n' ' ')" 'a/0-0 a/1-0 a/2-0 a/3-0 b/0-0 b/1-0 b/2-0 d/0-0 d/1-0 '
is 'the arrays are those of the pictures that the manifest names' "$(grep -c WRONG "$tmp/list")" 0
is 'a target is another picture of the same person' "$(perl -ane 'print if $F[1] eq $F[3] || substr($F[1], 0, 1) ne substr($F[3], 0, 1)' "$tmp/list")" ''
is 'fields' "$(tsls "$tmp/one" | head -6 | cut -f2,4 | tr '\t\n' '  ')" \
    'source.image (2,2,3) source.pose (18,3) source.iuv (2,2,3) target.image (1,2,2,3) target.pose (1,18,3) target.iuv (1,2,2,3) '

ok 'three targets, four foreign poses, five times' sh -c "tspair -n 3 -m 4 -r 5 -s 7 $in >$tmp/many"
drawn "$tmp/many" "$in" >"$tmp/list"
is 'samples' "$(wc -l <"$tmp/list")" 45
is 'their arrays' "$(grep -c WRONG "$tmp/list")" 0
is 'as many targets as there are, none twice' "$(perl -ne 'my ($s, $t) = /\S+ (\S+) \| (.*?) \|/; my %t = map { $_ => 1 } split / /, $t;
	print substr($s, 0, 1), " ", scalar(keys %t), $t{$s} ? " itself" : "", "\n"' "$tmp/list" | sort -u | tr '\n' ';')" 'a 3;b 2;d 1;'
is 'foreign poses are of others, none twice' "$(perl -ne 'my ($s, $h) = /\S+ (\S).*\| (.*)/; my %h = map { $_ => 1 } split / /, $h;
	print scalar(keys %h), (grep { /^$s/ } keys %h) ? " own" : "", "\n"' "$tmp/list" | sort -u)" 4
is 'of one person before they are of the next' "$(perl -ne 'my ($h) = /.*\| (.*)/; my @p = map { substr $_, 0, 1 } split / /, $h; my %seen; my $last = "";
	for (@p) { print "$h\n" if $_ ne $last && $seen{$_}++; $last = $_ }' "$tmp/list")" ''
ok 'the same seed, the same bytes' sh -c "tspair -n 3 -m 4 -r 5 -s 7 $in | cmp - $tmp/many"
exits 'another seed, another draw' 1 '' sh -c "tspair -n 3 -m 4 -r 5 -s 8 $in | tscmp - $tmp/many >$tmp/cmp"
ok 'the first of five is that of one' sh -c "tspair -n 3 -m 4 -s 7 --only 'halluc*' $in | tsls -s | sort >$tmp/x;
	tsls -s --only 'halluc*' $tmp/many | grep -- '-0	' | sort | cmp - $tmp/x"
tspair -r 400 -m 1 "$in" >"$tmp/lot"
drawn "$tmp/lot" "$in" >"$tmp/list"
is 'all others are drawn alike' "$(awk '$2 == "a/1" { n[$4]++ } END { for (k in n) if (n[k] > 100 && n[k] < 167) ok++; print ok }' "$tmp/list")" 3
is 'all foreign pictures, too' "$(awk '$2 == "a/1" { n[$6]++ } END { for (k in n) if (n[k] > 40 && n[k] < 95) ok++; print ok }' "$tmp/list")" 6
is 'the licences of all pictures' "$(tspair -m 6 "$in" | tsls -H | grep '^# d/1-0: licence' | grep -c 'of [abcd]')" 4

# ---- people and pictures that are missing ----

album "$tmp/two" a:2 b:1
ok 'too few others' sh -c "tspair -m 3 $tmp/two >$tmp/out 2>$tmp/warn"
is 'are reported' "$(cat "$tmp/warn")" 'tspair: 4 foreign poses less than wanted: there are not enough other people'
is 'and there are fewer' "$(tsls --only halluc.pose "$tmp/out" | cut -f4 | sort -u)" '(1,18,3)'
album "$tmp/alone" a:3
ok 'nobody else' sh -c "tspair -m 3 $tmp/alone 2>/dev/null >$tmp/out"
is 'no foreign poses' "$(tsls --only 'halluc*' "$tmp/out")" ''
tsjoin --drop '*' "$in" >"$tmp/bare"
exits 'no pictures at all' 2 'bare: none of the samples has source.image.*intake --table' tspair "$tmp/bare"
album "$tmp/empty" a:0
ok 'an empty stream' sh -c "tspair $tmp/empty >$tmp/out"
is 'gives one' "$(tsls "$tmp/out"; echo $?)" 0
MORE='@more = ("source.mask" => ["u1", [2, 2], [($c) x 4]], $i == 1 ? ("source.seen" => ["u1", [1], [1]]) : (), "true.texture" => ["u1", [1], [$c]])' \
    album "$tmp/labels" a:3
tspair -n 2 "$tmp/labels" >"$tmp/out"
is 'labels that all have go along, others do not' "$(tsls "$tmp/out" | grep a/1-0 | cut -f2 | tr '\n' ' ')" \
    'source.image source.pose source.iuv source.mask source.seen true.texture target.image target.pose target.iuv target.mask '
long=source.$(printf %070d 0 | tr 0 x)
MORE="@more = ('$long' => ['u1', [1], [1]])" album "$tmp/long" a:2
is 'a name too long for another role stays with the source' "$(tspair "$tmp/long" | tsls | grep -c xxx)" 2
MORE='$size = 3 if $c == 2' album "$tmp/sizes" a:2
exits 'pictures of two sizes' 2 'sizes: sample 0 "a/0-0", field target.image: that of "a/1" is u1 \(3,3,3\), want the source.s u1 \(2,2,3\)' \
    tspair "$tmp/sizes"
exits 'are left out with -k' 1 '2 samples left out' tspair -k "$tmp/sizes"

# ---- several files ----

album "$tmp/f1" a:2 b:1
album "$tmp/f2" b:2 e:1
exits 'one key in two files' 2 'two pictures with the key "b/0"' tspair "$tmp/f1" "$tmp/f2"
tsjoin -k 1,2 "$tmp/f2" >"$tmp/f3"
ok 'people of two files' sh -c "tspair -m 1 $tmp/f1 $tmp/f3 >$tmp/out"
is 'they meet' "$(tsls --only target.pose "$tmp/out" | cut -f1 | tr '\n' ' ')" 'a/0-0 a/1-0 b/0-0 b/1-0 '
tsjoin -z 0 "$in" >"$tmp/plain.tar"
exits 'no seek table' 2 'plain.tar: .*seek table' tspair "$tmp/plain.tar"
exits 'a pipe' 2 'stdin.*not a file' sh -c "cat $in | tspair -"
exits 'no file' 2 'want the files' tspair
head -c 900 "$in" >"$tmp/cut"
exits 'a file that is cut' 2 'cut: ' tspair "$tmp/cut"

# ---- lists ----

printf 'from,to\na/1.jpg,a/3.jpg\r\nA_2,a0,a/1\n\nb/0,b/2' >"$tmp/p.csv"
ok 'a list' sh -c "tspair -p $tmp/p.csv -m 1 $in >$tmp/out"
drawn "$tmp/out" "$in" >"$tmp/list"
is 'is followed' "$(cut -d'|' -f1,2 "$tmp/list" | tr '\n' ';')" 'a/1-0 a/1 | a/3 ;a/2-0 a/2 | a/0 a/1 ;b/0-0 b/0 | b/2 ;'
row() { printf '%s\n' "$1" >"$tmp/p.csv"; }
row a/0,a/9; exits 'a picture that is not there' 2 'p.csv: line 1: no picture "a/9"' tspair -p "$tmp/p.csv" "$in"
printf 'a/0,a/9\na/1,a/2\n' >"$tmp/p.csv"
ok 'is passed over on request' sh -c "tspair -v -p $tmp/p.csv --missing skip $in >$tmp/out 2>$tmp/said"
is 'and counted' "$(grep -c '1 rows without' "$tmp/said") $(tsls --only source.pose "$tmp/out" | cut -f1)" '1 a/1-0'
row a/0,b/1; exits 'different people' 2 'line 1: "a/0" and "b/1" are different people' tspair -p "$tmp/p.csv" "$in"
row a/0; exits 'no target' 2 'line 1: want FROM,TO' tspair -p "$tmp/p.csv" "$in"
row ,; exits 'no names' 2 'line 1: no picture ""' tspair -p "$tmp/p.csv" "$in"
album "$tmp/alike" a:2 A:2
row a-1,a-0; exits 'a name that fits two keys' 2 'line 1: "a-1" may be "A/1" or "a/1"' tspair -p "$tmp/p.csv" "$tmp/alike"
exits 'no list' 2 'no.csv: .*No such file' tspair -p "$tmp/no.csv" "$in"
done_testing
