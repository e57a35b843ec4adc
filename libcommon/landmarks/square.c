#include "landmarks/square.h"

#include <math.h>
#include <string.h>

#include "math/team.h"

#define MOST_SAMPLES 8		/* along each side of a pixel */

void
square_out(double xy[2], const struct square *q, double u, double v)
{
	double x = (u - 0.5) * q->side, y = (v - 0.5) * q->side;
	double c = cos(q->turn), s = sin(q->turn);

	xy[0] = q->x + c * x - s * y;
	xy[1] = q->y + s * x + c * y;
}

void
square_in(double uv[2], const struct square *q, double x, double y)
{
	double c = cos(q->turn), s = sin(q->turn);

	x -= q->x;
	y -= q->y;
	uv[0] = (c * x + s * y) / q->side + 0.5;
	uv[1] = (c * y - s * x) / q->side + 0.5;
}

/* ---- the picture ------------------------------------------------------- */

struct cut {
	float *out;
	size_t n, h, w, k;
	const struct square *q;
	const uint8_t *photo;
};

/* Adds the photo at (x, y), between pixels; black outside. */
static void
add_sample(float sum[3], const struct cut *c, double x, double y)
{
	if (!(x > -1 && y > -1 && x < (double)c->w && y < (double)c->h))
		return;
	long x0 = (long)floor(x), y0 = (long)floor(y);
	float a = (float)(x - (double)x0), b = (float)(y - (double)y0);

	for (int i = 0; i < 4; i++) {
		long px = x0 + i % 2, py = y0 + i / 2;
		float weight = (i % 2 ? a : 1 - a) * (i / 2 ? b : 1 - b);

		if (px < 0 || py < 0 || px >= (long)c->w || py >= (long)c->h)
			continue;
		const uint8_t *p = c->photo + 3 * ((size_t)py * c->w +
		    (size_t)px);

		for (int k = 0; k < 3; k++)
			sum[k] += weight * p[k];
	}
}

static void
cut_rows(void *arg, size_t i, size_t j)
{
	const struct cut *c = arg;
	const double n = (double)(c->n * c->k);
	const float share = 1 / (255.0f * (float)(c->k * c->k));

	for (size_t r = i; r < j; r++)
		for (size_t x = 0; x < c->n; x++) {
			float sum[3] = { 0 };
			double xy[2];

			for (size_t s = 0; s < c->k * c->k; s++) {
				square_out(xy, c->q, ((double)(x * c->k +
				    s % c->k) + 0.5) / n, ((double)(r * c->k +
				    s / c->k) + 0.5) / n);
				add_sample(sum, c, xy[0], xy[1]);
			}
			for (int k = 0; k < 3; k++)
				c->out[3 * (r * c->n + x) + (size_t)k] =
				    sum[k] * share;
		}
}

void
square_cut(float *out, size_t n, const struct square *q, const uint8_t *photo,
    size_t h, size_t w)
{
	double k = ceil(q->side / (double)n);
	struct cut c = { .out = out, .n = n, .h = h, .w = w, .q = q,
		.photo = photo,
		.k = k < 1 ? 1 : k > MOST_SAMPLES ? MOST_SAMPLES : (size_t)k };

	team_range(n, 8, cut_rows, &c);
}

/* ---- the way back ------------------------------------------------------ */

struct paste {
	uint8_t *to;
	size_t w, n;
	const struct square *q;
	const float *m;
};

static float
map_at(const struct paste *p, double u, double v)
{
	double n = (double)p->n, x = u * n - 0.5, y = v * n - 0.5, most = n - 1;

	if (!(u >= 0 && v >= 0 && u <= 1 && v <= 1))
		return 0;
	x = x < 0 ? 0 : x > most ? most : x;
	y = y < 0 ? 0 : y > most ? most : y;
	size_t x0 = (size_t)x, y0 = (size_t)y;
	size_t x1 = x0 + 1 < p->n ? x0 + 1 : x0;
	size_t y1 = y0 + 1 < p->n ? y0 + 1 : y0;
	float a = (float)(x - (double)x0), b = (float)(y - (double)y0);
	const float *r0 = p->m + y0 * p->n, *r1 = p->m + y1 * p->n;

	return (1 - b) * ((1 - a) * r0[x0] + a * r0[x1]) +
	    b * ((1 - a) * r1[x0] + a * r1[x1]);
}

static void
paste_rows(void *arg, size_t i, size_t j)
{
	const struct paste *p = arg;

	for (size_t y = i; y < j; y++)
		for (size_t x = 0; x < p->w; x++) {
			double uv[2];

			square_in(uv, p->q, (double)x, (double)y);
			p->to[y * p->w + x] = (uint8_t)(255 *
			    map_at(p, uv[0], uv[1]) + 0.5f);
		}
}

void
square_paste(uint8_t *to, size_t h, size_t w, const struct square *q,
    const float *m, size_t n)
{
	struct paste p = { to, w, n, q, m };

	team_range(h, 16, paste_rows, &p);
}
