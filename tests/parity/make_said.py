#!/usr/bin/python3
"""Writes the parity files of the U-Net's later fields, behind, doubt, kinds and fine, and of the losses that go with them.

    python3 tests/parity/make_said.py [FILE...]

A twin in numpy: needs python3-numpy and zstd(1) and no torch. Follows networks(7), weights(5) and the headers
libcommon/nets/vars.h, nets/unet.h, losses/loss.h. All is computed in float64 from values that float32 (weights: float16)
holds exactly. Gradients are numeric, by a complex step: the imaginary part of f(x + 1e-30 i) is 1e-30 f'(x), with
nothing subtracted, so that it is exact to rounding. The loss is that of make_parity.py.

Before it writes, the twin has to give what torch gave of the older fields: unet.tar.zst and prior.tar.zst.
Maps are (h,w,c) here.
"""
import sys

import numpy as np

from fixtures import parameter, picture, positions, read, row, thin, write

SLOPE = 0.1
STEP = 1e-30
NEAR = 1e-6     # of the largest: nearer to 0 rounding would choose the side of LeakyReLU

BASE = dict(net="unet", preset="parity", size=16, width=5, halvings=3, constant=2, mix=7, prior=True, behind=True,
            doubt=True, kinds=6)
FILES = {"said": dict(BASE), "fine": dict(BASE, fine=4)}


# ---- layers --------------------------------------------------------------

class Params:
    """name -> array, made on first use; real values stay what they are."""

    def __init__(self, make):
        self.make, self.all, self.before = make, {}, {}

    def __call__(self, name, *shape):
        if name not in self.all:
            self.all[name] = self.make(name, shape)
        assert self.all[name].shape == shape, (name, shape, self.all[name].shape)
        return self.all[name]


def act(x):
    if not np.iscomplexobj(x):
        far = np.abs(x[x != 0])
        assert far.min() > NEAR * far.max(), "an activation at zero: take another seed"
    return np.where(x.real > 0, x, SLOPE * x)


def conv(P, name, x, o, k=3, stride=1):
    W, b = P(name + ".weight", o, x.shape[2], k, k), P(name + ".bias", o)
    same = not any(map(np.iscomplexobj, (x, W, b)))
    if same and name in P.before:   # nothing that is varied has come here
        return P.before[name]
    x = np.pad(x, ((k // 2, k // 2), (k // 2, k // 2), (0, 0)))
    patch = np.lib.stride_tricks.sliding_window_view(x, (k, k), (0, 1))[::stride, ::stride]
    h, w = patch.shape[:2]
    y = (patch.reshape(h * w, -1) @ W.reshape(o, -1).T + b).reshape(h, w, o)
    if same:
        P.before[name] = y
    return y


def twice(x):
    return x.repeat(2, 0).repeat(2, 1)


def mean4(x):
    h, w, c = x.shape
    return x.reshape(h // 2, 2, w // 2, 2, c).mean((1, 3))


# ---- what it reads -------------------------------------------------------

def warp(x, xy):
    """x read between pixels at xy; a map goes on beyond its rim. Where xy is NaN anything."""
    h, w = x.shape[:2]
    xy = np.nan_to_num(xy)
    at = np.floor(xy).astype(int)
    f = xy - at
    out = 0
    for dy in (0, 1):
        for dx in (0, 1):
            weight = np.abs(1 - dx - f[..., 0]) * np.abs(1 - dy - f[..., 1])
            out = out + weight[..., None] * x[np.clip(at[..., 1] + dy, 0, h - 1), np.clip(at[..., 0] + dx, 0, w - 1)]
    return out


def texels(e, index):
    """e of the texels that index names; 0 where it names none."""
    flat = e.reshape(-1, e.shape[2])
    return np.where(index.reshape(-1, 1) >= 0, flat[index.reshape(-1)], 0).reshape(e.shape)


def evidence(r, d):
    """u and v of each texel, of its mirror and, or None, of what lies behind it; the texture or None."""
    known = np.isin(d["source.seen"], (1, 2)) & ~np.isnan(d["source.coord"]).any(-1) & (d["valid"] > 0)
    u = warp(picture(d["source.image"]), d["source.coord"])
    own = np.concatenate([u, np.ones_like(u[..., :1])], 2) * known[..., None]
    mirrored = texels(own, np.where(d["valid"] > 0, d["mirror"], -1))
    back = texels(own, d["behind"]) if r.get("behind") else None
    return own, mirrored, back, d["texture"].astype(np.float64) if r["prior"] else None


def half(own):
    """u and v of half the side: of four texels the mean of those that are known."""
    v = mean4(own[..., 3:])
    return np.concatenate([mean4(own[..., :3] * own[..., 3:]) / np.maximum(v, .25), v > 0], 2)


# ---- the U-Net -----------------------------------------------------------

def coarse(P, r, x):
    """The last feature."""
    width = [r["width"] * m for m in (1, 2, 4, 4, 4, 4)]
    x = act(conv(P, "unet.enc0", x, width[0]))
    skip = []
    for i in range(1, r["halvings"] + 1):
        skip.append(x)
        x = act(conv(P, "unet.enc%d.conv1" % i, x, width[i], 3, 2))
        x = act(conv(P, "unet.enc%d.conv2" % i, x, width[i]))
    x = act(conv(P, "unet.enc%d.conv3" % r["halvings"], x, width[r["halvings"]]))
    if r["mix"]:
        flat = x.reshape(1, 1, -1)
        y = act(conv(P, "unet.mix.conv1", flat, r["mix"], 1))
        x = (flat + conv(P, "unet.mix.conv2", y, flat.shape[2], 1)).reshape(x.shape)
    x = x + conv(P, "unet.mean", x.mean((0, 1), keepdims=True), x.shape[2], 1)
    for i in reversed(range(r["halvings"])):
        x = act(conv(P, "unet.dec%d" % i, np.concatenate([twice(x), skip[i]], 2), width[i]))
    return x


def heads(P, r, prefix, y):
    want = [("texture", "out", 3), ("doubt", "doubt", r.get("doubt")), ("kinds", "kinds", r.get("kinds"))]
    return {field: conv(P, prefix + name, y, int(c)) for field, name, c in want if c}


def join(maps):
    return np.concatenate([x for x in maps if x is not None], 2)


def unet(P, r, e):
    """{field: map} of what evidence gave: the texture; s, exp(s) being the error that is expected; a logit for each kind."""
    own, mirrored, back, texture = small = e
    if r.get("fine"):
        small = [None if x is None else f(x) for f, x in zip((half, half, half, mean4), e)]
    constant = P("unet.constant", 1, r["constant"], r["size"], r["size"])[0].transpose(1, 2, 0)
    y = coarse(P, r, join([small[0], small[1], small[3], constant, small[2]]))
    out = heads(P, r, "unet.", y)
    if r.get("fine"):
        said = {k: twice(v) for k, v in out.items()}
        y = act(conv(P, "unet.fine.conv1", join([own, mirrored, texture, twice(y), said["texture"], back]), r["fine"]))
        y = act(conv(P, "unet.fine.conv2", y, r["fine"]))
        out = {k: said[k] + v for k, v in heads(P, r, "unet.fine.", y).items()}
    if texture is not None:
        out["texture"] = out["texture"] + texture
    return out


# ---- gradients -----------------------------------------------------------

def weigh(outs):
    return sum((x.reshape(-1) * np.cos(1 + k + 0.37 * np.arange(x.size))).sum() for k, x in enumerate(outs))


def slope(f, hold, key, entries):
    """Derivatives of f() by these entries of the array hold[key], which f reads."""
    was = hold[key]
    out = np.empty(len(entries))
    for n, i in enumerate(entries):
        hold[key] = was.astype(complex)
        hold[key].reshape(-1)[i] += 1j * STEP
        out[n] = f().imag / STEP
    hold[key] = was
    return out


def check_older(name):
    """The twin against torch."""
    weights, kept = read(name + ".weights.tar.zst")["parity"], read(name + ".tar.zst")
    r, case = kept["inputs"]["recipe"], kept["unet"]["case"]
    P = Params(lambda n, shape: weights[n].astype(np.float64))
    e = evidence(r, kept["inputs"])
    run = lambda: list(unet(P, r, e).values())
    off = np.abs(thin(run()[0]) - kept["unet"]["texture"]).max()
    assert sorted(P.all) == sorted(case["params"]) and off < 1e-6, (name, off)
    for n, want in zip(case["params"], kept["unet"]["grads"]):
        size = P.all[n].size
        step = max(1, size // 6)
        got = slope(lambda: weigh(run()), P.all, n, [i * step for i in range(6) if i * step < size])
        off = max(off, np.abs(got - want[2:2 + len(got)]).max() / max(want[1], 1e-3))
    assert off < 1e-5, (name, off)
    print("%s: off from torch's by %.1e" % (name, off))


# ---- files ---------------------------------------------------------------

def inputs(seed, size):
    """As in fields(7); mirror, valid and behind as in nets/vars.h."""
    r = np.random.RandomState(seed)
    c, seen = positions(r, size, 1)

    def indices():
        return np.where(r.uniform(size=(size, size)) < .2, -1, r.permutation(size * size).reshape(size, size)).astype("<i4")

    return {"source.image": r.randint(0, 256, (size, size, 3)).astype("u1"),
            "source.coord": c[0].transpose(1, 2, 0).astype("<f4"),
            "source.seen": np.where(seen[0], r.choice([1, 1, 1, 2, 3], (size, size)), 0).astype("u1"),
            "valid": (r.uniform(size=(size, size)) < .8).astype("u1"),
            "mirror": indices(), "behind": indices(),
            "texture": (np.round(r.uniform(-1, 1, (size, size, 3)) * 64) / 64).astype("<f4")}


def net(name, r, seed):
    rs = np.random.RandomState(seed)
    P, d = Params(lambda n, shape: parameter(rs, n, shape)), inputs(seed + 1, r["size"] * (2 if r.get("fine") else 1))
    e = evidence(r, d)
    out = unet(P, r, e)
    rows = [row(slope(lambda: weigh(unet(P, r, e).values()), P.all, n, range(P.all[n].size))) for n in P.all]
    write(name + ".weights.tar.zst", [("parity", dict(about={"weights": {"recipe": r}},
                                                      **{n: p.astype("<f2") for n, p in P.all.items()}))])
    kept = {"case": dict(outs=list(out), params=list(P.all)), "grads": np.array(rows, "<f4")}
    kept.update({k: thin(x.astype("<f4")) for k, x in out.items()})
    write(name + ".tar.zst", [("inputs", dict(recipe=r, **d)), ("unet", kept)])


def doubt(s, t, want, m):
    """loss_doubt: the mean where m is of e exp(-s) + s."""
    e = np.abs(t - want).mean(-1, keepdims=True) + 0.01
    return ((e * np.exp(-s) + s) * m).sum() / m.sum()


def kind(x, want):
    """loss_kind: the mean cross entropy where want is one of the kinds, 1 and up."""
    at = np.argwhere((want > 0) & (want <= x.shape[-1]))
    logit = np.array([x[tuple(i)] for i in at])
    p = np.exp(logit) / np.exp(logit).sum(1, keepdims=True)
    return -np.mean(np.log([q[want[tuple(i)] - 1] for i, q in zip(at, p)]))


def losses():
    r = np.random.RandomState(31)
    rand = lambda *shape: r.randn(*shape).astype("<f4")
    out = []

    def case(name, op, f, x, more):
        hold = {"x": x.astype(np.float64)}
        dx = slope(lambda: f(hold["x"]), hold, "x", range(x.size)).reshape(x.shape)
        out.append((name, dict(case=dict(op=op, value=float(f(hold["x"]).real), wants=1), x0=x, dx0=dx.astype("<f4"), **more)))

    s, t, want = rand(2, 7, 5, 1), rand(2, 7, 5, 3), rand(2, 7, 5, 3)
    s[0, 0, 0], want[0, 0, 1] = -6, t[0, 0, 1]     # surer than it can be, and right
    for name, m in (("doubt", np.ones((1, 7, 5, 1), "<f4")),
                    ("doubt-masked", (r.uniform(.5, 1.5, (1, 7, 5, 1)) * (r.uniform(size=(1, 7, 5, 1)) > .3)).astype("<f4"))):
        wide = [x.astype(np.float64) for x in (t, want, np.broadcast_to(m, s.shape))]
        case(name, "doubt", lambda x: doubt(x, *wide), s, dict(x1=t, x2=want, x3=m))
    x = rand(2, 7, 5, 6) * 3
    code = r.randint(0, 8, (2, 7, 5)).astype("u1")      # 0 and 7: no kind
    code[1, :, 2] = 255
    case("kind", "kind", lambda x: kind(x, code), x, dict(want=code))
    write("said-losses.tar.zst", out)


if __name__ == "__main__":
    todo = sys.argv[1:] or [*FILES, "said-losses"]
    for name in ("unet", "prior"):
        check_older(name)
    for name in todo:
        if name in FILES:
            net(name, FILES[name], 40)
        else:
            losses()
