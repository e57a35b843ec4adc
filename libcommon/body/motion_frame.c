#include "body/motion_frame.h"

#include <math.h>
#include <stdlib.h>

#define FARTHEST 1e4f		/* metres */
#define FASTEST 15		/* metres a second, for half of the time */
#define STEEPEST 4		/* likewise up and down */
#define HIGHEST 20		/* metres above or below the origin, on the average */

struct mat3
motion_without_heading(const struct mat3 *r, float *heading)
{
	double angle = atan2(r->m[0][2], r->m[2][2]);
	struct mat3 back = rotate_about(1, -angle);

	if (heading)
		*heading = (float)angle;
	return mat3_mul(&back, r);
}

struct mat3
motion_rotation(const float v[3])
{
	return rotate_exp((const double[3]){ v[0], v[1], v[2] });
}

void
motion_say(struct motion *m, struct arena *a, const char *text)
{
	const char *both = m->remark && text ? arena_printf(a, "%s; %s", m->remark,
	    text) : NULL;

	m->remark = both ? both : text ? text : m->remark;
}

static int
ascending(const void *p, const void *q)
{
	float x = *(const float *)p, y = *(const float *)q;

	return (x > y) - (x < y);
}

/* The median of the steps from frame to frame, along or up, metres a second. */
static enum status
median_speed(double *v, const struct motion *m, struct arena *a, bool up)
{
	const size_t n = m->n_frame - 1, mark = arena_mark(a);
	float *step = arena_calloc(a, m->n_frame, sizeof *step);

	if (!step)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const float *p = m->place[i], *q = m->place[i + 1];

		step[i] = up ? fabsf(q[1] - p[1]) : hypotf(q[0] - p[0], q[2] - p[2]);
	}
	qsort(step, n, sizeof *step, ascending);
	*v = n ? (double)step[n / 2] * (m->rate > 0 ? m->rate : 30) : 0;
	arena_pop(a, mark);
	return OK;
}

/*
 * Who moves faster than a runner in most frames, or stays as high as a house, has
 * places in another unit.
 */
static enum status
doubt_unit(struct motion *m, struct arena *a)
{
	double along, up, height = 0;

	for (size_t i = 0; i < m->n_frame; i++)
		height += (double)m->place[i][1] / (double)m->n_frame;

	TRY(median_speed(&along, m, a, false));
	TRY(median_speed(&up, m, a, true));
	if (along > FASTEST)
		motion_say(m, a, arena_printf(a, "it moves by %.0f metres a second: are its "
		    "places in metres?", along));
	else if (up > STEEPEST)
		motion_say(m, a, arena_printf(a, "it goes up and down by %.0f metres a "
		    "second: are its places in metres?", up));
	else if (fabs(height) > HIGHEST)
		motion_say(m, a, arena_printf(a, "its pelvis is at a height of %.0f "
		    "metres: are its places in metres?", height));
	return OK;
}

enum status
motion_keep_places(struct motion *m, struct arena *a, const float (*place)[3])
{
	bool change = false, near = true;

	for (size_t i = 0; i < m->n_frame; i++) {
		change = change || place[i][1] != place[0][1];
		for (int c = 0; c < 3; c++)
			near = near && fabsf(place[i][c]) < FARTHEST;
	}
	m->place = change && near ? place : NULL;
	if (!near)
		motion_say(m, a, "places are kilometres away: they are left out");
	return m->place ? doubt_unit(m, a) : OK;
}
