#include "layers/norm.h"

#include <math.h>

#include "math/team.h"
#include "math/vec.h"

/*
 * The sums over an image's pixels go by pieces, which are tasks, and in a
 * piece by blocks of BLOCK pixels: float in a block, double above. In a block
 * the statistics are relative to its first pixel k,
 *
 *	n mean = n k + sum d	d = x - k
 *	m2 = sum d^2 - (sum d)^2 / n
 *
 * so that little cancels: as k is one of the values itself, sum d^2 is at
 * most n times m2, and m2 is right to n half units in the last place.
 */
#define BLOCK 32
#define PIECES 16		/* of an image, at most: fixed, for any team */

static size_t
pieces(size_t hw)
{
	size_t blocks = (hw + BLOCK - 1) / BLOCK;

	return blocks < PIECES ? blocks : PIECES;
}

/* Pixels [p0, p1) of piece i: whole blocks. */
static void
piece(size_t *p0, size_t *p1, size_t i, size_t hw)
{
	size_t blocks = (hw + BLOCK - 1) / BLOCK, n = pieces(hw);

	*p0 = blocks * i / n * BLOCK;
	*p1 = blocks * (i + 1) / n * BLOCK;
	*p1 = *p1 < hw ? *p1 : hw;
}

size_t
nn_inorm_scratch(size_t n, size_t hw, size_t c)
{
	/* two sums for each piece; for the backward, three numbers as well */
	return 2 * n * pieces(hw) * c * sizeof (double) +
	    3 * n * c * sizeof (float);
}

/*
 * Two sums per channel of each piece: part[img][piece][2][c]. stats: n mean
 * and m2 + n mean^2; backward: dy and dy xhat.
 */
struct sums {
	double *part;
	const float *x, *dout, *mean, *rstd, *gamma, *beta;
	float slope;
	size_t hw, c;
};

static void
stats_task(void *arg, size_t task, size_t thread)
{
	const struct sums *a = arg;
	size_t p0, p1, hw = a->hw, c = a->c, n = pieces(hw);
	const float *x = a->x + task / n * hw * c;
	double *sum = a->part + task * 2 * c, *sq = sum + c;

	(void)thread;
	piece(&p0, &p1, task % n, hw);
	for (size_t j = 0; j < 2 * c; j++)
		sum[j] = 0;
	for (size_t b0 = p0; b0 < p1; b0 += BLOCK) {
		size_t b1 = b0 + BLOCK < p1 ? b0 + BLOCK : p1;
		double len = (double)(b1 - b0);

		for (size_t j = 0; j < c; j += VEC) {
			size_t some = vec_left(j, c);
			vec k = vec_get(x + b0 * c + j, some);
			vec s = { 0 }, q = { 0 };

			for (size_t p = b0; p < b1; p++) {
				vec d = vec_get(x + p * c + j, some) - k;

				s += d;
				q += d * d;
			}
			for (size_t i = 0; i < some; i++) {
				double d = s[i], total = len * k[i] + d;

				sum[j + i] += total;
				sq[j + i] += q[i] - d * d / len +
				    total * total / len;
			}
		}
	}
}

void
nn_inorm_stats(float *mean, float *rstd, const float *x, size_t n, size_t hw,
    size_t c, void *scratch)
{
	struct sums a = { .part = scratch, .x = x, .hw = hw, .c = c };
	size_t parts = pieces(hw);

	team_run(n * parts, stats_task, &a);
	for (size_t i = 0; i < n * c; i++) {
		const double *part = a.part + i / c * parts * 2 * c + i % c;
		double sum = 0, sq = 0;

		for (size_t p = 0; p < parts; p++) {
			sum += part[p * 2 * c];
			sq += part[(p * 2 + 1) * c];
		}
		sum /= (double)hw;
		sq = sq / (double)hw - sum * sum;
		mean[i] = (float)sum;
		rstd[i] = (float)(1 / sqrt((sq > 0 ? sq : 0) + NN_INORM_EPS));
	}
}

void
nn_inorm_affine(float *scale, float *shift, const float *mean,
    const float *rstd, const float *gamma, const float *beta, size_t n,
    size_t c)
{
	for (size_t i = 0; i < n * c; i++) {
		scale[i] = gamma[i % c] * rstd[i];
		shift[i] = beta[i % c] - mean[i] * scale[i];
	}
}

struct apply {
	float *out;
	const float *x, *scale, *shift;
	float slope;
	size_t hw, c;
};

static void
apply_range(void *arg, size_t first, size_t end)
{
	const struct apply *a = arg;
	size_t c = a->c;

	for (size_t p = first; p < end; p++)
		for (size_t j = 0; j < c; j += VEC) {
			size_t n = vec_left(j, c), k = p / a->hw * c + j;
			vec y = vec_get(a->scale + k, n) *
			    vec_get(a->x + p * c + j, n) +
			    vec_get(a->shift + k, n);

			vec_put(a->out + p * c + j, vec_lrelu(y, a->slope), n);
		}
}

void
nn_inorm_fwd(float *out, const float *x, const float *scale,
    const float *shift, float slope, size_t n, size_t hw, size_t c)
{
	struct apply a = { out, x, scale, shift, slope, hw, c };

	team_range(n * hw, team_grain(c), apply_range, &a);
}

/* dy = dout * (y > 0 ? 1 : slope), y = gamma * xhat + beta */
VEC_INLINE vec
before_lrelu(vec dout, vec xhat, vec gamma, vec beta, float slope)
{
	vec y = gamma * xhat + beta;

	return vec_pick(y > 0, dout, slope * dout);
}

static void
bwd_sums_task(void *arg, size_t task, size_t thread)
{
	const struct sums *a = arg;
	size_t p0, p1, hw = a->hw, c = a->c, n = pieces(hw), img = task / n;
	const float *x = a->x + img * hw * c, *dout = a->dout + img * hw * c;
	double *sum = a->part + task * 2 * c, *sumx = sum + c;

	(void)thread;
	piece(&p0, &p1, task % n, hw);
	for (size_t j = 0; j < 2 * c; j++)
		sum[j] = 0;
	for (size_t b0 = p0; b0 < p1; b0 += BLOCK) {
		size_t b1 = b0 + BLOCK < p1 ? b0 + BLOCK : p1;

		for (size_t j = 0; j < c; j += VEC) {
			size_t some = vec_left(j, c);
			vec mean = vec_get(a->mean + img * c + j, some);
			vec rstd = vec_get(a->rstd + img * c + j, some);
			vec gamma = vec_get(a->gamma + j, some);
			vec beta = vec_get(a->beta + j, some);
			vec s = { 0 }, q = { 0 };

			for (size_t p = b0; p < b1; p++) {
				vec xhat = (vec_get(x + p * c + j, some) -
				    mean) * rstd;
				vec dy = before_lrelu(vec_get(dout + p * c + j,
				    some), xhat, gamma, beta, a->slope);

				s += dy;
				q += dy * xhat;
			}
			for (size_t i = 0; i < some; i++) {
				sum[j + i] += s[i];
				sumx[j + i] += q[i];
			}
		}
	}
}

/*
 * dx += gamma rstd (dy - (sum dy + xhat sum (dy xhat)) / hw), with the three
 * factors worked out per channel.
 */
struct dx {
	float *dx;
	const float *k0, *k1, *k2;	/* (n, c): of dy, xhat, and alone */
	const struct sums *a;
};

static void
dx_range(void *arg, size_t first, size_t end)
{
	const struct dx *d = arg;
	const struct sums *a = d->a;
	size_t c = a->c;

	for (size_t p = first; p < end; p++)
		for (size_t j = 0; j < c; j += VEC) {
			size_t n = vec_left(j, c), k = p / a->hw * c + j;
			vec xhat = (vec_get(a->x + p * c + j, n) -
			    vec_get(a->mean + k, n)) *
			    vec_get(a->rstd + k, n);
			vec dy = before_lrelu(vec_get(a->dout + p * c + j, n),
			    xhat, vec_get(a->gamma + j, n),
			    vec_get(a->beta + j, n), a->slope);
			vec dx = vec_get(d->dx + p * c + j, n);

			dx += vec_get(d->k0 + k, n) * dy +
			    (vec_get(d->k1 + k, n) * xhat +
			    vec_get(d->k2 + k, n));
			vec_put(d->dx + p * c + j, dx, n);
		}
}

void
nn_inorm_bwd(float *dx, float *dgamma, float *dbeta, const float *dout,
    const float *x, const float *mean, const float *rstd, const float *gamma,
    const float *beta, float slope, size_t n, size_t hw, size_t c,
    void *scratch)
{
	size_t parts = pieces(hw);
	struct sums a = { scratch, x, dout, mean, rstd, gamma, beta, slope,
	    hw, c };
	float *k0 = (float *)(void *)(a.part + 2 * n * parts * c), *k1 = k0 + n * c;
	float *k2 = k1 + n * c;
	struct dx d = { dx, k0, k1, k2, &a };

	team_run(n * parts, bwd_sums_task, &a);
	for (size_t i = 0; i < n * c; i++) {
		const double *part = a.part + i / c * parts * 2 * c + i % c;
		double sum = 0, sumx = 0, g = (double)gamma[i % c] * rstd[i];

		for (size_t p = 0; p < parts; p++) {
			sum += part[p * 2 * c];
			sumx += part[(p * 2 + 1) * c];
		}
		k0[i] = (float)g;
		k1[i] = (float)(-g * sumx / (double)hw);
		k2[i] = (float)(-g * sum / (double)hw);
		/* y = gamma * xhat + beta */
		if (dgamma)
			dgamma[i % c] += (float)sumx;
		if (dbeta)
			dbeta[i % c] += (float)sum;
	}
	if (dx)
		team_range(n * hw, team_grain(c), dx_range, &d);
}
