#include "losses/pieces.h"

#include <math.h>

#include "math/team.h"

#define PIECES 64

struct job {
	size_t n;
	double (*f)(void *arg, size_t i, size_t j);
	void *arg;
	double sum[PIECES];
};

static void
piece_task(void *arg, size_t task, size_t thread)
{
	struct job *a = arg;

	(void)thread;
	a->sum[task] = a->f(a->arg, a->n * task / PIECES,
	    a->n * (task + 1) / PIECES);
}

double
pieces_sum(size_t n, double (*f)(void *arg, size_t i, size_t j), void *arg)
{
	struct job a = { .n = n, .f = f, .arg = arg };
	double sum = 0;

	team_run(PIECES, piece_task, &a);
	for (size_t i = 0; i < PIECES; i++)
		sum += a.sum[i];
	return sum;
}

float *
pieces_grad(struct graph *g, struct var *v, double weight)
{
	return weight != 0 ? tape_grad(g, v) : NULL;
}

struct l1 {
	float *dx;
	const float *x, *want, *m;
	size_t m_len, c;
	float berhu, scale;
};

/* B(e). */
static inline float
berhu_of(float e, float berhu)
{
	float a = fabsf(e);

	return a > berhu && berhu > 0 ? (a * a + berhu * berhu) / (2 * berhu) :
	    a;
}

/* dx += s B'(e), e = x - want: most of the time here, so two plain loops. */
static void
l1_grad(float *dx, const float *x, const float *want, size_t n, float berhu,
    float s)
{
	if (berhu > 0)
		for (size_t k = 0; k < n; k++) {
			float e = x[k] - want[k];
			float sign = (float)((e > 0) - (e < 0));

			dx[k] += s * (fabsf(e) > berhu ? e / berhu : sign);
		}
	else
		for (size_t k = 0; k < n; k++)
			dx[k] += s * (float)((x[k] > want[k]) -
			    (x[k] < want[k]));
}

static double
l1_piece(void *arg, size_t i, size_t j)
{
	const struct l1 *a = arg;
	size_t c = a->c;
	double sum = 0;

	for (size_t p = i; p < j; p++) {
		float m = pieces_mask(a->m, a->m_len, p), line = 0;
		const float *x = a->x + p * c, *want = a->want + p * c;

		if (m == 0)
			continue;
		for (size_t k = 0; k < c; k++)
			line += berhu_of(x[k] - want[k], a->berhu);
		sum += (double)m * line;
		if (a->dx)
			l1_grad(a->dx + p * c, x, want, c, a->berhu,
			    a->scale * m);
	}
	return sum;
}

double
pieces_bent(float *dx, const float *x, const float *want, const float *m,
    size_t m_len, size_t pixels, size_t c, double berhu, double scale)
{
	struct l1 a = { dx, x, want, m, m_len, c, (float)berhu, (float)scale };

	return pieces_sum(pixels, l1_piece, &a);
}

double
pieces_l1(float *dx, const float *x, const float *want, const float *m,
    size_t m_len, size_t pixels, size_t c, double scale)
{
	return pieces_bent(dx, x, want, m, m_len, pixels, c, 0, scale);
}

double
pieces_length(float *d, const float *m, size_t m_len, size_t pixels,
    double weight)
{
	double sum = 0, total = 1e-8;

	for (size_t p = 0; p < pixels; p++)
		total += pieces_mask(m, m_len, p);
	for (size_t p = 0; p < pixels; p++) {
		float w = pieces_mask(m, m_len, p), *v = d + 2 * p;
		double length = w == 0 ? 0 : hypot(v[0], v[1]);
		/* of sqrt(x^2 + y^2); none where it is 0 */
		double s = length > 0 ? weight * w / (total * length) : 0;

		sum += w * length;
		v[0] = w == 0 ? 0 : (float)(s * v[0]);
		v[1] = w == 0 ? 0 : (float)(s * v[1]);
	}
	return sum / total;
}
