#!/usr/bin/env python3
"""Makes the bad streams of textures in this folder, and `want`: what the message must say. Needs numpy; run from the
project's root."""
import io
import json
import tarfile
import numpy as np

out = 'tests/bad/synthbody/'
want = []


def stream(name, message, texture, layout='atlas24'):
    with tarfile.open(out + name, 'w') as t:
        def put(member, data):
            i = tarfile.TarInfo(member)
            i.size = len(data)
            t.addfile(i, io.BytesIO(data))

        m = {'stream': 'dualtex 1', 'fields': ['texture.npy'], 'licence': [], 'history': []}
        if layout:
            m['layout'] = layout
        f = io.BytesIO()
        np.save(f, texture)
        put('eve.json', json.dumps(m).encode())
        put('eve.texture.npy', f.getvalue())
    want.append((name, message))


good = np.zeros((4, 4, 3), '<f4')
bad = good.copy()
bad[1, 2, 0] = np.nan
stream('texture-with-nan.tar', 'sample "eve": field texture: nan in it', bad)
stream('texture-not-square.tar', 'sample "eve": field texture: want a square', np.zeros((4, 5, 3), '<f4'))
stream('texture-of-bytes.tar', 'sample "eve": field texture: u1 .4,4,3., want f4', np.zeros((4, 4, 3), 'u1'))
stream('texture-of-one-texel.tar', 'sample "eve": field texture: want a square', np.zeros((1, 1, 3), '<f4'))
stream('layout-smpl.tar', 'sample "eve": a texture in layout "smpl", want "atlas24"', good, 'smpl')
stream('layout-not-named.tar', 'sample "eve": a texture in layout "[?]", want "atlas24"', good, None)
with open(out + 'want', 'w') as f:
    for name, message in sorted(want):
        f.write(name + '\t' + message + '\n')
