#include "weights/tflite.h"

#include <string.h>

#include "weights/tflite_reader.h"

#define OPS_MOST 4096		/* operators; heavy has 684 */
#define TENSORS_MOST 16384
#define ENDS_MOST 64		/* inputs, and outputs, of the network */

static enum status
read_ops(struct tflite_reader *r, const struct flat_table *graph)
{
	struct flat_vector ops;

	TRY(flat_vector(&ops, &r->f, graph, 3, 4));
	if (ops.len > OPS_MOST)
		return fail(E_LIMIT, "%zu operators, want at most %d", ops.len,
		    OPS_MOST);
	for (size_t i = 0; i < ops.len; i++) {
		struct flat_table op;

		TRY(flat_item(&op, &r->f, &ops, i));
		TRY(tflite_op(r, i, &op));
	}
	return OK;
}

/* An input or output: its name, tensor and shape. */
static enum status
add_end(json_t *list, json_t *seen, struct tflite_reader *r, int64_t t)
{
	struct flat_table table;
	struct flat_vector name;
	struct tflite_value *v;

	TRY(tflite_value(&v, r, t));
	TRY(tflite_floats(v, t));
	TRY(flat_item(&table, &r->f, &r->tensors, (size_t)t));
	TRY(flat_vector(&name, &r->f, &table, 3, 1));
	json_t *shape = json_array(), *text = name.len > 0 && name.len < 256 ?
	    json_stringn((const char *)r->f.b + name.at, name.len) : NULL;

	for (int k = 0; k < v->rank; k++)
		json_array_append_new(shape,
		    json_integer((json_int_t)v->dim[k]));
	if (!text || strlen(json_string_value(text)) != name.len ||
	    json_object_get(seen, json_string_value(text))) {
		json_decref(shape);
		json_decref(text);
		return fail(E_FORMAT, "tensor %lld has no name of its own",
		    (long long)t);
	}
	json_object_set_new(seen, json_string_value(text), json_true());
	return json_array_append_new(list, json_pack("{sososo}", "name", text,
	    "tensor", tflite_name(t), "shape", shape)) == 0 ? OK :
	    fail(E_NOMEM, "no memory for the graph");
}

/* Field k of the subgraph: its inputs (1) or outputs (2). */
static enum status
read_ends(json_t *list, json_t *seen, struct tflite_reader *r,
    const struct flat_table *graph, size_t k)
{
	const char *what = k == 1 ? "input" : "output";
	struct flat_vector ends;
	struct tflite_value *v;

	TRY(flat_vector(&ends, &r->f, graph, k, 4));
	if (ends.len == 0 || ends.len > ENDS_MOST)
		return fail(E_FORMAT, "%zu %ss", ends.len, what);
	for (size_t i = 0; i < ends.len; i++) {
		int64_t t = flat_i32(&r->f, &ends, i);
		enum status st = add_end(list, seen, r, t);

		if (st != OK)
			return fail_in(st, "%s %zu", what, i);
		TRY(tflite_value(&v, r, t));
		if (k == 1 ? v->made || v->data : !v->made || v->same_as)
			return fail(E_FORMAT, "%s %zu: tensor %lld is %s", what,
			    i, (long long)t, k == 1 ? "there already" :
			    "not made by an operator");
		v->made = true;
	}
	return OK;
}

static enum status
read_graph(json_t *o, struct tflite_reader *r, const struct flat_table *graph)
{
	json_t *in = json_array(), *out = json_array(), *seen = json_object();
	enum status st;

	r->ops = json_array();
	json_object_set_new(o, "inputs", in);
	json_object_set_new(o, "outputs", out);
	json_object_set_new(o, "ops", r->ops);
	st = read_ends(in, seen, r, graph, 1);
	if (st == OK)
		st = read_ops(r, graph);
	json_object_clear(seen);
	if (st == OK)
		st = read_ends(out, seen, r, graph, 2);
	json_decref(seen);
	return st;
}

static enum status
read_model(json_t *o, struct tflite_reader *r)
{
	struct flat_table model, graph;
	struct flat_vector graphs;
	int64_t version;

	TRY(flat_root(&model, &r->f));
	TRY(flat_int(&version, &r->f, &model, 0, 4, 0));
	if (version != 3)
		return fail(E_FORMAT, "version %lld, want 3",
		    (long long)version);
	TRY(flat_vector(&r->codes, &r->f, &model, 1, 4));
	TRY(flat_vector(&graphs, &r->f, &model, 2, 4));
	TRY(flat_vector(&r->buffers, &r->f, &model, 4, 4));
	if (graphs.len != 1)
		return fail(E_FORMAT, "%zu subgraphs, want 1", graphs.len);
	TRY(flat_item(&graph, &r->f, &graphs, 0));
	TRY(flat_vector(&r->tensors, &r->f, &graph, 0, 4));
	if (r->tensors.len > TENSORS_MOST)
		return fail(E_LIMIT, "%zu tensors, want at most %d",
		    r->tensors.len, TENSORS_MOST);
	r->value = arena_calloc(r->set->arena, r->tensors.len,
	    sizeof *r->value);
	return r->value ? read_graph(o, r, &graph) : E_NOMEM;
}

bool
tflite_is(const void *buf, size_t n)
{
	return n >= 8 && memcmp((const char *)buf + 4, "TFL3", 4) == 0;
}

enum status
tflite_read(struct arrays *set, const void *buf, size_t n)
{
	struct tflite_reader r = { .f = { buf, n }, .set = set };
	json_t *o = json_object();

	set->manifest = json_pack("{s:{s:o}}", "weights", "graph", o);
	return set->manifest ? read_model(o, &r) :
	    fail(E_NOMEM, "no memory for the graph");
}
