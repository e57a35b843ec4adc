#!/usr/bin/env python3
"""Makes the tables of libcommon/texture/{atlas24,layout,seam}.c and prints them as C.

    tests/ref/atlas24.py ../shared/data/body/body_male.npz

Run once, offline; the tables it prints are what is built. Needs numpy and
scipy and an npz with vertices, faces and per face DensePose part, part_u,
part_v (a table computed from DensePose's UV_Processed.mat, CC BY-NC 4.0, and
the SMPL-Body mesh, CC BY 4.0). What is taken from it is one orientation, two
lengths and one affine map per part, and where parts adjoin, as some 100
straight pieces.

Rectangles. Along U and along V a chart has a physical length: the root mean
square, weighted by surface, of |dX/dU| and |dX/dV|. Each chart becomes a
rectangle of those proportions, scaled so that half of its surface is denser
and half less dense (texels per metre) than one number common to all; the
head's two charts get about twice that number. Left and right parts are of equal
size. A chart stands upright and is seen from outside, not mirrored: up in
the texture is up on a standing body, towards the shoulder on an arm, the
wrist on a hand, the heel on a foot. The two halves of the head stand side
by side, so that the face can be recognised.

Packing: a skyline over many random orders, keeping the best; then a linear
program that keeps the found order, lets each side vary by up to 8 % and
makes all as large as possible.

Mirror. Vertices are paired by reflecting the mesh at x = 0; the map of
(u,v) to the (u,v) of the mirrored point is fitted as an affine map per part
(least absolute deviation), exactly self-inverse for the torso.

Seams. Mesh edges with different parts on their sides, chained and cut into
pieces that are straight in both charts within 0.05; in steps of 1/255.
"""
import sys
import numpy as np
from scipy.optimize import linprog
from scipy.spatial import cKDTree

GAP = 2.05 / 127        # between charts, in the unit square: 2 texels at T = 128
HEAD = 2.1              # linear density of parts 23 and 24
SLACK = 0.08
ORDERS = 60000

z = np.load(sys.argv[1])
F = z['faces'].astype(int)
X = z['vertices'].astype(float)
part = z['part'].astype(int)
UV = np.stack([z['part_u'], z['part_v']], 2).astype(float)

# Which way is up: the axis of the chart that points up on the body.
UP = {1: '-U', 2: '-U', 3: '-V', 4: '-V', 5: '-U', 6: '+U', 7: '-U', 8: '-U',
      9: '+U', 10: '+U', 11: '+U', 12: '+U', 13: '-U', 14: '-U',
      15: '-U', 16: '-U', 17: '-U', 18: '-U', 19: '+U', 20: '+U',
      21: '-U', 22: '-U', 23: '+V', 24: '+V'}


def other(p):
    return p if p < 3 else p + 1 if p % 2 else p - 1


def lengths(p):
    """lu, lv in metres per unit of U, V, and +1/-1 for the chart's handedness."""
    m = part == p
    P, T = X[F[m]], UV[m]
    e1, e2 = P[:, 1] - P[:, 0], P[:, 2] - P[:, 0]
    d1, d2 = T[:, 1] - T[:, 0], T[:, 2] - T[:, 0]
    det = d1[:, 0] * d2[:, 1] - d2[:, 0] * d1[:, 1]
    w = np.linalg.norm(np.cross(e1, e2), axis=1) / 2
    ok = abs(det) > 1e-9
    xu = (e1 * d2[:, 1:] - e2 * d1[:, 1:])[ok] / det[ok, None]
    xv = (e2 * d1[:, :1] - e1 * d2[:, :1])[ok] / det[ok, None]
    w, det = w[ok], det[ok]
    lu = np.sqrt((w * (xu ** 2).sum(1)).sum() / w.sum())
    lv = np.sqrt((w * (xv ** 2).sum(1)).sum() / w.sum())
    # Median over the surface of metres per texel of a lu x lv rectangle.
    size = np.sqrt(2 * w / (abs(det) * lu * lv))
    o = np.argsort(size)
    half = size[o][np.searchsorted(np.cumsum(w[o]), w.sum() / 2)]
    return lu * half, lv * half, np.sign(np.median(det))


def orient(p, hand):
    """Right and down of the texture as signed chart axes."""
    up = UP[p]
    right = {'+V': '+U', '-V': '-U', '+U': '-V', '-U': '+V'}[up]
    flip = {'+': '-', '-': '+'}
    if hand < 0:
        right = flip[right[0]] + right[1]
    return right, flip[up[0]] + up[1]


def sizes():
    out = {}
    for p in range(1, 25):
        lu, lv, hand = lengths(p)
        right, down = orient(p, hand)
        w, h = (lu, lv) if right[1] == 'U' else (lv, lu)
        s = HEAD if p > 22 else 1
        out[p] = [w * s, h * s, right, down]
    for p in range(3, 25, 2):
        for i in (0, 1):
            out[p][i] = out[p + 1][i] = (out[p][i] + out[p + 1][i]) / 2
    return out


def skyline(blocks, order, scale):
    """Bottom-left skyline; positions or None where it does not fit."""
    sky = [(GAP / 2, 1 - GAP / 2, GAP / 2)]     # x0, x1, height
    pos = {}
    for b in order:
        w, h = blocks[b][0] * scale + GAP, blocks[b][1] * scale + GAP
        best = None
        for i, (x0, _, _) in enumerate(sky):
            x1 = x0 + w
            if x1 > 1 + GAP / 2 + 1e-12:
                break
            y = max(s[2] for s in sky if s[0] < x1 - 1e-12 and s[1] > x0 + 1e-12)
            if y + h > 1 + GAP / 2 + 1e-12:
                continue
            waste = sum((y - s[2]) * (min(s[1], x1) - max(s[0], x0)) for s in sky
                        if s[0] < x1 and s[1] > x0)
            key = (y + h, waste)
            if best is None or key < best[0]:
                best = (key, x0, y)
        if best is None:
            return None
        _, x0, y = best
        x1 = min(x0 + w, 1 + GAP / 2)
        pos[b] = (x0, y)
        new = []
        for s in sky:
            if s[1] <= x0 + 1e-12 or s[0] >= x1 - 1e-12:
                new.append(s)
                continue
            if s[0] < x0:
                new.append((s[0], x0, s[2]))
            if s[1] > x1:
                new.append((x1, s[1], s[2]))
        new.append((x0, x1, y + h))
        sky = sorted(new)
    return pos


def relax(size, pos):
    """Keep who is left of and above whom; make everything as large as possible."""
    ps = sorted(size)
    n = len(ps)
    at = {p: i for i, p in enumerate(ps)}
    nv = 4 * n + 1                              # x, y, w, h, scale
    A, B, E = [], [], []

    def row(terms, c):
        r = np.zeros(nv)
        for i, k in terms:
            r[i] += k
        A.append(r)
        B.append(c)
    x, y, w, h = (lambda p: at[p]), (lambda p: n + at[p]), (lambda p: 2 * n + at[p]), (lambda p: 3 * n + at[p])
    for p in ps:
        for side, want in ((w, size[p][0]), (h, size[p][1])):
            slack = SLACK if p < 23 else SLACK / 2
            row([(side(p), 1), (nv - 1, -want * (1 + slack))], 0)
            row([(side(p), -1), (nv - 1, want * (1 - slack))], 0)
        row([(x(p), 1), (w(p), 1)], 1 - GAP / 2)
        row([(y(p), 1), (h(p), 1)], 1 - GAP / 2)
        for q in ps:
            if p == q:
                continue
            (px, py, pw, ph), (qx, qy, qw, qh) = pos[p], pos[q]
            gx, gy = qx - px - pw, qy - py - ph
            hx, hy = px - qx - qw, py - qy - qh
            g = max(gx, gy, hx, hy)
            if g == gx:
                row([(x(p), 1), (w(p), 1), (x(q), -1)], -GAP)
            elif g == gy:
                row([(y(p), 1), (h(p), 1), (y(q), -1)], -GAP)
    for p in range(3, 25, 2):                   # equal left and right
        for side in (w, h):
            r = np.zeros(nv)
            r[side(p)], r[side(p + 1)] = 1, -1
            E.append(r)
    r = np.zeros(nv)                            # the head's halves level
    r[y(23)], r[y(24)] = 1, -1
    E.append(r)
    r = np.zeros(nv)
    r[x(24)], r[x(23)], r[w(23)] = 1, -1, -1
    E.append(r)
    e = np.zeros(len(E))
    e[-1] = GAP
    cost = np.zeros(nv)
    cost[-1] = -1
    for p in ps:
        cost[w(p)] = -0.02 / size[p][0] / n
        cost[h(p)] = -0.02 / size[p][1] / n
    b = [(GAP / 2, None)] * (2 * n) + [(0, None)] * (2 * n) + [(0, None)]
    s = linprog(cost, A_ub=np.array(A), b_ub=B, A_eq=np.array(E), b_eq=e, bounds=b, method='highs')
    if s.status:
        return None
    return {p: (s.x[x(p)], s.x[y(p)], s.x[w(p)], s.x[h(p)]) for p in ps}, s.x[-1]


def pack(size):
    rng = np.random.default_rng(1)
    tried = []
    blocks = {p: size[p][:2] for p in range(1, 23)}
    names = list(blocks) + [23]
    lo0 = 0.3
    for t in range(ORDERS):
        key = {b: (size[b][1] if b < 23 else size[23][1]) * np.exp(rng.normal() * 0.35) for b in names}
        order = sorted(names, key=lambda b: -key[b])
        lo, hi = lo0, 1.0
        found = None
        for i in range(6 if found is None and not tried else 9):
            mid = (lo + hi) / 2 if i or not tried else tried[0][0] * 0.985
            bl = dict(blocks)
            bl[23] = (2 * size[23][0] + GAP / mid, size[23][1])
            pos = skyline(bl, order, mid)
            if pos is None:
                hi = mid
                if i == 0 and tried:
                    break
            else:
                lo, found = mid, (mid, pos)
        if found:
            tried.append(found)
            tried.sort(key=lambda a: -a[0])
            del tried[60:]
    best = None
    for s, pos in tried:
        r = {p: (*pos[p], size[p][0] * s, size[p][1] * s) for p in range(1, 23)}
        x, y = pos[23]
        r[23] = (x, y, size[23][0] * s, size[23][1] * s)
        r[24] = (x + size[23][0] * s + GAP, y, size[23][0] * s, size[23][1] * s)
        got = relax(size, r)
        if got is None:
            continue
        use = sum(a[2] * a[3] for a in got[0].values())
        if best is None or use > best[0]:
            best = (use, got[0], got[1])
    return best


def mirrors():
    """part -> 2x3 affine map of (u,v,1) to the mirrored point's (u,v)."""
    twin = cKDTree(X).query(X * [-1, 1, 1])[1]
    uvs = {}
    for k in range(len(F)):
        for j in range(3):
            uvs.setdefault((part[k], F[k, j]), set()).add(tuple(UV[k, j]))
    flip = {1: 'V', 2: 'V', 3: 'U', 5: 'U', 23: 'U'}
    out = {}
    for p in [1, 2] + list(range(3, 25, 2)):
        f = flip.get(p, '')
        S, D = [], []
        for (q, v), xs in sorted(uvs.items()):
            ys = uvs.get((other(p), twin[v]))
            if q != p or not ys:
                continue
            for a in sorted(xs):
                g = (1 - a[0] if f == 'U' else a[0], 1 - a[1] if f == 'V' else a[1])
                S.append((*a, 1))
                D.append(min(sorted(ys), key=lambda b: np.hypot(b[0] - g[0], b[1] - g[1])))
        S, D = np.array(S), np.array(D)
        w = np.ones(len(S))
        for _ in range(100):
            M = np.linalg.lstsq(S * w[:, None] ** .5, D * w[:, None] ** .5, rcond=None)[0].T
            w = 1 / np.maximum(np.linalg.norm(S @ M.T - D, axis=1), .003)
        if p < 3:
            A = M[:, :2]
            for _ in range(20):
                A = (A + np.linalg.inv(A)) / 2
            M = np.column_stack([A, (np.eye(2) - A) @ M[:, 2] / 2])
        err = np.linalg.norm(S @ M.T - D, axis=1)
        print('/* part %d: median %.4f, p90 %.4f of %d */' % (p, *np.percentile(err, [50, 90]), len(S)), file=sys.stderr)
        out[p] = M
        if p > 2:
            A = np.linalg.inv(M[:, :2])
            out[p + 1] = np.column_stack([A, -A @ M[:, 2]])
    return out


def straight(P, tol):
    """Indices of a polyline that stays within tol of P (Douglas, Peucker)."""
    d = P[-1] - P[0]
    t = np.clip((P - P[0]) @ d / max(d @ d, 1e-12), 0, 1)
    e = np.linalg.norm(P - P[0] - t[:, None] * d, axis=1)
    k = e.argmax()
    if len(P) < 3 or e[k] < tol:
        return [0, len(P) - 1]
    return straight(P[:k + 1], tol) + [k + i for i in straight(P[k:], tol)[1:]]


def chains(edges):
    """Edges (a, b, row at a, row at b) to lists of rows."""
    at = {}
    for i, e in enumerate(edges):
        for v in e[:2]:
            at.setdefault(v, []).append(i)
    used = set()
    for v in [v for v in at if len(at[v]) != 2] + list(at):
        while True:
            rows = []
            here = v
            while True:
                free = [i for i in at[here] if i not in used]
                if not free:
                    break
                used.add(free[0])
                a, b, ra, rb = edges[free[0]]
                rows += [ra, rb] if a == here else [rb, ra]
                here = b if a == here else a
            if not rows:
                break
            yield np.array(rows)[[0] + list(range(1, len(rows), 2))]


def seams():
    sides = {}
    for k in np.flatnonzero(part):
        for j in range(3):
            a, b = sorted([(F[k, j], j), (F[k, (j + 1) % 3], (j + 1) % 3)])
            sides.setdefault((a[0], b[0]), []).append((part[k], UV[k, a[1]], UV[k, b[1]]))
    group = {}
    for (a, b), s in sorted(sides.items()):
        if len(s) == 2 and s[0][0] != s[1][0]:
            s = sorted(s, key=lambda x: x[0])
            group.setdefault((s[0][0], s[1][0]), []).append(
                (a, b, np.hstack([s[0][1], s[1][1]]), np.hstack([s[0][2], s[1][2]])))
    for (p, q), edges in sorted(group.items()):
        for P in chains(edges):
            cut = straight(P, 0.05)
            for i, j in zip(cut, cut[1:]):
                a, b = np.rint(P[i] * 255).astype(int), np.rint(P[j] * 255).astype(int)
                yield p, q, a[:2], b[:2], a[2:], b[2:]


size = sizes()
use, rect, scale = pack(size)
print('/* use %.4f of the square, %.1f texels per metre at T = 256 */' % (use, scale * 255))
for p in range(1, 25):
    x, y, w, h = rect[p]
    r, d = size[p][2:]
    print('\t[%d] = { %.6ff, %.6ff, %.6ff, %.6ff, %s, %s },' % (
        p, x, y, w, h, r.replace('+', 'P').replace('-', 'M'), d.replace('+', 'P').replace('-', 'M')))
for p, M in sorted(mirrors().items()):
    print('\t[%d] = { %s },' % (p, ', '.join('%.5ff' % a for a in M.ravel())))
for p, q, a, b, c, d in seams():
    print('\t{ %d, %d, {' % (p, q), ', '.join('{ %d, %d }' % tuple(x) for x in (a, b)), '}, {',
          ', '.join('{ %d, %d }' % tuple(x) for x in (c, d)), '} },')
