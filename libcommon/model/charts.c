#include "model/charts.h"

#include <math.h>
#include <stdlib.h>

#include "body/behind.h"
#include "human/human.h"

#define PLAN_BYTES ((size_t)16 << 30)	/* of addresses, not of memory */

/* The texel on the other side of the body of each that is in a chart. */
static void
fill_mirror(struct charts *c)
{
	const size_t T = c->T;

	for (size_t i = 0; i < T * T; i++) {
		int part;
		float u, v, xy[2];

		c->mirror[i] = -1;
		if (!c->valid[i] || !layout_surface(c->layout, T,
		    (float)(i % T), (float)(i / T), &part, &u, &v))
			continue;
		layout_mirror(&part, &u, &v);
		if (layout_texel(c->layout, T, part, u, v, xy))
			c->mirror[i] = (int32_t)(lrintf(xy[1]) * (long)T +
			    lrintf(xy[0]));
	}
}

enum status
charts_open(struct charts *c, const char *layout, size_t T)
{
	*c = (struct charts){ .T = T };
	TRY(layout_open(&c->layout, layout));
	c->mirror = malloc(T * T * sizeof *c->mirror);
	c->valid = malloc(T * T);
	if (!c->mirror || !c->valid)
		return fail(E_NOMEM, "no memory for the charts");
	layout_charts(c->layout, T, c->valid);
	fill_mirror(c);
	for (size_t i = 0; i < T * T; i++)
		c->valid[i] = c->valid[i] != 0;
	return OK;
}

static enum status
begin_arena(struct charts *c)
{
	return c->arena ? OK : arena_new(&c->arena, PLAN_BYTES);
}

enum status
charts_plan(struct charts *c)
{
	TRY(begin_arena(c));
	return unwrap_plan_make(&c->plan, c->arena, c->layout, c->T,
	    c->behind);
}

enum status
charts_behind(int32_t **behind, struct arena *a, const struct layout *l,
    size_t T)
{
	struct body body;
	struct human h;

	*behind = arena_alloc(a, T * T * sizeof **behind);
	if (!*behind)
		return E_NOMEM;
	const size_t mark = arena_mark(a);

	human_usual(&h, 0.5);
	enum status st = human_make(&body, a, &h);

	if (st == OK)
		st = behind_make(*behind, &body, l, T, a);
	arena_pop(a, mark);
	return st;
}

static enum status
fill_behind(struct charts *c)
{
	TRY(begin_arena(c));
	return charts_behind(&c->behind, c->arena, c->layout, c->T);
}

enum status
charts_unet(struct charts *c, const struct unet_recipe *r)
{
	if (r->behind)
		TRY(fill_behind(c));
	return r->unwrap ? charts_plan(c) : OK;
}

void
charts_evidence(struct evidence_in *in, const struct charts *c)
{
	in->mirror = c->mirror;
	in->valid = c->valid;
	in->behind = c->behind;
}

void
charts_close(struct charts *c)
{
	layout_close(c->layout);
	free(c->mirror);
	free(c->valid);
	arena_free(c->arena);
	*c = (struct charts){ 0 };
}
