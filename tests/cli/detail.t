#!/bin/sh
# detail: a texture of a small photo and the details of a large one; by key;
# between layouts' sizes; history and licences of both; what is wrong.
. tests/lib.sh
person=tests/golden/person.tar.zst
iuv2coord -T 64 <$person | unwrap >"$tmp/fine"
texconv -T 32 <"$tmp/fine" --only texture --only texture.seen >"$tmp/coarse"

ok 'its own coarse' sh -c "detail -w '$tmp/coarse' <'$tmp/fine' >'$tmp/same'"
ok 'changes nothing' sh -c "tsjoin --only texture '$tmp/fine' >'$tmp/a' && tsjoin --only texture '$tmp/same' | tscmp -a 1e-6 - '$tmp/a'"
is 'both histories' "$(tsls -H "$tmp/same" | grep -cE 'texconv|detail|unwrap')" 3
ok 'another order of keys' sh -c "drawtex -n 3 -T 32 >'$tmp/three' && tsjoin -k 2,0,1 '$tmp/three' >'$tmp/turned' &&
	detail -w '$tmp/turned' --only texture <'$tmp/three' >'$tmp/b' && tsjoin --only texture '$tmp/three' | tscmp -a 1e-5 - '$tmp/b'"
ok 'licences of both' sh -c "drawtex -n 1 -T 16 --licence 'a friend' >'$tmp/friend' &&
	drawtex -n 1 -T 32 | detail -w '$tmp/friend' | tsls -H | grep -q 'licence: a friend'"

# ---- seams ----
iuv2coord -T 256 <$person | tee "$tmp/maps" | unwrap >"$tmp/large"
inpaint --only 'texture*' <"$tmp/maps" >"$tmp/small"
for seams in '' --seams; do
	detail $seams -w "$tmp/small" <"$tmp/large" >"$tmp/d$seams"
	detail --photo 1 $seams -w "$tmp/small" <"$tmp/large" >"$tmp/p$seams"
done
ok 'seams are changed' sh -c "! tscmp -a 0.01 --only texture '$tmp/d' '$tmp/d--seams' >'$tmp/said'"
ok 'a little' tscmp -a 0.3 --only texture "$tmp/d" "$tmp/d--seams"
ok 'with a photo its end, too' sh -c "! tscmp -a 0.3 --only texture '$tmp/p' '$tmp/p--seams' >'$tmp/said'"

exits 'a photo of which nothing is known' 2 'field texture.seen: is missing, and --photo wants' \
	sh -c "tsjoin --drop texture.seen '$tmp/fine' | detail -p 1 -w '$tmp/coarse'"
exits 'nothing to take the coarse from' 2 '^detail: want --with FILE' sh -c "detail <'$tmp/fine'"
exits 'another person' 2 'sample 0 "drawn00000001": .*fine has no sample of this key' \
	sh -c "drawtex -n 1 -T 32 | detail -w '$tmp/fine'"
exits 'no texture in it' 2 '^detail: <stdin>: sample 0 "person": .*golden/person.tar.zst: ' \
	sh -c "detail -w $person <'$tmp/fine'"
exits 'no texture' 2 '^detail: <stdin>: sample 0 "person"' sh -c "iuv2coord <$person | detail -w '$tmp/coarse'"
done_testing
