/*
 * The descent of Levenberg and Marquardt: normal equations, damped by a share
 * of their diagonal that falls with each step that lowers the cost.
 */
#include "fit/bodyfit_problem.h"

#include <math.h>

#include "math/decompose.h"

#define N FIT_UNKNOWNS

/* Metres of build, either way; see keypoints.h. */
static const double build_most[BUILDS] = { 0.14, 0.07 };

void
fit_change(struct fit *f, const double d[N])
{
	double unit = f->focal / FIT_DISTANCE;

	for (int j = 0; j < BODY_JOINTS; j++) {
		struct mat3 turn = rotate_exp(d + 3 * j);

		f->posture.turn[j] = mat3_mul(&f->posture.turn[j], &turn);
	}
	for (int b = 0; b < BUILDS; b++)
		f->posture.build[b] = fmax(-build_most[b], fmin(build_most[b],
		    f->posture.build[b] + d[KP_TURNS + b]));
	f->focal *= exp(fmax(-1, fmin(1, d[U_FOCAL])));
	f->cx += unit * d[U_X];
	f->cy += unit * d[U_Y];
}

double
problem_descend(struct fit *f, const struct problem *p, int most)
{
	struct system s, try;
	double lambda = 1e-2;

	problem_assemble(&s, p, f, true);
	for (int it = 0; it < most; it++) {
		double before = s.cost;
		bool better = false;

		f->steps++;
		for (int n = 0; n < 5 && !better; n++) {
			double a[N][N], d[N];
			struct fit g = *f;

			for (int i = 0; i < N; i++) {
				for (int j = 0; j <= i; j++)
					a[i][j] = a[j][i] = s.a[i][j];
				a[i][i] += lambda * s.a[i][i] + 1e-6;
				d[i] = -s.g[i];
			}
			if (decompose_solve(d, a[0], N) == OK) {
				fit_change(&g, d);
				problem_assemble(&try, p, &g, false);
				better = try.cost < s.cost;
			}
			if (better)
				*f = g;
			lambda = better ? fmax(lambda / 4, 1e-7) : lambda * 6;
		}
		if (!better)
			break;
		problem_assemble(&s, p, f, true);
		if (before - s.cost < 1e-4 * before)
			break;
	}
	return s.cost;
}
