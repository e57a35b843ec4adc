#!/usr/bin/env python3
"""Draws the input of the golden tests of textures: tests/golden/person.py | zstd -19 >tests/golden/person.tar.zst

A block figure of 32 x 32 pixels, seen from the front, in its own words: each
part of the body a rectangle whose U and V run as DensePose's do on a person
who stands upright and faces us. `target` is the same figure twice, once
shifted and once without its arms. Needs numpy.
"""
import io
import sys
import tarfile
import numpy as np

S = 32
# part: x, y, width, height; what runs right and what down; colour
PARTS = {
    23: (13, 2, 3, 6, '+U', '-V', (200, 150, 120)), 24: (16, 2, 3, 6, '+U', '-V', (210, 160, 130)),
    2: (11, 8, 10, 10, '-V', '+U', (40, 90, 200)),
    16: (7, 8, 4, 6, '-V', '+U', (60, 110, 220)), 15: (21, 8, 4, 6, '+V', '+U', (20, 70, 180)),
    22: (7, 14, 4, 6, '+V', '+U', (190, 140, 110)), 21: (21, 14, 4, 6, '-V', '+U', (200, 150, 120)),
    9: (11, 18, 5, 6, '+V', '-U', (90, 60, 30)), 10: (16, 18, 5, 6, '-V', '-U', (100, 70, 40)),
    13: (11, 24, 4, 7, '-V', '+U', (30, 30, 30)), 14: (17, 24, 4, 7, '+V', '+U', (50, 50, 50)),
}
JOINTS = {0: (16, 6), 1: (16, 8), 2: (9, 9), 3: (9, 14), 4: (9, 19.5), 5: (23, 9), 6: (23, 14), 7: (23, 19.5),
          8: (13, 18), 9: (13, 24), 10: (12.6, 30), 11: (19, 18), 12: (19, 24), 13: (19.4, 30), 14: (15, 4), 15: (17, 4)}


def figure(without=(), shift=0):
    iuv = np.zeros((S, S, 3), np.uint8)
    rgb = np.full((S, S, 3), (230, 230, 230), np.uint8)
    for p, (x, y, w, h, right, down, colour) in PARTS.items():
        if p in without:
            continue
        i, j = np.meshgrid(np.linspace(24, 230, w), np.linspace(24, 230, h))
        axes = {right[1]: i if right[0] == '+' else 255 - i, down[1]: j if down[0] == '+' else 255 - j}
        at = np.s_[y:y + h, x + shift:x + shift + w]
        iuv[at] = np.stack([np.full_like(i, p), axes['U'], axes['V']], 2)
        stripe = ((np.arange(h)[:, None] + 0 * i) % 2 * 12).astype(int)
        rgb[at] = np.clip(np.array(colour) + stripe[..., None], 0, 255)
    pose = np.full((18, 3), np.nan, np.float32)
    pose[:, 2] = 0
    for k, (x, y) in JOINTS.items():
        pose[k] = x + shift, y, 1
    return rgb, iuv, pose


out = tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.USTAR_FORMAT)


def add(field, a):
    b = io.BytesIO()
    np.save(b, a)
    info = tarfile.TarInfo('person.%s.npy' % field)
    info.size = b.tell()
    out.addfile(info, io.BytesIO(b.getvalue()))


views = [figure(shift=3), figure(without=(15, 16, 21, 22))]
for k, field in enumerate(('image', 'iuv', 'pose')):
    add('source.' + field, figure()[k])
    add('target.' + field, np.stack([v[k] for v in views]))
out.close()
