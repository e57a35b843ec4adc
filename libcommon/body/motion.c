#include "body/motion.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "body/motion_frame.h"

#define MAX_FILE ((size_t)1 << 30)

/* ---- another rate --------------------------------------------------- */

/* The turn at t from a to b, 0..1, by the shortest way. */
static void
slerp(float out[3], const struct mat3 *a, const struct mat3 *b, double t)
{
	struct mat3 back = mat3_transpose(a), step = mat3_mul(&back, b);
	double v[3];

	rotate_log(v, &step);
	for (int c = 0; c < 3; c++)
		v[c] *= t;
	step = rotate_exp(v);
	step = mat3_mul(a, &step);
	rotate_logf(out, &step);
}

/* The root's turn with its heading. */
static struct mat3
headed(const struct motion *m, size_t i)
{
	struct mat3 turn = rotate_about(1, (double)m->heading[i]);
	struct mat3 r = motion_rotation(m->pose[i][0]);

	return mat3_mul(&turn, &r);
}

static void
between(float pose[BODY_JOINTS][3], float *heading, const struct motion *m,
    size_t i, double t)
{
	for (int j = 1; j < BODY_JOINTS; j++) {
		struct mat3 p = motion_rotation(m->pose[i][j]);
		struct mat3 q = motion_rotation(m->pose[i + 1][j]);

		slerp(pose[j], &p, &q, t);
	}
	struct mat3 p = headed(m, i), q = headed(m, i + 1);

	slerp(pose[0], &p, &q, t);
	p = motion_rotation(pose[0]);
	p = motion_without_heading(&p, heading);
	rotate_logf(pose[0], &p);
}

enum status
motion_resample(struct motion *m, struct arena *a, double rate)
{
	const struct motion old = *m;
	double step = old.rate / rate;	/* frames of the old one for one */
	float (*pose)[BODY_JOINTS][3], *heading, (*place)[3];

	m->rate = rate;
	if (old.rate == 0 || fabs(step - 1) < 1e-6)
		return OK;
	double n = floor((double)(old.n_frame - 1) / step + 1e-6) + 1;

	if (n > (double)MOTION_MAX_FRAMES)
		return fail(E_LIMIT, "%.0f frames at %g a second, at most %zu", n,
		    rate, MOTION_MAX_FRAMES);
	m->n_frame = (size_t)n;
	pose = arena_calloc(a, m->n_frame, sizeof *pose);
	heading = arena_calloc(a, m->n_frame, sizeof *heading);
	place = arena_calloc(a, m->n_frame, sizeof *place);
	if (!pose || !heading || !place)
		return E_NOMEM;
	for (size_t k = 0; k < m->n_frame; k++) {
		double at = (double)k * step;
		size_t i = (size_t)(at + 1e-6);
		double t = fmax(at - (double)i, 0);
		size_t next = i + 1 < old.n_frame ? i + 1 : i;

		if (t < 1e-6 || next == i) {
			memcpy(pose[k], old.pose[i], sizeof pose[k]);
			heading[k] = old.heading[i];
		} else {
			between(pose[k], &heading[k], &old, i, t);
		}
		for (int c = 0; c < 3 && old.place; c++)
			place[k][c] = (float)((1 - t) * (double)old.place[i][c] +
			    t * (double)old.place[next][c]);
	}
	m->pose = (const float (*)[BODY_JOINTS][3])pose;
	m->heading = heading;
	m->place = old.place ? (const float (*)[3])place : NULL;
	return OK;
}

/* ---- files ---------------------------------------------------------- */

static enum status
read_bvh(struct motion *m, struct arena *a, const char *buf, size_t n,
    const struct body *b)
{
	struct bvh f;

	TRY(bvh_parse(&f, a, buf, n));
	return motion_from_bvh(m, a, &f, b);
}

enum status
motion_read(struct motion *m, struct arena *a, const char *path,
    const struct body *b)
{
	bool bvh = file_ends_in(path, ".bvh");
	const char *buf;
	size_t n;

	if (!bvh && !file_ends_in(path, ".npz") && !file_ends_in(path, ".pkl"))
		return fail(E_FORMAT, "%s: want a motion as .npz, .pkl (AIST++) or "
		    ".bvh", path);
	TRY(file_read(&buf, &n, a, path, MAX_FILE));
	enum status s = bvh ? read_bvh(m, a, buf, n, b) :
	    motion_parse_amass(m, a, buf, n);

	return s == OK ? OK : fail_in(s, "%s", path);
}
