/*
 * Random numbers that are the same everywhere: xoshiro256** (Blackman and
 * Vigna 2018), seeded by splitmix64. A struct rng is a value: copy it to keep
 * the state, store its four words to resume.
 */
#ifndef MATH_RNG_H
#define MATH_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

/*
 * `stream` gives independent generators for one seed: one for each parameter
 * or sample, so that the order of use does not matter.
 */
struct rng rng_seed(uint64_t seed, uint64_t stream);

uint64_t rng_u64(struct rng *r);
double rng_unit(struct rng *r);			/* [0, 1), 53 bits */
double rng_range(struct rng *r, double lo, double hi);	/* [lo, hi) */
size_t rng_below(struct rng *r, size_t n);	/* 0..n-1, no bias; n >= 1 */
double rng_normal(struct rng *r);		/* mean 0, deviation 1 */

/* x[i] = sd * normal */
void rng_fill_normal(struct rng *r, float *x, size_t n, double sd);

/*
 * A random matrix w (rows, cols) with orthonormal rows (rows <= cols) or
 * columns, times gain: torch.nn.init.orthogonal_ of a weight whose first
 * axis is rows. Uses `scratch` of rng_orthogonal_scratch bytes.
 */
size_t rng_orthogonal_scratch(size_t rows, size_t cols);
void rng_fill_orthogonal(struct rng *r, float *w, size_t rows, size_t cols,
    double gain, void *scratch);

#endif
