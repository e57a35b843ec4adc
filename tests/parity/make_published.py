#!/usr/bin/python3
"""Writes published.tar.zst and the weights that tests/parity/published.c and tests/cli/metrics.t use.

    python3 tests/parity/make_published.py

Needs python3-torch, python3-torchvision, python3-scipy, zstd(1) and our weights(1). The networks are torchvision's own, with numbers
that repeat after PERIOD in place of trained ones, so that 24 million of them make a small file. They go through
torch.save and `weights import`, as trained ones would. All is computed in float64.
"""
import os
import subprocess
import tempfile

import numpy as np
import scipy.linalg
import torch
import torch.nn.functional as F
import torchvision

from fixtures import write

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.dirname(os.path.abspath(__file__))
PERIOD = 4093   # a prime: filters do not repeat
TABLE = np.random.RandomState(19).randn(PERIOD)
KEEP = 61       # of a tap every KEEPth value is kept, channels last


def numbers(n, shape, first):
    at = (np.arange(int(np.prod(shape))) + first) % PERIOD
    return TABLE[at].reshape(shape) * n


def fill(net):
    """He's deviation for kernels; norms and biases near, but not at, what does nothing. Exact in float16."""
    state = net.state_dict()
    for i, (name, v) in enumerate(state.items()):
        if v.ndim == 4:
            x = numbers(np.sqrt(2 / np.prod(v.shape[1:])), v.shape, 97 * i)
        elif name.endswith("running_var"):
            x = .5 + abs(numbers(.5, v.shape, 97 * i))
        else:
            x = numbers(.1, v.shape, 97 * i) + name.endswith("bn.weight")
        state[name] = torch.from_numpy(x).half() if v.is_floating_point() else v
    net.load_state_dict(state)
    net.double().eval()
    return state


def save(name, *nets):
    """nets: (NET of weights import, its state)"""
    with tempfile.TemporaryDirectory() as d:
        args = []
        for net, state in nets:
            torch.save(state, os.path.join(d, net + ".pth"))
            args += ["--as", net]
        path = os.path.join(HERE, name + ".weights.tar.zst")
        with open(path, "wb") as f:
            subprocess.run([os.path.join(ROOT, "build/rel/bin/weights"), "import", "-z", "19",
                            "--licence", "CC0-1.0, drawn numbers"] + args +
                           [os.path.join(d, net + ".pth") for net, _ in nets], stdout=f, check=True)
    print("%8d %s" % (os.path.getsize(path), os.path.basename(path)))


def pictures(n, h, w, seed):
    """n pictures u1 (n,h,w,3): waves and noise."""
    y, x = np.mgrid[0:h, 0:w]
    r = np.random.RandomState(seed)
    out = np.empty((n, h, w, 3))
    for i in range(n):
        for k in range(3):
            a, b, c = r.rand(3)
            out[i, :, :, k] = 128 + 90 * np.sin(.3 * a * x + .3 * b * y + 6 * c) + r.randn(h, w) * 12
    return np.clip(out, 0, 255).astype(np.uint8)


def nchw(u):
    return torch.from_numpy(u.astype(np.float64) / 255).permute(0, 3, 1, 2)


def thin(t):
    return t.detach().permute(0, 2, 3, 1).reshape(-1)[::KEEP].numpy().astype("<f4")


# ---- LPIPS ----------------------------------------------------------------

# torchvision's `features` after which LPIPS looks: pretrained_networks.py
TRUNKS = [
    ("lpips-alex", "alexnet", torchvision.models.alexnet, (1, 4, 7, 9, 11), (64, 192, 384, 256, 256),
     ((64, 64), (71, 90))),
    ("lpips-vgg", "vgg16", torchvision.models.vgg16, (3, 8, 15, 22, 29), (64, 128, 256, 512, 512),
     ((32, 48), (37, 41))),
    ("lpips-squeeze", "squeezenet", torchvision.models.squeezenet1_1, (1, 4, 7, 9, 10, 11, 12),
     (64, 128, 256, 384, 384, 512, 512), ((64, 64), (58, 71))),
]
SHIFT = torch.tensor([-.030, -.088, -.188], dtype=torch.float64).view(1, 3, 1, 1)
SCALE = torch.tensor([.458, .448, .450], dtype=torch.float64).view(1, 3, 1, 1)


def lpips(features, at, heads, x):
    """Distance of x[0] and x[1], NCHW in [-1,1], as lpips.py has it; and the taps."""
    y, taps, d = (x - SHIFT) / SCALE, [], 0
    for i, layer in enumerate(features):
        y = layer(y)
        if i in at:
            taps.append(y)
    for t, head in zip(taps, heads):
        unit = t / (torch.sqrt((t ** 2).sum(1, keepdim=True)) + 1e-10)
        d = d + F.conv2d((unit[:1] - unit[1:]) ** 2, head).mean()
    return d, taps


def lpips_cases():
    cases = []
    for name, trunk, make, at, channels, sizes in TRUNKS:
        net = make(weights=None)
        state = fill(net)
        heads = [torch.from_numpy(abs(numbers(1, (1, c, 1, 1), 31 * i))).half() for i, c in enumerate(channels)]
        save(name, (trunk, state), (name, {"lin%d.model.1.weight" % i: h for i, h in enumerate(heads)}))
        layers = [torch.nn.ReLU() if isinstance(m, torch.nn.ReLU) else m for m in net.features]
        for k, (h, w) in enumerate(sizes):
            x = pictures(2, h, w, 100 + k)
            with torch.no_grad():
                d, taps = lpips(layers, at, [h.double() for h in heads], 2 * nchw(x) - 1)
            f = {"net": {"lpips": name}, "x": x, "lpips": np.array([float(d)], "<f4")}
            f.update({"tap%d" % i: thin(t) for i, t in enumerate(taps)})
            cases.append(("%s-%dx%d" % (name, h, w), f))
    return cases


# ---- FID ------------------------------------------------------------------

def features(net, x, tensorflow):
    """2048 features of NCHW pictures in [0,1]; tensorflow: with the pools of pytorch-fid, else torchvision's."""
    mean = F.avg_pool2d
    inside = lambda x, kernel_size, stride, padding: mean(x, kernel_size, stride, padding, count_include_pad=False)
    largest = lambda x, kernel_size, stride, padding: F.max_pool2d(x, kernel_size, stride, padding)
    maps = {}
    with torch.no_grad():
        x = F.interpolate(x, size=(299, 299), mode="bilinear", align_corners=False) if x.shape[-1] != 107 else x
        if tensorflow:
            x = 2 * x - 1
        else:
            x = x * (torch.tensor([.229, .224, .225]).view(1, 3, 1, 1).double() / .5) + (
                torch.tensor([.485, .456, .406]).view(1, 3, 1, 1).double() - .5) / .5
        for name, block in net.named_children():
            if name in ("AuxLogits", "avgpool", "dropout", "fc"):
                continue
            # torchvision's blocks look the function up at each call
            F.avg_pool2d = mean if not tensorflow else largest if name == "Mixed_7c" else inside
            x = block(x)
            maps[name] = x
    F.avg_pool2d = mean
    return x.mean((2, 3)), maps


def frechet(a, b):
    sa, sb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(sa @ sb)
    d = a.mean(0) - b.mean(0)
    return float(d @ d + np.trace(sa) + np.trace(sb) - 2 * np.trace(root).real)


def fid_cases():
    net = torchvision.models.inception_v3(weights=None, init_weights=False)
    save("inception", ("inception", fill(net)))
    cases = []
    for kind in "fid", "fid-gfla":
        for h, w in (80, 107), (64, 48):
            x = pictures(2, h, w, 200)
            y, maps = features(net, nchw(x), kind == "fid")
            f = {"net": {"fid": kind}, "x": x, "features": y.numpy().astype("<f4")}
            print(kind, h, w, "features", float(y.mean()), float(y.std()))
            cases.append(("%s-%dx%d" % (kind, h, w), f))
    # A small set of small pictures, as metrics(1) takes it.
    for kind in "fid", "fid-gfla":
        x = pictures(10, 40, 32, 300)
        x[5:] //= 2
        y = features(net, nchw(x), kind == "fid")[0].numpy()
        cases.append(("%s-set" % kind, {"net": {"set": frechet(y[:5], y[5:])}, "x": x}))
    # Features that are drawn: sets larger and smaller than their number.
    r = np.random.RandomState(4)
    mix = r.randn(24, 24)
    for n, m in (60, 50), (300, 700), (10, 50), (10, 7):
        a, b = (r.randn(k, 24).astype(np.float32) for k in (n, m))
        b = (b @ mix * .3 + 1).astype("<f4")
        cases.append(("drawn-%d-%d" % (n, m), {"net": {"frechet": frechet(a.astype(float), b.astype(float))},
                                               "a": a.astype("<f4"), "b": b}))
    return cases


if __name__ == "__main__":
    torch.manual_seed(0)
    write("published.tar.zst", lpips_cases() + fid_cases())
