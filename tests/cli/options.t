#!/bin/sh
# Options of all programs, with values that nobody should give them: exit 2 and
# one line of the program, or 0 and none, at once and within 1 GB.
. tests/lib.sh
mkdir "$tmp/d" && cd "$tmp/d" || exit 2

# These take space before they are told what for.
! ldd "$BIN/tsls" | grep -q -e libasan -e libtsan && [ -z "$VALGRIND" ] && ulimit -v 1048576

cat >"$tmp/odd.pl" <<'END'
# odd.pl PROGRAM [ARGUMENT ...]: a line for each run of it that is odd.
my ($p, @first) = @ARGV;
my $long = 'A' x 100000;
open my $h, '-|', $p, '-h' or die;
my @options = map { /^  (?:-., |    )--([a-z0-9-]+)( \S)?/ ? [$1, $2] : () } <$h>;
sub odd {
	my $pid = fork // die;
	if (!$pid) {
		open STDIN, '<', '/dev/null'; open STDOUT, '>', '/dev/null'; open STDERR, '>', '../err';
		alarm 10;
		exec $p, @first, @_ or exit 99;
	}
	waitpid $pid, 0;
	open my $e, '<', '../err';
	my @said = <$e>;
	return if $? == 0 && !@said || $? == 2 << 8 && @said == 1 && $said[0] =~ /^\Q$p\E(?: [a-z]+)?: ./;
	print substr("$p @_", 0, 60), ": status $?: ", substr(join('', @said), 0, 200), "\n";
}
for (@options) {
	my ($name, $wants) = @$_;
	# A partner is a command; any text is a right one for these.
	next if $name =~ /^(?:help|version|partner|drop|only|licence)$/;
	odd("--$name=$_") for $wants ? ('', -1e999, 'nan', "\xe9%n", $long) : 'x';
	odd("--$name") if $wants;
}
odd('--no-such-option');
odd('-=');
odd("\xe9", $long);
END
for p in "$top"/filters/*.c; do
	p=${p##*/} p=${p%.c}
	[ -x "$BIN/$p" ] || continue
	[ -z "$VALGRIND" ] || [ "$p" = cutout ] || continue	# two thousand runs
	case $p in	# what makes it quick where a value is right
	weights)	first='init --preset tiny --net unet' ;;
	drawtex)	first='-T 16' ;;
	synthbody)	first='-s 16 -n 1 --shapes 1' ;;
	render-mesh)	first='-s 8' ;;
	*)		first='' ;;
	esac
	# shellcheck disable=SC2086	# words
	is "$p" "$(perl "$tmp/odd.pl" "$p" $first | head -n 5)" ''
done
is 'nothing is left behind' "$(find . -name '*.tmp.*')" ''

long=$(head -c 100000 /dev/zero | tr '\0' A)
latin1=$(printf '\351')
# What was read as something else, in silence.
robot=$top/tests/data/robot.npz
drawtex -s 5 -n 1 -T 32 -z0 >t.tar
for v in -1e999 1e-400 +12345 '112233,' '112233,4455667' 0x1122; do
	exits "render-mesh --background $v" 2 'want RRGGBB or' render-mesh -b "$robot" -s 16 --background=$v
done
for v in 0-5/-1 '0- 5' 0--5 +1 0-5/99999999999999999999; do
	exits "render-mesh --frames $v" 2 'want FIRST, FIRST-LAST or FIRST-LAST/STEP' render-mesh -b "$robot" -s 16 -m walk "--frames=$v"
done
for v in 1x:texture=a texture=b=c :texture=a 0:texture=a 18446744073709551617:texture=a "texture=$(head -c 256 /dev/zero | tr '\0' x)"; do
	exits "tsjoin --rename $(echo "$v" | cut -c 1-30)" 2 'want \[N:\]FROM=TO' tsjoin --rename "$v" t.tar
done
tsjoin --only texture t.tar >t.tar.zst
exits 'a sample that is not there' 2 'no sample 3, there are 0 to 0' tsjoin --take 3- t.tar.zst
drawtex -n 1 -T 16 | tsjoin --missing skip - t.tar.zst >none.tar.zst
exits 'nor of none' 2 'no sample 0, there are none' tsjoin --take 0 none.tar.zst
is 'a long list' "$(tsjoin --take 0-,0 t.tar.zst | tsls | wc -l)" 2

# Options that would do nothing.
exits 'posebank --shape without --body' 2 '^posebank: --shape: is for --body' posebank --shape x
exits 'posebank --licence without --body' 2 '^posebank: --licence: is for --body' posebank --licence x
exits 'posebank --bank with --body' 2 '^posebank: --bank: is for views of a stream' posebank --bank x --body ours
exits 'avatar2tex --base without --makehuman' 2 '^avatar2tex: --base: is for --makehuman' avatar2tex --base x y.npz

# A name that is no UTF-8 is told in the history, not left out.
cp t.tar "$latin1.tar"
render-mesh -b "$robot" -s 32 -t t.tar | iuv2coord | unwrap >u.tar.zst
is 'names in the history' "$(detail -w "$latin1.tar" <u.tar.zst | tsls -H | grep -c ': detail .*{"with": "\\\\xe9.tar"}')" 1
is 'lists of them, too' "$(tsjoin --drop "$latin1" --drop b t.tar | tsls -H | grep -c ': tsjoin .*{"drop": \["\\\\xe9", "b"\]}')" 1

# However long a name, the reason stays.
name=$(head -c 700 /dev/zero | tr '\0' x)
for c in "inpaint -w $name" "tex2mesh -b $robot -o $name.glb" "ts2img --only texture -o $name.png" "intake $name.jpg" "ts2labels -o $name"; do
	exits "${c%% *}: a name of 700 bytes" 2 'File name too long$|none of source.pose' sh -c "$c <t.tar"
done
exits 'a pattern of 100000 bytes' 2 'File name too long' timeout 10 ts2labels -o "$long" <u.tar.zst
done_testing
