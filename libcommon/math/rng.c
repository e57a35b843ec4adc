#include "math/rng.h"

#include <math.h>

static uint64_t
splitmix(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct rng
rng_seed(uint64_t seed, uint64_t stream)
{
	struct rng r;
	uint64_t x = stream;

	x = seed ^ splitmix(&x);
	for (int i = 0; i < 4; i++)
		r.s[i] = splitmix(&x);
	return r;
}

static uint64_t
rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

uint64_t
rng_u64(struct rng *r)
{
	uint64_t *s = r->s, out = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return out;
}

double
rng_unit(struct rng *r)
{
	return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

double
rng_range(struct rng *r, double lo, double hi)
{
	return lo + (hi - lo) * rng_unit(r);
}

size_t
rng_below(struct rng *r, size_t n)
{
	uint64_t low = -(uint64_t)n % n, x;	/* 2^64 mod n */

	do
		x = rng_u64(r);
	while (x < low);
	return (size_t)(x % n);
}

/* Box and Muller; the second number is thrown away, so there is no state. */
double
rng_normal(struct rng *r)
{
	double u = 1 - rng_unit(r), v = rng_unit(r);

	return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

void
rng_fill_normal(struct rng *r, float *x, size_t n, double sd)
{
	for (size_t i = 0; i < n; i++)
		x[i] = (float)(sd * rng_normal(r));
}

size_t
rng_orthogonal_scratch(size_t rows, size_t cols)
{
	return rows * cols * sizeof (double);
}

static double
dot(const double *a, const double *b, size_t n)
{
	double s[8] = { 0 };
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		for (size_t j = 0; j < 8; j++)
			s[j] += a[i + j] * b[i + j];
	for (; i < n; i++)
		s[0] += a[i] * b[i];
	return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

/*
 * Gram-Schmidt on the rows of a normal matrix, each row made orthogonal twice
 * ("twice is enough", Kahan). The lengths it divides by are the diagonal of
 * R, positive, so the result is uniform over the orthogonal matrices.
 */
void
rng_fill_orthogonal(struct rng *r, float *w, size_t rows, size_t cols,
    double gain, void *scratch)
{
	size_t n = rows < cols ? rows : cols, len = rows < cols ? cols : rows;
	double *q = scratch;

	for (size_t i = 0; i < n; i++) {
		double *x = q + i * len;

		for (size_t k = 0; k < len; k++)
			x[k] = rng_normal(r);
		for (int twice = 0; twice < 2; twice++)
			for (size_t j = 0; j < i; j++) {
				const double *y = q + j * len;
				double s = dot(x, y, len);

				for (size_t k = 0; k < len; k++)
					x[k] -= s * y[k];
			}
		double s = 1 / sqrt(dot(x, x, len));

		for (size_t k = 0; k < len; k++)
			x[k] *= s;
	}
	for (size_t i = 0; i < rows; i++)
		for (size_t k = 0; k < cols; k++)
			w[i * cols + k] = (float)(gain *
			    (rows < cols ? q[i * len + k] : q[k * len + i]));
}
