#include "pose/points.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define NECK 1
#define MID POSE_MIDHIP
#define MOST_CONFIDENCE 10	/* more is percent or a pixel, not a peak */

/*
 * Which COCO-18 point each point of an order is; MID: the middle of the
 * hips; -1: none of them, but part of the person's box, as are all that lie
 * behind the end of a table.
 */
#define COCO_17 0, 15, 14, 17, 16, 5, 2, 6, 3, 7, 4, 11, 8, 12, 9, 13, 10
static const signed char coco_18[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	13, 14, 15, 16, 17 };
static const signed char body_25[] = { 0, 1, 2, 3, 4, 5, 6, 7, MID, 8, 9, 10, 11,
	12, 13, 14, 15, 16, 17 };
static const signed char coco_17[] = { COCO_17 };
static const signed char coco_17_neck[] = { COCO_17, NECK };
static const signed char halpe_26[] = { COCO_17, -1, NECK, MID };
static const signed char human36m[] = { MID, 8, 9, 10, 11, 12, 13, -1, NECK, 0,
	-1, 5, 6, 7, 2, 3, 4 };
static const signed char mediapipe[] = { 0, -1, 15, -1, -1, 14, -1, 17, 16, -1,
	-1, 5, 2, 6, 3, 7, 4, -1, -1, -1, -1, -1, -1, 11, 8, 12, 9, 13, 10 };

/* Of orders with as many points, the first is the common one. */
static const struct order {
	enum pose_format format;
	size_t n;
	const signed char *map;
	size_t n_map;
} orders[] = {
#define ORDER(format, n, map) { format, n, map, sizeof map }
	ORDER(POSE_COCO_17, 17, coco_17),
	ORDER(POSE_HUMAN36M, 17, human36m),
	ORDER(POSE_COCO_18, 18, coco_18),
	ORDER(POSE_COCO_17_NECK, 18, coco_17_neck),
	ORDER(POSE_BODY_25, 25, body_25),
	ORDER(POSE_BODY_25B, 25, coco_17),
	ORDER(POSE_HALPE_26, 26, halpe_26),
	ORDER(POSE_MEDIAPIPE_33, 33, mediapipe),
	ORDER(POSE_WHOLEBODY_133, 133, coco_17),
	ORDER(POSE_HALPE_136, 136, halpe_26),
};
#define N_ORDERS (sizeof orders / sizeof *orders)

const char *
pose_format_name(enum pose_format f)
{
	static const char *const name[] = { "COCO-18", "BODY_25", "BODY_25B",
	    "COCO-17", "COCO-17 and a neck", "Human3.6M", "Halpe-26",
	    "MediaPipe", "COCO-WholeBody", "Halpe-136", "DressCode",
	    "DeepFashion table" };

	return name[f];
}

enum status
pose_remark(struct pose *p, struct arena *a, bool warn, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	if (p->n_remark == POSE_MAX_REMARKS)
		return OK;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	p->remark[p->n_remark].warn = warn;
	if (!(p->remark[p->n_remark].text = arena_strdup(a, text)))
		return E_NOMEM;
	p->n_remark++;
	return OK;
}

/* Orders without a neck: the middle of the shoulders. */
static enum status
add_neck(struct pose_person *p)
{
	const float *r = p->point[2], *l = p->point[5];

	if (!isnan(p->point[NECK][2]) || isnan(r[2]) || isnan(l[2]))
		return OK;
	return pose_set(p, NECK, (r[0] + l[0]) / 2, (r[1] + l[1]) / 2,
	    fminf(r[2], l[2]));
}

static enum status
read_in_order(struct pose_person *p, const struct pose_raw *raw,
    const struct order *o)
{
	*p = pose_nobody();
	for (size_t i = 0; i < raw->n; i++) {
		const double *v = raw->v[i];

		if (!isnan(v[0]) && pose_set(p, i < o->n_map ? o->map[i] : -1,
		    v[0], v[1], v[2]) != OK)
			return fail_in(E_VALUE, "point %zu", i);
	}
	/* What OpenPose did not find stays missing, the neck too. */
	return o->map == coco_18 || o->map == body_25 ? OK : add_neck(p);
}

/*
 * COCO's annotations have 0, 1 (marked, but hidden) or 2 (marked) instead of
 * a confidence. A network's peaks exceed 1 by a little.
 */
static enum status
settle_confidence(struct pose *p, struct arena *a, const struct pose_raw *raw,
    size_t n)
{
	bool flags = true;
	double most = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < raw[i].n; k++) {
			const double *v = raw[i].v[k];

			if (isnan(v[0]))
				continue;
			most = fmax(most, v[2]);
			flags &= v[2] == 1 || v[2] == 2;
		}
	if (most <= 1)
		return OK;
	flags &= most == 2;
	if (most > MOST_CONFIDENCE)
		return fail(E_VALUE, "a confidence of %g, want 0..1", most);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < raw[i].n; k++) {
			double *c = &raw[i].v[k][2];

			*c = flags ? *c / 2 : fmin(*c, 1);
		}
	if (flags)
		return pose_remark(p, a, false, "flags of COCO's annotations: 2 "
		    "is a confidence of 1, 1 (hidden) of 0.5");
	return most <= 1.1 ? OK : pose_remark(p, a, true, "confidences up to %g, "
	    "want 0..1: what is above 1 is taken for 1", most);
}

/* Of the people in this order, how many can be so, and how many cannot. */
static void
count_doubts(size_t *sound, size_t *doubtful, const struct pose *p)
{
	*sound = *doubtful = 0;
	for (size_t i = 0; i < p->n; i++) {
		bool doubt = pose_doubt(&p->person[i]) != NULL;

		*doubtful += doubt;
		*sound += !doubt && pose_has_trunk(&p->person[i]);
	}
}

static enum status
read_all(struct pose *p, const struct pose_raw *raw, const size_t *number,
    size_t n, const struct order *o)
{
	p->format = o->format;
	for (p->n = 0; p->n < n; p->n++) {
		enum status s = read_in_order(&p->person[p->n], &raw[p->n], o);

		if (s != OK)
			return fail_in(s, "person %zu", number[p->n]);
	}
	return OK;
}

/* The common order of so many points; NULL: there is none. */
static const struct order *
find_order(size_t n)
{
	for (size_t i = 0; i < N_ORDERS; i++)
		if (orders[i].n == n)
			return &orders[i];
	return NULL;
}

/* All have as many points, or none at all. */
static enum status
check_numbers(const struct order **o, const struct pose_raw *raw,
    const size_t *number, size_t n)
{
	*o = NULL;
	for (size_t i = 0; i < n; i++) {
		const struct order *mine = find_order(raw[i].n);

		if (raw[i].n == 0)
			continue;
		if (!mine)
			return fail(E_FORMAT, "person %zu: %zu points, want "
			    POSE_KNOWN, number[i], raw[i].n);
		if (*o && *o != mine)
			return fail(E_FORMAT, "person %zu: %s after %s",
			    number[i], pose_format_name(mine->format),
			    pose_format_name((*o)->format));
		*o = mine;
	}
	return OK;
}

enum status
pose_order(struct pose *p, struct arena *a, const struct pose_raw *raw,
    const size_t *number, size_t n)
{
	const struct order *o;
	size_t sound, doubtful;
	bool fixed = p->format == POSE_DRESSCODE;	/* the form says it */

	TRY(check_numbers(&o, raw, number, n));
	p->person = arena_calloc(a, n, sizeof *p->person);
	if (!p->person)
		return E_NOMEM;
	TRY(settle_confidence(p, a, raw, n));
	o = o ? o : find_order(POSE_POINTS);
	TRY(read_all(p, raw, number, n, o));
	count_doubts(&sound, &doubtful, p);
	if (fixed)
		p->format = POSE_DRESSCODE;
	if (fixed || doubtful <= sound)
		return OK;
	for (const struct order *q = o + 1; q < orders + N_ORDERS && q->n == o->n;
	    q++) {
		TRY(read_all(p, raw, number, n, q));
		count_doubts(&sound, &doubtful, p);
		if (doubtful < sound)
			return pose_remark(p, a, true, "%zu points, but not in "
			    "the order of %s: taken for %s, by which the limbs "
			    "hang together", o->n, pose_format_name(o->format),
			    pose_format_name(q->format));
	}
	return read_all(p, raw, number, n, o);
}
