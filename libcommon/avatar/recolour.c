#include "avatar/recolour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dress/outfit.h"
#include "math/lerp.h"
#include "math/vec3f.h"

#define RGB(x) { ((x) >> 16 & 255) / 255.0f, ((x) >> 8 & 255) / 255.0f, \
	((x) & 255) / 255.0f }

static const float hairs[][3] = {
	RGB(0x14110f), RGB(0x231a15), RGB(0x38271c), RGB(0x543a26),
	RGB(0x744f2f), RGB(0x9a6f42), RGB(0xc09a62), RGB(0xd8bd8a),
	RGB(0x7a3d22), RGB(0x8f8a85), RGB(0xc9c5c0), RGB(0x4a2a2a)
};

enum how { AS_IS, CHANNELS, DYE, SWATCH, PRINT, TONE };

/* What is done to one kind. */
struct change {
	enum how how;
	int order[3];			/* CHANNELS: exchanged */
	float gain;			/* and lighter or darker */
	struct fabric fabric;		/* DYE: its ground; PRINT: all of it */
	const struct tensor *swatch;
	float across;			/* metres that the swatch is wide */
	float tone[3];			/* TONE: exponents */
	float depth;			/* of the shading that is kept, 0..1 */
	uint32_t seed;
};

static float
light_of(const uint8_t *c)
{
	return 0.3f * c[0] + 0.59f * c[1] + 0.11f * c[2];
}

static enum avatar_kind
kind_at(const struct avatar_part *p, size_t i)
{
	return p->kind != AVATAR_NONE ? p->kind :
	    ((const uint8_t *)p->kinds.data)[i];
}

/* Median lightness of a kind on a map; 0 where there is none of it. */
static float
middle_light(const struct avatar_part *p, enum avatar_kind kind)
{
	size_t count[256] = { 0 }, n = 0, sum = 0;
	const uint8_t *c = p->map.data;

	for (size_t i = 0; i < p->map.dim[0] * p->map.dim[1]; i++)
		if (c[4 * i + 3] >= 128 && kind_at(p, i) == kind) {
			count[(int)light_of(c + 4 * i)]++;
			n++;
		}
	for (int k = 0; k < 256 && n > 0; k++)
		if ((sum += count[k]) * 2 >= n)
			return (float)k;
	return 0;
}

/* Metres that the whole width of a part's map stands for, in the mean. */
static float
metres_across(const struct avatar *v, const struct avatar_part *p)
{
	double skin = 0, flat = 0;

	for (size_t f = p->first; f < p->first + p->n; f++) {
		const uint32_t *k = v->face[f];
		const float (*t)[2] = v->uv[f];
		float n[3];

		vec3f_normal(n, v->vert[k[0]], v->vert[k[1]], v->vert[k[2]]);
		skin += vec3f_length(n);
		flat += fabsf((t[1][0] - t[0][0]) * (t[2][1] - t[0][1]) -
		    (t[2][0] - t[0][0]) * (t[1][1] - t[0][1]));
	}
	return flat > 1e-9 ? (float)sqrt(skin / flat) : 1;
}

/* There and back again: no seam where the picture ends. */
static float
mirrored(float x)
{
	float y = fmodf(fabsf(x), 2);

	return y > 1 ? 2 - y : y;
}

static void
swatch_at(float rgb[3], const struct tensor *t, float u, float v)
{
	size_t h = t->dim[0], w = t->dim[1];
	float x = mirrored(u) * (float)(w - 1), y = mirrored(v) * (float)(h - 1);
	size_t x0 = (size_t)x, y0 = (size_t)y;
	size_t x1 = x0 + (x0 + 1 < w), y1 = y0 + (y0 + 1 < h);
	const uint8_t *c = t->data;

	for (size_t d = 0; d < 3; d++)
		rgb[d] = lerp(lerp(c[(y0 * w + x0) * 3 + d],
		    c[(y0 * w + x1) * 3 + d], x - (float)x0),
		    lerp(c[(y1 * w + x0) * 3 + d], c[(y1 * w + x1) * 3 + d],
		    x - (float)x0), y - (float)y0) / 255;
}

static void
change_texel(uint8_t *c, const struct change *k, float middle, float x,
    float y)
{
	float rgb[3], was[3] = { c[0], c[1], c[2] };

	switch (k->how) {
	case AS_IS:
		return;
	case CHANNELS:
		for (int d = 0; d < 3; d++)
			c[d] = (uint8_t)fminf(k->gain * was[k->order[d]] + 0.5f,
			    255);
		return;
	case TONE:
		for (int d = 0; d < 3; d++)
			c[d] = (uint8_t)(255 * powf(was[d] / 255, k->tone[d]) +
			    0.5f);
		return;
	case DYE:
		memcpy(rgb, k->fabric.colour[0], sizeof rgb);
		break;
	case SWATCH:
		swatch_at(rgb, k->swatch, x / k->across, y / k->across);
		break;
	case PRINT:
		outfit_print(rgb, &k->fabric, x, y, k->seed);
		break;
	}
	/* What is black has no shading that could be told from noise. */
	float shade = (light_of(c) + 12) / (middle + 12);

	shade = 1 + k->depth * (fminf(fmaxf(shade, 0.3f), 1.7f) - 1);
	for (int d = 0; d < 3; d++)
		c[d] = (uint8_t)fminf(fmaxf(255 * rgb[d] * shade + 0.5f, 0),
		    255);
}

static void
choose_cloth(struct change *k, const struct tensor *fabric, size_t n_fabric,
    struct rng *d)
{
	static const int orders[5][3] = { { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	double how = rng_unit(d);

	k->seed = (uint32_t)rng_u64(d);
	k->depth = (float)rng_range(d, 0.55, 0.95);
	k->gain = (float)rng_range(d, 0.7, 1.2);
	memcpy(k->order, orders[rng_below(d, 5)], sizeof k->order);
	outfit_weave(&k->fabric, PAT_PLAIN, k->seed);
	k->across = (float)rng_range(d, 0.10, 0.32);
	k->how = how < 0.2 ? AS_IS : how < 0.35 ? CHANNELS :
	    how < 0.6 ? DYE : how < 0.85 ? SWATCH : PRINT;
	if (n_fabric > 0)
		k->swatch = &fabric[rng_below(d, n_fabric)];
	else if (k->how == SWATCH)
		k->how = DYE;
	if (k->how == PRINT)
		outfit_weave(&k->fabric, (enum pattern)(PAT_HOOPS +
		    rng_below(d, PAT_BLOCK - PAT_HOOPS)), k->seed);
}

static void
choose_hair(struct change *k, struct rng *d)
{
	const float *base = hairs[rng_below(d, sizeof hairs / sizeof *hairs)];
	float gain = (float)rng_range(d, 0.8, 1.25);

	k->how = rng_unit(d) < 0.35 ? AS_IS : DYE;
	k->depth = 1;
	for (int c = 0; c < 3; c++)
		k->fabric.colour[0][c] = fminf(base[c] * gain, 1);
}

/* Lighter or darker, and a little redder or yellower as it gets darker. */
static void
choose_tone(struct change *k, struct rng *d)
{
	float tan = (float)rng_range(d, -0.22, 0.32);

	k->how = rng_unit(d) < 0.15 ? AS_IS : TONE;
	k->tone[0] = 1 + 0.75f * tan;
	k->tone[1] = 1 + tan + (float)rng_range(d, -0.05, 0.05);
	k->tone[2] = 1 + 1.1f * tan + (float)rng_range(d, -0.08, 0.08);
}

static void
choose_shoes(struct change *k, struct rng *d)
{
	double how = rng_unit(d);

	k->how = how < 0.45 ? AS_IS : how < 0.75 ? CHANNELS : DYE;
}

void
recolour_avatar(struct avatar *v, const struct tensor *fabric,
    size_t n_fabric, struct rng *d)
{
	struct change change[AVATAR_KINDS] = { 0 };

	choose_tone(&change[AVATAR_SKIN], d);
	choose_hair(&change[AVATAR_HAIR], d);
	for (int k = AVATAR_TOP; k <= AVATAR_SHOES; k++)
		choose_cloth(&change[k], fabric, n_fabric, d);
	choose_shoes(&change[AVATAR_SHOES], d);
	for (size_t n = 0; n < v->n_part; n++) {
		struct avatar_part *p = &v->part[n];
		size_t h = p->map.dim[0], w = p->map.dim[1];
		float middle[AVATAR_KINDS] = { 0 };
		float wide = metres_across(v, p);

		for (int k = AVATAR_SKIN; k < AVATAR_OTHER; k++)
			middle[k] = middle_light(p, (enum avatar_kind)k);
		for (size_t i = 0; i < h * w; i++) {
			enum avatar_kind k = kind_at(p, i);

			change_texel((uint8_t *)p->map.data + 4 * i,
			    &change[k], middle[k],
			    wide * ((float)(i % w) + 0.5f) / (float)w,
			    wide * ((float)(i / w) + 0.5f) / (float)w);
		}
	}
}
