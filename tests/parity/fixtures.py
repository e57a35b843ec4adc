"""What make_parity.py and make_said.py share, in numpy: their files, what is kept of long arrays, made-up values."""
import io
import json
import os
import subprocess
import tarfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = 6     # entries of each parameter's gradient that are kept, next to its norm and its largest
LONG = 1024     # of an output that is longer every STRIDEth value is kept
STRIDE = 7


# ---- files ---------------------------------------------------------------

def write(name, samples):
    """samples: list of (key, {field: array or JSON value}); a foreign stream by stream.5: one frame, no manifest."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for key, fields in samples:
            for field, v in fields.items():
                out = io.BytesIO()
                if isinstance(v, np.ndarray):
                    np.save(out, np.ascontiguousarray(v))
                else:
                    out.write(json.dumps(v).encode())
                info = tarfile.TarInfo("%s.%s.%s" % (key, field, "npy" if isinstance(v, np.ndarray) else "json"))
                info.size = out.tell()
                out.seek(0)
                tar.addfile(info, out)
    path = os.path.join(HERE, name)
    with open(path, "wb") as f:
        subprocess.run(["zstd", "-19", "-q", "--no-check", "-c"], input=raw.getvalue(), stdout=f, check=True)
    print("%8d %s" % (os.path.getsize(path), name))


def read(name):
    """{key: {field: array or JSON value}} of a file that write made; keys have no dot."""
    raw = subprocess.run(["zstd", "-dcq", os.path.join(HERE, name)], stdout=subprocess.PIPE, check=True).stdout
    out = {}
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        for member in tar:
            key, rest = member.name.split(".", 1)
            field, kind = rest.rsplit(".", 1)
            data = tar.extractfile(member).read()
            out.setdefault(key, {})[field] = json.loads(data) if kind == "json" else np.load(io.BytesIO(data))
    return out


def thin(x):
    flat = x.reshape(-1)
    return flat if len(flat) <= LONG else flat[::STRIDE]


def row(g):
    """What is kept of a gradient, g flat: norm, largest, a few entries."""
    step = max(1, len(g) // SAMPLES)
    return [np.linalg.norm(g), np.abs(g).max()] + [g[i * step] if i * step < len(g) else 0 for i in range(SAMPLES)]


# ---- values --------------------------------------------------------------

def parameter(r, name, shape):
    """Random values that float16 holds exactly (spectral norm's vectors: float32), large enough that every path matters."""
    part, leaf = name.split(".")[-2:] if "." in name else ("", name)
    x = r.randn(*shape)
    if leaf in ("u", "v"):
        return (x / np.linalg.norm(x)).astype(np.float32).astype(np.float64)
    if len(shape) == 4 and leaf == "weight":
        x *= np.sqrt(1.3 / np.prod(shape[1:]))
        if part.startswith("head"):
            x *= .5
    elif part.startswith("norm"):
        x = x * .2 + (leaf == "weight")
    elif leaf == "bias":
        x *= .1
    return x.astype(np.float16).astype(np.float64)


def positions(r, size, n):
    """Smooth positions with some noise in steps of 1/8, some beyond the map, NaN in places; and where they stand."""
    y, x = np.mgrid[:size, :size]
    a = r.uniform(.6, 1.4, (n, 2, 2, 1, 1)) * r.choice([-1, 1], (n, 2, 2, 1, 1))
    g = np.stack([x, y]) - (size - 1) / 2
    p = (a * g[None, None]).sum(2) * .7 + (size - 1) / 2 + r.randn(n, 2, size, size)
    hole = (np.abs(x - r.uniform(0, size, (n, 1, 1))) + np.abs(y - r.uniform(0, size, (n, 1, 1)))) < size / 2.5
    hole |= r.uniform(size=(n, size, size)) < .15
    p = np.round(p * 8) / 8
    p[np.repeat(hole[:, None], 2, 1)] = np.nan
    return p, ~hole


def picture(x):
    """u1 as -1..1, rounded as our float arithmetic rounds it."""
    return (x.astype(np.float32) / np.float32(127.5) - np.float32(1)).astype(np.float64)
