/* Three floats: what meshes' faces and normals are made of. */
#ifndef MATH_VEC3F_H
#define MATH_VEC3F_H

#include <math.h>

static inline void
vec3f_sub(float d[3], const float a[3], const float b[3])
{
	for (int c = 0; c < 3; c++)
		d[c] = a[c] - b[c];
}

static inline float
vec3f_dot(const float a[3], const float b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* n must be none of the others. */
static inline void
vec3f_cross(float n[3], const float a[3], const float b[3])
{
	n[0] = a[1] * b[2] - a[2] * b[1];
	n[1] = a[2] * b[0] - a[0] * b[2];
	n[2] = a[0] * b[1] - a[1] * b[0];
}

static inline float
vec3f_length(const float a[3])
{
	return sqrtf(vec3f_dot(a, a));
}

/* Length 1; a vector of length 0 becomes (0, 0, 1). */
static inline void
vec3f_unit(float v[3])
{
	float len = vec3f_length(v);

	for (int c = 0; c < 3; c++)
		v[c] = len > 0 ? v[c] / len : (float)(c == 2);
}

/* The normal of the triangle a, b, c, as long as twice its area. */
static inline void
vec3f_normal(float n[3], const float a[3], const float b[3], const float c[3])
{
	float p[3], q[3];

	vec3f_sub(p, b, a);
	vec3f_sub(q, c, a);
	vec3f_cross(n, p, q);
}

#endif
