/*
 * How far two arrays are apart, in double whatever their dtypes.
 */
#ifndef WEIGHTS_DIFFERENCE_H
#define WEIGHTS_DIFFERENCE_H

#include "tensor/tensor.h"

struct difference {
	double max;	/* largest |a - b|; infinite where one alone is NaN */
	double rms;	/* root of the mean of (a - b)^2 */
	double rel;	/* rms / rms of a; infinite when only a is all 0 */
	size_t n;	/* elements that differ */
};

/* a and b have the same shape; two NaNs are equal, and equal infinities are. */
void difference(struct difference *d, const struct tensor *a,
    const struct tensor *b);

#endif
