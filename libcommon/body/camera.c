#include "body/camera.h"

#include <float.h>
#include <math.h>

#include "body/rotate.h"

/* World to camera without translation: turn the body, then look at it. */
static struct mat3
viewpoint_rotation(const struct viewpoint *v)
{
	const struct mat3 flip = { { { 1, 0, 0 }, { 0, -1, 0 }, { 0, 0, -1 } } };
	struct mat3 yaw = rotate_about(1, v->yaw * M_PI / 180);
	struct mat3 pitch = rotate_about(0, v->pitch * M_PI / 180);
	struct mat3 r = mat3_mul(&pitch, &yaw);

	return mat3_mul(&flip, &r);
}

static void
turn(double q[3], const struct camera *c, const float p[3])
{
	for (int i = 0; i < 3; i++)
		q[i] = c->rot[i][0] * p[0] + c->rot[i][1] * p[1] +
		    c->rot[i][2] * p[2];
}

struct box {
	double lo[3], hi[3];
};

/* Bounds of the vertices that count, turned, or projected with c->t. */
static struct box
bounds(const struct camera *c, const float (*vert)[3], size_t n, double waist,
    int projected)
{
	struct box b = { { DBL_MAX, DBL_MAX, DBL_MAX },
		{ -DBL_MAX, -DBL_MAX, -DBL_MAX } };

	for (size_t i = 0; i < n; i++) {
		double q[3];

		if (vert[i][1] < waist)
			continue;
		turn(q, c, vert[i]);
		if (projected) {
			q[2] += c->t[2];
			q[0] = (q[0] + c->t[0]) / q[2];
			q[1] = (q[1] + c->t[1]) / q[2];
		}
		for (int k = 0; k < 3; k++) {
			b.lo[k] = fmin(b.lo[k], q[k]);
			b.hi[k] = fmax(b.hi[k], q[k]);
		}
	}
	return b;
}

/* Smallest t_z at which every counting vertex projects within half_x, half_y. */
static double
fit_distance(const struct camera *c, const float (*vert)[3], size_t n,
    double waist, double half_x, double half_y)
{
	double d = 0;

	for (size_t i = 0; i < n; i++) {
		double q[3];

		if (vert[i][1] < waist)
			continue;
		turn(q, c, vert[i]);
		d = fmax(d, fabs(q[0] + c->t[0]) / half_x - q[2]);
		d = fmax(d, fabs(q[1] + c->t[1]) / half_y - q[2]);
	}
	return d;
}

enum status
camera_place(struct camera *c, const struct viewpoint *v,
    const float (*vert)[3], size_t n, double waist)
{
	struct mat3 r = viewpoint_rotation(v);
	double free = 1 - 2 * v->margin;

	*c = (struct camera){ .w = v->w, .h = v->h };
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			c->rot[i][j] = r.m[i][j];
	c->focal = (double)v->h / 2 / tan(v->fov * M_PI / 360);
	c->cx = ((double)v->w - 1) / 2;
	c->cy = ((double)v->h - 1) / 2;
	if (v->framing == FRAME_FULL)
		waist = -DBL_MAX;
	struct box b = bounds(c, vert, n, waist, 0);
	double middle = (b.lo[2] + b.hi[2]) / 2;

	for (int k = 0; k < 2; k++)
		c->t[k] = -(b.lo[k] + b.hi[k]) / 2;
	/* A near part projects larger: centre what is seen, then fit again. */
	for (int round = 0; round < 4; round++) {
		double half_x = v->framing == FRAME_UPPER ? DBL_MAX :
		    free * (double)v->w / 2 / c->focal;

		c->t[2] = v->distance > 0 ? v->distance - middle :
		    fit_distance(c, vert, n, waist, half_x,
		    free * (double)v->h / 2 / c->focal);
		b = bounds(c, vert, n, waist, 1);
		for (int k = 0; k < 2; k++)
			c->t[k] -= (b.lo[k] + b.hi[k]) / 2 *
			    (c->t[2] + middle);
	}
	return camera_clear(c, vert, n);
}

enum status
camera_clear(const struct camera *c, const float (*vert)[3], size_t n)
{
	struct box b = bounds(c, vert, n, -DBL_MAX, 0);

	if (b.lo[2] + c->t[2] < CAMERA_NEAR)
		return fail(E_VALUE, "the camera is %.2f m from the body, want "
		    "at least %.1f", b.lo[2] + c->t[2], CAMERA_NEAR);
	return OK;
}

double
camera_distance(const struct camera *c, const float (*vert)[3], size_t n)
{
	struct box b = bounds(c, vert, n, -DBL_MAX, 0);

	return (b.lo[2] + b.hi[2]) / 2 + c->t[2];
}

struct camera
camera_finer(const struct camera *c, size_t k)
{
	struct camera f = *c;

	f.w *= k;
	f.h *= k;
	f.focal *= (double)k;
	f.cx = (c->cx + 0.5) * (double)k - 0.5;
	f.cy = (c->cy + 0.5) * (double)k - 0.5;
	return f;
}

void
camera_project(float (*out)[3], const struct camera *c, const float (*p)[3],
    size_t n, double scale, double shift)
{
	double x0 = c->cx * scale + shift, y0 = c->cy * scale + shift;
	double f = c->focal * scale;

	for (size_t i = 0; i < n; i++) {
		double q[3];

		turn(q, c, p[i]);
		double near = 1 / (q[2] + c->t[2]);

		out[i][0] = (float)(x0 + f * (q[0] + c->t[0]) * near);
		out[i][1] = (float)(y0 + f * (q[1] + c->t[1]) * near);
		out[i][2] = (float)near;
	}
}
