/*
 * The body of our own: a closed surface with labels, weights and key points;
 * what its numbers promise; and its charts against DensePose's, on the
 * bodies of ../shared/data where they are.
 */
#include "human/human.h"

#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../tap.h"
#include "body/skin.h"
#include "body/stance.h"

static struct arena *a;

static double
dist(const float *p, const float *q)
{
	return sqrt(pow((double)p[0] - q[0], 2) + pow((double)p[1] - q[1], 2) +
	    pow((double)p[2] - q[2], 2));
}

static struct body
make(const char *text)
{
	struct human h;
	struct body b = { 0 };

	if (human_parse(&h, text) != OK || human_make(&b, a, &h) != OK)
		ok(false, "%s: %s", text, status_detail());
	return b;
}

static double
volume(const struct mesh *m, const float (*v)[3])
{
	double sum = 0;

	for (size_t i = 0; i < m->n_face; i++) {
		const float *p = v[m->face[i][0]], *q = v[m->face[i][1]],
		    *r = v[m->face[i][2]];

		sum += (double)p[0] * ((double)q[1] * r[2] - (double)q[2] * r[1]) +
		    (double)p[1] * ((double)q[2] * r[0] - (double)q[0] * r[2]) +
		    (double)p[2] * ((double)q[0] * r[1] - (double)q[1] * r[0]);
	}
	return sum / 6;
}

/* ---- the mesh -------------------------------------------------------- */

static int
by_key(const void *x, const void *y)
{
	uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;

	return (p > q) - (p < q);
}

/* Every directed edge once, and its reverse once: closed, one-sided. */
static void
test_closed(const struct body *b)
{
	size_t n = 3 * b->mesh.n_face, bad = 0;
	uint64_t *e = arena_calloc(a, n, sizeof *e);

	for (size_t i = 0; i < n; i++) {
		const uint32_t *f = b->mesh.face[i / 3];

		e[i] = (uint64_t)f[i % 3] << 32 | f[(i + 1) % 3];
	}
	qsort(e, n, sizeof *e, by_key);
	for (size_t i = 0; i < n; i++) {
		uint64_t back = e[i] << 32 | e[i] >> 32;

		bad += (i > 0 && e[i] == e[i - 1]) ||
		    !bsearch(&back, e, n, sizeof *e, by_key);
	}
	/* V - E + F = 2: one piece without handles. */
	long euler = (long)b->mesh.n_vert - (long)n / 2 +
	    (long)b->mesh.n_face;

	ok(bad == 0 && euler == 2, "closed, like a sphere # %zu vertices, "
	    "%zu faces, %zu bad edges, Euler %ld", b->mesh.n_vert,
	    b->mesh.n_face, bad, euler);
	ok(b->mesh.n_face >= 5000 && b->mesh.n_face <= 20000,
	    "neither coarse nor heavy");
}

static void
test_labels(const struct body *b)
{
	double area[25] = { 0 }, chart[25] = { 0 };
	bool fine = true;
	size_t flat = 0;

	for (size_t i = 0; i < b->mesh.n_face; i++) {
		const float (*c)[2] = b->part_uv[i];
		int p = b->part[i];

		fine = fine && p >= 1 && p <= 24;
		for (int k = 0; k < 3; k++)
			fine = fine && c[k][0] >= 0 && c[k][0] <= 1 &&
			    c[k][1] >= 0 && c[k][1] <= 1;
		if (!fine)
			break;
		double s = ((double)c[1][0] - c[0][0]) * ((double)c[2][1] -
		    c[0][1]) - ((double)c[2][0] - c[0][0]) *
		    ((double)c[1][1] - c[0][1]);

		area[p]++;
		chart[p] += fabs(s) / 2;
		flat += fabs(s) < 1e-7;
	}
	ok(fine, "every face has a part, U and V in range");
	double least = 1, most = 0;

	for (int p = 1; p <= 24; p++) {
		fine = fine && area[p] > 50;
		least = fmin(least, chart[p]);
		most = fmax(most, chart[p]);
	}
	/* Charts that fold cover more than their square. */
	ok(fine && least > 0.3 && most < 1, "24 parts that fill their charts "
	    "# %.2f to %.2f of the square", least, most);
	ok(flat < b->mesh.n_face / 50, "few faces without area on the chart "
	    "# %zu", flat);
}

static void
test_rig(const struct body *b)
{
	double worst = 0;
	bool fine = b->has_rig && b->skin.n_row == b->mesh.n_vert &&
	    b->points.n_row == POSE_POINTS;

	for (size_t i = 0; fine && i < b->skin.n_row; i++) {
		double sum = 0;

		for (uint32_t k = b->skin.row[i]; k < b->skin.row[i + 1]; k++)
			sum += b->skin.weight[k];
		worst = fmax(worst, fabs(sum - 1));
	}
	ok(fine && worst < 1e-5, "weights sum to one # %.1e", worst);

	/* Key points, and the mirror image. */
	static const int other[POSE_POINTS] = { 0, 1, 5, 6, 7, 2, 3, 4, 11, 12,
		13, 8, 9, 10, 15, 14, 17, 16 };
	float p[POSE_POINTS][3];

	sparse_apply(p, &b->points, b->mesh.vert);
	worst = 0;
	for (int i = 0; i < POSE_POINTS; i++) {
		const float m[3] = { -p[other[i]][0], p[other[i]][1],
			p[other[i]][2] };

		worst = fmax(worst, dist(p[i], m));
	}
	ok(worst < 1e-5, "key points are symmetric # %.1e m", worst);
	static const struct { int point, joint; } same[] = {
		{ P_L_ELBOW, J_L_ELBOW }, { P_L_WRIST, J_L_WRIST },
		{ P_L_KNEE, J_L_KNEE }, { P_L_ANKLE, J_L_ANKLE }
	};

	worst = 0;
	for (int i = 0; i < 4; i++)
		worst = fmax(worst, dist(p[same[i].point],
		    b->joint[same[i].joint]));
	ok(worst < 0.025, "key points of limbs lie on their joints # %.3f m",
	    worst);
	ok(p[P_NOSE][2] > p[P_L_EYE][2] && p[P_L_EYE][0] > 0.02f &&
	    p[P_L_EAR][0] > p[P_L_EYE][0] && p[P_NECK][1] < p[P_NOSE][1],
	    "the face looks to the front");
}

/* ---- its numbers ----------------------------------------------------- */

static void
test_numbers(void)
{
	static const struct {
		const char *text;
		double height, weight;
	} want[] = {
		{ "female", 1.64, 61 }, { "male", 1.76, 75 },
		{ "female,height=1.7,weight=48", 1.7, 48 },
		{ "male,height=1.9,weight=120,legs=1.05", 1.9, 120 },
		{ "sex=0.5,height=1.5,weight=50,shoulders=0.9,hips=1.1", 1.5,
		    50 },
	};

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		struct body b = make(want[i].text);
		float lo = INFINITY, hi = -INFINITY;

		for (size_t v = 0; v < b.mesh.n_vert; v++) {
			lo = fminf(lo, b.mesh.vert[v][1]);
			hi = fmaxf(hi, b.mesh.vert[v][1]);
		}
		double kg = 1010 * volume(&b.mesh, b.mesh.vert);

		ok(fabs((double)hi - lo - want[i].height) < 0.01 &&
		    fabs(kg / want[i].weight - 1) < 0.015,
		    "%s # %.3f m, %.1f kg", want[i].text, (double)hi - lo, kg);
	}
	static const char *const bad[] = { "man", "height", "height=x",
		"height=3", "female,weight=200", "male,height=1.7m", "bust=",
		"female,,male", "seed=", "seed=1x", "seed=-1" };
	struct human h;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(human_parse(&h, bad[i]) == E_VALUE, "no such person: %s",
		    bad[i]);
	ok(human_parse(&h, "height=1.8,female") == OK && h.female == 1 &&
	    h.height == 1.8 && fabs(h.weight - 61 * 1.8 * 1.8 / 1.64 / 1.64) <
	    1e-9, "what is left out is the usual for that sex and height");
}

static void
test_same(void)
{
	struct body x = make("female"), y = make("female"), z = make("male");

	ok(memcmp(x.mesh.vert, y.mesh.vert, x.mesh.n_vert * 12) == 0,
	    "the same numbers, the same body");
	ok(x.mesh.n_vert == z.mesh.n_vert && memcmp(x.part_uv, z.part_uv,
	    x.mesh.n_face * sizeof *x.part_uv) == 0 &&
	    memcmp(x.part, z.part, x.mesh.n_face) == 0,
	    "all bodies have one mesh with one set of labels");
}

/* People by seeds: all can be made, and they differ. */
static void
test_random(void)
{
	struct human h, same;
	double women = 0, tall = 0, heavy = 0, least = 9, most = 0;
	const int n = 400;
	size_t mark = arena_mark(a);
	bool fine = true;

	for (int i = 0; i < n; i++) {
		human_random(&h, (uint64_t)i);
		women += h.female;
		tall += h.height;
		heavy += h.weight / (h.height * h.height);
		least = fmin(least, h.height);
		most = fmax(most, h.height);
		if (i % (int)(20 * tap_stride(5)) == 0) {
			struct body b;

			fine = fine && human_make(&b, a, &h) == OK && fabs(1010 *
			    volume(&b.mesh, b.mesh.vert) / h.weight - 1) <
			    0.015;
			arena_pop(a, mark);
		}
	}
	ok(fine, "people by seed can be made, at their weights");
	ok(fabs(women / n - 0.5) < 0.1 && fabs(tall / n - 1.70) < 0.02 &&
	    fabs(heavy / n - 23.4) < 0.6 && least < 1.55 && most > 1.85,
	    "and are as people are # %.2f women, %.2f m (%.2f..%.2f), "
	    "%.1f kg/m2", women / n, tall / n, least, most, heavy / n);
	human_random(&h, 7);
	ok(human_parse(&same, "seed=7") == OK && memcmp(&h, &same, sizeof h) ==
	    0, "seed=7 is the seventh of them");
	ok(human_parse(&same, "height=1.9,seed=7") == OK && same.height == 1.9 &&
	    same.weight == h.weight, "changed by what stands beside it");
}

/* Sitting and bending, no limb loses a third of its volume. */
static void
test_bends(const struct body *b)
{
	float pose[BODY_JOINTS][3] = { { 0 } }, g[BODY_JOINTS][3][4];
	float (*v)[3] = arena_calloc(a, b->mesh.n_vert, sizeof *v);
	double rest = volume(&b->mesh, b->mesh.vert);

	pose[J_L_HIP][0] = pose[J_R_HIP][0] = -1.4f;
	pose[J_L_KNEE][0] = pose[J_R_KNEE][0] = 1.5f;
	pose[J_L_ELBOW][1] = -1.6f;
	pose[J_R_ELBOW][1] = 1.6f;
	pose[J_L_SHOULDER][2] = -1.1f;
	pose[J_R_SHOULDER][2] = 1.1f;
	skin_transforms(g, b, (const float (*)[3])pose);
	skin_vertices(v, b, (const float (*)[3][4])g);
	double kept = volume(&b->mesh, (const float (*)[3])v) / rest;

	ok(kept > 0.93 && kept < 1.05, "sitting with bent arms keeps its "
	    "volume # %.3f", kept);
}

/* ---- DensePose ------------------------------------------------------- */

/* The point of triangle t nearest to p, as weights. */
static double
nearest(float w[3], const float *p, const float *x, const float *y,
    const float *z)
{
	double best = INFINITY;

	/* A fine enough search: the triangles are a centimetre wide. */
	for (int i = 0; i <= 8; i++)
		for (int j = 0; i + j <= 8; j++) {
			const float s = (float)i / 8, t = (float)j / 8;
			float q[3];

			for (int c = 0; c < 3; c++)
				q[c] = (1 - s - t) * x[c] + s * y[c] + t * z[c];
			double d = dist(p, q);

			if (d < best) {
				best = d;
				w[0] = 1 - s - t;
				w[1] = s;
				w[2] = t;
			}
		}
	return best;
}

struct agreement {
	double area, same, apart, du, dv;
	double part_area[25], part_same[25], part_du[25], part_dv[25];
};

static void
compare_at(struct agreement *g, const struct body *ours,
    const struct body *theirs, size_t face, const float shift[3])
{
	const uint32_t *f = theirs->mesh.face[face];
	const float *v[3];
	float mid[3], e[2][3], uv[2] = { 0 };
	size_t near = 0;
	double best = INFINITY, area = 0;

	for (int k = 0; k < 3; k++) {
		v[k] = theirs->mesh.vert[f[k]];
		for (int c = 0; c < 2; c++)
			uv[c] += theirs->part_uv[face][k][c] / 3;
	}
	for (int c = 0; c < 3; c++) {
		mid[c] = (v[0][c] + v[1][c] + v[2][c]) / 3 + shift[c];
		e[0][c] = v[1][c] - v[0][c];
		e[1][c] = v[2][c] - v[0][c];
	}
	for (int c = 0; c < 3; c++)
		area += pow((double)e[0][c] * e[1][(c + 1) % 3] -
		    (double)e[0][(c + 1) % 3] * e[1][c], 2);
	area = sqrt(area) / 2;
	for (size_t i = 0; i < ours->mesh.n_vert; i++) {
		const float *q = ours->mesh.vert[i];
		float x = q[0] - mid[0], y = q[1] - mid[1], z = q[2] - mid[2];
		double d = x * x + y * y + z * z;

		if (d < best) {
			best = d;
			near = i;
		}
	}
	best = INFINITY;
	float at[2] = { 0 }, w[3] = { 1 };
	int part = 0, is = theirs->part[face];

	for (size_t i = 0; i < ours->mesh.n_face; i++) {
		const uint32_t *o = ours->mesh.face[i];

		if (o[0] != near && o[1] != near && o[2] != near)
			continue;
		double d = nearest(w, mid, ours->mesh.vert[o[0]],
		    ours->mesh.vert[o[1]], ours->mesh.vert[o[2]]);

		if (d >= best)
			continue;
		best = d;
		part = ours->part[i];
		for (int c = 0; c < 2; c++)
			at[c] = w[0] * ours->part_uv[i][0][c] +
			    w[1] * ours->part_uv[i][1][c] +
			    w[2] * ours->part_uv[i][2][c];
	}
	g->area += area;
	g->part_area[is] += area;
	g->apart += area * best;
	if (part != is)
		return;
	g->same += area;
	g->part_same[is] += area;
	g->du += area * fabs((double)at[0] - uv[0]);
	g->dv += area * fabs((double)at[1] - uv[1]);
	g->part_du[is] += area * fabs((double)at[0] - uv[0]);
	g->part_dv[is] += area * fabs((double)at[1] - uv[1]);
}

/* Every `step`th face of a SMPL body against ours of its height. */
static void
test_charts(const char *sex)
{
	char path[128], text[64];
	struct body theirs, ours;
	struct agreement g = { 0 };
	float lo = INFINITY, hi = -INFINITY, shift[3];

	snprintf(path, sizeof path, "../shared/data/body/body_%s.npz", sex);
	if (access(path, R_OK) != 0) {
		skip("no ../shared/data/body");
		return;
	}
	if (!ok(body_read(&theirs, a, path, NULL) == OK, "%s", path))
		return;
	for (size_t i = 0; i < theirs.mesh.n_vert; i++) {
		lo = fminf(lo, theirs.mesh.vert[i][1]);
		hi = fmaxf(hi, theirs.mesh.vert[i][1]);
	}
	snprintf(text, sizeof text, "%s,height=%.3f", sex, (double)hi - lo);
	ours = make(text);
	/* Feet on one floor, pelvis over pelvis. */
	shift[0] = 0;
	shift[1] = -lo;
	shift[2] = ours.joint[J_PELVIS][2] - theirs.joint[J_PELVIS][2];
	lo = INFINITY;
	for (size_t i = 0; i < ours.mesh.n_vert; i++)
		lo = fminf(lo, ours.mesh.vert[i][1]);
	shift[1] += lo;
	for (size_t i = 0; i < theirs.mesh.n_face; i += tap_stride(31))
		compare_at(&g, &ours, &theirs, i, shift);
	for (int p = 1; p <= 24; p++)
		printf("# part %2d: same on %.3f, |dU| %.3f, |dV| %.3f\n", p,
		    g.part_same[p] / g.part_area[p], g.part_du[p] /
		    g.part_same[p], g.part_dv[p] / g.part_same[p]);
	printf("# surfaces are %.1f mm apart\n", 1000 * g.apart / g.area);
	ok(g.same >= 0.9 * g.area, "%s: the same part as DensePose's # on %.3f "
	    "of the area", sex, g.same / g.area);
	ok(g.du <= 0.15 * g.same && g.dv <= 0.15 * g.same, "%s: U and V as "
	    "DensePose's # |dU| %.3f, |dV| %.3f", sex, g.du / g.same,
	    g.dv / g.same);
}

int
main(void)
{
	if (arena_new(&a, (size_t)1 << 30) != OK)
		return 1;
	clock_t from = clock();
	struct body b = make("female");

	printf("# made in %.1f ms\n", 1e3 * (double)(clock() - from) /
	    CLOCKS_PER_SEC);
	test_closed(&b);
	test_labels(&b);
	test_rig(&b);
	test_bends(&b);
	test_numbers();
	test_same();
	test_random();
	test_charts("female");
	test_charts("male");
	arena_free(a);
	return done();
}
