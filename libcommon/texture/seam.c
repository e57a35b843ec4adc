#include "texture/seam.h"

#include <math.h>
#include <stdlib.h>

#include "texture/texmap.h"

/*
 * Straight pieces of the seams: the piece from a[0] to a[1] of part p, (u,v)
 * in 1/255, is that from b[0] to b[1] of part q. Made by
 * tests/ref/atlas24.py. Seams of a part with itself (between fingers and
 * toes) are left out.
 */
static const struct seam {
	uint8_t p, q, a[2][2], b[2][2];
} seam[] = {
	{ 1, 2, { { 253, 16 }, { 172, 29 } }, { { 195, 1 }, { 126, 7 } } },
	{ 1, 2, { { 172, 29 }, { 101, 0 } }, { { 126, 7 }, { 67, 0 } } },
	{ 1, 2, { { 1, 81 }, { 9, 10 } }, { { 0, 92 }, { 12, 45 } } },
	{ 1, 2, { { 249, 243 }, { 167, 226 } }, { { 202, 245 }, { 131, 245 } } },
	{ 1, 2, { { 167, 226 }, { 99, 255 } }, { { 131, 245 }, { 76, 255 } } },
	{ 1, 2, { { 0, 171 }, { 7, 238 } }, { { 4, 170 }, { 17, 215 } } },
	{ 1, 7, { { 255, 128 }, { 249, 243 } }, { { 0, 119 }, { 29, 255 } } },
	{ 1, 8, { { 253, 16 }, { 255, 128 } }, { { 28, 255 }, { 0, 122 } } },
	{ 1, 17, { { 101, 0 }, { 44, 23 } }, { { 2, 24 }, { 11, 170 } } },
	{ 1, 17, { { 44, 23 }, { 9, 10 } }, { { 11, 170 }, { 38, 255 } } },
	{ 1, 18, { { 99, 255 }, { 55, 228 } }, { { 2, 26 }, { 4, 140 } } },
	{ 1, 18, { { 55, 228 }, { 7, 238 } }, { { 4, 140 }, { 32, 255 } } },
	{ 1, 23, { { 18, 127 }, { 0, 171 } }, { { 7, 24 }, { 101, 10 } } },
	{ 1, 24, { { 18, 127 }, { 1, 81 } }, { { 248, 25 }, { 155, 10 } } },
	{ 2, 7, { { 252, 122 }, { 251, 128 } }, { { 75, 4 }, { 88, 0 } } },
	{ 2, 8, { { 249, 116 }, { 252, 122 } }, { { 91, 0 }, { 83, 9 } } },
	{ 2, 9, { { 202, 245 }, { 220, 168 } }, { { 255, 43 }, { 212, 187 } } },
	{ 2, 9, { { 220, 168 }, { 251, 128 } }, { { 212, 187 }, { 162, 254 } } },
	{ 2, 10, { { 195, 1 }, { 217, 76 } }, { { 255, 41 }, { 214, 187 } } },
	{ 2, 10, { { 217, 76 }, { 249, 116 } }, { { 214, 187 }, { 162, 255 } } },
	{ 2, 15, { { 66, 13 }, { 50, 43 } }, { { 19, 0 }, { 1, 104 } } },
	{ 2, 15, { { 50, 43 }, { 12, 45 } }, { { 1, 104 }, { 6, 255 } } },
	{ 2, 16, { { 74, 242 }, { 64, 220 } }, { { 22, 0 }, { 3, 68 } } },
	{ 2, 16, { { 64, 220 }, { 17, 215 } }, { { 3, 68 }, { 3, 255 } } },
	{ 2, 17, { { 66, 13 }, { 67, 0 } }, { { 1, 0 }, { 2, 24 } } },
	{ 2, 18, { { 74, 242 }, { 76, 255 } }, { { 1, 0 }, { 2, 26 } } },
	{ 2, 23, { { 21, 130 }, { 4, 170 } }, { { 255, 0 }, { 101, 10 } } },
	{ 2, 24, { { 21, 130 }, { 0, 92 } }, { { 1, 0 }, { 155, 10 } } },
	{ 3, 20, { { 65, 12 }, { 64, 0 } }, { { 20, 26 }, { 22, 47 } } },
	{ 3, 20, { { 64, 0 }, { 151, 24 } }, { { 22, 47 }, { 20, 66 } } },
	{ 3, 20, { { 151, 24 }, { 118, 50 } }, { { 20, 66 }, { 0, 162 } } },
	{ 3, 22, { { 65, 12 }, { 118, 50 } }, { { 255, 185 }, { 233, 22 } } },
	{ 4, 19, { { 185, 12 }, { 186, 0 } }, { { 16, 32 }, { 18, 52 } } },
	{ 4, 19, { { 186, 0 }, { 99, 35 } }, { { 18, 52 }, { 17, 71 } } },
	{ 4, 19, { { 99, 35 }, { 134, 57 } }, { { 17, 71 }, { 0, 164 } } },
	{ 4, 21, { { 185, 12 }, { 134, 57 } }, { { 255, 185 }, { 232, 25 } } },
	{ 5, 12, { { 60, 110 }, { 33, 87 } }, { { 0, 31 }, { 5, 108 } } },
	{ 5, 12, { { 33, 87 }, { 25, 154 } }, { { 5, 108 }, { 4, 128 } } },
	{ 5, 12, { { 25, 154 }, { 56, 156 } }, { { 4, 128 }, { 2, 194 } } },
	{ 5, 14, { { 60, 110 }, { 92, 155 } }, { { 253, 50 }, { 255, 130 } } },
	{ 5, 14, { { 92, 155 }, { 56, 156 } }, { { 255, 130 }, { 251, 196 } } },
	{ 6, 11, { { 199, 116 }, { 227, 94 } }, { { 0, 30 }, { 5, 109 } } },
	{ 6, 11, { { 227, 94 }, { 233, 163 } }, { { 5, 109 }, { 4, 131 } } },
	{ 6, 11, { { 233, 163 }, { 200, 162 } }, { { 4, 131 }, { 2, 200 } } },
	{ 6, 13, { { 199, 116 }, { 164, 159 } }, { { 251, 50 }, { 255, 129 } } },
	{ 6, 13, { { 164, 159 }, { 200, 162 } }, { { 255, 129 }, { 250, 195 } } },
	{ 7, 8, { { 75, 4 }, { 68, 77 } }, { { 83, 9 }, { 69, 79 } } },
	{ 7, 8, { { 68, 77 }, { 43, 104 } }, { { 69, 79 }, { 43, 105 } } },
	{ 7, 8, { { 43, 104 }, { 0, 119 } }, { { 43, 105 }, { 0, 122 } } },
	{ 7, 9, { { 29, 255 }, { 52, 231 } }, { { 255, 43 }, { 233, 14 } } },
	{ 7, 9, { { 52, 231 }, { 255, 186 } }, { { 233, 14 }, { 37, 0 } } },
	{ 7, 9, { { 88, 0 }, { 135, 49 } }, { { 162, 254 }, { 103, 247 } } },
	{ 7, 9, { { 135, 49 }, { 249, 95 } }, { { 103, 247 }, { 0, 171 } } },
	{ 7, 11, { { 255, 186 }, { 249, 95 } }, { { 251, 229 }, { 249, 1 } } },
	{ 8, 10, { { 28, 255 }, { 52, 231 } }, { { 255, 41 }, { 233, 10 } } },
	{ 8, 10, { { 52, 231 }, { 126, 203 } }, { { 233, 10 }, { 158, 3 } } },
	{ 8, 10, { { 126, 203 }, { 255, 191 } }, { { 158, 3 }, { 36, 0 } } },
	{ 8, 10, { { 91, 0 }, { 137, 48 } }, { { 162, 255 }, { 104, 247 } } },
	{ 8, 10, { { 137, 48 }, { 251, 100 } }, { { 104, 247 }, { 0, 172 } } },
	{ 8, 12, { { 255, 191 }, { 251, 100 } }, { { 252, 226 }, { 250, 1 } } },
	{ 9, 13, { { 37, 0 }, { 0, 171 } }, { { 1, 255 }, { 2, 0 } } },
	{ 10, 14, { { 36, 0 }, { 0, 172 } }, { { 1, 255 }, { 3, 0 } } },
	{ 11, 13, { { 251, 229 }, { 162, 254 } }, { { 1, 255 }, { 88, 246 } } },
	{ 11, 13, { { 162, 254 }, { 2, 200 } }, { { 88, 246 }, { 250, 195 } } },
	{ 11, 13, { { 249, 1 }, { 161, 2 } }, { { 2, 0 }, { 89, 3 } } },
	{ 11, 13, { { 161, 2 }, { 62, 38 } }, { { 89, 3 }, { 190, 38 } } },
	{ 11, 13, { { 62, 38 }, { 0, 30 } }, { { 190, 38 }, { 251, 50 } } },
	{ 12, 14, { { 252, 226 }, { 208, 252 } }, { { 1, 255 }, { 42, 246 } } },
	{ 12, 14, { { 208, 252 }, { 161, 253 } }, { { 42, 246 }, { 89, 245 } } },
	{ 12, 14, { { 161, 253 }, { 2, 194 } }, { { 89, 245 }, { 251, 196 } } },
	{ 12, 14, { { 250, 1 }, { 160, 1 } }, { { 3, 0 }, { 92, 0 } } },
	{ 12, 14, { { 160, 1 }, { 63, 36 } }, { { 92, 0 }, { 191, 38 } } },
	{ 12, 14, { { 63, 36 }, { 0, 31 } }, { { 191, 38 }, { 253, 50 } } },
	{ 15, 17, { { 6, 255 }, { 91, 214 } }, { { 38, 255 }, { 118, 214 } } },
	{ 15, 17, { { 91, 214 }, { 238, 209 } }, { { 118, 214 }, { 255, 177 } } },
	{ 15, 17, { { 19, 0 }, { 78, 28 } }, { { 1, 0 }, { 56, 24 } } },
	{ 15, 17, { { 78, 28 }, { 255, 41 } }, { { 56, 24 }, { 229, 33 } } },
	{ 15, 19, { { 238, 209 }, { 255, 41 } }, { { 255, 0 }, { 233, 237 } } },
	{ 16, 18, { { 3, 255 }, { 89, 215 } }, { { 32, 255 }, { 117, 216 } } },
	{ 16, 18, { { 89, 215 }, { 236, 214 } }, { { 117, 216 }, { 255, 179 } } },
	{ 16, 18, { { 22, 0 }, { 82, 29 } }, { { 1, 0 }, { 57, 29 } } },
	{ 16, 18, { { 82, 29 }, { 255, 46 } }, { { 57, 29 }, { 230, 40 } } },
	{ 16, 20, { { 236, 214 }, { 255, 46 } }, { { 255, 0 }, { 230, 237 } } },
	{ 17, 21, { { 255, 177 }, { 229, 33 } }, { { 24, 254 }, { 2, 0 } } },
	{ 18, 22, { { 255, 179 }, { 230, 40 } }, { { 24, 254 }, { 2, 0 } } },
	{ 19, 21, { { 255, 0 }, { 204, 6 } }, { { 24, 254 }, { 77, 251 } } },
	{ 19, 21, { { 204, 6 }, { 92, 36 } }, { { 77, 251 }, { 183, 201 } } },
	{ 19, 21, { { 92, 36 }, { 16, 32 } }, { { 183, 201 }, { 255, 185 } } },
	{ 19, 21, { { 233, 237 }, { 184, 254 } }, { { 2, 0 }, { 48, 17 } } },
	{ 19, 21, { { 184, 254 }, { 125, 248 } }, { { 48, 17 }, { 104, 24 } } },
	{ 19, 21, { { 125, 248 }, { 0, 164 } }, { { 104, 24 }, { 232, 25 } } },
	{ 20, 22, { { 255, 0 }, { 205, 4 } }, { { 24, 254 }, { 76, 251 } } },
	{ 20, 22, { { 205, 4 }, { 95, 33 } }, { { 76, 251 }, { 183, 202 } } },
	{ 20, 22, { { 95, 33 }, { 20, 26 } }, { { 183, 202 }, { 255, 185 } } },
	{ 20, 22, { { 230, 237 }, { 182, 254 } }, { { 2, 0 }, { 47, 16 } } },
	{ 20, 22, { { 182, 254 }, { 125, 248 } }, { { 47, 16 }, { 102, 22 } } },
	{ 20, 22, { { 125, 248 }, { 0, 162 } }, { { 102, 22 }, { 233, 22 } } },
	{ 23, 24, { { 7, 24 }, { 6, 207 } }, { { 248, 25 }, { 249, 207 } } },
	{ 23, 24, { { 6, 207 }, { 55, 247 } }, { { 249, 207 }, { 200, 247 } } },
	{ 23, 24, { { 55, 247 }, { 146, 255 } }, { { 200, 247 }, { 109, 255 } } },
	{ 23, 24, { { 146, 255 }, { 254, 213 } }, { { 109, 255 }, { 0, 212 } } },
	{ 23, 24, { { 254, 213 }, { 255, 0 } }, { { 0, 212 }, { 1, 0 } } },
};
#define SEAMS (sizeof seam / sizeof *seam)

bool
seam_adjoin(int p, int q)
{
	for (size_t i = 0; i < SEAMS; i++)
		if ((seam[i].p == p && seam[i].q == q) ||
		    (seam[i].p == q && seam[i].q == p))
			return true;
	return false;
}

/* The place at t of a piece to uv, squared. */
static float
distance2(const uint8_t piece[2][2], float t, const uint8_t *uv)
{
	float sum = 0;

	for (int k = 0; k < 2; k++) {
		float d = (1 - t) * piece[0][k] + t * piece[1][k] - uv[k];

		sum += d * d;
	}
	return sum;
}

float
seam_gap(int p, const uint8_t *uv, int q, const uint8_t *uv_q)
{
	const uint8_t *a = p < q ? uv : uv_q, *b = p < q ? uv_q : uv;
	float best = INFINITY;

	for (size_t i = 0; i < SEAMS; i++) {
		const struct seam *s = &seam[i];

		if (s->p != (p < q ? p : q) || s->q != (p < q ? q : p))
			continue;
		for (int k = 0; k <= 4; k++)
			best = fminf(best, fmaxf(distance2(s->a, (float)k / 4, a),
			    distance2(s->b, (float)k / 4, b)));
	}
	return sqrtf(best);
}

/* Nearest texel of the part to a surface point; false if none is beside it. */
static bool
texel_of(const struct layout *l, const uint8_t *chart, size_t T, int part,
    float u, float v, uint32_t *texel)
{
	float xy[2];
	size_t t;

	if (!layout_texel(l, T, part, u, v, xy) ||
	    !texmap_nearest(chart, T, part, xy, &t))
		return false;
	*texel = (uint32_t)t;
	return true;
}

static bool
apart(uint32_t a, uint32_t b, size_t T)
{
	long dx = labs((long)(a % T) - (long)(b % T));
	long dy = labs((long)(a / T) - (long)(b / T));

	return dx + dy > 1;
}

/* Where the links go: counts alone when link is NULL. */
struct list {
	struct seam_link *link;
	size_t n;
};

static void
add(struct list *s, uint32_t a, uint32_t b)
{
	if (s->link)
		s->link[s->n] = (struct seam_link){ a, b };
	s->n++;
}

/* One link per texel of the finer of the two sides. */
static void
along_seam(struct list *out, const struct seam *s, const struct layout *l,
    const uint8_t *chart, size_t T)
{
	const int steps = (int)T;	/* no piece is longer than the map */
	uint32_t a, b, la = UINT32_MAX, lb = UINT32_MAX;

	for (int i = 0; i <= steps; i++) {
		float t = (float)i / (float)steps / 255, r = 1 / 255.f - t;

		if (!texel_of(l, chart, T, s->p, r * s->a[0][0] + t * s->a[1][0],
		    r * s->a[0][1] + t * s->a[1][1], &a) ||
		    !texel_of(l, chart, T, s->q, r * s->b[0][0] + t * s->b[1][0],
		    r * s->b[0][1] + t * s->b[1][1], &b))
			continue;
		if ((a == la && b == lb) || !apart(a, b, T))
			continue;
		add(out, la = a, lb = b);
	}
}

/*
 * At the rim of a chart of the layout the surface may go on elsewhere in the
 * same part: extrapolate (u,v) by one texel and look where that lies.
 */
static void
across_cut(struct list *out, size_t x, size_t y, const struct layout *l,
    const uint8_t *chart, size_t T)
{
	const ptrdiff_t w = (ptrdiff_t)T, step[4] = { 1, -1, w, -w };
	static const float dx[4] = { 1, -1, 0, 0 }, dy[4] = { 0, 0, 1, -1 };
	const size_t at = y * T + x;
	int p, q;
	float u, v, iu, iv, bu, bv, xy[2];

	if (x == 0 || y == 0 || x + 1 == T || y + 1 == T || !chart[at] ||
	    !layout_surface(l, T, (float)x, (float)y, &p, &u, &v))
		return;
	for (int k = 0; k < 4; k++) {
		if (chart[(ptrdiff_t)at + step[k]] || !layout_surface(l, T,
		    (float)x - dx[k], (float)y - dy[k], &q, &iu, &iv) ||
		    q != p)
			continue;
		iu = 2 * u - iu;
		iv = 2 * v - iv;
		if (!layout_texel(l, T, p, iu, iv, xy))
			continue;
		size_t to = (size_t)lroundf(xy[1]) * T + (size_t)lroundf(xy[0]);

		/* The layout may have moved the point to where it has one. */
		if (chart[to] && apart((uint32_t)at, (uint32_t)to, T) &&
		    layout_surface(l, T, xy[0], xy[1], &q, &bu, &bv) &&
		    q == p && fabsf(bu - iu) + fabsf(bv - iv) < 0.02f)
			add(out, (uint32_t)at, (uint32_t)to);
	}
}

static void
collect(struct list *out, const struct layout *l, const uint8_t *chart,
    size_t T)
{
	for (size_t i = 0; i < SEAMS; i++)
		along_seam(out, &seam[i], l, chart, T);
	for (size_t y = 0; y < T; y++)
		for (size_t x = 0; x < T; x++)
			across_cut(out, x, y, l, chart, T);
}

enum status
seam_links(struct seam_link **link, size_t *n, struct arena *a,
    const struct layout *l, const uint8_t *chart, size_t T)
{
	struct list s = { NULL, 0 };

	collect(&s, l, chart, T);
	s.link = arena_alloc(a, s.n * sizeof *s.link);
	if (!s.link)
		return E_NOMEM;
	*n = s.n;
	s.n = 0;
	collect(&s, l, chart, T);
	*link = s.link;
	return OK;
}
