#!/usr/bin/python3
"""Makes the files beside it: two streams of drawn pictures, and in want.tsv
what metrics(1) must say of them. Run once, with numpy 1.24, scipy 1.10,
scikit-image 0.19.3 and zstd; tests/cli/metrics.t reads the files and needs
none of these.

Each figure of SSIM is computed by the definition, window by window, and by
scikit-image or, for the zero border that it does not have, by convolution;
both must agree to 1e-9 before one is written.
"""
import io
import subprocess
import tarfile

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import correlate2d
from skimage.metrics import structural_similarity


# ---- pictures ----------------------------------------------------------

def draw(h, w, shift):
    """Gradient, checks, stripes and a disc: flat, busy and smooth places."""
    y, x = np.mgrid[0:h, 0:w]
    r = (x * 255 // (w - 1) + 3 * shift) % 256
    g = np.where((x // 6 + y // 5) % 2, 200, 40)
    b = np.where((x + 2 * y) % 12 < 5, 230, 60 + y * 100 // h)
    disc = (x - w // 2 - shift) ** 2 + (y - h // 3) ** 2 < (w // 4) ** 2
    rgb = np.stack([r, g, b], -1)
    rgb[disc] = [224, 172, 138]
    return rgb.astype(np.uint8)


def noise(h, w, seed):
    """-20..20, from a generator that never changes."""
    out, s = np.empty(h * w * 3, int), seed
    for i in range(out.size):
        s = (s * 1103515245 + 12345) & 0x7fffffff
        out[i] = (s >> 16) % 41 - 20
    return out.reshape(h, w, 3)


def spoil(a, seed, shift):
    b = np.roll(a, shift, 1).astype(int) * 9 // 10 + 10
    h, w, _ = a.shape
    b[h // 2:] += noise(h - h // 2, w, seed)
    return np.clip(b, 0, 255).astype(np.uint8)


def mask(h, w):
    y, x = np.mgrid[0:h, 0:w]
    return ((2 * x - w) ** 2 * h * h + (2 * y - h) ** 2 * w * w
            < w * w * h * h).astype(np.uint8)


def to_f4(u):
    return (u.astype(np.float32) / np.float32(127.5) - 1).astype(np.float32)


small_a = np.stack([draw(56, 64, 0), draw(56, 64, 9)])
small_b = np.stack([spoil(small_a[0], 1, 1), spoil(small_a[1], 2, 3)])
# A generator's values lie between the 8-bit steps.
small_f = np.clip(to_f4(small_b) + np.float32(0.003), -1, 1)
codes = (np.mgrid[0:56, 0:64][1] // 16).astype(np.uint8)     # 0..3
tall_a = draw(128, 200, 5)
tall_b = spoil(tall_a, 3, 2)

small = [("p0", {"target.image": small_a, "target.render": small_f,
                 "target.byte": small_b,
                 "target.mask": np.stack([mask(56, 64)] * 2),
                 "target.seen": codes})]
tall = [("p0", {"target.image": tall_a, "target.render": tall_b,
                "target.mask": mask(128, 200)})]


# ---- the formulas, by definition ---------------------------------------

def gauss():
    g = np.exp(-np.arange(-5, 6) ** 2 / (2 * 1.5 ** 2))
    return np.outer(g / g.sum(), g / g.sum())


def flat(k):
    return np.full((k, k), 1 / (k * k))


def ssim_map(a, b, weights, L, sample=False, zero=False):
    """One plane; every window is looked at on its own."""
    k = weights.shape[0]
    if zero:
        a, b = np.pad(a, k // 2), np.pad(b, k // 2)
    wa, wb = sliding_window_view(a, (k, k)), sliding_window_view(b, (k, k))
    mean = lambda z: (z * weights).sum((-2, -1))
    ma, mb = mean(wa), mean(wb)
    da, db = wa - ma[..., None, None], wb - mb[..., None, None]
    f = k * k / (k * k - 1) if sample else 1
    va, vb, vab = f * mean(da * da), f * mean(db * db), f * mean(da * db)
    c1, c2 = (.01 * L) ** 2, (.03 * L) ** 2
    return ((2 * ma * mb + c1) * (2 * vab + c2)
            / ((ma ** 2 + mb ** 2 + c1) * (va + vb + c2)))


def mean_map(a, b, where=None, **kw):
    total = []
    for c in range(a.shape[-1]):
        m = ssim_map(a[..., c], b[..., c], **kw)
        if where is not None:
            r = (where.shape[0] - m.shape[0]) // 2
            m = m[where[r:where.shape[0] - r, r:where.shape[1] - r] != 0]
        total.append(m.ravel())
    return np.concatenate(total).mean()


def luma(x):
    return (x @ [0.299, 0.587, 0.114])[..., None]


def unit(x):
    """The pictures' own mapping: u1 0..255 and f4 -1..1 to 0..1."""
    if x.dtype == np.uint8:
        return x / 255.0
    return (x.astype(float) + 1) / 2


def cut(x):
    return np.floor(unit(x) * 255) / 255 if x.dtype != np.uint8 else unit(x)


def agree(x, y):
    assert abs(x - y) < 1e-9, (x, y)
    return y


def wang(a, b, where=None):
    a, b = luma(a) * 255, luma(b) * 255
    mine = mean_map(a, b, where, weights=gauss(), L=255)
    if where is None:
        agree(structural_similarity(
            a, b, gaussian_weights=True, sigma=1.5, channel_axis=2,
            use_sample_covariance=False, data_range=255), mine)
    return mine


def skgauss(a, b, L=None):
    a, b = a * 255, b * 255
    L = b.max() - b.min() if L is None else L
    return agree(structural_similarity(
        a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
        channel_axis=2, data_range=L), mean_map(a, b, weights=gauss(), L=L))


def skdef(a, b, scale, offset, L):
    a, b = a * scale + offset, b * scale + offset
    # scikit-image's own default for floats: -1..1, range 2.
    given = {} if L == 2 else {"data_range": L}
    return agree(structural_similarity(a, b, channel_axis=2, **given),
                 mean_map(a, b, weights=flat(7), L=L, sample=True))


def sk51(a, b):
    return agree(structural_similarity(
        a, b, channel_axis=2, data_range=1, win_size=51),
        mean_map(a, b, weights=flat(51), L=1, sample=True))


def pohsun(a, b, where=None):
    mine = mean_map(a, b, where, weights=gauss(), L=1, zero=True)
    if where is None:
        conv = lambda z: np.stack([correlate2d(z[..., c], gauss(), "same")
                                   for c in range(3)], -1)
        ma, mb = conv(a), conv(b)
        va, vb = conv(a * a) - ma * ma, conv(b * b) - mb * mb
        vab = conv(a * b) - ma * mb
        agree((((2 * ma * mb + 1e-4) * (2 * vab + 9e-4))
               / ((ma ** 2 + mb ** 2 + 1e-4) * (va + vb + 9e-4))).mean(),
              mine)
    return mine


def psnr(a, b):
    return 10 * np.log10(1 / ((a - b) ** 2).mean())


def l1(a, b):
    return np.abs(a - b).mean()


def mae(a, b):
    return np.abs(a - b).sum() / (a + b).sum()


# ---- cases -------------------------------------------------------------

want = []       # file, options, measure, view, value


def case(file, options, name, pairs, f):
    for view, (a, b) in enumerate(pairs):
        want.append((file, options, name, view, f(a, b)))


pairs = [(unit(a), unit(b)) for a, b in zip(small_a, small_f)]
cuts = [(unit(a), cut(b)) for a, b in zip(small_a, small_f)]
bytes_ = [(unit(a), unit(b)) for a, b in zip(small_a, small_b)]
for name, f in [("l1", l1), ("mae", mae), ("psnr", psnr),
                ("ssim-wang", wang), ("ssim-skgauss", skgauss),
                ("ssim-sk51", sk51), ("ssim-pohsun", pohsun),
                ("ssim-skdef", lambda a, b: skdef(a, b, 255, 0, 255))]:
    case("small", f"-m {name}", name, pairs, f)
    case("small", f"-m {name} -b target.byte", name, bytes_, f)
case("small", "-m ssim-skgauss --range 255", "ssim-skgauss", pairs,
     lambda a, b: skgauss(a, b, 255))
case("small", "-m ssim-wang --range 100", "ssim-wang", pairs,
     lambda a, b: mean_map(luma(a) * 255, luma(b) * 255, weights=gauss(),
                           L=100))
for name, f in [("l1", l1), ("mae", mae), ("psnr", psnr),
                ("ssim-sk51", sk51), ("ssim-skgauss", skgauss)]:
    case("small", "-p gfla", name, cuts, f)
case("small", "-p hpbtt", "ssim-pohsun", pairs, pohsun)
case("small", "-p lwg", "ssim-skdef", pairs,
     lambda a, b: skdef(a, b, 2, -1, 2))

m = mask(56, 64)[..., None]
case("small", "-p hpbtt --mask target.mask", "ssim-pohsun",
     [(a * m, b * m) for a, b in pairs], pohsun)
on = np.isin(codes, [1, 3])
case("small", "--where target.seen=1,3", "ssim-wang", pairs,
     lambda a, b: wang(a, b, on))
case("small", "--where target.seen=1,3", "psnr", pairs,
     lambda a, b: psnr(a[on], b[on]))
case("small", "-m ssim-pohsun --where target.mask", "ssim-pohsun", pairs,
     lambda a, b: pohsun(a, b, mask(56, 64)))
case("small", "-m l1 --where target.seen=0", "l1", pairs,
     lambda a, b: l1(a[codes == 0], b[codes == 0]))


def white(x, n):
    return np.pad(x, ((0, 0), (n, n), (0, 0)), constant_values=1)


ta, tb, tm = unit(tall_a), unit(tall_b), mask(128, 200)[..., None]
case("tall", "-p patn", "ssim-skgauss",
     [(white(ta[:, 12:188], 40), white(tb[:, 12:188], 40))], skgauss)
case("tall", "-m ssim-wang --crop 101 --pad-white 3", "ssim-wang",
     [(white(ta[:, 49:150], 3), white(tb[:, 49:150], 3))], wang)
# Masked in -1..1, where what is masked out becomes 0, the middle.
case("tall", "-p texformer --mask target.mask", "ssim-pohsun",
     [(((ta * 2 - 1) * tm)[:, 68:132], ((tb * 2 - 1) * tm)[:, 68:132])],
     pohsun)


# ---- files -------------------------------------------------------------

def write(path, samples):
    buf = io.BytesIO()
    with tarfile.open(fileobj=buf, mode="w", format=tarfile.PAX_FORMAT) as t:
        for key, fields in samples:
            for name, x in fields.items():
                npy = io.BytesIO()
                np.save(npy, np.ascontiguousarray(x))
                info = tarfile.TarInfo(f"{key}.{name}.npy")
                info.size = npy.getbuffer().nbytes
                npy.seek(0)
                t.addfile(info, npy)
    with open(path, "wb") as f:
        subprocess.run(["zstd", "-19", "-q"], input=buf.getvalue(), stdout=f,
                       check=True)


write("small.tar.zst", small)
write("tall.tar.zst", tall)
with open("want.tsv", "w") as f:
    for file, options, name, view, value in want:
        f.write(f"{file}\t{options}\t{name}\t{view}\t{value:.9f}\n")
print(len(want), "figures")
