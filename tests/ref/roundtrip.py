#!/usr/bin/env python3
"""Measures c against s for every sample of a plain tar: iuv2coord -z 0 | tests/ref/roundtrip.py

For each pixel l of the body c is read at s(l), bilinear over the texels that
are seen, and |c(s(l)) - l| is taken in pixels: median, percentiles, how many
pixels have a seen texel around s(l), and how much of the texture is seen.
Apart from the C code: only numpy and the fields. Exits 1 unless all samples
together stay within 0.3 (median) and 2.5 pixels (90th percentile), and each
by itself within a median of 0.3.
"""
import io
import sys
import tarfile
import numpy as np


def errors(s, c, seen):
    """Of the pixels on the body: distances, and for which there are any."""
    y, x = np.nonzero(np.isfinite(s[..., 0]))
    p = s[y, x].astype(float)
    i = np.clip(np.floor(p).astype(int), 0, len(seen) - 2)
    a = p - i
    total, weight = np.zeros_like(p), np.zeros(len(p))
    for dy in (0, 1):
        for dx in (0, 1):
            at = i[:, 1] + dy, i[:, 0] + dx
            w = abs(1 - dx - a[:, 0]) * abs(1 - dy - a[:, 1]) * seen[at]
            total += w[:, None] * np.nan_to_num(c[at])
            weight += w
    got = weight > 1e-6
    back = total[got] / weight[got, None]
    return np.hypot(back[:, 0] - x[got], back[:, 1] - y[got]), got


samples = {}
with tarfile.open(fileobj=sys.stdin.buffer, mode='r|') as tar:
    for m in tar:
        key, _, field = m.name.partition('.')
        if field in ('source.surf.npy', 'source.coord.npy', 'source.seen.npy'):
            samples.setdefault(key, {})[field[7:-4]] = np.load(io.BytesIO(tar.extractfile(m).read()))
every = []
for key, f in samples.items():
    seen = f['seen'] == 1
    e, got = errors(f['surf'], f['coord'], seen)
    every.append(e)
    print('%s: median %.3f p90 %.2f p99 %.2f pixels; %.2f %% of %d pixels come back; %.1f %% of %d^2 texels seen'
          % (key, *np.percentile(e, [50, 90, 99]), 100 * got.mean(), len(got), 100 * seen.mean(), len(seen)))
median, p90 = np.percentile(np.concatenate(every), [50, 90])
print('all: median %.3f p90 %.2f pixels' % (median, p90))
sys.exit(not (median <= 0.3 and p90 <= 2.5 and max(np.median(e) for e in every) <= 0.3))
