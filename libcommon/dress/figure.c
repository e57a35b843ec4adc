#include "dress/figure.h"

#include <math.h>

#include "math/vec3f.h"

enum status
figure_make(struct figure *f, const struct body *b)
{
	float key[POSE_POINTS][3], lo = INFINITY, hi = -INFINITY;

	if (!b->has_rig || b->points.n_row == 0)
		return fail(E_SHAPE, "the body has no skeleton or no key "
		    "points");
	for (size_t i = 0; i < b->mesh.n_vert; i++) {
		lo = fminf(lo, b->mesh.vert[i][1]);
		hi = fmaxf(hi, b->mesh.vert[i][1]);
	}
	if (!(hi > lo))
		return fail(E_VALUE, "a body without height");
	*f = (struct figure){ .scale = 1.7f / (hi - lo) };
	sparse_apply(key, &b->points, b->mesh.vert);
	for (int c = 0; c < 3; c++)
		f->origin[c] = b->joint[J_PELVIS][c];
	for (int j = 0; j < BODY_JOINTS; j++)
		for (int c = 0; c < 3; c++)
			f->joint[j][c] = f->scale * (b->joint[j][c] -
			    f->origin[c]);
	for (int c = 0; c < 3; c++) {
		float r = key[P_R_EYE][c], l = key[P_L_EYE][c];

		f->eyes[c] = f->scale * ((r + l) / 2 - f->origin[c]);
		f->eye_gap += f->scale * f->scale * (l - r) * (l - r);
	}
	f->eye_gap = sqrtf(f->eye_gap);
	if (!(f->eye_gap > 0))
		return fail(E_VALUE, "a body whose eyes are in one place");
	for (int k = 0; k < 2; k++) {
		const float *a = f->joint[k ? J_L_ELBOW : J_L_SHOULDER];
		const float *e = f->joint[k ? J_L_WRIST : J_L_ELBOW];

		f->arm_length += sqrtf((e[0] - a[0]) * (e[0] - a[0]) +
		    (e[1] - a[1]) * (e[1] - a[1]) +
		    (e[2] - a[2]) * (e[2] - a[2]));
	}
	f->hip_y = (f->joint[J_L_HIP][1] + f->joint[J_R_HIP][1]) / 2;
	f->ankle_y = (f->joint[J_L_ANKLE][1] + f->joint[J_R_ANKLE][1]) / 2;
	f->floor_y = f->scale * (lo - f->origin[1]);
	f->armpit_y = (f->joint[J_L_SHOULDER][1] +
	    f->joint[J_R_SHOULDER][1]) / 2 - 0.10f;
	return OK;
}

static enum zone
zone_of(int part)
{
	static const enum zone of[25] = {
		[3] = ZONE_HAND, ZONE_HAND, ZONE_FOOT, ZONE_FOOT, ZONE_LEG,
		ZONE_LEG, ZONE_LEG, ZONE_LEG, ZONE_LEG, ZONE_LEG, ZONE_LEG,
		ZONE_LEG, ZONE_ARM, ZONE_ARM, ZONE_ARM, ZONE_ARM, ZONE_ARM,
		ZONE_ARM, ZONE_ARM, ZONE_ARM, ZONE_HEAD, ZONE_HEAD
	};

	return of[part];
}

/*
 * Projects p on the line a -> b; *turn is the angle of p round the line,
 * from `up` towards cross(line, up). Returns the length along it; *length
 * is that of a -> b.
 */
static float
along(const float p[3], const float a[3], const float b[3], const float up[3],
    float *length, float *turn)
{
	float d[3], q[3], u[3], s[3], len = 0, t = 0, lean = 0;

	for (int c = 0; c < 3; c++) {
		d[c] = b[c] - a[c];
		q[c] = p[c] - a[c];
		len += d[c] * d[c];
	}
	len = sqrtf(len) + 1e-9f;
	for (int c = 0; c < 3; c++) {
		d[c] /= len;
		t += d[c] * q[c];
		lean += d[c] * up[c];
	}
	for (int c = 0; c < 3; c++)
		u[c] = up[c] - lean * d[c];
	vec3f_cross(s, d, u);
	*turn = atan2f(vec3f_dot(q, s), vec3f_dot(q, u));
	*length = len;
	return t;
}

static float
down_arm(const struct figure *f, const float p[3], bool left, float *turn)
{
	static const float up[3] = { 0, 1, 0 };
	const float *a = f->joint[left ? J_L_SHOULDER : J_R_SHOULDER];
	const float *e = f->joint[left ? J_L_ELBOW : J_R_ELBOW];
	const float *w = f->joint[left ? J_L_WRIST : J_R_WRIST];
	float upper, lower;
	float t = along(p, a, e, up, &upper, turn);

	if (t < upper)
		return t;
	/* Past the elbow the way goes on along the lower arm. */
	return upper + fmaxf(along(p, e, w, up, &lower, turn), 0);
}

void
figure_spot(struct spot *s, const struct figure *f,
    const struct unfold_point *p)
{
	static const float front[3] = { 0, 0, 1 };
	const float *neck = f->joint[J_NECK];
	float length;

	for (int c = 0; c < 3; c++) {
		s->p[c] = f->scale * (p->at[c] - f->origin[c]);
		s->n[c] = p->normal[c];
		s->head[c] = (s->p[c] - f->eyes[c]) / f->eye_gap;
	}
	s->zone = zone_of(p->part);
	s->side = s->p[0] >= 0 ? 1 : -1;
	s->turn = atan2f(s->p[0], s->p[2]);
	s->neck_turn = atan2f(s->p[0] - neck[0], s->p[2] - neck[2]);
	s->arm = down_arm(f, s->p, s->side > 0, &s->limb_turn);
	s->leg = (f->hip_y - s->p[1]) / (f->hip_y - f->ankle_y);
	if (s->zone == ZONE_LEG || s->zone == ZONE_FOOT) {
		bool left = s->side > 0;

		(void)along(s->p, f->joint[left ? J_L_HIP : J_R_HIP],
		    f->joint[left ? J_L_ANKLE : J_R_ANKLE], front, &length,
		    &s->limb_turn);
	}
}

enum status
figure_spots(struct unfold *u, struct arena *a)
{
	const struct raster *r = &u->lattice;
	struct unfold_point p;
	struct figure f;
	size_t n = 0;

	for (size_t i = 0; i < r->w * r->h; i++)
		n += r->face[i] != RASTER_NONE;
	struct spot *spot = arena_calloc(a, n, sizeof *spot);

	if (!spot)
		return E_NOMEM;
	TRY(figure_make(&f, u->body));
	/* In the order of outfit_draw: texel by texel, its samples by rows. */
	n = 0;
	for (size_t i = 0; i < u->T * u->T; i++)
		for (size_t k = 0; k < UNFOLD_SS * UNFOLD_SS; k++)
			if (unfold_point(&p, u, i % u->T * UNFOLD_SS + k %
			    UNFOLD_SS, i / u->T * UNFOLD_SS + k / UNFOLD_SS))
				figure_spot(&spot[n++], &f, &p);
	u->spot = spot;
	return OK;
}
