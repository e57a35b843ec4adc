/*
 * h, w	size of the picture		T	size of the texture
 * l	a pixel, s its texel		c	the pixel of a texel
 */
#include "texture/coord.h"

#include <math.h>
#include <string.h>

#include "texture/atlas24.h"
#include "texture/texmap.h"

/*
 * A triangle that is stretched over more texels per pixel than this, for a
 * picture as large as the map, bridges a fold.
 */
#define FOLD 8.0f

enum status
coord_surf(float *surf, uint8_t *mask, const uint8_t *iuv, size_t h, size_t w,
    const struct layout *l, size_t T)
{
	for (size_t i = 0; i < h * w; i++) {
		const uint8_t *p = iuv + 3 * i;

		surf[2 * i] = surf[2 * i + 1] = NAN;
		mask[i] = p[0] > 0;
		if (p[0] > 24)
			return fail(E_VALUE, "part %d at (%zu,%zu), want 0..24",
			    p[0], i % w, i / w);
		if (p[0] && !layout_texel(l, T, p[0], (float)p[1] / 255,
		    (float)p[2] / 255, surf + 2 * i))
			surf[2 * i] = surf[2 * i + 1] = NAN;
	}
	return OK;
}

struct canvas {
	float *coord, *area;
	uint8_t *seen;
	size_t T;
	float fold;
};

/* Corner: texel position s and pixel position l. */
struct corner {
	const float *s;
	float l[2];
};

static void
draw_triangle(struct canvas *v, const struct corner *a, const struct corner *b,
    const struct corner *c)
{
	float x0 = fminf(a->s[0], fminf(b->s[0], c->s[0]));
	float x1 = fmaxf(a->s[0], fmaxf(b->s[0], c->s[0]));
	float y0 = fminf(a->s[1], fminf(b->s[1], c->s[1]));
	float y1 = fmaxf(a->s[1], fmaxf(b->s[1], c->s[1]));
	float abx = b->s[0] - a->s[0], aby = b->s[1] - a->s[1];
	float acx = c->s[0] - a->s[0], acy = c->s[1] - a->s[1];
	float det = abx * acy - acx * aby, area = fabsf(det);

	if (!(x1 - x0 <= v->fold && y1 - y0 <= v->fold && area > 1e-6f))
		return;
	for (size_t y = (size_t)ceilf(y0); y <= (size_t)y1; y++)
		for (size_t x = (size_t)ceilf(x0); x <= (size_t)x1; x++) {
			size_t t = y * v->T + x;
			float px = (float)x - a->s[0], py = (float)y - a->s[1];
			float i = (px * acy - acx * py) / det;
			float j = (abx * py - px * aby) / det;

			if (i < 0 || j < 0 || i + j > 1 || area >= v->area[t])
				continue;
			v->area[t] = area;
			v->seen[t] = SEEN_YES;
			for (int k = 0; k < 2; k++)
				v->coord[2 * t + k] = a->l[k] +
				    i * (b->l[k] - a->l[k]) +
				    j * (c->l[k] - a->l[k]);
		}
}

/*
 * Which side of the body three pixels of one part, clockwise on the picture,
 * show: 1 the outer, -1 the inner, 0 where u and v do not change.
 */
static int
facing(const uint8_t *a, const uint8_t *b, const uint8_t *c)
{
	int det = (b[1] - a[1]) * (c[2] - a[2]) - (c[1] - a[1]) * (b[2] - a[2]);

	return ((det > 0) - (det < 0)) * atlas24_hand(a[0]);
}

void
coord_draw(float *coord, uint8_t *seen, const uint8_t *iuv, const float *surf,
    size_t h, size_t w, size_t T, float *scratch)
{
	struct canvas v = { coord, scratch, seen, T,
		FOLD * (float)T / (float)(h > w ? h : w) };

	memset(seen, SEEN_NOT, T * T);
	for (size_t i = 0; i < T * T; i++) {
		coord[2 * i] = coord[2 * i + 1] = NAN;
		scratch[i] = INFINITY;
	}
	/*
	 * The quad's corners in turn. A triangle leaves one corner out: with
	 * four on one part corners 0 and 2 in turn, with three the fourth.
	 */
	const size_t step[4] = { 0, 1, w + 1, w };
	static const float dx[4] = { 0, 1, 1, 0 }, dy[4] = { 0, 0, 1, 1 };

	for (size_t y = 0; y + 1 < h; y++)
		for (size_t x = 0; x + 1 < w; x++) {
			struct corner q[4];
			const uint8_t *p[4];

			for (int k = 0; k < 4; k++) {
				size_t i = y * w + x + step[k];

				p[k] = iuv + 3 * i;
				q[k] = (struct corner){ surf + 2 * i,
					{ (float)x + dx[k], (float)y + dy[k] } };
			}
			bool all = p[0][0] == p[1][0] &&
			    p[1][0] == p[2][0] && p[2][0] == p[3][0];

			for (int out = 0; out < 4; out += all ? 2 : 1) {
				int i = (out + 1) & 3, j = (out + 2) & 3,
				    k = (out + 3) & 3;

				if (p[i][0] && p[i][0] == p[j][0] &&
				    p[j][0] == p[k][0] &&
				    facing(p[i], p[j], p[k]) > 0)
					draw_triangle(&v, &q[i], &q[j], &q[k]);
			}
		}
}

/*
 * c at a position between texels: bilinear over the known ones of the four
 * around, without those whose pixel is far from that of the nearest, which
 * belong to another view of the surface. False where less than half of the
 * weight is known.
 */
static bool
coord_between(float l[2], const float *coord, const uint8_t *seen, size_t T,
    const float xy[2])
{
	const size_t x0 = (size_t)xy[0], y0 = (size_t)xy[1];
	const float a = xy[0] - (float)x0, b = xy[1] - (float)y0;
	float weight[4], best = 0, all = 0, sum = 0;
	size_t at[4], near = 0;

	for (int k = 0; k < 4; k++) {
		size_t x = x0 + (k & 1), y = y0 + (k >> 1);

		weight[k] = (k & 1 ? a : 1 - a) * (k >> 1 ? b : 1 - b);
		at[k] = y * T + x;
		if (x >= T || y >= T || !seen_itself(seen[at[k]]))
			weight[k] = 0;
		all += weight[k];
		if (weight[k] > best) {
			best = weight[k];
			near = at[k];
		}
	}
	if (all < 0.5f)
		return false;
	l[0] = l[1] = 0;
	for (int k = 0; k < 4; k++) {
		const float *c = coord + 2 * at[k], *n = coord + 2 * near;

		if (weight[k] == 0 || fabsf(c[0] - n[0]) > FOLD ||
		    fabsf(c[1] - n[1]) > FOLD)
			continue;
		sum += weight[k];
		l[0] += weight[k] * c[0];
		l[1] += weight[k] * c[1];
	}
	l[0] /= sum;
	l[1] /= sum;
	return true;
}

void
coord_mirror(float *coord, uint8_t *seen, const struct layout *l, size_t T)
{
	for (size_t t = 0; t < T * T; t++) {
		int part;
		float u, v, xy[2];

		if (seen[t] || !layout_surface(l, T, (float)(t % T),
		    (float)(t / T), &part, &u, &v))
			continue;
		layout_mirror(&part, &u, &v);
		if (layout_texel(l, T, part, u, v, xy) &&
		    coord_between(coord + 2 * t, coord, seen, T, xy))
			seen[t] = SEEN_MIRROR;
	}
}

void
coord_sample(float *out, const float *heat, size_t h, size_t w, size_t k,
    const float *coord, const uint8_t *seen, size_t T)
{
	for (size_t t = 0; t < T * T; t++)
		if (seen_itself(seen[t]))
			texmap_at(out + k * t, heat, h, w, k, coord[2 * t],
			    coord[2 * t + 1]);
		else
			memset(out + k * t, 0, k * sizeof *out);
}
