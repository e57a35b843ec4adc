#include "mesh/avatarkind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is known of a texel: where on the body it lies. */
struct place {
	float at[3];		/* metres, as modelled */
	uint8_t joint;		/* that moves it most */
	bool there, eye;
};

struct look {			/* colours of reference, see colour_of */
	float cheek[3], hand[3], crown[3], chest[3], thigh[3];
	float tall;		/* height of the figure, metres */
	bool haired;		/* the crown is not skin */
	bool bare_legs;
};

/*
 * Distances of colours: lightness counts half, as folds and painted shadows
 * change it; 100 is from black to white.
 */
static void
colour_of(float out[3], const uint8_t *rgb)
{
	float r = rgb[0] / 2.55f, g = rgb[1] / 2.55f, b = rgb[2] / 2.55f;

	out[0] = 0.5f * (0.3f * r + 0.59f * g + 0.11f * b);
	out[1] = r - g;
	out[2] = 0.5f * (r + g) - b;
}

static float
apart(const float a[3], const float b[3])
{
	return sqrtf((a[0] - b[0]) * (a[0] - b[0]) +
	    (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
}

static void
put_face(struct place *out, size_t h, size_t w, const struct avatar *v,
    size_t f, bool eye)
{
	const float (*uv)[2] = v->uv[f];
	float x[3], y[3], lo[2] = { 1e9f, 1e9f }, hi[2] = { -1e9f, -1e9f };

	for (int c = 0; c < 3; c++) {
		x[c] = uv[c][0] * (float)w - 0.5f;
		y[c] = uv[c][1] * (float)h - 0.5f;
		lo[0] = fminf(lo[0], x[c]);
		hi[0] = fmaxf(hi[0], x[c]);
		lo[1] = fminf(lo[1], y[c]);
		hi[1] = fmaxf(hi[1], y[c]);
	}
	float area = (x[1] - x[0]) * (y[2] - y[0]) -
	    (x[2] - x[0]) * (y[1] - y[0]);

	if (!(fabsf(area) > 1e-6f))
		return;
	/* Half a texel more, so that no gap is left between faces. */
	size_t x0 = (size_t)fminf(fmaxf(floorf(lo[0]), 0), (float)w),
	    y0 = (size_t)fminf(fmaxf(floorf(lo[1]), 0), (float)h),
	    x1 = (size_t)fminf(fmaxf(ceilf(hi[0]) + 1, 0), (float)w),
	    y1 = (size_t)fminf(fmaxf(ceilf(hi[1]) + 1, 0), (float)h);

	for (size_t i = y0; i < y1; i++)
		for (size_t k = x0; k < x1; k++) {
			float px = (float)k, py = (float)i, b[3];
			struct place *p = &out[i * w + k];
			int most = 0;

			b[1] = ((px - x[0]) * (y[2] - y[0]) -
			    (x[2] - x[0]) * (py - y[0])) / area;
			b[2] = ((x[1] - x[0]) * (py - y[0]) -
			    (px - x[0]) * (y[1] - y[0])) / area;
			b[0] = 1 - b[1] - b[2];
			float least = fminf(b[0], fminf(b[1], b[2]));

			if (least < -0.25f || (p->there && least < 0))
				continue;
			for (int c = 1; c < 3; c++)
				if (b[c] > b[most])
					most = c;
			for (int d = 0; d < 3; d++)
				p->at[d] = b[0] * v->vert[v->face[f][0]][d] +
				    b[1] * v->vert[v->face[f][1]][d] +
				    b[2] * v->vert[v->face[f][2]][d];
			p->joint = v->by[v->face[f][most]][0];
			p->there = true;
			p->eye = eye;
		}
}

static int
by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/*
 * The median colour of texels for which `in` says yes, of each channel alone;
 * false when there are none.
 */
static bool
median(float out[3], const struct avatar *v, const struct tensor *map,
    const struct place *p, float *work, bool (*in)(const struct avatar *,
    const struct place *))
{
	size_t len = map->dim[0] * map->dim[1], n = 0;
	const uint8_t *c = map->data;

	for (size_t i = 0; i < len; i++)
		if (p[i].there && !p[i].eye && in(v, &p[i])) {
			float f[3];

			colour_of(f, c + 4 * i);
			for (size_t d = 0; d < 3; d++)
				work[d * len + n] = f[d];
			n++;
		}
	for (size_t d = 0; d < 3 && n > 0; d++) {
		qsort(work + d * len, n, sizeof *work, by_value);
		out[d] = work[d * len + n / 2];
	}
	return n > 0;
}

static float
tall(const struct avatar *v)
{
	return v->eye[0][1] - fminf(v->joint[J_L_FOOT][1],
	    v->joint[J_R_FOOT][1]);
}

/* Below the eyes, beside the nose, of the front. */
static bool
on_cheek(const struct avatar *v, const struct place *p)
{
	float H = tall(v), y = v->eye[0][1] - p->at[1];

	return p->joint == J_HEAD && y > 0.012f * H && y < 0.035f * H &&
	    fabsf(p->at[0]) > 0.4f * v->eye[0][0] &&
	    fabsf(p->at[0]) < 1.3f * v->eye[0][0] &&
	    p->at[2] > v->eye[0][2] - 0.03f * H;
}

static bool
on_hand(const struct avatar *v, const struct place *p)
{
	(void)v;
	return p->joint >= J_L_WRIST;
}

static bool
on_crown(const struct avatar *v, const struct place *p)
{
	return p->joint == J_HEAD && p->at[1] > v->eye[0][1] +
	    0.05f * tall(v) && p->at[2] < v->joint[J_HEAD][2];
}

static bool
on_chest(const struct avatar *v, const struct place *p)
{
	return (p->joint == J_SPINE2 || p->joint == J_SPINE3) &&
	    p->at[1] < v->joint[J_L_SHOULDER][1];
}

static bool
on_thigh(const struct avatar *v, const struct place *p)
{
	(void)v;
	return p->joint == J_L_HIP || p->joint == J_R_HIP;
}

static bool
is_leg(int j)
{
	return j == J_L_HIP || j == J_R_HIP || j == J_L_KNEE || j == J_R_KNEE;
}

/* Parted where the colours do, near the hips; of one cloth at the hips. */
static enum avatar_kind
upper_or_lower(const struct avatar *v, const struct place *p,
    const float c[3], const struct look *k)
{
	float H = k->tall, y = p->at[1] - v->joint[J_PELVIS][1];

	if (is_leg(p->joint) && y < -0.06f * H)
		return AVATAR_BOTTOM;
	if (p->at[1] > v->joint[J_SPINE2][1] || y > 0.06f * H ||
	    fabsf(p->at[0]) > 3 * fabsf(v->joint[J_L_HIP][0]))
		return AVATAR_TOP;
	float top = apart(c, k->chest), low = apart(c, k->thigh);

	if (fabsf(top - low) < 4)
		return y < 0 ? AVATAR_BOTTOM : AVATAR_TOP;
	return low < top ? AVATAR_BOTTOM : AVATAR_TOP;
}

static bool
is_foot(int j)
{
	return j == J_L_ANKLE || j == J_R_ANKLE || j == J_L_FOOT ||
	    j == J_R_FOOT;
}

/* Of clothes alone. */
static enum avatar_kind
garment_of(const struct avatar *v, const struct place *p, const float c[3],
    const struct look *k)
{
	if (p->joint == J_HEAD)
		return AVATAR_OTHER;	/* hats */
	if (is_foot(p->joint))
		return p->at[1] < v->joint[J_L_ANKLE][1] - 0.015f * k->tall ?
		    AVATAR_SHOES : AVATAR_BOTTOM;
	return upper_or_lower(v, p, c, k);
}

static enum avatar_kind
kind_of(const struct avatar *v, const struct place *p, const float c[3],
    const struct look *k)
{
	float H = k->tall, skin = fminf(apart(c, k->cheek), apart(c, k->hand));
	bool bare = skin < 14;
	int j = p->joint;

	if (p->eye)
		return AVATAR_OTHER;
	if (j == J_HEAD || j == J_NECK) {
		/* Lips, brows and lashes are the face's. */
		bool face = p->at[2] > v->eye[0][2] - 0.015f * H &&
		    p->at[1] < v->eye[0][1] + 0.012f * H;

		if (face || bare)
			return AVATAR_SKIN;
		if (p->at[1] < v->joint[J_HEAD][1] &&
		    apart(c, k->chest) < fminf(skin, apart(c, k->crown)))
			return AVATAR_TOP;
		return k->haired && apart(c, k->crown) < skin ? AVATAR_HAIR :
		    j == J_NECK && !k->haired && skin > 25 ? AVATAR_TOP :
		    AVATAR_SKIN;
	}
	if (is_foot(j))		/* tan leather is near skin, too */
		return skin < 7 ? AVATAR_SKIN : AVATAR_SHOES;
	if (bare && (k->bare_legs || apart(c, k->thigh) > skin) &&
	    apart(c, k->chest) > skin)
		return AVATAR_SKIN;
	return upper_or_lower(v, p, c, k);
}

/* What most of the 7 x 7 texels round each are: specks go. */
static void
smooth(uint8_t *to, const uint8_t *from, size_t h, size_t w)
{
	for (size_t i = 0; i < h; i++)
		for (size_t k = 0; k < w; k++) {
			int count[AVATAR_KINDS] = { 0 };
			uint8_t best = from[i * w + k];

			to[i * w + k] = best;
			if (best == AVATAR_NONE || best == AVATAR_OTHER)
				continue;
			for (size_t y = i < 3 ? 0 : i - 3; y < h && y <= i + 3; y++)
				for (size_t x = k < 3 ? 0 : k - 3;
				    x < w && x <= k + 3; x++)
					count[from[y * w + x]]++;
			for (uint8_t c = AVATAR_SKIN; c < AVATAR_OTHER; c++)
				if (count[c] > count[best])
					best = c;
			to[i * w + k] = best;
		}
}

/* The place of every texel, and memory for the work. */
struct finder {
	struct place *at;
	float *work;
	uint8_t *raw;
};

static enum status
begin(struct finder *d, const struct avatar *v, struct avatar_part *p,
    const bool *eyes, struct arena *a, size_t *mark)
{
	size_t h = p->map.dim[0], w = p->map.dim[1];

	TRY(tensor_alloc(&p->kinds, a, DT_U1, TENSOR_DIMS(h, w)));
	*mark = arena_mark(a);
	d->at = arena_calloc(a, h * w, sizeof *d->at);
	d->work = arena_alloc(a, 3 * h * w * sizeof *d->work);
	d->raw = arena_calloc(a, h * w, 1);
	if (!d->at || !d->work || !d->raw)
		return E_NOMEM;
	for (size_t f = p->first; f < p->first + p->n; f++)
		put_face(d->at, h, w, v, f, eyes && eyes[v->face[f][0]]);
	return OK;
}

static void
finish(struct finder *d, const struct avatar *v, struct avatar_part *p,
    const struct look *k, enum avatar_kind (*kind)(const struct avatar *,
    const struct place *, const float *, const struct look *))
{
	size_t h = p->map.dim[0], w = p->map.dim[1];

	for (size_t i = 0; i < h * w; i++) {
		float c[3];

		if (!d->at[i].there)
			continue;
		colour_of(c, (const uint8_t *)p->map.data + 4 * i);
		d->raw[i] = (uint8_t)kind(v, &d->at[i], c, k);
	}
	smooth(p->kinds.data, d->raw, h, w);
}

enum status
avatar_find_kinds(const struct avatar *v, struct avatar_part *p,
    const bool *eyes, struct arena *a)
{
	struct look k = { .tall = tall(v) };
	struct finder d;
	size_t mark;

	TRY(begin(&d, v, p, eyes, a, &mark));
	if (!median(k.cheek, v, &p->map, d.at, d.work, on_cheek))
		memcpy(k.cheek, (float[]){ 30, 15, 20 }, sizeof k.cheek);
	if (!median(k.hand, v, &p->map, d.at, d.work, on_hand) ||
	    apart(k.hand, k.cheek) > 25)	/* gloves */
		memcpy(k.hand, k.cheek, sizeof k.hand);
	if (!median(k.crown, v, &p->map, d.at, d.work, on_crown))
		memcpy(k.crown, k.cheek, sizeof k.crown);
	if (!median(k.chest, v, &p->map, d.at, d.work, on_chest))
		memcpy(k.chest, k.cheek, sizeof k.chest);
	if (!median(k.thigh, v, &p->map, d.at, d.work, on_thigh))
		memcpy(k.thigh, k.chest, sizeof k.thigh);
	k.haired = apart(k.crown, k.cheek) > 10;
	k.bare_legs = fminf(apart(k.thigh, k.hand), apart(k.thigh, k.cheek)) < 9;
	finish(&d, v, p, &k, kind_of);
	arena_pop(a, mark);
	return OK;
}

enum status
avatar_find_garments(const struct avatar *v, struct avatar_part *p,
    struct arena *a)
{
	struct look k = { .tall = tall(v) };
	struct finder d;
	size_t mark;

	TRY(begin(&d, v, p, NULL, a, &mark));
	if (!median(k.chest, v, &p->map, d.at, d.work, on_chest))
		memset(k.chest, 0, sizeof k.chest);
	if (!median(k.thigh, v, &p->map, d.at, d.work, on_thigh))
		memcpy(k.thigh, k.chest, sizeof k.thigh);
	finish(&d, v, p, &k, garment_of);
	arena_pop(a, mark);
	return OK;
}
