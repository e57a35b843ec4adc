#!/usr/bin/env python3
"""Makes the files of this directory: tests/bad/texture/make.py, from the project's root. Needs numpy and zstd."""
import io
import os
import subprocess
import tarfile
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
S = T = 6


def stream(name, fields, manifest=None):
    buf = io.BytesIO()
    tar = tarfile.open(fileobj=buf, mode='w', format=tarfile.USTAR_FORMAT)

    def add(member, data):
        info = tarfile.TarInfo(member)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    if manifest:
        add('p.json', manifest.encode())
    for k, a in fields.items():
        b = io.BytesIO()
        np.save(b, a)
        add('p.%s.npy' % k, b.getvalue())
    end = tar.offset
    tar.close()
    subprocess.run(['zstd', '-qf19', '-o', os.path.join(here, name + '.zst')],
                   input=buf.getvalue()[:end] + bytes(1024), check=True)


def good():
    """What unwrap and render-warp need, of a torso that fills the picture."""
    y, x = np.mgrid[:S, :S].astype(np.float32)
    return {
        'source.image': np.full((S, S, 3), 90, np.uint8),
        'source.iuv': np.stack([np.full((S, S), 2), 40 * y, 40 * x], 2).astype(np.uint8),
        'source.pose': np.ones((18, 3), np.float32),
        'source.surf': np.stack([x, y], 2), 'source.mask': np.ones((S, S), np.uint8),
        'source.coord': np.stack([x, y], 2), 'source.seen': np.ones((T, T), np.uint8),
        'texture': np.zeros((T, T, 3), np.float32),
    }


ATLAS = '{"layout": "atlas24"}'


def case(name, change=(), drop=(), manifest=ATLAS):
    f = good()
    for k in drop:
        del f[k]
    f.update(change)
    stream(name, f, manifest)


pose = good()['source.pose']
far = pose.copy()
far[7, 0] = np.inf
case('pose-with-17-joints.tar', {'source.pose': pose[:17]})
case('pose-at-infinity.tar', {'source.pose': far})
case('pose-without-a-picture.tar', drop=['source.image', 'source.iuv'])
case('poses-of-2-views-pictures-of-3.tar', {'target.pose': np.stack([pose] * 2),
                                            'target.image': np.zeros((3, S, S, 3), np.uint8)})
iuv = good()['source.iuv']
bad = iuv.copy()
bad[2, 3, 0] = 200
case('iuv-missing.tar', drop=['source.iuv'])
case('iuv-with-part-200.tar', {'source.iuv': bad})
case('iuv-of-floats.tar', {'source.iuv': iuv.astype(np.float32)})
case('iuv-of-one-pixel.tar', {'source.iuv': iuv[:1, :1]})
case('heat-of-another-size.tar', {'source.heat': np.zeros((S, S + 1, 18), np.float32)})
case('iuv-of-another-size-than-the-image.tar', {'source.iuv': iuv[:, :-1]})
case('coord-not-square.tar', {'source.coord': np.zeros((T, T - 1, 2), np.float32)})
case('seen-of-one-texel.tar', {'source.seen': np.ones((1, 1), np.uint8), 'source.coord': np.ones((1, 1, 2), np.float32)})
case('nothing-seen.tar', {'source.seen': np.zeros((T, T), np.uint8)})
case('coord-nan-where-seen.tar', {'source.coord': np.full((T, T, 2), np.nan, np.float32)})
case('layout-not-named.tar', manifest=None)
case('layout-that-needs-a-table.tar', manifest='{"layout": "smpl"}')
case('texture-missing.tar', drop=['texture'])
case('texture-not-square.tar', {'texture': np.zeros((T, T + 1, 3), np.float32)})
case('texture-of-bytes.tar', {'texture': np.zeros((T, T, 3), np.uint8)})
case('surf-missing.tar', drop=['source.surf'])
case('surf-outside-the-texture.tar', {'source.surf': good()['source.surf'] * 2})
case('mask-of-another-size.tar', {'source.mask': np.ones((S, S + 1), np.uint8)})
case('gen-missing.tar')
stream('table-without-a-layout.tar', {'lut.part': np.ones(1, np.uint8)})
stream('table-without-corners.tar', {'lut.part': np.ones(1, np.uint8)}, '{"layout": "x"}')
stream('table-with-a-corner-outside.tar', {
    'lut.corner': np.full((1, 3, 4), 7, np.float32), 'lut.part': np.ones(1, np.uint8),
    'lut.of_uv': np.zeros((24, 256, 256), np.uint16), 'lut.of_texel': np.zeros((1024, 1024), np.uint16)}, '{"layout": "x"}')
with open(os.path.join(here, 'no-matlab-file.mat'), 'w') as f:
    f.write('UV_Processed\n')
with open(os.path.join(here, 'not-a-picture.png'), 'w') as f:
    f.write('a picture\n')
with open(os.path.join(here, 'no-uv.obj'), 'w') as f:
    f.write('v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n')
