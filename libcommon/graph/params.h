/*
 * The list of a network's parameters. Nobody writes it by hand: a graph in
 * GRAPH_DRY runs the network's code and adds each parameter where it is
 * first used, with shape and initial value. Later graphs look them up by
 * name, so code and list cannot disagree.
 */
#ifndef GRAPH_PARAMS_H
#define GRAPH_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tensor/tensor.h"

enum init {
	INIT_ZERO, INIT_ONE,
	INIT_NORMAL,		/* deviation `gain` */
	INIT_ORTHOGONAL,	/* rows or columns orthogonal, times `gain` */
	INIT_UNIT		/* normal, then unit length: spectral norm */
};

struct param {
	const char *name;	/* "g_i.dec3.res.conv1.weight" */
	int rank;
	size_t dim[4];		/* kernels: out, in, h, w; transposed in, out */
	size_t len, index;	/* elements; place in the list */
	enum init init;
	double gain;
	bool map;		/* (1,c,h,w) of values by place, not a kernel */
	bool state;		/* no gradient: u and v of spectral norm */
	/*
	 * Of a network that others have trained: bound by who added it, never
	 * changed, no gradient; it is not ours to initialise or to store.
	 */
	bool frozen;
	/*
	 * Values, len of them, owned by whoever bound them; never written,
	 * but for `state` by a graph in GRAPH_TRAIN.
	 */
	float *x;
	float *dx;		/* gradients are added here; NULL: not wanted */
};

struct params;

MUST_CHECK enum status params_new(struct params **ps);
void params_free(struct params *ps);

size_t params_count(const struct params *ps);
struct param *params_at(const struct params *ps, size_t i);
struct param *params_find(const struct params *ps, const char *name);

/* Of all whose name starts with prefix; state, frozen ones do not count. */
size_t params_total(const struct params *ps, const char *prefix);

/*
 * Adds a parameter, or checks that the one of this name has the same shape
 * (a network may run several times). p->name is copied.
 */
MUST_CHECK enum status params_add(struct params *ps, const struct param *p);

/*
 * Binds values of all but frozen ones: find(arg, name) gives the tensor of a weights file, or NULL.
 * Each parameter must be there, f4, in its shape: E_SHAPE, `parameter
 * g_i.out.conv.bias: f4 (4), want f4 (3)` or `...: missing`. The tensors must
 * live as long as ps is used.
 */
typedef const struct tensor *params_finder(void *arg, const char *name);
MUST_CHECK enum status params_bind(struct params *ps, params_finder *find,
    void *arg);

/*
 * Binds fresh memory of ps with the initial values; each parameter has its
 * own random numbers, so adding one does not change the others.
 */
MUST_CHECK enum status params_init(struct params *ps, uint64_t seed);

/*
 * A list of the same parameters with the same values, for a graph that runs
 * at the same time: its entries' dx are its own, NULL at first. `of` must
 * live longer.
 */
MUST_CHECK enum status params_twin(struct params **out,
    const struct params *of);

/* Binds zeroed memory of ps to dx of all but state and frozen ones. */
MUST_CHECK enum status params_grads(struct params *ps);

#endif
