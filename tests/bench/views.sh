#!/bin/sh
# The networks at 256 x 256, preset base, with 1 to 4 views beside PyTorch's: milliseconds, medians of three runs, and the
# processes' peaks of memory. Needs python3-torch; a machine with nothing else to do.
set -eu
cd "$(dirname "$0")/../.."
py=/usr/bin/python3
t=${BIN:-build/rel/bin}/../tests/bench/nets
$py -c 'import torch' 2>/dev/null || { echo "networks with 1 to 4 views: no PyTorch to compare with"; exit 0; }
export MALLOC_TRIM_THRESHOLD_=4000000000 MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TOP_PAD_=67108864
for n in 1 2 3 4; do
	{
		"$t" 3 "$n"
		$py -B tests/bench/views_torch.py 3 1 "$n"
		$py -B tests/bench/views_torch.py 3 2 "$n"
	} | tr '\n' ' ' | awk -v n="$n" '{
		printf "base at 256, %d views: %d ms 1T %d ms 2T %d MB; PyTorch %d ms %d ms %d MB, %.1f and %.1f times\n",
		    n, $1, $2, $3, $4, $6, $5, $4 / $1, $6 / $2 }'
done
