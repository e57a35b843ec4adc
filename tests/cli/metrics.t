#!/bin/sh
# metrics: every figure of tests/ref/metrics/want.tsv, which scikit-image and
# the definition agree on, to 1e-5; table, JSON, thresholds, two streams, and
# what is refused.
. tests/lib.sh
ref=tests/ref/metrics

# figures FILE OPTIONS MEASURE VIEW WANT: says what differs, and is silent else
figures() {
	while IFS="$(printf '\t')" read -r file options name view want; do
		out="$tmp/$(echo "$file $options" | tr -c 'a-z0-9\n' _)"
		# shellcheck disable=SC2086	# options are words
		[ -f "$out" ] || metrics $options <"$ref/$file.tar.zst" >"$out" || return 1
		awk -F'\t' -v name="$name" -v view="$view" -v want="$want" '
			$1 == "key" { for (i = 3; i <= NF; i++) if ($i == name) col = i }
			$1 == "p0" && $2 == view { got = $col }
			END {
				d = got - want
				if (col == 0 || got == "" || d > 1e-5 || d < -1e-5) {
					printf "got %s, want %s\n", got, want
					exit 1
				}
			}' "$out" || return 1
	done
}

while read -r line; do
	echo "$line" >"$tmp/line"
	ok "$line" figures <"$tmp/line"
done <"$ref/want.tsv"

# The table's frame.
metrics -p patn <$ref/tall.tar.zst >"$tmp/table"
is 'the table names protocol, preparation and window' "$(sed -n '1,3p' "$tmp/table")" \
'# protocol patn: Pose-Transfer, tool/getMetrics_fashion.py
# a target.image, b target.render, f4 cut to 8 bits, centre 176 columns, 40 white columns each side
# ssim-skgauss: window 11x11, Gaussian sigma 1.5, population covariance, windows inside, mean of channels, values 0..255, range max-min of the generated'
is 'without comments it is a plain table' "$(grep -v '^#' "$tmp/table" | awk -F'\t' '{ print NF }' | uniq -c | tr -s ' ')" ' 2 3'
is 'summary rows' "$(grep '^#[a-z]' "$tmp/table" | cut -f1 | tr '\n' ' ')" '#mean #median #low95 #high95 #n '

metrics -m l1,psnr <$ref/small.tar.zst >"$tmp/table"
metrics -m l1,psnr --json <$ref/small.tar.zst >"$tmp/json"
perl -0777 -MJSON::PP -e '
	my $j = decode_json(<STDIN>);
	print join " ", map { sprintf "%.7g", $_ } $j->{measures}{psnr}{mean}, map { $_->{psnr} } @{$j->{samples}};
' <"$tmp/json" >"$tmp/got"
is '--json says the same' "$(cat "$tmp/got")" \
    "$(awk -F'\t' '/^#mean/ { m = $4 } /^p0/ { s = s " " $4 } END { print m s }' "$tmp/table")"

# Samples of one stream against those of another.
(cd "$tmp" && zstd -dcq "$top/$ref/small.tar.zst" | tar x && for f in p0.*; do mv "$f" "p1.${f#p0.}"; done && tar cf p1.tar p1.*)
zstd -dcq $ref/small.tar.zst >"$tmp/p0.tar"
cat "$tmp/p0.tar" "$tmp/p1.tar" >"$tmp/both.tar"
head -c 1000 $ref/small.tar.zst >"$tmp/cut"
exits '-w: a stream that is cut' 2 'metrics: .*/cut: ' sh -c "metrics -w '$tmp/cut' <$ref/small.tar.zst"
is '-w takes b from the other stream' \
    "$(metrics -a target.image -b target.image -m l1 -w $ref/small.tar.zst <$ref/small.tar.zst | grep -c '^p0.[01].0$')" 2
is '-w passes over other samples' \
    "$(metrics -b target.image -m l1 -w "$tmp/both.tar" <"$tmp/p1.tar" | grep -c '^p1.[01].0$')" 2
exits '-w: a key that is not there' 2 'metrics: .*p0.tar: no sample "p1"' \
    sh -c "metrics -w '$tmp/p0.tar' <'$tmp/both.tar'"
exits '-w: another size' 2 '<stdin>: sample 0 "p0", field target.image: u1 \(128,200,3\), want the size of the other' \
    sh -c "metrics -b target.image -w $ref/tall.tar.zst <$ref/small.tar.zst"

# Thresholds.
exits 'a threshold that is met' 0 '' sh -c "metrics -t 'l1<0.2' -t 'psnr>12' <$ref/small.tar.zst"
exits 'one that is missed' 1 '^metrics: the mean of psnr is 12.85917, want >13$' \
    sh -c "metrics -t 'l1<0.2' -t 'psnr>13' <$ref/small.tar.zst"
exits 'one of a measure that is not measured' 2 'mae<1: not among the measures' \
    sh -c "metrics -t 'mae<1' <$ref/small.tar.zst"
exits 'one that is none' 2 'want NAME<VALUE' sh -c "metrics -t 'mae=1' <$ref/small.tar.zst"
is 'all of --where must want a pixel' \
    "$(metrics -m l1 --where target.mask --where target.mask=0 <$ref/small.tar.zst | awk '/^#n/ { print $3 }')" 0
is 'and one that wants all changes nothing' \
    "$(metrics -m l1 --where target.mask --where target.mask=0,1,255 <$ref/small.tar.zst | awk '/^#mean/ { print $3 }')" \
    "$(metrics -m l1 --where target.mask <$ref/small.tar.zst | awk '/^#mean/ { print $3 }')"
mean_where() { metrics -m l1 --where "$1" <$ref/small.tar.zst | awk '/^#mean/ { print $3 }'; }
is 'where a value is more' "$(mean_where 'target.mask>0.5')" "$(mean_where target.mask)"
is 'where it is less' "$(mean_where 'target.mask<1')" "$(mean_where target.mask=0)"
is 'the interval depends on the seed alone' \
    "$(metrics --seed 7 <$ref/small.tar.zst)" "$(metrics --seed 7 <$ref/small.tar.zst)"

# LPIPS, with weights that repeat (tests/parity/make_published.py): the figures are torchvision's, see parity/published.
nets=tests/parity
zstd -dcq "$nets/published.tar.zst" | tar x -C "$tmp"
halves() {	# the first half of a case's pictures as views of target.image, the second of target.render
	perl -e '
		undef $/; $_ = <STDIN>;
		my $at = 10 + unpack "v", substr $_, 8, 2;
		my ($n, $h, $w) = substr($_, 0, $at) =~ /\((\d+), (\d+), (\d+), 3\)/ or die;
		$n /= 2;
		my $len = $n * $h * $w * 3;
		for my $i (0, 1) {
			open my $f, ">", sprintf "$ARGV[0].target.%s.npy", qw(image render)[$i] or die;
			my $head = sprintf "{\047descr\047: \047|u1\047, \047fortran_order\047: False, \047shape\047: ($n, $h, $w, 3), }";
			printf $f "\x93NUMPY\1\0%s%-117s\n", pack("v", 118), $head;
			print $f substr $_, $at + $i * $len, $len;
		}' "$1" <"$1.x.npy"
	tar cf "$1.tar" -C "$tmp" "$(basename "$1").target.image.npy" "$(basename "$1").target.render.npy"
}
near() {	# near GOT WANT
	perl -e 'exit !(abs($ARGV[0] - $ARGV[1]) < 1e-4 * $ARGV[1])' "${1:-0}" "$2"
}
for case in lpips-alex-71x90 lpips-vgg-37x41 lpips-squeeze-58x71; do
	name=${case%-*}
	halves "$tmp/$case"
	want=$(perl -e 'undef $/; print unpack "f", substr <STDIN>, -4' <"$tmp/$case.lpips.npy")
	got=$(metrics -m "$name" --nets "$nets/$name.weights.tar.zst" <"$tmp/$case.tar" | awk '/^#mean/ { print $3 }')
	ok "$case: $got, want $want" near "$got" "$want"
done
one="$tmp/lpips-alex-71x90.tar"
is 'LPIPS: the same for any -j' "$(metrics -j1 -m lpips-alex --nets $nets/lpips-alex.weights.tar.zst <"$one")" \
    "$(metrics -j3 -m lpips-alex --nets $nets/lpips-alex.weights.tar.zst <"$one")"
is 'a protocol without networks says what it left out' \
    "$(metrics -p gfla <"$one" | grep -c '^# not measured: lpips-alex, fid-gfla, for which --nets has no network$')" 1
is 'and so does --json' "$(metrics -p gfla --json <"$one" | perl -0777 -MJSON::PP -e 'print decode_json(<STDIN>)->{not_measured}')" \
    'lpips-alex, fid-gfla'
is 'with them it measures; files act as one' \
    "$(metrics -p gfla --nets $nets/lpips-vgg.weights.tar.zst --nets $nets/lpips-alex.weights.tar.zst <"$one" |
    awk '/^key/ { print $NF }')" lpips-alex
exits 'LPIPS: a threshold' 1 'the mean of lpips-alex is 1.438399, want <1$' \
    sh -c "metrics -m lpips-alex --nets $nets/lpips-alex.weights.tar.zst -t 'lpips-alex<1' <'$one'"
exits 'LPIPS without networks tells how to get them' 2 \
    'lpips-vgg needs its networks; after `weights import --as vgg16 --as lpips-vgg' \
    sh -c "metrics -m lpips-vgg --nets $nets/lpips-alex.weights.tar.zst <'$one'"
exits 'LPIPS: not some pixels' 2 'whole pictures' \
    sh -c "metrics -m lpips-alex --where x --nets $nets/lpips-alex.weights.tar.zst <'$one'"
exits 'LPIPS: too small a picture' 2 'field target.render: alexnet.pool: a map of 6x2 is too small' \
    sh -c "metrics -m lpips-alex --crop 30 --nets $nets/lpips-alex.weights.tar.zst <$ref/small.tar.zst"
exits '--nets of a file that is cut' 2 'metrics: .*/cut: ' sh -c "metrics -m lpips-alex --nets '$tmp/cut' <'$one'"
if [ -d "$data/nets" ]; then
	weights import --as squeezenet --as lpips-squeeze "$data/nets/squeezenet1_1_caffe.npz" \
	    "$data/nets/lpips_squeeze_v0.1.pth" >"$tmp/squeeze.tar.zst"
	for who in ref p0 p1; do
		mkdir "$tmp/$who" && cp "$data/nets/lpips_example/ex_$who.png" "$tmp/$who/x.png"
		intake -f stretch -s 64 "$tmp/$who/x.png" >"$tmp/ex_$who.tar.zst"
	done
	for who in p0=0.3955 p1=0.2023; do
		is "LPIPS of its authors' example, $who" "$(metrics -a source.image -b source.image -m lpips-squeeze \
		    --nets "$tmp/squeeze.tar.zst" -w "$tmp/ex_${who%=*}.tar.zst" <"$tmp/ex_ref.tar.zst" |
		    awk '/^#mean/ { printf "%.4f", $3 }')" "${who#*=}"
	done
else
	skip "LPIPS of its authors' example" "no ../shared/data/nets"
fi

# FID, likewise. $fid is two words.
# shellcheck disable=SC2086
{
fid="--nets $nets/inception.weights.tar.zst"
value() { awk -v name="#$1" '$1 == name { print $3 }'; }
wanted() { sed 's/.*"set": \([0-9.]*\).*/\1/' "$tmp/$1-set.net.json"; }
is 'one picture makes no distribution' "$(metrics -m fid $fid <"$one" | value fid)" nan
exits 'FID without a network tells how to get it' 2 'fid needs its network; after `weights import --as inception' \
    sh -c "metrics -m fid <'$one'"
exits '--save-real of more than one thing' 2 'want -m fid or -m fid-gfla alone' \
    sh -c "metrics -m fid,l1 --save-real x $fid <'$one'"
exits '--real of nothing' 2 'want fid or fid-gfla among' sh -c "metrics -m l1 --real x <'$one'"
if [ -n "$VALGRIND" ]; then
	skip 'FID of sets' 'twenty pictures of 299x299 take an hour under valgrind'
else
	halves "$tmp/fid-set"
	halves "$tmp/fid-gfla-set"
	set=$tmp/fid-set.tar
	echo '{"licence": ["for a test"]}' >"$tmp/fid-set.json"
	tar cf "$set" -C "$tmp" fid-set.json fid-set.target.image.npy fid-set.target.render.npy
	exits 'FID: a threshold' 1 '^metrics: fid is 126.6125, want <100$' \
	    sh -c "metrics -m fid,l1 $fid -t 'fid<100' -t 'l1<1' <'$set' >'$tmp/table'"
	fid5=$(value fid <"$tmp/table")
	ok "fid of 5 pictures and 5: $fid5, scipy has $(wanted fid)" near "$fid5" "$(wanted fid)"
	metrics -m fid --save-real "$tmp/real.tar.zst" $fid <"$set" >"$tmp/said"
	is '--save-real says nothing' "$(cat "$tmp/said")" ''
	is 'what it writes' "$(tsls "$tmp/real.tar.zst" | cut -f2-)" \
	    "$(printf 'mean\tf4\t(2,2048)\ncovariance\tf4\t(2,2048,2048)\ncount\ti8\t(1,)')"
	is 'and whose licence it has: that of pictures and network' \
	    "$(tsls -H "$tmp/real.tar.zst" | grep -Ec 'for a test|drawn numbers')" 2
	tsjoin --drop target.image "$set" >"$tmp/generated.tar.zst"
	metrics -m fid --real "$tmp/real.tar.zst" $fid <"$tmp/generated.tar.zst" >"$tmp/table"
	is 'with --real the truth is not needed; the table of sets alone' "$(sed 's/of .*real.tar/of real.tar/' "$tmp/table")" \
	    "$(printf '%b' '# protocol wang: Wang, Bovik, Sheikh, Simoncelli 2004\n# a target.image, b target.render\n' \
	    '# real pictures: statistics of real.tar.zst\n' \
	    "# fid: Frechet distance of the sets' 2048 features of Inception v3, TensorFlow's (pytorch-fid)\n" \
	    "#fid\t-\t$fid5\t5 real\t5 generated")"
	metrics -m fid --real "$tmp/real.tar.zst" $fid -b target.image --json <"$set" >"$tmp/json"
	ok 'of a set and itself, in JSON' perl -0777 -MJSON::PP -e '$_ = decode_json(<STDIN>)->{measures}{fid};
		exit !(abs($_->{value}) < 1e-9 && $_->{real} == 5 && $_->{generated} == 5)' <"$tmp/json"
	exits 'statistics for another measure' 2 'real.tar.zst: statistics for fid, want those for fid-gfla' \
	    sh -c "metrics -m fid-gfla --real '$tmp/real.tar.zst' $fid <'$set'"
	exits 'statistics that are none' 2 'small.tar.zst: no statistics of pictures' \
	    sh -c "metrics -m fid --real $ref/small.tar.zst $fid <'$set'"
	fid5=$(metrics -m fid-gfla $fid <"$tmp/fid-gfla-set.tar" | value fid-gfla)
	ok "fid-gfla: $fid5, scipy has $(wanted fid-gfla)" near "$fid5" "$(wanted fid-gfla)"
fi
}

# What is refused, and why.
refused() {	# refused WHY PATTERN FILE OPTION...
	why=$1 pattern=$2 file=$3; shift 3
	exits "refused: $why" 2 "$pattern" sh -c "metrics $* <$ref/$file.tar.zst"
}
refused 'no such field' 'sample 0 "p0", field no.such: is missing' small -b no.such
refused 'not a picture' 'field target.mask: u1 \(2,56,64\), want u1 or f4' small -b target.mask
refused 'a mask of another size' 'field target.image: u1 \(2,56,64,3\), want u1' small --mask target.image
refused 'no such measure' '"ssim", want l1, mae' small -m ssim
refused 'no such protocol' '"psnr", want wang' small -p psnr
refused 'a range that is none' '"255x", want auto' small --range 255x
refused 'codes that are none' '"x=256", want' small --where x=256
refused 'a value that is none' '"x<", want FIELD<NUMBER' small --where "'x<'"
refused 'a picture for a map of values' 'field target.image: u1 ' small --where "'target.image>3'"
refused 'codes of no field' '"=1", want' small --where target.mask --where =1
refused 'a protocol that needs a mask' 'texformer needs --mask' tall -p texformer
refused 'a protocol of another size' 'field target.image: 56 rows, want the 128' small -p texformer --mask target.mask
refused 'too narrow for the crop' 'field target.image: 64 columns, want at least the 176' small -p patn
refused 'too small for the window' 'field target.render: 50x56 pixels, want at least the 51x51' small -m ssim-sk51 --crop 50
exits 'an empty stream has no figures' 2 'metrics: <stdin>' sh -c 'metrics </dev/null'
exits 'a full disk' 2 'No space left' sh -c "metrics <$ref/small.tar.zst >/dev/full"
done_testing
