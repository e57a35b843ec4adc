#include "metrics/lpips.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "math/team.h"
#include "tensor/stats.h"

#define EPS 1e-10

/* Names of the heads in `weights import --as`, and of its usual files. */
static const struct {
	const char *net, *head, *files;
	size_t taps;
} of[] = {
	[TRUNK_ALEXNET] = { "lpips-alex", "lpips.alex", "alexnet.pth alex.pth",
	    5 },
	[TRUNK_VGG16] = { "lpips-vgg", "lpips.vgg", "vgg16.pth vgg.pth", 5 },
	[TRUNK_SQUEEZENET] = { "lpips-squeeze", "lpips.squeeze",
	    "squeezenet1_1.pth squeeze.pth", 7 },
};

struct lpips {
	enum trunk t;
	struct params *ps;
	struct graph *g;
	const float *head[TRUNK_TAPS];
	double mean[3], std[3];
	size_t h, w;		/* of the last pair */
};

/* The name of the first parameter, which tells whether the network is there. */
static void
first_name(char name[64], enum trunk t)
{
	snprintf(name, 64, "%s.%s.weight", trunk_name(t),
	    t == TRUNK_VGG16 ? "conv1_1" : "conv1");
}

static void
head_name(char name[64], enum trunk t, size_t i)
{
	snprintf(name, 64, "%s.lin%zu.weight", of[t].head, i);
}

bool
lpips_there(enum trunk t, struct netfiles *f)
{
	char net[64], head[64];

	first_name(net, t);
	head_name(head, t, 0);
	return netfiles_find(f, net) && netfiles_find(f, head);
}

static enum status
bind(struct lpips *l, struct netfiles *f)
{
	struct var *tap[TRUNK_TAPS];
	struct graph *dry;
	char name[64];

	TRY(params_new(&l->ps));
	TRY(graph_new(&dry, GRAPH_DRY, l->ps));
	/* A size that all of the networks can take. */
	size_t taps = trunk_run(dry, l->t, g_input(dry, 2, 256, 256, 3, NULL,
	    false), tap);
	size_t c[TRUNK_TAPS];

	for (size_t i = 0; i < taps; i++)
		c[i] = tap[i]->c;
	enum status st = graph_status(dry);

	graph_free(dry);
	TRY(st);
	TRY(params_bind(l->ps, netfiles_find, f));
	for (size_t i = 0; i < taps; i++) {
		head_name(name, l->t, i);
		const struct tensor *w = netfiles_find(f, name);

		if (!w || !tensor_is(w, DT_F4, 1, &c[i]))
			return fail(E_SHAPE, "parameter %s: want f4 (%zu)",
			    name, c[i]);
		if (tensor_not_finite(w) > 0)
			return fail(E_VALUE, "parameter %s: values that are no "
			    "numbers", name);
		l->head[i] = w->data;
	}
	first_name(name, l->t);
	TRY(netfiles_input(l->mean, l->std, f, trunk_name(l->t), name));
	return graph_new(&l->g, GRAPH_INFER, l->ps);
}

enum status
lpips_open(struct lpips **out, enum trunk t, struct netfiles *f)
{
	struct lpips *l;
	enum status st;

	if (!lpips_there(t, f))
		return fail(E_VALUE, "%s needs its networks; after `weights "
		    "import --as %s --as %s %s >nets.tar.zst` give --nets "
		    "nets.tar.zst (metrics(1), NETWORKS)", of[t].net,
		    trunk_name(t), of[t].net, of[t].files);
	if (!(l = calloc(1, sizeof *l)))
		return fail(E_NOMEM, "no memory for %s", of[t].net);
	l->t = t;
	if ((st = bind(l, f)) != OK) {
		lpips_close(l);
		return st;
	}
	*out = l;
	return OK;
}

void
lpips_close(struct lpips *l)
{
	if (!l)
		return;
	graph_free(l->g);
	params_free(l->ps);
	free(l);
}

/* Both pictures as the network wants them, (2,h,w,3). */
static void
normalise(float *x, const struct lpips *l, const struct pair *p)
{
	size_t plane = p->h * p->w;

	for (size_t i = 0; i < 2 * plane; i++)
		for (size_t k = 0; k < 3; k++) {
			const double *from = i < plane ? p->a : p->b;
			double v = from[(k < p->c ? k : 0) * plane + i % plane];

			x[3 * i + k] = (float)((v - l->mean[k]) / l->std[k]);
		}
}

struct tap {
	const float *a, *b, *w;
	size_t pixels, c;	/* of a row */
	double *row;
};

static double
length(const float *f, size_t c)
{
	double sum = 0;

	for (size_t i = 0; i < c; i++)
		sum += (double)f[i] * f[i];
	return sqrt(sum) + EPS;
}

static void
row_task(void *arg, size_t y, size_t thread)
{
	const struct tap *t = arg;
	double sum = 0;

	(void)thread;
	for (size_t p = y * t->pixels; p < (y + 1) * t->pixels; p++) {
		const float *a = t->a + p * t->c, *b = t->b + p * t->c;
		double la = 1 / length(a, t->c), lb = 1 / length(b, t->c);

		for (size_t i = 0; i < t->c; i++) {
			double d = a[i] * la - b[i] * lb;

			sum += t->w[i] * d * d;
		}
	}
	t->row[y] = sum;
}

static enum status
tap_distance(double *d, const struct var *v, const float *head,
    struct arena *scratch)
{
	size_t half = var_len(v) / 2;
	struct tap t = { v->x, v->x + half, head, v->w, v->c,
	    arena_calloc(scratch, v->h, sizeof *t.row) };
	double sum = 0;

	if (!t.row)
		return E_NOMEM;
	team_run(v->h, row_task, &t);
	for (size_t y = 0; y < v->h; y++)
		sum += t.row[y];
	*d += sum / (double)(v->h * v->w);
	return OK;
}

enum status
lpips_pair(double *d, struct lpips *l, const struct pair *p,
    struct arena *scratch)
{
	struct var *tap[TRUNK_TAPS];
	size_t mark = arena_mark(scratch), taps;
	float *x = arena_calloc(scratch, 6 * p->h * p->w, sizeof *x);

	if (!x)
		return E_NOMEM;
	normalise(x, l, p);
	graph_reset(l->g);
	if (p->h != l->h || p->w != l->w)
		graph_params_changed(l->g);	/* packed for another size */
	l->h = p->h;
	l->w = p->w;
	taps = trunk_run(l->g, l->t, g_input(l->g, 2, p->h, p->w, 3, x, false),
	    tap);
	TRY(graph_status(l->g));
	*d = 0;
	for (size_t i = 0; i < taps; i++)
		TRY(tap_distance(d, tap[i], l->head[i], scratch));
	arena_pop(scratch, mark);
	return OK;
}
