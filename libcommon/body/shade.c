#include "body/shade.h"

#include <math.h>

static float
mix(const float w[3], float a, float b, float c)
{
	return w[0] * a + w[1] * b + w[2] * c;
}

void
daylight_basis(float y[9], const float n[3])
{
	y[0] = 1;
	y[1] = n[1];
	y[2] = n[2];
	y[3] = n[0];
	y[4] = n[0] * n[1];
	y[5] = n[1] * n[2];
	y[6] = 3 * n[2] * n[2] - 1;
	y[7] = n[0] * n[2];
	y[8] = n[0] * n[0] - n[1] * n[1];
}

/* Light falls in as power, colours are sRGB: the root is near enough. */
static void
from_all_sides(float by[3], const struct shade *s, const float n[3],
    float cosine, float visible)
{
	const struct daylight *d = s->daylight;
	const float m[3] = { d->turn[0] * n[0] - d->turn[1] * n[2], n[1],
		d->turn[1] * n[0] + d->turn[0] * n[2] };
	float y[9];

	daylight_basis(y, m);
	for (int c = 0; c < 3; c++) {
		float e = d->beam[c] * (cosine > 0 ? cosine : 0) * visible;

		for (int k = 0; k < 9; k++)
			e += y[k] * d->sh[k][c];
		by[c] = 1 + s->strength * (sqrtf(e > 0.01f ? e : 0.01f) - 1);
	}
}

/* Of a surface with two sides, the normal of the one that is seen. */
static void
face_eye(float n[3], const float at[3], const double eye[3])
{
	float v[3], len = 0, dot = 0;

	for (int i = 0; i < 3; i++) {
		v[i] = at[i] - (float)eye[i];
		len += v[i] * v[i];
		dot += v[i] * n[i];
	}
	/* Mirrored, not turned round: at the rim the two agree. */
	for (int i = 0; i < 3 && dot > 0; i++)
		n[i] -= 2 * dot / len * v[i];
}

void
shade_at(float by[3], const struct shade *s, const uint32_t v[3],
    const float w[3])
{
	const float *a = s->normal[v[0]], *b = s->normal[v[1]],
	    *c = s->normal[v[2]];
	const float (*p)[3] = s->vert;
	float n[3], at[3], dot = 0, len = 0, visible = 1;

	for (int i = 0; i < 3; i++) {
		n[i] = mix(w, a[i], b[i], c[i]);
		at[i] = mix(w, p[v[0]][i], p[v[1]][i], p[v[2]][i]);
	}
	if (s->eye)
		face_eye(n, at, s->eye);
	for (int i = 0; i < 3; i++) {
		dot += n[i] * s->lamp[i];
		len += n[i] * n[i];
	}
	len = sqrtf(len) + 1e-6f;
	dot /= len;
	for (int i = 0; i < 3; i++)
		n[i] /= len;
	if (s->shadow && dot > 0)
		visible = shadow_light(s->shadow, at, n);
	if (s->daylight) {
		from_all_sides(by, s, n, dot, visible);
		return;
	}
	/* Soft light: a lamp that reaches a little around the corner. In shadow
	   it is as dark as where the surface turns away. */
	float wrapped = dot > -0.4f ? (dot + 0.4f) / 1.4f : 0;

	if (s->shadow && dot > 0)
		wrapped -= dot / 1.4f * (1 - visible);
	by[0] = by[1] = by[2] = 1 + s->strength * (1.25f * wrapped - 1);
}
