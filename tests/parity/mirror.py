"""The networks of libcommon/nets in PyTorch, written from the same text, for parity.

Parameters have the names of our weights files and are made where they are first used, so that the two lists of
parameters are independent and can be compared. Attention is GFLA's literal form: mosaics of patches, a convolution
with stride k over query and key patch side by side, softmax, mean. Any dtype; maps are NCHW here.
"""

import math

import torch
import torch.nn.functional as F

SLOPE = 0.1
RECIPES = {
    "paper": dict(norm="instance", flow="learned", evidence="none", upsample="transposed", levels="area",
                  attn_mean=True, context=0),
    "anchored": dict(norm="inner", flow="anchored", evidence="raw", upsample="resize", levels="nearest",
                     attn_mean=False, context=1),
}


def act(x):
    return F.leaky_relu(x, SLOPE)


class Params:
    """name -> tensor, made on first use by `make(name, shape)`, then kept."""

    def __init__(self, make):
        self.make, self.all, self.prefix = make, {}, ""

    def __call__(self, name, *shape):
        name = self.prefix + name
        if name not in self.all:
            self.all[name] = self.make(name, shape)
        assert tuple(self.all[name].shape) == tuple(shape), (name, shape)
        return self.all[name]

    def at(self, prefix):
        sub = Params(self.make)
        sub.all, sub.prefix = self.all, self.prefix + prefix + "."
        return sub


# ---- layers --------------------------------------------------------------

def norm(P, name, x):
    """Instance norm with affine; by formula, as torch refuses a map of one pixel."""
    c = x.shape[1]
    g, b = P(name + ".weight", c), P(name + ".bias", c)
    mean = x.mean((2, 3), keepdim=True)
    var = ((x - mean) ** 2).mean((2, 3), keepdim=True)
    return (x - mean) / torch.sqrt(var + 1e-5) * g[None, :, None, None] + b[None, :, None, None]


def pad(x, p, mode):
    if p == 0:
        return x
    return F.pad(x, (p,) * 4, mode={"zero": "constant", "edge": "replicate", "reflect": "reflect"}[mode])


def conv(P, name, x, o, k, stride=1, p=0, mode="zero", bias=True):
    c = x.shape[1]
    w = P(name + ".weight", o, c, k, k)
    return F.conv2d(pad(x, p, mode), w, P(name + ".bias", o) if bias else None, stride)


def conv_t(P, name, x, o):
    """Transposed 3x3, stride 2, exactly twice the size."""
    w = P(name + ".weight", x.shape[1], o, 3, 3)
    return F.conv_transpose2d(x, w, P(name + ".bias", o), 2, 1, 1)


def up2(x):
    return x.repeat_interleave(2, 2).repeat_interleave(2, 3)


def grid(h, w, like):
    y, x = torch.meshgrid(torch.arange(h, dtype=like.dtype), torch.arange(w, dtype=like.dtype), indexing="ij")
    return torch.stack([x, y])[None]


def gather(key, pos):
    """Bilinear at pos (n,2,...) as x, y: fraction first, then each corner clamped; NaN gives 0. key has n or 1 maps."""
    n, c, h, w = pos.shape[0], key.shape[1], key.shape[2], key.shape[3]
    shape = pos.shape[2:]
    nan = torch.isnan(pos).any(1, keepdim=True)
    pos = torch.where(nan, torch.zeros_like(pos), pos)
    base = torch.floor(pos.detach())
    a = (pos - base).reshape(n, 2, 1, -1)
    flat = key.expand(n, -1, -1, -1).reshape(n, c, h * w)

    def corner(dx, dy):
        ix = (base[:, 0] + dx).clamp(0, w - 1).long()
        iy = (base[:, 1] + dy).clamp(0, h - 1).long()
        at = (iy * w + ix).reshape(n, 1, -1).expand(-1, c, -1)
        return flat.gather(2, at)

    ax, ay = a[:, 0], a[:, 1]
    out = (1 - ay) * ((1 - ax) * corner(0, 0) + ax * corner(1, 0)) + ay * ((1 - ax) * corner(0, 1) + ax * corner(1, 1))
    return out.reshape(n, c, *shape) * (~nan).to(out.dtype)


def patches(x, pos, k):
    """The k x k patch around each position, tap (i, j) at row k*y + i, column k*x + j."""
    n, _, h, w = pos.shape
    r = k // 2
    d = torch.arange(-r, r + 1, dtype=pos.dtype)
    px = pos[:, 0][:, :, None, :, None] + d[None, None, None, None, :]
    py = pos[:, 1][:, :, None, :, None] + d[None, None, :, None, None]
    px, py = torch.broadcast_tensors(px, py)
    return gather(x, torch.stack([px, py], 1).reshape(n, 2, h * k, w * k))


def attend(P, query, key, pos, k, hidden, mean):
    """eq. 1: pos is absolute, in pixels of the key map."""
    n, _, h, w = pos.shape
    c = key.shape[1]
    qp = patches(query, grid(h, w, pos).expand(n, -1, -1, -1), k)
    kp = patches(key, pos, k)
    wq, wk = P("query.weight", hidden, c, k, k), P("key.weight", hidden, c, k, k)
    hid = F.conv2d(torch.cat([qp, kp], 1), torch.cat([wq, wk], 1), P("query.bias", hidden), stride=k)
    tap = F.conv2d(act(hid), P("kernel.weight", k * k, hidden, 1, 1), P("kernel.bias", k * k)).softmax(1)
    tap = tap.reshape(n, k, k, h, w).permute(0, 3, 1, 4, 2).reshape(n, 1, h * k, w * k)
    out = F.avg_pool2d(tap * kp, k)
    return out if mean else out * (k * k)


def spectral(P, name, w, step):
    """Torch's spectral norm; `step` first moves u and v once, without a gradient."""
    rows, m = w.shape[0], w.reshape(w.shape[0], -1)
    u, v = P(name + ".u", rows), P(name + ".v", m.shape[1])
    if step:
        with torch.no_grad():
            v = F.normalize(m.T @ u, dim=0, eps=1e-12)
            u = F.normalize(m @ v, dim=0, eps=1e-12)
    return w / (u @ (m @ v))


# ---- blocks --------------------------------------------------------------

def before(P, name, x, kind):
    if kind == "raw":
        return x
    return act(norm(P, name, x)) if kind == "norm" else act(x)


def inside(kind):
    return "plain" if kind == "raw" else kind


def encode(P, x, o, kind):
    x = conv(P, "conv1", before(P, "norm1", x, kind), o, 4, 2, 1)
    return conv(P, "conv2", before(P, "norm2", x, inside(kind)), o, 3, 1, 1)


def res(P, x, kind):
    c = x.shape[1]
    y = conv(P, "conv1", before(P, "norm1", x, kind), c, 3, 1, 1)
    return x + conv(P, "conv2", before(P, "norm2", y, inside(kind)), c, 3, 1, 1)


def up(P, x, o, hidden, kind, how):
    y = conv(P, "conv1", before(P, "norm1", x, kind), hidden, 3, 1, 1)
    if how == "transposed":
        short = conv_t(P, "short", x, o)
        return conv_t(P, "conv2", before(P, "norm2", y, inside(kind)), o) + short
    short = up2(conv(P, "short", x, o, 1))
    return conv(P, "conv2", up2(before(P, "norm2", y, inside(kind))), o, 3, 1, 1) + short


def generator_kind(r, i):
    return "norm" if r["norm"] == "instance" else "raw" if i == 0 else "plain"


def encoder(P, r, x):
    out = []
    for i in range(3):
        x = encode(P.at("enc%d" % (i + 1)), x, r["width"][i], generator_kind(r, i))
        out.append(x)
    return out


def decoder(P, r, level, x):
    kind = generator_kind(r, 1)
    x = res(P.at("dec%d.res" % level), x, kind)
    return up(P.at("dec%d.up" % level), x, r["width"][max(level - 2, 0)], x.shape[1], kind, r["upsample"])


class FlowNet:
    def __init__(self, P, r, outs):
        self.P, self.r, self.outs = P, r, outs

    def head(self, level):
        return conv(self.P, "head%d" % level, self.u, self.outs, 3, 1, 1)

    def decode(self, o, level):
        y = up(self.P.at("dec%d" % (level + 1)), self.u, o, o, "norm", self.r["upsample"])
        self.u = y + conv(self.P, "jump%d" % level, act(self.e[level - 1]), o, 3, 1, 1, "reflect")

    def coarse(self, x):
        w, self.e = self.r["flow_width"], []
        for i, c in enumerate((w, 2 * w, 4 * w, 8 * w, 8 * w)):
            kind = "raw" if self.r["norm"] == "inner" and i == 0 else "norm"
            x = encode(self.P.at("enc%d" % (i + 1)), x, c, kind)
            self.e.append(x)
        self.u = x
        self.decode(8 * w, 4)
        self.decode(4 * w, 3)
        return self.head(3)

    def fine(self):
        self.decode(2 * self.r["flow_width"], 2)
        return self.head(2)

    def mix(self, gathered):
        self.u = conv(self.P, "mix3", torch.cat([self.u, gathered], 1), 4 * self.r["flow_width"], 3, 1, 1)


def position(r, head, anchor):
    if r["flow"] == "anchored":
        return anchor + 4 * head[:, :2]
    side = torch.tensor([head.shape[3] - 1., head.shape[2] - 1.], dtype=head.dtype)[None, :, None, None]
    return (torch.tanh(head[:, :2]) + 1) / 2 * side


# ---- annotations at a level ----------------------------------------------

def reduce(xy, ok, level, rule, side):
    """xy (n,2,h,w), ok (n,1,h,w) bool -> positions of the level and where at least a quarter of the cell is valid."""
    f = 1 << level
    ok = ok & ~torch.isnan(xy).any(1, keepdim=True)
    xy = torch.where(ok, xy, torch.zeros_like(xy))
    n, _, h, w = xy.shape
    cell = lambda t: t.reshape(n, -1, h // f, f, w // f, f).permute(0, 1, 2, 4, 3, 5).reshape(n, -1, h // f, w // f, f * f)
    x, o = cell(xy), cell(ok.to(xy.dtype))
    count = o.sum(-1)
    if rule == "area":
        pos = x.sum(-1) / count.clamp(min=1) * ((side // f - 1) / (side - 1))
    else:
        d = torch.arange(f, dtype=xy.dtype) - (f - 1) / 2
        far = (d[:, None] ** 2 + d[None, :] ** 2).reshape(-1)
        far = torch.where(o > 0, far, torch.full_like(far, 1e9))
        # The first of equals: argmin of torch promises no order.
        first = torch.arange(f * f, dtype=xy.dtype) * 1e-6
        best = (far + first).argmin(-1, keepdim=True)
        pos = (x.gather(-1, best.expand(-1, 2, -1, -1, -1))[..., 0] + .5) / f - .5
    return pos * (count > 0), (count * 4 >= f * f).to(xy.dtype)


def compose(s, m, c_s, seen_s):
    """c_s(s(l)) and where more than 0.6 of the weight is seen."""
    ok = visible(seen_s, c_s).to(s.dtype)
    c = torch.where(torch.isnan(c_s), torch.zeros_like(c_s), c_s) * ok
    weight = gather(ok, s)
    xy = gather(c, s) / weight.clamp(min=1e-9)
    return xy, (weight > .6) & (m > 0) & ~torch.isnan(s).any(1, keepdim=True)


def visible(seen, c):
    return ((seen == 1) | (seen == 2)) & ~torch.isnan(c).any(1, keepdim=True)


def absolute_anchor(pos, v):
    return v * pos + (1 - v) * (pos.shape[-1] - 1) / 2


def evidence(d, with_texture):
    """u, v, mirrored u, mirrored v, and the finished texture."""
    v = (visible(d["seen_s"], d["c_s"]) & (d["valid"] > 0)).to(d["x_s"].dtype)
    u = torch.where(v > 0, gather(d["x_s"], d["c_s"]), torch.zeros_like(d["x_s"]))
    at = d["mirror"].reshape(-1)
    have = ((at >= 0) & (d["valid"].reshape(-1) > 0)).to(u.dtype)
    turn = lambda t: texels(t, at) * have.reshape(v.shape)
    mv = turn(v)
    parts = [u, v, turn(u) * mv, mv]
    return torch.cat(parts + ([d["texture"]] if with_texture else []), 1)


def texels(t, at):
    """t of the texels whose index at has, flat; of the first where it is less than 0."""
    return t.reshape(1, t.shape[1], -1)[:, :, at.clamp(min=0)].reshape(t.shape)


def evidence_behind(d, ev):
    """u and v of the texel that lies behind each."""
    at = d["behind"].reshape(-1)
    return texels(ev[:, :4], at) * (at >= 0).to(ev.dtype).reshape(1, 1, *ev.shape[2:])


def evidence_half(ev):
    """Either of the two at half the side: of four texels the mean of those known; of a texture of all."""
    out = []
    for k in range(0, ev.shape[1] - 3, 4):
        u, v = ev[:, k:k + 3], ev[:, k + 3:k + 4]
        share = F.avg_pool2d(v, 2)
        out += [F.avg_pool2d(u * v, 2) / share.clamp(min=.25), (share > 0).to(ev.dtype)]
    rest = ev.shape[1] % 4
    return torch.cat(out + ([F.avg_pool2d(ev[:, -rest:], 2)] if rest else []), 1)


def evidence_view(d, views, texture):
    """Where a chart is near, 1, and the texture there; no gradient goes to it."""
    n, v = views["s"].shape[0], (d["valid"] > 0).to(texture.dtype)
    w = gather(v.expand(n, -1, -1, -1), views["s"]) * (views["m"] > 0)
    ok = (w > 0).to(texture.dtype)
    seen = gather((texture.detach() * v).expand(n, -1, -1, -1), views["s"])
    return torch.cat([ok, ok * seen / w.clamp(min=1e-9)], 1)


# ---- networks ------------------------------------------------------------

class Dual:
    """One sample. d holds the inputs, NCHW; images in [-1,1]."""

    def __init__(self, P, r, d, links="full"):
        self.P, self.r, self.d = P, r, d
        self.i2t, self.t2i = links in ("full", "i2t"), links in ("full", "t2i")
        self.ev = None if r["evidence"] == "none" else evidence(d, r["evidence"] == "raw+inpaint")

    def e_s(self):
        e = encoder(self.P.at("e_s"), self.r, self.d["x_s"])
        return [e[2], e[1]]

    def attend(self, site, level, q, key, pos):
        i = 3 - level
        P = self.P.at(site + str(level))
        return attend(P, q, key, pos, self.r["kernel"][i], self.r["hidden"], self.r["attn_mean"])

    def texture_begin(self, views):
        d, r, P = self.d, self.r, self.P
        n = views["p"].shape[0] if self.i2t else 1
        const = P("g_t.constant", 1, 18, r["size"], r["size"])
        e = encoder(P.at("g_t"), r, const if self.ev is None else torch.cat([const, self.ev], 1))
        self.t, self.skip = e[2], e[1] if r["context"] else None
        c, seen = views["c"][:n], visible(views["seen"][:n], views["c"][:n])
        cn = (torch.nan_to_num(c) * (2 / (r["size"] - 1)) - 1).clamp(-1.2, 1.2) * seen
        self.f_it = FlowNet(P.at("f_it"), r, 4)
        self.it_in = torch.cat([views["p"][:n], views["b"][:n], cn, seen.to(c.dtype)], 1)
        guide = [reduce(c, seen, level, r["levels"], r["size"]) for level in (3, 2)]
        self.it_anchor = [absolute_anchor(*k) for k in guide]
        self.it_known = [k[1] if r.get("known") else 1 for k in guide]
        self.keep = dict(f_it=[], m_it=[], a=[], phi_t=[])

    def texture_turn(self, level, phi_i):
        P, r, i = self.P, self.r, 3 - level
        if level == 2:
            self.t = decoder(P.at("g_t"), r, 3, self.t)
            if self.skip is not None:
                self.t = self.t + conv(P.at("g_t"), "skip2", act(self.skip), self.t.shape[1], 1)
        q = self.t
        if level == 3 or self.i2t:
            head = self.f_it.coarse(self.it_in) if level == 3 else self.f_it.fine()
            n = head.shape[0]
            f, m = position(r, head, self.it_anchor[i]), torch.sigmoid(head[:, 2:3]) * self.it_known[i]
            a = torch.sigmoid(head[:, 3:4].mean(0, keepdim=True))
            for k, v in (("f_it", f), ("m_it", m), ("a", a)):
                self.keep[k].append(v)
            each = self.attend("g_t.it", level, q.expand(n, -1, -1, -1), phi_i[:n], f) * m
            c, h, w = q.shape[1:]
            slots = torch.zeros(1, r["slots"] * c, h, w, dtype=q.dtype)
            slots = torch.cat([each.reshape(1, n * c, h, w), slots[:, n * c:]], 1)
            merged = conv(P.at("g_t"), "merge%d" % level, slots, c, 1)
            q = (1 - a) * q + a * merged
        if level == 3 and r["context"]:
            q = self.context(P.at("g_t.context"), q)
        self.t = q
        self.keep["phi_t"].append(q)
        return q

    def context(self, P, x):
        z, c = x, x.shape[1]
        for k in range(self.r["context"]):
            z = conv(P, "down%d" % (k + 1), act(z), c, 3, 2, 1)
        z = act(conv(P, "conv", act(z), c, 3, 1, 1))
        z = z + conv(P, "mean", z.mean((2, 3), keepdim=True), c, 1)
        for k in range(self.r["context"], 0, -1):
            z = conv(P, "up%d" % k, up2(act(z)), c, 3, 1, 1)
        return x + z

    def texture_end(self, phi_t):
        P, r = self.P.at("g_t"), self.r
        x = act(decoder(P, r, 1, decoder(P, r, 2, phi_t)))
        if self.ev is not None:
            x = torch.cat([x, self.ev], 1)
        y = conv(P, "out", x, 3, 3, 1, 1, "reflect")
        self.finished = y + self.ev[:, -3:] if r["evidence"] == "raw+inpaint" else torch.tanh(y)
        return self.finished

    def images(self, views, turn, decode=True, texture=None):
        """H-Nets for the poses of `views`; turn(level, phi_i) gives phi_t. Returns x^ (None without decode), flows."""
        P, r, d = self.P, self.r, self.d
        n, x_s, p_s, p = views["p"].shape[0], d["x_s"], d["p_s"], views["p"]
        keys = self.e_s()
        st, ti = FlowNet(P.at("f_st"), r, 3), FlowNet(P.at("f_ti"), r, 3)
        if r["flow"] == "anchored":
            xy, ok = compose(views["s"], views["m"], d["c_s"].expand(n, -1, -1, -1), d["seen_s"].expand(n, -1, -1, -1))
        x = encoder(P.at("g_i"), r, p)[2]
        out = dict(f_st=[], m_st=[], f_ti=[], m_ti=[], phi_i=[])
        for i, level in enumerate((3, 2)):
            h, w = x.shape[2:]
            rep = lambda t: t.expand(n, -1, -1, -1)
            head = st.coarse(torch.cat([rep(x_s), rep(p_s), p], 1)) if level == 3 else st.fine()
            f, m = head[:, :2], torch.sigmoid(head[:, 2:3])
            if r["flow"] == "anchored":
                pos, v = reduce(xy, ok, level, r["levels"], r["size"])
                f = f + v * (pos - grid(h, w, pos))
            x = (1 - m) * x + m * self.attend("g_i.st", level, x, keys[i], grid(h, w, f) + f)
            out["f_st"].append(f), out["m_st"].append(m), out["phi_i"].append(x)
            phi_t = turn(level, x)
            if level == 2 and not decode:
                return None, out
            if self.t2i:
                if level == 2:
                    ti.mix(gathered)
                head = ti.coarse(p) if level == 3 else ti.fine()
                anchor, known = None, 1
                if r["flow"] == "anchored":
                    guide = reduce(views["s"], views["m"] > 0, level, r["levels"], r["size"])
                    anchor, known = absolute_anchor(*guide), guide[1] if r.get("known") else 1
                f, m = position(r, head, anchor), torch.sigmoid(head[:, 2:3]) * known
                gathered = gather(phi_t, f)
                x = (1 - m) * x + m * self.attend("g_i.ti", level, x, phi_t, f)
                out["f_ti"].append(f), out["m_ti"].append(m)
            x = decoder(P.at("g_i"), r, level, x)
        x = act(decoder(P.at("g_i"), r, 1, x))
        finished = r["evidence"] == "raw+inpaint"
        if finished:
            e = evidence_view(d, views, d["texture"] if texture is None else texture)
            x = torch.cat([x, e], 1)
        y = conv(P.at("g_i"), "out", x, 3, 3, 1, 1, "reflect")
        return y + e[:, -3:] if finished else torch.tanh(y), out

    def step_one(self, halluc):
        self.texture_begin(halluc)
        x, out = self.images(halluc, self.texture_turn)
        return x, self.texture_end(self.keep["phi_t"][1]), dict(out, **self.keep)

    def step_two(self, target):
        kept = self.keep["phi_t"]
        return self.images(target, lambda level, phi: kept[3 - level], texture=self.finished)


def d_run(P, r, x, step=False, name="d"):
    w, P = r["critic"], P.at(name)

    def sn(P, name, x, o, k, stride=1, p=0):
        weight = spectral(P, name, P(name + ".weight", o, x.shape[1], k, k), step)
        return F.conv2d(x, weight, P(name + ".bias", o), stride, p)

    for i, (hidden, o) in enumerate(((w, w), (w, 2 * w), (2 * w, 4 * w), (4 * w, 4 * w))):
        Q = P.at("enc%d" % (i + 1))
        y = sn(Q, "conv1", act(x), hidden, 3, 1, 1)
        short = sn(Q, "short", F.avg_pool2d(x, 2), o, 1)
        x = sn(Q, "conv2", act(y), o, 4, 2, 1) + short
    return sn(P, "out", act(x), 1, 1)


def unet(P, r, ev, prior=0, behind=None):
    """[t], then s with doubt, then logits with kinds. ev and behind are as large as pictures.

    Fixtures of behind, doubt, kinds and fine are not of this function but of make_said.py.
    """
    P, n, w, fine = P.at("unet"), r["halvings"], r["width"], r.get("fine")
    width = lambda i: w << min(i, 2)
    c = lambda P, name, x, o, s=1: act(conv(P, name, x, o, 3, s, 1))
    half = evidence_half if fine else lambda e: e
    also = [] if behind is None else [behind]
    heads = [("out", 3)] + [("doubt", 1)] * bool(r.get("doubt")) + [("kinds", r.get("kinds"))] * bool(r.get("kinds"))
    x = torch.cat([half(ev), P("constant", 1, r["constant"], r["size"], r["size"])] + [half(e) for e in also], 1)
    x = c(P, "enc0", x, width(0))
    skip = []
    for i in range(1, n + 1):
        skip.append(x)
        Q = P.at("enc%d" % i)
        x = c(Q, "conv2", c(Q, "conv1", x, width(i), 2), width(i))
        if i == n:
            x = c(Q, "conv3", x, width(i))
    if r.get("mix"):
        Q = P.at("mix")
        flat = x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, 1, 1)
        flat = flat + conv(Q, "conv2", act(conv(Q, "conv1", flat, r["mix"], 1)), flat.shape[1], 1)
        x = flat.reshape(x.shape[0], x.shape[2], x.shape[3], x.shape[1]).permute(0, 3, 1, 2)
    x = x + conv(P, "mean", x.mean((2, 3), keepdim=True), x.shape[1], 1)
    for i in range(n - 1, -1, -1):
        x = c(P, "dec%d" % i, torch.cat([up2(x), skip[i]], 1), width(i))
    out = [conv(P, name, x, o, 3, 1, 1) for name, o in heads]
    if fine:
        P, out = P.at("fine"), [up2(y) for y in out]
        x = c(P, "conv2", c(P, "conv1", torch.cat([ev, up2(x), out[0]] + also, 1), fine), fine)
        out = [y + conv(P, name, x, o, 3, 1, 1) for y, (name, o) in zip(out, heads)]
    return [out[0] + prior] + out[1:]


# ---- losses --------------------------------------------------------------

VGG19 = [("conv%d_%d" % (b, i), 64 * 2 ** min(b - 1, 3)) for b in range(1, 6) for i in range(1, 3 + 2 * (b > 2))]


def vgg19(P, x, mean, deviation, last):
    """Maps behind each ReLU up to `last` of x in [-1,1]."""
    like = lambda v: torch.tensor(v, dtype=x.dtype)[None, :, None, None]
    x, out, P = ((x + 1) / 2 - like(mean)) / like(deviation), {}, P.at("vgg19")
    for name, o in VGG19:
        if name.endswith("_1") and name != "conv1_1":
            x = F.max_pool2d(x, 2)
        x = F.relu(conv(P, name, x, o, 3, 1, 1))
        out[name.replace("conv", "relu")] = x
        if name == last:
            break
    return out


def loss_rec(x, want, m=None):
    d = (x - want).abs()
    return (d if m is None else d * m).mean()


def loss_tex(t, want, m, bend=float("inf")):
    m = m.expand(t.shape[0], 1, -1, -1)
    e = (t - want).abs()
    return (torch.where(e <= bend, e, (e * e + bend * bend) / (2 * bend)) * m).sum() / (t.shape[1] * m.sum() + 1e-8)


def loss_perc(x, want, unit):
    levels = [k for k in ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1") if k in x]
    return sum((x[k] - want[k]).abs().mean() for k in levels) / unit


def gram(f, unit):
    n, c, h, w = f.shape
    f = f.reshape(n, c, h * w)
    return f @ f.transpose(1, 2) / (c * h * w * unit ** 2)


def loss_styl(x, want, unit):
    levels = [k for k in ("relu2_2", "relu3_4", "relu4_4", "relu5_2") if k in x]
    return sum((gram(x[k], unit) - gram(want[k], unit)).abs().mean() for k in levels)


def loss_adv(fake):
    return -fake.mean()


def loss_critic(real, fake):
    return (F.relu(1 - real).mean() + F.relu(1 + fake).mean()) / 2


def wide(key, pos):
    """4 x 4 taps around pos, exp(-d^2 / 8), over their sum; key has n or 1 maps."""
    n, c, h, w = pos.shape[0], key.shape[1], key.shape[2], key.shape[3]
    flat, base = key.expand(n, -1, -1, -1).reshape(n, c, h * w), torch.floor(pos.detach())
    out, total = 0, 0
    for dy in range(-1, 3):
        for dx in range(-1, 3):
            px, py = base[:, :1] + dx, base[:, 1:] + dy
            weight = torch.exp(-((px - pos[:, :1]) ** 2 + (py - pos[:, 1:]) ** 2) / 8)
            at = (py.clamp(0, h - 1) * w + px.clamp(0, w - 1)).long().reshape(n, 1, -1).expand(-1, c, -1)
            out = out + weight * flat.gather(2, at).reshape(n, c, *pos.shape[2:])
            total = total + weight
    return out / total


def loss_cor(f_st, psi_s, psi_t):
    """eq. 13 of one level."""
    unit = lambda t: t / (t.norm(dim=1, keepdim=True) + 1e-8)
    with torch.no_grad():
        s, t = unit(psi_s).expand(psi_t.shape[0], -1, -1, -1).flatten(2), unit(psi_t).flatten(2)
        most = (t.transpose(1, 2) @ s).max(2)[0]
    h, w = f_st.shape[2:]
    mu = (unit(wide(psi_s, grid(h, w, f_st) + f_st)) * unit(psi_t)).sum(1).flatten(1)
    return (torch.exp(-mu / (most + 1e-8)) - math.exp(-1)).mean()


def cor_map(maps, level):
    if level == 2:
        return maps["relu3_1"]
    return maps["relu4_1"] if "relu4_1" in maps else F.max_pool2d(maps["relu3_4"], 2)


def length(d, m):
    """Masked mean; torch's norm has gradient 0 at 0. Where m is 0 d may be NaN."""
    d = torch.where(m > 0, d, torch.zeros_like(d))
    return (d.norm(dim=1, keepdim=True) * m).sum() / (m.expand(d.shape[0], -1, -1, -1).sum() + 1e-8)


def loss_coord(f, want, m):
    return length(f - want, m)


def loss_flow(f, want, m):
    """Of a relative flow."""
    return length(grid(f.shape[2], f.shape[3], f) + f - want, m)


def loss_cons(f_st, f_it, f_ti, m):
    return length(grid(f_st.shape[2], f_st.shape[3], f_st) + f_st - gather(f_it, f_ti), m)


def loss_reg(f, k):
    """eq. 16: what the projection onto affine maps leaves of each window, by the matrix of the projection."""
    n, _, h, w = f.shape
    y, x = torch.meshgrid(torch.arange(k, dtype=f.dtype), torch.arange(k, dtype=f.dtype), indexing="ij")
    a = torch.stack([torch.ones(k * k, dtype=f.dtype), x.reshape(-1), y.reshape(-1)], 1)
    rest = torch.eye(k * k, dtype=f.dtype) - a @ torch.linalg.inv(a.T @ a) @ a.T
    p = F.unfold(f, k).reshape(n, 2, k * k, -1)
    return ((rest @ p) ** 2).sum((1, 2)).mean()


# ---- a step of training --------------------------------------------------

def spectral_step(P):
    """One step of the power iteration for every weight of D."""
    with torch.no_grad():
        for name in [k for k in P.all if k.startswith("d.") and k.endswith(".u")]:
            w, v = P.all[name[:-2] + ".weight"], name[:-2] + ".v"
            m = w.reshape(w.shape[0], -1)
            P.all[v] = F.normalize(m.T @ P.all[name], dim=0, eps=1e-12)
            P.all[name] = F.normalize(m @ P.all[v], dim=0, eps=1e-12)


class Step:
    """libcommon/train/step.c for one sample: losses by name, without their weights. psi gives the maps of VGG19."""

    def __init__(self, P, r, psi, unit, d, hal, tgt, n):
        self.P, self.r, self.psi, self.unit, self.d, self.tgt = P, r, psi, unit, d, tgt
        self.hal = {k: v[:n] for k, v in hal.items()}
        self.value = {}

    def add(self, name, v):
        self.value[name] = self.value.get(name, 0) + v

    def known(self, xy, ok, level):
        return reduce(xy, ok, level, self.r["levels"], self.r["size"])

    def known_source(self, views, level):
        n, d = views["s"].shape[0], self.d
        return self.known(*compose(views["s"], views["m"], d["c_s"].expand(n, -1, -1, -1),
                                   d["seen_s"].expand(n, -1, -1, -1)), level)

    def render(self, t, s, m):
        """warp(t; s) and where it is."""
        on = (m > 0) & ~torch.isnan(s).any(1, keepdim=True)
        return gather(t.expand(s.shape[0], -1, -1, -1), s), on.to(t.dtype)

    def flows(self, one, two, psi_s, psi_t):
        hal, tgt = self.hal, self.tgt
        for i, level in enumerate((3, 2)):
            k = self.r["kernel"][i]
            f_it, f_st, f_ti = one["f_it"][i], two["f_st"][i], two["f_ti"][i]
            self.add("coord", loss_coord(f_it, *self.known(hal["c"], visible(hal["seen"], hal["c"]), level)))
            self.add("reg", loss_reg(f_it, k) + loss_reg(f_st, k))
            if i < len(one["f_ti"]):    # step one stops before the fine level's
                self.add("flow", loss_coord(one["f_ti"][i], *self.known(hal["s"], hal["m"] > 0, level)) / 2)
            self.add("flow", loss_flow(one["f_st"][i], *self.known_source(hal, level)) / 2)
            self.add("cor", loss_cor(f_st, cor_map(psi_s, level), cor_map(psi_t, level)))
            at, seen = self.known_source(tgt, level)
            self.add("flow", loss_flow(f_st, at, seen))
            at, body = self.known(tgt["s"], tgt["m"] > 0, level)
            self.add("flow", loss_coord(f_ti, at, body))
            self.add("cons", loss_cons(f_st, f_it[:1], f_ti, seen if self.r["flow"] == "anchored" else body))

    def run(self):
        """Losses of everything but D; what was made stays in self.made."""
        d, tgt = self.d, self.tgt
        net = Dual(self.P, self.r, d)
        net.texture_begin(self.hal)
        one = net.images(self.hal, net.texture_turn, decode=False)[1]
        one.update(net.keep)
        self.t = t = net.texture_end(net.keep["phi_t"][1])
        x_hat, two = net.step_two(tgt)
        psi_s, psi_t = self.psi(d["x_s"]), self.psi(tgt["x"])
        self.flows(one, two, psi_s, psi_t)
        self.add("tex", loss_tex(t, d["true"], d["valid"]))
        w, m = self.render(t, d["s_s"], d["m_s"])
        self.add("source", loss_rec(w, d["x_s"], m))
        w, m = self.render(t, tgt["s"], tgt["m"])
        self.made = x_hat, (1 - m) * x_hat + m * w
        for x in self.made:
            maps = self.psi(x)
            self.add("rec", loss_rec(x, tgt["x"]))
            self.add("perc", loss_perc(maps, psi_t, self.unit))
            self.add("styl", loss_styl(maps, psi_t, self.unit))
        return self.value

    def texture(self, t):
        """Logits of the texture critic."""
        return d_run(self.P, self.r, t * self.d["valid"], name="d.t")

    def critics(self):
        """D's own loss, of what was made as it stands, and the texture critic's."""
        real = d_run(self.P, self.r, self.tgt["x"])
        own = sum(loss_critic(real, d_run(self.P, self.r, x.detach())) for x in self.made) / 2
        return own + loss_critic(self.texture(self.d["true"]), self.texture(self.t.detach()))

    def adversary(self):
        self.add("adv", sum(loss_adv(d_run(self.P, self.r, x)) for x in self.made) / 2)
        self.add("critic", loss_adv(self.texture(self.t)))
