#include "graph/graph.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/pool.h"
#include "graph/tape.h"

/* Address space, not memory: values and gradients, vars and ops, weights. */
#define MOST_VALUES ((size_t)16 << 30)
#define MOST_SMALL ((size_t)256 << 20)
#define MOST_COPIES ((size_t)4 << 30)
#define MOST_LASTING ((size_t)1 << 30)

/* A packed or normalised copy of a parameter. */
struct cached {
	struct cached *next;
	size_t tag_n;
	float *x;
	char tag[];
};

struct graph {
	enum graph_mode mode;
	struct params *ps;
	struct pool *pool;	/* values, gradients, scratch */
	struct arena *small;	/* vars, ops: until graph_reset */
	struct arena *copies;	/* struct cached: until params change */
	struct arena *lasting;	/* those of frozen params */
	struct cached **cached;	/* by param.index */
	size_t cached_n;
	struct op *last;
	size_t params;		/* those with gradients so far: op.params */
	void (*tell)(void *arg, size_t i);
	void *tell_arg;
	bool frozen;		/* params are constants */
	enum status status;
	char detail[512];
	char prefix[256];
	size_t mark[16], depth;	/* lengths of prefix to go back to */
	struct tally tally;
	double orthogonal;
	struct var none;	/* the empty var that failures return */
};

size_t
var_len(const struct var *v)
{
	return v->n * v->h * v->w * v->c;
}

enum status
graph_new(struct graph **out, enum graph_mode mode, struct params *ps)
{
	struct graph *g = calloc(1, sizeof *g);
	enum status s;

	if (!g)
		return fail(E_NOMEM, "no memory for a graph");
	g->mode = mode;
	g->ps = ps;
	if ((s = pool_new(&g->pool, MOST_VALUES)) != OK ||
	    (s = arena_new(&g->small, MOST_SMALL)) != OK ||
	    (s = arena_new(&g->copies, MOST_COPIES)) != OK ||
	    (s = arena_new(&g->lasting, MOST_LASTING)) != OK) {
		graph_free(g);
		return s;
	}
	*out = g;
	return OK;
}

void
graph_free(struct graph *g)
{
	if (!g)
		return;
	pool_free(g->pool);
	arena_free(g->small);
	arena_free(g->copies);
	arena_free(g->lasting);
	free(g->cached);
	free(g);
}

void
graph_reset(struct graph *g)
{
	pool_reset(g->pool);
	arena_reset(g->small);
	g->last = NULL;
	g->params = 0;
	g->frozen = false;
	g->status = OK;
	g->depth = 0;
	g->prefix[0] = '\0';
}

void
graph_params_changed(struct graph *g)
{
	arena_reset(g->copies);
	for (size_t i = 0; i < g->cached_n; i++)
		if (!params_at(g->ps, i)->frozen)
			g->cached[i] = NULL;
}

enum graph_mode
graph_mode(const struct graph *g)
{
	return g->mode;
}

enum status
graph_status(struct graph *g)
{
	return g->status == OK ? OK : fail(g->status, "%s", g->detail);
}

bool
graph_failed(const struct graph *g)
{
	return g->status != OK;
}

/* Keeps a failure whose detail is set already; the first one stays. */
static void
note(struct graph *g, enum status s)
{
	if (g->status != OK || s == OK)
		return;
	g->status = s;
	strncpy(g->detail, status_detail(), sizeof g->detail - 1);
}

void
graph_fail(struct graph *g, enum status s, const char *fmt, ...)
{
	char text[sizeof g->detail];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	note(g, fail(s, "%s%s", g->prefix, text));
}

size_t
graph_peak(const struct graph *g)
{
	return pool_peak(g->pool);
}

size_t
graph_packed(const struct graph *g)
{
	return arena_mark(g->copies) + arena_mark(g->lasting);
}

void
graph_init_orthogonal(struct graph *g, double gain)
{
	g->orthogonal = gain;
}

/* ---- names ------------------------------------------------------------ */

void
g_push(struct graph *g, const char *fmt, ...)
{
	size_t at = strlen(g->prefix);
	va_list ap;

	assert(g->depth < sizeof g->mark / sizeof g->mark[0]);
	g->mark[g->depth++] = at;
	va_start(ap, fmt);
	int n = vsnprintf(g->prefix + at, sizeof g->prefix - at, fmt, ap);

	va_end(ap);
	assert(n >= 0 && at + (size_t)n + 2 < sizeof g->prefix);
	strcpy(g->prefix + at + n, ".");
}

void
g_pop(struct graph *g)
{
	assert(g->depth);
	g->prefix[g->mark[--g->depth]] = '\0';
}

struct param
tape_init(const struct graph *g, double fan_in, double gain)
{
	if (g->orthogonal != 0)
		return (struct param){ .init = INIT_ORTHOGONAL,
		    .gain = g->orthogonal };
	return (struct param){ .init = INIT_NORMAL,
	    .gain = gain / sqrt(fan_in) };
}

/* The parameter without its gradient. */
static struct param *
constant(struct graph *g, const struct param *p)
{
	struct param *q = tape_keep(g, sizeof *q);

	if (q) {
		*q = *p;
		q->dx = NULL;
	}
	return q;
}

struct param *
tape_param(struct graph *g, const char *name, const char *part,
    struct param want)
{
	char full[384];

	if (g->status != OK)
		return NULL;
	snprintf(full, sizeof full, "%s%s%s%s", g->prefix, name,
	    *part ? "." : "", part);
	want.name = full;
	if (g->mode == GRAPH_DRY) {
		note(g, params_add(g->ps, &want));
		return NULL;
	}
	struct param *p = params_find(g->ps, full);

	if (!p || !p->x) {
		note(g, fail(E_SHAPE, "parameter %s: missing", full));
		return NULL;
	}
	/* Checks the shape against the one of the dry run. */
	enum status s = params_add(g->ps, &want);

	note(g, s);
	if (s != OK)
		return NULL;
	if (p->dx && g->frozen)
		return constant(g, p);
	if (p->dx && p->index >= g->params)
		g->params = p->index + 1;
	return p;
}

const struct tally *
graph_tally(const struct graph *g)
{
	return &g->tally;
}

void
tape_count(struct graph *g, double macs)
{
	size_t n = strcspn(g->prefix, "."), i;
	struct tally *t = &g->tally;

	if (g->status != OK)
		return;
	assert(n < sizeof t->row[0].net);
	for (i = 0; i < t->n; i++)
		if (strncmp(t->row[i].net, g->prefix, n) == 0 &&
		    t->row[i].net[n] == '\0')
			break;
	assert(i < sizeof t->row / sizeof t->row[0]);
	if (i == t->n) {
		memcpy(t->row[i].net, g->prefix, n);
		t->n++;
	}
	t->row[i].macs += macs;
}

/* ---- values ----------------------------------------------------------- */

bool
tape_runs(const struct graph *g)
{
	return g->status == OK && g->mode != GRAPH_DRY;
}

static struct var *
new_var(struct graph *g, size_t n, size_t h, size_t w, size_t c, bool wants)
{
	size_t len, bytes;

	if (g->status != OK)
		return &g->none;
	struct var *v = arena_alloc(g->small, sizeof *v);

	if (!v) {
		note(g, E_NOMEM);
		return &g->none;
	}
	*v = (struct var){ .n = n, .h = h, .w = w, .c = c,
	    .wants = wants && g->mode == GRAPH_TRAIN };
	if (size_mul(&len, n, h) != OK || size_mul(&len, len, w) != OK ||
	    size_mul(&len, len, c) != OK ||
	    size_mul(&bytes, len, sizeof(float)) != OK) {
		note(g, E_LIMIT);
		return &g->none;
	}
	return v;
}

struct var *
tape_out(struct graph *g, size_t n, size_t h, size_t w, size_t c, bool wants)
{
	struct var *v = new_var(g, n, h, w, c, wants);

	if (!tape_runs(g))
		return v;
	v->x = tape_floats(g, var_len(v));
	if (!v->x)
		return &g->none;
	v->owned = true;
	return v;
}

struct var *
g_new(struct graph *g, size_t n, size_t h, size_t w, size_t c)
{
	return tape_out(g, n, h, w, c, false);
}

struct var *
g_input(struct graph *g, size_t n, size_t h, size_t w, size_t c,
    const float *x, bool wants)
{
	struct var *v = new_var(g, n, h, w, c, wants);

	if (tape_runs(g))
		v->x = (float *)x;	/* never written: not owned */
	return v;
}

void
g_keep(struct var *v)
{
	v->kept = true;
}

static void
drop_values(struct graph *g, struct var *v)
{
	if (v->owned && !v->kept) {
		tape_drop(g, v->x);
		v->x = NULL;
		v->owned = false;
	}
}

void
g_free(struct graph *g, struct var *v)
{
	drop_values(g, v);
}

void
g_freeze(struct graph *g, bool frozen)
{
	g->frozen = frozen;
}

void
g_done(struct graph *g, struct var *v)
{
	if (g->mode == GRAPH_INFER && v)
		drop_values(g, v);
}

void *
tape_bytes(struct graph *g, size_t n)
{
	void *x = g->status == OK ? pool_get(g->pool, n) : NULL;

	if (!x)
		note(g, E_NOMEM);
	return x;
}

float *
tape_floats(struct graph *g, size_t n)
{
	return tape_bytes(g, n * sizeof(float));
}

float *
tape_zeros(struct graph *g, size_t n)
{
	float *x = tape_floats(g, n);

	if (x)
		memset(x, 0, n * sizeof *x);
	return x;
}

void
tape_drop(struct graph *g, void *x)
{
	pool_put(g->pool, x);
}

void *
tape_keep(struct graph *g, size_t n)
{
	void *x = g->status == OK ? arena_alloc(g->small, n) : NULL;

	if (!x)
		note(g, E_NOMEM);
	return x;
}

float *
tape_cached(struct graph *g, const struct param *p, const void *tag,
    size_t tag_n, size_t floats,
    void (*make)(float *to, const struct param *p, const void *tag))
{
	if (g->status != OK)
		return NULL;
	if (p->index >= g->cached_n) {
		size_t n = params_count(g->ps);
		struct cached **q = realloc(g->cached, n * sizeof *q);

		if (!q) {
			note(g, fail(E_NOMEM, "no memory for weights"));
			return NULL;
		}
		memset(q + g->cached_n, 0, (n - g->cached_n) * sizeof *q);
		g->cached = q;
		g->cached_n = n;
	}
	for (struct cached *c = g->cached[p->index]; c; c = c->next)
		if (c->tag_n == tag_n && memcmp(c->tag, tag, tag_n) == 0)
			return c->x;
	struct arena *a = p->frozen ? g->lasting : g->copies;
	struct cached *c = arena_alloc(a, sizeof *c + tag_n);

	if (!c || !(c->x = arena_alloc(a, floats * sizeof *c->x))) {
		note(g, E_NOMEM);
		return NULL;
	}
	memcpy(c->tag, tag, tag_n);
	c->tag_n = tag_n;
	c->next = g->cached[p->index];
	make(c->x, p, tag);
	g->cached[p->index] = c;
	return c->x;
}

/* ---- the way back ----------------------------------------------------- */

void *
tape_add(struct graph *g, size_t size,
    void (*back)(struct graph *, struct op *), struct var *out)
{
	if (g->mode != GRAPH_TRAIN || g->status != OK || !out->wants)
		return NULL;
	struct op *op = arena_calloc(g->small, 1, size);

	if (!op) {
		note(g, E_NOMEM);
		return NULL;
	}
	op->back = back;
	op->out = out;
	op->before = g->last;
	op->params = g->params;
	g->last = op;
	return op;
}

float *
tape_grad(struct graph *g, struct var *v)
{
	if (!v || !v->wants)
		return NULL;
	if (!v->dx)
		v->dx = tape_zeros(g, var_len(v));
	return v->dx;
}

void
g_seed(struct graph *g, struct var *v, const float *dout)
{
	float *dx = tape_grad(g, v);

	for (size_t i = 0, n = dx ? var_len(v) : 0; i < n; i++)
		dx[i] += dout[i];
}

void
graph_tell(struct graph *g, void (*f)(void *arg, size_t i), void *arg)
{
	g->tell = f;
	g->tell_arg = arg;
}

/* What is left is op and those before it. */
static void
tell(struct graph *g, const struct op *op)
{
	if (g->tell)
		g->tell(g->tell_arg, op ? op->params : 0);
}

/*
 * All who read op->out stand behind op on the tape and have had their turn:
 * once op's own is over, its value and gradient are not needed any more.
 */
enum status
graph_backward(struct graph *g)
{
	assert(g->mode == GRAPH_TRAIN);
	tell(g, g->last);
	for (struct op *op = g->last; op && g->status == OK; op = op->before) {
		struct var *v = op->out;

		if (v->dx)
			op->back(g, op);
		drop_values(g, v);
		if (v->dx && !v->kept) {
			tape_drop(g, v->dx);
			v->dx = NULL;
		}
		tell(g, op->before);
	}
	g->last = NULL;
	return graph_status(g);
}
