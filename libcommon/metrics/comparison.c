#include "metrics/comparison.h"

/* Names the field that a status is about. */
static enum status
about(const char *field, enum status st)
{
	return st == OK ? OK : fail_in(st, "field %s", field);
}

/* The mask called name (NULL: none) of the pictures a, from s or else s2. */
static enum status
find_mask(const struct tensor **t, const struct sample *s,
    const struct sample *s2, const char *name, const struct tensor *a)
{
	*t = NULL;
	if (name == NULL)
		return OK;
	if (sample_find(s, name) == NULL)
		s = s2;
	TRY(sample_want(t, s, name, DT_U1, -1, NULL));
	return about(name, pair_check_mask(*t, a));
}

enum status
comparison_add(struct table *t, const struct comparison *c,
    const struct sample *s, const struct sample *s2)
{
	const struct tensor *a, *b, *mask, *where;
	double v[MEASURE_MAX];
	struct pair p;

	TRY(sample_want(&a, s, c->a, DT_COUNT, -1, NULL));
	TRY(sample_want(&b, s2, c->b, DT_COUNT, -1, NULL));
	TRY(about(c->a, pair_check(a)));
	TRY(about(c->b, pair_check(b)));
	TRY(about(c->b, pair_agree(a, b)));
	TRY(about(c->a, protocol_check(c->proto, a)));
	TRY(find_mask(&mask, s, s2, c->mask, a));
	TRY(find_mask(&where, s, s2, c->where ? c->codes.field : NULL, a));
	for (size_t view = 0; view < pair_views(a); view++) {
		size_t mark = arena_mark(s->arena);

		TRY(about(c->a, pair_make(&p, s->arena, a, b, view, mask,
		    where, c->codes.code, &c->prep)));
		for (size_t i = 0; i < c->n; i++)
			TRY(about(c->b, measure_pair(&v[i], &c->measure[i], &p,
			    s->arena)));
		TRY(table_add(t, s->ordinal, v));
		arena_pop(s->arena, mark);
	}
	return OK;
}
