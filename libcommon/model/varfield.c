#include "model/varfield.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tensor/stats.h"

enum status
varfield_put(struct sample *s, const char *name, int level,
    const struct var *v, bool one)
{
	char full[64];
	struct tensor t;

	if (!v)
		return OK;
	snprintf(full, sizeof full, level ? "%s.%d" : "%s", name, level);
	if (one)
		TRY(sample_make(&t, s, full, DT_F4, TENSOR_DIMS(v->h, v->w, v->c)));
	else
		TRY(sample_make(&t, s, full, DT_F4,
		    TENSOR_DIMS(v->n, v->h, v->w, v->c)));
	memcpy(t.data, v->x, var_len(v) * sizeof *v->x);
	return OK;
}

enum status
varfield_get(struct var **v, struct graph *g, const struct sample *s,
    const char *name, int level, size_t n, const struct recipe *r)
{
	const size_t side = recipe_side(r, level), c = recipe_channels(r, level);
	const struct tensor *t;
	char full[64];

	snprintf(full, sizeof full, "%s.%d", name, level);
	if (strcmp(name, "phi_t") == 0) {
		enum status st = sample_want(&t, s, full, DT_F4,
		    TENSOR_DIMS(side, side, c));

		if (st != OK)
			return sample_find(s, full) ? fail(st, "%s: made with "
			    "other weights, see --weights", status_detail()) : st;
		n = 1;
	} else {
		TRY(sample_want(&t, s, full, DT_F4,
		    TENSOR_DIMS(n, side, side, c)));
		n = t->dim[0];
	}
	enum status st = tensor_check(t, -INFINITY, INFINITY, false);

	if (st != OK)
		return fail_in(st, "field %s", full);
	*v = g_input(g, n, side, side, c, t->data, false);
	return OK;
}
