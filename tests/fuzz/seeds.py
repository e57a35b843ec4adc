#!/usr/bin/env python3
"""Makes the seeds of fuzz_stream, fuzz_npy, fuzz_exchange, fuzz_checkpoint and fuzz_pairlist below tests/fuzz/corpus.

Needs numpy and the zstd program. Run from the project's root; the result
is committed, so that fuzzing needs neither.
"""
import io, json, os, struct, subprocess, tarfile
import numpy as np

root = 'tests/fuzz/corpus'


def npy(a, **kw):
    f = io.BytesIO()
    np.lib.format.write_array(f, a, **kw)
    return f.getvalue()


def tar(members, fmt=tarfile.PAX_FORMAT, end=1024):
    f = io.BytesIO()
    t = tarfile.open(fileobj=f, mode='w', format=fmt)
    for name, data in members:
        i = tarfile.TarInfo(name)
        i.size = len(data)
        t.addfile(i, io.BytesIO(data))
    return f.getvalue() + bytes(end)


def zstd(data):
    return subprocess.run(['zstd', '-c', '--no-progress'], input=data, stdout=subprocess.PIPE, check=True).stdout


def sample(key, fields, manifest=True):
    names = [n for n, _ in fields]
    m = {'stream': 'dualtex 1', 'fields': names, 'licence': ['CC0'], 'history': []}
    head = [(key + '.json', json.dumps(m).encode())] if manifest else []
    return head + [('%s.%s' % (key, n), d) for n, d in fields]


def ours(samples):
    frames = [(zstd(tar(s, end=0)), len(tar(s, end=0))) for s in samples] + [(zstd(bytes(1024)), 1024)]
    table = b''.join(struct.pack('<II', len(f), n) for f, n in frames) + struct.pack('<IBI', len(frames), 0, 0x8F92EAB1)
    return b''.join(f for f, _ in frames) + struct.pack('<II', 0x184D2A5E, len(table)) + table


u1 = ('source.mask.npy', npy(np.arange(6, dtype='u1').reshape(2, 3)))
f4 = ('x.npy', npy(np.zeros(5, dtype='<f4')))
note = ('note.json', b'{"a": 1}')
streams = {
    'ours.tar.zst': ours([sample('a', [u1, note]), sample('b', [f4])]),
    'ours.tar': tar(sample('a', [u1, note]) + sample('d/b', [f4])),
    'foreign.tar': tar(sample('a', [u1], False) + sample('b', [f4], False), tarfile.GNU_FORMAT, 9216),
    'foreign.tar.zst': zstd(tar(sample('a', [u1, f4], False), tarfile.USTAR_FORMAT)),
    'long.tar': tar(sample('k' * 120, [u1])),
    'two.tar': tar(sample('a', [u1])) + tar(sample('a', [f4])),
}
arrays = {
    'f4': npy(np.zeros((2, 3), '<f4')), 'fortran': npy(np.asfortranarray(np.ones((2, 3), '<f8'))),
    'big': npy(np.arange(4, dtype='>i2')), 'bool': npy(np.array([True, False])), 'v2': npy(np.zeros(2, '<u8'), version=(2, 0)),
    'scalar': npy(np.array(3, '<i8')), 'rank6': npy(np.zeros((1, 2, 1, 2, 1, 2), '<f2')), 'empty': npy(np.zeros((0, 4), 'u1')),
}


def said(*fields):	# of fuzz_exchange's tiny weights: pictures of 32x32, features of 2 channels
    return sample('a', [(n + '.npy', npy(np.full(shape, 0.5, '<f4') if t == 'f' else np.zeros(shape, 'u1'))) for n, t, shape in fields])


inputs = said(('halluc.heat', 'f', (1, 32, 32, 18)), ('halluc.texheat', 'f', (1, 32, 32, 18)), ('halluc.coord', 'f', (1, 32, 32, 2)),
              ('halluc.seen', 'u', (1, 32, 32)), ('source.image', 'u', (32, 32, 3)), ('source.coord', 'f', (32, 32, 2)),
              ('source.seen', 'u', (32, 32)))
exchange = {
    'turn.tar': tar(said(('phi_i.3', 'f', (1, 4, 4, 2)))) + tar(said(('phi_t.3', 'f', (4, 4, 2)))),
    'fine.tar': tar(said(('phi_i.2', 'f', (1, 8, 8, 2)), ('phi_t.2', 'f', (8, 8, 2)))),
    'inputs.tar.zst': zstd(tar(inputs)),
}
manifest = {'weights': {'recipe': {'net': 'unet', 'preset': 'tiny', 'size': 16, 'fine': 0, 'width': 4, 'halvings': 2, 'constant': 1, 'mix': 2,
                                   'prior': True, 'behind': False, 'doubt': False, 'kinds': 0}, 'layout': 'atlas24'},
            'licence': ['CC0'], 'history': [{'program': 'textrain', 'version': '0', 'options': {'steps': 9}}],
            'training': {'options': {'steps': 9}, 'step': 1, 'drawn': 1}}
checkpoint = {'whole.json': json.dumps(manifest).encode(), 'weights.json': json.dumps({'weights': manifest['weights']}).encode()}
pairlist = {'three.csv': b'from,to\na/0,a/1\r\n\nb/0.jpg,b/1,b/2 \nlast,one'}
for d, files in (('stream', streams), ('npy', arrays), ('exchange', exchange), ('checkpoint', checkpoint), ('pairlist', pairlist)):
    os.makedirs('%s/%s' % (root, d), exist_ok=True)
    for name, data in files.items():
        open('%s/%s/%s' % (root, d, name), 'wb').write(data)
