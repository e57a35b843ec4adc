#!/usr/bin/python3
"""Makes the files of this folder: what detectron2's `apply_net.py dump` writes for
the photo good.jpg of tests/bad/intake, 32 x 48, on which are two people, in the
ways that its versions and its users store it. Needs numpy; PyTorch's classes
are imitated here as far as their pickles go, so that it is not needed."""
import io, os, pickle, struct, sys, types, zipfile
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def module(name):
    for i in range(name.count('.') + 1):
        part = '.'.join(name.split('.')[:i + 1])
        sys.modules.setdefault(part, types.ModuleType(part))
    return sys.modules[name]


def named(mod, name, thing):
    thing.__module__, thing.__name__, thing.__qualname__ = mod, name, name
    setattr(module(mod), name, thing)
    return thing


rebuild = named('torch._utils', '_rebuild_tensor_v2', lambda *a: None)
load = named('torch.storage', '_load_from_bytes', lambda b: None)
KINDS = {np.dtype(d): named('torch', n, type(n, (), {})) for d, n in
         (('f4', 'FloatStorage'), ('i8', 'LongStorage'), ('u1', 'ByteStorage'))}


class Storage:
    """In a zip its bytes are members, in a plain pickle they are inside."""
    def __init__(self, a):
        self.a = np.ascontiguousarray(a)

    def __reduce__(self):
        f = io.BytesIO()
        Pickler.zip = None
        for part in (0x1950a86a20f9469cfc6c, 1001, {'little_endian': True}, self, ['7']):
            Pickler(f, 2, '7').dump(part)
        return load, (f.getvalue() + struct.pack('<Q', self.a.size) + self.a.tobytes(),)


class Pickler(pickle._Pickler):
    def __init__(self, f, protocol, key=None, members=None):
        super().__init__(f, protocol)
        self.key, self.members = key, members

    def persistent_id(self, it):
        if not isinstance(it, Storage) or (self.key is None and self.members is None):
            return None
        key = self.key
        if self.members is not None:
            key = str(len(self.members))
            self.members.append(it.a.tobytes())
        return 'storage', KINDS[it.a.dtype], key, 'cuda:0', it.a.size


class Tensor:
    def __init__(self, a):
        self.a = np.asarray(a)

    def __reduce__(self):
        step = [s // self.a.itemsize for s in np.ascontiguousarray(self.a).strides]
        return rebuild, (Storage(self.a), 0, self.a.shape, tuple(step), False, {})


class Result:
    def __init__(self, labels, uv):
        self.labels, self.uv = labels, uv


named('densepose.structures.chart_result', 'DensePoseChartResult', Result)


def person(h, w, part):
    y, x = np.mgrid[0:h, 0:w].astype('f4')
    labels = np.where((x > 0) & (x < w - 1), part, 0)
    uv = np.stack([x / (w - 1), y / (h - 1)]).astype('f4')
    return labels, np.where(labels > 0, uv, 0).astype('f4')


BOXES = np.array([[3.7, 5.2, 15.9, 25.5], [12.1, -4.0, 24.3, 20.0]], 'f4')
SCORES = np.array([0.9, 0.95], 'f4')
PEOPLE = [person(20, 12, 2), person(24, 12, 1)]


def entry(array, name, keep=(0, 1)):
    return {'file_name': name, 'scores': array(SCORES[list(keep)]), 'pred_boxes_XYXY': array(BOXES[list(keep)]),
            'pred_densepose': [Result(array(PEOPLE[k][0].astype('i8')), array(PEOPLE[k][1])) for k in keep]}


def save_zip(path, value):
    members, f = [], io.BytesIO()
    Pickler(f, 2, members=members).dump(value)
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as z:
        for name, data in [('data.pkl', f.getvalue())] + [('data/%d' % i, b) for i, b in enumerate(members)] + [('version', b'3\n')]:
            z.writestr(zipfile.ZipInfo('results/' + name), data)


both = [entry(Tensor, 'photos/other.jpg', (1,)), entry(Tensor, 'photos/good.jpg')]
save_zip('torch-save.pt', both)
with open('pickle.pkl', 'wb') as f:
    Pickler(f, 4).dump(both)
plain = [dict(entry(np.asarray, 'good.jpg'))]
plain[0]['pred_densepose'] = [{'labels': a.astype('u1'), 'uv': np.asfortranarray(b.astype('f8'))} for a, b in PEOPLE]
with open('numpy.pkl', 'wb') as f:
    pickle.dump(plain, f, 4)
one = {'labels': PEOPLE[0][0].astype('i4'), 'uv': PEOPLE[0][1], 'pred_boxes_XYXY': BOXES[0]}
with open('one-person.pkl', 'wb') as f:
    pickle.dump(one, f, 4)
with open('nobody.pkl', 'wb') as f:
    pickle.dump([{'file_name': 'good.jpg', 'pred_densepose': []}], f, 4)
with open('not-a-dump.pkl', 'wb') as f:
    pickle.dump({'weights': [1.5, 2]}, f, 4)
