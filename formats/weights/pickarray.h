/* Arrays of numpy and of torch among the values of a pickle, where they lie. */
#ifndef WEIGHTS_PICKARRAY_H
#define WEIGHTS_PICKARRAY_H

#include "weights/pickle.h"

struct pickle_array {
	enum elem elem;
	int rank;
	size_t dim[TENSOR_MAX_RANK], stride[TENSOR_MAX_RANK];	/* elements */
	const char *data;
	size_t len;		/* elements there are */
};

/*
 * An array all of whose elements are there; axes of 1 in front come and go to give
 * it `rank`. `name` is for the message. E_FORMAT for what is no array that is
 * known, E_SHAPE, E_TRUNC.
 */
MUST_CHECK enum status pickle_array_open(struct pickle_array *d,
    const struct pv *v, const char *name, int rank);

/* The element at (i), (i,j) or (i,j,k); NaN for kinds of numbers that have no value. */
double pickle_array_at(const struct pickle_array *d, size_t i, size_t j,
    size_t k);

#endif
