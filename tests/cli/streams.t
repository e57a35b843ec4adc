#!/bin/sh
# The programs printed in streams(7) work, with the module of stream(5).
. tests/lib.sh
python=
for p in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! "$p" -c 'import numpy' 2>/dev/null || python=$p
done
[ -n "$python" ] || { echo '1..0 # skip no python3 with numpy'; exit 0; }
command -v zstd >/dev/null || { echo '1..0 # skip no zstd program'; exit 0; }
has() { "$python" -c "import $1" 2>/dev/null; }

example() {	# example PAGE N: the Nth literal block of its EXAMPLES
	awk -v n="$2" '/^\.Sh EXAMPLES/ { on = 1 } on && /^\.Ed/ { show = 0 } show { print }
	    on && /^\.Bd -literal/ { show = ++count == n }' "man/$1" | sed 's/\\e/\\/g'
}
example stream.5 1 >"$tmp/dualtex.py"
n=0
for name in gather grey batches web; do
	n=$((n + 1))
	example streams.7 $n >"$tmp/$name.py"
done
cd "$tmp" || exit 2

ok 'NumPy writes a stream' sh -c "'$python' grey.py | tsjoin >grey.tar.zst"
is 'and it is what it should be' "$(tsls -s grey.tar.zst | cut -f1,2,4-7)" "$(printf '%s\n' \
    'grey0	texture	(64,64,3)	-0.5	-0.5	-0.5' 'grey1	texture	(64,64,3)	0	0	0' 'grey2	texture	(64,64,3)	0.5	0.5	0.5')"
ok 'programs take it' sh -c 'texconv -T 32 <grey.tar.zst >small.tar.zst'
ok 'NumPy reads it' sh -c "zstd -dcfq small.tar.zst | '$python' gather.py"
is 'as one array' "$("$python" -c 'import numpy; t = numpy.load("textures.npy"); print(t.shape, t.dtype, t.max())')" '(3, 32, 32, 3) float32 0.5'
zstd -dcfq small.tar.zst | head -c 20000 >cut.tar
exits 'a stream that was cut' 1 EOFError sh -c "'$python' gather.py <cut.tar"

for i in 1 2; do
	synthbody -n 3 --size 64 -T 32 --seed $((3 * i)) >shard.$i.tar.zst
done
if has torch; then
	ok 'a DataLoader' "$python" batches.py shard.1.tar.zst shard.2.tar.zst
	cp .out loaded
	is 'has all samples, in batches' "$(grep -c '(2, 64, 64, 3)' loaded) $(tr ' ' '\n' <loaded | grep -c '^synth')" '2 6'
else
	skip 'a DataLoader' 'no torch'
	# What of it is not PyTorch's: as with a DataLoader without workers.
	mkdir -p torch/utils
	cat >torch/utils/data.py <<-'END'
	import numpy
	IterableDataset, get_worker_info = object, lambda: None
	def DataLoader(d, batch_size, num_workers):
	    for s in d:
	        yield tuple([x] if isinstance(x, str) else numpy.stack([x]) for x in s)
	END
	ok 'its data set, without PyTorch' "$python" batches.py shard.1.tar.zst shard.2.tar.zst
	is 'has all samples' "$(grep -c '(1, 64, 64, 3)' .out)" 6
fi
if has webdataset; then
	ok 'WebDataset' "$python" web.py shard.1.tar.zst
	is 'has all samples' "$(grep -c '(64, 64, 3)' .out)" 3
else
	skip 'WebDataset' 'no webdataset'
fi
done_testing
