#include "show/picture.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "pose/coco.h"
#include "view/seen.h"

#define NONE 96		/* the grey of NaN: all three channels */

typedef float rgb[3];	/* 0..1 */

/* A colour of full saturation; hue 0 red, 1/3 green, 2/3 blue. */
static void
hue(rgb c, double h)
{
	for (int i = 0; i < 3; i++) {
		double x = fabs(fmod(h + (i == 0 ? 0 : i == 1 ? 2 / 3.0 : 1 / 3.0),
		    1) * 6 - 3) - 1;

		c[i] = (float)fmin(fmax(x, 0), 1);
	}
}

/* The part of a name behind its last dot that is no number: "phi_t" of phi_t.3. */
static const char *
last_word(const char *name, size_t *n)
{
	const char *end = name + strlen(name);

	for (;;) {
		const char *p = end;

		while (p > name && p[-1] != '.')
			p--;
		*n = (size_t)(end - p);
		if (p == name || strspn(p, "0123456789") < *n)
			return p;
		end = p - 1;
	}
}

static bool
is_called(const char *name, const char *word)
{
	size_t n;
	const char *last = last_word(name, &n);

	return n == strlen(word) && !strncmp(last, word, n);
}

/* The field of the same role with another last word, or NULL. */
static const struct tensor *
sibling(const struct sample *s, const char *name, const char *word)
{
	char other[256];
	size_t n;
	int role = (int)(last_word(name, &n) - name);

	if ((size_t)role + strlen(word) >= sizeof other)
		return NULL;
	memcpy(other, name, (size_t)role);
	strcpy(other + role, word);
	const struct field *f = sample_find(s, other);

	return f && !f->is_json ? &f->t : NULL;
}

/* The view's part of role.image, when there is one that key points can lie on. */
static const uint8_t *
image_below(const struct picture *p, const struct sample *s, size_t view)
{
	const struct tensor *t = sibling(s, p->field->name, "image");

	t = t ? t : sibling(s, p->field->name, "photo");
	if (!t || !tensor_is(t, DT_U1, TENSOR_DIMS(p->h, p->w, 3)))
		return t && t->rank == 4 && t->dtype == DT_U1 &&
		    t->dim[0] > view && t->dim[1] == p->h && t->dim[2] == p->w &&
		    t->dim[3] == 3 ? (const uint8_t *)t->data +
		    view * p->h * p->w * 3 : NULL;
	return t->data;
}

static enum picture_kind
kind_of(const char *name, enum dtype d, size_t c)
{
	if (is_called(name, "mask") || is_called(name, "seen"))
		return PICTURE_CODES;
	if (is_called(name, "iuv") && d == DT_U1 && c == 3)
		return PICTURE_IUV;
	if (is_called(name, "heat") || is_called(name, "texheat"))
		return PICTURE_HEAT;
	if (c == 3 && d == DT_U1)
		return PICTURE_RGB;
	return c == 1 ? PICTURE_GREY : c == 2 ? PICTURE_PLACE :
	    c == 3 ? PICTURE_SIGNED : PICTURE_FEATURE;
}

static enum status
pose_canvas(struct picture *p, const struct sample *s)
{
	static const char *const on[] = { "image", "photo", "iuv", "mask",
	    "heat" };
	const struct tensor *t = &p->field->t;
	const int rank = is_called(p->field->name, "poses") ? 3 : 2;

	if (t->dtype != DT_F4 || t->rank < rank || t->rank > rank + 1 ||
	    t->dim[t->rank - 1] != 3 || t->dim[t->rank - 2] != POSE_POINTS)
		return fail(E_SHAPE, "no key points: want f4 %s",
		    rank == 3 ? "(k,18,3) or (n,k,18,3)" : "(18,3) or (n,18,3)");
	p->kind = PICTURE_POSE;
	p->has_views = t->rank > rank;
	p->views = p->has_views ? t->dim[0] : 1;
	p->people = rank == 3 ? t->dim[t->rank - 3] : 1;
	p->h = p->w = 256;
	p->c = 3;
	for (size_t i = 0; i < sizeof on / sizeof *on; i++) {
		const struct tensor *like = sibling(s, p->field->name, on[i]);
		int flat = like && !strcmp(on[i], "mask");
		int first = like ? like->rank - (flat ? 2 : 3) : -1;

		if (first < 0)
			continue;
		p->h = like->dim[first];
		p->w = like->dim[first + 1];
		break;
	}
	return OK;
}

enum status
picture_of(struct picture *p, const struct sample *s, const struct field *f)
{
	const struct tensor *t = &f->t;
	bool flat = is_called(f->name, "mask") || is_called(f->name, "seen") ||
	    is_called(f->name, "matte") || is_called(f->name, "inds");
	static const char *const numbers[] = { "boxes", "pose3", "fit", "build",
		"camera" };
	char text[TENSOR_TEXT_MAX];

	*p = (struct picture){ .field = f };
	if (f->is_json)
		return fail(E_SHAPE, "field %s: text, not an array", f->name);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (is_called(f->name, numbers[i]))
			return fail(E_SHAPE, "field %s: numbers, no picture",
			    f->name);
	if (is_called(f->name, "pose") || is_called(f->name, "poses")) {
		enum status st = pose_canvas(p, s);

		return st == OK ? OK : fail_in(st, "field %s", f->name);
	}
	/* (h,w) and (n,h,w) for codes; (h,w), (h,w,c) and (n,h,w,c) for others */
	p->has_views = t->rank == (flat ? 3 : 4);
	if (t->rank < 2 || t->rank > (flat ? 3 : 4) || tensor_len(t) == 0)
		return fail(E_SHAPE, "field %s: %s is no picture", f->name,
		    tensor_text(text, sizeof text, t->dtype, t->rank, t->dim));
	p->views = p->has_views ? t->dim[0] : 1;
	p->h = t->dim[p->has_views];
	p->w = t->dim[p->has_views + 1];
	p->c = flat || t->rank == 2 ? 1 : t->dim[t->rank - 1];
	p->kind = kind_of(f->name, t->dtype, p->c);
	return OK;
}

enum status
picture_values(struct tensor *t, struct arena *a, const struct picture *p,
    size_t view)
{
	size_t n = p->h * p->w * p->c;

	TRY(tensor_alloc(t, a, DT_F4, TENSOR_DIMS(p->h, p->w, p->c)));
	tensor_to_float(t->data, &p->field->t, view * n, n);
	return OK;
}

/*
 * The unit that 2-channel fields count in: coord speaks of pixels of the
 * image, surf of texels; without those, of its own grid.
 */
static void
span(float *w, float *h, const struct picture *p, const struct sample *s)
{
	const char *name = p->field->name;
	const struct tensor *t = is_called(name, "coord") ?
	    sibling(s, name, "mask") : is_called(name, "surf") ?
	    sibling(s, name, "seen") : NULL;

	*w = (float)p->w;
	*h = (float)p->h;
	if (t && t->rank >= 2) {
		*h = (float)t->dim[t->rank - 2];
		*w = (float)t->dim[t->rank - 1];
	}
}

/* Grey: 0..1 as it is, any other range from its least to its greatest. */
static void
range_of(float *lo, float *scale, const float *v, size_t n)
{
	float least = FLT_MAX, most = -FLT_MAX;

	for (size_t i = 0; i < n; i++)
		if (isfinite(v[i])) {
			least = fminf(least, v[i]);
			most = fmaxf(most, v[i]);
		}
	bool unit = least >= 0 && most <= 1;

	*lo = unit ? 0 : least;
	*scale = unit || most <= least ? 1 : 1 / (most - least);
}

static void
iuv_colour(rgb c, const float *v)
{
	int part = (int)v[0];
	/* The person's left parts warm, right parts cool, torso green. */
	static const float of[25] = { 0,
	    .30f, .36f,				/* torso: back, front */
	    .64f, .02f, .08f, .58f,		/* hands r l, feet l r */
	    .56f, .10f, .54f, .12f,		/* upper legs r l: back, front */
	    .66f, .04f, .68f, .06f,		/* lower legs r l: back, front */
	    .00f, .60f, .14f, .50f,		/* upper arms l r: front, back */
	    .16f, .70f, .92f, .52f,		/* lower arms l r: front, back */
	    .44f, .22f };			/* head: r, l */

	c[0] = c[1] = c[2] = 0;
	if (part < 1 || part > 24)
		return;
	hue(c, of[part]);
	/* U darkens, V fades: both directions of a chart can be told. */
	float dark = 0.45f + 0.55f * v[1] / 255, fade = 0.6f * v[2] / 255;

	for (int i = 0; i < 3; i++)
		c[i] = dark * (c[i] + fade * (1 - c[i]));
}

static void
code_colour(rgb c, float v, bool mask)
{
	static const rgb white = { 1, 1, 1 };
	bool known = v >= 0 && v < SEEN_TEXGEN + 1;

	memcpy(c, v != 0 && (mask || !known) ? white :
	    seen_colour[known ? (int)v : 0], sizeof white);
}

static void
heat_colour(rgb c, const float *v, size_t n)
{
	memset(c, 0, sizeof(rgb));
	for (size_t k = 0; k < n; k++) {
		rgb of;

		hue(of, (double)k / (double)n);
		for (int i = 0; i < 3; i++)
			c[i] = fmaxf(c[i], of[i] * v[k]);
	}
}

static float
rms(const float *v, size_t n)
{
	double sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += (double)v[k] * v[k];
	return (float)sqrt(sum / (double)n);
}

static bool
any_nan(const float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(v[i]))
			return true;
	return false;
}

/* All kinds but key points: colours 0..1, NaN where there is nothing. */
static enum status
colours(rgb *out, struct arena *a, const struct picture *p,
    const struct sample *s, size_t view)
{
	struct tensor t;
	float w, h, lo = 0, scale = 1;
	size_t n = p->h * p->w;
	bool mask = is_called(p->field->name, "mask");

	TRY(picture_values(&t, a, p, view));
	float *v = t.data;

	if (p->kind == PICTURE_FEATURE) {
		for (size_t i = 0; i < n; i++)
			v[i] = rms(v + i * p->c, p->c);
		range_of(&lo, &scale, v, n);
	} else if (is_called(p->field->name, "matte")) {
		scale = 1 / 255.f;
	} else if (p->kind == PICTURE_GREY) {
		range_of(&lo, &scale, v, n);
	}
	span(&w, &h, p, s);
	for (size_t i = 0; i < n; i++, out++) {
		float *c = *out;
		size_t used = p->kind == PICTURE_FEATURE ? 1 : p->c;
		const float *px = v + i * used;

		if (any_nan(px, used)) {
			c[0] = c[1] = c[2] = NAN;
			continue;
		}
		switch (p->kind) {
		case PICTURE_RGB:
			for (int k = 0; k < 3; k++)
				c[k] = px[k] / 255;
			break;
		case PICTURE_SIGNED:
			for (int k = 0; k < 3; k++)
				c[k] = (px[k] + 1) / 2;
			break;
		case PICTURE_IUV:
			iuv_colour(c, px);
			break;
		case PICTURE_HEAT:
			heat_colour(c, px, p->c);
			break;
		case PICTURE_PLACE:
			c[0] = px[0] / (w - 1);
			c[1] = px[1] / (h - 1);
			c[2] = 0;
			break;
		case PICTURE_CODES:
			code_colour(c, *px, mask);
			break;
		default:
			c[0] = c[1] = c[2] = (*px - lo) * scale;
		}
	}
	return OK;
}

/* Paints colour over rgb within r of the segment a-b, edges smoothed. */
static void
paint_line(uint8_t *px, size_t w, size_t h, const float *a, const float *b,
    float r, const float *colour)
{
	float dx = b[0] - a[0], dy = b[1] - a[1], len2 = dx * dx + dy * dy;
	float x0 = fmaxf(0, fminf(a[0], b[0]) - r - 1);
	float x1 = fminf((float)w - 1, fmaxf(a[0], b[0]) + r + 1);
	float y0 = fmaxf(0, fminf(a[1], b[1]) - r - 1);
	float y1 = fminf((float)h - 1, fmaxf(a[1], b[1]) + r + 1);

	for (float y = floorf(y0); y <= y1; y++)
		for (float x = floorf(x0); x <= x1; x++) {
			float t = len2 > 0 ? ((x - a[0]) * dx + (y - a[1]) * dy) /
			    len2 : 0;

			t = fminf(fmaxf(t, 0), 1);
			float cover = r + 0.5f - hypotf(x - a[0] - t * dx,
			    y - a[1] - t * dy);
			uint8_t *c = px + ((size_t)y * w + (size_t)x) * 3;

			cover = fminf(fmaxf(cover, 0), 1);
			for (int k = 0; k < 3; k++)
				c[k] = (uint8_t)((float)c[k] + cover *
				    (255 * colour[k] - (float)c[k]) + 0.5f);
		}
}

/* COCO-18 limbs: the person's right side in cool colours, the left in warm. */
static void
draw_pose(uint8_t *px, const struct picture *p, const float (*point)[3])
{
	static const struct { uint8_t a, b; float hue; } limb[] = {
		{ 1, 2, .62f }, { 2, 3, .58f }, { 3, 4, .52f },
		{ 1, 5, .00f }, { 5, 6, .05f }, { 6, 7, .10f },
		{ 1, 8, .66f }, { 8, 9, .70f }, { 9, 10, .75f },
		{ 1, 11, .95f }, { 11, 12, .13f }, { 12, 13, .16f },
		{ 1, 0, .33f }, { 0, 14, .50f }, { 14, 16, .48f },
		{ 0, 15, .20f }, { 15, 17, .22f },
	};
	static const rgb white = { 1, 1, 1 };
	float r = fmaxf(0.75f, (float)(p->w < p->h ? p->w : p->h) / 220);

	for (size_t i = 0; i < sizeof limb / sizeof *limb; i++) {
		const float *a = point[limb[i].a], *b = point[limb[i].b];
		rgb c;

		hue(c, limb[i].hue);
		if (isfinite(a[0] + a[1] + b[0] + b[1]))
			paint_line(px, p->w, p->h, a, b, r, c);
	}
	for (int k = 0; k < POSE_POINTS; k++)
		if (isfinite(point[k][0] + point[k][1]))
			paint_line(px, p->w, p->h, point[k], point[k], r, white);
}

static uint16_t
level(float v, float most)
{
	return (uint16_t)(fminf(fmaxf(v, 0), 1) * most + 0.5f);
}

enum status
picture_draw(struct tensor *out, struct arena *a, const struct picture *p,
    const struct sample *s, size_t view)
{
	size_t n = p->h * p->w;

	TRY(tensor_alloc(out, a, DT_U1, TENSOR_DIMS(p->h, p->w, 3)));
	uint8_t *px = out->data;

	if (p->kind == PICTURE_POSE) {
		const uint8_t *below = image_below(p, s, view);

		memset(px, NONE / 2, 3 * n);
		if (below)
			memcpy(px, below, 3 * n);
		for (size_t i = 0; i < p->people; i++)
			draw_pose(px, p, (const float (*)[3])p->field->t.data +
			    POSE_POINTS * (view * p->people + i));
		return OK;
	}
	size_t mark = arena_mark(a);
	rgb *c = arena_calloc(a, n, sizeof *c);

	if (!c)
		return E_NOMEM;
	TRY(colours(c, a, p, s, view));
	for (size_t i = 0; i < 3 * n; i++)
		px[i] = isnan(c[i / 3][i % 3]) ? NONE :
		    (uint8_t)level(c[i / 3][i % 3], 255);
	arena_pop(a, mark);
	return OK;
}

/* Whether the field says something of pixel i of the view. */
static bool
shows(const struct picture *p, size_t view, size_t i)
{
	const struct tensor *t = &p->field->t;
	const size_t first = (view * p->h * p->w + i) * p->c;

	/* Of an IUV the part alone says whether something is there. */
	for (size_t c = 0; c < (p->kind == PICTURE_IUV ? 1 : p->c); c++) {
		float v = t->dtype == DT_U1 ?
		    ((const uint8_t *)t->data)[first + c] : t->dtype == DT_F4 ?
		    ((const float *)t->data)[first + c] : 0;

		if (isfinite(v) && fabsf(v) > 0.05f)
			return true;
	}
	return false;
}

void
picture_lay(struct tensor *out, const struct picture *p,
    const struct sample *s, size_t view)
{
	const uint8_t *below = image_below(p, s, view);
	uint8_t *px = out->data;

	if (p->kind == PICTURE_POSE || p->kind == PICTURE_RGB ||
	    p->kind == PICTURE_SIGNED || !below)
		return;
	for (size_t i = 0; i < p->h * p->w; i++)
		for (size_t c = 0; c < 3; c++)
			px[3 * i + c] = shows(p, view, i) ?
			    (uint8_t)((px[3 * i + c] + below[3 * i + c]) / 2) :
			    below[3 * i + c];
}

enum status
picture_draw16(struct tensor *out, struct arena *a, const struct picture *p,
    const struct sample *s, size_t view)
{
	size_t n = p->h * p->w;
	struct tensor px;

	TRY(tensor_alloc(out, a, DT_U2, TENSOR_DIMS(p->h, p->w, 3)));
	uint16_t *to = out->data;
	size_t mark = arena_mark(a);

	if (p->kind == PICTURE_POSE) {
		TRY(picture_draw(&px, a, p, s, view));
		for (size_t i = 0; i < 3 * n; i++)
			to[i] = (uint16_t)(257 * ((uint8_t *)px.data)[i]);
	} else {
		rgb *c = arena_calloc(a, n, sizeof *c);

		if (!c)
			return E_NOMEM;
		TRY(colours(c, a, p, s, view));
		for (size_t i = 0; i < 3 * n; i++)
			to[i] = isnan(c[i / 3][i % 3]) ? NONE * 257 :
			    level(c[i / 3][i % 3], 65535);
	}
	arena_pop(a, mark);
	return OK;
}
