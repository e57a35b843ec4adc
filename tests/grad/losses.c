/*
 * Every loss against directional derivatives of its value, and that its
 * gradient is weight times so much, none with weight 0, and added to what is
 * there; the same bits for any number of threads.
 */
#include "losses/loss.h"

#include "../gradcheck.h"
#include "math/team.h"

#define MOST 4

/* Arguments of a loss: the first `preds` want gradients. */
struct arg {
	const char *name;
	size_t n, h, w, c;
	float *x;
	bool wants;
};

struct net {
	double (*loss)(struct graph *g, struct var **v, double weight);
	struct arg arg[MOST];
	struct graph *g;
	double weight;
};

/* The value; vars in v. */
static double
value(struct net *t, struct var **v)
{
	graph_reset(t->g);
	for (int i = 0; i < MOST && t->arg[i].name; i++) {
		struct arg *a = &t->arg[i];

		v[i] = g_input(t->g, a->n, a->h, a->w, a->c, a->x, a->wants);
	}
	return t->loss(t->g, v, t->weight);
}

static double
loss(void *arg)
{
	struct var *v[MOST];

	return value(arg, v);
}

static void
check(const char *name, double (*f)(struct graph *, struct var **, double),
    const struct arg *arg, struct rng *r)
{
	struct net t = { .loss = f, .weight = 1 };
	struct params *ps;
	struct var *v[MOST] = { NULL };
	struct grad grads[MOST + 1] = { { 0 } };
	size_t n = 0;
	bool none = true, scaled = true, same = true;

	memcpy(t.arg, arg, sizeof t.arg);
	if (params_new(&ps) != OK || graph_new(&t.g, GRAPH_TRAIN, ps) != OK)
		exit(2);
	double first = value(&t, v);

	if (graph_status(t.g) != OK || graph_backward(t.g) != OK) {
		ok(false, "%s: %s", name, status_detail());
		return;
	}
	for (int i = 0; i < MOST && arg[i].name; i++) {
		size_t len = arg[i].n * arg[i].h * arg[i].w * arg[i].c;

		if (!arg[i].wants)
			continue;
		float *dx = zeros(len);

		if (v[i]->dx)
			memcpy(dx, v[i]->dx, len * sizeof *dx);
		grads[n++] = (struct grad){ arg[i].name, arg[i].x, dx, len };
	}
	gradcheck_all(name, loss, &t, grads, r);

	/* the same bits for any team; scratch is asked for anew each time */
	for (int threads = 1; threads <= 3; threads += 2) {
		team_begin(threads);
		same &= value(&t, v) == first;
		n = 0;
		for (int i = 0; i < MOST && arg[i].name; i++)
			if (arg[i].wants) {
				same &= memcmp(v[i]->dx, grads[n].g,
				    grads[n].n * sizeof(float)) == 0;
				n++;
			}
	}
	team_begin(2);
	ok(same, "%s: the same bits with 1, 2 and 3 threads", name);

	/* three times a weight of two thirds is once a weight of two */
	t.weight = 2 / 3.;
	value(&t, v);
	t.loss(t.g, v, t.weight);
	t.loss(t.g, v, t.weight);
	n = 0;
	for (int i = 0; i < MOST && arg[i].name; i++) {
		if (!arg[i].wants)
			continue;
		for (size_t j = 0; j < grads[n].n; j++)
			scaled &= v[i]->dx && fabsf(v[i]->dx[j] - 2 *
			    grads[n].g[j]) <= 1e-4f * (fabsf(grads[n].g[j]) +
			    1e-3f);
		n++;
	}
	t.weight = 0;
	value(&t, v);
	for (int i = 0; i < MOST && arg[i].name; i++)
		none &= !v[i]->dx;
	ok(scaled && none, "%s: the weight, and none", name);
	graph_free(t.g);
	params_free(ps);
}

/* ---- how each is called ------------------------------------------------ */

static double
rec(struct graph *g, struct var **v, double weight)
{
	return loss_rec(g, v[0], v[1], v[2], weight);
}

static double
rec_all(struct graph *g, struct var **v, double weight)
{
	return loss_rec(g, v[0], v[1], NULL, weight);
}

static double
tex(struct graph *g, struct var **v, double weight)
{
	return loss_tex(g, v[0], v[1], v[2], 0, weight);
}

static double
tex_bend(struct graph *g, struct var **v, double weight)
{
	return loss_tex(g, v[0], v[1], v[2], 0.7, weight);
}

static double
perc(struct graph *g, struct var **v, double weight)
{
	struct vgg19_maps a = { .map[RELU1_1] = v[0], .map[RELU3_1] = v[1],
	    .unit = 3 }, b = { .map[RELU1_1] = v[2], .map[RELU3_1] = v[3],
	    .unit = 3 };

	return loss_perc(g, &a, &b, weight);
}

static double
styl(struct graph *g, struct var **v, double weight)
{
	struct vgg19_maps a = { .map[RELU2_2] = v[0], .map[RELU3_4] = v[1],
	    .unit = 0.1f }, b = { .map[RELU2_2] = v[2],
	    .map[RELU3_4] = v[3], .unit = 0.1f };

	return loss_styl(g, &a, &b, weight);
}

static double
adv(struct graph *g, struct var **v, double weight)
{
	return loss_adv(g, v[0], weight);
}

static double
critic(struct graph *g, struct var **v, double weight)
{
	return loss_discriminator(g, v[0], v[1], weight);
}

static double
cor(struct graph *g, struct var **v, double weight)
{
	return loss_cor(g, v[0], v[1], v[2], weight);
}

static double
coord(struct graph *g, struct var **v, double weight)
{
	return loss_coord(g, v[0], v[1], v[2], weight);
}

static double
flow(struct graph *g, struct var **v, double weight)
{
	return loss_flow(g, v[0], v[1], v[2], true, weight);
}

static double
cons(struct graph *g, struct var **v, double weight)
{
	return loss_cons(g, v[0], v[1], v[2], v[3], weight);
}

static double
reg3(struct graph *g, struct var **v, double weight)
{
	return loss_reg(g, v[0], 3, weight);
}

static double
reg5(struct graph *g, struct var **v, double weight)
{
	return loss_reg(g, v[0], 5, weight);
}

static double
doubt(struct graph *g, struct var **v, double weight)
{
	return loss_doubt(g, v[0], v[1], v[2], v[3], weight);
}

/* Kinds 0..5 of four: the first and the last do not count. */
static double
kind(struct graph *g, struct var **v, double weight)
{
	uint8_t want[64];

	for (size_t i = 0; i < v[0]->h * v[0]->w; i++)
		want[i] = (uint8_t)(i * 7 % 6);
	return loss_kind(g, v[0], want, weight);
}

/* ---- numbers ------------------------------------------------------------ */

static float *
positive(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = fabsf(x[i]);
	return x;
}

/* Away from what x is compared with, where L1 has a kink. */
static float *
apart(struct rng *r, const float *x, size_t n)
{
	float *y = zeros(n);

	for (size_t i = 0; i < n; i++)
		y[i] = x[i] + (float)((0.2 + rng_unit(r)) *
		    (rng_unit(r) < .5 ? -1 : 1));
	return y;
}

/* Its Gram matrix is four times that of x: no difference is near 0. */
static float *
twice(const float *x, size_t n)
{
	float *y = zeros(n);

	for (size_t i = 0; i < n; i++)
		y[i] = 2 * x[i];
	return y;
}

/* Positions with fractions away from whole numbers, where a gather kinks. */
static float *
places(struct rng *r, size_t n, double side, double from)
{
	float *x = zeros(n);

	for (size_t i = 0; i < n; i++)
		x[i] = (float)(floor(rng_unit(r) * side) + from + 0.2 + 0.6 *
		    rng_unit(r));
	return x;
}

/* Some zero, and NaN in `holed` there: nobody may look. */
static float *
mask(struct rng *r, size_t n, float *holed)
{
	float *m = zeros(n);

	for (size_t i = 0; i < n; i++) {
		m[i] = rng_unit(r) < .3 ? 0 : (float)rng_unit(r) + 0.5f;
		if (m[i] == 0 && holed)
			holed[2 * i] = holed[2 * i + 1] = NAN;
	}
	return m;
}

int
main(void)
{
	struct rng r = rng_seed(31, 0);

	team_begin(2);
	{
		enum { N = 2, H = 6, W = 5, LEN = N * H * W * 3 };
		float *x = randoms(&r, LEN, 1), *w = apart(&r, x, LEN);
		const struct arg m = { "m", 1, H, W, 1,
		    mask(&r, H * W, NULL), false };
		const struct arg a[MOST] = { { "x", N, H, W, 3, x, true },
		    { "want", N, H, W, 3, w, false }, m };

		check("rec", rec, a, &r);
		check("rec, no mask", rec_all, a, &r);
		check("tex", tex, a, &r);
		check("tex, bent", tex_bend, a, &r);

		const struct arg said[MOST] = { { "s", N, H, W, 1,
		    randoms(&r, N * H * W, 1), true },
		    { "t", N, H, W, 3, x, false }, a[1], m };
		const struct arg logits[MOST] = { { "x", 1, H, W, 4,
		    randoms(&r, H * W * 4, 2), true } };

		check("doubt", doubt, said, &r);
		check("kind", kind, logits, &r);
	}
	{
		enum { A = 2 * 6 * 4 * 5, B = 2 * 3 * 2 * 37 };
		float *a = positive(randoms(&r, A, 1), A);
		float *b = positive(randoms(&r, B, 1), B);
		const struct arg v[MOST] = { { "relu1_1", 2, 6, 4, 5, a, true },
		    { "relu3_1", 2, 3, 2, 37, b, true },
		    { "want", 2, 6, 4, 5, apart(&r, a, A), false },
		    { "want", 2, 3, 2, 37, apart(&r, b, B), false } };

		const struct arg s[MOST] = { v[0], v[1],
		    { "want", 2, 6, 4, 5, twice(a, A), false },
		    { "want", 2, 3, 2, 37, twice(b, B), false } };

		check("perc", perc, v, &r);
		check("styl", styl, s, &r);
	}
	{
		enum { N = 2 * 3 * 2 };
		float *real = randoms(&r, N, 2), *fake = randoms(&r, N, 2);
		const struct arg v[MOST] = { { "real", 2, 3, 2, 1, real, true },
		    { "fake", 2, 3, 2, 1, fake, true } };
		const struct arg f[MOST] = { v[1] };

		real[0] = 3;
		real[1] = -2;
		fake[0] = 2;
		fake[1] = -3;
		check("adv", adv, f, &r);
		check("critic", critic, v, &r);
	}
	{
		enum { N = 2, H = 9, W = 11, C = 37, P = H * W };
		const struct arg v[MOST] = {
		    { "f_st", N, H, W, 2, places(&r, N * P * 2, 6, -3), true },
		    { "psi_s", 1, H, W, C, positive(randoms(&r, P * C, 1),
			P * C), false },
		    { "psi_t", N, H, W, C, positive(randoms(&r, N * P * C, 1),
			N * P * C), false } };

		check("cor", cor, v, &r);
	}
	{
		enum { N = 2, H = 5, W = 7, P = H * W, LEN = N * P * 2 };
		float *want = places(&r, LEN, 6, 0);
		float *m = mask(&r, N * P, want);
		const struct arg v[MOST] = {
		    { "f", N, H, W, 2, places(&r, LEN, 6, 0), true },
		    { "want", N, H, W, 2, want, false },
		    { "m", N, H, W, 1, m, false } };
		const struct arg c[MOST] = {
		    { "f_st", N, H, W, 2, places(&r, LEN, 6, -3), true },
		    { "f_it", 1, H, W, 2, places(&r, P * 2, 6, 0), true },
		    { "f_ti", N, H, W, 2, places(&r, LEN, 8, -1), true },
		    { "m", N, H, W, 1, m, false } };

		check("coord", coord, v, &r);
		check("flow", flow, v, &r);
		check("cons", cons, c, &r);
		check("reg, k 3", reg3, v, &r);
		check("reg, k 5", reg5, v, &r);
	}
	return done();
}
