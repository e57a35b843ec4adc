/*
 * Tests: the tables of published networks, learnt by asking: an empty set is
 * filled with whatever the import says is missing, in the shape that it says
 * it wants. What comes out is compared with numbers and names known from
 * elsewhere.
 */
#include "weights/published.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"

static char zeros[4 * 4096 * 4096];	/* data for any array; never written */

/* "array NAME: f4 (1,), want f4 (64,3,3,3)" or "array NAME of NET is missing" */
static bool
obey(struct arrays *in, const char *detail)
{
	char name[256];
	const char *want = strstr(detail, ", want f4 (");

	if (sscanf(detail, "array %255[^ :]", name) != 1)
		return false;
	if (!want) {
		struct tensor t = { .dtype = DT_F4, .rank = 1, .dim = { 7 },
			.data = zeros };

		return strstr(detail, " is missing") &&
		    arrays_add(in, name, &t) == OK;
	}
	struct tensor *t = &in->item[in->n - 1].t;
	char *end = (char *)(uintptr_t)want + strlen(", want f4 (") - 1;

	if (strcmp(in->item[in->n - 1].name, name) != 0)
		return false;
	for (t->rank = 0; *end != ')' && end[1] != ')'; t->rank++)
		t->dim[t->rank] = strtoul(end + 1, &end, 10);
	return tensor_bytes(t) <= sizeof zeros;
}

/* Values that the network has in all, by obeying. */
static size_t
learn(struct arrays *in, struct arrays *out, const char *net)
{
	struct published_count n;
	json_t *about = json_object();
	enum status st;

	do {
		*out = (struct arrays){ .arena = in->arena };
		st = published_import(out, about, in, net, "", false, false, &n);
	} while (st == E_SHAPE && obey(in, status_detail()));
	json_decref(about);
	return st == OK && n.missing == 0 && n.arrays == in->n ? n.values : 0;
}

/* torchvision's features.N of VGG: conv, ReLU for each width, pool for 0. */
static int
wrong_vgg(const struct arrays *in, const int *width, size_t n)
{
	char name[64];
	size_t at = 0, wrong = 0, last = 3;

	for (size_t i = 0; i < n; i++) {
		if (!width[i]) {
			at++;
			continue;
		}
		const size_t w = (size_t)width[i];

		snprintf(name, sizeof name, "features.%zu.weight", at);
		const struct field *f = arrays_find(in, name);

		wrong += !f || !tensor_is(&f->t, DT_F4, TENSOR_DIMS(w, last, 3, 3));
		last = w;
		at += 2;
	}
	return (int)wrong;
}

/* VGG16 in torchvision's names, once as torchvision's and once as Caffe's. */
static void
test_caffe(struct arrays *in)
{
	struct arrays rgb = { .arena = in->arena }, bgr = rgb, no = rgb;
	static float first[64 * 27];
	struct published_count n;
	json_t *about = json_object();
	double std = 0;

	for (size_t i = 0; i < 64 * 27; i++)
		first[i] = (float)i;
	in->item[0].t.data = first;
	ok(published_import(&rgb, about, in, "vgg16", "", false, false, &n) ==
	    OK && n.as_torch, "taken for torchvision's, and told");
	ok(published_import(&bgr, about, in, "vgg16", "", false, true, &n) ==
	    OK && !n.as_torch && json_unpack(about, "{s{s{s{s[fff]}}}}", "nets",
	    "vgg16", "input", "std", &std, &std, &std) == 0 && std < 0.004,
	    "Caffe's input, deviation %g", std);
	const float *a = rgb.item[0].t.data, *b = bgr.item[0].t.data;

	ok(a[0] == 0 && b[0] == 18 && b[26] == 8, "and its channels");
	ok(published_import(&no, about, in, "alexnet", "", true, true, &n) ==
	    E_VALUE, "not for AlexNet: %s", status_detail());
	json_decref(about);
	in->item[0].t.data = zeros;
}

int
main(void)
{
	static const struct {
		const char *net;
		size_t values;
	} known[] = {
		/* torchvision's parameters without classifiers and heads */
		{ "vgg19", 20024384 }, { "vgg16", 14714688 },
		{ "alexnet", 2469696 }, { "squeezenet", 1235496 - 513000 },
		/* 27161264 - auxiliary head - fc, + two statistics of 17216 */
		{ "inception", 27161264 - 3326696 - 2049000 + 2 * 17216 },
		{ "lpips-alex", 1152 }, { "lpips-vgg", 1472 },
		{ "lpips-squeeze", 2240 },
	};
	static const int v19[] = { 64, 64, 0, 128, 128, 0, 256, 256, 256, 256,
		0, 512, 512, 512, 512, 0, 512, 512, 512, 512 },
	    v16[] = { 64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512,
		0, 512, 512, 512 };
	struct arena *a;
	struct published_count n;

	if (!ok(arena_new(&a, (size_t)1 << 30) == OK, "arena"))
		return done();
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		arena_reset(a);
		struct arrays in = { .arena = a }, out;
		size_t values = learn(&in, &out, known[i].net);

		ok(values == known[i].values, "%s: %zu values, %zu arrays%s%s",
		    known[i].net, values, out.n, values ? "" : ": ",
		    values ? "" : status_detail());
		if (strcmp(known[i].net, "vgg19") == 0)
			ok(wrong_vgg(&in, v19, sizeof v19 / sizeof *v19) == 0,
			    "vgg19: torchvision's places and shapes");
		if (strcmp(known[i].net, "vgg16") == 0)
			test_caffe(&in);
		if (strcmp(known[i].net, "vgg16") == 0)
			ok(wrong_vgg(&in, v16, sizeof v16 / sizeof *v16) == 0,
			    "vgg16: torchvision's places and shapes");
		if (strcmp(known[i].net, "alexnet") != 0)
			continue;

		struct tensor t = { .dtype = DT_F4, .rank = 1, .dim = { 4 },
			.data = zeros };
		json_t *about = json_object();

		ok(arrays_add(&in, "classifier.6.bias", &t) == OK &&
		    published_import(&out, about, &in, "alexnet", "", false, false,
		    &n) == OK && n.left_out == 1, "a classifier is left out");
		ok(arrays_add(&in, "features.1.weight", &t) == OK &&
		    published_import(&out, about, &in, "alexnet", "", false, false,
		    &n) == E_SHAPE, "what does not belong: %s",
		    status_detail());
		in.item[0].t.dtype = DT_I4;
		ok(published_import(&out, about, &in, "alexnet", "", false, false,
		    &n) == E_SHAPE, "no float: %s", status_detail());
		json_decref(about);
	}
	arena_free(a);
	return done();
}
