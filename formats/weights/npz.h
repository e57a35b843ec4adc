/*
 * NumPy's .npz: a zip of .npy members. What `numpy.savez(path, **arrays)` and
 * savez_compressed write. A member manifest.json, which we add on export,
 * keeps the manifest.
 */
#ifndef WEIGHTS_NPZ_H
#define WEIGHTS_NPZ_H

#include "weights/params.h"
#include "weights/zip.h"

/* Adds every .npy member under its name without .npy; takes all that npy_convert takes. */
MUST_CHECK enum status npz_read(struct params *p, const struct zip *z);

/*
 * Writes p beside path and renames, members stored uncompressed. The bytes
 * depend on p alone.
 */
MUST_CHECK enum status npz_write(const char *path, const struct params *p);

#endif
