#include "body/rotate.h"

#include <math.h>
#include <string.h>

struct mat3
mat3_mul(const struct mat3 *a, const struct mat3 *b)
{
	struct mat3 r;

	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			r.m[i][j] = a->m[i][0] * b->m[0][j] +
			    a->m[i][1] * b->m[1][j] + a->m[i][2] * b->m[2][j];
	return r;
}

struct mat3
mat3_transpose(const struct mat3 *a)
{
	struct mat3 r;

	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			r.m[i][j] = a->m[j][i];
	return r;
}

void
mat3_apply(double out[3], const struct mat3 *a, const double v[3])
{
	for (int i = 0; i < 3; i++)
		out[i] = vec3_dot(a->m[i], v);
}

double
vec3_dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

void
vec3_cross(double out[3], const double a[3], const double b[3])
{
	out[0] = a[1] * b[2] - a[2] * b[1];
	out[1] = a[2] * b[0] - a[0] * b[2];
	out[2] = a[0] * b[1] - a[1] * b[0];
}

double
vec3_unit(double v[3], const double else_[3])
{
	double n = sqrt(vec3_dot(v, v));

	if (n == 0)
		memcpy(v, else_, 3 * sizeof *v);
	else
		for (int i = 0; i < 3; i++)
			v[i] /= n;
	return n;
}

/* I + sin(t) K + (1 - cos(t)) K^2, K the cross product with the unit axis. */
struct mat3
rotate_exp(const double v[3])
{
	double k[3] = { v[0], v[1], v[2] };
	double t = vec3_unit(k, (const double[3]){ 0, 0, 0 });
	double s = sin(t), c = 1 - cos(t);
	struct mat3 r;

	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			r.m[i][j] = c * k[i] * k[j] + (i == j ? cos(t) : 0);
	r.m[2][1] += s * k[0];
	r.m[1][2] -= s * k[0];
	r.m[0][2] += s * k[1];
	r.m[2][0] -= s * k[1];
	r.m[1][0] += s * k[2];
	r.m[0][1] -= s * k[2];
	return r;
}

/*
 * By way of the unit quaternion, largest component first, which stays
 * accurate near a half turn where the antisymmetric part vanishes.
 */
void
rotate_log(double v[3], const struct mat3 *r)
{
	const double (*m)[3] = r->m;
	double q[4] = {		/* 4 q^2 of w, x, y, z */
		1 + m[0][0] + m[1][1] + m[2][2],
		1 + m[0][0] - m[1][1] - m[2][2],
		1 - m[0][0] + m[1][1] - m[2][2],
		1 - m[0][0] - m[1][1] + m[2][2],
	};
	int big = 0;

	for (int i = 1; i < 4; i++)
		if (q[i] > q[big])
			big = i;
	double d = 2 * sqrt(q[big]);	/* 4 times the largest component */
	const double from[4][4] = {
		{ 0, m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1] },
		{ m[2][1] - m[1][2], 0, m[0][1] + m[1][0], m[0][2] + m[2][0] },
		{ m[0][2] - m[2][0], m[0][1] + m[1][0], 0, m[1][2] + m[2][1] },
		{ m[1][0] - m[0][1], m[0][2] + m[2][0], m[1][2] + m[2][1], 0 },
	};

	for (int i = 0; i < 4; i++)
		q[i] = i == big ? d / 4 : from[big][i] / d;
	double s = sqrt(q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
	double angle = 2 * atan2(s, fabs(q[0]));
	double f = s > 0 ? copysign(angle / s, q[0]) : 0;

	for (int i = 0; i < 3; i++)
		v[i] = f * q[i + 1];
}

void
rotate_logf(float v[3], const struct mat3 *r)
{
	double d[3];

	rotate_log(d, r);
	for (int c = 0; c < 3; c++)
		v[c] = (float)d[c];
}

struct mat3
rotate_about(int axis, double angle)
{
	double v[3] = { 0 };

	v[axis] = angle;
	return rotate_exp(v);
}

struct mat3
rotate_from_to(const double a[3], const double b[3])
{
	double axis[3], v[3];
	double sin_ab, cos_ab = vec3_dot(a, b);

	vec3_cross(axis, a, b);
	sin_ab = sqrt(vec3_dot(axis, axis));
	if (sin_ab < 1e-12 * (fabs(cos_ab) + 1e-300)) {
		if (cos_ab >= 0)
			return MAT3_ONE;
		/* Opposite: a half turn about anything across a. */
		const double pick[3] = { fabs(a[0]) < fabs(a[1]),
			fabs(a[0]) >= fabs(a[1]), 0 };

		vec3_cross(axis, a, pick);
	}
	vec3_unit(axis, (const double[3]){ 0, 0, 1 });
	for (int i = 0; i < 3; i++)
		v[i] = axis[i] * atan2(sin_ab, cos_ab);
	return rotate_exp(v);
}
