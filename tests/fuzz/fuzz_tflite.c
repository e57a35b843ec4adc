/*
 * libFuzzer entry: any bytes as a .tflite; what is read is written as weights,
 * opened as a network and, when it is small, run. Half of the mutations keep
 * the flatbuffer whole: they change numbers that its tables hold, or exchange
 * two of them, so that what lies behind the offsets is reached.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "foreign/netgraph.h"
#include "math/team.h"
#include "stream/stream.h"
#include "weights/arrays.h"
#include "weights/flatbuf.h"
#include "weights/tflite.h"

#define MEMORY ((size_t)64 << 20)
#define RUN_MACS 1e6
#define RUN_BYTES ((size_t)1 << 20)

static volatile unsigned sink;	/* reads may not be left out */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most,
    unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t most);

/* ---- running ---- */

static void
run_network(const char *path)
{
	struct weights *w = NULL;
	struct netgraph *g = NULL;

	if (weights_open(&w, path, WEIGHTS_F4) != OK)
		abort();	/* what we wrote we can read */
	if (netgraph_open(&g, w) == OK && netgraph_macs(g) < RUN_MACS &&
	    netgraph_bytes(g) < RUN_BYTES) {
		const struct tensor *x = netgraph_input(g);

		memset(x->data, 0, tensor_bytes(x));
		netgraph_run(g);
		for (size_t i = 0; i < netgraph_count(g); i++) {
			const struct tensor *t = netgraph_output(g, i);
			const uint8_t *p = t->data;

			for (size_t k = tensor_bytes(t); k-- > 0;)
				sink += p[k];
		}
	}
	netgraph_close(g);
	weights_close(w);
}

static void
use(const struct arrays *set)
{
	struct sample s = { 0 };
	struct stream_out *out;
	char path[32];
	int fd = memfd_create("tflite", 0);

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (fd < 0 || sample_init(&s, set->arena, "net") != OK)
		abort();
	bool good = json_object_update(s.manifest, set->manifest) == 0;

	for (size_t i = 0; good && i < set->n; i++)
		good = sample_put(&s, set->item[i].name, &set->item[i].t) ==
		    OK;
	if (good && stream_create_fd(&out, fd, path, 0) == OK) {
		good = stream_put(out, &s) == OK;
		good = stream_end(out) == OK && good;
		if (good)
			run_network(path);
	}
	sample_clear(&s);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena *a;

	if (!a) {
		team_begin(1);
		if (arena_new(&a, MEMORY) != OK)
			abort();
	}
	arena_reset(a);
	struct arrays set = { .arena = a };
	/* A copy of its own length, so that reading past the end is seen. */
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		return 0;
	memcpy(copy, data, n);
	if (tflite_is(copy, n) && tflite_read(&set, copy, n) == OK)
		use(&set);
	json_decref(set.manifest);
	free(copy);
	return 0;
}

/* ---- mutating ---- */

#define SPOTS 20000

/* Places of numbers, of 1 or 4 bytes. */
static struct spot {
	size_t at, size;
} spots[SPOTS];
static size_t spots_n;

static void
add_spot(const struct flatbuf *f, size_t at, size_t size)
{
	if (spots_n < SPOTS && at + size <= f->n)
		spots[spots_n++] = (struct spot){ at, size };
}

/* Field k, where it is set. */
static void
add_field(const struct flatbuf *f, const struct flat_table *t, size_t k,
    size_t size)
{
	size_t at = t->vtable + 4 + 2 * k;

	if (k < t->fields && (f->b[at] | f->b[at + 1]))
		add_spot(f, t->at + (size_t)(f->b[at] | f->b[at + 1] << 8),
		    size);
}

/* The items, and the length, of a vector of i32. */
static void
add_items(const struct flatbuf *f, const struct flat_table *t, size_t k)
{
	struct flat_vector v;

	if (flat_vector(&v, f, t, k, 4) != OK || v.at == 0)
		return;
	add_spot(f, v.at - 4, 1);
	for (size_t i = 0; i < v.len; i++)
		add_spot(f, v.at + 4 * i, 4);
}

static void
add_tensor(const struct flatbuf *f, const struct flat_table *t)
{
	add_items(f, t, 0);
	add_field(f, t, 1, 1);
	add_field(f, t, 2, 4);
	add_field(f, t, 5, 1);
}

static void
add_op(const struct flatbuf *f, const struct flat_table *t)
{
	struct flat_table o;
	bool there;

	add_field(f, t, 0, 4);
	add_items(f, t, 1);
	add_items(f, t, 2);
	add_field(f, t, 3, 1);
	if (flat_table(&o, &there, f, t, 4) == OK && there)
		for (size_t k = 0; k < 7; k++)
			add_field(f, &o, k, k % 4 == 0 ? 1 : 4);
}

/* A short constant: sizes, paddings. */
static void
add_buffer(const struct flatbuf *f, const struct flat_table *t)
{
	struct flat_vector v;

	if (flat_vector(&v, f, t, 0, 1) != OK || v.len > 32)
		return;
	for (size_t i = 0; i + 4 <= v.len; i += 4)
		add_spot(f, v.at + i, 4);
}

static void
add_code(const struct flatbuf *f, const struct flat_table *t)
{
	add_field(f, t, 0, 1);
	add_field(f, t, 3, 4);
}

static void
add_all(const struct flatbuf *f, const struct flat_table *t, size_t k,
    void (*add)(const struct flatbuf *f, const struct flat_table *t))
{
	struct flat_vector v;
	struct flat_table one;

	if (flat_vector(&v, f, t, k, 4) != OK)
		return;
	for (size_t i = 0; i < v.len && spots_n < SPOTS; i++)
		if (flat_item(&one, f, &v, i) == OK)
			add(f, &one);
}

static void
add_graph(const struct flatbuf *f, const struct flat_table *t)
{
	add_all(f, t, 0, add_tensor);
	add_items(f, t, 1);
	add_items(f, t, 2);
	add_all(f, t, 3, add_op);
}

static void
find_spots(const struct flatbuf *f)
{
	struct flat_table model;

	spots_n = 0;
	if (flat_root(&model, f) != OK)
		return;
	add_field(f, &model, 0, 4);
	add_all(f, &model, 1, add_code);
	add_all(f, &model, 2, add_graph);
	add_all(f, &model, 4, add_buffer);
}

static unsigned
draw(unsigned *seed, unsigned below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static int32_t
number(unsigned *seed, int32_t was)
{
	static const int32_t some[] = { 0, 1, 2, 3, 4, 5, 6, 8, 9, 14, 17, 22,
		23, 34, -1, -2, 63, 64, 65, 127, -128, 255, 256, 65535, 65536,
		1 << 30, INT32_MAX, INT32_MIN };

	switch (draw(seed, 4)) {
	case 0:
		return some[draw(seed, sizeof some / sizeof *some)];
	case 1:
		return (int32_t)((uint32_t)was + 1);
	case 2:
		return (int32_t)((uint32_t)was - 1);
	default:
		return (int32_t)draw(seed, 40);
	}
}

static void
change_spot(uint8_t *data, unsigned *seed)
{
	struct spot a = spots[draw(seed, (unsigned)spots_n)];
	struct spot b = spots[draw(seed, (unsigned)spots_n)];
	uint8_t t[4];
	int32_t x = (int8_t)data[a.at];

	if (a.size == b.size && draw(seed, 3) == 0) {
		memcpy(t, data + a.at, a.size);
		memmove(data + a.at, data + b.at, a.size);
		memcpy(data + b.at, t, a.size);
		return;
	}
	if (a.size == 4)
		memcpy(&x, data + a.at, 4);
	x = number(seed, x);
	memcpy(data + a.at, &x, a.size);	/* little-endian */
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
	struct flatbuf f = { data, n };

	if (draw(&seed, 2) == 0)
		return LLVMFuzzerMutate(data, n, most);
	find_spots(&f);
	if (spots_n == 0)
		return LLVMFuzzerMutate(data, n, most);
	for (unsigned i = 1 + draw(&seed, 3); i > 0; i--)
		change_spot(data, &seed);
	return n;
}
