#!/bin/sh
# A step of training beside PyTorch's, interleaved: ratios of medians, of the clock and of the processor. Needs
# python3-torch; a machine with nothing else to do.
set -eu
cd "$(dirname "$0")/../.."
py=/usr/bin/python3
t=${BIN:-build/rel/bin}/../tests/bench/train
$py -c 'import torch' 2>/dev/null || { echo "step of training: no PyTorch to compare with"; exit 0; }
export MALLOC_TRIM_THRESHOLD_=4000000000 MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TOP_PAD_=67108864
for n in 1 2; do
	for _ in 1 2 3; do
		"$t" 3 "$n" | sed 's/.*but adv *\([0-9]*\) ms [0-9]*T *\([0-9]*\) ms.*/ours \1 \2/'
		echo "torch $($py -B tests/bench/train_torch.py 3 "$n")"
	done | awk -v n="$n" '
		function median(a,   i, j, x) {
			for (i = 1; i <= 3; i++)
				for (j = i + 1; j <= 3; j++)
					if (a[j] < a[i]) { x = a[i]; a[i] = a[j]; a[j] = x }
			return a[2]
		}
		$1 == "ours" { w[++k] = $2; p[k] = $3 }
		$1 == "torch" { v[++l] = $2; q[l] = $3 }
		END {
			printf "step of training / PyTorch, %dT: %.2f of the clock, %.2f of the processor\n", n,
			    median(w) / median(v), median(p) / median(q)
		}'
done
