#include "graph/params.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/rng.h"
#include "tensor/stats.h"

/* Address space, not memory. */
#define MOST_NAMES ((size_t)64 << 20)
#define MOST_VALUES ((size_t)4 << 30)

/* Entries are found through a table of indices, open addressing. */
struct params {
	struct arena *names, *values, *grads;
	struct param **p;	/* stay where they are: graphs point at them */
	size_t n, room;
	size_t *slot;		/* index + 1, 0 is empty; `slots` of them */
	size_t slots;
};

static uint64_t
hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325;	/* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return h;
}

enum status
params_new(struct params **out)
{
	struct params *ps = calloc(1, sizeof *ps);

	if (!ps)
		return fail(E_NOMEM, "no memory for parameters");
	*out = ps;
	enum status s = arena_new(&ps->names, MOST_NAMES);

	if (s != OK) {
		params_free(ps);
		*out = NULL;
	}
	return s;
}

void
params_free(struct params *ps)
{
	if (!ps)
		return;
	arena_free(ps->names);
	arena_free(ps->values);
	arena_free(ps->grads);
	free(ps->p);
	free(ps->slot);
	free(ps);
}

size_t
params_count(const struct params *ps)
{
	return ps->n;
}

struct param *
params_at(const struct params *ps, size_t i)
{
	return ps->p[i];
}

/* Where the name stands in the table, or where it would go. */
static size_t
place(const struct params *ps, const char *name)
{
	size_t i = hash(name) & (ps->slots - 1);

	while (ps->slot[i] && strcmp(ps->p[ps->slot[i] - 1]->name, name) != 0)
		i = (i + 1) & (ps->slots - 1);
	return i;
}

struct param *
params_find(const struct params *ps, const char *name)
{
	size_t i;

	if (!ps->slots)
		return NULL;
	i = ps->slot[place(ps, name)];
	return i ? ps->p[i - 1] : NULL;
}

size_t
params_total(const struct params *ps, const char *prefix)
{
	size_t total = 0;

	for (size_t i = 0; i < ps->n; i++)
		if (!ps->p[i]->state && !ps->p[i]->frozen &&
		    strncmp(ps->p[i]->name, prefix, strlen(prefix)) == 0)
			total += ps->p[i]->len;
	return total;
}

static enum status
grow(struct params *ps)
{
	size_t room = ps->room ? 2 * ps->room : 256;
	struct param **p = realloc(ps->p, room * sizeof *p);

	if (!p)
		return fail(E_NOMEM, "no memory for %zu parameters", room);
	ps->p = p;
	size_t *slot = calloc(4 * room, sizeof *slot);

	if (!slot)
		return fail(E_NOMEM, "no memory for %zu parameters", room);
	free(ps->slot);
	ps->slot = slot;
	ps->slots = 4 * room;
	ps->room = room;
	for (size_t i = 0; i < ps->n; i++)
		ps->slot[place(ps, ps->p[i]->name)] = i + 1;
	return OK;
}

static enum status
mismatch(const struct param *p, enum dtype d, int rank, const size_t *dim)
{
	char is[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];

	return fail(E_SHAPE, "parameter %s: %s, want %s", p->name,
	    tensor_text(is, sizeof is, d, rank, dim),
	    tensor_text(want, sizeof want, DT_F4, p->rank, p->dim));
}

static bool
same_shape(const struct param *a, const struct param *b)
{
	return a->rank == b->rank &&
	    memcmp(a->dim, b->dim, (size_t)a->rank * sizeof a->dim[0]) == 0;
}

enum status
params_add(struct params *ps, const struct param *p)
{
	struct param *old = params_find(ps, p->name);

	if (old)
		return same_shape(old, p) ? OK :
		    mismatch(old, DT_F4, p->rank, p->dim);
	if (ps->n == ps->room)
		TRY(grow(ps));
	struct param *q = arena_alloc(ps->names, sizeof *q);
	const char *name = arena_strdup(ps->names, p->name);

	if (!q || !name)
		return E_NOMEM;
	*q = *p;
	q->name = name;
	q->x = q->dx = NULL;
	q->len = 1;
	for (int i = 0; i < q->rank; i++)
		TRY(size_mul(&q->len, q->len, q->dim[i]));
	q->index = ps->n;
	ps->p[ps->n++] = q;
	ps->slot[place(ps, name)] = ps->n;
	return OK;
}

enum status
params_bind(struct params *ps, params_finder *find, void *arg)
{
	for (size_t i = 0; i < ps->n; i++) {
		struct param *p = ps->p[i];

		if (p->frozen)
			continue;
		const struct tensor *t = find(arg, p->name);

		if (!t)
			return fail(E_SHAPE, "parameter %s: missing", p->name);
		if (!tensor_is(t, DT_F4, p->rank, p->dim))
			return mismatch(p, t->dtype, t->rank, t->dim);
		enum status st = tensor_check(t, -INFINITY, INFINITY, false);

		if (st != OK)
			return fail_in(st, "parameter %s", p->name);
		p->x = t->data;
	}
	return OK;
}

/* An empty arena, the same one again at the second call. */
static enum status
fresh(struct arena **a)
{
	if (*a) {
		arena_reset(*a);
		return OK;
	}
	return arena_new(a, MOST_VALUES);
}

static enum status
fill(struct arena *scratch, const struct param *p, struct rng r)
{
	size_t rows = p->rank ? p->dim[0] : 1;

	switch (p->init) {
	case INIT_ZERO:
		break;
	case INIT_ONE:
		for (size_t i = 0; i < p->len; i++)
			p->x[i] = 1;
		break;
	case INIT_NORMAL:
		rng_fill_normal(&r, p->x, p->len, p->gain);
		break;
	case INIT_UNIT: {
		double sum = 0;

		rng_fill_normal(&r, p->x, p->len, 1);
		for (size_t i = 0; i < p->len; i++)
			sum += (double)p->x[i] * p->x[i];
		for (size_t i = 0; i < p->len; i++)
			p->x[i] = (float)(p->x[i] / sqrt(sum));
		break;
	}
	case INIT_ORTHOGONAL: {
		size_t mark = arena_mark(scratch), cols = p->len / rows;
		void *tmp = arena_alloc(scratch,
		    rng_orthogonal_scratch(rows, cols));

		if (!tmp)
			return E_NOMEM;
		rng_fill_orthogonal(&r, p->x, rows, cols, p->gain, tmp);
		arena_pop(scratch, mark);
		break;
	}
	}
	return OK;
}

enum status
params_init(struct params *ps, uint64_t seed)
{
	TRY(fresh(&ps->values));
	for (size_t i = 0; i < ps->n; i++) {
		struct param *p = ps->p[i];

		if (p->frozen)
			continue;
		p->x = arena_calloc(ps->values, p->len, sizeof p->x[0]);
		if (!p->x)
			return E_NOMEM;
	}
	for (size_t i = 0; i < ps->n; i++)
		if (!ps->p[i]->frozen)
			TRY(fill(ps->values, ps->p[i],
			    rng_seed(seed, hash(ps->p[i]->name))));
	return OK;
}

enum status
params_twin(struct params **out, const struct params *of)
{
	enum status s = params_new(out);

	for (size_t i = 0; s == OK && i < of->n; i++) {
		s = params_add(*out, of->p[i]);
		if (s == OK)
			(*out)->p[i]->x = of->p[i]->x;
	}
	if (s != OK) {
		params_free(*out);
		*out = NULL;
	}
	return s;
}

enum status
params_grads(struct params *ps)
{
	TRY(fresh(&ps->grads));
	for (size_t i = 0; i < ps->n; i++) {
		struct param *p = ps->p[i];

		if (p->state || p->frozen)
			continue;
		p->dx = arena_calloc(ps->grads, p->len, sizeof p->dx[0]);
		if (!p->dx)
			return E_NOMEM;
	}
	return OK;
}
