#include "dress/outfit.h"

#include <math.h>
#include <string.h>

#include "dress/paint.h"
#include "math/rng.h"
#include "texture/texmap.h"

#define RGB(hex) { (hex >> 16 & 255) / 255.0f, (hex >> 8 & 255) / 255.0f, \
	(hex & 255) / 255.0f }

static const float skins[][3] = {
	RGB(0xf1d3bd), RGB(0xe8c0a2), RGB(0xdcae8b), RGB(0xcb9871),
	RGB(0xb17f58), RGB(0x8f6143), RGB(0x6e4630), RGB(0x523423)
};
static const float hairs[][3] = {
	RGB(0x17120f), RGB(0x241a14), RGB(0x3a271b), RGB(0x54371f),
	RGB(0x7a5230), RGB(0xa47a48), RGB(0xc9a468), RGB(0x8a3f1f),
	RGB(0x9a9a98)
};
static const float irises[][3] = {
	RGB(0x3b2416), RGB(0x4a2f1b), RGB(0x5e4a2a), RGB(0x4d6b4e),
	RGB(0x4a6f96), RGB(0x6b7f8c)
};
/* What clothes are dyed with; the first 8 go with everything. */
static const float dyes[][3] = {
	RGB(0xf2f0eb), RGB(0x202226), RGB(0x3c4048), RGB(0x8b8e93),
	RGB(0x22304f), RGB(0xd9cbb2), RGB(0x6b5540), RGB(0xc4c6c8),
	RGB(0xb3262e), RGB(0x6d1f33), RGB(0x1f5a3f), RGB(0x5f6b3a),
	RGB(0x17707a), RGB(0x7fb2d9), RGB(0x2f5fae), RGB(0xd9a52e),
	RGB(0xd9702e), RGB(0xe39bb0), RGB(0x8d6bb1), RGB(0x93bfa4),
	RGB(0xe7d36a), RGB(0xc65b86)
};
#define N_DYE (int)(sizeof dyes / sizeof *dyes)
#define N_NEUTRAL 8

static const float denims[][3] = {
	RGB(0x2b3c5c), RGB(0x3c5579), RGB(0x5b7797), RGB(0x24272e),
	RGB(0x86a0b8)
};
static const float leathers[][3] = {
	RGB(0x1d1a19), RGB(0x4a2f20), RGB(0x6d472b), RGB(0x8a6a45)
};

#define PICK(d, table) (table)[pick(d, (int)(sizeof (table) / \
	sizeof *(table)))]

static int
pick(struct rng *d, int n)
{
	return (int)rng_below(d, (size_t)n);
}

/* An index by weights, which end with a negative one. */
static int
weighted(struct rng *d, const double *weight)
{
	double sum = 0;
	int n = 0;

	while (weight[n] >= 0)
		sum += weight[n++];
	double at = rng_range(d, 0, sum);

	for (int i = 0; i < n - 1; i++)
		if ((at -= weight[i]) < 0)
			return i;
	return n - 1;
}

static float
contrast(const float a[3], const float b[3])
{
	return fabsf(a[0] - b[0]) + fabsf(a[1] - b[1]) + fabsf(a[2] - b[2]);
}

static void
tint(float out[3], struct rng *d, const float base[3], double spread)
{
	float light = (float)rng_range(d, 1 - spread, 1 + spread);

	for (int c = 0; c < 3; c++) {
		float x = base[c] * light + (float)rng_range(d, -0.02, 0.02);

		out[c] = x < 0.02f ? 0.02f : x > 0.97f ? 0.97f : x;
	}
}

/* A dye that can be told from `beside` (NULL: any). */
static void
dye(float out[3], struct rng *d, int from, int n, const float *beside,
    float least)
{
	for (int tries = 0; tries < 20; tries++) {
		tint(out, d, dyes[from + pick(d, n)], 0.12);
		if (!beside || contrast(out, beside) > least)
			return;
	}
}

static void
weave(struct fabric *m, struct rng *d, enum pattern pattern,
    const float *beside)
{
	static const double size[PAT_COUNT][2] = {
		[PAT_HOOPS] = { 0.025, 0.11 }, [PAT_PINSTRIPE] = { 0.02, 0.05 },
		[PAT_CHECK] = { 0.03, 0.08 }, [PAT_TARTAN] = { 0.07, 0.13 },
		[PAT_DOTS] = { 0.035, 0.08 }, [PAT_FLORAL] = { 0.05, 0.09 },
		[PAT_CAMO] = { 0.06, 0.12 }
	};
	bool neutral = rng_range(d, 0, 1) < 0.45;

	m->pattern = pattern;
	m->period = size[pattern][0] > 0 ? (float)rng_range(d, size[pattern][0],
	    size[pattern][1]) : 1;
	dye(m->colour[0], d, 0, neutral ? N_NEUTRAL : N_DYE, beside, 0.45f);
	dye(m->colour[1], d, 0, N_DYE, m->colour[0],
	    pattern == PAT_CAMO ? 0.25f : 0.6f);
	dye(m->colour[2], d, 0, N_DYE, m->colour[0], 0.5f);
}

void
outfit_cut_top(struct outfit *o, enum top top, uint64_t seed)
{
	struct rng d = rng_seed(seed, 1);
	static const double necks[TOP_COUNT][7] = {
		[TOP_TEE] = { 5, 2, 1, 1, 0, 0, -1 },
		[TOP_LONG] = { 4, 2, 1, 1, 0, 0, -1 },
		[TOP_SHIRT] = { 0, 0, 0, 0, 1, 0, -1 },
		[TOP_POLO] = { 0, 0, 0, 0, 1, 0, -1 },
		[TOP_SWEATER] = { 4, 2, 0, 0, 0, 2, -1 },
		[TOP_TANK] = { 1, 1, 3, 0, 0, 0, -1 },
		[TOP_DRESS] = { 2, 2, 3, 2, 0, 0, -1 },
	};

	o->top = top;
	o->neckline = (enum neckline)weighted(&d, necks[top]);
	o->tucked = false;
	o->hem = (float)rng_range(&d, -0.10, 0.0);
	o->sleeve = 0.475f;
	o->top_fabric.weave = WEAVE_SMOOTH;
	switch (top) {
	case TOP_TEE:
	case TOP_POLO:
		o->sleeve = (float)rng_range(&d, 0.10, 0.21);
		break;
	case TOP_TANK:
		o->sleeve = (float)rng_range(&d, -0.06, -0.03);
		break;
	case TOP_DRESS:
		o->sleeve = rng_range(&d, 0, 1) < 0.5 ? -0.03f :
		    (float)rng_range(&d, 0.06, 0.4);
		o->hem = (float)rng_range(&d, -0.62, -0.28);
		break;
	case TOP_SWEATER:
		o->top_fabric.weave = WEAVE_KNIT;
		break;
	case TOP_SHIRT:
		o->tucked = rng_range(&d, 0, 1) < 0.6;
		if (rng_range(&d, 0, 1) < 0.3)
			o->sleeve = (float)rng_range(&d, 0.2, 0.32);
		break;
	case TOP_LONG:
	case TOP_COUNT:
		break;
	}
}

void
outfit_cut_bottom(struct outfit *o, enum bottom bottom, uint64_t seed)
{
	struct rng d = rng_seed(seed, 2);

	o->bottom = bottom;
	o->waist = (float)rng_range(&d, 0.035, 0.085);
	o->bottom_fabric.weave = WEAVE_SMOOTH;
	switch (bottom) {
	case BOTTOM_JEANS:
		o->length = (float)rng_range(&d, 0.93, 1.0);
		o->bottom_fabric.weave = WEAVE_DENIM;
		o->bottom_fabric.pattern = PAT_PLAIN;
		tint(o->bottom_fabric.colour[0], &d, PICK(&d, denims), 0.15);
		break;
	case BOTTOM_TROUSERS:
		o->length = (float)rng_range(&d, 0.95, 1.0);
		break;
	case BOTTOM_SHORTS:
		o->length = (float)rng_range(&d, 0.28, 0.52);
		break;
	case BOTTOM_SKIRT:
		o->length = (float)rng_range(&d, 0.30, 0.75);
		o->waist += 0.03f;
		break;
	case BOTTOM_LEGGINGS:
	case BOTTOM_COUNT:
		o->length = 0.97f;
		break;
	}
}

void
outfit_weave(struct fabric *m, enum pattern pattern, uint64_t seed)
{
	struct rng d = rng_seed(seed, 3);

	weave(m, &d, pattern, NULL);
}

static void
random_person(struct outfit *o, struct rng *d)
{
	static const double cuts[] = { 4, 2, 2, 3, 0.6, -1 };
	static const double shades[] = { 3, 3, 3, 2, 2, 1, 0.6, 0.5, 0.5, -1 };
	int skin = pick(d, 8);
	int hair = weighted(d, shades);

	tint(o->skin, d, skins[skin], 0.04);
	/* Fair hair on dark skin is rare. */
	tint(o->hair_colour, d, hairs[skin > 4 && hair < 8 ? hair % 3 : hair],
	    0.12);
	tint(o->iris, d, skin > 4 ? irises[pick(d, 2)] :
	    PICK(d, irises), 0.1);
	o->hair = (enum hair)weighted(d, cuts);
	o->fringe = o->hair == HAIR_BALD ? 0 : (float)rng_range(d, -0.15, 0.9);
	bool woman = o->hair == HAIR_BOB || o->hair == HAIR_LONG;

	o->beard = !woman && rng_range(d, 0, 1) < 0.4 ?
	    (float)rng_range(d, 0.15, 0.95) : 0;
	o->brow = (float)(woman ? rng_range(d, 0.6, 0.9) :
	    rng_range(d, 0.9, 1.3));
	double red = woman ? rng_range(d, 0.35, 0.85) :
	    rng_range(d, 0.1, 0.3);
	const float mouth[3] = { 0.72f * o->skin[0] + 0.16f,
		0.42f * o->skin[1] + 0.06f, 0.42f * o->skin[2] + 0.09f };

	memcpy(o->lips, o->skin, sizeof o->lips);
	paint_over(o->lips, mouth, (float)(0.4 + 0.6 * red));
}

static void
random_clothes(struct outfit *o, struct rng *d)
{
	static const double tops[] = { 5, 3, 3, 1.5, 2, 1.5, 1.5, -1 };
	static const double bottoms[] = { 5, 4, 2, 2, 1, -1 };
	static const double patterns[PAT_COUNT + 1] = { 6, 3, 1.5, 1.2, 1.5,
		1.2, 1.5, 0.6, 1, 0.6, -1 };
	static const double plain[PAT_COUNT + 1] = { 8, 0, 0.7, 0.7, 0.5,
		0.3, 0, 0.3, 0, 0, -1 };
	static const double skirts[PAT_COUNT + 1] = { 4, 1, 0.5, 1, 2, 1.5, 2,
		0, 0, 0, -1 };
	bool woman = o->hair == HAIR_BOB || o->hair == HAIR_LONG;
	enum top top = (enum top)weighted(d, tops);
	enum bottom bottom = (enum bottom)weighted(d, bottoms);

	if (!woman && top == TOP_DRESS)
		top = TOP_TEE;
	if (!woman && (bottom == BOTTOM_SKIRT || bottom == BOTTOM_LEGGINGS))
		bottom = BOTTOM_TROUSERS;
	weave(&o->top_fabric, d, (enum pattern)weighted(d, patterns),
	    NULL);
	outfit_cut_top(o, top, rng_u64(d));
	if (o->top_fabric.pattern == PAT_PLAIN &&
	    (top == TOP_TEE || top == TOP_SWEATER || top == TOP_LONG) &&
	    rng_range(d, 0, 1) < 0.6)
		o->print = (enum print)(1 + pick(d, PRINT_COUNT - 1));
	dye(o->print_colour, d, 0, N_DYE, o->top_fabric.colour[0], 0.8f);
	memcpy(o->trim, o->top_fabric.colour[0], sizeof o->trim);
	if (top == TOP_SHIRT)
		tint(o->trim, d, o->top_fabric.colour[0], 0.15);
	else if (rng_range(d, 0, 1) < 0.35)
		dye(o->trim, d, 0, N_DYE, o->top_fabric.colour[0], 0.5f);

	weave(&o->bottom_fabric, d, (enum pattern)weighted(d,
	    bottom == BOTTOM_SKIRT ? skirts : plain),
	    o->top_fabric.colour[0]);
	if (bottom != BOTTOM_SKIRT && rng_range(d, 0, 1) < 0.7)
		dye(o->bottom_fabric.colour[0], d, 0, N_NEUTRAL,
		    o->top_fabric.colour[0], 0.45f);
	outfit_cut_bottom(o, bottom, rng_u64(d));
	o->belt = (bottom == BOTTOM_JEANS || bottom == BOTTOM_TROUSERS) &&
	    rng_range(d, 0, 1) < 0.6;
	tint(o->belt_colour, d, PICK(d, leathers), 0.1);

	if (top != TOP_DRESS && top != TOP_TANK && top != TOP_SWEATER &&
	    rng_range(d, 0, 1) < 0.25) {
		o->jacket = true;
		o->jacket_hem = (float)rng_range(d, -0.22, 0.02);
		weave(&o->jacket_fabric, d, PAT_PLAIN,
		    o->top_fabric.colour[0]);
		if (rng_range(d, 0, 1) < 0.35) {
			tint(o->jacket_fabric.colour[0], d, PICK(d, leathers),
			    0.1);
			o->jacket_fabric.weave = WEAVE_LEATHER;
		} else if (rng_range(d, 0, 1) < 0.3) {
			tint(o->jacket_fabric.colour[0], d, PICK(d, denims),
			    0.1);
			o->jacket_fabric.weave = WEAVE_DENIM;
		}
	}
}

static void
random_shoes(struct outfit *o, struct rng *d)
{
	static const double kinds[] = { 5, 3, 2, 0.4, -1 };

	o->shoes = (enum shoes)weighted(d, kinds);
	if (o->shoes == SHOES_TRAINERS) {
		dye(o->shoe_colour, d, 0, N_DYE, NULL, 0);
		dye(o->sole_colour, d, 0, 1, NULL, 0);
		if (contrast(o->shoe_colour, o->sole_colour) < 0.4f)
			dye(o->sole_colour, d, 2, 2, NULL, 0);
	} else {
		tint(o->shoe_colour, d, PICK(d, leathers), 0.15);
		tint(o->sole_colour, d, leathers[0], 0.2);
	}
	o->sock = o->shoes == SHOES_BARE || rng_range(d, 0, 1) < 0.3 ? 0 :
	    (float)rng_range(d, 0.03, 0.16);
	dye(o->sock_colour, d, 0, N_NEUTRAL, NULL, 0);
}

/* Thickness; drawn last, so that it does not change the texture of a seed. */
static void
random_ease(struct outfit *o, struct rng *d)
{
	static const double hair[HAIR_COUNT][2] = {
		[HAIR_SHORT] = { 0.008, 0.025 }, [HAIR_CROP] = { 0.002, 0.006 },
		[HAIR_BOB] = { 0.018, 0.04 }, [HAIR_LONG] = { 0.014, 0.03 }
	};
	double loose = rng_unit(d) * rng_unit(d);

	o->volume = (float)rng_range(d, hair[o->hair][0], hair[o->hair][1]);
	o->top_ease = (float)(0.002 + 0.022 * loose);
	if (o->top == TOP_SWEATER)
		o->top_ease += 0.006f;
	o->bottom_ease = o->bottom == BOTTOM_LEGGINGS ? 0.001f :
	    (float)(0.002 + 0.03 * rng_unit(d) * rng_unit(d));
	o->jacket_ease = (float)rng_range(d, 0.006, 0.02);
	o->flare = (float)rng_range(d, 0.03, 0.32);
}

void
outfit_random(struct outfit *o, uint64_t seed)
{
	struct rng d = rng_seed(seed, 0);

	*o = (struct outfit){ .seed = (uint32_t)rng_u64(&d), .shade = 0.7f };
	random_person(o, &d);
	random_clothes(o, &d);
	random_shoes(o, &d);
	random_ease(o, &d);
}

/* Painted light: from above, less where the body is close to itself. */
static float
shade(const struct outfit *o, const struct figure *f, const struct spot *s)
{
	float dark = 0;

	dark += 0.10f * (1 - s->n[1]) / 2;
	if (s->zone == ZONE_TRUNK || s->zone == ZONE_ARM) {
		float x = s->arm - 0.02f, y = s->p[1] - f->armpit_y;

		dark += 0.30f * paint_step(0.09f, 0.0f, sqrtf(x * x + y * y)) *
		    paint_step(0.3f, -0.4f, s->n[1]);
	}
	if (s->zone == ZONE_LEG || s->zone == ZONE_TRUNK)
		dark += 0.28f * paint_step(0.05f, 0.0f, fabsf(s->p[0])) *
		    paint_step(-0.05f, 0.10f, s->leg) *
		    paint_step(0.75f, 0.2f, s->leg);
	if (s->zone == ZONE_HEAD || s->zone == ZONE_TRUNK)
		dark += 0.30f * paint_step(-1.95f, -2.3f, s->head[1]) *
		    paint_step(-3.9f, -2.6f, s->head[1]) *
		    paint_step(-2.6f, -0.9f, s->head[2]);
	return 1 - o->shade * dark;
}

/* The colour of one spot; layers that others hide are not painted. */
static void
paint_spot(float rgb[3], const struct outfit *o, const struct figure *f,
    const struct spot *s)
{
	struct cover k;

	paint_cover(&k, o, f, s);
	if (k.from == LAYER_SKIN)
		paint_person(rgb, o, f, s);
	paint_clothes(rgb, o, f, s, &k);
	paint_hair(rgb, o, f, s);
	paint_scale(rgb, shade(o, f, s));
	for (int c = 0; c < 3; c++)
		rgb[c] = rgb[c] < 0 ? 0 : rgb[c] > 1 ? 1 : rgb[c];
}

enum status
outfit_draw(float *texture, uint8_t *seen, const struct unfold *u,
    const struct outfit *o)
{
	const struct spot *next = u->spot;
	struct figure f;

	TRY(figure_make(&f, u->body));
	for (size_t i = 0; i < u->T * u->T; i++) {
		size_t x0 = i % u->T * UNFOLD_SS, y0 = i / u->T * UNFOLD_SS;
		float sum[3] = { 0 };
		int n = 0;

		for (size_t k = 0; k < UNFOLD_SS * UNFOLD_SS; k++) {
			size_t x = x0 + k % UNFOLD_SS, y = y0 + k / UNFOLD_SS;
			struct unfold_point p;
			struct spot s;
			float rgb[3];

			if (u->lattice.face[y * u->lattice.w + x] ==
			    RASTER_NONE)
				continue;
			if (!next && unfold_point(&p, u, x, y))
				figure_spot(&s, &f, &p);
			paint_spot(rgb, o, &f, next ? next++ : &s);
			for (int c = 0; c < 3; c++)
				sum[c] += rgb[c];
			n++;
		}
		seen[i] = n > 0;
		for (int c = 0; c < 3; c++)
			texture[3 * i + c] = n ? 2 * sum[c] / (float)n - 1 : 0;
	}
	texmap_grow(texture, seen, u->T, 3, (int)u->T, 2, NULL);
	return OK;
}
