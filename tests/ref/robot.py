#!/usr/bin/env python3
"""Makes tests/data/robot.npz and robot_motion.*: a body of boxes with everything that a body
file may hold, so that what needs a body can be tested without a foreign one.

SMPL's 24 joints in a T-pose 1.72 m high; one box for each bone, its front on
one DensePose part and its other sides on the other; rigid skinning. Joints
and key points are vertices of their own, in no face. Needs numpy. Run from the
project's root; the result is committed, so that testing needs neither.
"""
import numpy as np, io, pickle, zipfile

PARENTS = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]
L = {0: (0, 0, 0), 1: (.09, -.09, 0), 3: (0, .12, 0), 4: (.09, -.47, 0), 6: (0, .25, 0), 7: (.09, -.87, -.03),
     9: (0, .34, 0), 10: (.09, -.93, .09), 12: (0, .50, 0), 13: (.08, .44, 0), 15: (0, .57, 0),
     16: (.19, .44, 0), 18: (.44, .44, 0), 20: (.70, .44, 0), 22: (.78, .44, 0)}
mirror = {1: 2, 4: 5, 7: 8, 10: 11, 13: 14, 16: 17, 18: 19, 20: 21, 22: 23}
J = np.zeros((24, 3))
for j, p in L.items():
    J[j] = p
    if j in mirror:
        J[mirror[j]] = np.array(p) * (-1, 1, 1)

# lo, hi, joint, part of the front (+z), part of the rest
BOX = [((-.16, -.10, -.10), (.16, .10, .10), 0, 2, 1), ((-.15, .10, -.10), (.15, .30, .10), 6, 2, 1),
       ((-.18, .30, -.10), (.18, .50, .10), 9, 2, 1)]
limbs = [((.02, -.47, -.07), (.16, -.10, .07), 1, 10, 8), ((.03, -.87, -.06), (.15, -.47, .05), 4, 14, 12),
         ((.04, -.96, -.09), (.14, -.87, .16), 7, 5, 5), ((.18, .38, -.06), (.44, .50, .06), 16, 15, 17),
         ((.44, .39, -.05), (.70, .49, .05), 18, 19, 21), ((.70, .42, -.04), (.86, .46, .04), 20, 4, 4),
         ((0, .50, -.09), (.08, .76, .10), 15, 24, 24)]
right = {10: 9, 8: 7, 14: 13, 12: 11, 5: 6, 15: 16, 17: 18, 19: 20, 21: 22, 4: 3, 24: 23}
for lo, hi, j, f, r in limbs:
    BOX.append((lo, hi, j, f, r))
    BOX.append(((-hi[0], lo[1], lo[2]), (-lo[0], hi[1], hi[2]), mirror.get(j, j), right[f], right[r]))

N = 3
V, F, P, PU, PV, W = [], [], [], [], [], []
for lo, hi, joint, front, rest in BOX:
    lo, hi = np.array(lo), np.array(hi)
    cell = 0
    for axis in range(3):
        for end in (0, 1):
            is_front = axis == 2 and end == 1
            a, b = [k for k in range(3) if k != axis]
            base = len(V)
            for i in range(N + 1):
                for k in range(N + 1):
                    q = np.zeros(3)
                    q[axis] = hi[axis] if end else lo[axis]
                    q[a] = lo[a] + (hi[a] - lo[a]) * i / N
                    q[b] = lo[b] + (hi[b] - lo[b]) * k / N
                    V.append(q)
                    W.append(joint)
            # Each torso box takes a third of the chart's height, so that no two share a texel.
            def chart(i, k):
                u, v = i / N, k / N
                if not (is_front and front != rest):
                    u, v = (cell % 3 + .05 + .9 * u) / 3, (cell // 3 + .05 + .9 * v) / 2
                if front == 2:
                    v = (BOX.index((tuple(lo), tuple(hi), joint, front, rest)) + .05 + .9 * v) / 3
                return u, v
            for i in range(N):
                for k in range(N):
                    for t in (((i, k), (i + 1, k), (i + 1, k + 1)), ((i, k), (i + 1, k + 1), (i, k + 1))):
                        if (axis == 1) == (end == 1):
                            t = t[::-1]
                        F.append([base + x * (N + 1) + y for x, y in t])
                        P.append(front if is_front else rest)
                        PU.append([chart(*c)[0] for c in t])
                        PV.append([chart(*c)[1] for c in t])
            cell += not (is_front and front != rest)
n = len(V)
K = [(0, .62, .10), (0, .46, 0), J[17], J[19], J[21], J[16], J[18], J[20], (0, -.05, 0), J[2], J[5], J[8], J[1], J[4], J[7],
     (-.03, .66, .10), (.03, .66, .10), (-.08, .63, 0), (.08, .63, 0)] + [J[10]] * 3 + [J[11]] * 3
V = np.concatenate([V, J, K]).astype('f4')
W += list(range(24)) + [15, 12, 17, 19, 21, 16, 18, 20, 0, 2, 5, 8, 1, 4, 7, 15, 15, 15, 15, 10, 10, 10, 11, 11, 11]
weights = np.zeros((len(V), 24), 'f4')
weights[np.arange(len(V)), W] = 1
reg = np.zeros((24, len(V)), 'f4')
reg[np.arange(24), n + np.arange(24)] = 1
body25 = np.zeros((25, len(V)), 'f4')
body25[np.arange(25), n + 24 + np.arange(25)] = 1
uv = np.stack([(V[:, 0] + 1) / 2, (V[:, 1] + 1) / 2], 1)

def save(path, **arrays):
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        for k, a in arrays.items():
            f = io.BytesIO()
            np.lib.format.write_array(f, np.ascontiguousarray(a))
            z.writestr(zipfile.ZipInfo(k + '.npy', (1980, 1, 1, 0, 0, 0)), f.getvalue(), zipfile.ZIP_DEFLATED)

save('tests/data/robot.npz', vertices=V, faces=np.array(F, 'u2'), uv=uv.astype('f4'), uv_faces=np.array(F, 'u2'),
     part=np.array(P, 'u1'), part_u=np.array(PU, 'f4'), part_v=np.array(PV, 'f4'), skin_weights=weights,
     joint_regressor=reg, parents=np.array(PARENTS, 'i1'), body25_regressor=body25)
# A motion of three frames in AMASS's form, z up: standing, left arm lowered, turned away and bowing.
poses = np.zeros((3, 156))
poses[:, 0] = np.pi / 2
poses[1, 16 * 3 + 2] = -np.pi / 2
save('tests/data/robot_motion.npz', poses=poses, gender=np.array('neutral'), mocap_framerate=np.array(120.0))
# The same as AIST++ has it, y up, 72 columns and places in centimetres.
aist = {'smpl_loss': 1.5, 'smpl_poses': np.concatenate([np.zeros((3, 3)), poses[:, 3:72]], 1).astype('f4'),
        'smpl_scaling': np.array([100], 'f4'), 'smpl_trans': np.array([[0, 90, 0], [10, 91, 0], [20, 90, 0]], 'f4')}
with open('tests/data/robot_motion.pkl', 'wb') as f:
    pickle.dump(aist, f, 4)
