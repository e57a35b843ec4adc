#include "nets/g_t.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nets/decoder.h"
#include "nets/encoder.h"

/* Channels of the learnable constant: as many as a pose has, but no pose. */
#define CONSTANT 18

static struct var *
folded(struct graph *g, const struct recipe *r, struct var **skip)
{
	*skip = !r->context ? NULL : g_param(g, "folded2",
	    recipe_side(r, 2), recipe_side(r, 2), r->width[1], 1);
	return g_param(g, "folded3", recipe_side(r, 3), recipe_side(r, 3),
	    r->width[2], 1);
}

struct var *
g_t_encode(struct graph *g, const struct recipe *r, struct var *evidence,
    struct var **skip)
{
	struct var *t;

	g_push(g, "g_t");
	if (r->folded) {
		t = folded(g, r, skip);
		g_pop(g);
		return t;
	}
	/* eq. 8: the learnable constant */
	struct var *in = g_param(g, "constant", r->size, r->size, CONSTANT, 1);

	*skip = NULL;
	if (evidence)
		in = g_concat(g, (struct var *[]){ in, evidence }, 2);
	t = encoder(g, r, in, r->context ? skip : NULL);
	g_done(g, in);
	g_pop(g);
	return t;
}

/* eq. 9: a 1x1 convolution over the views side by side. */
static struct var *
merge(struct graph *g, int level, struct var *slots, size_t c)
{
	char name[32];

	snprintf(name, sizeof name, "merge%d", level);
	g_push(g, "g_t");
	struct var *y = g_conv(g, slots, name, (struct g_conv){ .o = c, .k = 1 });

	g_pop(g);
	return y;
}

static float
length(const float *x, const float *less, size_t c)
{
	double sum = 0;

	for (size_t i = 0; i < c; i++) {
		double d = x[i] - (less ? less[i] : 0);

		sum += d * d;
	}
	return (float)sqrt(sum);
}

/* To the row of the share: the length of x (pixels, c), or of x less what is
   in `less`, times a. */
static void
lengths(float *share, const struct var *x, const struct var *less,
    const struct var *a)
{
	for (size_t p = 0; p < x->h * x->w; p++)
		share[p] = a->x[p] * length(x->x + p * x->c,
		    less ? less->x + p * x->c : NULL, x->c);
}

static void
sum_to_one(struct var *share)
{
	const size_t px = share->h * share->w;

	for (size_t p = 0; p < px; p++) {
		float sum = 0;

		for (size_t i = 0; i < share->n; i++)
			sum += share->x[i * px + p];
		for (size_t i = 0; i < share->n && sum > 0; i++)
			share->x[i * px + p] /= sum;
	}
}

/* As merge is linear, each view's part of it is what it gives alone. */
static struct var *
shares(struct graph *g, int level, struct var *q, const struct var *slots,
    struct var *a, size_t n)
{
	const size_t c = q->c, px = q->h * q->w, stride = slots->c;
	struct var *share = g_new(g, 1 + n, q->h, q->w, 1);
	struct var *alone = g_new(g, 1, q->h, q->w, stride);
	struct var *bias = NULL;

	for (size_t i = 0; i <= n && !graph_failed(g); i++) {
		memset(alone->x, 0, px * stride * sizeof *alone->x);
		for (size_t p = 0; p < px && i > 0; p++) {
			size_t at = p * stride + (i - 1) * c;

			memcpy(alone->x + at, slots->x + at, c * sizeof *alone->x);
		}

		struct var *y = merge(g, level, alone, c);

		if (graph_failed(g))
			break;
		if (i > 0) {
			lengths(share->x + i * px, y, bias, a);
			g_done(g, y);
			continue;
		}
		bias = y;
		/* (1 - a) q + a bias */
		struct var *own = g_blend(g, q, bias, a);

		if (graph_failed(g))
			break;
		for (size_t p = 0; p < px; p++)
			share->x[p] = length(own->x + p * c, NULL, c);
		g_done(g, own);
	}
	g_done(g, bias);
	g_done(g, alone);
	if (!graph_failed(g))
		sum_to_one(share);
	return share;
}

struct var *
g_t_attend(struct graph *g, const struct recipe *r, int level, struct var *q,
    struct var *phi_i, struct var *f_it, struct var *m_it, struct var *a,
    struct g_t_trace *trace)
{
	g_push(g, "g_t.it%d", level);
	/* eq. 1, each view */
	struct var *each = decoder_attend(g, r, level, q, phi_i, f_it, false,
	    trace ? &trace->tap : NULL);

	g_pop(g);
	struct var *masked = g_blend(g, NULL, each, m_it);

	g_done(g, each);
	struct var *slots = g_slots(g, masked, r->slots);

	g_done(g, masked);
	if (trace)
		trace->share = shares(g, level, q, slots, a, phi_i->n);
	struct var *merged = merge(g, level, slots, q->c);	/* eq. 9 */

	g_done(g, slots);
	struct var *out = g_blend(g, q, merged, a);	/* eq. 10 */

	g_done(g, merged);
	g_done(g, q);
	return out;
}

/*
 * Charts put neighbours on the body far apart on the map. So the coarsest
 * feature goes down to about 8x8, where a global mean is added, and back up.
 */
struct var *
g_t_context(struct graph *g, const struct recipe *r, struct var *x)
{
	struct var *z = x;
	char name[32];

	if (!r->context)
		return x;
	g_push(g, "g_t.context");
	for (size_t i = 0; i < r->context; i++) {
		snprintf(name, sizeof name, "down%zu", i + 1);
		struct var *y = g_conv(g, z, name, (struct g_conv){
		    .o = x->c, .k = 3, .stride = 2, .pad = 1, .act = true });

		if (z != x)
			g_done(g, z);
		z = y;
	}
	struct var *y = g_conv(g, z, "conv", (struct g_conv){ .o = x->c,
	    .k = 3, .pad = 1, .act = true, .post = NN_ACT_LRELU,
	    .post_slope = G_SLOPE });

	g_done(g, z);
	struct var *mean = g_mean_pixels(g, y);
	struct var *v = g_conv(g, mean, "mean", (struct g_conv){ .o = x->c,
	    .k = 1 });

	z = g_spread(g, y, v);
	g_done(g, y);
	g_done(g, mean);
	g_done(g, v);
	for (size_t i = r->context; i > 0; i--) {
		snprintf(name, sizeof name, "up%zu", i);
		y = g_conv(g, z, name, (struct g_conv){ .o = x->c, .k = 3,
		    .pad = 1, .act = true, .up = true,
		    .add = i == 1 ? x : NULL });
		g_done(g, z);
		z = y;
	}
	g_pop(g);
	g_done(g, x);
	return z;
}

struct var *
g_t_decode(struct graph *g, const struct recipe *r, int level, struct var *x,
    struct var *skip)
{
	g_push(g, "g_t");
	struct var *y = decoder(g, r, level, x);

	if (skip) {
		struct var *z = g_conv(g, skip, "skip2", (struct g_conv){
		    .o = y->c, .k = 1, .act = true, .add = y });

		g_done(g, y);
		g_done(g, skip);
		y = z;
	}
	g_pop(g);
	return y;
}

struct var *
g_t_out(struct graph *g, const struct recipe *r, struct var *x,
    struct var *evidence)
{
	/* eq. 8: t */
	g_push(g, "g_t");
	/* eq. 8 */
	struct var *t = decoder_out(g, x, evidence,
	    r->evidence == EVIDENCE_INPAINT);

	g_pop(g);
	return t;
}
