/*
 * Any bytes as what a partner says, of either side: refused, or what the
 * networks read of it: shapes that fit the weights, and all of its numbers.
 */
#include <stdlib.h>
#include <unistd.h>

#include "model/inputs.h"
#include "model/rescale.h"
#include "model/varfield.h"
#include "stream/stream.h"

#include "memfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most,
    unsigned seed);

static const struct stream_limits tight = { 6, 1 << 18, 1 << 20, 255, 100 };
static volatile float sink;

static void
use(const struct tensor *t)
{
	const uint8_t *p = t ? t->data : NULL;

	for (size_t i = 0; p && i < tensor_bytes(t); i++)
		sink += p[i];
}

/* What is said at one level, of one side. */
static void
take_level(struct graph *g, const struct recipe *r, const struct sample *s,
    const char *name, int level)
{
	struct var *v;

	if (varfield_get(&v, g, s, name, level, 0, r) == OK)
		for (size_t i = 0; i < var_len(v); i++)
			sink += v->x[i];
	graph_reset(g);
}

static void
take_sample(struct graph *g, const struct recipe *r, const struct sample *s)
{
	struct dual_texture_in texture = { 0 };
	struct dual_image_in image = { 0 };

	for (int level = DUAL_FINE; level <= DUAL_COARSE; level++) {
		take_level(g, r, s, "phi_t", level);
		take_level(g, r, s, "phi_i", level);
	}
	if (inputs_texture(&texture, s, r) == OK)
		use(texture.p);
	if (inputs_image(&image, s, r, ROLE_HALLUC) == OK)
		use(image.p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct recipe r;
	static struct params *ps;
	static struct graph *g;
	static int fd = -1;
	struct stream_in *in;
	struct sample s;

	if (!g) {
		if (recipe_preset(&r, "anchored", "tiny") != OK ||
		    params_new(&ps) != OK ||
		    graph_new(&g, GRAPH_INFER, ps) != OK ||
		    (fd = memfd_create("fuzz", MFD_CLOEXEC)) < 0)
			abort();
		r.size = 32;
		r.width[0] = r.width[1] = r.width[2] = 2;
	}
	if (ftruncate(fd, 0) != 0 || pwrite(fd, data, n, 0) != (ssize_t)n)
		abort();
	lseek(fd, 0, SEEK_SET);
	if (stream_open_fd(&in, fd, "fuzz", &tight) != OK)
		abort();
	while (stream_next(in, &s) == OK)
		take_sample(g, &r, &s);
	stream_close(in);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
	return memfile_mutate_tar(data, n, most, seed);
}
