/*
 * Skin, face and hair. Places on the face are in eye gaps d from the point
 * between the eyes (struct spot, head), measured on SMPL's heads, female and
 * male alike: eyes at x = +-0.58, nose base at y = -0.70, mouth at -1.16,
 * chin at -2.1, brows at 0.36, crown at about 2.
 */
#include "dress/paint.h"

#include <math.h>

#include "dress/noise.h"

/* 1 in the middle of an ellipse, 0 on its rim and outside. */
static float
spot_light(float x, float y, float rx, float ry)
{
	float d = x * x / (rx * rx) + y * y / (ry * ry);

	return d < 1 ? (1 - d) * (1 - d) : 0;
}

static void
paint_skin(float rgb[3], const struct outfit *o, const struct figure *f,
    const struct spot *s)
{
	const float flush[3] = { o->skin[0] * 1.02f, o->skin[1] * 0.80f,
		o->skin[2] * 0.78f };
	float blood = 0.3f + 0.3f * noise3_rough(o->seed, 14 * s->p[0],
	    14 * s->p[1], 14 * s->p[2]);

	if (s->zone == ZONE_HAND || s->zone == ZONE_ARM)
		blood += 0.3f * paint_step(-0.04f, 0.03f, s->arm -
		    f->arm_length);
	if (s->zone == ZONE_LEG)
		blood += 0.5f * paint_line(s->p[1], f->joint[J_L_KNEE][1], 0.05f);
	if (s->zone == ZONE_ARM)
		blood += 0.4f * paint_line(s->arm, 0.5f * f->arm_length, 0.03f);
	blood += 0.3f * paint_step(0.88f, 1.03f, s->leg);
	for (int c = 0; c < 3; c++)
		rgb[c] = o->skin[c];
	paint_over(rgb, flush, paint_min(paint_max(blood, 0), 1));
}

/* One eye; x from its middle, towards the temple > 0; y up. */
static void
paint_eye(float rgb[3], const struct outfit *o, float x, float y, bool left)
{
	static const float white[3] = { 0.93f, 0.91f, 0.89f };
	static const float black[3] = { 0.06f, 0.05f, 0.05f };
	float e = x / 0.29f, arch = 1 - e * e;
	float upper = 0.15f * arch + 0.02f * e, lower = -0.085f * arch;
	float socket = spot_light(x - 0.02f, y - 0.10f, 0.46f, 0.32f);
	const float shadow[3] = { o->skin[0] * 0.66f, o->skin[1] * 0.54f,
		o->skin[2] * 0.52f };

	paint_over(rgb, shadow, 0.75f * socket);
	if (fabsf(e) < 1 && y < upper && y > lower) {
		/* The light falls on both eyes from the same side. */
		float ix = left ? x + 0.01f : x - 0.01f;
		float r = paint_length(ix, y - 0.025f);

		paint_over(rgb, white, 1);
		paint_over(rgb, o->iris, 1 - paint_step(0.115f, 0.13f, r));
		paint_over(rgb, black, 0.6f * paint_line(r, 0.12f, 0.018f));
		paint_over(rgb, black, 1 - paint_step(0.05f, 0.065f, r));
		paint_over(rgb, white, spot_light((left ? ix : -ix) - 0.04f,
		    y - 0.075f, 0.05f, 0.05f));
		paint_over(rgb, black, 0.35f * paint_step(upper - 0.06f, upper,
		    y));
	}
	if (fabsf(e) < 1.06f) {
		float lid = paint_max(upper, 0);

		paint_over(rgb, black, 0.85f * paint_line(y, lid + 0.008f,
		    0.022f + 0.012f * paint_max(e, 0)));
		paint_over(rgb, black, 0.25f * paint_line(y, paint_min(lower, 0),
		    0.012f));
		paint_over(rgb, shadow, 0.6f * paint_line(y, lid + 0.075f, 0.015f));
	}
	/* The brow rises from the nose, bends, and thins out. */
	float b = (x + 0.36f) / 0.80f;

	if (b > 0 && b < 1) {
		float mid = 0.335f + 0.10f * sinf(2.4f * b) - 0.04f * b;
		float w = 0.055f * o->brow * (1 - 0.75f * b * b) *
		    paint_step(0, 0.08f, b);
		float hairs = 0.8f + 0.2f * noise3(o->seed + 7, 60 * x,
		    20 * y, 0);
		float dark[3] = { 0.75f * o->hair_colour[0],
			0.72f * o->hair_colour[1], 0.70f * o->hair_colour[2] };

		paint_over(rgb, dark, 0.85f * hairs * (1 - paint_step(0.7f * w,
		    1.3f * w, fabsf(y - mid))));
	}
}

static void
paint_mouth(float rgb[3], const struct outfit *o, float x, float y)
{
	float e = x / 0.47f, arch = 1 - e * e;
	float bow = 0.022f * (1 - paint_step(0, 0.09f, fabsf(x)));
	float line = -1.16f - 0.010f * arch;
	const float dark[3] = { o->lips[0] * 0.45f, o->lips[1] * 0.38f,
		o->lips[2] * 0.38f };

	if (arch > 0) {
		float top = line + 0.115f * arch * (1.1f - 0.25f * arch) - bow;
		float low = line - 0.155f * arch;
		float in = paint_step(top + 0.03f, top - 0.02f, y) *
		    paint_step(low - 0.03f, low + 0.02f, y);

		paint_over(rgb, o->lips, 0.9f * in);
		if (y > line)
			paint_scale(rgb, 1 - 0.10f * in);
		paint_over(rgb, (const float[3]){ 1, 0.95f, 0.93f }, 0.12f *
		    spot_light(x, y - line + 0.08f, 0.22f, 0.04f));
	}
	if (fabsf(e) < 1.05f)
		paint_over(rgb, dark, 0.8f * paint_line(y, line, 0.016f));
}

static void
paint_face(float rgb[3], const struct outfit *o, const struct spot *s)
{
	float x = s->head[0], y = s->head[1], side = fabsf(x);
	const float warm[3] = { o->skin[0], o->skin[1] * 0.72f,
		o->skin[2] * 0.68f };
	const float shade[3] = { o->skin[0] * 0.62f, o->skin[1] * 0.48f,
		o->skin[2] * 0.45f };

	if (s->head[2] < -1.3f || s->n[2] < -0.1f)
		return;
	paint_over(rgb, warm, 0.38f * spot_light(side - 0.75f, y + 0.75f,
	    0.55f, 0.5f));
	paint_over(rgb, warm, 0.35f * spot_light(x, y + 0.55f, 0.3f, 0.35f));
	/* The nose: its sides, wings, nostrils, and what it shades below. */
	paint_over(rgb, shade, 0.30f * paint_line(side, 0.20f, 0.10f) *
	    paint_step(-0.68f, -0.5f, y) * paint_step(0.25f, -0.05f, y));
	paint_over(rgb, shade, 0.55f * spot_light(side - 0.26f, y + 0.62f,
	    0.10f, 0.16f));
	paint_over(rgb, shade, 0.9f * spot_light(side - 0.13f, y + 0.735f,
	    0.10f, 0.06f));
	paint_over(rgb, shade, 0.25f * spot_light(x, y + 0.86f, 0.2f, 0.14f));
	paint_over(rgb, shade, 0.35f * spot_light(x, y + 1.44f, 0.34f, 0.10f));
	paint_eye(rgb, o, side - 0.58f, y, x > 0);
	paint_mouth(rgb, o, x, y);
}

/*
 * Height of the hairline against the angle round the head (0 in front),
 * before length and fringe; between them straight. It falls to the temple,
 * on to the sideburn, climbs over the ear and goes down behind it.
 */
static float
hairline(const struct outfit *o, float turn)
{
	static const float at[][2] = {
		{ 0, 1.22f }, { 0.45f, 1.18f }, { 0.75f, 1.02f },
		{ 0.98f, 0.72f }, { 1.14f, 0.30f }, { 1.22f, -0.42f },
		{ 1.40f, -0.50f }, { 1.50f, 0.10f }, { 1.85f, 0.06f },
		{ 2.02f, -0.60f }, { 2.30f, -1.22f }, { 3.2f, -1.45f }
	};
	size_t i = 1;

	while (i + 1 < sizeof at / sizeof *at && turn > at[i][0])
		i++;
	float t = (turn - at[i - 1][0]) / (at[i][0] - at[i - 1][0]);
	float y = lerp(at[i - 1][1], at[i][1], t);

	y -= 0.62f * o->fringe * paint_step(1.1f, 0.7f, turn);
	/* Long hair frames the face, and below the chin lies behind the neck. */
	if (o->hair == HAIR_BOB || o->hair == HAIR_LONG)
		y = paint_min(y, lerp(1.5f, -1.9f, paint_step(0.85f, 1.2f,
		    turn)));
	if (o->hair == HAIR_LONG)
		y = lerp(y, -4.5f, paint_step(1.6f, 2.1f, turn));
	return y;
}

/* Hair down the back, over the clothes, never round to the chest. */
static float
mane(const struct outfit *o, const struct figure *f, const struct spot *s)
{
	const float *neck = f->joint[J_NECK];
	float down = neck[1] - s->p[1], x = fabsf(s->p[0] - neck[0]);
	float end = 0.15f + 0.04f * noise3(o->seed + 4, 60 * s->p[0], 0, 0);

	if (s->zone != ZONE_TRUNK || s->p[2] > neck[2] + 0.01f || down > end)
		return 0;
	return paint_step(0.10f - 0.35f * down, 0.085f - 0.35f * down, x);
}

float
paint_hair_cover(const struct outfit *o, const struct spot *s)
{
	float x = s->head[0], y = s->head[1], z = s->head[2] + 1.55f;
	float turn = atan2f(fabsf(x), z), edge = hairline(o, turn);

	return s->zone == ZONE_HEAD ? paint_step(edge - 0.1f, edge + 0.5f, y) :
	    0;
}

void
paint_hair(float rgb[3], const struct outfit *o, const struct figure *f,
    const struct spot *s)
{
	float x = s->head[0], y = s->head[1], z = s->head[2] + 1.55f;

	/* Only long hair goes beyond the head. */
	if (s->zone != ZONE_HEAD && (o->hair != HAIR_LONG || s->zone !=
	    ZONE_TRUNK))
		return;
	float turn = atan2f(fabsf(x), z), edge = hairline(o, turn);
	float rag = 0.07f * noise3_rough(o->seed + 3, 9 * x, 2 * y, 9 * z);
	float cover = paint_step(edge - 0.09f, edge + 0.11f, y + rag);

	if (s->zone != ZONE_HEAD)
		cover = mane(o, f, s);
	if (cover <= 0)
		return;
	if (o->hair == HAIR_BALD)
		cover *= 0.12f;
	if (o->hair == HAIR_CROP)
		cover *= 0.80f;
	/* Ears stand out of short hair. */
	if ((o->hair != HAIR_BOB && o->hair != HAIR_LONG) &&
	    fabsf(turn - 1.68f) < 0.34f && y < 0.06f)
		cover *= paint_step(1.36f, 1.28f, fabsf(x));
	float strand = noise3(o->seed + 5, 26 * turn * (x > 0 ? 1 : -1.03f),
	    1.6f * y, 2 * z);
	float lock = noise3(o->seed + 6, 7 * turn * (x > 0 ? 1 : -1.03f),
	    0.9f * y, z);
	float tone = 0.92f + 0.20f * strand + 0.14f * lock +
	    0.16f * paint_step(0.8f, 2.0f, y);
	float c[3];

	for (int i = 0; i < 3; i++)
		c[i] = o->hair_colour[i] * tone + 0.015f;
	paint_over(rgb, c, cover);
}

static void
paint_beard(float rgb[3], const struct outfit *o, const struct spot *s)
{
	float x = s->head[0], y = s->head[1], z = s->head[2];
	float side = fabsf(x);

	if (o->beard <= 0 || z < -1.9f || y > 0)
		return;
	float top = lerp(-0.92f, -0.45f, paint_step(0.45f, 1.35f, side));
	float jaw = lerp(-2.25f, -1.15f, paint_step(-0.6f, -1.5f, z));
	float cover = paint_step(top + 0.1f, top - 0.12f, y) *
	    paint_step(jaw - 0.2f, jaw + 0.05f, y) *
	    paint_step(-1.62f, -1.45f, z);

	cover *= 1 - spot_light(x, y + 1.19f, 0.56f, 0.26f) * 1.2f;
	cover = paint_max(cover, 0) * o->beard * (0.75f + 0.25f *
	    noise3(o->seed + 8, 22 * x, 14 * y, 22 * z));
	const float c[3] = { 0.8f * o->hair_colour[0],
		0.8f * o->hair_colour[1], 0.8f * o->hair_colour[2] };

	paint_over(rgb, c, cover);
}

void
paint_person(float rgb[3], const struct outfit *o, const struct figure *f,
    const struct spot *s)
{
	paint_skin(rgb, o, f, s);
	if (s->zone == ZONE_HEAD) {
		paint_face(rgb, o, s);
		paint_beard(rgb, o, s);
	}
}
