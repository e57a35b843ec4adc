#!/usr/bin/python3
"""Makes the bad files of this folder, each wrong in the one way that its name
says. `want` has the message that each must give. Needs Python alone."""
import io, json, os, struct, tarfile, zipfile

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def put(name, data):
    open(name, 'wb').write(data)


# ---- pickles, written by hand: letters are opcodes of pickletools ----------

def text(s):
    return b'X' + struct.pack('<I', len(s)) + s.encode()


def number(i):
    return b'J' + struct.pack('<i', i)


def glob(module, name):
    return b'c' + module.encode() + b'\n' + name.encode() + b'\n'


def sizes(*n):
    return b'(' + b''.join(b'\x8a\x08' + struct.pack('<q', i) for i in n) + b't'


def storage(key='0', kind='FloatStorage', n=4):
    return b'(' + text('storage') + glob('torch', kind) + text(key) + text('cpu') + number(n) + b'tQ'


def tensor(shape=(2, 2), stride=(2, 1), offset=0, **kw):
    return glob('torch._utils', '_rebuild_tensor_v2') + b'(' + storage(**kw) + number(offset) \
        + sizes(*shape) + sizes(*stride) + b'\x89' + glob('collections', 'OrderedDict') + b')RtR'


def state(**items):
    return b'\x80\x02}(' + b''.join(text(k) + v for k, v in items.items()) + b'u.'


def zipped(members):
    b = io.BytesIO()
    with zipfile.ZipFile(b, 'w') as z:
        for name, data in members.items():
            z.writestr(zipfile.ZipInfo(name), data)
    return b.getvalue()


def pth(pickle, **more):
    members = {'a/data.pkl': pickle, 'a/data/0': bytes(16), 'a/version': b'3\n'}
    members.update({k.replace('_', '/'): v for k, v in more.items()})
    return zipped(members)


good = pth(state(w=tensor()))
put('pickle-calls-system.pth', pth(b'\x80\x02' + glob('posix', 'system') + text('touch /tmp/owned') + b'\x85R.'))
put('pickle-names-eval.pth', pth(b'\x80\x04\x8c\x08builtins\x8c\x04eval\x93.'))
put('pickle-calls-storage.pth', pth(state(w=glob('torch', 'FloatStorage') + b')R')))
put('pickle-calls-text.pth', pth(state(w=text('os.system') + b')R')))
put('pickle-opcode-inst.pth', pth(b'\x80\x02(iposix\nsystem\n.'))
put('pickle-opcode-newobj.pth', pth(b'\x80\x02' + glob('collections', 'OrderedDict') + b')\x81.'))
put('pickle-builds-a-list.pth', pth(b'\x80\x02]}b.'))
put('pickle-is-cut.pth', pth(state(w=tensor())[:-60]))
put('pickle-stack-is-empty.pth', pth(b'\x80\x020.'))
put('pickle-memo-never-stored.pth', pth(b'\x80\x02h\x07.'))
put('pickle-calls-a-class-with-a-tensor.pth', pth(state(w=glob('my', 'Quantized') + b'(' + tensor() + b'tR')))
put('pickle-of-a-module.pth', pth(b'\x80\x02' + glob('my', 'Net') + b')\x81}' + text('w') + tensor() + b'sb.'))
put('views-of-one-storage.pth', pth(state(**{'v%d' % i: tensor() for i in range(9)})))
# Not bad: what is beside the tensors is read past (tests/cli/weights.t).
put('../../data/objects-beside.pth', pth(state(
    args=glob('argparse', 'Namespace') + b')\x81}(' + text('lr') + b'G' + struct.pack('>d', .1) + text('out') + text('o') + b'ub',
    best=glob('numpy.core.multiarray', 'scalar') + b'(' + glob('numpy', 'dtype') + b'(' + text('f8') + b'\x89\x88tR'
    + b'(' + number(3) + text('<') + b'NNN' + number(-1) + number(-1) + number(0) + b'tb'
    + glob('_codecs', 'encode') + b'(' + text('a\0b') + text('latin1') + b'tRtR',
    seen=glob('builtins', 'set') + b']' + number(1) + b'a\x85R', raw=b'C\x03abc', state=glob('my', 'Dict') + b')\x81'
    + b'(' + text('w') + tensor() + b'u')))
put('dict-contains-itself.pth', pth(b'\x80\x02}q\x00' + text('d') + b'h\x00s.'))
put('shape-beyond-storage.pth', pth(state(w=tensor(shape=(2, 3), stride=(3, 1)))))
put('offset-beyond-storage.pth', pth(state(w=tensor(offset=1))))
put('shape-huge.pth', pth(state(w=tensor(shape=(2 ** 40, 2 ** 40)))))
put('shape-repeats-by-stride-0.pth', pth(state(w=tensor(shape=(2 ** 40,), stride=(0,)))))
put('shape-negative.pth', pth(state(w=tensor(shape=(-2, -2)))))
put('rank-7.pth', pth(state(w=tensor(shape=(1,) * 7, stride=(1,) * 7))))
put('storage-missing.pth', pth(state(w=tensor(key='9'))))
put('storage-too-short.pth', pth(state(w=tensor(n=5))))
put('storage-complex.pth', pth(state(w=tensor(kind='ComplexFloatStorage'))))
put('big-endian.pth', pth(state(w=tensor()), a_byteorder=b'big'))
put('no-tensor.pth', pth(b'\x80\x02}' + text('epoch') + b'K\x03s.'))
put('name-twice.pth', pth(b'\x80\x02}(' + 2 * (text('w') + tensor()) + b'u.'))
put('name-with-control-character.pth', pth(state(**{'w\x1b[2J': tensor()})))
put('zip-cut.pth', good[:len(good) // 2])
damaged = bytearray(good)
damaged[good.index(bytes(16)) + 3] ^= 1
put('zip-checksum.pth', bytes(damaged))

magic = b'\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.'
system = b'\x80\x02}' + text('little_endian') + b'\x88s.'
old = b'(' + text('storage') + glob('torch', 'FloatStorage') + text('0') + text('cpu') + number(4) + b'NtQ'
body = state(w=tensor()).replace(storage(), old)
keys = b'\x80\x02]' + text('0') + b'a.'
data = struct.pack('<Q', 4) + bytes(16)
put('legacy-cut.pth', magic + b'\x80\x02M\xe9\x03.' + system + body + keys + data[:-1])
put('legacy-version.pth', magic + b'\x80\x02K\x07.' + system + body + keys + data)
put('legacy-count.pth', magic + b'\x80\x02M\xe9\x03.' + system + body + keys + struct.pack('<Q', 2 ** 60) + bytes(16))
put('legacy-trailing-bytes.pth', magic + b'\x80\x02M\xe9\x03.' + system + body + keys + data + b'x')

# ---- safetensors -----------------------------------------------------------

def safetensors(header, data=bytes(16)):
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack('<Q', len(head)) + head + data


def array(at=(0, 16), shape=(4,), dtype='F32'):
    return {'dtype': dtype, 'shape': list(shape), 'data_offsets': list(at)}


put('offsets-overlap.safetensors', safetensors({'a': array((0, 8), (2,)), 'b': array((4, 16), (3,))}))
put('offsets-leave-a-hole.safetensors', safetensors({'a': array((0, 4), (1,)), 'b': array((8, 16), (2,))}))
put('offsets-beyond-the-file.safetensors', safetensors({'a': array((0, 160), (40,))}))
put('offsets-backwards.safetensors', safetensors({'a': array((16, 0))}))
put('offsets-of-another-shape.safetensors', safetensors({'a': array(shape=(5,))}))
put('shape-huge.safetensors', safetensors({'a': array(shape=(2 ** 62, 2 ** 62))}))
put('shape-negative.safetensors', safetensors({'a': array(shape=(-2, -2))}))
put('rank-7.safetensors', safetensors({'a': array(shape=(1,) * 6 + (4,))}))
put('dtype-f8e4m3.safetensors', safetensors({'a': array(dtype='F8_E4M3')}))
put('name-twice.safetensors', safetensors(b'{"a":%s,"a":%s}' % (2 * (json.dumps(array()).encode(),))))
put('header-cut.safetensors', struct.pack('<Q', 5000) + b'{"a":' + bytes(16))
put('header-no-json.safetensors', safetensors(b'{"a" array}'))
put('trailing-bytes.safetensors', safetensors({'a': array()}, bytes(20)))

# ---- npz -------------------------------------------------------------------

def npy(shape='(4,)', descr='<f4', data=bytes(16)):
    head = ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)).encode()
    head += b' ' * (-(len(head) + 11) % 64) + b'\n'
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head + data


put('shape-huge.npz', zipped({'a.npy': npy('(1099511627776, 1099511627776)')}))
put('data-cut.npz', zipped({'a.npy': npy('(5,)')}))
put('dtype-object.npz', zipped({'a.npy': npy(descr='|O')}))
put('dtype-complex.npz', zipped({'a.npy': npy(descr='<c8')}))
put('member-no-npy.npz', zipped({'a.txt': b'hello'}))
put('zip-cut.npz', zipped({'a.npy': npy()})[:-30])

# ---- weights ---------------------------------------------------------------

def tar(members, end=True):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode='w', format=tarfile.PAX_FORMAT) as t:
        for name, data in members:
            i = tarfile.TarInfo(name)
            i.size = len(data)
            t.addfile(i, io.BytesIO(data))
    raw = b.getvalue()
    return raw if end else raw.rstrip(b'\0') + bytes(-len(raw.rstrip(b'\0')) % 512)


put('cut-between-members.tar', tar([('k.a.npy', npy(data=b'data' * 4))], end=False))
put('cut-in-a-member.tar', tar([('k.a.npy', npy(data=b'data' * 4))])[:600])
put('second-sample.tar', tar([('k.a.npy', npy()), ('l.a.npy', npy())]))
put('name-twice.tar', tar([('k.a.npy', npy()), ('k.b.npy', npy()), ('k.a.npy', npy())]))
put('shape-huge.tar', tar([('k.a.npy', npy('(1099511627776, 1099511627776)'))]))
put('name-with-dotdot.tar', tar([('k/../a.w.npy', npy())]))
put('manifest-no-json.tar', tar([('k.json', b'{"fields": '), ('k.a.npy', npy())]))
put('dtype-complex.tar', tar([('k.a.npy', npy(descr='<c8'))]))
put('no-weights.txt', b'These are the weights of my new year resolutions.\n')
put('empty-file.tar', b'')
