#include "fit/bodyfit.h"

#include <math.h>

#include "fit/bodyfit_problem.h"

enum status
fit_body(struct fit *f, const struct keypoints *k, const struct fit_in *given)
{
	struct fit_in in = *given;
	struct swapped swapped;
	struct problem p;
	struct placed at;
	double sum = 0, w = 0;

	*f = (struct fit){ 0 };
	if (in.pose3)
		problem_part_legs(&in, &swapped);
	TRY(problem_take(&p, k, &in));
	if (in.pose3)
		TRY(problem_with_depth(f, &p, &in));
	else
		problem_without_depth(f, &p);
	keypoints_place(&at, k, &f->posture);
	for (int i = 0; i < POSE_POINTS; i++) {
		double u[2];

		problem_project(u, f, &at, i);
		for (int c = 0; c < 2; c++)
			sum += p.trust[i] * (u[c] - p.want[i][c]) *
			    (u[c] - p.want[i][c]);
		w += p.trust[i];
		f->points += p.trust[i] > 0;
	}
	f->off = sqrt(sum / w) * FIT_DISTANCE / f->focal;
	return OK;
}

double
fit_cost(double g[FIT_UNKNOWNS], const struct fit *f, const struct keypoints *k,
    const struct fit_in *in, double unit)
{
	struct problem p;
	struct system s;

	if (problem_take(&p, k, in) != OK)
		return NAN;
	if (!in->pose3)
		problem_take_face(&p);
	p.unit = unit;
	p.sigma = FINE;
	problem_assemble(&s, &p, f, g != NULL);
	for (int i = 0; g && i < FIT_UNKNOWNS; i++)
		g[i] = 2 * s.g[i];
	return s.cost;
}

void
fit_pose(float pose[BODY_JOINTS][3], const struct fit *f)
{
	for (int j = 0; j < BODY_JOINTS; j++)
		rotate_logf(pose[j], &f->posture.turn[j]);
}

void
fit_camera(struct camera *c, const struct fit *f, size_t w, size_t h)
{
	*c = (struct camera){ .focal = f->focal, .cx = f->cx, .cy = f->cy,
		.w = w, .h = h, .t = { 0, 0, FIT_DISTANCE } };
	for (int i = 0; i < 3; i++)
		c->rot[i][i] = i ? -1 : 1;
}
