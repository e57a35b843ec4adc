/*
 * Clothes. A garment is a signed distance to its edge (metres, > 0 inside),
 * a fabric, and coordinates on the cloth: u goes once round trunk, arm or
 * leg in [0,1), v runs along it in metres. Figures repeat a whole number of
 * times round, so they close without a seam.
 */
#include "dress/paint.h"

#include <math.h>
#include <string.h>

#include "dress/noise.h"

struct cloth {
	float u, v;
	float girth;		/* metres that u = 0..1 stands for */
};

static struct cloth
cloth_at(const struct spot *s, bool skirt)
{
	bool arm = s->zone == ZONE_ARM || s->zone == ZONE_HAND;
	bool leg = !skirt && (s->zone == ZONE_LEG || s->zone == ZONE_FOOT);
	float turn = arm || leg ? s->limb_turn : s->turn;

	return (struct cloth){ turn / (2 * (float)M_PI) + 0.5f,
	    arm ? s->arm : s->p[1], arm ? 0.28f : leg ? 0.44f : 0.92f };
}

static float
fract(float x)
{
	return x - floorf(x);
}

/* Position in the repeat round the body, and which one it is. */
static float
repeat(const struct cloth *k, float period, float *index)
{
	float n = paint_max(roundf(k->girth / period), 1);
	float x = k->u * n;

	*index = fmodf(floorf(x), n);
	return fract(x);
}

/* Blossoms on a jittered grid in space: nearest one's distance. */
static float
blossom(uint32_t seed, const float p[3], float period, float *kind)
{
	float best = 9;
	int32_t cell[3];

	for (int c = 0; c < 3; c++)
		cell[c] = (int32_t)floorf(p[c] / period);
	for (int n = 0; n < 27; n++) {
		int32_t at[3] = { cell[0] + n % 3 - 1, cell[1] + n / 3 % 3 - 1,
			cell[2] + n / 9 - 1 };
		float d2 = 0;

		for (int c = 0; c < 3; c++) {
			float j = noise_cell(seed + (uint32_t)c, at[0], at[1],
			    at[2]);
			float d = p[c] / period - ((float)at[c] + j);

			d2 += d * d;
		}
		if (d2 < best) {
			best = d2;
			*kind = noise_cell(seed + 9, at[0], at[1], at[2]);
		}
	}
	return sqrtf(best);
}

static void
paint_pattern(float rgb[3], const struct fabric *m, const struct spot *s,
    const struct cloth *k, uint32_t seed)
{
	const float *b = m->colour[1], *c = m->colour[2];
	float index, w = m->period, kind = 0;
	float x = repeat(k, w, &index), y = fract(k->v / w);

	switch (m->pattern) {
	case PAT_HOOPS:
		paint_over(rgb, b, y < 0.5f);
		break;
	case PAT_PINSTRIPE:
		paint_over(rgb, b, x < 0.14f ? 0.85f : 0);
		break;
	case PAT_CHECK:
		paint_over(rgb, b, 0.5f * ((float)(x < 0.5f) +
		    (float)(y < 0.5f)));
		break;
	case PAT_TARTAN:
		paint_over(rgb, b, 0.45f * ((float)(x < 0.42f) +
		    (float)(y < 0.42f)));
		paint_over(rgb, c, fabsf(x - 0.71f) < 0.035f ||
		    fabsf(y - 0.71f) < 0.035f ? 0.7f : 0);
		break;
	case PAT_DOTS: {
		float row = floorf(k->v / w);
		struct cloth half = *k;

		half.u = fract(k->u + (fmodf(fabsf(row), 2) > 0.5f ?
		    0.5f / paint_max(roundf(k->girth / w), 1) : 0));
		x = repeat(&half, w, &index);
		paint_over(rgb, b, paint_length(x - 0.5f, y - 0.5f) < 0.24f);
		break;
	}
	case PAT_FLORAL: {
		float d = blossom(seed, s->p, w, &kind);

		paint_over(rgb, kind < 0.5f ? b : c, d < 0.40f);
		paint_over(rgb, kind < 0.5f ? c : b, d < 0.15f);
		break;
	}
	case PAT_CAMO: {
		float p = noise3_rough(seed, s->p[0] / w, s->p[1] / w,
		    s->p[2] / w);
		float q = noise3_rough(seed + 5, s->p[0] / w, s->p[1] / w,
		    s->p[2] / w);

		paint_over(rgb, b, p > 0.1f);
		paint_over(rgb, c, q > 0.25f);
		break;
	}
	case PAT_BLOCK:
		paint_over(rgb, b, s->zone == ZONE_TRUNK ? s->p[1] > 0.30f :
		    s->zone == ZONE_ARM);
		paint_over(rgb, c, s->zone == ZONE_TRUNK &&
		    fabsf(s->p[1] - 0.285f) < 0.015f);
		break;
	case PAT_FADE:
		paint_over(rgb, b, paint_step(0.40f, 0.0f, s->p[1]) *
		    (s->zone == ZONE_TRUNK || s->zone == ZONE_LEG));
		break;
	case PAT_PLAIN:
	case PAT_COUNT:
		break;
	}
}

void
outfit_print(float rgb[3], const struct fabric *m, float x, float y,
    uint32_t seed)
{
	struct spot s = { .p = { x, y, 0 }, .zone = ZONE_HAND };
	struct cloth k = { fract(x / 0.92f), y, 0.92f };

	memcpy(rgb, m->colour[0], sizeof m->colour[0]);
	paint_pattern(rgb, m, &s, &k, seed);
}

/* Threads, and folds that hang from the body. */
static float
grain(const struct fabric *m, const struct spot *s, const struct cloth *k,
    const struct outfit *o)
{
	const float *p = s->p;
	float g = 1 + 0.05f * o->shade * noise3_rough(o->seed + 11, 11 * p[0],
	    5 * p[1], 11 * p[2]);
	float fine = noise3(o->seed + 12, 160 * p[0], 160 * p[1], 160 * p[2]);

	switch (m->weave) {
	case WEAVE_KNIT:
		g *= 1 + 0.045f * sinf(k->u * 6.2832f * roundf(k->girth /
		    0.012f)) + 0.03f * fine;
		break;
	case WEAVE_DENIM:
		g *= 1 + 0.09f * fine + 0.06f * noise3(o->seed + 13,
		    40 * p[0], 12 * p[1], 40 * p[2]);
		break;
	case WEAVE_LEATHER:
		g *= 1 + 0.12f * noise3_rough(o->seed + 14, 30 * p[0],
		    30 * p[1], 30 * p[2]);
		break;
	case WEAVE_SMOOTH:
		g *= 1 + 0.02f * fine;
		break;
	}
	return g;
}

static void
paint_fabric(float rgb[3], const struct fabric *m, const struct outfit *o,
    const struct spot *s, bool skirt, uint32_t seed)
{
	struct cloth k = cloth_at(s, skirt);

	for (int c = 0; c < 3; c++)
		rgb[c] = m->colour[0][c];
	paint_pattern(rgb, m, s, &k, o->seed + seed);
	paint_scale(rgb, grain(m, s, &k, o));
}

/* A seam at distance d from zero: a dark line with light beside it. */
static void
paint_seam(float rgb[3], float d)
{
	paint_scale(rgb, 1 - 0.30f * (1 - paint_step(0.002f, 0.005f,
	    fabsf(d))) + 0.06f * (1 - paint_step(0.0f, 0.006f,
	    fabsf(d - 0.008f))));
}

/* ---- tops ---------------------------------------------------------- */

/*
 * Bare is what lies above a height that depends on the angle round the neck,
 * and near the neck's axis; > 0 is covered.
 */
static float
neck_edge(const struct outfit *o, const struct figure *f, const struct spot *s)
{
	static const float opening[] = {
		[NECK_CREW] = 0.085f, [NECK_V] = 0.085f, [NECK_SCOOP] = 0.105f,
		[NECK_BOAT] = 0.135f, [NECK_COLLAR] = 0.08f, [NECK_HIGH] = 0.2f
	};
	const float *neck = f->joint[J_NECK];
	float front = 0.5f + 0.5f * cosf(s->neck_turn), x = fabsf(s->p[0]);
	float away = paint_length(s->p[0] - neck[0], 0.8f * (s->p[2] - neck[2])) -
	    opening[o->neckline];
	float crew = neck[1] + 0.012f - 0.085f * front * front, y = crew;
	bool ahead = s->p[2] > neck[2];

	switch (o->neckline) {
	case NECK_V:
		y = ahead ? paint_min(crew, neck[1] - 0.205f + 2.1f * x) : crew;
		break;
	case NECK_SCOOP:
		y = crew - 0.055f * front * front - 0.015f;
		break;
	case NECK_BOAT:
		y = crew + 0.01f;
		break;
	case NECK_HIGH:
		y = neck[1] + 0.075f - 0.045f * front;
		break;
	case NECK_COLLAR:
		y = ahead ? paint_min(crew + 0.035f, neck[1] - 0.15f + 2.6f * x) :
		    crew + 0.035f;
		break;
	case NECK_CREW:
		break;
	}
	/* A soft maximum, for a neckline without corners. */
	float up = y - s->p[1], k = 0.02f;

	if (s->p[1] > neck[1] + 0.03f)
		return up;
	return 0.5f * (up + away + sqrtf((up - away) * (up - away) + k * k));
}

static float
sleeve_edge(const struct figure *f, const struct spot *s, float sleeve)
{
	if (s->zone == ZONE_HAND)
		return -1;
	if (s->zone == ZONE_ARM || (sleeve < 0.03f && s->p[1] > f->armpit_y))
		return sleeve - s->arm;
	return 1;
}

static float
top_edge(const struct outfit *o, const struct figure *f, const struct spot *s,
    float *neck)
{
	bool limb = s->zone == ZONE_ARM || s->zone == ZONE_HAND;
	float hem = limb ? 1 : s->p[1] - o->hem;

	*neck = limb ? 1 : neck_edge(o, f, s);
	if (s->zone == ZONE_FOOT)
		return -1;
	return paint_min(paint_min(hem, *neck), sleeve_edge(f, s, o->sleeve));
}

/* 1 inside the printed figure; x, y from its middle, size about 1. */
static float
print_figure(enum print print, uint32_t seed, float x, float y)
{
	if (fabsf(x) > 1.1f || fabsf(y) > 1.1f)
		return 0;
	float r = paint_length(x, y), turn = atan2f(x, y), k;

	switch (print) {
	case PRINT_DISC:
		return r < 0.9f && !(r < 0.78f && r > 0.70f) &&
		    !(fabsf(y - 0.15f * sinf(5 * x)) < 0.08f);
	case PRINT_STAR:
		k = fabsf(fract(turn * 5 / 6.2832f + 0.5f) - 0.5f) * 2;
		return r < lerp(1.0f, 0.42f, k);
	case PRINT_HEART:
		x = fabsf(x);
		y = y + 0.1f - 0.65f * sqrtf(x);
		return x * x + y * y < 0.62f;
	case PRINT_BARS:
		k = floorf((y + 1) * 3.5f);
		return fabsf(x) < 0.45f + 0.5f * noise_cell(seed, (int)k, 0, 0)
		    && fract((y + 1) * 3.5f) < 0.6f && fabsf(y) < 0.85f;
	case PRINT_NUMBER: {
		/* Two digits of seven segments. */
		static const uint8_t lit[10] = { 0x77, 0x24, 0x5d, 0x6d, 0x2e,
			0x6b, 0x7b, 0x25, 0x7f, 0x6f };
		int digit = (int)(10 * noise_cell(seed, x > 0, 7, 0));
		float h = fabsf(fabsf(x) - 0.5f), v = y;
		uint8_t on = lit[digit < 10 ? digit : 9];
		bool right = (x > 0 ? x - 0.5f : x + 0.5f) > 0;
		bool up = v > 0;

		if (h > 0.40f || fabsf(v) > 0.85f)
			return 0;
		if (v > 0.63f)
			return on & 1;
		if (v < -0.63f)
			return on >> 6 & 1;
		if (fabsf(v) < 0.11f)
			return on >> 3 & 1;
		if (h < 0.19f)
			return 0;
		return up ? (right ? on >> 2 & 1 : on >> 1 & 1) :
		    (right ? on >> 5 & 1 : on >> 4 & 1);
	}
	case PRINT_NONE:
	case PRINT_COUNT:
		break;
	}
	return 0;
}

static void
paint_buttons(float rgb[3], const struct outfit *o, const struct spot *s,
    float from)
{
	float x = s->p[0], dy = fract((from - s->p[1]) / 0.085f) - 0.5f;

	if (s->zone != ZONE_TRUNK || s->p[2] < 0)
		return;
	if (s->p[1] > from)
		return;
	paint_seam(rgb, fabsf(x) - 0.016f);
	paint_over(rgb, o->trim, paint_length(x, 0.085f * dy) < 0.0065f ? 0.9f : 0);
	paint_scale(rgb, fabsf(paint_length(x, 0.085f * dy) - 0.0075f) < 0.0015f ?
	    0.7f : 1);
}

static void
paint_top(float rgb[3], const struct outfit *o, const struct figure *f,
    const struct spot *s, const struct cover *k)
{
	float neck = k->neck, d = k->top;
	bool front = s->p[2] > 0 && s->zone == ZONE_TRUNK;
	float c[3];

	if (d < 0) {
		/* The edge of cloth shades the skin beside it. */
		paint_scale(rgb, 1 - 0.22f * o->shade * paint_step(-0.018f, 0,
		    d));
		return;
	}
	paint_fabric(c, &o->top_fabric, o, s, o->top == TOP_DRESS, 100);
	if (o->print != PRINT_NONE && front) {
		float size = o->print == PRINT_NUMBER ? 0.085f : 0.075f;

		paint_over(c, o->print_colour, 0.93f *
		    print_figure(o->print, o->seed, s->p[0] / size,
		    (s->p[1] - 0.285f) / size));
	}
	float band = o->top == TOP_SWEATER ? 0.030f :
	    o->top == TOP_SHIRT || o->top == TOP_POLO ? 0.040f : 0.016f;

	if (neck < band) {
		for (int i = 0; i < 3; i++)
			c[i] = o->trim[i];
		paint_scale(c, 0.97f);
	}
	paint_seam(c, neck - band);
	float cuff = sleeve_edge(f, s, o->sleeve);
	float cuff_band = o->top == TOP_SHIRT || o->top == TOP_SWEATER ?
	    0.045f : 0.018f;

	if (s->zone == ZONE_ARM && cuff < cuff_band) {
		if (o->top == TOP_POLO || o->top == TOP_SWEATER)
			paint_over(c, o->trim, 1);
		paint_scale(c, 0.96f);
	}
	if (s->zone == ZONE_ARM) {
		paint_seam(c, cuff - cuff_band);
		paint_seam(c, s->arm - 0.01f);
	}
	if (s->zone != ZONE_ARM && !o->tucked)
		paint_seam(c, s->p[1] - o->hem - 0.018f);
	if (o->top == TOP_SHIRT)
		paint_buttons(c, o, s, f->joint[J_NECK][1] - 0.14f);
	if (o->top == TOP_POLO && s->p[1] > 0.30f)
		paint_buttons(c, o, s, f->joint[J_NECK][1] - 0.12f);
	for (int i = 0; i < 3; i++)
		rgb[i] = c[i];
}

static bool
jacket_front(const struct figure *f, const struct spot *s)
{
	return s->p[2] > f->joint[J_NECK][2] && fabsf(s->turn) < 1.4f;
}

/* From the edge of a jacket that is open in front. */
static float
jacket_gap(const struct figure *f, const struct spot *s)
{
	float open = 0.045f + 0.05f * paint_step(0.25f, 0.0f, s->p[1]) +
	    0.012f * paint_step(0.25f, 0.45f, s->p[1]);

	return s->zone == ZONE_ARM || s->zone == ZONE_HAND ||
	    !jacket_front(f, s) ? 1 : fabsf(s->p[0]) - open;
}

/* -1 far from the jacket, where it casts no shadow either. */
static float
jacket_edge(const struct outfit *o, const struct figure *f,
    const struct spot *s)
{
	bool limb = s->zone == ZONE_ARM || s->zone == ZONE_HAND;
	float neck = limb ? 1 : f->joint[J_NECK][1] + 0.035f - s->p[1];
	float hem = limb ? 1 : s->p[1] - o->jacket_hem;

	if (!o->jacket || s->zone == ZONE_FOOT || (s->zone == ZONE_HEAD &&
	    jacket_front(f, s)))
		return -1;
	return paint_min(paint_min(jacket_gap(f, s), neck), paint_min(hem,
	    sleeve_edge(f, s, f->arm_length - 0.005f)));
}

static void
paint_jacket(float rgb[3], const struct outfit *o, const struct figure *f,
    const struct spot *s, const struct cover *k)
{
	bool limb = s->zone == ZONE_ARM || s->zone == ZONE_HAND;
	bool front = jacket_front(f, s);
	float gap = jacket_gap(f, s), d = k->jacket;
	float c[3];

	if (d < 0) {
		paint_scale(rgb, 1 - 0.35f * o->shade * paint_step(-0.025f, 0,
		    d));
		return;
	}
	paint_fabric(c, &o->jacket_fabric, o, s, true, 200);
	/* Lapels narrow towards the waist. */
	float lapel = 0.055f * paint_step(0.12f, 0.40f, s->p[1]);

	if (!limb && front && gap < lapel) {
		paint_scale(c, 1.07f);
		paint_seam(c, gap - lapel + 0.004f);
	}
	paint_scale(c, 1 - 0.25f * (1 - paint_step(0, 0.006f, d)));
	if (s->zone == ZONE_ARM)
		paint_seam(c, s->arm - 0.01f);
	/* Pocket flaps. */
	if (front && !limb && fabsf(s->p[0]) > 0.085f && fabsf(s->p[0]) < 0.15f)
		paint_seam(c, s->p[1] - 0.015f);
	for (int i = 0; i < 3; i++)
		rgb[i] = c[i];
}

/* ---- below the waist ------------------------------------------------ */

static float
bottom_edge(const struct outfit *o, const struct figure *f,
    const struct spot *s)
{
	float leg_length = f->hip_y - f->ankle_y;

	if (s->zone != ZONE_TRUNK && s->zone != ZONE_LEG)
		return o->length > 0.98f && s->zone == ZONE_FOOT ?
		    s->p[1] - f->ankle_y - 0.015f : -1;
	return paint_min(o->waist - s->p[1], (o->length - s->leg) * leg_length);
}

static void
paint_jeans_details(float c[3], const struct outfit *o, const struct spot *s)
{
	float x = fabsf(s->p[0]), y = s->p[1] - o->waist;	/* y < 0 */
	const float thread[3] = { 0.72f, 0.55f, 0.30f };
	bool denim = o->bottom == BOTTOM_JEANS;

	/* Wear: thighs and knees pale, sides dark. */
	if (denim)
		paint_scale(c, 0.92f + 0.25f * paint_step(0.2f, 1.0f, s->n[2]) *
		    paint_line(s->leg, 0.32f, 0.25f));
	paint_seam(c, y + 0.035f);			/* waistband */
	if (s->p[2] > 0 && s->zone == ZONE_TRUNK) {	/* fly, front pockets */
		if (y > -0.16f && y < -0.035f)
			paint_seam(c, s->p[0] - 0.018f *
			    paint_step(-0.17f, -0.13f, y));
	}
	float pocket = paint_length(x - 0.165f, 0.9f * (y + 0.02f)) - 0.078f;

	if (s->p[2] > 0 && y < -0.035f) {
		paint_seam(c, pocket);
		if (denim)
			paint_over(c, thread, 0.6f * (fabsf(pocket - 0.008f) <
			    0.0018f));
	}
	if (s->p[2] < 0 && s->zone != ZONE_FOOT) {	/* back pockets */
		float in = paint_max(fabsf(x - 0.085f) - 0.055f,
		    fabsf(y + 0.155f) - 0.06f);

		paint_seam(c, in);
		if (denim)
			paint_over(c, thread, 0.5f * (fabsf(in + 0.007f) <
			    0.0018f));
	}
	if (s->zone == ZONE_LEG)			/* side and inner seams */
		paint_seam(c, 0.07f * (fabsf(s->limb_turn) - 1.65f));
}

static void
paint_bottom(float rgb[3], const struct outfit *o, const struct figure *f,
    const struct spot *s, const struct cover *k)
{
	bool skirt = o->bottom == BOTTOM_SKIRT;
	float d = k->bottom;
	float c[3];

	if (o->top == TOP_DRESS)
		return;
	if (d < 0) {
		paint_scale(rgb, 1 - 0.22f * o->shade * paint_step(-0.02f, 0,
		    d));
		return;
	}
	paint_fabric(c, &o->bottom_fabric, o, s, skirt, 300);
	if (skirt) {
		/* Pleats. */
		paint_scale(c, 1 + 0.10f * o->shade * sinf(20 * s->turn +
		    2 * noise3(o->seed + 21, 3 * s->p[0], 0, 3 * s->p[2])) *
		    paint_step(0, 0.25f, s->leg));
	} else if (o->bottom != BOTTOM_LEGGINGS) {
		paint_jeans_details(c, o, s);
	}
	if (o->bottom == BOTTOM_TROUSERS && s->zone == ZONE_LEG)
		paint_scale(c, 1 + 0.10f * o->shade * (1 - paint_step(0.03f,
		    0.10f, fabsf(s->limb_turn))));	/* crease */
	paint_seam(c, (o->length - s->leg) * (f->hip_y - f->ankle_y) - 0.02f);
	if (o->belt && o->waist - s->p[1] < 0.036f) {
		float buckle = paint_max(fabsf(s->p[0]) - 0.022f,
		    fabsf(o->waist - s->p[1] - 0.018f) - 0.016f);

		for (int i = 0; i < 3; i++)
			c[i] = o->belt_colour[i];
		paint_scale(c, 1 - 0.2f * (o->waist - s->p[1] > 0.032f));
		if (s->p[2] > 0 && buckle < 0)
			paint_over(c, (const float[3]){ 0.78f, 0.74f, 0.62f },
			    buckle > -0.007f ? 1 : 0.25f);
	}
	for (int i = 0; i < 3; i++)
		rgb[i] = c[i];
}

static void
paint_shoes(float rgb[3], const struct outfit *o, const struct figure *f,
    const struct spot *s)
{
	float up = s->p[1] - f->floor_y, ankle = f->ankle_y - f->floor_y;
	float shaft = o->shoes == SHOES_BOOTS ? ankle + 0.12f : ankle + 0.005f;
	float toe = s->p[2] - f->joint[J_L_ANKLE][2];	/* 0 heel .. 0.2 */
	float c[3];

	if (s->zone != ZONE_LEG && s->zone != ZONE_FOOT)
		return;
	if (o->sock > 0 && up < ankle + o->sock) {
		for (int i = 0; i < 3; i++)
			rgb[i] = o->sock_colour[i];
		paint_scale(rgb, 1 + 0.05f * sinf(40 * s->limb_turn));
	}
	/* Shoes are cut lower in front of the ankle than behind it. */
	if (o->shoes == SHOES_BARE || up > shaft - 0.012f *
	    paint_step(0, 0.06f, toe))
		return;
	for (int i = 0; i < 3; i++)
		c[i] = o->shoe_colour[i];
	paint_scale(c, 1 + 0.05f * noise3_rough(o->seed + 31, 40 * s->p[0],
	    40 * s->p[1], 40 * s->p[2]));
	if (o->shoes == SHOES_TRAINERS) {
		float lace = fract(toe / 0.022f);

		/* A stripe along the side; laces over the instep. */
		paint_over(c, o->sole_colour, fabsf(up - 0.035f - 0.25f *
		    (toe - 0.03f)) < 0.008f && toe > 0.0f && toe < 0.11f &&
		    fabsf(s->n[0]) > 0.5f);
		if (s->n[1] > 0.35f && toe > 0.03f && toe < 0.12f)
			paint_over(c, o->sole_colour, lace < 0.45f ? 0.9f : 0);
	} else {
		paint_scale(c, 1 + 0.25f * paint_max(s->n[1], 0));
		paint_seam(c, toe - 0.13f);
	}
	float sole = o->shoes == SHOES_TRAINERS ? 0.022f : 0.014f;
	bool cap = o->shoes == SHOES_TRAINERS && toe > 0.145f;

	/* A rubber cap over the toes, of one piece with the sole. */
	if (up < sole || s->n[1] < -0.7f || cap)
		for (int i = 0; i < 3; i++)
			c[i] = o->sole_colour[i];
	paint_seam(c, up - sole);
	for (int i = 0; i < 3; i++)
		rgb[i] = c[i];
}

void
paint_cover(struct cover *k, const struct outfit *o, const struct figure *f,
    const struct spot *s)
{
	*k = (struct cover){ .bottom = o->top == TOP_DRESS ? -1 :
	    bottom_edge(o, f, s), .jacket = jacket_edge(o, f, s) };
	k->top = top_edge(o, f, s, &k->neck);
	if (k->jacket >= 0)
		k->from = LAYER_JACKET;
	else if ((o->tucked ? k->bottom : k->top) >= 0)
		k->from = LAYER_UPPER;
	else if ((o->tucked ? k->top : k->bottom) >= 0)
		k->from = LAYER_LOWER;
}

void
paint_clothes(float rgb[3], const struct outfit *o, const struct figure *f,
    const struct spot *s, const struct cover *k)
{
	if (k->from == LAYER_SKIN)
		paint_shoes(rgb, o, f, s);
	for (enum layer i = LAYER_LOWER; i <= LAYER_UPPER; i++) {
		if (k->from > i)
			continue;
		if ((i == LAYER_UPPER) != o->tucked)
			paint_top(rgb, o, f, s, k);
		else
			paint_bottom(rgb, o, f, s, k);
	}
	if (o->jacket)
		paint_jacket(rgb, o, f, s, k);
}
