#!/usr/bin/python3
"""Makes small .tflite files, with a writer of flatbuffers of its own:

    *.tflite here               networks, each with what it answers in *.tar
    tests/bad/weights/*.tflite  each wrong in the way that its name says
    tests/fuzz/corpus/tflite    seeds of fuzz_tflite

What a network answers is computed here, by loops over Python's floats, from
the operators' definitions. Needs Python alone; the result is committed.
"""
import io, math, os, random, struct, tarfile

os.chdir(os.path.dirname(os.path.abspath(__file__)))
BAD, SEEDS = '../../bad/weights', '../../fuzz/corpus/tflite'

# ---- flatbuffers -------------------------------------------------------------

class Table(dict):
    """Field number -> ('b' | 'i', number), or a Table, list, str or bytes."""


class Writer:
    def __init__(self):
        self.b = bytearray(b'\0\0\0\0TFL3')

    def align(self, n=4):
        self.b += bytes(-len(self.b) % n)

    def patch(self, at, to):
        struct.pack_into('<I', self.b, at, to - at)

    def put(self, x):
        if isinstance(x, Table):
            return self.put_table(x)
        self.align()
        at = len(self.b)
        if isinstance(x, str):
            x = x.encode()
            self.b += struct.pack('<I', len(x)) + x + b'\0'
        elif isinstance(x, bytes):
            self.b += bytes(-(at + 4) % 16)     # data at multiples of 16
            at = len(self.b)
            self.b += struct.pack('<I', len(x)) + x
        elif x and not isinstance(x[0], int):
            self.b += struct.pack('<I', len(x)) + bytes(4 * len(x))
            for i, e in enumerate(x):
                self.patch(at + 4 + 4 * i, self.put(e))
        else:
            self.b += struct.pack('<I%di' % len(x), len(x), *x)
        return at

    def put_table(self, t):
        n = max(t, default=-1) + 1
        self.align()
        vtable = len(self.b)
        offsets = {k: 4 + 4 * i for i, k in enumerate(sorted(t))}
        self.b += struct.pack('<HH%dH' % n, 4 + 2 * n, 4 + 4 * len(t), *[offsets.get(k, 0) for k in range(n)])
        self.align()
        at = len(self.b)
        self.b += struct.pack('<i', at - vtable) + bytes(4 * len(t))
        for k, v in t.items():
            if isinstance(v, tuple):
                struct.pack_into('<' + v[0], self.b, at + offsets[k], v[1])
            else:
                self.patch(at + offsets[k], self.put(v))
        return at

    def file(self, root):
        self.patch(0, self.put(root))
        return bytes(self.b)


# ---- models ------------------------------------------------------------------

F32, F16, I32 = 0, 1, 2
KIND = dict(ADD=0, CONV=3, DEPTHWISE=4, DEQUANTIZE=6, LOGISTIC=14, POOL=17, MUL=18, RESHAPE=22, RESIZE=23, PAD=34,
            LATER=151)
SAME, VALID = 0, 1
NONE, RELU, RELU6, TANH = 0, 1, 3, 4


class Model:
    def __init__(self):
        self.tensors, self.buffers, self.ops, self.codes = [], [Table()], [], []
        self.inputs, self.outputs, self.root, self.graph = [], [], {}, {}

    def tensor(self, shape, type=F32, data=None, name=None):
        t = Table({0: list(shape), 1: ('b', type), 3: name or 'tensor %d' % len(self.tensors)})
        if data is not None:
            t[2] = ('i', len(self.buffers))
            self.buffers.append(Table({0: data}))
        self.tensors.append(t)
        return len(self.tensors) - 1

    def const(self, shape, x, type=F32, **kw):
        return self.tensor(shape, type, struct.pack('<%d%s' % (len(x), 'fei'[type]), *x), **kw)

    def op(self, kind, inputs, output, type=0, options=None):
        kind = KIND[kind]
        if kind not in self.codes:
            self.codes.append(kind)
        o = Table({0: ('i', self.codes.index(kind)), 1: list(inputs), 2: [output]})
        if options is not None:
            o[3], o[4] = ('b', type), Table(options)
        self.ops.append(o)
        return output

    def conv(self, x, w, b, y, pad=SAME, stride=(1, 1), act=NONE, type=1, **more):
        o = {0: ('b', pad), 1: ('i', stride[1]), 2: ('i', stride[0]), 3: ('b', act)}
        o.update({int(k[1:]): ('i', v) for k, v in more.items()})
        return self.op('CONV', (x, w) if b is None else (x, w, b), y, type, o)

    def depthwise(self, x, w, b, y, pad=SAME, stride=(1, 1), act=NONE, multiplier=1):
        return self.op('DEPTHWISE', (x, w, b), y, 2, {0: ('b', pad), 1: ('i', stride[1]), 2: ('i', stride[0]),
                                                     3: ('i', multiplier), 4: ('b', act)})

    def add(self, x, y, z, act=NONE):
        return self.op('ADD', (x, y), z, 11, {0: ('b', act)})

    def file(self):
        codes = [Table({0: ('b', min(c, 127)), 3: ('i', c)}) for c in self.codes]
        graph = Table({0: self.tensors, 1: self.inputs, 2: self.outputs, 3: self.ops, 4: 'main'})
        graph.update(self.graph)
        model = Table({0: ('i', 3), 1: codes, 2: [graph], 3: 'made up', 4: self.buffers})
        model.update(self.root)
        return Writer().file(model)


# ---- operators, by their definitions: maps are (h, w, c) and a flat list -----------

def clip(x, act):
    return x if act == NONE else max(x, 0.) if act == RELU else min(max(x, 0.), 6.)


def window(n, k, s, pad):
    if pad == VALID:
        return (n - k) // s + 1, 0
    out = -(-n // s)
    return out, max((out - 1) * s + k - n, 0) // 2


def slide(x, shape, k, stride, pad, f, channels):
    (h, w, c), (kh, kw) = shape, k
    (ho, top), (wo, left) = window(h, kh, stride[0], pad), window(w, kw, stride[1], pad)
    out = []
    for y in range(ho):
        for q in range(wo):
            taps = [(i, j, (y * stride[0] + i - top, q * stride[1] + j - left)) for i in range(kh) for j in range(kw)]
            taps = [(i, j, (a * w + b) * c) for i, j, (a, b) in taps if 0 <= a < h and 0 <= b < w]
            out += [f(x, taps, o) for o in range(channels)]
    return out, (ho, wo, channels)


def conv(x, shape, w, k, bias, n, stride, pad, act):        # w (o, h, w, i)
    c = shape[2]
    return slide(x, shape, k, stride, pad, lambda v, taps, o: clip(bias[o] + math.fsum(
        v[at + i] * w[((o * k[0] + a) * k[1] + b) * c + i] for a, b, at in taps for i in range(c)), act), n)


def depthwise(x, shape, w, k, bias, stride, pad, act):      # w (1, h, w, c)
    c = shape[2]
    return slide(x, shape, k, stride, pad, lambda v, taps, o: clip(bias[o] + math.fsum(
        v[at + o] * w[(a * k[1] + b) * c + o] for a, b, at in taps), act), c)


def pool(x, shape, k, stride, pad, act):
    return slide(x, shape, k, stride, pad, lambda v, taps, o: clip(max(v[at + o] for a, b, at in taps), act), shape[2])


def pad(x, shape, p):
    h, w, c = (shape[i] + sum(p[i]) for i in range(3))
    out = [0.] * (h * w * c)
    for y in range(shape[0]):
        for q in range(shape[1]):
            for i in range(shape[2]):
                out[((y + p[0][0]) * w + q + p[1][0]) * c + i + p[2][0]] = x[(y * shape[1] + q) * shape[2] + i]
    return out, (h, w, c)


def resize(x, shape, size, align, half):
    (h, w, c), out = shape, []

    def place(i, n, m):
        s = (m - 1) / (n - 1) if align and n > 1 else m / n
        at = max((i + .5) * s - .5 if half else i * s, 0.)
        a = min(int(at), m - 1)
        return a, min(a + 1, m - 1), at - a

    for i in range(size[0]):
        for j in range(size[1]):
            (a, b, f), (p, q, g) = place(i, size[0], h), place(j, size[1], w)
            out += [(1 - f) * ((1 - g) * x[(a * w + p) * c + k] + g * x[(a * w + q) * c + k]) +
                    f * ((1 - g) * x[(b * w + p) * c + k] + g * x[(b * w + q) * c + k]) for k in range(c)]
    return out, (*size, c)


# ---- networks with their answers ---------------------------------------------

def npy(shape, x):
    head = ("{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }" % ', '.join(map(str, shape))).encode()
    head += b' ' * (-(len(head) + 11) % 64) + b'\n'
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head + struct.pack('<%df' % len(x), *x)


def tar(members):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode='w', format=tarfile.USTAR_FORMAT) as t:
        for name, data in members:
            i = tarfile.TarInfo(name)
            i.size = len(data)
            t.addfile(i, io.BytesIO(data))
    return b.getvalue()


r = random.Random(16)


def rounded(n, code, sd=1.):
    """n random numbers that a type can hold."""
    x = [r.gauss(0, sd) for _ in range(n)]
    return list(struct.unpack('<%d%s' % (n, code), struct.pack('<%d%s' % (n, code), *x)))


class Net:
    """Builds a file and computes its answer side by side."""

    def __init__(self, shape):
        self.m, self.x, self.shape, self.at, self.want = Model(), rounded(math.prod(shape), 'f'), shape, 0, []
        self.m.inputs = [self.m.tensor((1, *shape), name='photo')]
        self.want.append(('photo', (1, *shape), self.x))

    def step(self, result, shape=None):
        self.x, self.shape = result
        self.at = self.m.tensor(shape or (1, *self.shape))
        return self.at

    def weights(self, shape, sd, half):
        x = rounded(math.prod(shape), 'e' if half else 'f', sd)
        if not half:
            return self.m.const(shape, x), x
        t = self.m.const(shape, x, F16)
        return self.m.op('DEQUANTIZE', [t], self.m.tensor(shape)), x

    def conv(self, n, k, stride=(1, 1), pad=SAME, act=NONE, half=False, bias=True):
        at, c = self.at, self.shape[2]
        w, wx = self.weights((n, *k, c), (k[0] * k[1] * c) ** -.5, half)
        b, bx = self.weights((n,), 1, half) if bias else (None, [0.] * n)
        y = self.step(conv(self.x, self.shape, wx, k, bx, n, stride, pad, act))
        self.m.conv(at, w, b, y, pad, stride, act)

    def depthwise(self, k, stride=(1, 1), pad=SAME, act=NONE, half=True):
        at, c = self.at, self.shape[2]
        w, wx = self.weights((1, *k, c), (k[0] * k[1]) ** -.5, half)
        b, bx = self.weights((c,), 1, half)
        y = self.step(depthwise(self.x, self.shape, wx, k, bx, stride, pad, act))
        self.m.depthwise(at, w, b, y, pad, stride, act)

    def pool(self, k, stride, pad=SAME, act=NONE):
        at = self.at
        y = self.step(pool(self.x, self.shape, k, stride, pad, act))
        self.m.op('POOL', [at], y, 5, {0: ('b', pad), 1: ('i', stride[1]), 2: ('i', stride[0]), 3: ('i', k[1]),
                                      4: ('i', k[0]), 5: ('b', act)})

    def pad(self, *p):
        at, t = self.at, self.m.const((4, 2), [0, 0] + [v for q in p for v in q], I32)
        self.m.op('PAD', [at, t], self.step(pad(self.x, self.shape, p)))

    def resize(self, size, align=False, half=False):
        at, t = self.at, self.m.const((2,), size, I32)
        y = self.step(resize(self.x, self.shape, size, align, half))
        self.m.op('RESIZE', [at, t], y, 15, {2: ('b', align), 3: ('b', half)})

    def add(self, other, act=NONE):
        at, (o, x) = self.at, other
        self.m.add(at, o, self.step(([clip(a + b, act) for a, b in zip(self.x, x)], self.shape)), act)

    def logistic(self):
        at = self.at
        self.m.op('LOGISTIC', [at], self.step(([1 / (1 + math.exp(-v)) for v in self.x], self.shape)))

    def reshape(self, *shape):
        at, t = self.at, self.m.const((len(shape),), shape, I32)
        self.m.op('RESHAPE', [at, t], self.step((self.x, self.shape), shape))
        self.out('flat', shape)

    def here(self):
        return self.at, self.x

    def out(self, name, shape=None):
        self.m.tensors[self.at][3] = name
        self.m.outputs.append(self.at)
        self.want.append((name, shape or (1, *self.shape), self.x))

    def write(self, name):
        open(name + '.tflite', 'wb').write(self.m.file())
        open(name + '.tar', 'wb').write(tar([('%s.%s.npy' % (name, k), npy(s, x)) for k, s, x in self.want]))


def ops():
    """Each operator, with all its attributes, in one network."""
    n = Net((11, 14, 3))
    n.pad((0, 1), (2, 0), (0, 0))
    n.conv(8, (3, 3), (2, 2), VALID, RELU6, half=True)
    n.out('valid')
    n.depthwise((3, 3), act=RELU6)
    n.conv(24, (1, 1), act=RELU)
    before = n.here()
    n.depthwise((5, 5), act=RELU)
    n.conv(24, (3, 2), half=True, bias=False)
    n.add(before, RELU)
    n.out('sum')
    n.resize((9, 11), half=True)
    n.depthwise((3, 3), (2, 2))
    n.out('even')
    n.pool((2, 2), (2, 2))
    n.pad((1, 0), (0, 2), (1, 2))
    n.out('pooled')
    n.resize((5, 4), align=True)
    n.depthwise((5, 5), (2, 2), half=False)
    n.resize((4, 7))
    n.pool((3, 2), (1, 2), VALID, RELU)
    n.conv(35, (2, 1), (1, 2))
    n.logistic()
    n.reshape(1, 2 * 2 * 35)
    n.write('ops')


def small():
    n = Net((4, 5, 2))
    n.conv(3, (3, 3), (2, 2), half=True)
    n.depthwise((3, 3))
    n.out('y')
    n.write('small')


ops()
small()

# ---- bad files ---------------------------------------------------------------------

def bad(name, data):
    open('%s/%s.tflite' % (BAD, name), 'wb').write(data)


def model():
    m = Model()
    m.inputs = [m.tensor((1, 2, 3, 2), name='in')]
    m.y = m.tensor((1, 2, 3, 4), name='out')
    m.w = m.const((4, 1, 1, 2), [1.] * 8)
    m.b = m.const((4,), [1.] * 4)
    m.outputs = [m.y]
    return m


def changed(f, conv=True):
    m = model()
    if conv:
        m.conv(0, m.w, m.b, m.y)
    return (f(m) or m).file()


def fields(k, **kw):
    """A change of fields of tensor k; 0 is the input, 2 the kernel, 3 the bias."""
    def f(m):
        m.tensors[k].update({int(i[1:]): v for i, v in kw.items()})
    return f


good = changed(lambda m: None)
root = struct.unpack_from('<I', good)[0]
open(SEEDS + '/conv.tflite', 'wb').write(good)


def patched(at, fmt, x):
    b = bytearray(good)
    struct.pack_into(fmt, b, at, x)
    return bytes(b)


bad('file-cut', good[:len(good) // 2])
bad('header-only', good[:8])
bad('root-outside', patched(0, '<I', 0x7fffff00))
bad('vtable-before-the-file', patched(root, '<i', 0x7fffff00))
bad('vtable-outside', patched(root, '<i', -0x7fffff00))
bad('vtable-is-its-own-table', patched(root, '<i', 0))
bad('vtable-of-three-bytes', patched(root - struct.unpack_from('<i', good, root)[0], '<H', 3))
bad('vector-outside', patched(struct.unpack_from('<I', good, root + 8)[0] + root + 8, '<I', 0xffffffff))
bad('dimension-negative', changed(fields(2, _0=[4, 1, 1, -2])))
bad('dimension-zero', changed(fields(0, _0=[1, 0, 3, 2])))
bad('shape-overflows', changed(fields(2, _0=[2 ** 31 - 1] * 4)))
bad('dimensions-seven', changed(fields(2, _0=[1] * 7)))
bad('buffer-short', changed(fields(2, _0=[4, 1, 1, 3])))
bad('buffer-of-no-number', changed(fields(2, _2=('i', 9))))
bad('type-int8', changed(fields(2, _1=('b', 9))))
bad('kernel-of-whole-numbers', changed(fields(2, _1=('b', I32))))
bad('tensor-is-sparse', changed(fields(2, _6=Table())))
bad('tensor-is-a-variable', changed(fields(0, _5=('b', 1))))
bad('bias-of-two-dimensions', changed(fields(3, _0=[1, 4])))
bad('input-of-f16', changed(fields(0, _1=('b', F16))))


def later(m):
    m.op('LATER', [m.y], m.tensor((1, 2, 3, 4)))


def mul(m):
    m.op('MUL', [m.y, m.y], m.tensor((1, 2, 3, 4)))


def before(m):
    late = m.tensor((1, 2, 3, 2))
    m.conv(late, m.w, m.b, m.y)
    m.op('LOGISTIC', [0], late)


def cycle(m):
    a = m.tensor((1, 2, 3, 4))
    m.add(m.y, a, a)
    m.op('LOGISTIC', [a], m.y)


def dequantize(m):
    m.op('DEQUANTIZE', [m.y], m.tensor((1, 2, 3, 4)))


def add_constant(m):
    m.add(m.y, m.const((1, 2, 3, 4), [1.] * 24), m.tensor((1, 2, 3, 4)))


def two_roles(m):
    m.tensors[m.w][0] = [1, 2, 2, 2]
    m.tensors[m.y][0] = [1, 2, 3, 1]
    m.conv(0, m.w, None, m.y)
    m.depthwise(0, m.w, m.b, m.tensor((1, 2, 3, 2)))


def big(m):
    m.buffers[1] = Table({0: bytes(4 * 4000)})
    for i in range(4):
        t = m.tensor((4000, 1, 1, 1))
        m.tensors[t][2] = ('i', 1)
        m.conv(0, t, None, m.tensor((1, 2, 3, 4), name='y%d' % i))


def pads(*p):
    def f(m):
        m.op('PAD', [0, m.const((4, 2), p, I32)], m.tensor((1, 4, 5, 2)))
    return f


def sizes(n, x, type=I32):
    def f(m):
        m.op('RESIZE', [0, m.const(n, x, type)], m.tensor((1, 4, 5, 2)), 15, {})
    return f


bad('operator-of-a-later-version', changed(later))
bad('operator-mul', changed(mul))
bad('read-before-it-is-made', changed(before, False))
bad('operators-in-a-circle', changed(cycle, False))
bad('output-is-the-input', changed(lambda m: m.op('LOGISTIC', [m.y], m.y) and None))
bad('made-twice', changed(lambda m: m.conv(0, m.w, m.b, m.y) and None))
bad('dequantize-of-what-is-computed', changed(dequantize))
bad('add-of-a-constant', changed(add_constant))
bad('constant-in-two-roles', changed(two_roles, False))
bad('constants-share-bytes', changed(big, False))
bad('padding-two', changed(lambda m: m.conv(0, m.w, m.b, m.y, pad=2) and None, False))
bad('activation-tanh', changed(lambda m: m.conv(0, m.w, m.b, m.y, act=TANH) and None, False))
bad('stride-zero', changed(lambda m: m.conv(0, m.w, m.b, m.y, stride=(0, 1)) and None, False))
bad('stride-negative', changed(lambda m: m.conv(0, m.w, m.b, m.y, stride=(1, -1)) and None, False))
bad('dilation-two', changed(lambda m: m.conv(0, m.w, m.b, m.y, _4=2) and None, False))
bad('options-of-another-operator', changed(lambda m: m.conv(0, m.w, m.b, m.y, type=2) and None, False))
bad('options-missing', changed(lambda m: m.op('CONV', [0, m.w, m.b], m.y) and None, False))
bad('multiplier-two', changed(lambda m: m.depthwise(0, m.const((1, 1, 1, 2), [1.] * 2), m.b, m.y, multiplier=2)
                              and None, False))
bad('inputs-four', changed(lambda m: m.op('CONV', [0, m.w, m.b, m.b], m.y, 1, {}) and None, False))
bad('tensor-of-no-number', changed(lambda m: m.conv(0, 77, m.b, m.y) and None, False))
bad('kernel-is-computed', changed(lambda m: m.conv(0, 0, m.b, m.y) and None, False))
bad('pad-of-the-batch', changed(pads(0, 1, 0, 0, 0, 0, 0, 0)))
bad('pad-negative', changed(pads(0, 0, -1, 0, 0, 0, 0, 0)))
bad('pad-of-six', changed(lambda m: m.op('PAD', [0, m.const((6,), [0] * 6, I32)], m.tensor((1, 2, 3, 2))) and None))
bad('size-of-one-number', changed(sizes((1,), [4])))
bad('size-zero', changed(sizes((2,), [4, 0])))
bad('size-of-floats', changed(sizes((2,), [4., 4.], F32)))
bad('reshape-to-another-shape', changed(lambda m: m.op('RESHAPE', [m.y, m.const((2,), [1, 12], I32)],
                                                      m.tensor((1, 24))) and None))
bad('version-two', changed(lambda m: m.root.update({0: ('i', 2)})))
bad('no-subgraph', changed(lambda m: m.root.update({2: []})))
bad('two-subgraphs', changed(lambda m: m.root.update({2: [Table(), Table()]})))
bad('no-outputs', changed(lambda m: m.graph.update({2: []})))
bad('output-never-made', changed(lambda m: m.outputs.append(m.tensor((1, 2)))))
bad('output-is-a-constant', changed(lambda m: m.outputs.append(m.w)))
bad('output-without-a-name', changed(lambda m: m.tensors[m.y].update({3: ''})))
bad('outputs-of-one-name', changed(lambda m: m.outputs.append(m.outputs[0])))
bad('buffer-outside-the-flatbuffer', changed(lambda m: m.buffers[1].update({1: ('i', 4096)})))
bad('code-of-no-number', changed(lambda m: m.ops[0].update({0: ('i', 5)})))

for n in 'ops', 'small':
    open('%s/%s.tflite' % (SEEDS, n), 'wb').write(open(n + '.tflite', 'rb').read())
