#!/bin/sh
# cutout: intake X is intake --whole X | cutout, to the byte and the message,
# for photos with labels of every kind; mattes; what must be refused.
. tests/lib.sh
bad=tests/bad/intake		# good input is there, too
sample=pipelines/sample/sample

# same WHAT CUTOUT'S OPTIONS -- INTAKE'S: one program or two, all the same.
same() {
	how=
	while [ "$1" != -- ]; do how="$how $1"; shift; done
	shift
	# shellcheck disable=SC2086 # options
	intake -v -z 0 $how "$@" >"$tmp/one" 2>"$tmp/one.err" || return 1
	# shellcheck disable=SC2086
	intake -v --whole "$@" 2>"$tmp/two.err" | cutout -v -z 0 $how >"$tmp/two" 2>"$tmp/cut.err" || return 1
	tsls -s "$tmp/one" >"$tmp/one.ls" && tsls -s "$tmp/two" | diff "$tmp/one.ls" - || return 1
	for i in one two; do	# of the manifests, all behind the history
		tar -xOf "$tmp/$i" --wildcards '*.json' | tr -d '\n' | grep -o '"licence": *\[[^]]*\]\|"crop": *{[^}]*}}\|"identity": *"[^"]*"' >"$tmp/$i.crop"
		[ -s "$tmp/$i.crop" ] || return 1
	done
	diff "$tmp/one.crop" "$tmp/two.crop" || return 1
	sed 's/^cutout:/intake:/' "$tmp/cut.err" | sort - "$tmp/two.err" >"$tmp/err"
	sort "$tmp/one.err" | diff - "$tmp/err"
}

person() {	# person X0 SIDE: 18 points on a diagonal
	i=0
	while [ $i -lt 18 ]; do
		printf '%s%d,%d,1' "${sep-}" $(($1 + i * $2 / 17)) $((4 + i * $2 / 17))
		sep=, i=$((i + 1))
	done
	unset sep
}
people() {	# people POINTS ...: a file of key points
	printf '{"people": ['
	for p; do printf '%s{"pose_keypoints": [%s]}' "${comma-}" "$p"; comma=,; done
	unset comma
	printf ']}'
}
two=$tmp/two.json iuv=$bad/inds-of-another-size_IUV.png turned=$tmp/turned.jpg
people "$(person 2 10)" "$(person 10 20)" >"$two"
people "$(person 12 10)" >"$tmp/in.json"
cp $bad/iuv-of-the-photo-before-exif-turned-it.jpg "$turned"

# By the parts that this IUV shows: who is above and who below.
mkdir "$tmp/inds"
cp $bad/good.jpg "$tmp/inds/a.jpg"
cp $iuv "$tmp/inds/a_IUV.png"
cp $iuv "$tmp/inds/a_INDS.png"

ok 'the shipped sample' same -- $sample.jpg
ok 'small' same --size 64 -- $sample.jpg
ok 'large, with room' same --size 700 --margin 0.4 -- $sample.jpg
ok 'padded' same --fit pad -- $sample.jpg
ok 'stretched' same --fit stretch --size 100 -- $sample.jpg
ok 'a photo alone' same -- $bad/good.jpg
ok 'key points alone' same -- --pose "$tmp/in.json" $bad/good.jpg
ok 'an IUV alone' same -- --iuv $iuv $bad/good.jpg
ok 'both, that do not belong together' same -- --pose "$two" --iuv $iuv $bad/good.jpg
ok 'the larger of two people' same -- --pose "$two" $bad/good.jpg
ok 'the first one' same --person 1 -- --pose "$two" $bad/good.jpg
ok 'the second one' same -n 2 -- --pose "$two" $bad/good.jpg
ok 'bodies by INDS: the larger' same -- "$tmp/inds/a.jpg"
is 'of two' "$(grep -c 'shows 2 bodies of comparable size' "$tmp/err")" 1
ok 'the other one' same --person 2 -- "$tmp/inds/a.jpg"
ok 'by key points' same -- --pose "$tmp/in.json" "$tmp/inds/a.jpg"
ok 'turned by EXIF' same -- "$turned"
ok 'with key points' same --size 40 -- --pose "$tmp/in.json" "$turned"
ok 'its own transparency' same -- $bad/half-transparent.png
exits 'which the square is put around' 0 'frame: 48x48 at \(-8, 0\), by matte' intake -v --size 24 $bad/half-transparent.png
ok 'a mask' same --size 40 -- --pose "$tmp/in.json" --mask $bad/good-matte.png $bad/good.jpg
ok 'a target' same -- --role target --pose "$two" --iuv $iuv --mask $bad/good-matte.png $bad/good.jpg
ok 'key points of another size' same -- --pose-size 64x96 --pose "$two" $bad/good.jpg
ok 'a folder' same -- "$tmp/inds"
printf 'key\tphoto\tpose\tiuv\tinds\tmask\tidentity\na/1\t%s\t%s\t-\t-\t%s\tann\na/2\t%s\t-\t%s\t%s\t-\tann\n' \
    $bad/good.jpg "$two" $bad/good-matte.png $bad/good.jpg $iuv $iuv >"$tmp/table.tsv"
ok 'a table' same -- --table "$tmp/table.tsv" --licence 'own photos'
is 'says who is on it' "$(grep -c ann "$tmp/two.crop")" 2
if [ -d "$data/people" ]; then
	for d in frames_full photo_iuv photo_pose awkward; do
		ok "real people: $d" same --size 128 -- "$data/people/$d"
	done
else
	skip 'real people' "no $data/people here"
fi

# What --whole writes: all people, in the photo's pixels.
tab=$(printf '\t')
intake -z 0 --whole --pose "$two" --mask $bad/good-matte.png "$tmp/inds/a.jpg" >"$tmp/whole"
is 'a whole photo' "$(tsls "$tmp/whole" | cut -f2-4 | tr "$tab\\n" ' ;')" \
    'source.photo u1 (48,32,3);source.poses f4 (2,18,3);source.boxes f4 (2,4);source.iuv u1 (48,32,3);source.inds u1 (48,32);source.matte u1 (48,32);'
is 'of a target' "$(intake --whole --role target --pose "$two" $bad/good.jpg | tsls | cut -f2-4 | tr "$tab\\n" ' ;')" \
    'target.photo u1 (1,48,32,3);target.poses f4 (1,2,18,3);target.boxes f4 (1,2,4);'
is 'turned upright' "$(intake --whole "$turned" | tsls | cut -f4)" '(32,48,3)'
is 'is gone when it is cut out' "$(cutout --size 32 <"$tmp/whole" | tsls | cut -f2 | tr '\n' ' ')" \
    'source.image source.pose source.iuv source.matte '
is 'other fields stay' "$(tsjoin -z 0 --rename source=target "$tmp/whole" | tsjoin --rename target=other | tsjoin "$tmp/whole" - | cutout --only 'other.*' | tsls | wc -l)" 6
is 'source and target, both' "$(intake --whole --role target --pose "$tmp/in.json" "$tmp/inds/a.jpg" | tsjoin "$tmp/whole" - | cutout --only '*.image' | tsls | cut -f2 | tr '\n' ' ')" \
    'source.image target.image '
cutout -z 0 <"$tmp/whole" >"$tmp/x" 2>/dev/null
is 'its manifest says what it was cut out of' "$(tar -xOf "$tmp/x" a.json | grep -c '"photo_size": *\[32, *48\].*"size": *256')" 1

# One person's key points that a program has chosen come before the file's.
tsjoin -z 0 --drop '*.boxes' "$tmp/whole" | tar -xO a.source.poses.npy | tail -c +129 >"$tmp/points"
mkdir "$tmp/one.d"
(cd "$tmp/one.d" && tar -xf "$tmp/whole" && rm a.json && head -c 216 "$tmp/points" | npy '<f4' '(18, 3)' >a.source.pose.npy && tar -cf ../chosen a.*)
ok 'role.pose comes before role.poses' sh -c "cutout --drop '*.iuv' <'$tmp/chosen' >'$tmp/x' &&
	cutout --person 1 --drop '*.iuv' <'$tmp/whole' | tscmp '$tmp/x' -"

# The matte lies on the picture: where all of it is person, it is 255.
intake --size 96 --mask $bad/good-matte.png $bad/half-transparent.png >"$tmp/file"
intake --size 96 $bad/half-transparent.png >"$tmp/own"
ok 'a mask and the same transparency: the same matte' sh -c "tsjoin --only '*.matte' <'$tmp/file' >'$tmp/x' && tsjoin --only '*.matte' <'$tmp/own' | tscmp '$tmp/x' -"
is 'an opaque photo has no matte' "$(intake $bad/good.jpg | tsls | grep -c matte)" 0
people "$(person 26 4)" >"$tmp/off.json"
exits 'a mask of somebody else is reported' 0 'only [0-9] of 18 key points lie on the person of the matte' \
    sh -c "intake --pose '$tmp/off.json' --mask $bad/good-matte.png $bad/good.jpg | cat >'$tmp/x'"
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
	intake -z 0 --fit pad --size 24 $bad/half-transparent.png >"$tmp/small"
	cat >"$tmp/area.py" <<-'END'
		import sys, io, tarfile, numpy as np
		load = lambda f: np.load(io.BytesIO(tarfile.open(sys.argv[f]).extractfile(sys.argv[3]).read())).astype(float)
		sys.argv += ['half-transparent.source.matte.npy']
		small, whole = map(load, (1, 2))
		side = np.zeros((48, 48)); side[:, 8:40] = whole
		# triangles as wide as two result pixels, sums of taps 1/8 3/8 3/8 1/8
		k = np.array([1, 3, 3, 1]) / 8
		pad = np.pad(side, 1)	# the rim is not compared
		rows = sum(k[i] * pad[i:i + 48:2] for i in range(4))
		want = sum(k[i] * rows[:, i:i + 48:2] for i in range(4))
		worst = abs(want - small)[1:-1, 1:-1].max()
		print(worst, small.max())
		sys.exit(int(worst > 0.51 or small.max() != 255))
	END
	intake -z 0 --whole $bad/half-transparent.png >"$tmp/own.whole"
	ok 'it is averaged, 0 outside of the photo' /usr/bin/python3 "$tmp/area.py" "$tmp/small" "$tmp/own.whole"
else
	skip 'averages' 'no python3 with numpy here'
fi

# Through the programs, and from role to role.
intake --size 64 --pose "$tmp/in.json" --iuv $iuv --mask $bad/good-matte.png $bad/good.jpg >"$tmp/m"
ok 'the matte passes through' sh -c "pose2heat <'$tmp/m' | iuv2coord -T 32 | unwrap | render-warp --only '*.matte' >'$tmp/x' && tsjoin --only '*.matte' <'$tmp/m' | tscmp '$tmp/x' -"
is 'and is renamed' "$(tsjoin --rename source=target "$tmp/m" | tsls | grep matte | cut -f2-4)" "target.matte${tab}u1${tab}(1,64,64)"
printf 'key\tphoto\tpose\tiuv\tmask\tidentity\na/1\t%s\t%s\t%s\t%s\tann\na/2\t%s\t%s\t%s\t%s\tann\n' \
    $bad/good.jpg "$tmp/in.json" $iuv $bad/good-matte.png $bad/good.jpg "$tmp/in.json" $iuv $bad/good-matte.png >"$tmp/pair.tsv"
is 'tspair: of source and target' "$(intake --size 64 --table "$tmp/pair.tsv" >"$tmp/pair"; tspair "$tmp/pair" | tsls | cut -f2-4 | grep matte | sort -u | tr "$tab\\n" ' ;')" \
    'source.matte u1 (64,64);target.matte u1 (1,64,64);'
ok 'ts2img: pictures of both' sh -c "ts2img -o '$tmp/p.%f.png' <'$tmp/whole' && ts2img -o '$tmp/q.%f.png' <'$tmp/m' && test -s '$tmp/p.source.photo.png' -a -s '$tmp/p.source.poses.png' -a -s '$tmp/q.source.matte.png'"

while IFS=$tab read -r file args words; do
	# shellcheck disable=SC2086 # options
	exits "$file $args: $words" 2 "$words" sh -c 'f=$1; shift; cutout "$@" <"$f" >"$0"' "$tmp/x" "tests/bad/cutout/$file" $args
	is "$file: one line" "$(wc -l <"$tmp/.err")" 1
done <tests/bad/cutout/reasons
is 'every file has a reason' "$(cut -f1 tests/bad/cutout/reasons | sort -u)" "$(cd tests/bad/cutout && printf '%s\n' *.tar)"
exits 'with -k the photo is left out' 1 'no person 3: there are 2; left out' \
    sh -c "cutout -k -n 3 <tests/bad/cutout/good.tar >'$tmp/x'"
exits 'a photo that was cut out already' 2 'source.photo: is missing' sh -c "cutout <'$tmp/m' >'$tmp/x'"
done_testing
