#include "metrics/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a value x in 0..1: x * scale + offset. scale is also the full range. */
static const struct {
	double scale, offset;
	const char *text;
} values[] = {
	[V_UNIT] = { 1, 0, "0..1" },
	[V_BYTE] = { 255, 0, "0..255" },
	[V_SIGNED] = { 2, -1, "-1..1" },
};

static const struct measure measures[] = {
	{ .name = "l1", .kind = M_L1, .range = 1 },
	{ .name = "mae", .kind = M_MAE, .range = 1 },
	{ .name = "psnr", .kind = M_PSNR, .range = 1 },
	{ .name = "ssim-wang", .kind = M_SSIM, .values = V_BYTE, .range = 255,
	    .win = { .size = 11, .sigma = 1.5, .luma = true } },
	{ .name = "ssim-skgauss", .kind = M_SSIM, .values = V_BYTE, .range = 0,
	    .win = { .size = 11, .sigma = 1.5 } },
	{ .name = "ssim-skdef", .kind = M_SSIM, .values = V_BYTE, .range = 255,
	    .win = { .size = 7, .sample = true } },
	{ .name = "ssim-sk51", .kind = M_SSIM, .values = V_UNIT, .range = 1,
	    .win = { .size = 51, .sample = true } },
	{ .name = "ssim-pohsun", .kind = M_SSIM, .values = V_UNIT, .range = 1,
	    .win = { .size = 11, .sigma = 1.5, .zero_pad = true } },
	{ .name = "lpips-alex", .kind = M_LPIPS, .trunk = TRUNK_ALEXNET },
	{ .name = "lpips-vgg", .kind = M_LPIPS, .trunk = TRUNK_VGG16 },
	{ .name = "lpips-squeeze", .kind = M_LPIPS,
	    .trunk = TRUNK_SQUEEZENET },
	{ .name = "fid", .kind = M_FID, .inception = INCEPTION_TF },
	{ .name = "fid-gfla", .kind = M_FID,
	    .inception = INCEPTION_TORCHVISION },
};

static const struct protocol protocols[] = {
	{ .name = "wang", .measures = "l1,psnr,ssim-wang", .range = -1,
	    .source = "Wang, Bovik, Sheikh, Simoncelli 2004" },
	{ .name = "gfla", .measures = "l1,mae,psnr,ssim-sk51,ssim-skgauss",
	    .learned = "lpips-alex,fid-gfla", .range = -1, .prep = { .bits8 = true },
	    .source = "Global-Flow-Local-Attention, script/metrics.py" },
	{ .name = "patn", .measures = "ssim-skgauss", .range = -1,
	    .prep = { .crop = 176, .pad_white = 40, .bits8 = true },
	    .source = "Pose-Transfer, tool/getMetrics_fashion.py" },
	{ .name = "hpbtt", .measures = "ssim-pohsun", .range = -1,
	    .source = "HPBTT, pytorch_ssim" },
	{ .name = "texformer", .measures = "ssim-pohsun",
	    .learned = "lpips-alex", .values = V_SIGNED, .range = 1,
	    .height = 128, .prep = { .crop = 64, .bits8 = true, .blank = 0.5 },
	    .needs_mask = true, .source = "Texformer, eval.py" },
	{ .name = "lwg", .measures = "ssim-skdef",
	    .learned = "lpips-alex,fid",
	    .values = V_SIGNED, .range = 2, .source = "his_evaluators (iPER)" },
};

const struct protocol *
protocol_at(int i)
{
	return &protocols[i];
}

enum status
protocol_check(const struct protocol *p, const struct tensor *t)
{
	size_t h = t->dim[t->rank - 3];

	return p->height == 0 || h == p->height ? OK : fail(E_SHAPE,
	    "%zu rows, want the %zu of protocol %s", h, p->height, p->name);
}

static const struct measure *
measure_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
		if (strncmp(measures[i].name, name, len) == 0 &&
		    measures[i].name[len] == '\0')
			return &measures[i];
	return NULL;
}

/* Measures of sets go behind those of pictures; else the order stays. */
static void
sort(struct measure *m, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && m[k].kind != M_FID &&
		    m[k - 1].kind == M_FID; k--) {
			struct measure t = m[k];

			m[k] = m[k - 1];
			m[k - 1] = t;
		}
}

size_t
measure_pairs(const struct measure *m, size_t n)
{
	while (n > 0 && m[n - 1].kind == M_FID)
		n--;
	return n;
}

enum status
measure_list(struct measure m[MEASURE_MAX], size_t *n, const char *names,
    const struct protocol *p)
{
	for (*n = 0;; names++) {
		size_t len = strcspn(names, ",");
		const struct measure *found = measure_find(names, len);

		if (found == NULL)
			return fail(E_VALUE, "measure \"%.*s\", want l1, mae, "
			    "psnr, ssim-wang, ssim-skgauss, ssim-skdef, "
			    "ssim-sk51, ssim-pohsun, lpips-alex, lpips-vgg, "
			    "lpips-squeeze, fid or fid-gfla", (int)len, names);
		if (*n == MEASURE_MAX)
			return fail(E_LIMIT, "more than %d measures",
			    MEASURE_MAX);
		m[*n] = *found;
		if (found->kind == M_SSIM && p->range >= 0) {
			m[*n].values = p->values;
			m[*n].range = p->range;
		}
		++*n;
		names += len;
		if (*names == '\0')
			break;
	}
	sort(m, *n);
	return OK;
}

enum status
measure_learned(struct measure m[MEASURE_MAX], size_t *n, char left_out[64],
    const struct protocol *p, struct netfiles *f)
{
	struct measure all[MEASURE_MAX];
	size_t count = 0, at = 0;

	left_out[0] = '\0';
	if (p->learned != NULL)
		TRY(measure_list(all, &count, p->learned, p));
	for (size_t i = 0; i < count; i++) {
		if (all[i].kind == M_FID ? fid_there(f) :
		    lpips_there(all[i].trunk, f))
			m[(*n)++] = all[i];
		else
			at += (size_t)snprintf(left_out + at, 64 - at, "%s%s",
			    at > 0 ? ", " : "", all[i].name);
	}
	return OK;
}

enum status
measure_open(struct measure *m, size_t n, struct netfiles *f, bool where)
{
	for (size_t i = 0; i < n; i++) {
		if (m[i].kind != M_LPIPS && m[i].kind != M_FID)
			continue;
		if (where)
			return fail(E_VALUE, "%s looks at whole pictures, "
			    "which --mask blanks and --where does not",
			    m[i].name);
		if (m[i].kind == M_LPIPS)
			TRY(lpips_open(&m[i].lpips, m[i].trunk, f));
		else
			TRY(fid_open(&m[i].fid, m[i].inception, f));
	}
	return OK;
}

void
measure_close(struct measure *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		lpips_close(m[i].lpips);
		fid_close(m[i].fid);
		m[i].lpips = NULL;
		m[i].fid = NULL;
	}
}

enum status
measure_set_range(struct measure *m, size_t n, const char *text)
{
	char *end;
	double steps = strtod(text, &end);

	if (strcmp(text, "auto") == 0)
		steps = 0;
	else if (*end != '\0' || !(steps > 0 && steps <= 1e6))
		return fail(E_VALUE, "range \"%s\", want auto or 8-bit steps, "
		    "as 255", text);
	for (size_t i = 0; i < n; i++)
		if (m[i].kind == M_SSIM)
			m[i].range = steps / 255 * values[m[i].values].scale;
	return OK;
}

char *
measure_text(char *buf, size_t n, const struct measure *m)
{
	const struct ssim_window *w = &m->win;
	char range[32] = "max-min of the generated", window[64] = "equal weights";

	if (m->range > 0)
		snprintf(range, sizeof range, "%.6g", m->range);
	if (w->sigma > 0)
		snprintf(window, sizeof window, "Gaussian sigma %g", w->sigma);
	switch (m->kind) {
	case M_L1:
		snprintf(buf, n, "mean |a-b|, values 0..1");
		break;
	case M_MAE:
		snprintf(buf, n, "sum |a-b| / sum (a+b), values 0..1");
		break;
	case M_PSNR:
		snprintf(buf, n, "decibel, values 0..1, range 1");
		break;
	case M_SSIM:
		snprintf(buf, n, "window %dx%d, %s, %s covariance, %s, %s, "
		    "values %s, range %s", w->size, w->size, window,
		    w->sample ? "sample" : "population",
		    w->zero_pad ? "zero border" : "windows inside",
		    w->luma ? "luminance" : "mean of channels",
		    values[m->values].text, range);
		break;
	case M_LPIPS:
		snprintf(buf, n, "LPIPS 0.1, %s, learned heads, mean over "
		    "pixels", trunk_name(m->trunk));
		break;
	case M_FID:
		snprintf(buf, n, "Frechet distance of the sets' 2048 features "
		    "of Inception v3, %s", m->inception == INCEPTION_TF ?
		    "TensorFlow's (pytorch-fid)" : "torchvision's as GFLA "
		    "feeds it");
		break;
	}
	return buf;
}

/* Largest minus smallest value of the generated picture, of all channels. */
static double
spread(const struct pair *p)
{
	double lo = p->b[0], hi = p->b[0];

	for (size_t i = 1; i < p->h * p->w * p->c; i++) {
		lo = fmin(lo, p->b[i]);
		hi = fmax(hi, p->b[i]);
	}
	return hi - lo;
}

enum status
measure_pair(double *out, const struct measure *m, const struct pair *p,
    struct arena *scratch)
{
	double d1 = 0, d2 = 0, sum = 0, n = 0;
	size_t plane = p->h * p->w;

	if (m->kind == M_SSIM) {
		double scale = values[m->values].scale;
		double range = m->range > 0 ? m->range : spread(p) * scale;

		if (range == 0)
			return fail(E_VALUE, "all of one colour, which leaves "
			    "no range; give one, as 255");
		return ssim_mean(out, p, &m->win, scale,
		    values[m->values].offset, range, scratch);
	}
	if (m->kind == M_LPIPS)
		return lpips_pair(out, m->lpips, p, scratch);
	for (size_t c = 0; c < p->c; c++)
		for (size_t i = 0; i < plane; i++) {
			double a = p->a[c * plane + i];
			double b = p->b[c * plane + i];

			if (p->where != NULL && p->where[i] == 0)
				continue;
			d1 += fabs(a - b);
			d2 += (a - b) * (a - b);
			sum += a + b;
			n++;
		}
	if (n == 0)
		*out = NAN;
	else if (m->kind == M_L1)
		*out = d1 / n;
	else if (m->kind == M_MAE)
		*out = d1 > 0 ? d1 / sum : 0;	/* two black pictures agree */
	else
		*out = 10 * log10(m->range * m->range / (d2 / n));
	return OK;
}
