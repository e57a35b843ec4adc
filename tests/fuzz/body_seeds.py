#!/usr/bin/env python3
"""Makes the seeds of fuzz_body below tests/fuzz/corpus/body. Needs numpy; run from the project's root."""
import numpy as np
out = 'tests/fuzz/corpus/body/'
faces = np.array([[0, 1, 2], [3, 4, 5]])
v = np.random.RandomState(0).rand(6, 3)
one = np.zeros((6, 24), 'f4')
one[:, 0] = 1
joints = np.zeros((24, 6), 'f4')
joints[:, 0] = 1
np.savez(out + 'small.npz', vertices=v.astype('f4'), faces=faces.astype('u2'), part=np.array([1, 0], 'u1'),
         part_u=np.zeros((2, 3), 'f4'), part_v=np.ones((2, 3), 'f4'))
np.savez_compressed(out + 'rig.npz', vertices=v, faces=faces, skin_weights=one, joint_regressor=joints,
                    parents=np.arange(-1, 23).astype('i1'), body25_regressor=joints[:1].repeat(25, 0))
