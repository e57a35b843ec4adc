#include "body/clip.h"

#include <math.h>
#include <string.h>

#include "body/rotate.h"
#include "body/skin.h"

#define SOLES 0.05	/* of the height is looked at for where the feet are */
#define AIRBORNE 0.5	/* seconds to the next touch of the floor, at most */
#define MOST_FRAMES 512.0	/* for it, at rates that nobody has */
#define DRIFT 1.0	/* seconds to both sides over which a way is a mean */
#define USUAL_RATE 30.0

/* The lowest y of the posed body; cheaper than all of its vertices. */
static float
lowest(const struct body *b, const float (*pose)[3])
{
	const struct sparse *s = &b->skin;
	float g[BODY_JOINTS][3][4], low = INFINITY;

	skin_transforms(g, b, pose);
	for (size_t i = 0; i < s->n_row; i++) {
		const float *v = b->mesh.vert[i];
		float y = 0;

		for (uint32_t k = s->row[i]; k < s->row[i + 1]; k++) {
			const float *r = g[s->col[k]][1];

			y += s->weight[k] * (r[0] * v[0] + r[1] * v[1] +
			    r[2] * v[2] + r[3]);
		}
		low = fminf(low, y);
	}
	return low;
}

/* Pose of a frame with its heading against that of the first. */
static void
turn_root(float pose[BODY_JOINTS][3], const struct motion *m, size_t i,
    size_t first)
{
	const float *v = m->pose[i][0];
	struct mat3 turn = rotate_about(1, (double)m->heading[i] -
	    (double)m->heading[first]);
	struct mat3 r = rotate_exp((const double[3]){ v[0], v[1], v[2] });

	memcpy(pose, m->pose[i], sizeof m->pose[i]);
	r = mat3_mul(&turn, &r);
	rotate_logf(pose[0], &r);
}

/* How far it went since the first frame, which looks along z. */
static void
way(float out[3], const struct motion *m, size_t i, size_t first)
{
	struct mat3 back = rotate_about(1, -(double)m->heading[first]);
	double d[3], q[3];

	for (int c = 0; c < 3; c++)
		d[c] = (double)m->place[i][c] - (double)m->place[first][c];
	mat3_apply(q, &back, d);
	for (int c = 0; c < 3; c++)
		out[c] = (float)q[c];
}

/*
 * The floor under the lowest points low[n] of a motion: out[i] <= low[i], smooth,
 * and touched again and again. Erosion by w frames to both sides, and the mean
 * of that over as many: each erosion in the mean saw frame i.
 */
static void
floor_under(float *out, float *eroded, const float *low, size_t n, size_t w)
{
	for (size_t i = 0; i < n; i++) {
		eroded[i] = low[i];
		for (size_t k = i > w ? i - w : 0; k <= i + w && k < n; k++)
			eroded[i] = fminf(eroded[i], low[k]);
	}
	for (size_t i = 0; i < n; i++) {
		size_t first = i > w ? i - w : 0;
		size_t last = i + w < n ? i + w : n - 1;
		double sum = 0;

		for (size_t k = first; k <= last; k++)
			sum += (double)eroded[k];
		out[i] = fminf((float)(sum / (double)(last - first + 1)),
		    low[i]);
	}
}

/* Where it was at frame i; before the first one and behind the last one the
 * way goes on as its point reflection, so that a steady way stays steady. */
static double
beyond(const float (*moved)[3], size_t n, ptrdiff_t i, int e)
{
	const ptrdiff_t last = (ptrdiff_t)n - 1;

	if (i < 0)
		return 2 * (double)moved[0][e] - (double)moved[-i][e];
	if (i > last)
		return 2 * (double)moved[last][e] - (double)moved[2 * last -
		    i][e];
	return (double)moved[i][e];
}

/*
 * Takes out of the way over the floor where it leads, its mean over w frames to
 * both sides: what stays is how the body sways over the foot that it stands on,
 * without which that foot would slide.
 */
static void
stay(float (*out)[3], const float (*moved)[3], size_t n, size_t w)
{
	const ptrdiff_t side = (ptrdiff_t)(w < n ? w : n - 1);

	for (size_t i = 0; i < n; i++)
		for (int e = 0; e < 3; e += 2) {
			double sum = 0;

			for (ptrdiff_t k = -side; k <= side; k++)
				sum += beyond(moved, n, (ptrdiff_t)i + k, e);
			out[i][e] = (float)((double)moved[i][e] - sum /
			    (double)(2 * side + 1));
		}
}

enum status
clip_make(struct clip *c, struct arena *a, const struct motion *m,
    const struct body *b, const size_t frames[3], bool travel)
{
	const size_t first = frames[0], step = frames[2];
	const size_t n = (frames[1] - first) / step + 1;
	float (*pose)[BODY_JOINTS][3] = arena_calloc(a, n, sizeof *pose);
	float (*place)[3] = arena_calloc(a, n, sizeof *place);
	float (*moved)[3] = arena_calloc(a, n, sizeof *moved);
	float *low = arena_calloc(a, n, 3 * sizeof *low), *ground;
	const double rate = (m->rate > 0 ? m->rate : USUAL_RATE) / (double)step;

	if (!b->has_rig)
		return fail(E_SHAPE, "the body has no skeleton to move it by");
	if (!pose || !place || !moved || !low)
		return E_NOMEM;
	for (size_t k = 0; k < n; k++) {
		const size_t i = first + k * step;

		turn_root(pose[k], m, i, first);
		low[k] = lowest(b, (const float (*)[3])pose[k]);
		if (m->place)
			way(moved[k], m, i, first);
		low[k] += moved[k][1];
	}
	memcpy(place, moved, n * sizeof *place);
	if (!travel && m->place)
		stay(place, (const float (*)[3])moved, n,
		    (size_t)fmin(DRIFT * rate, MOST_FRAMES));
	ground = low + n;
	floor_under(ground, ground + n, low, n, m->place ?
	    (size_t)fmin(AIRBORNE * rate, MOST_FRAMES) : 0);
	for (size_t k = 0; k < n; k++) {
		place[k][1] -= ground[k];
		for (int e = 0; e < 3; e++)
			place[k][e] += b->joint[0][e];
	}
	*c = (struct clip){ n, (const float (*)[BODY_JOINTS][3])pose,
	    (const float (*)[3])place, m->rate / (double)step };
	return OK;
}

enum status
clip_still(float place[3], const struct body *b, const float (*pose)[3])
{
	static const float rest[BODY_JOINTS][3];

	if (!b->has_rig)
		return fail(E_SHAPE, "the body has no skeleton to pose it by");
	for (int c = 0; c < 3; c++)
		place[c] = b->joint[0][c];
	place[1] -= lowest(b, pose ? pose : rest);
	return OK;
}

void
clip_vertices(float (*out)[3], const struct clip *c, const struct body *b,
    size_t i)
{
	float g[BODY_JOINTS][3][4];

	skin_transforms(g, b, c->pose[i]);
	for (int j = 0; j < BODY_JOINTS; j++)
		for (int e = 0; e < 3; e++)
			g[j][e][3] += c->place[i][e] - b->joint[0][e];
	skin_vertices(out, b, (const float (*)[3][4])g);
}

enum status
clip_set_down(struct body *b, struct arena *a)
{
	const size_t n = b->mesh.n_vert;
	const float (*v)[3] = b->mesh.vert;
	float (*out)[3] = arena_calloc(a, n, sizeof *out);
	float lo[3] = { INFINITY, INFINITY, INFINITY };
	float hi[3] = { -INFINITY, -INFINITY, -INFINITY }, off[3];

	if (!out)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		lo[1] = fminf(lo[1], v[i][1]);
		hi[1] = fmaxf(hi[1], v[i][1]);
	}
	const float soles = lo[1] + (float)SOLES * (hi[1] - lo[1]);

	for (size_t i = 0; i < n; i++)
		for (int c = 0; c < 3 && v[i][1] <= soles; c += 2) {
			lo[c] = fminf(lo[c], v[i][c]);
			hi[c] = fmaxf(hi[c], v[i][c]);
		}
	for (int c = 0; c < 3; c++)
		off[c] = c == 1 ? lo[1] : (lo[c] + hi[c]) / 2;
	for (size_t i = 0; i < n; i++)
		for (int c = 0; c < 3; c++)
			out[i][c] = v[i][c] - off[c];
	for (int j = 0; j < BODY_JOINTS && b->has_rig; j++)
		for (int c = 0; c < 3; c++)
			b->joint[j][c] -= off[c];
	b->mesh.vert = (const float (*)[3])out;
	return OK;
}
