/*
 * Numbers about an array, and about how two arrays differ: what tsls(1) and
 * tscmp(1) print. All arithmetic is in double; differences of i8 are exact
 * before they are rounded to double.
 */
#ifndef TENSOR_STATS_H
#define TENSOR_STATS_H

#include "tensor/tensor.h"

struct tensor_stats {
	size_t n, nan;			/* values, and how many are NaN */
	double min, mean, max;		/* of the others; NaN if there are none */
};

void tensor_stats(struct tensor_stats *s, const struct tensor *t);

/* Values that are NaN or infinite, of an f4 array; 0 of any other. */
size_t tensor_not_finite(const struct tensor *t);

/*
 * E_VALUE for the first value of an f4 array that is infinite, below lo or
 * above hi, or NaN unless these stand for what is `missing`. Other dtypes pass.
 */
MUST_CHECK enum status tensor_check(const struct tensor *t, double lo,
    double hi, bool missing);

/*
 * The same of an f4 picture or texture of -1..1. Networks and filters reach
 * somewhat beyond that range, which passes; what is 0..255 does not, and
 * neither does what is 0..1: no value below 0 and none above 1, but some
 * that are nearly black there, or all of them bytes divided by 255, even ones
 * among them (tensor_is_unit). Bright values that were computed pass.
 */
MUST_CHECK enum status tensor_check_signed(const struct tensor *t);
bool tensor_is_unit(const struct tensor *t);

struct tensor_diff {
	size_t n, differ;		/* values, and how many disagree */
	size_t first;			/* index of the first that does */
	double a, b;			/* the two values there */
	double max_abs, max_rel, rms;	/* over the pairs without NaN */
};

/*
 * a and b: same shape, and same dtype or f2 and f4. Two values agree when both are NaN, or
 *
 *	|a - b| <= abs + rel * max(|a|, |b|)
 *
 * max_rel is the largest |a - b| / max(|a|, |b|).
 */
void tensor_diff(struct tensor_diff *d, const struct tensor *a,
    const struct tensor *b, double abs, double rel);

/* "(3,5,2)", the index of value i in C order, into buf; returns buf. */
char *tensor_index_text(char *buf, size_t n, const struct tensor *t, size_t i);

#endif
