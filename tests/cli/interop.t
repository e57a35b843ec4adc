#!/bin/sh
# Streams and other tools: what we write is read by tar, bsdtar, zstd and
# Python with NumPy, what these write is read by us, and the programs printed
# in stream(5) work.
. tests/lib.sh
have() { command -v "$1" >/dev/null; }
python=
for p in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! "$p" -c 'import numpy' 2>/dev/null || python=$p
done
mkdir "$tmp/a" "$tmp/b"

# Two samples in all dtypes; a name that needs a pax header; a folder.
long=$(printf '%0120d' 7)
mkdir "$tmp/a/d"
for k in p1 "d/é$long"; do
	printf '\000\000\200\077\000\000\300\177\000\000\200\377' | npy '<f4' '(3,)' >"$tmp/a/$k.f4.npy"
	printf '\000\074\000\300' | npy '<f2' '(2, 1)' >"$tmp/a/$k.f2.npy"
	printf 'abcdefghijkl' | npy '|u1' '(2, 2, 3)' >"$tmp/a/$k.source.image.npy"
	printf '\001\000\377\377' | npy '<u2' '(2,)' >"$tmp/a/$k.u2.npy"
	printf '\376\377\377\377' | npy '<i4' '()' >"$tmp/a/$k.i4.npy"
	printf '\000\000\000\000\000\000\000\200' | npy '<i8' '(1, 1, 1, 1, 1, 1)' >"$tmp/a/$k.i8.npy"
	npy '<f4' '(0, 5)' </dev/null >"$tmp/a/$k.none.npy"
	printf '{"x": "\303\251"}' >"$tmp/a/$k.note.json"
done
(cd "$tmp/a" && LC_ALL=C tar -cf "$tmp/in.tar" -- *)
# The folder's own order may tear samples apart.
(cd "$tmp/a" && tar -cf "$tmp/torn.tar" p1.f2.npy d p1.f4.npy)
is 'members apart are samples apart' "$(tsls "$tmp/torn.tar" | cut -f1 | uniq | wc -l)" 3
tsjoin <"$tmp/in.tar" >"$tmp/in.tar.zst"
tsjoin -z 0 <"$tmp/in.tar" >"$tmp/plain.tar"
ok 'a tar becomes a stream' tscmp "$tmp/in.tar" "$tmp/in.tar.zst"
is 'all values have come' "$(tsls -s "$tmp/in.tar.zst" | sed -n '9,$s/^p1\t//p')" "$(printf '%s\n' \
    'f2	f2	(2,1)	-2	-0.5	1	0' 'f4	f4	(3,)	-inf	-inf	1	1' 'i4	i4	()	-2	-2	-2	0' \
    'i8	i8	(1,1,1,1,1,1)	-9.22337e+18	-9.22337e+18	-9.22337e+18	0' 'none	f4	(0,5)	nan	nan	nan	0' \
    'note	json	11 bytes' 'source.image	u1	(2,2,3)	97	102.5	108	0' 'u2	u2	(2,)	1	32768	65535	0')"

# ---- tar ----

repack() {	# repack TOOL COMMAND...: unpacked in b by COMMAND, packed again by tar in several ways
	tool=$1; shift
	rm -rf "$tmp/b"; mkdir "$tmp/b"
	ok "$tool unpacks it" "$@"
	(cd "$tmp/b" && tar --sort=name -cf "$tmp/re.tar" .)
	ok "$tool, repacked as a folder" tscmp "$tmp/re.tar" "$tmp/in.tar"
	for f in gnu pax; do
		(cd "$tmp/b" && LC_ALL=C tar --format=$f -cf "$tmp/re.tar" -- *)
		ok "$tool, repacked as $f" tscmp "$tmp/re.tar" "$tmp/in.tar"
	done
	have zstd || return
	(cd "$tmp/b" && LC_ALL=C tar --zstd -cf "$tmp/re.tar.zst" -- *)
	ok "$tool, repacked by tar --zstd" tscmp "$tmp/re.tar.zst" "$tmp/in.tar"
	size=$(wc -c <"$tmp/re.tar.zst")
	head -c $((size - 9)) "$tmp/re.tar.zst" >"$tmp/half"
	exits "$tool, repacked by tar --zstd and cut" 2 "ends at byte $((size - 9))" tsls "$tmp/half"
}

repack 'tar' tar -C "$tmp/b" -xf "$tmp/plain.tar"
ok 'it has the manifests' test -f "$tmp/b/p1.json"
if have zstd; then
	repack 'tar --zstd' tar -C "$tmp/b" --zstd -xf "$tmp/in.tar.zst"
	zstd -dcq "$tmp/in.tar.zst" | zstd -q -19 >"$tmp/re.tar.zst"
	ok 'compressed again in one frame' tscmp "$tmp/re.tar.zst" "$tmp/in.tar"
	{ head -c 700 "$tmp/plain.tar" | zstd -cq; tail -c +701 "$tmp/plain.tar" | zstd -cq; } >"$tmp/re.tar.zst"
	ok 'compressed in frames cut anywhere' tscmp "$tmp/re.tar.zst" "$tmp/in.tar"
	ok 'frames cut anywhere need no table' sh -c "[ \$(tsls '$tmp/re.tar.zst' | wc -l) = 16 ]"
	exits 'but cannot be searched' 2 'no seek table' tsjoin -k 0 "$tmp/re.tar.zst"
	zstd -dcq --single-thread "$tmp/in.tar.zst" | zstd -q --long=27 >"$tmp/re.tar.zst"
	ok 'a window of 128 MiB' tscmp "$tmp/re.tar.zst" "$tmp/in.tar"
else
	skip 'zstd' 'no zstd program'
fi
if have bsdtar; then
	repack 'bsdtar' env LC_ALL=C.UTF-8 bsdtar -C "$tmp/b" -xf "$tmp/in.tar.zst"
	for f in pax gnutar; do
		(cd "$tmp/a" && LC_ALL=C.UTF-8 bsdtar --format $f -cf "$tmp/re.tar" -- *)
		ok "bsdtar's $f" tscmp "$tmp/re.tar" "$tmp/in.tar"
	done
else
	skip 'bsdtar' 'no bsdtar program'
fi
(cd "$tmp/a" && tar --format=ustar -cf "$tmp/re.tar" p1.*)
is 'ustar' "$(tsls "$tmp/re.tar" | wc -l)" 8

# ---- the programs in stream(5) ----

example() {	# example N: the Nth literal block of EXAMPLES
	awk -v n="$1" '/^\.Sh EXAMPLES/ { on = 1 } on && /^\.Ed/ { show = 0 } show { print }
	    on && /^\.Bd -literal/ { show = ++count == n }' man/stream.5 | sed 's/\\e/\\/g'
}
if [ -z "$python" ] || ! have zstd; then
	skip 'Python' 'no python3 with numpy, or no zstd program'
else
	example 1 >"$tmp/reader.py"
	cat >>"$tmp/reader.py" <<-'END'
	import sys
	for key, s in samples(sys.argv[1]):
	    names = s.pop('json')['fields'] if 'json' in s else list(s)
	    assert list(s) == names, (list(s), names)
	    image, i8 = s['source.image.npy'], s['i8.npy']
	    assert image.dtype == 'u1' and image.shape == (2, 2, 3) and image[1, 0, 2] == ord('i')
	    assert i8.dtype == 'i8' and i8.shape == (1,) * 6 and int(i8.ravel()[0]) == -2**63
	    assert s['none.npy'].shape == (0, 5) and s['i4.npy'] == -2 and s['note.json'] == {'x': 'é'}
	    print(key)
	END
	for f in in.tar in.tar.zst plain.tar; do
		ok "Python reads $f" "$python" "$tmp/reader.py" "$tmp/$f"
		is "Python finds the keys of $f" "$(sed 's/0*7$//' "$tmp/.out")" "$(printf 'd/é\np1')"
	done
	head -c 300 "$tmp/in.tar.zst" >"$tmp/half"
	exits 'Python notices a cut in a frame' 1 '' "$python" "$tmp/reader.py" "$tmp/half"
	example 2 >"$tmp/half.py"
	zstd -dcfq "$tmp/in.tar.zst" | "$python" "$tmp/half.py" >"$tmp/re.tar"
	exits 'a filter in Python' 1 '' tscmp "$tmp/re.tar" "$tmp/in.tar"
	is 'it halves the image, and nothing else' "$(cut -f2 "$tmp/.out" | uniq) $(tsls -s --only '*.image' "$tmp/re.tar" | cut -f5-7 | uniq)" \
	    'source.image 48	51	54'
	zstd -dcfq "$tmp/half" 2>/dev/null | "$python" "$tmp/half.py" 2>/dev/null >"$tmp/re.tar"
	exits 'when it dies, the next program notices' 2 'the input (ends|is empty)' tsls "$tmp/re.tar"
	"$python" - "$tmp" <<-'END'
	import io, sys, tarfile, numpy
	for f, name in (tarfile.PAX_FORMAT, 'pax'), (tarfile.GNU_FORMAT, 'gnu'):
	    t = tarfile.open(sys.argv[1] + '/py-%s.tar' % name, 'w', format=f)
	    for key in 'k' * 200, 'é':
	        for d in 'f4', 'f2', 'u1', 'u2', 'i4', 'i8':
	            b = io.BytesIO()
	            numpy.save(b, numpy.arange(24).reshape(2, 3, 4).astype('<' + d))
	            m = tarfile.TarInfo('%s.x.%s.npy' % (key, d))
	            m.size = len(b.getvalue())
	            t.addfile(m, io.BytesIO(b.getvalue()))
	    t.close()
	END
	for f in pax gnu; do
		is "Python's $f tar" "$(tsls -s "$tmp/py-$f.tar" | cut -f4- | uniq -c | sed 's/^ *//')" '12 (2,3,4)	0	11.5	23	0'
	done
fi
if have jq && have zstd; then
	mkdir "$tmp/c"
	tsjoin -k 1 "$tmp/in.tar.zst" >"$tmp/c/in.tar.zst"
	example 3 >"$tmp/c/recipe.sh"
	(cd "$tmp/c" && sh recipe.sh)
	is 'the recipe for the shell' "$(tsls "$tmp/c/out.tar.zst" | cut -f2 | tr '\n' ' ')" 'f2 f4 i4 i8 none source.image u2 '
else
	skip 'the recipe for the shell' 'no jq'
fi
done_testing
