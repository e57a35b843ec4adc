#!/usr/bin/env python3
"""Makes the files of this directory: tests/bad/cutout/make.py, from the project's root. Needs numpy."""
import io
import os
import tarfile
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
H, W = 24, 20


def good():
    """Two people, one above the other."""
    y, x = np.mgrid[:H, :W].astype(np.float32)
    body = (abs(x - 10) < 6) & ((abs(y - 6) < 5) | (abs(y - 18) < 5))
    k = np.arange(18, dtype=np.float32)
    upper = np.stack([5 + k / 2, 2 + k / 2, 0 * k + 1], 1)
    return {
        'source.photo': np.full((H, W, 3), 90, np.uint8),
        'source.poses': np.stack([upper, upper + [0, 12, 0]]).astype(np.float32),
        'source.boxes': np.array([[5, 2, 14, 11], [5, 14, 14, 23]], np.float32),
        'source.iuv': np.where(body[..., None], np.stack([0 * x + 2, 9 * x, 9 * y], 2), 0).astype(np.uint8),
        'source.inds': np.where(body, 1 + (y > 12), 0).astype(np.uint8),
        'source.matte': (255 * body).astype(np.uint8),
    }


def case(name, change=(), drop=()):
    f = good()
    for k in drop:
        del f[k]
    f.update(change)
    buf = io.BytesIO()
    tar = tarfile.open(fileobj=buf, mode='w', format=tarfile.USTAR_FORMAT)
    for k, a in f.items():
        b = io.BytesIO()
        np.save(b, a)
        info = tarfile.TarInfo('p.%s.npy' % k)
        info.size = len(b.getvalue())
        tar.addfile(info, io.BytesIO(b.getvalue()))
    end = tar.offset
    tar.close()
    with open(os.path.join(here, name + '.tar'), 'wb') as out:
        out.write(buf.getvalue()[:end] + bytes(1024))


def changed(field, at, value):
    a = good()[field]
    a[at] = value
    return {field: a}


case('good')
case('photo-missing', drop=['source.photo'])
case('photo-of-floats', {'source.photo': np.zeros((H, W, 3), np.float32)})
case('photo-of-one-channel', {'source.photo': np.zeros((H, W), np.uint8)})
case('photo-of-one-pixel', {'source.photo': np.zeros((1, 1, 3), np.uint8)})
case('photos-of-two-views', {'target.photo': np.zeros((2, H, W, 3), np.uint8)})
case('point-at-infinity', changed('source.poses', (1, 7, 0), np.inf))
case('confidence-of-nan', changed('source.poses', (0, 3, 2), np.nan))
case('poses-of-one-person-without-their-axis', {'source.poses': good()['source.poses'][0]})
case('poses-with-17-joints', {'source.poses': good()['source.poses'][:, :17]})
case('people-without-a-point', {'source.poses': np.full((2, 18, 3), np.nan, np.float32)})
case('person-outside-of-the-photo', {'source.poses': good()['source.poses'] + np.float32(500), 'source.boxes':
     good()['source.boxes'] + np.float32(500)}, drop=['source.iuv', 'source.inds'])
case('boxes-of-another-number', {'source.boxes': good()['source.boxes'][:1]})
case('box-the-wrong-way-round', changed('source.boxes', (1, 0), 400))
case('iuv-of-another-size', {'source.iuv': good()['source.iuv'][:9]})
case('iuv-without-a-body', {'source.iuv': 0 * good()['source.iuv']}, drop=['source.inds'])
case('inds-of-another-size', {'source.inds': good()['source.inds'][:9]})
case('inds-that-number-nobody', {'source.inds': 0 * good()['source.inds']})
case('matte-of-another-size', {'source.matte': good()['source.matte'][:9]})
case('matte-of-floats', {'source.matte': good()['source.matte'].astype(np.float32)})
case('mask-of-the-whole-photo', {'source.mask': good()['source.inds']})
