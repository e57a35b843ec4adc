#!/usr/bin/env python3
"""How far the charts of our bodies are from DensePose's; and the table `bend` of libcommon/human/human_chart.c.

    tests/ref/charts.py FOLDER [--bend]

avatar2tex must be in PATH. FOLDER has body_male.npz and body_female.npz: SMPL's rest mesh with its UV, skinning and
joints, and per face DensePose's part, part_u, part_v (computed from UV_Processed.mat, CC BY-NC 4.0). Each of the two
is given to avatar2tex as a figure whose picture has u, v and part as colours. So what our body gets as its texture is
which chart and place DensePose has where we say (part, u, v). Prints per part the share of texels that agree in the
part, the median difference of u and of v there, and the median distance in centimetres; last, both over all parts.
With --bend, made with a table of zeros, the table in C: differences fitted by a bilinear grid, robustly, a little
smoothed, in hundredths. Needs numpy, scipy, Pillow, zstd.
"""
import io, os, re, subprocess, sys, tarfile, tempfile
import numpy as np
from PIL import Image
from scipy.ndimage import distance_transform_edt

JOINTS = '''Hips LeftUpLeg RightUpLeg Spine LeftLeg RightLeg Spine1 LeftFoot RightFoot Spine2 LeftToeBase RightToeBase Neck
LeftShoulder RightShoulder Head LeftArm RightArm LeftForeArm RightForeArm LeftHand RightHand LeftHandMiddle1
RightHandMiddle1'''.split()
SURFACE = [0, 2443, 3394, 442, 427, 644, 660, 1022, 1015, 1223, 1200, 567, 576, 614, 598, 347, 359, 457, 469, 300, 311,
           328, 336, 780, 789]  # cm2 of each part
BENT = [1, 2, 8, 10, 12, 14, 17, 21, 24]
T, S, N = 256, 1024, 5


def figure(b, name):
    """SMPL as a character of the VALID library, coloured by its charts."""
    F, UF = b['faces'].astype(int), b['uv_faces'].astype(int)
    corner, face = np.unique(np.stack([F.ravel(), UF.ravel()], 1), axis=0, return_inverse=True)
    V, uv = b['vertices'].astype(float), b['uv'][corner[:, 1]] * [1, -1] + [0, 1]
    J, eyes = b['joint_regressor'] @ V, (b['body25_regressor'] @ V)[[16, 15]]
    v = V[corner[:, 0]]
    lo, hi = v.min(0), v.max(0)
    W = b['skin_weights'][corner[:, 0]]
    most = np.argsort(-W, 1)[:, :4]
    w = np.take_along_axis(W, most, 1)
    np.savez(name + '.npz', vertices_u16=np.round((v - lo) / (hi - lo) * 65535).astype('u2'), lo=lo.astype('f4'),
             hi=hi.astype('f4'), faces=face.reshape(-1, 3).astype('u2'), uv_u16=np.round(uv * 65535).astype('u2'),
             material=np.zeros(len(F), 'u1'), joint_index=most.astype('u1'),
             joint_weight_u8=np.round(w / w.sum(1, keepdims=True) * 255).astype('u1'),
             joint_names=np.array(JOINTS + ['LeftEye', 'RightEye']),
             joint_parents=np.array([*b['parents'], 15, 15]).astype('i2'), joint_positions=np.vstack([J, eyes]).astype('f4'))
    img, known = np.zeros((S, S, 3)), np.zeros((S, S), bool)
    for k in range(len(UF)):
        x, y = b['uv'][UF[k], 0] * S - .5, (1 - b['uv'][UF[k], 1]) * S - .5
        d = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
        if abs(d) < 1e-9:
            continue
        X, Y = np.meshgrid(np.arange(max(int(x.min()), 0), int(x.max()) + 2), np.arange(max(int(y.min()), 0), int(y.max()) + 2))
        q = np.stack([(X - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (Y - y[0]), (x[1] - x[0]) * (Y - y[0]) - (X - x[0]) * (y[1] - y[0])], -1) / d
        m = (q.min(-1) >= -.01) & (q.sum(-1) <= 1.01) & (X < S) & (Y < S)
        q = q[m]
        q = np.c_[1 - q.sum(1), q]
        img[Y[m], X[m]] = np.c_[q @ b['part_u'][k] * 255, q @ b['part_v'][k] * 255, np.full(len(q), 10. * b['part'][k])]
        known[Y[m], X[m]] = True
    i = distance_transform_edt(~known, return_distances=False, return_indices=True)
    Image.fromarray(img[tuple(i)].round().clip(0, 255).astype('u1')).save(name + '.body.jpg', quality=100, subsampling=0)


def texels():
    """Per part of atlas24: rows, columns and the u and v there."""
    src = open(os.path.join(os.path.dirname(__file__), '../../libcommon/texture/atlas24.c')).read()
    for p, x, y, w, h, right, down in re.findall(r'\[(\d+)\] = \{ ([\d.]+)f, ([\d.]+)f, ([\d.]+)f, ([\d.]+)f, (\w+), (\w+) \}', src):
        x, y, w, h = map(float, (x, y, w, h))
        c, r = np.arange(np.ceil(x * (T - 1)), (x + w) * (T - 1)), np.arange(np.ceil(y * (T - 1)), (y + h) * (T - 1))
        at = {}
        for axis, f in ((right, ((c / (T - 1) - x) / w)[None, :] + 0 * r[:, None]), (down, ((r / (T - 1) - y) / h)[:, None] + 0 * c)):
            at[axis[1]] = f if axis[0] == 'P' else 1 - f
        yield int(p), np.ix_(r.astype(int), c.astype(int)), at['U'], at['V']


def fit(u, v, d, half):
    def weights(x):
        x = np.clip(x * (N - 1), 0, N - 1 - 1e-6)
        return x.astype(int), x - x.astype(int)
    (i, fu), (j, fv) = weights(u), weights(2 * v if half else v)
    B, row = np.zeros((len(u), N * N)), np.arange(len(u))
    for a in (0, 1):
        for c in (0, 1):
            B[row, (i + a) * N + j + c] += (fu if a else 1 - fu) * (fv if c else 1 - fv)
    D = []
    for a in range(N):
        for c in range(1, N - 1):
            for at in ([a * N + c + k for k in (-1, 0, 1)], [(c + k) * N + a for k in (-1, 0, 1)]):
                D.append(np.zeros(N * N))
                D[-1][at] = 1, -2, 1
    D, w = np.array(D), np.ones(len(u))
    for _ in range(6):
        x = np.linalg.solve(B.T @ (B * w[:, None]) + len(u) * (.003 * D.T @ D + 4e-5 * np.eye(N * N)), B.T @ (d * w[:, None]))
        w = .02 / np.maximum(np.hypot(*(d - B @ x).T), .02)
    x = np.round(100 * x.reshape(N, N, 2)).astype(int)
    if half:
        x[:, -1, 1] = 0     # the midline stays
    return x


tmp = tempfile.mkdtemp()
for sex in ('male', 'female'):
    figure(dict(np.load(f'{sys.argv[1]}/body_{sex}.npz')), f'{tmp}/{sex}')
raw = subprocess.run(f'avatar2tex -z 0 -T {T} --maps 1024 {tmp}/male.npz {tmp}/female.npz', shell=True, check=True, capture_output=True).stdout
tar = tarfile.open(fileobj=io.BytesIO(raw), ignore_zeros=True)
got = {m.name: np.load(io.BytesIO(tar.extractfile(m).read())) for m in tar.getmembers()
       if m.name.endswith(('true.texture.npy', 'true.valid.npy'))}
everything = []
for p, at, u, v in texels():
    us, vs, ds, n = [], [], [], 0
    for sex in ('male', 'female'):
        q, valid = got[f'{sex}.true.texture.npy'][at].astype(float), got[f'{sex}.true.valid.npy'][at] > 0
        same = valid & (abs(q[..., 2] - 10 * p) < 3)
        n += valid.sum()
        us.append(u[same]); vs.append(v[same]); ds.append(q[same][:, :2] / 255)
    us, vs = np.concatenate(us), np.concatenate(vs)
    d = np.concatenate(ds) - np.c_[us, vs]
    cm = np.hypot(*d.T) * SURFACE[p]**.5
    everything.append((n, len(us), np.median(cm)))
    if '--bend' in sys.argv:
        m = vs <= .5 if p < 3 else vs >= 0
        if p in BENT:
            x = fit(us[m], vs[m], d[m], p < 3)
            print(f'\t[{p}] = {{\n' + ',\n'.join('\t    { ' + ', '.join('{ %d, %d }' % tuple(c) for c in r) + ' }' for r in x) + ' },')
    else:
        print('part %2d: same %.2f, u %+.3f v %+.3f, %.1f cm' % (p, len(us) / n, *np.median(d, 0), np.median(cm)))
if '--bend' not in sys.argv:
    n, same, cm = np.array(everything).T
    print('all: same %.3f, %.2f cm' % (same.sum() / n.sum(), (cm * same).sum() / same.sum()))
