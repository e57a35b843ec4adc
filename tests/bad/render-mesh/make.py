#!/usr/bin/env python3
"""Makes the bad bodies and motions in this folder, each wrong in the one way
that its name says, and `want`: what the message must say. Needs numpy; run from the project's root."""
import io, zipfile
import numpy as np

out = 'tests/bad/render-mesh/'
good = dict(np.load('tests/data/robot.npz'))
want = []


def npz(path, arrays, **more):
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        for k, v in {**arrays, **more}.items():
            f = io.BytesIO()
            np.lib.format.write_array(f, v, allow_pickle=True)
            z.writestr(zipfile.ZipInfo(k + '.npy', (1980, 1, 1, 0, 0, 0)), f.getvalue(), zipfile.ZIP_DEFLATED)


def body(name, message, drop=(), **change):
    a = {k: v for k, v in good.items() if k in ('vertices', 'faces') or k.split('_')[0] in name or k in change}
    a.update(change)
    for k in drop:
        del a[k]
    npz(out + name + '.npz', a)
    want.append((name + '.npz', message))


def text(name, message, s):
    open(out + name, 'w').write(s)
    want.append((name, message))


tri = {'vertices': np.zeros((3, 3), 'f4'), 'faces': np.array([[0, 1, 2]], 'u2')}
V, F = tri['vertices'], tri['faces']
body('vertices-missing', 'no array vertices', drop=('vertices',), **tri)
body('vertices-flat', r'array vertices: f4 \(3,2\), want f4 \(\*,3\)', vertices=V[:, :2], faces=F)
body('vertices-not-a-number', 'array vertices: value -?nan', vertices=V * np.nan, faces=F)
body('vertices-far-away', 'array vertices: value 1e\\+10', vertices=V + np.float32(1e10), faces=F)
body('faces-beyond-the-vertices', 'array faces: index 3 in face 0, want whole numbers below 3', vertices=V, faces=F + 1)
body('faces-negative', 'array faces: index -1 in face 0', vertices=V, faces=F.astype('i4') - 1)
body('faces-are-floats', 'array faces: .*want whole numbers', vertices=V, faces=F.astype('f4'))
body('faces-empty', '3 vertices, 0 faces', vertices=V, faces=F[:0])
body('part-200', 'array part: 200, want 0..24', part=np.array([200], 'u1'), part_u=V[:1], part_v=V[:1], **tri)
body('part-of-other-faces', 'want 1 faces', part=np.array([1, 2], 'u1'), part_u=V[:2], part_v=V[:2], **tri)
body('part-u-above-one', 'array part_u: value 255', part=np.array([1], 'u1'), part_u=V[:1] + 255, part_v=V[:1], **tri)
rig = dict(skin_weights=np.zeros((3, 24), 'f4'), joint_regressor=np.zeros((24, 3), 'f4'),
           parents=np.arange(-1, 23).astype('i4'))
body('skin-weights-sum-zero', 'weights of sum 0, want 1', **tri, **rig)
body('parents-in-a-circle', 'parent 5 of joint 5', **{**tri, **rig, 'parents': np.where(np.arange(24) == 5, 5, rig['parents'])})
body('joint-regressor-infinite', 'array joint_regressor: weight inf', **{**tri, **rig, 'joint_regressor': rig['joint_regressor'] + np.inf})
body('vertices-are-objects', 'array vertices: ', vertices=np.array([None]), faces=F)
data = open(out + 'faces-negative.npz', 'rb').read()
open(out + 'cut-in-the-middle.npz', 'wb').write(data[:len(data) // 2])
want.append(('cut-in-the-middle.npz', 'cut zip archive'))
text('not-a-zip.npz', 'not an npz', 'hello\n')
text('index-of-no-vertex.obj', 'line 2: vertex index 9', 'v 0 0 0\nf 1 1 9\n')
text('no-faces.obj', '0 faces', 'v 0 0 0\n')
text('vertex-of-two-numbers.obj', 'line 1: want 3 finite', 'v 0 0\nf 1 1 1\n')
rest = 'HIERARCHY\nROOT Hips\n{\n OFFSET 0 0 0\n CHANNELS 3 Xrotation Yrotation Zrotation\n}\nMOTION\n'
text('unknown-joints.bvh', 'no joint with a known name for the left hip; there are Hips$', rest + 'Frames: 1\nFrame Time: 1\n0 0 0\n')
text('frames-missing.bvh', '3 frames of 3 channels announced', rest + 'Frames: 3\nFrame Time: 1\n0\n')
text('channel-unknown.bvh', 'line 5: "Wrotation"', rest.replace('Xr', 'Wr'))
text('brace-missing.bvh', '"MOTION", want .* or }', rest.replace('}', ''))
npz(out + 'poses-of-64-columns.motion.npz', {'poses': np.zeros((4, 64))})
want.append(('poses-of-64-columns.motion.npz', 'array poses: 64 columns of 4 frames, want floats, in 66 .* 63 or 69'))
npz(out + 'poses-not-a-number.motion.npz', {'poses': np.full((4, 72), np.nan)})
want.append(('poses-not-a-number.motion.npz', 'array poses: .*nan'))
open(out + 'want', 'w').writelines('%s\t%s\n' % w for w in sorted(want))
