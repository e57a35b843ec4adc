/*
 * NumPy's .npz: a zip of .npy members. What `numpy.savez(path, **arrays)` and
 * savez_compressed write. A member manifest.json, which we add on export,
 * keeps the manifest.
 */
#ifndef WEIGHTS_NPZ_H
#define WEIGHTS_NPZ_H

#include "weights/arrays.h"
#include "weights/zip.h"

/* Adds every .npy member under its name without .npy; takes all that npy_convert takes. */
MUST_CHECK enum status npz_read(struct arrays *set, const struct zip *z);

/*
 * Written beside path and renamed, members stored uncompressed. The bytes
 * depend on the set alone.
 */
MUST_CHECK enum status npz_write(const char *path, const struct arrays *set);

#endif
