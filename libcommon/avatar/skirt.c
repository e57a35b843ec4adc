#include "avatar/skirt.h"

#include <math.h>
#include <string.h>

#include "dress/drape.h"
#include "math/lerp.h"

#define FAR 0.6f	/* metres from the axis, outside of every skirt */
#define BESIDE 0.003f	/* thighs that touch are not 6 cm deep there */
#define HOLE 16		/* heights: 12 cm */
#define RUNGS 96	/* heights of the table, from the hips to the ankles */

/* Where a skirt is in the middle, by height; front <= back where there is none. */
struct skirt {
	float top, bottom;
	float front[RUNGS], back[RUNGS];
};

/* Where the ray towards `at` from outside along `out` meets cloth. */
static bool
cloth(float p[3], const struct outer *o, const float at[3], const float out[3])
{
	struct outer_hit h;
	float from[3];

	for (int c = 0; c < 3; c++)
		from[c] = at[c] + FAR * out[c];
	if (!outer_cast(&h, o, from, at, out, 0.1f))
		return false;
	for (int c = 0; c < 3; c++)
		p[c] = from[c] - h.way * out[c];
	return outer_kind(o, &h) != AVATAR_HAIR;
}

/* Depths of cloth in front of `at` and behind it; 0 unless both are there. */
static bool
across(float *front, float *back, const struct outer *o, const float at[3])
{
	float f[3], b[3];
	bool both = cloth(f, o, at, (const float[]){ 0, 0, 1 }) &&
	    cloth(b, o, at, (const float[]){ 0, 0, -1 });

	*front = both ? f[2] : 0;
	*back = both ? b[2] : 0;
	return both;
}

static bool
is_skirt(const struct skirt *s, int i)
{
	return s->front[i] - s->back[i] > 0.06f;
}

/* Slits are closed: between two heights with cloth, at most HOLE apart. */
static void
close_holes(struct skirt *s)
{
	int last = -1;

	for (int i = 0; i < RUNGS; i++) {
		if (!is_skirt(s, i))
			continue;
		for (int k = last + 1; last >= 0 && k < i && i - last <= HOLE;
		    k++) {
			float t = (float)(k - last) / (float)(i - last);

			s->front[k] = lerp(s->front[last], s->front[i], t);
			s->back[k] = lerp(s->back[last], s->back[i], t);
		}
		last = i;
	}
}

static void
find(struct skirt *s, const struct outer *o, const float (*joint)[3])
{
	float z = (joint[J_L_HIP][2] + joint[J_R_HIP][2]) / 2;

	s->top = fminf(joint[J_L_HIP][1], joint[J_R_HIP][1]);
	s->bottom = fmaxf(joint[J_L_ANKLE][1], joint[J_R_ANKLE][1]);
	for (int i = 0; i < RUNGS; i++) {
		float at[3] = { BESIDE, lerp(s->top, s->bottom, ((float)i +
		    0.5f) / RUNGS), z };

		/* Cloth may have a seam in the middle, open by a hair. */
		if (!across(&s->front[i], &s->back[i], o, at)) {
			at[0] = -BESIDE;
			across(&s->front[i], &s->back[i], o, at);
		}
	}
	close_holes(s);
}

/* The middle of a leg at height y. */
static void
middle_of_leg(float xz[2], const float (*joint)[3], int side, float y)
{
	enum body_joint hip = J_L_HIP + side, knee = J_L_KNEE + side;
	enum body_joint ankle = J_L_ANKLE + side;
	bool low = y < joint[knee][1];
	const float *a = joint[low ? knee : hip], *b = joint[low ? ankle : knee];
	float t = clamp01((a[1] - y) / (a[1] - b[1]));

	xz[0] = lerp(a[0], b[0], t);
	xz[1] = lerp(a[2], b[2], t);
}

static void
hang_vertex(float v[3], const struct skirt *s, const struct outer *o,
    const float at[3], const float (*joint)[3])
{
	float rung = (s->top - v[1]) / (s->top - s->bottom) * RUNGS;
	int side = at[0] < 0, i = (int)rung;
	float mid[2], wall, p[3], sign = side ? -1 : 1;

	if (!(rung >= 0 && i < RUNGS) || !is_skirt(s, i))
		return;
	middle_of_leg(mid, joint, side, at[1]);

	float turn = drape_round(atan2f(sign * (at[0] - mid[0]),
	    at[2] - mid[1]), &wall);
	float down = smoothstep(clamp01((s->top - v[1]) / 0.06f));

	if (wall >= 0) {
		p[0] = 0.002f * sign;
		p[1] = v[1];
		p[2] = lerp(s->front[i], s->back[i], wall);
	} else {
		const float axis[3] = { 0, v[1], (s->front[i] +
		    s->back[i]) / 2 };
		const float out[3] = { sign * sinf(turn), 0, cosf(turn) };

		if (!cloth(p, o, axis, out))
			return;
	}
	for (int c = 0; c < 3; c++)
		v[c] = lerp(v[c], p[c], down);
}

void
skirt_hang(float (*hull)[3], const struct outer *o, const struct body *b,
    const float (*vert)[3], const float (*joint)[3])
{
	const struct sparse *k = &b->skin;
	struct skirt s;

	find(&s, o, joint);
	for (size_t i = 0; i < k->n_row; i++) {
		float leg = 0;

		for (uint32_t e = k->row[i]; e < k->row[i + 1]; e++)
			if (k->col[e] == J_L_HIP || k->col[e] == J_R_HIP ||
			    k->col[e] == J_L_KNEE || k->col[e] == J_R_KNEE)
				leg += k->weight[e];
		if (leg > 0.5f)
			hang_vertex(hull[i], &s, o, vert[i], joint);
	}
}
