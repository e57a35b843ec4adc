#include "metrics/comparison.h"

#include <math.h>
#include <string.h>

/* Names the field that a status is about. */
static enum status
about(const char *field, enum status st)
{
	return st == OK ? OK : fail_in(st, "field %s", field);
}

/*
 * The mask called name (NULL: none) of the pictures a, from s or else s2; a
 * map of values will do where they are asked for.
 */
static enum status
find_mask(const struct tensor **t, const struct sample *s,
    const struct sample *s2, const char *name, bool values,
    const struct tensor *a)
{
	*t = NULL;
	if (name == NULL)
		return OK;
	if (sample_find(s, name) == NULL)
		s = s2;
	TRY(sample_want(t, s, name, values ? DT_COUNT : DT_U1, -1, NULL));
	return about(name, pair_check_mask(*t, a, values));
}

/* 1 where every --where wants a pixel; *out NULL: no --where. */
static enum status
join_where(struct tensor *out, const struct comparison *c,
    const struct sample *s, const struct sample *s2, const struct tensor *a)
{
	const size_t *hw = a->dim + a->rank - 3;
	size_t views = pair_views(a), plane = hw[0] * hw[1];

	*out = (struct tensor){ DT_U1, 3, { views, hw[0], hw[1] }, NULL };
	for (size_t k = 0; k < c->n_where; k++) {
		const struct tensor *t;

		TRY(find_mask(&t, s, s2, c->where[k].field,
		    c->where[k].op != '=', a));
		if (k == 0) {
			out->data = arena_alloc(s->arena, views * plane);
			if (out->data == NULL)
				return E_NOMEM;
			memset(out->data, 1, views * plane);
		}
		pair_where_and(out->data, views * plane, &c->where[k], t);
	}
	return OK;
}

/* The pictures that are needed; the other is taken for the one that is not. */
static enum status
find_pictures(const struct tensor **a, const struct tensor **b,
    const struct comparison *c, const struct sample *s,
    const struct sample *s2)
{
	if (c->n > 0 || c->real == NULL)
		TRY(sample_want(a, s, c->a, DT_COUNT, -1, NULL));
	if (c->save == NULL)
		TRY(sample_want(b, s2, c->b, DT_COUNT, -1, NULL));
	if (*a == NULL)
		*a = *b;
	if (*b == NULL)
		*b = *a;
	TRY(about(c->a, pair_check(*a, c->prep.floats)));
	TRY(about(c->b, pair_check(*b, c->prep.floats)));
	TRY(about(c->b, pair_agree(*a, *b)));
	return about(c->a, protocol_check(c->proto, *a));
}

enum status
comparison_add(struct table *t, const struct comparison *c,
    const struct sample *s, const struct sample *s2)
{
	const struct tensor *a = NULL, *b = NULL, *mask;
	struct tensor where;
	double v[MEASURE_MAX];
	struct pair p;

	TRY(find_pictures(&a, &b, c, s, s2));
	TRY(find_mask(&mask, s, s2, c->mask, false, a));
	TRY(join_where(&where, c, s, s2, a));
	for (size_t view = 0; view < pair_views(a); view++) {
		size_t mark = arena_mark(s->arena);

		TRY(about(c->a, pair_make(&p, s->arena, a, b, view, mask,
		    where.data ? &where : NULL, &c->prep)));
		for (size_t i = 0; i < c->n; i++)
			TRY(about(c->b, measure_pair(&v[i], &c->measure[i], &p,
			    s->arena)));
		for (size_t i = c->n; i < c->n + c->sets; i++)
			TRY(about(c->b, fid_add(c->measure[i].fid, &p,
			    c->real == NULL, c->save == NULL, s->arena)));
		if (c->n > 0)
			TRY(table_add(t, s->ordinal, v));
		arena_pop(s->arena, mark);
	}
	return OK;
}

void
comparison_settle(struct table *t, const struct comparison *c, size_t rows,
    bool keep)
{
	if (!keep)
		t->n = rows;
	for (size_t i = c->n; i < c->n + c->sets; i++)
		fid_settle(c->measure[i].fid, keep);
}

enum status
comparison_set(struct set_figure *f, const struct measure *m)
{
	f->value = NAN;
	fid_count(&f->real, &f->generated, m->fid);
	return f->real < 2 || f->generated < 2 ? OK :
	    fid_distance(&f->value, m->fid);
}
