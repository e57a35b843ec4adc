#include "foreign/netgraph.h"

#include <stdlib.h>
#include <string.h>

#include "foreign/netgraph_plan.h"

enum status
netgraph_open(struct netgraph **out, const struct weights *w)
{
	struct netgraph *g = calloc(1, sizeof *g);

	if (!g)
		return fail(E_NOMEM, "no memory for a network");
	g->w = w;
	enum status st = arena_new(&g->arena, NETGRAPH_MOST);

	if (st == OK)
		st = netgraph_plan(g);
	g->w = NULL;
	json_decref(g->index);
	g->index = NULL;
	if (st == OK)
		*out = g;
	else
		netgraph_close(g);
	return st;
}

void
netgraph_close(struct netgraph *g)
{
	if (!g)
		return;
	arena_free(g->arena);
	free(g);
}

const struct tensor *
netgraph_input(const struct netgraph *g)
{
	return &g->value[0].t;
}

void
netgraph_run(struct netgraph *g)
{
	for (size_t i = 0; i < g->n; i++)
		g->op[i].run(&g->op[i], g);
}

size_t
netgraph_count(const struct netgraph *g)
{
	return g->outputs;
}

const struct tensor *
netgraph_output(const struct netgraph *g, size_t i)
{
	return &g->value[g->output[i]].t;
}

const char *
netgraph_name(const struct netgraph *g, size_t i)
{
	return g->name[i];
}

enum status
netgraph_want(const struct tensor **t, const struct netgraph *g,
    const char *name, int rank, const size_t *dim)
{
	char is[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];
	size_t i = 0;

	tensor_text(want, sizeof want, DT_F4, rank, dim);
	while (i < g->outputs && strcmp(g->name[i], name) != 0)
		i++;
	if (i == g->outputs)
		return fail(E_SHAPE, "output %s: missing, want %s", name,
		    want);
	*t = netgraph_output(g, i);
	return tensor_is(*t, DT_F4, rank, dim) ? OK : fail(E_SHAPE,
	    "output %s: %s, want %s", name, tensor_text(is, sizeof is, DT_F4,
	    (*t)->rank, (*t)->dim), want);
}

double
netgraph_macs(const struct netgraph *g)
{
	return g->macs;
}

size_t
netgraph_bytes(const struct netgraph *g)
{
	return arena_peak(g->arena);
}
