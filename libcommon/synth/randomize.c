#include "synth/randomize.h"

#include <math.h>

#include "dress/noise.h"
#include "texture/texmap.h"

#define PULL 0.025	/* most, as a share of the map's side */
#define LAYERS 2	/* patches, and patterns on them */

/* How much of what, and where: drawn once for a person. Scales in cells in a metre. */
struct random_look {
	uint32_t seed;
	float pull;		/* texels */
	float scale[LAYERS];
	float grey[LAYERS], colour[LAYERS];	/* deviation, about */
	float shade, shade_scale;	/* deviation of log brightness */
	/*
	 * The rest of the body stays as it was drawn. If randomized people
	 * were so all over, a network could tell them by that, and trust the photo
	 * for them alone.
	 */
	float area, area_scale;	/* share of the body, about */
};

static struct random_look
draw_look(struct rng *d, size_t T)
{
	static const double cells[LAYERS][2] = { { 2, 8 }, { 12, 50 } };
	static const double most[LAYERS] = { 0.7, 0.5 };
	struct random_look w = { .seed = (uint32_t)rng_u64(d),
		.pull = (float)(rng_range(d, 0, PULL) * (double)T) };

	for (int k = 0; k < LAYERS; k++) {
		w.scale[k] = (float)rng_range(d, cells[k][0], cells[k][1]);
		w.grey[k] = (float)(most[k] * pow(rng_unit(d), 2));
		w.colour[k] = (float)(most[k] * pow(rng_unit(d), 2));
	}
	w.shade = (float)(1.5 * pow(rng_unit(d), 1.5));
	w.shade_scale = (float)rng_range(d, 3, 25);
	w.area = (float)fmin(1, rng_range(d, 0.15, 1.4));
	w.area_scale = (float)rng_range(d, 1.5, 6);
	return w;
}

/* Noise of the n-th kind at a point of the body. */
static float
at(const struct random_look *w, uint32_t n, float cells, const float p[3])
{
	return noise3_rough(w->seed + 16 * n, cells * p[0], cells * p[1],
	    cells * p[2]);
}

/* How much of it there is at a point, 0 to 1. */
static float
share(const struct random_look *w, const float p[3])
{
	float over = at(w, 14, w->area_scale, p) - (1 - 2 * w->area);

	return fmaxf(0, fminf(1, 4 * over + 0.5f));
}

static void
paint(float rgb[3], const struct random_look *w, const float p[3], float share)
{
	float light = expf(share * w->shade * at(w, 15, w->shade_scale, p));
	uint32_t n = 2;

	for (int k = 0; k < LAYERS; k++) {
		float grey = share * w->grey[k] * at(w, n++, w->scale[k], p);

		for (int c = 0; c < 3; c++) {
			rgb[c] += grey + share * w->colour[k] * at(w, n++,
			    w->scale[k], p);
			rgb[c] = fmaxf(-1, fminf(1, rgb[c]));
		}
	}
	for (int c = 0; c < 3; c++)
		rgb[c] = fminf(1, (rgb[c] + 1) * light - 1);
}

void
randomize_texture(float *out, const float *texture, const struct unfold *u,
    const uint8_t *chart, struct rng *d, uint8_t *scratch)
{
	const size_t T = u->T;
	struct random_look w = draw_look(d, T);

	for (size_t i = 0; i < T * T; i++) {
		float x = (float)(i % T), y = (float)(i / T);
		struct unfold_point q;

		for (int c = 0; c < 3; c++)
			out[3 * i + (size_t)c] = texture[3 * i + (size_t)c];
		if (!unfold_point(&q, u, UNFOLD_SS * (i % T),
		    UNFOLD_SS * (i / T)))
			continue;
		float much = share(&w, q.at);

		texmap_at(out + 3 * i, texture, T, T, 3,
		    x + much * w.pull * at(&w, 0, 12, q.at),
		    y + much * w.pull * at(&w, 1, 12, q.at));
		paint(out + 3 * i, &w, q.at, much);
	}
	texmap_gutter(out, chart, T, 3, TEXMAP_GUTTER, scratch);
}
