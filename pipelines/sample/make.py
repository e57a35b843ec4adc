#!/usr/bin/env python3
"""Makes the sample that comes with the suite: a photo of a drawn person, with key points and IUV.

    pipelines/sample/make.py BODY

BODY is ours, or another body of render-mesh(1) with charts, skeleton and key points. Needs the programs in PATH,
zstd, numpy and Pillow. Run from the project's root; the results are committed.
"""
import io, json, subprocess, sys, tarfile
import numpy as np
from PIL import Image

out = 'pipelines/sample/sample'


def run(command, data=None):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


body = sys.argv[1]
texture = run(['drawtex', '-b', body, '-s', '108', '-T', '768', '--shoes', 'trainers'])
view = run(['render-mesh', '-z', '0', '-b', body, '-t', '-', '-p', 'ease', '-y', '22', '-s', '768', '--light', '.5',
            '--background', 'e4e6ea,b8b8ba', '--only', 'source.*'], texture)
with tarfile.open(fileobj=io.BytesIO(view)) as tar:
    field = {m.name.split('.', 1)[1]: np.load(io.BytesIO(tar.extractfile(m).read())) for m in tar
             if m.name.endswith('.npy')}
Image.fromarray(field['source.image.npy']).save(out + '.jpg', quality=93)
# A network's U and V never reach both ends; those that do are taken for rescaled ones by intake, with reason.
iuv = field['source.iuv.npy']
iuv[..., 1:] = np.where(iuv[..., :1] > 0, np.clip(iuv[..., 1:], 1, 254), 0)
# DensePose writes through OpenCV: whoever reads the file as RGB gets V, U, I.
Image.fromarray(iuv[..., ::-1]).save(out + '_IUV.png', optimize=True)
# COCO-18 to OpenPose's BODY_25; it has a middle of the hips, and feet, which we leave out.
p = np.nan_to_num(field['source.pose.npy'])
p[p[:, 2] == 0] = 0
b = np.zeros((25, 3))
b[:8], b[9:15], b[15:19] = p[:8], p[8:14], p[14:18]
b[8] = (b[9] + b[12]) / 2
person = {'person_id': [-1], 'pose_keypoints_2d': [round(float(x), 3) for x in b.flatten()]}
with open(out + '_keypoints.json', 'w') as f:
    json.dump({'version': 1.3, 'people': [person]}, f)
    f.write('\n')
