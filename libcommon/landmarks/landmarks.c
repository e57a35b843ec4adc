#include "landmarks/landmarks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foreign/netgraph.h"
#include "math/team.h"

#define SIDE 256		/* of the network's picture and mask */
#define CELLS 64		/* of its heat maps */
#define POINTS 39		/* landmarks, and what the next square needs */
#define MIDDLE 33		/* of the hips */
#define RIM 34			/* on the circle round the person */
#define ROOM 1.25		/* of the square, round that circle */
#define MOST_PEOPLE 64
#define VISIBLE 0.25f		/* a point below this is missing */

struct finder {
	struct netgraph *g;
	const struct tensor *points, *score, *mask, *heat, *space;
	float *soft;		/* SIDE x SIDE, of the mask */
	struct found *people;	/* MOST_PEOPLE, for a search of all */
};

static float
sigmoid(float x)
{
	return 1 / (1 + expf(-x));
}

static enum status
find_outputs(struct finder *f)
{
	const struct netgraph *g = f->g;
	const struct tensor *in = netgraph_input(g);

	if (!tensor_is(in, DT_F4, TENSOR_DIMS(1, SIDE, SIDE, 3)))
		return fail(E_SHAPE, "input: want f4 (1,%d,%d,3): not weights "
		    "of BlazePose", SIDE, SIDE);
	TRY(netgraph_want(&f->points, g, "Identity",
	    TENSOR_DIMS(1, POINTS * 5)));
	TRY(netgraph_want(&f->score, g, "Identity_1", TENSOR_DIMS(1, 1)));
	TRY(netgraph_want(&f->mask, g, "Identity_2",
	    TENSOR_DIMS(1, SIDE, SIDE, 1)));
	TRY(netgraph_want(&f->heat, g, "Identity_3",
	    TENSOR_DIMS(1, CELLS, CELLS, POINTS)));
	TRY(netgraph_want(&f->space, g, "Identity_4",
	    TENSOR_DIMS(1, POINTS * 3)));
	f->soft = malloc(sizeof *f->soft * SIDE * SIDE);
	f->people = malloc(sizeof *f->people * MOST_PEOPLE);
	return f->soft && f->people ? OK : fail(E_NOMEM, "no memory for a mask");
}

enum status
finder_open(struct finder **out, const struct weights *w)
{
	struct finder *f = calloc(1, sizeof *f);
	enum status st;

	if (!f)
		return fail(E_NOMEM, "no memory for a network");
	st = netgraph_open(&f->g, w);
	if (st == OK)
		st = find_outputs(f);
	if (st != OK)
		finder_close(f);
	else
		*out = f;
	return st;
}

void
finder_close(struct finder *f)
{
	if (!f)
		return;
	if (f->g)
		netgraph_close(f->g);
	free(f->soft);
	free(f->people);
	free(f);
}

struct square
landmarks_whole(size_t w, size_t h)
{
	return (struct square){ ((double)w - 1) / 2, ((double)h - 1) / 2,
		(double)(w > h ? w : h), 0 };
}

struct square
landmarks_around(double x0, double y0, double x1, double y1)
{
	return (struct square){ (x0 + x1) / 2, (y0 + y1) / 2,
		1.25 * fmax(fmax(x1 - x0, y1 - y0), 1), 0 };
}

/*
 * A landmark's place by its heat map, where that is sure: the mean of the
 * 7 x 7 cells round it. x, y in pixels of the network's picture.
 */
static void
refine(float *x, float *y, const float *heat, int k)
{
	const int cell = SIDE / CELLS, reach = 3;
	int cx = (int)(*x / (float)cell), cy = (int)(*y / (float)cell);
	double sum = 0, sx = 0, sy = 0;
	float most = 0;

	if (!(*x >= 0 && *y >= 0 && cx < CELLS && cy < CELLS))
		return;
	for (int i = cy - reach; i <= cy + reach; i++)
		for (int j = cx - reach; j <= cx + reach; j++) {
			if (i < 0 || j < 0 || i >= CELLS || j >= CELLS)
				continue;
			float p = sigmoid(heat[(i * CELLS + j) * POINTS + k]);

			most = fmaxf(most, p);
			sum += p;
			sx += p * (double)j;
			sy += p * (double)i;
		}
	if (most < 0.5f)
		return;
	*x = (float)(sx / sum * cell);
	*y = (float)(sy / sum * cell);
}

/* The landmarks of one look, in the photo's pixels; and the next square. */
static void
read_points(struct found *out, const struct finder *f, struct square *next)
{
	const float *p = f->points->data, *heat = f->heat->data;
	double at[POINTS][2];

	for (int k = 0; k <= RIM; k++) {
		float x = p[5 * k], y = p[5 * k + 1];

		refine(&x, &y, heat, k);
		square_out(at[k], &out->square, x / SIDE, y / SIDE);
		if (k >= POSE_LANDMARKS)
			continue;
		out->point[k][0] = (float)at[k][0];
		out->point[k][1] = (float)at[k][1];
		out->point[k][2] = sigmoid(p[5 * k + 3]);
		out->point[k][3] = sigmoid(p[5 * k + 4]);
	}
	double dx = at[RIM][0] - at[MIDDLE][0], dy = at[RIM][1] - at[MIDDLE][1];

	*next = (struct square){ at[MIDDLE][0], at[MIDDLE][1],
		fmax(2 * ROOM * hypot(dx, dy), 1), atan2(dx, -dy) };
}

/* In space the square's turn is taken back. */
static void
read_space(struct found *out, const struct finder *f)
{
	const float *p = f->space->data;
	float c = (float)cos(out->square.turn), s = (float)sin(out->square.turn);

	for (int k = 0; k < POSE_LANDMARKS; k++, p += 3) {
		out->space[k][0] = c * p[0] - s * p[1];
		out->space[k][1] = s * p[0] + c * p[1];
		out->space[k][2] = p[2];
		out->space[k][3] = out->point[k][2];
	}
}

/* The height of a landmark's heat map. */
static float
peak(const float *heat, int k)
{
	float most = heat[k];

	for (int i = 1; i < CELLS * CELLS; i++)
		most = fmaxf(most, heat[i * POINTS + k]);
	return sigmoid(most);
}

static double
score(const struct finder *f)
{
	static const int joint[] = { 11, 12, 13, 14, 15, 16, 23, 24, 25, 26,
		27, 28 };
	enum { JOINTS = sizeof joint / sizeof *joint, SUREST = 6 };
	float sure[JOINTS];
	double sum = 0;

	for (int i = 0; i < JOINTS; i++) {
		float p = peak(f->heat->data, joint[i]);
		int at = i;

		for (; at > 0 && sure[at - 1] < p; at--)
			sure[at] = sure[at - 1];
		sure[at] = p;
	}
	for (int i = 0; i < SUREST; i++)
		sum += sure[i];
	return sum / SUREST * *(const float *)f->score->data;
}

#define LOOKS 8		/* again, at most, where nothing is known */

/*
 * Whether another look would hardly see anything else: three looks are not
 * enough for somebody small, and one may be for somebody who fills the photo.
 */
static bool
settled(const struct square *a, const struct square *b)
{
	return fabs(a->side - b->side) < 0.04 * a->side &&
	    hypot(a->x - b->x, a->y - b->y) < 0.04 * a->side &&
	    fabs(a->turn - b->turn) < 0.07;
}

void
landmarks_find(struct found *out, struct finder *f, const struct tensor *photo,
    const struct square *q, int again)
{
	struct square next = *q;

	for (int i = 0; i <= again; i++) {
		out->square = next;
		square_cut(netgraph_input(f->g)->data, SIDE, &next, photo->data,
		    photo->dim[0], photo->dim[1]);
		netgraph_run(f->g);
		read_points(out, f, &next);
		if (settled(&out->square, &next))
			break;
	}
	read_space(out, f);
	out->score = score(f);
	const float *mask = f->mask->data;

	for (size_t i = 0; i < SIDE * SIDE; i++)
		f->soft[i] = sigmoid(mask[i]);
}

/* Whether two squares are round the same person. */
static bool
same(const struct square *a, const struct square *b)
{
	double apart = hypot(a->x - b->x, a->y - b->y);

	return apart < 0.2 * fmin(a->side, b->side) ||
	    (apart < 0.3 * fmax(a->side, b->side) &&
	    fmin(a->side, b->side) > 0.5 * fmax(a->side, b->side));
}

/* Keeps p among the n of out, unless it is there; returns how many they are. */
static size_t
keep_larger(struct found *out, size_t n, size_t room, const struct found *p)
{
	size_t at;

	for (size_t i = 0; i < n; i++)
		if (same(&out[i].square, &p->square)) {
			if (out[i].score < p->score)
				out[i] = *p;
			return n;
		}
	for (at = n; at > 0 && out[at - 1].square.side < p->square.side; at--)
		if (at < room)
			out[at] = out[at - 1];
	if (at < room)
		out[at] = *p;
	return n < room ? n + 1 : n;
}

static bool
upright(const struct square *q)
{
	return cos(q->turn) > 0.5;
}

/* Changes *out to who is found in the turned photo, where that is surer. */
static void
look_turned(struct found *out, struct finder *f,
    const struct tensor *photo)
{
	struct square q = landmarks_whole(photo->dim[1], photo->dim[0]);
	const double upright_score = out->score;
	struct found p;

	for (int i = 1; i < 4; i++) {
		q.turn = i * M_PI / 2;
		landmarks_find(&p, f, photo, &q, 2);
		if (p.score > out->score && p.score > upright_score + 0.1 &&
		    p.score >= LANDMARKS_SURE)
			*out = p;
	}
}

/* All people that can be found, the largest first, at most MOST_PEOPLE. */
static size_t
look_everywhere(struct finder *f, const struct tensor *photo, double least)
{
	const double h = (double)photo->dim[0], w = (double)photo->dim[1];
	const struct square whole = landmarks_whole(photo->dim[1],
	    photo->dim[0]);
	size_t n = 0;

	for (int i = 0; i < 13; i++) {
		struct square q = whole;
		struct found p;

		if (i < 4) {
			q.turn = i * M_PI / 2;
		} else {	/* 3 x 3 parts, half as large */
			q.side /= 2;
			q.x = q.side < w ? q.side / 2 + (w - q.side) *
			    ((i - 4) % 3) / 2.0 : q.x;
			q.y = q.side < h ? q.side / 2 + (h - q.side) *
			    ((i - 4) / 3) / 2.0 : q.y;
		}
		landmarks_find(&p, f, photo, &q, 1);
		if (p.score < least / 4)
			continue;
		landmarks_find(&p, f, photo, &p.square, 2);
		if (p.score >= least && (upright(&p.square) ||
		    p.score >= LANDMARKS_SURE))
			n = keep_larger(f->people, n, MOST_PEOPLE, &p);
	}
	return n;
}

enum status
landmarks_search(struct found *out, size_t *people, struct finder *f,
    const struct tensor *photo, size_t person, double least)
{
	struct square q = landmarks_whole(photo->dim[1], photo->dim[0]);

	landmarks_find(out, f, photo, &q, LOOKS);
	*people = 0;
	if (person == 0 && out->score >= LANDMARKS_SURE)
		return OK;
	if (person == 0 && out->score >= least) {
		look_turned(out, f, photo);
	} else {
		size_t n = look_everywhere(f, photo, least);

		if (n == 0)
			return fail(E_VALUE, "nobody found, anywhere in it: "
			    "score %.3f, want %g", out->score, least);
		if (person > n)
			return fail(E_VALUE, "no person %zu: found %zu",
			    person, n);
		*people = n;
		*out = f->people[person ? person - 1 : 0];
	}
	/* So that the mask is theirs. */
	q = out->square;
	landmarks_find(out, f, photo, &q, 0);
	return OK;
}

void
landmarks_matte(struct tensor *to, const struct finder *f,
    const struct found *p)
{
	square_paste(to->data, to->dim[0], to->dim[1], &p->square, f->soft,
	    SIDE);
}

void
landmarks_coco(float pose[POSE_POINTS][3], const struct found *p, size_t h, size_t w)
{
	static const int from[POSE_POINTS] = { 0, -1, 12, 14, 16, 11, 13, 15, 24, 26, 28,
		23, 25, 27, 5, 2, 8, 7 };

	for (int k = 0; k < POSE_POINTS; k++) {
		const float *a = p->point[k == 1 ? 11 : from[k]];
		const float *b = p->point[k == 1 ? 12 : from[k]];
		float x = (a[0] + b[0]) / 2, y = (a[1] + b[1]) / 2;
		float seen = fminf(a[2], b[2]);
		bool in = x >= 0 && y >= 0 && x <= (float)w - 1 &&
		    y <= (float)h - 1;

		pose[k][0] = in && seen >= VISIBLE ? x : NAN;
		pose[k][1] = in && seen >= VISIBLE ? y : NAN;
		pose[k][2] = in && seen >= VISIBLE ? seen : 0;
	}
}

bool
landmarks_agree(const struct found *p, const float (*point)[3], float size,
    size_t h, size_t w)
{
	float pose[POSE_POINTS][3];
	int near = 0, both = 0;

	landmarks_coco(pose, p, h, w);
	for (int i = 0; i < POSE_POINTS; i++) {
		float d = hypotf(pose[i][0] - point[i][0],
		    pose[i][1] - point[i][1]);

		both += !isnan(d);
		near += d < 0.1f * size;
	}
	return 2 * near >= both;
}

bool
landmarks_exchanged(const struct found *p, const float (*point)[3],
    float size, size_t h, size_t w)
{
	/* Shoulders, elbows, wrists, hips, knees, ankles: right, left. */
	static const int pair[][2] = { { 2, 5 }, { 3, 6 }, { 4, 7 }, { 8, 11 },
		{ 9, 12 }, { 10, 13 } };
	float pose[POSE_POINTS][3], as_is = 0, other = 0;
	int n = 0;

	landmarks_coco(pose, p, h, w);
	for (size_t k = 0; k < sizeof pair / sizeof *pair; k++)
		for (int i = 0; i < 2; i++) {
			const float *q = pose[pair[k][i]];
			const float *a = point[pair[k][i]];
			const float *b = point[pair[k][!i]];
			float near = hypotf(q[0] - a[0], q[1] - a[1]);
			float far = hypotf(q[0] - b[0], q[1] - b[1]);

			if (isnan(near) || isnan(far))
				continue;
			as_is += near;
			other += far;
			n++;
		}
	return n >= 6 && other < as_is / 2 && as_is > 0.05f * size * (float)n;
}
