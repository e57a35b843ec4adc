#!/usr/bin/env python3
"""Makes the seeds of fuzz_image, fuzz_iuv, fuzz_dataset, fuzz_pose_json and fuzz_pose_csv: small, drawn by this script."""
import io, json, os
import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

here = os.path.dirname(os.path.abspath(__file__))

def put(name, data):
    path = os.path.join(here, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data if isinstance(data, bytes) else data.encode())

y, x = np.mgrid[0:12, 0:17]
rgb = np.stack([x * 15, y * 20, (x + y) * 8], -1).astype(np.uint8)
rgba = np.dstack([rgb, ((x > 4) * 200).astype(np.uint8)])

def image(name, array, kind, **how):
    b = io.BytesIO()
    im = array if isinstance(array, Image.Image) else Image.fromarray(array)
    im.save(b, kind, **how)
    put(f'image/{name}', b.getvalue())

exif = Image.Exif()
exif[0x112] = 6
image('base.jpg', rgb, 'JPEG')
image('progressive-exif6.jpg', rgb, 'JPEG', progressive=True, exif=exif)
info = PngImagePlugin.PngInfo()
info.add(b'gAMA', (100000).to_bytes(4, 'big'))
info.add(b'cHRM', b''.join(v.to_bytes(4, 'big') for v in (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)))
image('gamma.png', rgb, 'PNG', pnginfo=info)
for kind in ('sRGB', 'LAB'):
    image(f'icc-{kind}.png', rgb, 'PNG', icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile(kind)).tobytes())
adobe = Image.Exif()
adobe.get_ifd(0x8769)[0xa001] = 2
adobe[0x8769] = {0xa001: 2}
image('adobe.jpg', rgb, 'JPEG', exif=adobe)
image('grey.jpg', rgb[..., 0], 'JPEG')
image('cmyk.jpg', Image.fromarray(rgb).convert('CMYK'), 'JPEG')
image('rgb.png', rgb, 'PNG')
image('rgba.png', rgba, 'PNG')
image('palette.png', Image.fromarray(rgb).convert('P', palette=Image.ADAPTIVE), 'PNG', transparency=3)
image('bits1.png', Image.fromarray(rgb[..., 0]).convert('1'), 'PNG')
image('bits16.png', (x * 3000).astype(np.uint16), 'PNG')
for c in ('raw', 'tiff_lzw', 'tiff_deflate', 'packbits', 'jpeg'):
    image(f'{c}.tif', rgb, 'TIFF', compression=c)
image('rgba.tif', rgba, 'TIFF', compression='tiff_lzw')
image('palette.tif', Image.fromarray(rgb).convert('P'), 'TIFF')

p25 = [v for k in range(25) for v in (10 * k, 7 * k + 3, 0 if k % 5 == 4 else 0.5)]
put('pose_json/body25.json', json.dumps({'version': 1.3, 'people': [{'person_id': [-1], 'pose_keypoints_2d': p25},
                                                                    {'pose_keypoints_2d': p25[::-1]}]}))
put('pose_json/coco18-old.json', json.dumps({'version': 1.0, 'people': [{'pose_keypoints': p25[:54]}]}))
put('pose_json/empty.json', '{"version": 1.2, "people": []}')
put('pose_json/dresscode.json', json.dumps({'keypoints': [[9. * k, 5. * k, .9, k] for k in range(17)] + [[-1, -1, 0, -1]]}))
put('pose_json/alphapose.json', json.dumps([{'image_id': f'{i}.jpg', 'category_id': 1, 'score': 2.5,
                                             'keypoints': p25[:51]} for i in (1, 2)]))
def row(name, k): return f'{name}: {[k + i for i in range(18)]}: {[-1 if i == 5 else 2 * i for i in range(18)]}\n'
put('pose_csv/three.csv', 'name:keypoints_y:keypoints_x\n' + row('fasionMENSweatersid0000363204_4full.jpg', 3) +
    row('fashionWOMENDressesid0000271801_4full.jpg', 8) + row('a.jpg', 0))

iuv = np.zeros((12, 17, 3), np.uint8)
iuv[2:10, 3:8] = np.stack([np.full((8, 5), 2), 30 * x[:8, :5], 25 * y[:8, :5]], -1)
iuv[3:6, 12:15] = (23, 99, 100)
def npy(a):
    b = io.BytesIO()
    np.save(b, a)
    return b.getvalue()
def png(a):
    b = io.BytesIO()
    Image.fromarray(a).save(b, 'PNG')
    return b.getvalue()
put('iuv/iuv.png', png(iuv))
put('iuv/vui.png', png(np.ascontiguousarray(iuv[..., ::-1])))
put('iuv/chw.npy', npy(np.ascontiguousarray(iuv.transpose(2, 0, 1))))
put('iuv/fractions.npy', npy(iuv.astype(np.float32) / [1, 255, 255]))

import tarfile, zipfile
files = [('a/1.jpg', b'photo'), ('1_keypoints.json', b'{}'), ('b/2.v1.png', b'other'), ('2.v1_IUV.npy', b'iuv'), ('readme', b'')]
for name, how in (('deflated', zipfile.ZIP_DEFLATED), ('stored', zipfile.ZIP_STORED)):
    b = io.BytesIO()
    with zipfile.ZipFile(b, 'w', how) as z:
        for n, data in files:
            z.writestr(zipfile.ZipInfo(n), data)
    put(f'dataset/{name}.zip', b.getvalue())
for mode in ('', 'gz', 'bz2', 'xz'):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode='w:' + mode) as t:
        for n, data in files:
            i = tarfile.TarInfo(n)
            i.size = len(data)
            t.addfile(i, io.BytesIO(data))
    put('dataset/tar' + mode, b.getvalue())
