/*
 * Rotations as 3 x 3 matrices acting on columns, in double; and their short
 * form, axis times angle in radians (SMPL's pose vectors). Right-handed: a
 * positive turn about y takes z towards x.
 */
#ifndef BODY_ROTATE_H
#define BODY_ROTATE_H

struct mat3 {
	double m[3][3];
};

#define MAT3_ONE ((struct mat3){ { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } })

struct mat3 mat3_mul(const struct mat3 *a, const struct mat3 *b);
struct mat3 mat3_transpose(const struct mat3 *a);
void mat3_apply(double out[3], const struct mat3 *a, const double v[3]);

/* Rodrigues: axis * angle to a matrix. */
struct mat3 rotate_exp(const double v[3]);
/* And back, the angle in [0, pi]. */
void rotate_log(double v[3], const struct mat3 *r);
/* The same as floats, as poses keep it. */
void rotate_logf(float v[3], const struct mat3 *r);
/* About axis 0 (x), 1 (y) or 2 (z), by radians. */
struct mat3 rotate_about(int axis, double angle);
/* The smallest turn that takes direction a to direction b (any lengths > 0). */
struct mat3 rotate_from_to(const double a[3], const double b[3]);

double vec3_dot(const double a[3], const double b[3]);
void vec3_cross(double out[3], const double a[3], const double b[3]);
/* Length 1; a vector of length 0 becomes `else_`. Returns the length. */
double vec3_unit(double v[3], const double else_[3]);

#endif
