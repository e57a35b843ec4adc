#!/usr/bin/env python3
"""Makes the streams beside it that a reader must refuse.

Run from the project's root; wants the zstd program, and nothing of ours.
Each file's name is the reason; tests/bad/stream/reasons has the words that
the message must hold.
"""
import io, json, os, struct, subprocess, tarfile

here = os.path.dirname(os.path.abspath(__file__))
reasons = []


def zstd(data):
    return subprocess.run(['zstd', '-c', '-q', '--check'], input=data, stdout=subprocess.PIPE, check=True).stdout


def npy(descr="'<f4'", shape='(2, 3)', data=bytes(24), order='False', version=1, raw=None):
    text = raw if raw is not None else "{'descr': %s, 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape)
    n = len(text) + 11
    text += ' ' * (-n % 64) + '\n'
    size = struct.pack('<H', len(text)) if version == 1 else struct.pack('<I', len(text))
    return b'\x93NUMPY' + bytes([version, 0]) + size + text.encode('latin1') + data


def member(name, data=b'', **kw):
    i = tarfile.TarInfo(name)
    i.size = len(data)
    for k, v in kw.items():
        setattr(i, k, v)
    return i.tobuf(tarfile.PAX_FORMAT) + data + bytes(-len(data) % 512)


def manifest(fields, **kw):
    m = {'stream': 'dualtex 1', 'fields': fields, 'licence': [], 'history': []}
    m.update(kw)
    return json.dumps(m).encode()


end = bytes(1024)
good = npy()


def sample(key, fields=('x.npy',), data=good, listed=None):
    out = member(key + '.json', manifest(list(fields if listed is None else listed)))
    return out + b''.join(member('%s.%s' % (key, f), data) for f in fields)


def frames(parts, drop=None, table=True, count=None):
    z = [zstd(p) for p in parts + [end]]
    rows = b''.join(struct.pack('<II', len(f), len(p)) for f, p in zip(z, parts + [end]))
    rows += struct.pack('<IBI', len(z) if count is None else count, 0, 0x8F92EAB1)
    if drop is not None:
        del z[drop]
    return b''.join(z) + (struct.pack('<II', 0x184D2A5E, len(rows)) + rows if table else b'')


def bad(name, words, data):
    open(os.path.join(here, name), 'wb').write(data)
    reasons.append('%s\t%s\n' % (name, words))


def bad_array(name, words, data):
    bad(name + '.tar', words, member('a.x.npy', data) + end)


def bad_name(name, words, path, data=good, **kw):
    bad(name + '.tar', words, member(path, data, **kw) + end)


two = [sample('a'), sample('b')]
ours = frames(two)

# The end of the input.
bad('empty.tar.zst', 'the input is empty', b'')
bad('cut-in-a-frame.tar.zst', 'ends at byte %d' % 100, ours[:100])
n = len(zstd(two[0]))
bad('cut-between-samples.tar.zst', 'sample 1: the input ends at byte %d' % n, ours[:n])
bad('cut-before-the-seek-table.tar.zst', 'ends at byte .*before its end mark', frames(two, table=False))
bad('cut-in-the-seek-table.tar.zst', 'ends at byte .*before its end mark', ours[:-3])
bad('cut-in-a-header.tar', 'ends at byte 300', (two[0] + end)[:300])
bad('cut-in-an-array.tar', 'sample 0 "a", member a.x.npy: the input ends at byte', (two[0] + end)[:len(two[0]) - 500])
bad('cut-between-samples.tar', 'sample 1: the input ends', two[0])
bad('cut-in-the-trailer.tar', 'the input ends', two[0] + end[:1000])
bad('cut-in-a-sample-before-another-stream.tar.zst', 'seek table is missing', frames(two, table=False) + ours)

# zstd
flipped = bytearray(ours)
flipped[n - 1] ^= 1
bad('wrong-checksum.tar.zst', 'checksum', bytes(flipped))
bad('wrong-frame-count-in-the-seek-table.tar.zst', 'seek table lists 7 frames, 3 came', frames(two, count=7))
bad('a-frame-taken-out.tar.zst', 'seek table lists 3 frames, 2 came', frames(two, drop=0))
bad('rubbish-behind-a-frame.tar.zst', 'no zstd frame at byte', zstd(two[0]) + b'rubbish')
bad('window-too-large.tar.zst', 'zstd: .*memory', b'\x28\xb5\x2f\xfd\x00\xa8' + bytes(8))
# A tar header that announces 2 GiB of zeros, then 8400 RLE blocks of 128 KiB in 4 bytes each.
i = tarfile.TarInfo('a.x.npy')
i.size = 2 << 30
bomb = npy(shape='(%d,)' % ((i.size - 64) // 4 - 16), data=b'')
head = i.tobuf() + bomb
block = struct.pack('<I', len(head) << 3)[:3] + head
rle = struct.pack('<I', 0 | 1 << 1 | (128 << 10) << 3)[:3] + b'\0'
bad('decompresses-too-far.tar.zst', 'more than 4000 times', b'\x28\xb5\x2f\xfd\x00\x38' + block + rle * 8400)

# tar
bad('not-a-stream.txt', 'tar: Unrecognized archive format', b'This is no stream.\n' * 100)
bad('damaged-header.tar', 'tar:', member('a.x.npy', good) + b'rubbish' * 100 + end)
bad_name('symbolic-link', 'not a plain file', 'a.x.npy', b'', type=tarfile.SYMTYPE, linkname='/etc/passwd')
bad('hard-link.tar', 'not a plain file', member('a.x.npy', good) + member('a.y.npy', b'', type=tarfile.LNKTYPE, linkname='a.x.npy') + end)
bad_name('device', 'not a plain file', 'a.x.npy', b'', type=tarfile.CHRTYPE, devmajor=1, devminor=5)
bad_name('sparse-file', 'sparse', 'a.x.npy', b'1\n0\n152\n'.ljust(512, b'\0') + good[:152],
         pax_headers={'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'a.x.npy', 'GNU.sparse.realsize': '100000'})
i = tarfile.TarInfo('a.x.npy')
i.size = 1 << 40
bad('member-of-a-tebibyte.tar', 'a member of 1099511627776 bytes, the limit is', i.tobuf() + good)
i.size = 5000 << 20
bad('member-above-the-limit.tar', 'a member of 5242880000 bytes, the limit is', i.tobuf() + good)

# names
bad_name('dotdot-in-name', '"\\.\\." in a member name', '../a.x.npy')
bad_name('dotdot-inside-name', '"\\.\\." in a member name', 'd/../a.x.npy')
bad_name('absolute-name', 'not a relative path', '/etc/a.x.npy')
bad_name('dot-in-folder', 'key "v1.0/a" has a dot', 'v1.0/a.x.npy')
bad_name('empty-key', 'an empty key', '.x.npy')
bad_name('empty-key-in-folder', 'not a relative path', 'd/.x.npy')
bad_name('empty-field', 'no field in the member name', 'a.npy')
bad_name('empty-word-in-field', 'has an empty part', 'a.x..y.npy')
bad_name('control-character-in-name', 'control characters', 'a.x\x07.npy')
bad_name('newline-in-key', 'control characters', 'a\nb.x.npy')
bad_name('turned-direction-in-key', 'control characters', 'a\u202eb.x.npy')
bad_name('name-not-utf8', 'not UTF-8', 'a.x\udcff.npy')
bad_name('no-extension', 'no extension', 'README', b'text')
bad_name('unknown-extension', 'extension "jpg", want npy or json', 'a.jpg', b'text')
bad_name('name-of-300-bytes', 'a member name of 300 bytes, want at most 255', 'k' * 294 + '.x.npy')
bad('duplicate-field.tar', 'a.x.npy: the field is there twice', member('a.x.npy', good) * 2 + end)
bad('duplicate-manifest.tar', 'a second manifest', member('a.json', b'{"a": 1}') * 2 + member('a.x.npy', good) + end)

# arrays
bad_array('wrong-dtype-f8', 'dtype f8, want one of', npy("'<f8'", data=bytes(48)))
bad_array('structured-dtype', 'structured', npy("[('a', '<f4')]"))
bad_array('object-dtype', "dtype '.O' is not a number", npy("'|O'"))
bad_array('big-endian', 'big-endian', npy("'>f4'"))
bad_array('fortran-order', 'Fortran order', npy(order='True'))
bad_array('rank-7', 'rank 7, want at most 6', npy(shape='(1, 1, 1, 1, 1, 2, 3)'))
bad_array('huge-shape', 'claims more than', npy(shape='(1000000, 1000000)'))
bad_array('shape-product-overflows', 'claims more than', npy(shape='(4294967296, 4294967296, 4)'))
bad_array('dimension-overflows', 'too large', npy(shape='(99999999999999999999999,)'))
bad_array('huge-shape-with-zero', 'claims more than', npy(shape='(0, 4294967296, 4294967296)', data=b''))
bad_array('negative-dimension', 'a negative dimension', npy(shape='(-2, 3)'))
bad_array('shape-larger-than-data', 'claims more than|needs 28 bytes', npy(shape='(7,)', data=bytes(24)))
bad_array('data-larger-than-shape', 'needs 24 bytes of data, the member has 28', npy(data=bytes(28)))
bad_array('not-an-array', 'not an .npy array', b'P5 2 2 255\n....')
bad_array('no-bytes-at-all', 'header stops', b'')
bad_array('header-longer-than-member', 'header stops', npy()[:40])
bad_array('header-of-60000-bytes', 'header of 60032 bytes, want at most 4096', npy(raw="{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + ' ' * 59940))
bad_array('npy-version-9', r'version 9\.0 is not known', npy(version=9))
bad_array('header-without-shape', "lacks 'shape'", npy(raw="{'descr': '<f4', 'fortran_order': False}"))
bad_array('header-with-code', 'not a dict', npy(raw="__import__('os')"))
bad_array('header-key-twice', "has 'shape' twice", npy(raw="{'shape': (2,), 'shape': (2, 3), 'descr': '<f4', 'fortran_order': False}"))

# manifests
bad('manifest-is-not-json.tar', 'not JSON', member('a.json', b'{"stream": ') + end)
bad('manifest-is-not-an-object.tar', 'not a JSON object', member('a.json', b'[1, 2]') + end)
bad('manifest-has-a-key-twice.tar', 'not JSON: duplicate', member('a.json', b'{"a": 1, "a": 2}') + end)
bad('manifest-of-version-2.tar', 'version "dualtex 2", want "dualtex 1"', member('a.json', manifest([], stream='dualtex 2')) + end)
bad('manifest-without-fields.tar', 'no list of fields', member('a.json', b'{"stream": "dualtex 1"}') + end)
bad('manifest-history-is-a-string.tar', 'history', member('a.json', manifest([], history='me')) + end)
bad('manifest-lists-a-missing-field.tar', '"y.npy" of the manifest is missing', sample('a', listed=['x.npy', 'y.npy']) + end)
bad('manifest-lists-another-field.tar', '"y.npy" of the manifest is missing', sample('a', listed=['y.npy']) + end)
bad('manifest-lacks-a-field.tar', 'the manifest does not list the field', sample('a', ['x.npy', 'y.npy'], listed=['x.npy']) + end)

open(os.path.join(here, 'reasons'), 'w').write(''.join(reasons))
