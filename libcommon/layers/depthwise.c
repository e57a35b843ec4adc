/*
 * Depthwise convolution: each channel with a window of its own, so the vectors
 * run over channels and there is no product of matrices to be had.
 *
 * With stride 1 a row of the map is one line of floats, output q of it reads
 * the floats q + j c, and the weights repeat with period c: laid out with the
 * period L, the least common multiple of c and a vector, all vectors are full
 * even where a pixel has 8 channels or 24. With a larger stride L is c, and
 * the last vector of a pixel may be a part of one.
 *
 * Legend: L period in floats, wide the same filled up to whole vectors;
 * packed (1 + kh kw, wide): the bias, then the window's weights.
 */
#include <string.h>

#include "layers/bands.h"
#include "layers/window.h"
#include "math/team.h"
#include "math/vec.h"

#define MANY 4			/* sums at a time, which share a weight */

static size_t
period(const struct nn_window *s)
{
	size_t n = s->c;

	while (s->sw == 1 && n % VEC != 0)
		n += s->c;
	return n;
}

static size_t
wide(const struct nn_window *s)
{
	return (period(s) + VEC - 1) / VEC * VEC;
}

size_t
nn_depthwise_packed(const struct nn_window *s)
{
	return (1 + s->kh * s->kw) * wide(s);
}

void
nn_depthwise_pack(float *packed, const float *w, const float *bias,
    const struct nn_window *s)
{
	size_t n = wide(s), taps = s->kh * s->kw;

	for (size_t q = 0; q < n; q++) {
		packed[q] = bias ? bias[q % s->c] : 0;
		for (size_t t = 0; t < taps; t++)
			packed[(1 + t) * n + q] = w[q % s->c * taps + t];
	}
}

size_t
nn_depthwise_scratch(const struct nn_window *s)
{
	return team_size() * bands_of(s).room * sizeof (float);
}

struct job {
	float *out, *scratch;
	const float *x, *packed;
	struct nn_clip clip;
	const struct nn_window *s;
	struct bands b;
	size_t period, wide;
};

/*
 * `many` outputs of one vector of channels, to + u * apart, whose windows are
 * at x + u * step. n <= VEC of the vector's floats are stored.
 */
VEC_INLINE void
tile(float *to, size_t apart, const float *x, size_t step, const float *w,
    const struct job *g, size_t kh, size_t kw, size_t many, size_t n)
{
	vec sum[MANY], lo = vec_all(g->clip.lo), hi = vec_all(g->clip.hi);

	VEC_UNROLL
	for (size_t u = 0; u < many; u++)
		sum[u] = vec_load(w);
	for (size_t i = 0; i < kh; i++)
		for (size_t j = 0; j < kw; j++) {
			const float *from = x + i * g->b.line + j * g->s->c;

			w += g->wide;
			vec k = vec_load(w);

			VEC_UNROLL
			for (size_t u = 0; u < many; u++)
				sum[u] += k * vec_load(from + u * step);
		}
	VEC_UNROLL
	for (size_t u = 0; u < many; u++) {
		vec v = vec_pick(sum[u] < lo, lo, sum[u]);

		vec_put(to + u * apart, vec_pick(v > hi, hi, v), n);
	}
}

/* `many` periods side by side. */
VEC_INLINE void
periods(float *to, const float *x, size_t step, const struct job *g,
    size_t kh, size_t kw, size_t many)
{
	size_t v = 0;

	for (; v + VEC <= g->period; v += VEC)
		tile(to + v, g->period, x + v, step, g->packed + v, g, kh, kw,
		    many, VEC);
	if (v < g->period)
		tile(to + v, g->period, x + v, step, g->packed + v, g, kh, kw,
		    many, g->period - v);
}

/* One row; x is where its first window is in the band. */
VEC_INLINE void
row(float *to, const float *x, const struct job *g, size_t kh, size_t kw)
{
	const struct nn_window *s = g->s;
	size_t len = s->wo * s->c, n = len / g->period, p = 0;
	size_t step = s->sw == 1 ? g->period : s->sw * s->c;

	for (; p + MANY <= n; p += MANY)
		periods(to + p * g->period, x + p * step, step, g, kh, kw,
		    MANY);
	for (; p < n; p++)
		periods(to + p * g->period, x + p * step, step, g, kh, kw, 1);
	/* With stride 1 the rest of a period. */
	for (size_t q = p * g->period; q < len; q += VEC)
		tile(to + q, 0, x + q, 0, g->packed + q - p * g->period, g,
		    kh, kw, 1, vec_left(q, len));
}

static void
row_3x3(float *to, const float *x, const struct job *g)
{
	row(to, x, g, 3, 3);
}

static void
row_5x5(float *to, const float *x, const struct job *g)
{
	row(to, x, g, 5, 5);
}

static void
row_any(float *to, const float *x, const struct job *g)
{
	row(to, x, g, g->s->kh, g->s->kw);
}

static void
band_task(void *arg, size_t task, size_t thread)
{
	const struct job *g = arg;
	const struct nn_window *s = g->s;
	size_t y0 = task * g->b.rows;
	size_t y1 = y0 + g->b.rows < s->ho ? y0 + g->b.rows : s->ho;
	float *band = g->scratch + thread * g->b.room;

	bands_copy(band, g->x, y0, y1, s, &g->b);
	for (size_t y = y0; y < y1; y++) {
		float *to = g->out + y * s->wo * s->c;
		const float *x = band + (y - y0) * s->sh * g->b.line;

		if (s->kh == 3 && s->kw == 3)
			row_3x3(to, x, g);
		else if (s->kh == 5 && s->kw == 5)
			row_5x5(to, x, g);
		else
			row_any(to, x, g);
	}
}

void
nn_depthwise_fwd(float *out, const float *x, const float *packed,
    struct nn_clip clip, const struct nn_window *s, void *scratch)
{
	struct job g = { out, scratch, x, packed, clip, s, bands_of(s),
		period(s), wide(s) };

	team_run(g.b.count, band_task, &g);
}

void
nn_depthwise_fwd_ref(float *out, const float *x, const float *w,
    const float *bias, struct nn_clip clip, const struct nn_window *s)
{
	for (size_t q = 0; q < s->ho * s->wo * s->c; q++) {
		size_t c = q % s->c, at_x = q / s->c % s->wo * s->sw;
		size_t at_y = q / s->c / s->wo * s->sh;
		double sum = bias ? bias[c] : 0;

		for (size_t i = 0; i < s->kh; i++)
			for (size_t j = 0; j < s->kw; j++) {
				size_t y = at_y + i - s->top;	/* may wrap */
				size_t z = at_x + j - s->left;

				if (y < s->h && z < s->w)
					sum += (double)w[(c * s->kh + i) *
					    s->kw + j] *
					    x[(y * s->w + z) * s->c + c];
			}
		float v = (float)sum < clip.lo ? clip.lo : (float)sum;

		out[q] = v > clip.hi ? clip.hi : v;
	}
}
