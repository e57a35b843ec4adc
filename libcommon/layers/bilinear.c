#include "layers/bilinear.h"

#include "math/team.h"
#include "math/vec.h"

struct place {
	size_t a, b;		/* input lines */
	float f;		/* share of b */
};

static struct place
place(size_t i, size_t n, size_t m, const struct nn_bilinear *s)
{
	float scale = s->align && n > 1 ? (float)(m - 1) / (float)(n - 1) :
	    (float)m / (float)n;
	float at = s->half_pixel ? ((float)i + .5f) * scale - .5f :
	    (float)i * scale;

	if (at < 0)
		at = 0;
	size_t a = (size_t)at < m - 1 ? (size_t)at : m - 1;

	return (struct place){ a, a + 1 < m ? a + 1 : a, at - (float)a };
}

struct job {
	float *out;
	const float *x;
	const struct nn_bilinear *s;
};

/* One pixel of c channels between four. */
VEC_INLINE void
pixel(float *out, const float *top, const float *low, struct place u, float f,
    size_t c)
{
	for (size_t i = 0; i < c; i += VEC) {
		size_t n = vec_left(i, c), a = u.a * c + i, b = u.b * c + i;
		vec p = vec_get(top + a, n), r = vec_get(low + a, n);

		p += u.f * (vec_get(top + b, n) - p);
		r += u.f * (vec_get(low + b, n) - r);
		vec_put(out + i, p + f * (r - p), n);
	}
}

static void
rows(void *arg, size_t y, size_t end)
{
	const struct job *g = arg;
	const struct nn_bilinear *s = g->s;
	size_t line = s->w * s->c;
	float *out = g->out + y * s->wo * s->c;

	for (; y < end; y++) {
		struct place v = place(y, s->ho, s->h, s);
		const float *top = g->x + v.a * line, *low = g->x + v.b * line;

		for (size_t q = 0; q < s->wo; q++, out += s->c) {
			struct place u = place(q, s->wo, s->w, s);

			/* A constant: parts of vectors are slow otherwise. */
			if (s->c == 8)
				pixel(out, top, low, u, v.f, 8);
			else
				pixel(out, top, low, u, v.f, s->c);
		}
	}
}

void
nn_bilinear_fwd(float *out, const float *x, const struct nn_bilinear *s)
{
	struct job g = { out, x, s };

	team_range(s->ho, team_grain(s->wo * s->c), rows, &g);
}
