/* The harmonic fill against a dense solution, and where it is known by heart. */
#include "texture/fill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"

enum { T = 24, N = T * T };

static struct arena *arena;
static uint8_t chart[N], kind[N];
static float x[N * 3], mu[N];

/* Two charts, 1 left and 2 right of an empty column, linked in every third row. */
static size_t
two_charts(struct seam_link *link)
{
	size_t n = 0;

	for (size_t t = 0; t < N; t++)
		chart[t] = t % T < 11 ? 1 : t % T > 12 ? 2 : 0;
	for (uint32_t y = 0; y < T; y += 3)
		link[n++] = (struct seam_link){ y * T + 10, y * T + 13 };
	return n;
}

/* Gauss elimination with partial pivoting; a is destroyed. */
static void
dense_solve(double *a, double *b, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		size_t p = k;

		for (size_t i = k; i < n; i++)
			if (fabs(a[i * n + k]) > fabs(a[p * n + k]))
				p = i;
		for (size_t j = 0; j < n; j++) {
			double s = a[k * n + j];

			a[k * n + j] = a[p * n + j];
			a[p * n + j] = s;
		}
		double s = b[k];

		b[k] = b[p];
		b[p] = s;
		for (size_t i = k + 1; i < n; i++) {
			double f = a[i * n + k] / a[k * n + k];

			for (size_t j = k; f != 0 && j < n; j++)
				a[i * n + j] -= f * a[k * n + j];
			b[i] -= f * b[k];
		}
	}
	for (size_t k = n; k-- > 0;) {
		for (size_t j = k + 1; j < n; j++)
			b[k] -= a[k * n + j] * b[j];
		b[k] /= a[k * n + k];
	}
}

static void
couple(double *a, double *b, size_t i, size_t j, size_t channel)
{
	if (kind[i] != FILL_FREE || !chart[i] || !chart[j] ||
	    kind[j] == FILL_OUT)
		return;
	a[i * N + i]++;
	if (kind[j] == FILL_FREE)
		a[i * N + j]--;
	else
		b[i] += (double)x[3 * j + channel];
}

/* One channel of the problem in x, kind, mu, written out as equations. */
static void
exactly(double *b, const struct seam_link *link, size_t n, size_t channel)
{
	double *a = calloc(N * N, sizeof *a);

	memset(b, 0, N * sizeof *b);
	for (size_t t = 0; t < N; t++) {
		if (t % T + 1 < T) {
			couple(a, b, t, t + 1, channel);
			couple(a, b, t + 1, t, channel);
		}
		if (t / T + 1 < T) {
			couple(a, b, t, t + T, channel);
			couple(a, b, t + T, t, channel);
		}
		if (kind[t] == FILL_FREE) {
			a[t * N + t] += (double)mu[t];
			b[t] += (double)mu[t] * (double)x[3 * t + channel];
		}
	}
	for (size_t i = 0; i < n; i++) {
		couple(a, b, link[i].a, link[i].b, channel);
		couple(a, b, link[i].b, link[i].a, channel);
	}
	for (size_t t = 0; t < N; t++)
		if (kind[t] != FILL_FREE || a[t * N + t] == 0)
			a[t * N + t] = 1;
	dense_solve(a, b, N);
	free(a);
}

static void
against_dense(void)
{
	struct seam_link link[T];
	size_t n = two_charts(link);
	static double want[3][N];
	double worst = 0;
	unsigned rounds;
	struct fill_graph *g;
	size_t mark;

	if (!ok(fill_graph_make(&g, arena, chart, T, link, n) == OK, "graph"))
		return;
	srand(3);
	for (size_t t = 0; t < N; t++) {
		int r = rand() % 100;

		kind[t] = !chart[t] ? FILL_OUT : t / T > 16 && t % T < 11 ?
		    FILL_FREE : r < 6 ? FILL_FIXED : r < 9 ? FILL_OUT :
		    FILL_FREE;
		mu[t] = r > 90 ? .05f : 0;
		for (size_t k = 0; k < 3; k++)
			x[3 * t + k] = (float)rand() / (float)RAND_MAX * 2 - 1;
	}
	kind[0] = FILL_FIXED;
	x[0] = .75f;
	for (size_t k = 0; k < 3; k++)
		exactly(want[k], link, n, k);
	mark = arena_mark(arena);
	ok(fill_solve(g, arena, x, mu, kind, &rounds) == OK &&
	    arena_mark(arena) == mark, "solves and gives scratch back");
	for (size_t t = 0; t < N; t++)
		for (size_t k = 0; k < 3 && kind[t] == FILL_FREE; k++)
			worst = fmax(worst, fabs((double)x[3 * t + k] -
			    want[k][t]));
	ok(worst < 1e-3, "agrees with elimination: %.1e after %u rounds", worst,
	    rounds);
	ok(rounds < 30, "in few rounds");
	ok(x[0] == .75f, "fixed texels keep their values");
}

/* A plane is harmonic: given at the rim it must come back inside. */
static void
plane(void)
{
	struct fill_graph *g;
	double worst = 0;

	memset(chart, 1, sizeof chart);
	if (!ok(fill_graph_make(&g, arena, chart, T, NULL, 0) == OK, "graph"))
		return;
	for (size_t t = 0; t < N; t++) {
		size_t i = t % T, j = t / T;
		bool rim = i == 0 || j == 0 || i == T - 1 || j == T - 1;

		kind[t] = rim ? FILL_FIXED : FILL_FREE;
		for (size_t k = 0; k < 3; k++)
			x[3 * t + k] = rim ? (float)i / T - (float)(k * j) / T :
			    99;
	}
	ok(fill_solve(g, arena, x, NULL, kind, NULL) == OK, "solves");
	for (size_t t = 0; t < N; t++)
		for (size_t k = 0; k < 3; k++)
			worst = fmax(worst, fabs((double)x[3 * t + k] -
			    ((double)(t % T) - (double)(k * (t / T))) / T));
	ok(worst < 1e-3, "a plane comes back: %.1e", worst);
}

/* Chart 1 has a value, 2 gets it through the seam, 3 stands alone. */
static void
reach(void)
{
	struct seam_link link[T];
	size_t n = two_charts(link);
	struct fill_graph *g;
	double worst = 0, alone = 0;

	for (size_t t = 0; t < N; t++)
		if (chart[t] == 2 && t / T >= 20)
			chart[t] = t / T > 20 ? 3 : 0;
	n = 7;	/* rows 0 to 18 */
	if (!ok(fill_graph_make(&g, arena, chart, T, link, n) == OK, "graph"))
		return;
	for (size_t t = 0; t < N; t++) {
		kind[t] = t == 5 * T + 5 ? FILL_FIXED : FILL_FREE;
		x[3 * t] = x[3 * t + 1] = x[3 * t + 2] = .5f;
	}
	ok(fill_solve(g, arena, x, NULL, kind, NULL) == OK, "solves");
	for (size_t t = 0; t < N; t++) {
		if (chart[t] == 1 || chart[t] == 2)
			worst = fmax(worst, fabs((double)x[3 * t] - .5));
		if (chart[t] == 3)
			alone = fmax(alone, fabs((double)x[3 * t]));
	}
	ok(worst < 1e-3, "one value fills two charts across a seam: %.1e",
	    worst);
	ok(alone == 0, "a chart that nothing reaches is 0");
}

int
main(void)
{
	if (!ok(arena_new(&arena, (size_t)1 << 30) == OK, "arena"))
		return done();
	against_dense();
	plane();
	reach();
	arena_free(arena);
	return done();
}
