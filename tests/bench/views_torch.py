#!/usr/bin/python3
"""The networks at 256 x 256 with n views in PyTorch, by the mirror of tests/parity: what `nets RUNS VIEWS` runs here.

    views_torch.py RUNS THREADS VIEWS

Prints milliseconds of the clock, the median, and the process's peak of memory in MB. Malloc as for train_torch.py.
"""
import os
import resource
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "parity"))

import numpy as np
import torch

import mirror as M


@torch.no_grad()
def main(runs, threads, n):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    r = dict(M.RECIPES["anchored"], size=256, width=[64, 128, 256], flow_width=32, hidden=128, kernel=[3, 5], slots=4,
             context=2)
    size, rs = r["size"], np.random.RandomState(1)
    P = M.Params(lambda name, shape: torch.randn(shape) / max(1, np.prod(shape[1:])) ** .5)
    f = lambda *shape: torch.from_numpy(rs.uniform(size=shape).astype(np.float32))
    one = lambda n: torch.ones(n, 1, size, size)
    pos = lambda n: M.grid(size, size, torch.zeros(())).expand(n, -1, -1, -1) + 4 * f(n, 2, size, size) - 2
    d = dict(x_s=f(1, 3, size, size) * 2 - 1, p_s=f(1, 18, size, size), c_s=pos(1), seen_s=one(1), valid=one(1),
             mirror=torch.arange(size * size).reshape(1, 1, size, size))
    views = dict(p=f(n, 18, size, size), b=f(n, 18, size, size), s=pos(n), m=one(n), c=pos(n), seen=one(n))
    wall = []
    for i in range(runs + 1):
        t0 = time.time()
        M.Dual(P, r, d).step_one(views)
        if i:
            wall.append(time.time() - t0)
    print("%.0f %.0f" % (1e3 * np.median(wall), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


main(*map(int, sys.argv[1:4]))
