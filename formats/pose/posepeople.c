#include "pose/points.h"

#include <math.h>
#include <string.h>

#define FAR 1e6		/* no picture is larger: not a coordinate */

struct pose_person
pose_nobody(void)
{
	struct pose_person p = { .box = { INFINITY, INFINITY, -INFINITY,
	    -INFINITY }, .midhip = { NAN, NAN } };

	for (int k = 0; k < POSE_POINTS; k++)
		for (int i = 0; i < 3; i++)
			p.point[k][i] = NAN;
	return p;
}

enum status
pose_set(struct pose_person *p, int k, double x, double y, double conf)
{
	if (!(fabs(x) <= FAR && fabs(y) <= FAR))
		return fail(E_VALUE, "a point at (%g, %g), want pixels", x, y);
	if (!(conf >= 0 && conf <= FAR))
		return fail(E_VALUE, "a confidence of %g, want 0..1", conf);
	p->box[0] = fminf(p->box[0], (float)x);
	p->box[1] = fminf(p->box[1], (float)y);
	p->box[2] = fmaxf(p->box[2], (float)x);
	p->box[3] = fmaxf(p->box[3], (float)y);
	if (k == POSE_MIDHIP) {
		p->midhip[0] = (float)x;
		p->midhip[1] = (float)y;
	} else if (k >= 0) {
		p->point[k][0] = (float)x;
		p->point[k][1] = (float)y;
		p->point[k][2] = (float)conf;
		p->found++;
	}
	return OK;
}

enum status
pose_person_of(struct pose_person *p, const float (*point)[3],
    const float *box)
{
	*p = pose_nobody();
	for (int k = 0; k < POSE_POINTS; k++) {
		if (isnan(point[k][0]) || isnan(point[k][1]))
			continue;
		enum status st = pose_set(p, k, point[k][0], point[k][1],
		    point[k][2]);

		if (st != OK)
			return fail_in(st, "point %d", k);
	}
	if (!box || !p->found)
		return OK;
	if (!(box[0] >= -FAR && box[0] <= box[2] && box[2] <= FAR &&
	    box[1] >= -FAR && box[1] <= box[3] && box[3] <= FAR))
		return fail(E_VALUE, "a box from (%g, %g) to (%g, %g), want "
		    "pixels", box[0], box[1], box[2], box[3]);
	memcpy(p->box, box, sizeof p->box);
	return OK;
}

static void
rescale(struct pose_person *p, double sx, double sy)
{
	for (int k = 0; k < POSE_POINTS; k++) {
		p->point[k][0] = (float)((p->point[k][0] + 0.5) * sx - 0.5);
		p->point[k][1] = (float)((p->point[k][1] + 0.5) * sy - 0.5);
	}
	p->midhip[0] = (float)((p->midhip[0] + 0.5) * sx - 0.5);
	p->midhip[1] = (float)((p->midhip[1] + 0.5) * sy - 0.5);
	for (int k = 0; k < 4; k++)
		p->box[k] = (float)((p->box[k] + 0.5) * (k % 2 ? sy : sx) - 0.5);
}

/*
 * Whether gw x gh, of which each side may be off by slack, has the
 * proportions of w x h; 1x1 stands for fractions, and has all of them.
 */
static bool
is_alike(size_t gw, size_t gh, size_t slack, size_t w, size_t h)
{
	const double dw = (double)w, dh = (double)h, off = (double)slack;

	if (gw == 1 && gh == 1)
		return true;
	return ((double)gw - off) / dw <= ((double)gh + off) / dh &&
	    ((double)gh - off) / dh <= ((double)gw + off) / dw;
}

/*
 * Detectors that guess beyond the photo are not sure of it: two points that are,
 * and lie well outside, are of a larger picture, or of another part of it.
 */
static enum status
tell_outside(struct pose *p, struct arena *a, size_t w, size_t h)
{
	const struct pose_person *who = &p->person[pose_largest(p)];
	const float most = 0.03f * (float)(w > h ? w : h);
	size_t n = 0;

	for (int k = 0; k < POSE_POINTS; k++) {
		const float *q = who->point[k];

		n += q[2] >= 0.5f && (q[0] < -most || q[1] < -most ||
		    q[0] > (float)w + most || q[1] > (float)h + most);
	}
	return n < 2 ? OK : pose_remark(p, a, true, "%zu of %zu points lie outside "
	    "of the photo of %zux%zu, and it is sure of them: are they for "
	    "another picture or size?", n, who->found, w, h);
}

/* As detectron2's are, which are shares of a heat map. */
static enum status
tell_unsure(struct pose *p, struct arena *a)
{
	const struct pose_person *who = &p->person[pose_largest(p)];
	float most = 0;

	for (int k = 0; k < POSE_POINTS; k++)
		most = fmaxf(most, isnan(who->point[k][2]) ? 0 :
		    who->point[k][2]);
	return most >= POSE_SURE ? OK : pose_remark(p, a, true, "no confidence above "
	    "%.2g: points below %g are taken for hidden ones", (double)most,
	    (double)POSE_SURE);
}

enum status
pose_to_photo(struct pose *p, struct arena *a, size_t gw, size_t gh, size_t w,
    size_t h)
{
	size_t found = 0, inside = 0;

	if (!gw) {
		gw = p->grid_w ? p->grid_w : w;
		gh = p->grid_h ? p->grid_h : h;
		if (!is_alike(gw, gh, p->grid_slack, w, h))
			return fail(E_VALUE, "%s key points are for %zux%zu, the "
			    "photo of %zux%zu has other proportions",
			    pose_format_name(p->format), gw, gh, w, h);
		if (p->grid_slack && (gw != w || gh != h))
			TRY(pose_remark(p, a, false, "scaled from %zux%zu, which "
			    "the file says, to the photo's %zux%zu", gw, gh, w,
			    h));
	}
	for (size_t i = 0; i < p->n; i++) {
		struct pose_person *who = &p->person[i];

		if (gw != w || gh != h)
			rescale(who, (double)w / (double)gw,
			    (double)h / (double)gh);
		found += who->found;
		for (int k = 0; k < POSE_POINTS; k++)
			inside += who->point[k][0] > -1 && who->point[k][1] > -1 &&
			    who->point[k][0] < (float)w &&
			    who->point[k][1] < (float)h;
	}
	if (found == 0) {
		p->nobody = true;
		return fail(E_VALUE, "nobody in it: all points are missing");
	}
	if (2 * inside < found)
		return fail(E_VALUE, "%zu of %zu points lie outside of the photo "
		    "of %zux%zu: they are for a larger picture", found - inside,
		    found, w, h);
	if (p->square && w != h)
		TRY(pose_remark(p, a, true, "MoveNet's fractions are taken for those "
		    "of the photo of %zux%zu: where it was padded to a square for "
		    "the network, points are off", w, h));
	TRY(tell_unsure(p, a));
	return tell_outside(p, a, w, h);
}

size_t
pose_largest(const struct pose *p)
{
	size_t best = 0;
	float most = -1;

	for (size_t i = 0; i < p->n; i++) {
		const float *b = p->person[i].box;
		float area = p->person[i].found ?
		    (b[2] - b[0]) * (b[3] - b[1]) : -1;

		if (area > most) {
			most = area;
			best = i;
		}
	}
	return best;
}

