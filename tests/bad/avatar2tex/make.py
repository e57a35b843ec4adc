#!/usr/bin/env python3
"""Makes the files beside it: characters that avatar2tex must refuse. Needs numpy; run from the project's root."""
import io
import zipfile

import numpy as np

OUT = 'tests/bad/avatar2tex/'
SIDES = ['UpLeg', 'Leg', 'Foot', 'ToeBase', 'Shoulder', 'Arm', 'ForeArm', 'Hand', 'HandMiddle1', 'Eye']
NAMES = ['Hips', 'Spine', 'Spine1', 'Spine2', 'Neck', 'Head'] + [s + n for s in ('Left', 'Right') for n in SIDES]


def character(names=None, **other):
    names = NAMES if names is None else names
    n = len(names)
    a = {'vertices_u16': np.array([[0, 0, 0], [65535, 0, 0], [0, 65535, 0]], 'u2'), 'lo': np.zeros(3, 'f4'), 'hi': np.ones(3, 'f4'),
         'faces': np.array([[0, 1, 2]], 'u2'), 'uv_u16': np.zeros((3, 2), 'u2'), 'material': np.zeros(1, 'u1'),
         'joint_index': np.zeros((3, 4), 'u1'), 'joint_weight_u8': np.array([[255, 0, 0, 0]] * 3, 'u1'), 'joint_names': np.array(names),
         'joint_parents': np.zeros(n, 'i2') - 1, 'joint_positions': np.zeros((n, 3), 'f4')}
    a.update(other)
    return a


def save(name, arrays):
    # Members with one date, so that the bytes are the same every time.
    with zipfile.ZipFile(OUT + name + '.npz', 'w', zipfile.ZIP_DEFLATED) as z:
        for k, v in arrays.items():
            b = io.BytesIO()
            np.save(b, v)
            z.writestr(zipfile.ZipInfo(k + '.npy'), b.getvalue())


save('no-arm', character([n for n in NAMES if n != 'LeftArm']))
save('no-eye', character([n for n in NAMES if n != 'RightEye']))
save('no-picture', character())
save('face-beyond', character(faces=np.array([[0, 1, 3]], 'u2')))
save('weights-of-zero', character(joint_weight_u8=np.zeros((3, 4), 'u1')))
save('joint-beyond', character(joint_index=np.full((3, 4), 26, 'u1')))
save('material-two', character(material=np.full(1, 2, 'u1')))
save('uv-of-two', character(uv_u16=np.zeros((2, 2), 'u2')))
save('names-of-numbers', character(joint_names=np.arange(26)))
save('position-nan', character(joint_positions=np.full((26, 3), np.nan, 'f4')))
some = character()
del some['joint_weight_u8']
save('no-weights', some)
whole = open(OUT + 'no-picture.npz', 'rb').read()
open(OUT + 'cut.npz', 'wb').write(whole[:len(whole) // 2])
open(OUT + 'empty.npz', 'wb').write(b'')
