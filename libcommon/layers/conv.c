#include "layers/conv.h"

#include <string.h>

#include "layers/corr.h"
#include "layers/dw.h"
#include "math/team.h"

size_t
nn_conv_ho(const struct nn_conv *s)
{
	return s->transposed ? s->h * s->stride :
	    (s->h + 2 * s->pad - s->k) / s->stride + 1;
}

size_t
nn_conv_wo(const struct nn_conv *s)
{
	return s->transposed ? s->w * s->stride :
	    (s->w + 2 * s->pad - s->k) / s->stride + 1;
}

/*
 * A transposed sum with stride 1 is a plain one with the kernel turned
 * round, which has a faster way.
 */
static struct corr
turned(struct corr c)
{
	if (c.transposed && c.stride == 1) {
		c.transposed = false;
		c.flip = true;
		c.pad = c.k - 1 - c.pad;
	}
	return c;
}

static struct corr
forward(const struct nn_conv *s)
{
	size_t kk = s->k * s->k;
	struct corr c = { s->n, s->h, s->w, s->c, nn_conv_ho(s),
	    nn_conv_wo(s), s->o, s->k, s->stride, s->pad, s->mode,
	    s->transposed, .so = s->c * kk, .si = kk };

	if (s->transposed) {
		c.so = kk;
		c.si = s->o * kk;
	}
	return turned(c);
}

/*
 * From dout to dx, or to the gradient of the padded input where padding is
 * not zeros: nn_conv_bwd folds its border back.
 */
static struct corr
backward(const struct nn_conv *s)
{
	struct corr f = forward(s);
	size_t kk = s->k * s->k, rim = s->mode == NN_PAD_ZERO ? 0 : s->pad;
	struct corr c = { s->n, f.ho, f.wo, s->o, s->h + 2 * rim,
	    s->w + 2 * rim, s->c, s->k, s->stride, s->pad - rim, NN_PAD_ZERO,
	    !s->transposed, .so = kk, .si = s->c * kk };

	if (s->transposed) {
		c.so = s->o * kk;
		c.si = kk;
	}
	return turned(c);
}

static struct dw
weights(const struct nn_conv *s)
{
	size_t ho = nn_conv_ho(s), wo = nn_conv_wo(s);

	if (s->transposed)
		return (struct dw){ s->n, ho, wo, s->o, s->h, s->w, s->c,
		    s->k, s->stride, s->pad, NN_PAD_ZERO };
	return (struct dw){ s->n, s->h, s->w, s->c, ho, wo, s->o, s->k,
	    s->stride, s->pad, s->mode };
}

size_t
nn_conv_packed(const struct nn_conv *s)
{
	struct corr c = forward(s);

	return corr_packed(&c);
}

void
nn_conv_pack(float *packed, const float *w, const struct nn_conv *s)
{
	struct corr c = forward(s);

	corr_pack(packed, w, &c);
}

size_t
nn_conv_packed_bwd(const struct nn_conv *s)
{
	struct corr c = backward(s);

	return corr_packed(&c);
}

void
nn_conv_pack_bwd(float *packed, const float *w, const struct nn_conv *s)
{
	struct corr c = backward(s);

	corr_pack(packed, w, &c);
}

size_t
nn_conv_scratch(const struct nn_conv *s)
{
	struct corr c = forward(s);

	return corr_scratch(&c);
}

void
nn_conv_fwd(float *out, const float *x, const float *packed,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct nn_conv *s, void *scratch)
{
	struct corr c = forward(s);

	corr_run(out, x, packed, pre, post, &c, scratch);
}

/* Floats of the padded input's gradient, where there is one. */
static size_t
rim_floats(const struct nn_conv *s, const struct corr *back)
{
	return s->mode == NN_PAD_ZERO || s->pad == 0 ? 0 :
	    (s->n * back->ho * back->wo * s->c + 15) / 16 * 16;
}

#define SUMS 64		/* pieces that db is added up in: fixed, for any team */

size_t
nn_conv_scratch_bwd(const struct nn_conv *s)
{
	struct corr c = backward(s);
	struct dw d = weights(s);
	size_t a = corr_scratch(&c) + rim_floats(s, &c) * sizeof (float);
	size_t b = dw_scratch(&d), most = a > b ? a : b;
	size_t sums = SUMS * s->o * sizeof (float);

	return most > sums ? most : sums;
}

/* to += x: within a task, so not nn_add. */
static void
add_to(float *to, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += x[i];
}

struct fold {
	float *dx;
	const float *dpad;
	const struct nn_conv *s;
};

/*
 * One row of dx: the gradients of all padded pixels that are copies of its
 * pixels.
 */
static void
fold_task(void *arg, size_t row, size_t thread)
{
	const struct fold *f = arg;
	const struct nn_conv *s = f->s;
	size_t hp = s->h + 2 * s->pad, wp = s->w + 2 * s->pad;
	ptrdiff_t pad = (ptrdiff_t)s->pad, own = (ptrdiff_t)(row % s->h);

	(void)thread;
	for (size_t y = 0; y < hp; y++) {
		const float *from = f->dpad + (row / s->h * hp + y) * wp * s->c;

		if (corr_index((ptrdiff_t)y - pad, s->h, s->mode) != own)
			continue;
		for (size_t x = 0; x < wp; x++) {
			size_t to = (size_t)corr_index((ptrdiff_t)x - pad,
			    s->w, s->mode);

			add_to(f->dx + (row * s->w + to) * s->c,
			    from + x * s->c, s->c);
		}
	}
}

struct sums {
	float *part;
	const float *dout;
	size_t pixels, o;
};

static void
sums_task(void *arg, size_t task, size_t thread)
{
	const struct sums *a = arg;
	size_t p0 = a->pixels * task / SUMS, p1 = a->pixels * (task + 1) / SUMS;
	float *part = a->part + task * a->o;

	(void)thread;
	memset(part, 0, a->o * sizeof *part);
	for (size_t p = p0; p < p1; p++)
		add_to(part, a->dout + p * a->o, a->o);
}

void
nn_conv_bwd(float *dx, float *dw, float *db, const float *dout,
    const float *x, const float *packed_bwd, const struct nn_pre *pre,
    const struct nn_conv *s, void *scratch)
{
	struct corr c = backward(s);
	size_t rim = rim_floats(s, &c);
	float *part = scratch;

	if (dx && rim == 0) {
		struct nn_post add = { .add = dx };

		corr_run(dx, dout, packed_bwd, NULL, &add, &c, scratch);
	} else if (dx) {
		struct fold f = { dx, part, s };

		corr_run(part, dout, packed_bwd, NULL, NULL, &c, part + rim);
		team_run(s->n * s->h, fold_task, &f);
	}
	if (dw) {
		struct dw d = weights(s);
		struct dw_in in = { x, dout, pre, NULL };

		if (s->transposed)
			in = (struct dw_in){ dout, x, NULL, pre };
		dw_run(dw, &in, &d, scratch);
	}
	if (db) {
		struct sums a = { part, dout, c.n * c.hi * c.wi, s->o };

		team_run(SUMS, sums_task, &a);
		for (size_t i = 0; i < SUMS; i++)
			add_to(db, part + i * s->o, s->o);
	}
}
