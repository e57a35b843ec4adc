/* Places of joints where their turns are wanted: both are numbers by threes. */
#include <math.h>

#include "body/motion_frame.h"

#define JOINTS 22	/* of SMPL, without the hands */
#define FRAMES 64	/* of a motion that are looked at */

static const signed char parent[JOINTS] = { -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8,
	9, 9, 9, 12, 13, 14, 16, 17, 18, 19 };

/* A row of a motion; without the root it is taken to be at 0. */
struct joints {
	double at[JOINTS][3];
};

static struct joints
joints_of(const float *row, bool root)
{
	struct joints q = { .at = { { 0 } } };

	for (int j = root ? 0 : 1; j < JOINTS; j++)
		for (int c = 0; c < 3; c++)
			q.at[j][c] = (double)row[3 * (root ? j : j - 1) + c];
	return q;
}

static double
between(const struct joints *q, int i, int j)
{
	return hypot(hypot(q->at[i][0] - q->at[j][0], q->at[i][1] - q->at[j][1]),
	    q->at[i][2] - q->at[j][2]);
}

static bool
is_in(double x, double of, double least, double most)
{
	return x >= least * of && x <= most * of;
}

/*
 * Whether the joints stand as those of a person do: limbs as long on both sides, all
 * bones there, and lengths that people have. None of 2,987 frames of turns
 * has that, where half of the joints turn about nearly the same.
 */
static bool
has_proportions(const struct joints *q)
{
	static const int left[][2] = { { 1, 4 }, { 4, 7 }, { 16, 18 }, { 18, 20 } };
	const double thigh = between(q, 1, 4);

	if (!isfinite(thigh) || !(thigh > 1e-3))
		return false;
	for (int j = 1; j < JOINTS; j++)
		if (!is_in(between(q, j, parent[j]), thigh, 0.04, 1.6))
			return false;
	for (int i = 0; i < 4; i++)	/* the right ones are the next */
		if (!is_in(between(q, left[i][0] + 1, left[i][1] + 1),
		    between(q, left[i][0], left[i][1]), 0.88, 1.14))
			return false;
	return is_in(between(q, 4, 7), thigh, 0.7, 1.5) &&
	    is_in(between(q, 18, 20), between(q, 16, 18), 0.6, 1.6) &&
	    is_in(between(q, 1, 2), thigh, 0.1, 1) &&
	    is_in(between(q, 16, 17), thigh, 0.4, 1.8) &&
	    is_in(between(q, 0, 12), thigh, 0.7, 2.2);
}

bool
motion_is_places(const float *rows, size_t frames, size_t columns, bool root)
{
	const size_t n = frames < FRAMES ? frames : FRAMES;
	size_t like = 0;

	for (size_t i = 0; i < n; i++) {
		struct joints q = joints_of(rows + i * frames / n * columns, root);

		like += has_proportions(&q);
	}
	return 2 * like >= n;
}
