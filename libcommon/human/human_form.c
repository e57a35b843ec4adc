/*
 * Lengths are those of a man of 1.78 m and of a woman scaled to that height,
 * both of slim to average build; of two numbers side by side the first is the
 * man's.
 */
#include "human/human_form.h"

#include <math.h>
#include <string.h>

#define LIMB(z) (1u << (z))
#define ALL_TRUNK (LIMB(FORM_TRUNK) | LIMB(FORM_LEG) | LIMB(FORM_ARM))

/*
 * What fmaxf and fminf say of numbers, but inline: the distance to a body is
 * asked for more often than anything else here.
 */
static inline float
larger(float a, float b)
{
	return a > b ? a : b;
}

static inline float
smaller(float a, float b)
{
	return a < b ? a : b;
}

float
form_between(const struct human *h, double man, double woman)
{
	return (float)(man + h->female * (woman - man));
}

/* ---- profiles -------------------------------------------------------- */

/* Trunk: y; half-width, front and back depth of a man; the same of a woman. */
static const float trunk_table[][7] = {
	{ -0.17f, 0.100f, 0.080f, 0.070f, 0.100f, 0.076f, 0.070f },
	{ -0.14f, 0.136f, 0.098f, 0.090f, 0.146f, 0.090f, 0.092f },
	{ -0.06f, 0.161f, 0.110f, 0.110f, 0.176f, 0.101f, 0.114f },
	{ 0.01f, 0.161f, 0.112f, 0.104f, 0.177f, 0.105f, 0.108f },
	{ 0.08f, 0.153f, 0.112f, 0.086f, 0.160f, 0.104f, 0.084f },
	{ 0.16f, 0.145f, 0.106f, 0.075f, 0.135f, 0.093f, 0.068f },
	{ 0.24f, 0.150f, 0.105f, 0.088f, 0.128f, 0.088f, 0.074f },
	{ 0.32f, 0.165f, 0.109f, 0.110f, 0.138f, 0.091f, 0.094f },
	{ 0.38f, 0.170f, 0.104f, 0.122f, 0.143f, 0.089f, 0.106f },
	{ 0.43f, 0.163f, 0.082f, 0.124f, 0.140f, 0.071f, 0.107f },
	{ 0.47f, 0.138f, 0.056f, 0.114f, 0.120f, 0.050f, 0.099f },
	{ 0.51f, 0.096f, 0.025f, 0.099f, 0.085f, 0.024f, 0.087f },
	{ 0.55f, 0.045f, 0.005f, 0.075f, 0.040f, 0.005f, 0.068f },
};

/* Leg: y; middle x, z; radii to the inside, outside, back and front. */
static const float leg_table[][7] = {
	{ 0.06f, 0.088f, -0.012f, 0.050f, 0.046f, 0.062f, 0.062f },
	{ -0.02f, 0.095f, -0.010f, 0.078f, 0.072f, 0.094f, 0.096f },
	{ -0.12f, 0.096f, -0.004f, 0.086f, 0.085f, 0.096f, 0.108f },
	{ -0.20f, 0.094f, 0.008f, 0.080f, 0.082f, 0.088f, 0.100f },
	{ -0.30f, 0.088f, 0.012f, 0.071f, 0.070f, 0.081f, 0.087f },
	{ -0.40f, 0.085f, 0.008f, 0.059f, 0.060f, 0.067f, 0.071f },
	{ -0.465f, 0.085f, 0.000f, 0.054f, 0.053f, 0.060f, 0.057f },
	{ -0.52f, 0.090f, -0.020f, 0.050f, 0.050f, 0.059f, 0.050f },
	{ -0.60f, 0.096f, -0.040f, 0.057f, 0.057f, 0.061f, 0.053f },
	{ -0.68f, 0.096f, -0.042f, 0.052f, 0.052f, 0.056f, 0.047f },
	{ -0.78f, 0.094f, -0.042f, 0.037f, 0.037f, 0.042f, 0.037f },
	{ -0.845f, 0.093f, -0.040f, 0.030f, 0.030f, 0.038f, 0.034f },
	{ -0.90f, 0.093f, -0.038f, 0.031f, 0.031f, 0.042f, 0.040f },
};

/* Arm: x; middle y, z; radii down, up, back and front. */
static const float arm_table[][7] = {
	{ 0.15f, 0.452f, -0.040f, 0.066f, 0.058f, 0.056f, 0.056f },
	{ 0.20f, 0.452f, -0.040f, 0.064f, 0.060f, 0.056f, 0.058f },
	{ 0.26f, 0.455f, -0.040f, 0.055f, 0.052f, 0.047f, 0.049f },
	{ 0.34f, 0.457f, -0.042f, 0.048f, 0.045f, 0.043f, 0.047f },
	{ 0.41f, 0.460f, -0.045f, 0.041f, 0.042f, 0.040f, 0.041f },
	{ 0.45f, 0.463f, -0.047f, 0.039f, 0.042f, 0.041f, 0.037f },
	{ 0.51f, 0.464f, -0.048f, 0.041f, 0.045f, 0.042f, 0.040f },
	{ 0.58f, 0.461f, -0.050f, 0.034f, 0.038f, 0.037f, 0.037f },
	{ 0.66f, 0.459f, -0.053f, 0.024f, 0.027f, 0.030f, 0.030f },
	{ 0.715f, 0.459f, -0.055f, 0.020f, 0.022f, 0.028f, 0.029f },
	{ 0.76f, 0.460f, -0.057f, 0.017f, 0.019f, 0.033f, 0.036f },
};

void
profile_at(float middle[2], float radius[4], const struct profile *p, float t)
{
	int i = 1;

	while (i + 1 < p->n && (p->at[i][0] - t) * (p->at[1][0] -
	    p->at[0][0]) < 0)
		i++;
	const float *a = p->at[i - 1], *b = p->at[i];
	float s = (t - a[0]) / (b[0] - a[0]);

	/* Hermite between stations, with Catmull-Rom tangents. */
	s = clamp01(s);
	const float *o = i > 1 ? p->at[i - 2] : a;
	const float *c = i + 1 < p->n ? p->at[i + 1] : b;
	float h = b[0] - a[0], s2 = s * s, s3 = s2 * s;

	for (int k = 0; k < 6; k++) {
		float m0 = h * (b[k + 1] - o[k + 1]) / (b[0] - o[0]);
		float m1 = h * (c[k + 1] - a[k + 1]) / (c[0] - a[0]);
		float v = (2 * s3 - 3 * s2 + 1) * a[k + 1] +
		    (s3 - 2 * s2 + s) * m0 + (3 * s2 - 2 * s3) * b[k + 1] +
		    (s3 - s2) * m1;

		if (k < 2)
			middle[k] = v;
		else
			radius[k - 2] = v;
	}
}

/* How far (u, v) from a profile's middle lies outside its section. */
static float
beyond(const struct profile *p, float t, float u, float v)
{
	float middle[2], r[4];

	profile_at(middle, r, p, t);
	u -= middle[0];
	v -= middle[1];
	float q = hypotf(u, v), a = larger(r[u > 0], 5e-3f);
	float b = larger(r[2 + (v > 0)], 5e-3f);
	float x2 = u * u / (a * a), y2 = v * v / (b * b);
	float e = lerp(sqrtf(x2 + y2), sqrtf(sqrtf(x2 * x2 + y2 * y2)),
	    p->square);

	float lo = smaller(p->at[0][0], p->at[p->n - 1][0]);
	float hi = larger(p->at[0][0], p->at[p->n - 1][0]);
	float end = larger(lo - t, t - hi);

	if (q < 1e-6f)
		return larger(-smaller(a, b), end);
	return larger(q * (1 - 1 / larger(e, 1e-3f)), end);
}

/* ---- solids ---------------------------------------------------------- */

static float
ball_distance(const struct solid *s, const float p[3])
{
	float k0 = 0, k1 = 0;

	for (int c = 0; c < 3; c++) {
		float d = (p[c] - s->a[c]) / s->b[c], e = d / s->b[c];

		k0 += d * d;
		k1 += e * e;
	}
	k0 = sqrtf(k0);
	k1 = sqrtf(k1);
	return k1 > 1e-6f ? k0 * (k0 - 1) / k1 :
	    -smaller(s->b[0], smaller(s->b[1], s->b[2]));
}

static float
cone_distance(const struct solid *s, const float p[3])
{
	float along = 0, len = 0, d2 = 0;

	for (int c = 0; c < 3; c++) {
		float e = s->b[c] - s->a[c];

		along += e * (p[c] - s->a[c]);
		len += e * e;
	}
	float t = clamp01(along / larger(len, 1e-9f));

	for (int c = 0; c < 3; c++) {
		float d = p[c] - lerp(s->a[c], s->b[c], t);

		d2 += d * d;
	}
	return sqrtf(d2) - lerp(s->ra, s->rb, t);
}

static float
solid_distance(const struct form *f, const struct solid *s, const float p[3])
{
	switch (s->kind) {
	case SOLID_TRUNK:
		return beyond(&f->trunk, p[1], p[0], p[2]);
	case SOLID_LEG:
		return beyond(&f->leg, p[1], p[0], p[2]);
	case SOLID_ARM:
		return beyond(&f->arm, p[0], p[1], p[2]);
	case SOLID_BALL:
		return ball_distance(s, p);
	case SOLID_CONE:
		return cone_distance(s, p);
	case SOLID_FLOOR:
		return s->a[1] - p[1];
	}
	return 0;
}

/* Smooth minimum: a fillet of radius about k. */
static float
join(float a, float b, float k)
{
	float h = larger(k - fabsf(a - b), 0) / k;

	return smaller(a, b) - 0.25f * h * h * k;
}

float
form_distance(const struct form *f, enum zone_of_form z, const float p[3])
{
	const float mirror[3] = { -p[0], p[1], p[2] };
	/* Below the crotch a leg is computed as if there were no other, and
	   ends short of the midline. */
	float near = z == FORM_LEG ? clamp01((p[1] + 0.24f) / 0.06f) : 1;
	float d = 1;

	for (int i = 0; i < f->n_solid; i++) {
		const struct solid *s = &f->solid[i];

		if (!(s->zones & LIMB(z)))
			continue;
		float e = solid_distance(f, s, p);

		if (s->pair && p[0] < 0.12f && near > 0)
			e = join(e, solid_distance(f, s, mirror),
			    s->soft * 0.3f * near);
		if (s->kind == SOLID_FLOOR)
			d = -join(-d, -e, s->soft);
		else if (s->dent)
			d = -join(-d, e, s->soft);
		else
			d = join(d, e, s->soft);
	}
	return near < 1 ? -join(-d, p[0] - 0.0015f, 0.03f * (1 - near) +
	    1e-3f) : d;
}

void
form_settle(float p[3], const struct form *f, enum zone_of_form z,
    bool middle, int steps)
{
	const float h = 5e-4f;
	float g[3] = { 0 }, g2 = 1;

	for (int k = 0; k < steps; k++) {
		float d = form_distance(f, z, p);

		if (fabsf(d) < 2e-4f)
			return;
		/* The gradient is computed in every second step. */
		for (int c = 0; c < 3 && k % 2 == 0; c++) {
			float q[3] = { p[0], p[1], p[2] };

			q[c] += h;
			g[c] = middle && c == 0 ? 0 :
			    (form_distance(f, z, q) - d) / h;
			g2 = c ? g2 + g[c] * g[c] : 1e-6f + g[c] * g[c];
		}
		float step = -d / larger(g2, 0.25f), most = 0.02f / sqrtf(g2);

		step = larger(smaller(step, most), -most);
		for (int c = 0; c < 3; c++)
			p[c] += step * g[c];
	}
}

void
form_cast(float p[3], const struct form *f, enum zone_of_form z,
    const float from[3], float far)
{
	float dir[3], len = 0, t = far, d = 1;

	for (int c = 0; c < 3; c++) {
		dir[c] = p[c] - from[c];
		len += dir[c] * dir[c];
	}
	len = sqrtf(len);
	for (int i = 0; i < 40 && fabsf(d) > 1e-4f && t > 0; i++) {
		for (int c = 0; c < 3; c++)
			p[c] = from[c] + t * dir[c] / len;
		d = form_distance(f, z, p);
		t -= 0.8f * d;
	}
}

/* ---- the body -------------------------------------------------------- */

static struct solid *
add(struct form *f, enum solid_kind kind, unsigned zones, float soft)
{
	struct solid *s = &f->solid[f->n_solid++];

	*s = (struct solid){ .kind = kind, .zones = zones, .soft = soft };
	return s;
}

static struct solid *
ball(struct form *f, unsigned zones, float soft, float x, float y, float z,
    float rx, float ry, float rz)
{
	struct solid *s = add(f, SOLID_BALL, zones, soft);

	memcpy(s->a, (const float[3]){ x, y, z }, sizeof s->a);
	memcpy(s->b, (const float[3]){ rx, ry, rz }, sizeof s->b);
	return s;
}

static struct solid *
cone(struct form *f, unsigned zones, float soft, float x, float y, float z,
    float r, float x2, float y2, float z2, float r2)
{
	struct solid *s = add(f, SOLID_CONE, zones, soft);

	memcpy(s->a, (const float[3]){ x, y, z }, sizeof s->a);
	memcpy(s->b, (const float[3]){ x2, y2, z2 }, sizeof s->b);
	s->ra = r;
	s->rb = r2;
	return s;
}

static void
place_joints(struct form *f, const struct human *h)
{
	static const struct {
		enum body_joint j;
		float at[3];
	} man[] = {
		{ J_PELVIS, { 0, 0, -0.010f } },
		{ J_L_HIP, { 0.080f, -0.122f, 0.010f } },
		{ J_SPINE1, { 0, 0.122f, 0.015f } },
		{ J_L_KNEE, { 0.086f, -0.466f, -0.012f } },
		{ J_SPINE2, { 0, 0.232f, 0.010f } },
		{ J_L_ANKLE, { 0.092f, -0.884f, -0.038f } },
		{ J_SPINE3, { 0, 0.340f, 0.008f } },
		{ J_L_FOOT, { 0.102f, -0.948f, 0.088f } },
		{ J_NECK, { 0, 0.540f, -0.022f } },
		{ J_L_COLLAR, { 0.125f, 0.454f, -0.046f } },
		{ J_HEAD, { 0, 0.605f, 0 } },
		{ J_L_SHOULDER, { 0.212f, 0.462f, -0.046f } },
		{ J_L_ELBOW, { 0.445f, 0.464f, -0.046f } },
		{ J_L_WRIST, { 0.715f, 0.460f, -0.055f } },
		{ J_L_HAND, { 0.815f, 0.460f, -0.070f } },
	};

	for (size_t i = 0; i < sizeof man / sizeof *man; i++)
		memcpy(f->joint[man[i].j], man[i].at, sizeof man[i].at);
	f->joint[J_L_HIP][0] = form_between(h, 0.080, 0.086);
	f->joint[J_L_COLLAR][0] = form_between(h, 0.125, 0.118);
}

static void
make_profiles(struct form *f, const struct human *h, float girth)
{
	float w = (float)h->female, soft = 1 - (float)h->muscle;

	f->trunk = (struct profile){ .n = sizeof trunk_table /
	    sizeof *trunk_table, .square = 0.4f };
	for (int i = 0; i < f->trunk.n; i++) {
		const float *t = trunk_table[i];
		float r[3];

		for (int k = 0; k < 3; k++)
			r[k] = lerp(t[1 + k], t[4 + k], w);
		/* Fat sits at the belly and hips, less at the shoulders. */
		float belly = expf(-powf((t[0] - 0.06f) / 0.19f, 2));
		float share = 0.55f + 0.48f * belly;
		float g = 1 + share * (girth - 1);
		float hip = expf(-powf((t[0] + 0.05f) / 0.12f, 2));
		float chest = expf(-powf((t[0] - 0.40f) / 0.12f, 2));
		float wide = 1 + hip * ((float)h->hips - 1) +
		    chest * ((float)h->shoulders - 1);
		float paunch = 1 + 0.5f * belly * larger(girth - 1, 0) *
		    (1 + 0.3f * soft);
		float *o = f->trunk.at[i];

		o[0] = t[0];
		o[3] = o[4] = r[0] * g * wide;
		o[5] = r[2] * g;
		o[6] = r[1] * g * paunch;
	}
	float gl = 1 + 0.80f * (girth - 1), ga = 1 + 0.8f * (girth - 1);

	f->leg = (struct profile){ .n = sizeof leg_table / sizeof *leg_table };
	for (int i = 0; i < f->leg.n; i++) {
		float *o = f->leg.at[i];
		float y = leg_table[i][0];
		float thigh = clamp01((y + 0.5f) / 0.3f);
		float low = clamp01((-0.70f - y) / 0.15f);
		/* Women's thighs are fuller and stand closer. */
		float g = lerp(gl, 1 + 0.3f * (girth - 1), low) *
		    (1 + w * (0.035f * thigh - 0.05f * low));

		memcpy(o, leg_table[i], sizeof leg_table[i]);
		o[1] += thigh * (0.06f * ((float)h->hips - 1) + 0.003f * w);
		for (int k = 3; k < 7; k++)
			o[k] *= g;
	}
	f->arm = (struct profile){ .n = sizeof arm_table / sizeof *arm_table };
	for (int i = 0; i < f->arm.n; i++) {
		float *o = f->arm.at[i];
		float hand = clamp01((arm_table[i][0] - 0.55f) / 0.15f);
		float g = lerp(ga, 1 + 0.2f * (girth - 1), hand) *
		    lerp(1 + 0.10f * ((float)h->muscle - 0.5f), 1, hand) *
		    (1 - 0.10f * w);

		memcpy(o, arm_table[i], sizeof arm_table[i]);
		for (int k = 3; k < 7; k++)
			o[k] *= g;
	}
}

static void
add_trunk(struct form *f, const struct human *h, float girth)
{
	const unsigned neck = LIMB(FORM_TRUNK) | LIMB(FORM_HEAD);
	float w = (float)h->female, m = (float)h->muscle;
	float g = 1 + 0.5f * (girth - 1), rn = lerp(0.060f, 0.049f, w) * g;
	float sh = 0.175f * lerp(1, 0.93f, w) * (float)h->shoulders;

	add(f, SOLID_TRUNK, ALL_TRUNK | LIMB(FORM_HEAD), 0.03f);
	cone(f, neck, 0.05f, 0, 0.47f, -0.050f, rn * 1.05f, 0, 0.64f, -0.012f,
	    rn * 0.95f);
	/* Trapezius and collar bone, shoulder, shoulder blade. */
	cone(f, neck | LIMB(FORM_ARM), 0.05f, 0.015f, 0.535f, -0.052f,
	    lerp(0.044f, 0.034f, w) * g, sh - 0.01f, 0.477f, -0.045f,
	    lerp(0.036f, 0.030f, w) * g);
	cone(f, neck | LIMB(FORM_ARM), 0.03f, 0.02f, 0.488f, 0.020f,
	    0.016f, sh - 0.02f, 0.487f, -0.010f, 0.018f);
	ball(f, ALL_TRUNK, 0.04f, sh + 0.018f, 0.462f, -0.042f,
	    0.052f * g * lerp(1, 0.92f, w) * (0.97f + 0.06f * m),
	    0.054f * g * lerp(1, 0.92f, w), 0.056f * g * lerp(1, 0.9f, w));
	ball(f, ALL_TRUNK, 0.05f, 0.085f * g, 0.375f, -0.085f * g, 0.06f * g, 0.08f,
	    0.035f * g)->pair = true;
	/* Chest. */
	ball(f, ALL_TRUNK, 0.05f, 0.078f * g, 0.388f, 0.062f * g, 0.078f * g, 0.060f,
	    (0.036f + 0.022f * m) * g * lerp(1, 0.85f, w))->pair = true;
	if (w * h->bust > 0.05) {
		float r = 0.051f * powf((float)h->bust * w, 0.4f) *
		    (1 + 0.9f * (girth - 1));

		ball(f, ALL_TRUNK, 0.035f, 0.074f * g, 0.333f, 0.076f * g, r * 1.04f,
		    r * 1.05f, r * 1.08f)->pair = true;
	}
	/* Buttocks, hips. */
	struct solid *s = ball(f, ALL_TRUNK, 0.05f, 0.078f * g, -0.075f, -0.062f * g,
	    lerp(0.078f, 0.086f, w) * g, 0.088f * g,
	    lerp(0.068f, 0.076f, w) * g);

	s->pair = true;
}

static void
add_leg(struct form *f, float girth)
{
	float g = 1 + 0.7f * (girth - 1);

	struct solid *s = add(f, SOLID_LEG, ALL_TRUNK | LIMB(FORM_FOOT),
	    0.05f);

	s->pair = true;
	s->zones &= ~LIMB(FORM_ARM);
	/* Knee cap, calf, shin, ankles. */
	ball(f, LIMB(FORM_LEG), 0.03f, 0.086f, -0.462f, 0.030f * g,
	    0.026f * g, 0.034f, 0.022f * g);
	ball(f, LIMB(FORM_LEG), 0.03f, 0.096f - 0.022f * g, -0.580f, -0.040f -
	    0.026f * g, 0.030f * g, 0.072f, 0.025f * g);
	ball(f, LIMB(FORM_LEG), 0.03f, 0.096f + 0.022f * g, -0.570f, -0.040f -
	    0.024f * g, 0.028f * g, 0.068f, 0.024f * g);
}

static void
add_foot(struct form *f)
{
	const unsigned z = LIMB(FORM_FOOT), zl = z | LIMB(FORM_LEG);
	static const float toe[4][8] = {
		/* root x, y, z, r; tip: the big toe, and the others in three */
		{ 0.068f, -0.944f, 0.105f, 0.0165f,
		    0.071f, -0.951f, 0.153f, 0.0130f },
		{ 0.092f, -0.945f, 0.092f, 0.0160f,
		    0.096f, -0.953f, 0.146f, 0.0105f },
		{ 0.112f, -0.947f, 0.080f, 0.0155f,
		    0.116f, -0.954f, 0.132f, 0.0100f },
		{ 0.128f, -0.949f, 0.066f, 0.0145f,
		    0.134f, -0.955f, 0.112f, 0.0095f },
	};

	cone(f, zl, 0.03f, 0.093f, -0.86f, -0.040f, 0.031f, 0.094f, -0.925f,
	    -0.048f, 0.036f);
	ball(f, z, 0.03f, 0.095f, -0.930f, -0.062f, 0.033f, 0.042f, 0.042f);
	cone(f, z, 0.03f, 0.090f, -0.903f, -0.014f, 0.036f, 0.086f, -0.938f,
	    0.080f, 0.024f);
	cone(f, z, 0.02f, 0.075f, -0.936f, 0.060f, 0.024f, 0.071f, -0.944f,
	    0.100f, 0.020f);
	cone(f, z, 0.03f, 0.104f, -0.942f, -0.050f, 0.026f, 0.128f, -0.950f,
	    0.070f, 0.017f);
	ball(f, zl, 0.012f, 0.124f, -0.893f, -0.046f, 0.010f, 0.015f, 0.012f);
	ball(f, zl, 0.012f, 0.063f, -0.884f, -0.034f, 0.010f, 0.015f, 0.013f);
	for (int i = 0; i < 4; i++) {
		const float *t = toe[i];

		cone(f, z, 0.016f, t[0], t[1], t[2], t[3], t[4],
		    t[5], t[6], t[7]);
	}
	struct solid *s = add(f, SOLID_FLOOR, z, 0.006f);

	s->a[1] = (float)HUMAN_FLOOR;
}

const float human_finger[5][8] = {
	{ 0.812f, 0.461f, -0.038f, 0.0110f, 0.893f, 0.458f, -0.032f, 0.0080f },
	{ 0.814f, 0.462f, -0.062f, 0.0115f, 0.905f, 0.459f, -0.068f, 0.0082f },
	{ 0.809f, 0.461f, -0.085f, 0.0108f, 0.892f, 0.458f, -0.100f, 0.0078f },
	{ 0.800f, 0.459f, -0.106f, 0.0095f, 0.862f, 0.456f, -0.128f, 0.0070f },
	{ 0.752f, 0.450f, -0.024f, 0.0145f, 0.812f, 0.442f, 0.026f, 0.0092f },
};

static void
add_arm_and_hand(struct form *f)
{
	const unsigned z = LIMB(FORM_HAND);
	struct solid *s = add(f, SOLID_ARM, LIMB(FORM_ARM) | LIMB(FORM_TRUNK) |
	    LIMB(FORM_HAND), 0.04f);

	(void)s;
	/* The palm: four rays from the wrist, and the ball of the thumb. */
	for (int i = 0; i < 4; i++) {
		const float *t = human_finger[i];

		cone(f, z | LIMB(FORM_ARM), 0.016f, 0.728f, 0.459f, -0.040f -
		    0.010f * (float)i, 0.0165f, t[0] - 0.006f, t[1], t[2],
		    0.0130f);
	}
	cone(f, z | LIMB(FORM_ARM), 0.016f, 0.732f, 0.452f, -0.045f, 0.016f,
	    0.758f, 0.449f, -0.020f, 0.0150f);
	for (int i = 0; i < 5; i++) {
		const float *t = human_finger[i];
		float mid[3];

		for (int c = 0; c < 3; c++)
			mid[c] = lerp(t[c], t[4 + c], 0.45f);
		mid[1] += 0.003f;
		cone(f, z, 0.005f, t[0], t[1], t[2], t[3], mid[0], mid[1],
		    mid[2], lerp(t[3], t[7], 0.4f));
		cone(f, z, 0.004f, mid[0], mid[1], mid[2], lerp(t[3], t[7],
		    0.4f), t[4], t[5], t[6], t[7]);
	}
}

static void
add_head(struct form *f, const struct human *h)
{
	const unsigned z = LIMB(FORM_HEAD);
	float w = (float)h->female;
	float jaw = lerp(1, 0.92f, w), brow = lerp(1, 0.3f, w);

	ball(f, z, 0.02f, 0, 0.722f, -0.014f, 0.0765f, 0.090f, 0.098f);
	ball(f, z, 0.03f, 0, 0.668f, 0.022f, 0.062f * jaw, 0.075f, 0.072f);
	ball(f, z, 0.03f, 0.041f, 0.668f, 0.044f, 0.025f, 0.024f, 0.030f);
	ball(f, z, 0.02f, 0, 0.750f, 0.024f, 0.058f, 0.044f, 0.062f);
	/* Jaw, chin. */
	cone(f, z, 0.02f, 0.052f * jaw, 0.632f, 0.002f, 0.018f, 0.014f * jaw,
	    0.596f, 0.074f, 0.017f);
	ball(f, z, 0.016f, 0, 0.598f, 0.084f, 0.020f * jaw, 0.016f, 0.015f);
	/* Muzzle, lips. */
	ball(f, z, 0.015f, 0, 0.632f, 0.074f, 0.030f, 0.028f, 0.026f);
	/* Brow ridge; sockets with eyes in them. */
	cone(f, z, 0.012f, 0.010f, 0.716f, 0.080f, 0.008f + 0.002f * brow,
	    0.044f, 0.716f, 0.062f, 0.007f + 0.002f * brow);
	ball(f, z, 0.012f, 0.033f, 0.696f, 0.100f, 0.020f, 0.013f, 0.020f)
	    ->dent = true;
	ball(f, z, 0.004f, 0.033f, 0.696f, 0.0735f, 0.0150f, 0.0115f, 0.0125f);
	/* The nose: bridge, tip, wings. */
	cone(f, z, 0.010f, 0, 0.702f, 0.086f, 0.0075f, 0, 0.664f, 0.108f,
	    lerp(0.0105f, 0.0092f, w));
	ball(f, z, 0.008f, 0.0125f, 0.660f, 0.098f, 0.0085f, 0.0085f, 0.0110f);
	ball(f, z, 0.004f, 0, 0.6385f, 0.0985f, 0.021f, 0.0062f, 0.0062f);
	ball(f, z, 0.004f, 0, 0.6265f, 0.0970f, 0.018f, 0.0066f, 0.0062f);
	/* Ear. */
	ball(f, z, 0.006f, 0.0765f, 0.678f, -0.014f, 0.0085f, 0.031f, 0.017f);
	ball(f, z, 0.004f, 0.0835f, 0.684f, -0.018f, 0.0050f, 0.026f, 0.014f);
}

void
form_make(struct form *f, const struct human *h, double girth)
{
	*f = (struct form){ 0 };
	place_joints(f, h);
	make_profiles(f, h, (float)girth);
	add_trunk(f, h, (float)girth);
	add_leg(f, (float)girth);
	add_foot(f);
	add_arm_and_hand(f);
	add_head(f, h);
}
