#!/bin/sh
# Numbers that cannot be: NaN and infinity in textures, maps, features and
# weights, pictures of floats in another range. Each is an error where it is
# read; what networks and filters legitimately overshoot passes.
. tests/lib.sh
PERL5LIB=$PWD/tests/perl
export PERL5LIB

# texture NAME EXPRESSION: a texture of 16 x 16; the expression sees $i, the number of the value, and $d in 0..1
texture() {
	perl -MStream -e 'my $f = eval "sub { my (\$i, \$d) = \@_; $ARGV[1] }" or die $@;
	    put($ARGV[0], "texture" => ["f4", [16, 16, 3], [map { $f->($_, ($_ % 97) / 96) } 0 .. 767]],
	    "", "\"layout\":\"atlas24\""); finish()' a "$2" >"$tmp/$1.tar"
}
texture good '2 * $d - 1'
texture over '2.4 * $d - 1.2'
texture bright '$i == 5 ? 0.001 : 0.5 + $d / 2'
texture nan '$i == 7 ? "nan" : 2 * $d - 1'
texture inf '$i == 767 ? "inf" : 2 * $d - 1'
texture unit '$d'
texture bytes '255 * $d'
texture divided '(96 + int(150 * $d)) / 255'
texture odd '(151 + 2 * int(50 * $d)) / 255'
for t in good over bright odd; do
	ok "texture $t" sh -c "tex2mesh -o $tmp/$t.glb <$tmp/$t.tar"
done
# wanted PATTERN STREAM, for all that read a texture
refused() {
	for c in "tex2mesh -o $tmp/x.glb" "texconv -T 8" "render-mesh -s 32 -t $tmp/$2.tar" "detail -w $tmp/good.tar"; do
		exits "texture $2, ${c%% *}" 2 "field texture: .*$1" sh -c "$c <$tmp/$2.tar"
	done
}
refused 'at \(0,2,1\) is nan.* -1 to 1' nan
refused 'at \(15,15,2\) is inf' inf
refused 'all values are 0 to 1' unit
refused 'all values are 0 to 1' divided
refused 'is 18\.' bytes
ok "nothing is left" sh -c "! ls $tmp/x.*"

# Features and maps between programs.
perl -MStream -e 'put("a", "phi_t.1" => ["f4", [2, 2, 2], ["nan", (0) x 7]]); finish()' >"$tmp/phi"
drawtex -s 3 -n 1 -T 64 >"$tmp/drawn"
render-mesh -s 32 -t "$tmp/drawn" -T 32 | iuv2coord >"$tmp/maps"
ok "maps with what is missing" sh -c "unwrap <$tmp/maps"
tsjoin -z0 "$tmp/maps" >"$tmp/maps.tar"
mkdir "$tmp/d" && (cd "$tmp/d" && tar -xf ../maps.tar && for f in *.source.surf.npy; do
	{ head -c 128 "$f"; printf '\000\000\200\177'; tail -c +133 "$f"; } >x && mv x "$f"; done; tar --sort=name -cf ../inf.tar -- *.json *.npy)
exits "infinity in a map" 2 'field source.surf: the value at \(0,0,0\) is inf' sh -c "render-warp <$tmp/inf.tar"

# Weights.
weights init -z0 --net unet --preset small --key u >"$tmp/w.tar"
perl -0777 -pe 's/(\x93NUMPY.{122}).{4}/$1\0\0\xc0\x7f/s' "$tmp/w.tar" >"$tmp/wnan.tar"
exits "weights with NaN" 2 'wnan.tar: parameter unet[^ ]*: the value at .* is nan' sh -c "inpaint -w $tmp/wnan.tar <$tmp/maps"
exits "found by check, too" 1 '' weights check "$tmp/wnan.tar"
is "with its name" "$(grep -c 'is nan' "$tmp/.out")" 1
exits "not imported, either" 2 'array unet[^ ]*: the value at .* is nan' weights import "$tmp/wnan.tar"

# metrics: pairs in 0..1.
pair() {	# pair NAME A B
	perl -MStream -e 'my @f = map { eval "sub { my (\$i, \$d) = \@_; $_ }" } @ARGV[1, 2]; my $k = 0;
	    put($ARGV[0], map { my $f = $_; ("target." . ("image", "render")[$k++] => ["f4", [1, 16, 16, 3],
	    [map { $f->($_, ($_ % 97) / 96) } 0 .. 767]]) } @f); finish()' a "$2" "$3" >"$tmp/$1.tar"
}
pair signed '2 * $d - 1' '2 * $d * 0.9 - 1'
pair unit '$d' '$d * 0.9'
pair mixed '2 * $d - 1' '$d * 0.9'
psnr() { awk '$1 == "a" { print $3 }' "$tmp/.out"; }
ok "both -1..1" sh -c "metrics -m psnr <$tmp/signed.tar"
figure=$(psnr)
exits "both 0..1" 2 'field target.image: all values are 0 to 1, want -1 to 1; --floats unit' sh -c "metrics -m psnr <$tmp/unit.tar"
exits "one 0..1" 2 'field target.render: all values are 0 to 1' sh -c "metrics -m psnr <$tmp/mixed.tar"
ok "taken as 0..1" sh -c "metrics --floats unit -m psnr <$tmp/unit.tar"
is "the same figure" "$(psnr | cut -c1-6)" "$(echo "$figure" | cut -c1-6)"
ok "taken as -1..1" sh -c "metrics --floats signed -m psnr <$tmp/unit.tar"
perl -MStream -e 'put("a", map { my $f = $_; ("target.$f" => ["f4", [1, 40, 40, 3],
    [map { 0.3 + 0.7 * ($_ % 97) / 96 } 0 .. 4799]]) } "image", "render"); finish()' >"$tmp/bright.tar"
exits "bright ones of 0..1" 2 'no value is below 0, as in pictures of 0 to 1: --floats says' sh -c "metrics -m psnr <$tmp/bright.tar"
for f in unit signed; do ok "unless --floats says $f" sh -c "metrics --floats $f -m psnr <$tmp/bright.tar"; done
exits "not 0..1 at all" 2 'want -0.5 to 1.5' sh -c "metrics --floats unit -m psnr <$tmp/signed.tar"
done_testing
