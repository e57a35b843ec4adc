/*
 * What the parts of netgraph.c share: reading the graph's JSON
 * (netgraph_read.c), what each operator wants and does (netgraph_op.c), and
 * where every value lies (netgraph_plan.c). For them alone.
 *
 * Legend: a value is the input (0) or what operator i makes (i + 1); its place
 * is an offset into one buffer. Batch is 1 everywhere: a map is (1, h, w, c).
 */
#ifndef FOREIGN_NETGRAPH_PLAN_H
#define FOREIGN_NETGRAPH_PLAN_H

#include "foreign/netgraph.h"
#include "layers/bilinear.h"
#include "layers/simple.h"
#include "layers/window.h"

#define NETGRAPH_MOST ((size_t)1 << 30)	/* bytes of a network and its maps */
#define NETGRAPH_SIDE_MOST 65535	/* of a map */

struct value {
	struct tensor t;		/* f4; data when all is planned */
	size_t len;			/* floats */
	size_t last;			/* made when it is read last: a value */
	size_t at;			/* its place */
};

struct op {
	void (*run)(const struct op *op, struct netgraph *g);
	size_t in[2], out;		/* values */
	struct nn_window window;
	struct nn_bilinear resize;
	struct nn_clip clip;
	size_t pad[3][2], o;
	float *packed, *bias;
};

struct netgraph {
	struct arena *arena;
	const struct weights *w;	/* while it is opened */
	json_t *index;			/* tensor's name -> value; likewise */
	struct value *value;		/* ops + 1 of them; 0 is the input */
	struct op *op;
	size_t n, made;			/* operators; values */
	size_t *output, outputs;
	const char **name;		/* of the outputs */
	float *buffer;
	void *scratch;
	size_t scratch_bytes;
	double macs;
};

/* ---- netgraph_read.c: members of JSON objects, E_FORMAT for a wrong one --- */

MUST_CHECK enum status netgraph_text(const char **s, const json_t *o,
    const char *key);
/* `list`, called key, as n whole numbers of least..NETGRAPH_SIDE_MOST. */
MUST_CHECK enum status netgraph_sizes(size_t *x, size_t n, const json_t *list,
    const char *key, size_t least);
/* Two of at least 1. */
MUST_CHECK enum status netgraph_pair(size_t *a, size_t *b, const json_t *o,
    const char *key);
/* A tensor without data; E_LIMIT for too many dimensions. */
MUST_CHECK enum status netgraph_shape(struct tensor *t, const json_t *list);
MUST_CHECK enum status netgraph_clip(struct nn_clip *clip, const json_t *o);

/* ---- netgraph_op.c ---- */

/*
 * From the graph's operator i: what it reads, with its weights packed and the
 * scratch it needs counted, and the shape of what it makes, which the caller
 * adds. E_FORMAT, E_SHAPE, E_LIMIT, E_NOMEM; details do not name it.
 */
MUST_CHECK enum status netgraph_op(struct tensor *out, struct op *op,
    struct netgraph *g, const json_t *o, size_t i);

/* ---- netgraph_plan.c ---- */

/* The value of that name, made before; E_FORMAT where there is none. */
MUST_CHECK enum status netgraph_value(size_t *i, const struct netgraph *g,
    const char *name);

/* All of g but arena and w, which are set: after it g can run. */
MUST_CHECK enum status netgraph_plan(struct netgraph *g);

#endif
