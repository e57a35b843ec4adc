#include "synth/dye.h"

#include <math.h>
#include <string.h>

#define STAY 0.25	/* of the kinds keep their colour */

static const double weight[3] = { 0.30, 0.59, 0.11 };	/* of luma */

/* m += s a */
static void
add(double m[3][3], const double a[3][3], double s)
{
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			m[i][j] += s * a[i][j];
}

void
dye_turn(double m[3][3], double t, double colourful, double gain)
{
	static const double one[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
	static const double grey[3][3] = { { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 } };
	static const double turn[3][3] = { { 0, -1, 1 }, { 1, 0, -1 }, { -1, 1, 0 } };

	/* Rodrigues' formula for the axis (1,1,1) / sqrt(3). */
	memset(m, 0, 9 * sizeof **m);
	add(m, one, gain * colourful * cos(t));
	add(m, turn, gain * colourful * sin(t) / sqrt(3));
	add(m, grey, gain * (1 - colourful * cos(t)) / 3);
}

static double
luma(const float c[3])
{
	return weight[0] * c[0] + weight[1] * c[1] + weight[2] * c[2];
}

static void
none(float m[3][4])
{
	for (int i = 0; i < 12; i++)
		m[i / 4][i % 4] = i / 4 == i % 4;
}

void
dye_none(struct dye *r)
{
	for (int k = 0; k < AVATAR_KINDS; k++)
		none(r->m[k]);
}

/* Lighter or darker: dark skin is redder by the way that melanin absorbs. */
static void
skin(float m[3][4], const float mean[3], struct rng *d)
{
	static const double power[3] = { 0.8, 1.05, 1.2 };
	double to = rng_range(d, 0.25, 0.8), warm = rng_range(d, -0.05, 0.05);
	double gain = to / fmax(luma(mean), 0.1);

	gain = gain < 0.55 ? 0.55 : gain > 1.5 ? 1.5 : gain;
	for (int i = 0; i < 3; i++)
		m[i][i] = (float)(pow(gain, power[i]) * (1 + warm * (1 - i)));
}

/* The colour `to` where it was the mean; what is lighter or darker stays so. */
static void
tint_by(float m[3][4], const float mean[3], const double to[3],
    double (*turn)[3], double contrast)
{
	for (int i = 0; i < 3; i++) {
		m[i][3] = (float)to[i];
		for (int j = 0; j < 3; j++) {
			m[i][j] = (float)(contrast * turn[i][j]);
			m[i][3] -= m[i][j] * mean[j];
		}
	}
}

static void
hair(float m[3][4], const float mean[3], struct rng *d)
{
	static const float colour[8][3] = { { .07f, .06f, .06f },
		{ .15f, .11f, .09f }, { .26f, .18f, .13f }, { .40f, .29f, .20f },
		{ .66f, .53f, .36f }, { .44f, .22f, .12f }, { .52f, .51f, .50f },
		{ .78f, .77f, .75f } };
	const float *c = colour[rng_below(d, 8)];
	double light = rng_range(d, 0.85, 1.2), to[3], tint[3][3];

	for (int i = 0; i < 3; i++)
		to[i] = light * c[i];
	/* Light and shade of one colour. */
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			tint[i][j] = weight[j] * (0.3 + 0.7 * to[i] /
			    fmax(luma(c) * light, 0.05));
	tint_by(m, mean, to, tint, fmin(1.3, fmax(0.35, luma(c) * light /
	    fmax(luma(mean), 0.12))));
}

/* Any colour, more often one that clothes have: dark, grey, pale. */
static void
any_colour(double to[3], struct rng *d, bool sober)
{
	double light = rng_range(d, 0.08, 0.9), full = rng_unit(d);
	double hue = rng_range(d, 0, 6);

	full *= sober || rng_unit(d) < 0.35 ? 0.2 : 1;
	for (int i = 0; i < 3; i++) {
		double h = fabs(fmod(hue + 2 * i, 6) - 3) - 1;

		h = h < 0 ? 0 : h > 1 ? 1 : h;
		to[i] = light * (1 + full * (h - 0.6));
		to[i] = to[i] < 0.04 ? 0.04 : to[i] > 0.95 ? 0.95 : to[i];
	}
}

static void
garment(float m[3][4], const float mean[3], bool sober, struct rng *d)
{
	double t = rng_range(d, -M_PI, M_PI), turn[3][3], to[3];
	double colourful = rng_range(d, 0.6, 1.5);
	bool dyed = rng_unit(d) < 0.6;

	if (!dyed) {
		dye_turn(turn, sober ? 0.2 * t : t, colourful,
		    rng_range(d, 0.75, 1.2));
		for (int i = 0; i < 9; i++)
			m[i / 3][i % 3] = (float)turn[i / 3][i % 3];
		return;
	}
	any_colour(to, d, sober);
	const float at[3] = { (float)to[0], (float)to[1], (float)to[2] };

	dye_turn(turn, t, colourful, 1);
	tint_by(m, mean, to, turn, fmin(1.3, fmax(0.5, sqrt(luma(at) /
	    fmax(luma(mean), 0.05)))));
}

static bool
alike(const float a[3], const float b[3])
{
	float d = 0;

	for (int i = 0; i < 3; i++)
		d = fmaxf(d, fabsf(a[i] - b[i]));
	return d < 0.05f;
}

void
dye_draw(struct dye *r, const float mean[AVATAR_KINDS][3],
    bool wild, struct rng *d)
{
	dye_none(r);
	for (int k = AVATAR_SKIN; k < AVATAR_OTHER; k++) {
		struct rng here = rng_seed(rng_u64(d), (uint64_t)k);

		if (mean[k][0] < 0 || rng_unit(&here) < STAY)
			continue;
		if (wild)
			garment(r->m[k], mean[k], false, &here);
		else if (k == AVATAR_SKIN)
			skin(r->m[k], mean[k], &here);
		else if (k == AVATAR_HAIR)
			hair(r->m[k], mean[k], &here);
		else
			garment(r->m[k], mean[k], k == AVATAR_SHOES &&
			    rng_unit(&here) < 0.7, &here);
	}
	/* A dress, an overall: of one cloth. */
	if (alike(mean[AVATAR_TOP], mean[AVATAR_BOTTOM]))
		memcpy(r->m[AVATAR_BOTTOM], r->m[AVATAR_TOP],
		    sizeof r->m[AVATAR_TOP]);
}

void
dye_at(float rgb[3], const struct dye *r, int kind)
{
	const float (*m)[4] = r->m[kind];
	const float from[3] = { rgb[0], rgb[1], rgb[2] };

	for (int i = 0; i < 3; i++) {
		float x = m[i][0] * from[0] + m[i][1] * from[1] + m[i][2] *
		    from[2] + m[i][3];

		rgb[i] = x < 0 ? 0 : x > 1 ? 1 : x;
	}
}
