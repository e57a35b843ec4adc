#!/bin/sh
# pipelines/deciles: its table, of texels whose errors are known, and of what inpaint made.
. tests/lib.sh

# Two samples of 4 x 4 texels: the confidences 0, 0.05 ... 0.95 in no order,
# and errors e, 0 and 2 e of the channels with e (20 - i) / 32; texels that
# are not valid would be wild. `same`: all are equally sure, the last two are whiter than white.
people() {	# people FILE [same|short|none]
	perl -Itests/perl -MStream -e '
		my $how = shift // "";
		for my $s (0, 1) {
			my (@t, @c, @true, @valid);
			for my $j (0 .. 15) {
				my $valid = $j % 3 != 1 && $j != 15;
				my $i = ($n++ * 7) % 20 if $valid;
				my $e = (20 - ($i // 0)) / 32 * ($how eq "same" ? .8 : 1);
				$e = -.1 if $how eq "same" && $n > 18;
				push @valid, $valid ? 1 : 0;
				push @true, $s ? (255) x 3 : (0) x 3;
				push @c, !$valid ? 9 : $how eq "same" ? .5 : $i / 20;
				push @t, map { $valid ? ($s ? 1 - $_ : $_ - 1) : 99 } $e, 0, 2 * $e;
			}
			pop @true, pop @true, pop @true if $how eq "short" && $s;
			put("d/$s", "texture" => ["f4", [4, 4, 3], \@t], "true.valid" => ["u1", [4, 4], \@valid],
			    $how eq "none" ? () : ("texture.confidence" => ["f4", [4, 4], \@c]),
			    "true.texture" => ["u1", $how eq "short" && $s ? [15, 3] : [4, 4, 3], \@true]);
		}
		finish();' "$2" >"$tmp/$1"
}
deciles() { pipelines/deciles "$@"; }

people exact
is 'ten lines, the least sure first' "$(deciles "$tmp/exact" | tr '\t' ' ')" \
    "$(printf '%s\n' 'from to expected found psnr' \
    '0.0000 0.0500 0.9750 0.6094 8.10' \
    '0.1000 0.1500 0.8750 0.5469 9.04' \
    '0.2000 0.2500 0.7750 0.4844 10.09' \
    '0.3000 0.3500 0.6750 0.4219 11.29' \
    '0.4000 0.4500 0.5750 0.3594 12.68' \
    '0.5000 0.5500 0.4750 0.2969 14.34' \
    '0.6000 0.6500 0.3750 0.2344 16.38' \
    '0.7000 0.7500 0.2750 0.1719 19.06' \
    '0.8000 0.8500 0.1750 0.1094 22.94' \
    '0.9000 0.9500 0.0750 0.0469 29.93')"
people same same
is 'equally sure texels are not sorted by their errors' "$(deciles "$tmp/same" | awk 'NR > 1 { print $4 }' | xargs)" \
    '0.4125 0.3125 0.2125 0.3625 0.2625 0.1625 0.3125 0.2125 0.1125 0.1000'
is 'beyond white is white for PSNR' "$(deciles "$tmp/same" | tail -n 1 | cut -f4,5 | xargs)" '0.1000 inf'
people none none
exits 'textures that do not say it' 2 'none: no sample has texture.confidence' deciles "$tmp/none"
people short short
exits 'sizes that differ' 2 'short: sample "d/1": texture, .* differ in size' deciles "$tmp/short"
tsjoin --drop true.valid "$tmp/exact" >"$tmp/blind"
exits 'no truth' 2 'blind: sample "d/0", field true.valid: is missing' deciles "$tmp/blind"
exits 'no such file' 2 'nowhere' deciles "$tmp/nowhere"

# Of a network that knows nothing: all tenths together are what metrics says.
weights init -z0 --net unet --preset tiny --set doubt=true >"$tmp/unet.tar"
synthbody --size 64 | pose2heat | iuv2coord | inpaint -p 0 -w "$tmp/unet.tar" >"$tmp/made.tar.zst"
deciles "$tmp/made.tar.zst" >"$tmp/table"
want=$(metrics -a true.texture -b texture --where true.valid -m psnr <"$tmp/made.tar.zst" | awk '/^#mean/ { print $3 }')
ok "all texels of a person: $want dB" awk -v want="$want" '
	NR > 1 { n++; sum += 10 ^ (-$5 / 10); bad += $1 > $2 || $1 < last; last = $2 }
	END { got = -10 * log(sum / n) / log(10); print got; exit n != 10 || bad || (got - want) ^ 2 > 1e-4 }' "$tmp/table"
done_testing
