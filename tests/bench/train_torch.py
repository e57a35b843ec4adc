#!/usr/bin/python3
"""The step of training of tests/bench/train.c in PyTorch, by the mirror of tests/parity: same shapes, same losses.

    train_torch.py [RUNS [THREADS]]

Prints milliseconds of the clock and of the processor, medians. Set MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_THRESHOLD_ and
MALLOC_TOP_PAD_ first (train.sh does): with the default malloc half of the time is page faults.
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "parity"))

import numpy as np
import torch

import mirror as M

VIEWS, BATCH = 2, 2
WEIGHTS = dict(rec=5, perc=.5, styl=500, cor=5, coord=.1, cons=.05, reg=.0025, flow=.1, tex=5, source=5)


def main(runs, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    r = dict(M.RECIPES["anchored"], size=128, width=[32, 64, 128], flow_width=16, hidden=64, kernel=[3, 5], slots=4,
             context=1)
    size, rs = r["size"], np.random.RandomState(1)
    make = lambda name, shape: (torch.randn(shape) / max(1, np.prod(shape[1:])) ** .5).requires_grad_()
    P, vgg = M.Params(make), M.Params(lambda name, shape: torch.randn(shape) * (2 / max(1, np.prod(shape[1:]))) ** .5)
    psi = lambda x: M.vgg19(vgg, x, (.5,) * 3, (.5,) * 3, "conv3_4")
    f = lambda *shape: torch.from_numpy(rs.uniform(size=shape).astype(np.float32))
    picture = lambda n: f(n, 3, size, size) * 2 - 1
    one = lambda n: torch.ones(n, 1, size, size)
    pos = lambda n: M.grid(size, size, torch.zeros(())).expand(n, -1, -1, -1) + 4 * f(n, 2, size, size) - 2
    views = lambda n: dict(p=f(n, 18, size, size), b=f(n, 18, size, size), s=pos(n), m=one(n), c=pos(n), seen=one(n))
    d = dict(x_s=picture(1), p_s=f(1, 18, size, size), c_s=pos(1), seen_s=one(1), s_s=pos(1), m_s=one(1), valid=one(1),
             mirror=torch.arange(size * size).reshape(1, 1, size, size), true=picture(1))
    hal, tgt = views(VIEWS), dict(views(1), x=picture(1))
    wall, cpu, opt = [], [], None
    for i in range(runs + 1):
        t0, p0 = time.time(), time.process_time()
        for _ in range(BATCH):
            value = M.Step(P, r, psi, 1, d, hal, tgt, VIEWS).run()
            (sum(w * value[k] for k, w in WEIGHTS.items()) / BATCH).backward()
        if opt is None:
            opt = torch.optim.Adam(P.all.values(), lr=1e-4, betas=(0, .999))
        opt.step()
        opt.zero_grad(set_to_none=False)
        if i:
            wall.append(time.time() - t0)
            cpu.append(time.process_time() - p0)
    print("%.0f %.0f %d" % (1e3 * np.median(wall), 1e3 * np.median(cpu), sum(p.numel() for p in P.all.values())))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, int(sys.argv[2]) if len(sys.argv) > 2 else 2)
