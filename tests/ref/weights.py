#!/usr/bin/python3
"""Makes tests/fuzz/corpus/{arrays,weights}: the same few arrays
as torch.save writes them in both of its formats, as .safetensors, as .npz and
as a plain tar, to prove the readers of formats/weights against the programs
that define the formats. want.npz holds what the suite shall make of them: f8,
bf16 -> f4, i1, i2 -> i4, bool -> u1. The same files are the fuzzers' seeds.
Needs numpy and torch; run once."""
import collections, io, json, os, struct, tarfile, zipfile
import numpy as np
import torch

corpus = os.path.dirname(os.path.abspath(__file__)) + '/../fuzz/corpus/'
for d in ('arrays', 'weights'):
    os.makedirs(corpus + d, exist_ok=True)
g = torch.Generator().manual_seed(1)


def rand(*shape):
    return torch.randn(*shape, generator=g)


def pack(arrays):
    """The .safetensors format from its public description."""
    names = {torch.float64: 'F64', torch.float32: 'F32', torch.float16: 'F16',
             torch.bfloat16: 'BF16', torch.int64: 'I64', torch.int32: 'I32',
             torch.int16: 'I16', torch.int8: 'I8', torch.uint8: 'U8',
             torch.bool: 'BOOL'}
    header, data = {'__metadata__': {'format': 'pt'}}, b''
    for name, t in arrays.items():
        t = t.detach().contiguous()
        raw = (t.view(torch.int16) if t.dtype == torch.bfloat16 else t).numpy().tobytes()
        header[name] = {'dtype': names[t.dtype], 'shape': list(t.shape),
                        'data_offsets': [len(data), len(data) + len(raw)]}
        data += raw
    head = json.dumps(header).encode()
    head += b' ' * (-len(head) % 8)
    return struct.pack('<Q', len(head)) + head + data


def npz(path, arrays):
    """As numpy.savez, with a fixed time so that the bytes never change."""
    with zipfile.ZipFile(path, 'w') as z:
        for name, a in arrays.items():
            b = io.BytesIO()
            np.lib.format.write_array(b, a, version=(1, 0))
            z.writestr(zipfile.ZipInfo(name + '.npy'), b.getvalue())


base = rand(4, 6)
flat = collections.OrderedDict()
flat['conv.weight'] = rand(2, 3, 3, 3)
flat['conv.bias'] = torch.nn.Parameter(rand(2))
flat['transposed'] = base.t()
flat['part'] = base[1:3, 2:5]
flat['column'] = base[:, 5]
flat['last'] = rand(2, 3, 4).to(memory_format=torch.contiguous_format).permute(2, 0, 1)
flat['half'] = rand(5).half()
flat['brain'] = rand(7).bfloat16()
flat['double'] = rand(3).double()
flat['long'] = torch.tensor([-1, 2 ** 40])
flat['int'] = torch.tensor([[-5], [7]], dtype=torch.int32)
flat['short'] = torch.tensor([-300, 300], dtype=torch.int16)
flat['char'] = torch.tensor([-3, 3], dtype=torch.int8)
flat['byte'] = torch.tensor([0, 255], dtype=torch.uint8)
flat['bool'] = torch.tensor([True, False, True])
flat['scalar'] = torch.tensor(2.5)
flat['empty'] = torch.zeros(0, 3)

nested = {'epoch': 3, 'lr': 1e-4, 'note': 'text', 'nothing': None,
          'model': torch.nn.Conv2d(2, 2, 1).state_dict(),     # has _metadata
          'state': {0: {'m': rand(2)}, 1: {'m': rand(3)}},
          'list': [rand(1), (rand(2), 7)]}
for k in nested['model']:
    nested['model'][k].copy_(torch.ones_like(nested['model'][k]) / 3)

torch.save(flat, corpus + 'arrays/zip.pth')
torch.save(flat, corpus + 'arrays/legacy.pth', _use_new_zipfile_serialization=False)
torch.save(flat, corpus + 'arrays/protocol4.pth', pickle_protocol=4)
torch.save(nested, corpus + 'arrays/nested.pth')
open(corpus + 'arrays/flat.safetensors', 'wb').write(pack(flat))

want = {}
for k, t in flat.items():
    t = t.detach()
    if t.dtype in (torch.float64, torch.bfloat16):
        t = t.float()
    if t.dtype in (torch.int8, torch.int16):
        t = t.int()
    if t.dtype == torch.bool:
        t = t.to(torch.uint8)
    want[k] = np.ascontiguousarray(t.numpy()) if t.dim() else t.numpy()
npz(corpus + 'arrays/want.npz', want)
odd = dict(want)            # what numpy writes and the suite does not
odd['conv.weight'] = np.asfortranarray(want['conv.weight'])
odd['transposed'] = want['transposed'].astype('>f4')
odd['double'] = flat['double'].numpy()
odd['short'] = flat['short'].numpy()
odd['bool'] = flat['bool'].numpy()
npz(corpus + 'arrays/odd.npz', odd)
npz(corpus + 'arrays/nested.npz', {
    'model.weight': nested['model']['weight'].numpy(), 'model.bias': nested['model']['bias'].numpy(),
    'state.0.m': nested['state'][0]['m'].numpy(), 'state.1.m': nested['state'][1]['m'].numpy(),
    'list.0': nested['list'][0].numpy(), 'list.1.0': nested['list'][1][0].numpy()})
with tarfile.open(corpus + 'weights/plain.tar', 'w', format=tarfile.PAX_FORMAT) as t:
    members = {'k.json': b'{"weights":{"layout":"atlas24"}}'}
    for name in ('conv.weight', 'conv.bias', 'half', 'scalar', 'long', 'empty'):
        b = io.BytesIO()
        np.lib.format.write_array(b, want[name], version=(1, 0))
        members['k.' + name + '.npy'] = b.getvalue()
    for name, data in members.items():
        i = tarfile.TarInfo(name)
        i.size = len(data)
        t.addfile(i, io.BytesIO(data))
