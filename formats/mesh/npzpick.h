/*
 * A few named arrays out of a NumPy .npz file, as bodies and motions come.
 * Only those asked for are converted, so a pickled or text member beside
 * them (AMASS has one for the gender) does no harm.
 */
#ifndef MESH_NPZPICK_H
#define MESH_NPZPICK_H

#include "tensor/tensor.h"

struct npz_want {
	const char *name;	/* "vertices": the member vertices.npy */
	bool optional;
	bool probe;		/* found says whether it is there; t has no data
				   where it is not of numbers; any shape */
	int rank;		/* and dims wanted; 0 matches any, rank 0 all */
	size_t dim[3];
	bool text;		/* of strings: t is u1 (n, width + 1), ASCII, each
				   ended by 0; rank and dims are not looked at */
	bool found;
	struct tensor t;	/* when found; dtypes as npy_convert gives them */
};

/*
 * Fills want[0..n_want) from a file in memory, which must stay. E_SHAPE for
 * a missing array or another shape; E_FORMAT, E_LIMIT, E_NOMEM.
 */
MUST_CHECK enum status npz_pick(struct npz_want *want, size_t n_want,
    struct arena *a, const void *buf, size_t n);

/* The first names in it with their commas, for a message: "poses, trans, ...". */
const char *npz_names(struct arena *a, const void *buf, size_t n);

#endif
