/*
 * Networks of others, from .tflite to outputs: each operator against what
 * tests/data/tflite/make.py computed in Python; any team, the same bytes; a
 * second run; graphs that are none; the real pose network, where it has been
 * fetched, against what TensorFlow.js answers to the sample photo
 * (tests/parity/make_pose.js).
 */
#include "foreign/netgraph.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "math/team.h"
#include "stream/stream.h"
#include "weights/arrays.h"

#include "../numbers.h"
#include "../tap.h"

static char path[] = "/tmp/netgraph-unit-XXXXXX";

/* A step of a walk through JSON: a member, or an item of a list. */
struct step {
	const char *key;
	size_t item;
};

/* A change of the graph: the value at the end of the walk; NULL removes it. */
struct change {
	struct step walk[4];
	const char *key, *value, *reason;
};

static void
apply(json_t *o, const struct change *c)
{
	for (size_t i = 0; i < 4 && c->walk[i].key; i++)
		o = json_array_get(json_object_get(o, c->walk[i].key),
		    c->walk[i].item);
	if (c->value)
		json_object_set_new(o, c->key, json_loads(c->value,
		    JSON_DECODE_ANY, NULL));
	else
		json_object_del(o, c->key);
}

/* What `weights import` makes of the file, with a change, as a file. */
static bool
import(const char *file, const struct change *c)
{
	struct arrays *in = NULL;
	struct arena *a = NULL;
	struct sample s = { 0 };
	struct stream_out *out;
	bool good = arrays_open(&in, file) == OK &&
	    arena_new(&a, (size_t)64 << 20) == OK &&
	    sample_init(&s, a, "net") == OK;

	for (size_t i = 0; good && i < in->n; i++)
		good = sample_put(&s, in->item[i].name, &in->item[i].t) == OK;
	if (good && c)
		apply(json_object_get(json_object_get(in->manifest, "weights"),
		    "graph"), c);
	good = good && json_object_update(s.manifest, in->manifest) == 0 &&
	    stream_create(&out, path, 0) == OK && stream_put(out, &s) == OK &&
	    stream_end(out) == OK;
	sample_clear(&s);
	arena_free(a);
	arrays_close(in);
	return good;
}

static struct netgraph *
open_graph(const char *file)
{
	struct netgraph *g = NULL;
	struct weights *w = NULL;

	if (weights_open(&w, file, WEIGHTS_F4) != OK ||
	    netgraph_open(&g, w) != OK)
		printf("# %s\n", status_detail());
	weights_close(w);
	return g;
}

static void
feed(const struct netgraph *g, const struct tensor *x)
{
	const struct tensor *in = netgraph_input(g);

	memcpy(in->data, x->data, tensor_bytes(in));
}

/* Every output of the network, for one team. */
static void
check_outputs(const struct netgraph *g, const struct weights *want, int team)
{
	for (size_t i = 0; i < netgraph_count(g); i++) {
		const struct tensor *t = netgraph_output(g, i);
		const struct tensor *w = weights_find(want,
		    netgraph_name(g, i));

		if (!ok(w && tensor_is(t, w->dtype, w->rank, w->dim),
		    "%s has its shape", netgraph_name(g, i)))
			continue;
		double e = residual(t->data, w->data, tensor_len(w));

		ok(e < 2e-5, "%s, team of %d: off by %.1e",
		    netgraph_name(g, i), team, e);
	}
}

static void
test_small(const char *name)
{
	char file[64], answer[64];
	struct weights *want;
	const struct tensor *x;

	snprintf(file, sizeof file, "tests/data/tflite/%s.tflite", name);
	snprintf(answer, sizeof answer, "tests/data/tflite/%s.tar", name);
	if (!ok(import(file, NULL), "%s is imported", file) ||
	    !ok(weights_open(&want, answer, WEIGHTS_F4) == OK, "its answer"))
		return;
	x = weights_find(want, "photo");
	for (int team = 1; team <= 3; team++) {
		team_begin(team);
		struct netgraph *g = open_graph(path);

		if (!ok(g != NULL, "%s opens", name))
			break;
		for (int run = 0; run < 2; run++) {
			feed(g, x);
			netgraph_run(g);
		}
		check_outputs(g, want, team);
		netgraph_close(g);
	}
	weights_close(want);
}

/* All outputs of a network, one after the other. */
static float *
answer(size_t *n, const struct tensor *x, int team)
{
	team_begin(team);
	struct netgraph *g = open_graph(path);
	float *all = NULL;

	*n = 0;
	if (!g)
		return NULL;
	feed(g, x);
	netgraph_run(g);
	for (size_t i = 0; i < netgraph_count(g); i++)
		*n += tensor_len(netgraph_output(g, i));
	all = zeros(*n);
	*n = 0;
	for (size_t i = 0; i < netgraph_count(g); i++) {
		const struct tensor *t = netgraph_output(g, i);

		memcpy(all + *n, t->data, tensor_bytes(t));
		*n += tensor_len(t);
	}
	netgraph_close(g);
	return all;
}

static void
test_teams(void)
{
	struct weights *want;
	size_t n, k;

	if (!ok(import("tests/data/tflite/ops.tflite", NULL) &&
	    weights_open(&want, "tests/data/tflite/ops.tar", WEIGHTS_F4) ==
	    OK, "ops again"))
		return;
	const struct tensor *x = weights_find(want, "photo");
	float *one = answer(&n, x, 1), *three = answer(&k, x, 3);

	ok(one && three && n == k && !memcmp(one, three, n * sizeof *one),
	    "%zu outputs: the same bytes for 1 and 3 threads", n);
	weights_close(want);
}

#define OP(i) { { "ops", i } }

/*
 * small.tflite has operators op2 (CONV_2D) and op5 (DEPTHWISE_CONV_2D), from
 * t0 (1,4,5,2) over t5 (1,2,3,3) to t10 of the same shape.
 */
static const struct change changes[] = {
	{ OP(0), "kind", "\"MUL\"", "operator op2: kind MUL is not supported" },
	{ OP(0), "kind", NULL, "operator op2: no text \"kind\"" },
	{ OP(0), "name", "7", "no text \"name\"" },
	{ OP(0), "inputs", "[]", "operator op2: 0 inputs, want 1" },
	{ OP(0), "inputs", "[\"t9999\"]",
	    "operator op2: tensor t9999 is read before it is made" },
	{ OP(0), "inputs", "[3]", "operator op2: tensor  is read before" },
	{ OP(0), "outputs", "[]", "operator op2: 0 outputs, want one" },
	{ OP(1), "outputs", "[\"t0\"]",
	    "operator op5: tensor t0 is made twice" },
	{ OP(0), "weight", "\"op5.weight\"",
	    "operator op2: parameter op5.weight: f4 (3,1,3,3), want f4" },
	{ OP(0), "weight", "\"none\"",
	    "operator op2: parameter none: missing" },
	{ OP(0), "bias", "\"op2.weight\"",
	    "operator op2: parameter op2.weight: f4 (3,2,3,3), want f4 (3,)" },
	{ OP(0), "bias", "[]", "operator op2: no text \"bias\"" },
	{ OP(0), "stride", "[0,1]", "operator op2: \"stride\" is not 2" },
	{ OP(0), "stride", "[1,99999]", "operator op2: \"stride\" is not 2" },
	{ OP(0), "stride", "[1]", "operator op2: \"stride\" is not 2" },
	{ OP(0), "stride", "[1.5,2]", "operator op2: \"stride\" is not 2" },
	{ OP(0), "padding", "\"FULL\"", "operator op2: padding FULL, want" },
	{ OP(0), "activation", "\"TANH\"", "operator op2: activation TANH" },
	{ OP(1), "padding", "\"VALID\"",
	    "operator op5: a window of 3 x 3 on a map of 2 x 3" },
	{ { { "inputs", 0 } }, "shape", "[1,4,5,3]",
	    "operator op2: parameter op2.weight: f4 (3,2,3,3), want" },
	{ { { "inputs", 0 } }, "shape", "[2,4,5,2]",
	    "operator op2: input f4 (2,4,5,2), want (1,h,w,c)" },
	{ { { "inputs", 0 } }, "shape", "[4,5,2]",
	    "operator op2: input f4 (4,5,2), want (1,h,w,c)" },
	{ { { "inputs", 0 } }, "shape", "[1,0,5,2]", "\"shape\" is not 4" },
	{ { { "inputs", 0 } }, "shape", "[1,1,1,1,1,1,1]",
	    "a shape of 7 dimensions" },
	{ { { "inputs", 0 } }, "shape", "[65535,65535,65535,65535]",
	    "tensor t0 of 18445618199572250625 values" },
	{ { { "outputs", 0 } }, "shape", "[1,2,3,4]",
	    "output y: f4 (1,2,3,3), and the file says f4 (1,2,3,4)" },
	{ { { "outputs", 0 } }, "tensor", "\"t1\"",
	    "tensor t1 is read before it is made" },
	{ { { NULL, 0 } }, "inputs", "[]", "0 inputs, want one" },
	{ { { NULL, 0 } }, "outputs", "[]", "no outputs" },
	{ { { NULL, 0 } }, "ops", "{}",
	    "tensor t10 is read before it is made" },
};

static void
test_bad(const struct change *c)
{
	struct weights *w = NULL;
	struct netgraph *g = NULL;

	if (!ok(import("tests/data/tflite/small.tflite", c) &&
	    weights_open(&w, path, WEIGHTS_F4) == OK, "%s = %s: a file",
	    c->key, c->value ? c->value : "nothing"))
		return;
	enum status st = netgraph_open(&g, w);

	ok(st != OK && strstr(status_detail(), c->reason), "%s", st == OK ?
	    "it opens" : status_detail());
	weights_close(w);
}

/* Kinds with attributes of their own, as the second operator. */
static const struct {
	const char *op, *reason;
} kinds[] = {
	{ "{\"kind\":\"ADD\",\"inputs\":[\"t5\",\"t0\"],"
	    "\"activation\":\"NONE\"}", "f4 (1,2,3,3) and f4 (1,4,5,2)" },
	{ "{\"kind\":\"RESIZE_BILINEAR\",\"size\":[4,4]}",
	    "are not two truths" },
	{ "{\"kind\":\"RESIZE_BILINEAR\",\"size\":[4,4],\"align_corners\":true,"
	    "\"half_pixel_centers\":true}", "are not two truths" },
	{ "{\"kind\":\"RESIZE_BILINEAR\",\"size\":[4,0],\"align_corners\":true,"
	    "\"half_pixel_centers\":false}", "\"size\" is not 2" },
	{ "{\"kind\":\"RESIZE_BILINEAR\",\"size\":[65535,65535],"
	    "\"align_corners\":true,\"half_pixel_centers\":false}",
	    "tensor t10 of 12884508675 values" },
	{ "{\"kind\":\"PAD\",\"pad\":[[0,0]]}", "\"pad\" is not three pairs" },
	{ "{\"kind\":\"PAD\",\"pad\":[[0,-1],[0,0],[0,0]]}",
	    "\"pad\" is not 2 numbers" },
	{ "{\"kind\":\"PAD\",\"pad\":[[0,65535],[0,0],[0,0]]}",
	    "a side of 65537" },
	{ "{\"kind\":\"RESHAPE\",\"shape\":[1,19]}", "18 values as 19" },
	{ "{\"kind\":\"RESHAPE\"}", "18 values as 1" },
	{ "{\"kind\":\"MAX_POOL_2D\"}", "\"window\" is not 2" },
	{ "{\"kind\":\"MAX_POOL_2D\",\"window\":[65,1]}",
	    "a window of 65 x 1, want sides of 1 to 64" },
};

static void
test_kind(const char *op, const char *reason)
{
	json_t *o = json_loads(op, 0, NULL), *ops;

	if (!json_object_get(o, "inputs"))
		json_object_set_new(o, "inputs", json_pack("[s]", "t5"));
	json_object_set_new(o, "name", json_string("op5"));
	json_object_set_new(o, "outputs", json_pack("[s]", "t10"));
	struct arrays *in = NULL;

	if (arrays_open(&in, "tests/data/tflite/small.tflite") == OK) {
		ops = json_deep_copy(json_object_get(json_object_get(
		    json_object_get(in->manifest, "weights"), "graph"),
		    "ops"));
		json_array_set_new(ops, 1, o);
		char *text = json_dumps(ops, 0);
		struct change c = { { { NULL, 0 } }, "ops", text, reason };

		test_bad(&c);
		free(text);
		json_decref(ops);
	}
	arrays_close(in);
}

/* ---- the real network ---- */

static double
relative(const float *got, const float *want, size_t n)
{
	double worst = 0, most = 0;

	for (size_t i = 0; i < n; i++) {
		worst = fmax(worst, fabs((double)got[i] - want[i]));
		most = fmax(most, fabs((double)want[i]));
	}
	return worst / most;
}

static void
check_pose(const struct netgraph *g, const struct weights *want,
    const char *output, const char *name, size_t step, size_t side, size_t c)
{
	const struct tensor *t, *w = weights_find(want, name);
	size_t n = side / step;
	float *kept_ones = zeros(n * n * c);

	if (!ok(w && netgraph_want(&t, g, output, side > 1 ? 4 : 2,
	    side > 1 ? (const size_t[]){ 1, side, side, c } :
	    (const size_t[]){ 1, c }) == OK, "%s is there", output))
		return;
	for (size_t i = 0; i < n * n * c; i++)
		kept_ones[i] = ((const float *)t->data)[(i / c / n * step *
		    side + i / c % n * step) * c + i % c];
	double e = relative(kept_ones, w->data, n * n * c);

	ok(e <= 1e-4, "%s: off by %.1e of the largest", output, e);
}

static void
test_pose(void)
{
	const char *bin = getenv("BIN");
	char file[4096];
	struct weights *want;
	struct netgraph *g;

	snprintf(file, sizeof file, "%s/../share/dualtex/pose.tar",
	    bin ? bin : "build/rel/bin");
	if (access(file, R_OK) != 0) {
		skip("no pose.tar here: make pose-weights");
		return;
	}
	team_begin(2);
	if (!ok(weights_open(&want, "tests/parity/pose.tar.zst", WEIGHTS_F4) ==
	    OK, "what TensorFlow.js answers") ||
	    !ok((g = open_graph(file)) != NULL, "pose.tar opens"))
		return;
	const struct tensor *x = weights_find(want, "input");
	float *in = netgraph_input(g)->data;

	ok(tensor_len(x) == tensor_len(netgraph_input(g)), "the photo's size");
	for (size_t i = 0; i < tensor_len(x); i++)
		in[i] = (float)((const uint8_t *)x->data)[i] / 255;
	netgraph_run(g);
	printf("# %.0f million multiply-adds, %.1f MB\n", netgraph_macs(g) /
	    1e6, (double)netgraph_bytes(g) / 1e6);
	check_pose(g, want, "Identity", "ld", 1, 1, 195);
	check_pose(g, want, "Identity_1", "flag", 1, 1, 1);
	check_pose(g, want, "Identity_2", "mask", 4, 256, 1);
	check_pose(g, want, "Identity_3", "heat", 8, 64, 39);
	check_pose(g, want, "Identity_4", "world", 1, 1, 117);
	netgraph_close(g);
	weights_close(want);
}

/* ---- */

static void
test_want(void)
{
	const struct tensor *t;
	struct netgraph *g = import("tests/data/tflite/small.tflite", NULL) ?
	    open_graph(path) : NULL;

	if (!ok(g != NULL, "small opens"))
		return;
	ok(netgraph_want(&t, g, "y", TENSOR_DIMS(1, 0, 0, 3)) == OK,
	    "an output by its name");
	ok(netgraph_want(&t, g, "y", TENSOR_DIMS(1, 9)) == E_SHAPE,
	    "%s", status_detail());
	ok(netgraph_want(&t, g, "z", TENSOR_DIMS(1, 9)) == E_SHAPE,
	    "%s", status_detail());
	ok(netgraph_macs(g) == 2 * 3 * 3 * 18 + 2 * 3 * 3 * 9, "%g "
	    "multiply-adds", netgraph_macs(g));
	netgraph_close(g);
}

int
main(void)
{
	struct weights *w;
	struct netgraph *g;
	int fd = mkstemp(path);

	if (fd < 0)
		return 2;
	close(fd);
	test_small("small");
	test_small("ops");
	test_teams();
	test_want();
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		test_bad(&changes[i]);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		test_kind(kinds[i].op, kinds[i].reason);
	if (ok(weights_open(&w, "tests/data/tflite/small.tar", WEIGHTS_F4) ==
	    OK, "arrays without a graph")) {
		enum status st = netgraph_open(&g, w);

		ok(st == E_FORMAT && strstr(status_detail(), "no graph in it"),
		    "%s", status_detail());
		weights_close(w);
	}
	test_pose();
	unlink(path);
	return done();
}
