/*
 * VGG19 with weights that make_parity.py and we compute from the index of
 * each, so that they need no file.
 */
#ifndef TESTS_HASHED_H
#define TESTS_HASHED_H

#include "parity.h"

#include "nets/vgg19.h"

struct hashed {
	const char *last;
	size_t convs;		/* found so far */
	bool over;
	struct tensor t;
	float *x[2 * VGG19_MAPS];
	size_t n;
};

/* As in make_parity.py. */
static void
hashed_fill(float *to, size_t n, unsigned seed, double gain)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t x = i + seed * 0x9e3779b9u;

		x = (x ^ x >> 16) * 0x7feb352du;
		x = (x ^ x >> 15) * 0x846ca68bu;
		x ^= x >> 16;
		to[i] = (float)(((double)(x >> 8) / 8388608 - 1) * gain);
	}
}

static const struct tensor *
hashed_find(void *arg, const char *name)
{
	static const size_t width[] = { 64, 64, 128, 128, 256, 256, 256, 256,
	    512, 512, 512, 512, 512, 512, 512, 512 };
	struct hashed *h = arg;
	size_t k = h->convs, o = width[k], c = k ? width[k - 1] : 3;
	bool weight = strstr(name, ".weight") != NULL;
	size_t n = weight ? o * c * 9 : o;

	if (h->over)
		return NULL;
	float *x = h->x[h->n++] = malloc(n * sizeof *x);

	if (!x)
		bail("memory");
	if (weight) {
		hashed_fill(x, n, 2 * (unsigned)k, sqrt(6 / (double)(c * 9)));
		h->t = (struct tensor){ DT_F4, 4, { o, c, 3, 3 }, x };
		return &h->t;
	}
	hashed_fill(x, n, 2 * (unsigned)k + 1, 0.1);
	h->convs++;
	h->over = strstr(name, h->last) != NULL;
	h->t = (struct tensor){ DT_F4, 1, { o }, x };
	return &h->t;
}

/* h->last is set: the last layer that there is. */
static enum status
hashed_bind(struct vgg19 *v, struct params *ps, struct hashed *h)
{
	static const double mean[] = { .485, .456, .406 },
	    deviation[] = { 1 / 255., 1 / 250., 1 / 245. };

	return vgg19_bind(v, ps, hashed_find, h, mean, deviation);
}

static void
hashed_free(struct hashed *h)
{
	while (h->n)
		free(h->x[--h->n]);
}

#endif
