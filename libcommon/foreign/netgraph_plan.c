#include "foreign/netgraph_plan.h"

#include <string.h>

#define OPS_MOST 4096
#define ALIGN 16			/* floats */

static enum status
add_value(size_t *i, struct netgraph *g, const char *name,
    const struct tensor *t)
{
	struct value *v = &g->value[g->made];

	*v = (struct value){ .t = *t, .len = 1, .last = g->made };
	for (int k = 0; k < t->rank; k++)
		TRY(size_mul(&v->len, v->len, t->dim[k]));
	if (v->len > NETGRAPH_MOST / sizeof (float))
		return fail(E_LIMIT, "tensor %s of %zu values", name, v->len);
	if (json_object_get(g->index, name))
		return fail(E_FORMAT, "tensor %s is made twice", name);
	*i = g->made++;
	return json_object_set_new(g->index, name,
	    json_integer((json_int_t)*i)) == 0 ? OK :
	    fail(E_NOMEM, "no memory for names");
}

enum status
netgraph_value(size_t *i, const struct netgraph *g, const char *name)
{
	const json_t *at = json_object_get(g->index, name);

	*i = (size_t)json_integer_value(at);
	return at ? OK : fail(E_FORMAT, "tensor %s is read before it is made",
	    name);
}

static enum status
plan_op(struct netgraph *g, const json_t *o, size_t i)
{
	const json_t *outs = json_object_get(o, "outputs");
	const char *out = json_string_value(json_array_get(outs, 0));
	struct tensor t;

	TRY(netgraph_op(&t, &g->op[i], g, o, i));
	if (!out || json_array_size(outs) != 1)
		return fail(E_FORMAT, "%zu outputs, want one",
		    json_array_size(outs));
	t.data = NULL;
	return add_value(&g->op[i].out, g, out, &t);
}

static enum status
plan_ops(struct netgraph *g, const json_t *ops)
{
	for (size_t i = 0; i < g->n; i++) {
		const json_t *o = json_array_get(ops, i);
		const char *name;

		TRY(netgraph_text(&name, o, "name"));
		enum status st = plan_op(g, o, i);

		if (st != OK)
			return fail_in(st, "operator %s", name);
	}
	return OK;
}

static enum status
plan_input(struct netgraph *g, const json_t *list)
{
	const json_t *o = json_array_get(list, 0);
	const char *name;
	struct tensor t;
	size_t i;

	if (json_array_size(list) != 1)
		return fail(E_FORMAT, "%zu inputs, want one",
		    json_array_size(list));
	TRY(netgraph_text(&name, o, "tensor"));
	TRY(netgraph_shape(&t, json_object_get(o, "shape")));
	return add_value(&i, g, name, &t);
}

static enum status
plan_output(struct netgraph *g, const json_t *o, size_t i)
{
	char is[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];
	const char *name, *tensor;
	struct tensor t;

	TRY(netgraph_text(&name, o, "name"));
	TRY(netgraph_text(&tensor, o, "tensor"));
	TRY(netgraph_value(&g->output[i], g, tensor));
	TRY(netgraph_shape(&t, json_object_get(o, "shape")));
	struct value *v = &g->value[g->output[i]];

	if (!tensor_is(&v->t, DT_F4, t.rank, t.dim))
		return fail(E_SHAPE, "output %s: %s, and the file says %s",
		    name, tensor_text(is, sizeof is, DT_F4, v->t.rank,
		    v->t.dim), tensor_text(want, sizeof want, DT_F4, t.rank,
		    t.dim));
	v->last = g->n + 1;		/* for ever */
	if ((g->name[i] = arena_strdup(g->arena, name)) == NULL)
		return E_NOMEM;
	return OK;
}

static enum status
plan_outputs(struct netgraph *g, const json_t *list)
{
	g->outputs = json_array_size(list);
	g->output = arena_calloc(g->arena, g->outputs, sizeof *g->output);
	g->name = arena_calloc(g->arena, g->outputs, sizeof *g->name);
	if (!g->output || !g->name)
		return E_NOMEM;
	if (g->outputs == 0)
		return fail(E_FORMAT, "no outputs");
	for (size_t i = 0; i < g->outputs; i++)
		TRY(plan_output(g, json_array_get(list, i), i));
	return OK;
}

/*
 * The first gap that value i fits into, between those before it that still
 * live when it is made. Value i + 1 is made by operator i, whose inputs live
 * until then.
 */
static size_t
find_place(const struct netgraph *g, size_t i)
{
	const struct value *v = g->value;
	size_t at = 0;
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t k = 0; k < i; k++)
			if (v[k].last >= i && v[k].at < at + v[i].len &&
			    at < v[k].at + v[k].len) {
				at = (v[k].at + v[k].len + ALIGN - 1) / ALIGN *
				    ALIGN;
				moved = true;
			}
	}
	return at;
}

static enum status
take_memory(struct netgraph *g)
{
	size_t floats = 0;

	for (size_t i = 0; i < g->made; i++) {
		struct value *v = &g->value[i];

		v->at = find_place(g, i);
		floats = v->at + v->len > floats ? v->at + v->len : floats;
	}
	g->buffer = arena_alloc(g->arena, floats * sizeof *g->buffer);
	g->scratch = arena_alloc(g->arena, g->scratch_bytes);
	if (!g->buffer || !g->scratch)
		return E_NOMEM;
	for (size_t i = 0; i < g->made; i++)
		g->value[i].t.data = g->buffer + g->value[i].at;
	return OK;
}

enum status
netgraph_plan(struct netgraph *g)
{
	const json_t *graph = json_object_get(weights_about(g->w), "graph"),
	    *ops = json_object_get(graph, "ops");

	if (!json_is_object(graph))
		return fail(E_FORMAT, "no graph in it: want weights imported "
		    "from a .tflite");
	g->n = json_array_size(ops);
	if (g->n > OPS_MOST)
		return fail(E_LIMIT, "%zu operators, want at most %d", g->n,
		    OPS_MOST);
	g->index = json_object();
	g->value = arena_calloc(g->arena, g->n + 1, sizeof *g->value);
	g->op = arena_calloc(g->arena, g->n, sizeof *g->op);
	if (!g->index || !g->value || !g->op)
		return fail(E_NOMEM, "no memory for %zu operators", g->n);
	TRY(plan_input(g, json_object_get(graph, "inputs")));
	TRY(plan_ops(g, ops));
	TRY(plan_outputs(g, json_object_get(graph, "outputs")));
	return take_memory(g);
}
