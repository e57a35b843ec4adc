#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lcms2.h>

#include "image/codec.h"

#define ICC_MOST ((size_t)16 << 20)
#define SAME_AS_SRGB 2		/* levels: the many tables of sRGB differ by this */

/* What has to be given back. */
struct work {
	cmsContext ctx;
	cmsHPROFILE from, srgb;
	cmsHTRANSFORM way;
};

enum status
image_keep_icc(struct image_colour *c, struct arena *a, const void *icc,
    size_t n)
{
	c->icc_bad = n > ICC_MOST;
	if (n == 0 || c->icc_bad)
		return OK;
	void *copy = arena_alloc(a, n);

	if (!copy)
		return E_NOMEM;
	memcpy(copy, icc, n);
	c->icc = copy;
	c->icc_n = n;
	return OK;
}

/* The library prints nothing by itself; what it would say has no user. */
static void
ignore(cmsContext ctx, cmsUInt32Number code, const char *text)
{
	(void)ctx, (void)code, (void)text;
}

static void
put_name(char *to, size_t room, cmsHPROFILE from)
{
	cmsUInt32Number n = cmsGetProfileInfoASCII(from, cmsInfoDescription,
	    "en", "US", to, (cmsUInt32Number)room);

	if (n == 0)
		to[0] = 0;
	to[room - 1] = 0;
	for (size_t k = strlen(to); k > 0 && to[k - 1] == ' '; k--)
		to[k - 1] = 0;
	for (char *p = to; *p; p++)	/* it goes to a terminal */
		if (*p < ' ' || *p > '~')
			*p = '?';
	if (!*to)
		strcpy(to, "without a name");
}

const double image_srgb_chroma[4][2] = { { 0.3127, 0.3290 }, { 0.64, 0.33 },
	{ 0.30, 0.60 }, { 0.15, 0.06 } };

void
image_set_adobe(struct image_colour *c)
{
	memcpy(c->chroma, image_srgb_chroma, sizeof c->chroma);
	c->chroma[2][0] = 0.21;
	c->chroma[2][1] = 0.71;
	c->gamma = 563. / 256;
	c->said = "Adobe RGB (EXIF)";
}

/* A profile of what is said without one. */
static cmsHPROFILE
make_profile(cmsContext ctx, const struct image_colour *c)
{
	static const double srgb[5] = { 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92,
	    0.04045 };
	const double (*x)[2] = c->chroma;
	const cmsCIExyY white = { x[0][0], x[0][1], 1 };
	const cmsCIExyYTRIPLE primary = { { x[1][0], x[1][1], 1 },
	    { x[2][0], x[2][1], 1 }, { x[3][0], x[3][1], 1 } };
	cmsToneCurve *t = c->gamma == 0 ?
	    cmsBuildParametricToneCurve(ctx, 4, srgb) :
	    cmsBuildGamma(ctx, c->gamma);
	cmsHPROFILE p = !t ? NULL : c->space == IMAGE_GREY ?
	    cmsCreateGrayProfileTHR(ctx, &white, t) :
	    cmsCreateRGBProfileTHR(ctx, &white, &primary,
	    (cmsToneCurve *[]){ t, t, t });

	if (t)
		cmsFreeToneCurve(t);
	return p;
}

/* The transform to sRGB; false: the profile is of no use for these pixels. */
static bool
open_way(struct work *w, const struct image_colour *c)
{
	cmsUInt32Number in = TYPE_RGB_8;

	w->from = c->icc ? cmsOpenProfileFromMemTHR(w->ctx, c->icc,
	    (cmsUInt32Number)c->icc_n) : make_profile(w->ctx, c);
	if (!w->from)
		return false;
	const cmsColorSpaceSignature space = cmsGetColorSpace(w->from);

	if (space == cmsSigCmykData && c->space == IMAGE_CMYK)
		in = TYPE_CMYK_8;
	else if (space == cmsSigGrayData && c->space == IMAGE_GREY)
		in = TYPE_GRAY_8;
	else if (space != cmsSigRgbData || c->space == IMAGE_CMYK)
		return false;
	w->srgb = cmsCreate_sRGBProfileTHR(w->ctx);
	if (w->srgb)
		w->way = cmsCreateTransformTHR(w->ctx, w->from, in, w->srgb,
		    TYPE_RGB_8, INTENT_PERCEPTUAL, 0);
	return w->way != NULL;
}

/* Whether the transform of RGB does nothing, on a grid of 9 x 9 x 9 colours. */
static bool
is_srgb(cmsHTRANSFORM way)
{
	for (int i = 0; i < 9 * 9 * 9; i++) {
		const int step[3] = { i % 9, i / 9 % 9, i / 81 };
		uint8_t in[3], out[3];

		for (int k = 0; k < 3; k++)
			in[k] = (uint8_t)(step[k] * 255 / 8);
		cmsDoTransform(way, in, out, 1);
		for (int k = 0; k < 3; k++)
			if (abs(in[k] - out[k]) > SAME_AS_SRGB)
				return false;
	}
	return true;
}

/* Grey has 256 colours: a table. Its three channels are in t already. */
static bool
apply_grey(struct tensor *t, cmsHTRANSFORM way)
{
	const size_t step = t->dim[2], n = t->dim[0] * t->dim[1];
	uint8_t in[256], out[256][3], *p = t->data;
	bool same = true;

	for (int v = 0; v < 256; v++)
		in[v] = (uint8_t)v;
	cmsDoTransform(way, in, out, 256);
	for (int v = 0; v < 256; v++)
		same &= abs(out[v][0] - v) <= SAME_AS_SRGB;
	for (size_t i = 0; i < n && !same; i++, p += step)
		memcpy(p, out[*p], 3);
	return !same;
}

/* Row by row; pixels of `from` channels become 3, or keep their fourth. */
static enum status
apply_colour(struct tensor *t, struct arena *a, cmsHTRANSFORM way, bool cmyk)
{
	const size_t from = t->dim[2], to = cmyk ? 3 : from, w = t->dim[1];
	const size_t used = cmyk ? 4 : 3, mark = arena_mark(a);
	uint8_t *in = arena_alloc(a, w * used), *out = arena_alloc(a, w * 3);
	const uint8_t *src = t->data;
	uint8_t *dst = t->data;

	if (!in || !out)
		return E_NOMEM;
	for (size_t y = 0; y < t->dim[0]; y++) {
		for (size_t x = 0; x < w; x++)
			memcpy(in + x * used, src + x * from, used);
		cmsDoTransform(way, in, out, (cmsUInt32Number)w);
		/* CMYK shrinks in place: what is written has been read. */
		for (size_t x = 0; x < w; x++)
			memcpy(dst + x * to, out + 3 * x, 3);
		src += w * from;
		dst += w * to;
	}
	t->dim[2] = to;
	arena_pop(a, mark);
	return OK;
}

static enum status
apply(struct tensor *t, struct image_note *note, struct arena *a,
    const struct image_colour *c, struct work *w)
{
	w->ctx = cmsCreateContext(NULL, NULL);
	if (!w->ctx)
		return fail(E_NOMEM, "no memory for the colour profile");
	cmsSetLogErrorHandlerTHR(w->ctx, ignore);
	note->profile_bad = !open_way(w, c);
	if (note->profile_bad)
		return OK;
	const bool rgb = cmsGetColorSpace(w->from) == cmsSigRgbData;

	if (rgb && is_srgb(w->way))
		return OK;
	if (rgb || c->space == IMAGE_CMYK)
		TRY(apply_colour(t, a, w->way, !rgb));
	else if (!apply_grey(t, w->way))
		return OK;
	if (c->icc)
		put_name(note->profile, sizeof note->profile, w->from);
	else
		snprintf(note->profile, sizeof note->profile, "%s", c->said);
	return OK;
}

enum status
image_to_srgb(struct tensor *t, struct image_note *note, struct arena *a,
    const struct image_colour *c)
{
	struct work w = { .ctx = NULL };
	enum status st = OK;

	note->profile_bad = c->icc_bad;
	if (c->icc || (c->said && !c->icc_bad)) {
		st = apply(t, note, a, c, &w);
		if (w.way)
			cmsDeleteTransform(w.way);
		if (w.srgb)
			cmsCloseProfile(w.srgb);
		if (w.from)
			cmsCloseProfile(w.from);
		if (w.ctx)
			cmsDeleteContext(w.ctx);
	}
	if (st == OK && c->space == IMAGE_CMYK && !*note->profile)
		return fail(E_FORMAT, "a CMYK %s %s; convert it with: "
		    IMAGE_CONVERT("IN", "-colorspace sRGB "),
		    image_kind_name(note->kind), note->profile_bad ?
		    "with a colour profile that cannot be used" :
		    "without a colour profile, want RGB or grey");
	return st;
}
