#!/usr/bin/env python3
"""Makes the seeds of fuzz_image, fuzz_pose_json, fuzz_pose_csv and fuzz_iuv: small, drawn by this script."""
import io, json, os
import numpy as np
from PIL import Image

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
