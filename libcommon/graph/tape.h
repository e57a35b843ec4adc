/*
 * For code that adds ops to the graph (graph/ itself and losses/): values,
 * parameters, scratch and the tape. An op reads
 *
 *	struct var *
 *	g_op(struct graph *g, struct var *x)
 *	{
 *		struct var *out = tape_out(g, x->n, x->h, x->w, x->c, x->wants);
 *
 *		if (!tape_runs(g))
 *			return out;
 *		... out->x from x->x ...
 *		struct op *op = tape_add(g, sizeof *op, op_back, out);
 *		if (op)
 *			op->in[0] = x;
 *		return out;
 *	}
 *
 * and its back adds to tape_grad(g, op->in[0]), when that is not NULL, from
 * op->out->dx, which is never NULL there.
 */
#ifndef GRAPH_TAPE_H
#define GRAPH_TAPE_H

#include "graph/graph.h"

/* Ops with more to remember put this first in a struct of their own. */
struct op {
	void (*back)(struct graph *g, struct op *op);
	struct op *before;	/* on the tape */
	size_t params;		/* it and those before it add to the gradients
				   of parameters at places below that */
	struct var *out, *in[4];
};

/* True when values are computed: not dry, and nothing has failed. */
bool tape_runs(const struct graph *g);

/* An op's result: shape checked, memory for x unless dry; empty on failure. */
struct var *tape_out(struct graph *g, size_t n, size_t h, size_t w, size_t c,
    bool wants);

/*
 * The op's entry, `size` bytes, zero but for back, out and before; NULL
 * where none is needed: not training, or out wants no gradient.
 */
void *tape_add(struct graph *g, size_t size,
    void (*back)(struct graph *, struct op *), struct var *out);

/* Where v's gradient is added up; zeroed at first; NULL: not wanted. */
float *tape_grad(struct graph *g, struct var *v);

/* n floats or bytes of the pool, given back with tape_drop; NULL on failure. */
float *tape_floats(struct graph *g, size_t n);
float *tape_zeros(struct graph *g, size_t n);
void *tape_bytes(struct graph *g, size_t n);
void tape_drop(struct graph *g, void *x);

/* Memory for an op's own data that lives until graph_reset. */
void *tape_keep(struct graph *g, size_t n);

/*
 * The parameter PREFIX.NAME.PART (PART may be ""); want has rank, dims and
 * initial value. A dry run adds it and gives NULL, as a failure does.
 */
struct param *tape_param(struct graph *g, const char *name,
    const char *part, struct param want);

/*
 * A copy of p made by `make` once and kept until graph_params_changed, found
 * again by p and the `tag` of tag_n bytes (what else it depends on).
 */
float *tape_cached(struct graph *g, const struct param *p, const void *tag,
    size_t tag_n, size_t floats,
    void (*make)(float *to, const struct param *p, const void *tag));

/* Counts multiply-adds for the network that runs. */
void tape_count(struct graph *g, double macs);

/* The initial weight of a kernel with this fan in. */
struct param tape_init(const struct graph *g, double fan_in, double gain);

#endif
