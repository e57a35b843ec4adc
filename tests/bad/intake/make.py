#!/usr/bin/python3
"""Makes the files beside it: photos and their companions that intake must
refuse. Needs numpy, PIL and zstd; run it in this directory. The words that
each must be refused with stand in `reasons`."""
import io, json, subprocess, tarfile, zipfile
import numpy as np
from PIL import Image

H, W = 48, 32
y, x = np.mgrid[0:H, 0:W]
rgb = np.stack([x * 7, y * 5, (x + y) * 3], -1).astype(np.uint8)
body = (abs(x - 16) < 8) & (abs(y - 24) < 18)

def encoded(array, kind, **how):
    b = io.BytesIO()
    im = array if isinstance(array, Image.Image) else Image.fromarray(array)
    im.save(b, kind, **how)
    return b.getvalue()

def put(name, data):
    with open(name, 'wb') as f:
        f.write(data if isinstance(data, bytes) else data.encode())

JPEG = encoded(rgb, 'JPEG')
PNG = encoded(rgb, 'PNG')
def photo(stem): put(stem + '.jpg', JPEG)

# ---- photos
put('jpeg-truncated.jpg', JPEG[:len(JPEG) * 2 // 3])
put('png-truncated.png', PNG[:-20])
put('png-checksum-wrong.png', PNG[:-16] + bytes([PNG[-16] ^ 1]) + PNG[-15:])
put('not-an-image.jpg', 'this is a text\n')
put('empty-file.jpg', b'')
put('cmyk.jpg', encoded(Image.fromarray(rgb).convert('CMYK'), 'JPEG'))
put('cmyk.tif', encoded(Image.fromarray(rgb).convert('CMYK'), 'TIFF'))
put('png-of-16-bits.png', encoded((x * 999).astype(np.uint16), 'PNG'))
put('tiff-of-16-bits.tif', encoded((x * 999).astype(np.uint16), 'TIFF'))
put('tiff-of-floats.tif', encoded((x / 9).astype(np.float32), 'TIFF'))
put('one-pixel.png', encoded(rgb[:1, :1], 'PNG'))
put('good.jpg', JPEG)

# ---- key points
def people(*lists, key='pose_keypoints_2d'):
    return json.dumps({'version': 1.3, 'people': [{key: l} for l in lists]})
pts = [v for k in range(18) for v in (8 + k, 6 + 2 * k, .9)]
def pose(stem, text):
    photo(stem)
    put(stem + '_keypoints.json', text)

pose('people-list-empty', people())
pose('key-point-is-nan', people([float('nan')] + pts[1:]))
pose('key-points-all-missing', people([0] * 54))
pose('key-points-of-a-larger-photo', people([v if i % 3 == 2 else 9 * v for i, v in enumerate(pts)]))
pose('key-points-are-fractions', people([v if i % 3 == 2 else v / 50 for i, v in enumerate(pts)]))
pose('key-points-of-15', people(pts[:45]))
pose('key-point-is-text', people(pts[:3] + ['8'] + pts[4:]))
pose('json-truncated', people(pts)[:100])
pose('json-of-something-else', '{"shapes": []}')
somebody = [16, 8, 16, 14, 12, 14, 10, 19, 8, 24, 20, 14, 22, 19, 25, 24, 14, 24, 13, 32, 13, 40, 18, 24, 19, 32, 19, 40, 15, 6,
            17, 6, 14, 7, 18, 7]
pose('one-person-only', people([v for k in range(18) for v in (*somebody[2 * k:2 * k + 2], .9)]))
pose('dresscode-on-other-proportions',
     json.dumps({'keypoints': [[9. * k, 9. * k, .9, k] for k in range(17)] + [[1, 2, .5, 17]]}))
put('dresscode-on-other-proportions.jpg', encoded(rgb[:32], 'JPEG'))

# ---- IUV
iuv = np.where(body[..., None], np.stack([2 + (y > 24) * 7, x * 5 + 3, y * 5], -1), 0).astype(np.uint8)
def uv(stem, data, ext='png'):
    photo(stem)
    put(f'{stem}_IUV.{ext}', data)
def npy(a):
    b = io.BytesIO()
    np.save(b, a)
    return b.getvalue()

uv('iuv-of-another-size', encoded(iuv[:40, :24], 'PNG'))
part = iuv.copy()
part[20, 16, 0] = 200
uv('iuv-with-part-200', encoded(part, 'PNG'))
turned = Image.Exif()
turned[0x112] = 6
uv('iuv-of-the-photo-before-exif-turned-it', encoded(iuv, 'PNG'))
put('iuv-of-the-photo-before-exif-turned-it.jpg', encoded(rgb, 'JPEG', exif=turned))
uv('iuv-without-a-body', encoded(iuv * 0, 'PNG'))
uv('iuv-is-a-map-of-parts', encoded(iuv[..., :1].repeat(3, 2), 'PNG'))
uv('iuv-is-a-jpeg', encoded(iuv, 'JPEG'), 'jpg')
bad = iuv.astype(np.float32)
bad[5, 7, 1] = np.nan
uv('iuv-with-nan', npy(bad), 'npy')
uv('iuv-with-two-channels', npy(iuv[..., :2]), 'npy')
uv('iuv-array-truncated', npy(iuv)[:-100], 'npy')
uv('inds-of-another-size', encoded(iuv, 'PNG'))
put('inds-of-another-size_INDS.png', encoded(iuv[:9, :9, 0], 'PNG'))

# ---- masks of the person
matte = np.clip(255 - 40 * (np.hypot(x - 16, (y - 24) / 2) - 8), 0, 255).astype(np.uint8)
def mask(stem, array, **how):
    photo(stem)
    put(stem + '_mask.png', encoded(array, 'PNG', **how))

put('good-matte.png', encoded(matte, 'PNG'))
put('half-transparent.png', encoded(np.dstack([rgb, matte]), 'PNG'))
put('transparent-everywhere.png', encoded(np.dstack([rgb, matte * 0]), 'PNG'))
mask('mask-of-another-size', matte[:40])
mask('mask-in-colour', np.dstack([matte, matte, matte // 2]))
mask('mask-black-everywhere', matte * 0)
mask('mask-of-zeros-and-ones', matte // 255)
mask('mask-of-16-bits', matte.astype(np.uint16) * 257)
mask('mask-truncated', matte)
put('mask-truncated_mask.png', encoded(matte, 'PNG')[:-20])
mask('mask-of-the-photo-before-exif-turned-it', matte)
put('mask-of-the-photo-before-exif-turned-it.jpg', encoded(rgb, 'JPEG', exif=turned))

# ---- tables
head = 'name:keypoints_y:keypoints_x\n'
l18 = str(list(range(18)))
put('table-without-header.csv', f'good.jpg: {l18}: {l18}\n')
put('table-with-nan.csv', head + f'good.jpg: [NaN{l18[2:]}: {l18}\n')
put('table-with-17-points.csv', head + f'good.jpg: {l18}: {list(range(17))}\n')
put('table-with-a-row-twice.csv', head + f'good.jpg: {l18}: {l18}\n' * 2)

# Tables of photos and people.
put('people-without-keys.tsv', 'name\tphoto\na\tgood.jpg\n')
put('people-with-a-column-twice.tsv', 'key\tphoto\tkey\na\tgood.jpg\tb\n')
put('people-with-a-word-missing.tsv', 'key\tphoto\tidentity\na\tgood.jpg\tx\nb\tgood.jpg\n')
put('people-with-a-word-too-many.tsv', 'key\tphoto\na\tgood.jpg\tx\n')
put('people-without-a-photo.tsv', 'key\tphoto\na\t-\n')
put('people-with-a-dot-in-a-key.tsv', 'key\tphoto\na.jpg\tgood.jpg\n')
put('people-with-a-key-twice.tsv', 'key\tphoto\na\tgood.jpg\na\tone-pixel.png\n')
put('people-with-a-photo-that-is-not-there.tsv', 'key\tphoto\na\tnot-there.jpg\n')
put('people-with-a-zero-byte.tsv', 'key\tphoto\na\0\tgood.jpg\n')
put('people-not-utf8.tsv', b'key\tphoto\tidentity\na\tgood.jpg\t\xff\n')

# ---- archives
def packed(name, files, cut=0):
    with zipfile.ZipFile(name, 'w') as z:
        for n, data in files:
            z.writestr(zipfile.ZipInfo(n), data)
    if cut:
        put(name, open(name, 'rb').read()[:-cut])

packed('dotdot-in-name.zip', [('a/../../evil.jpg', JPEG)])
packed('absolute-name.zip', [('/etc/evil.jpg', JPEG)])
packed('zip-truncated.zip', [('a.jpg', JPEG), ('b.jpg', JPEG)], cut=40)
packed('no-photo-in-it.zip', [('readme.txt', b'nothing')])
packed('two-photos-of-one-name.zip', [('1.jpg', JPEG), ('1.png', PNG)])
packed('two-iuvs-of-one-photo.zip', [('1.jpg', JPEG), ('1_IUV.png', PNG), ('b/1_IUV.png', PNG)])
packed('two-masks-of-one-photo.zip', [('1.jpg', JPEG), ('1_mask.png', PNG), ('b/1_mask.png', PNG)])
with tarfile.open('tar-truncated.tar', 'w') as t:
    for n in 'ab':
        i = tarfile.TarInfo(n + '.jpg')
        i.size = len(JPEG)
        t.addfile(i, io.BytesIO(JPEG))
put('tar-truncated.tar', open('tar-truncated.tar', 'rb').read()[:2300])

class Zeros(io.RawIOBase):
    def readable(self):
        return True
    def readinto(self, b):
        b[:] = bytes(len(b))
        return len(b)
zstd = subprocess.Popen(['zstd', '-q', '-f', '-19', '--no-check', '-o', 'unpacks-too-far.tar.zst'], stdin=subprocess.PIPE)
with tarfile.open(fileobj=zstd.stdin, mode='w|') as t:
    for n in 'abc':
        i = tarfile.TarInfo(n + '.png')
        i.size = 140 << 20
        t.addfile(i, Zeros())
zstd.stdin.close()
zstd.wait()
