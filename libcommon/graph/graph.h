/*
 * Networks as straight-line C. A network is a function that calls the ops
 * below; the same function lists its parameters (GRAPH_DRY: shapes only),
 * runs (GRAPH_INFER: memory is reused as soon as g_done says that nobody
 * needs a value) and trains (GRAPH_TRAIN: a tape remembers how to go back).
 *
 *	struct var *
 *	res_block(struct graph *g, struct var *x)
 *	{
 *		struct var *y = g_conv(g, x, "conv1",
 *		    (struct g_conv){ .o = x->c, .k = 3, .pad = 1,
 *		    .norm = "norm1", .act = true });
 *		struct var *z = g_conv(g, y, "conv2",
 *		    (struct g_conv){ .o = x->c, .k = 3, .pad = 1,
 *		    .norm = "norm2", .act = true, .add = x });
 *
 *		g_done(g, y);
 *		return z;
 *	}
 *
 * Errors stick: after the first failure every op returns an empty var (all
 * sizes 0) at once, and graph_status tells what it was, so a network reads
 * as arithmetic. Contracts of the code itself are asserted.
 *
 * Maps are channels last: n images, h rows, w columns, c channels. Values
 * live until graph_reset. One thread uses a graph; the layers below use all.
 */
#ifndef GRAPH_GRAPH_H
#define GRAPH_GRAPH_H

#include "graph/params.h"
#include "layers/conv.h"
#include "layers/pooling.h"

#define G_SLOPE 0.1f	/* of LeakyReLU, everywhere but in VGG */

enum graph_mode { GRAPH_DRY, GRAPH_INFER, GRAPH_TRAIN };

struct graph;

struct var {
	size_t n, h, w, c;
	float *x;	/* (n,h,w,c); NULL when dry or empty */
	float *dx;	/* its gradient; NULL until something was added */
	bool wants;	/* a gradient is wanted */
	bool kept, owned;	/* survives g_done; x is the graph's memory */
};

size_t var_len(const struct var *v);

/* ps is borrowed; several graphs may share it when it is bound. */
MUST_CHECK enum status graph_new(struct graph **g, enum graph_mode mode,
    struct params *ps);
void graph_free(struct graph *g);

/* Forgets all vars, the tape and the failure; memory and packed weights stay. */
void graph_reset(struct graph *g);

/* Parameters have new values: packed copies of all but the frozen are void. */
void graph_params_changed(struct graph *g);

enum graph_mode graph_mode(const struct graph *g);

/* The first failure since graph_reset; its detail is set again. */
MUST_CHECK enum status graph_status(struct graph *g);

/* Whether there was one. */
bool graph_failed(const struct graph *g);

/*
 * Sets the failure, as fail(), behind the prefix of names that holds now
 * ("g_i.enc1.conv1: a map ..."); for code that builds on the graph.
 */
void graph_fail(struct graph *g, enum status s, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* Bytes: most ever used for values, and for packed weights now. */
size_t graph_peak(const struct graph *g);
size_t graph_packed(const struct graph *g);

/*
 * Names: parameters of ops between push and pop start with the part and a
 * dot: g_push(g, "dec%d", 3). The first part is the network.
 */
void g_push(struct graph *g, const char *fmt, ...) PRINTF_LIKE(2, 3);
void g_pop(struct graph *g);

/*
 * Multiply-adds by network (first part of the name) since graph_new, of the
 * definition: attention counts as GFLA's patches, not as the rewrite.
 */
struct tally {
	size_t n;
	struct { char net[24]; double macs; } row[16];
};
const struct tally *graph_tally(const struct graph *g);

/*
 * Values from outside. x is borrowed and must live until graph_reset; wants
 * asks for its gradient. g_param is a parameter as a map: (1,c,h,w) in the
 * file, (1,h,w,c) here; its initial value is normal.
 */
struct var *g_input(struct graph *g, size_t n, size_t h, size_t w, size_t c,
    const float *x, bool wants);
struct var *g_param(struct graph *g, const char *name, size_t h, size_t w,
    size_t c, double deviation);

/* A value to be filled by the caller (x is NULL when dry); no gradient. */
struct var *g_new(struct graph *g, size_t n, size_t h, size_t w, size_t c);

/*
 * While frozen, networks that run take their parameters as constants: an
 * adversary whose gradient is wanted for its input only. Off at graph_reset.
 */
void g_freeze(struct graph *g, bool frozen);

/* v is not needed any more: inference takes its memory unless it is kept. */
void g_done(struct graph *g, struct var *v);
/* Its memory back at once, in training too: nothing on the tape may read it. */
void g_free(struct graph *g, struct var *v);
void g_keep(struct var *v);

/*
 * Convolution with what stands around it, in this order: instance norm
 * `norm` (NULL: none) and LeakyReLU of the input, twice the size by
 * repetition, padding, the sum, bias, + add, `post`. Parameters NAME.weight,
 * NAME.bias, NORM.weight, NORM.bias. Equal results in all modes.
 */
struct g_conv {
	size_t o, k, stride, pad;	/* stride 0 means 1 */
	enum nn_pad mode;
	bool transposed;		/* stride 2: exactly twice the size */
	const char *norm;
	bool act;			/* LeakyReLU of the input */
	bool up;			/* twice the size first */
	bool spectral;			/* spectral norm; NAME.u, NAME.v */
	bool no_bias;
	struct var *add;
	enum nn_act post;
	float post_slope;
	double gain;			/* of initial weights; 0 means 1 */
};
struct var *g_conv(struct graph *g, struct var *x, const char *name,
    struct g_conv o);

/*
 * How a dry run describes initial weights: orthogonal with this gain for all
 * (g_conv's own gain is then not used), or, with 0, normal with deviation
 * gain / sqrt(fan in), which is what a new graph does.
 */
void graph_init_orthogonal(struct graph *g, double gain);

/*
 * Local attention, eq. 1: query (1 or n), key (1 or n), pos (n,h,w,2) in
 * pixels of the key map, or offsets where relative. Parameters query.weight,
 * query.bias, key.weight, kernel.weight, kernel.bias below the prefix.
 */
struct g_attn {
	size_t k, hidden;
	bool mean;			/* GFLA's 1/k^2 */
	bool relative;
	double gain;			/* of kernel.weight */
	struct var **tap;		/* the weights of the taps (n,h,w,k k), to
					   look at, in GRAPH_INFER; NULL: not wanted */
};
struct var *g_attn(struct graph *g, struct var *query, struct var *key,
    struct var *pos, struct g_attn o);

/* Bilinear gather of key (1 or n) at pos (n,h,w,2). */
struct var *g_warp(struct graph *g, struct var *key, struct var *pos,
    bool relative);

/* (1 - m) q + m a, eqs. 2 and 10; q NULL: m a. m has one channel. */
struct var *g_blend(struct graph *g, struct var *q, struct var *a,
    struct var *m);

struct var *g_add(struct graph *g, struct var *a, struct var *b);
struct var *g_act(struct graph *g, struct var *x, enum nn_act act,
    float slope);

/* Channels of all xs side by side; an x with n == 1 serves every image. */
struct var *g_concat(struct graph *g, struct var *const *xs, size_t count);
/* Channels first..first+c-1. */
struct var *g_slice(struct graph *g, struct var *x, size_t first, size_t c);

/* The same values in another shape of as many; no copy. */
struct var *g_shape(struct graph *g, struct var *x, size_t n, size_t h,
    size_t w, size_t c);
/* Images i..i+n-1 (n views of a map of views); no copy. */
struct var *g_views(struct graph *g, struct var *x, size_t i, size_t n);
/* (n,h,w,c) -> (1,h,w,slots c): view 1 first, unused slots zero; eq. 9. */
struct var *g_slots(struct graph *g, struct var *x, size_t slots);
/* Mean over images, (1,h,w,c); mean over pixels, (n,1,1,c). */
struct var *g_mean_views(struct graph *g, struct var *x);
struct var *g_mean_pixels(struct graph *g, struct var *x);
/* x + v in every pixel; v (n,1,1,c). */
struct var *g_spread(struct graph *g, struct var *x, struct var *v);

/* scale[c] x + shift[c] by channel; both arrays are borrowed as x is. */
struct var *g_scale(struct graph *g, struct var *x, const float *scale,
    const float *shift);

struct var *g_up2(struct graph *g, struct var *x);
struct var *g_avgpool2(struct graph *g, struct var *x);

/* Pools, layers/pooling.h; g_maxpool has no padding and cuts nothing. */
struct g_pool {
	size_t k, stride, pad;
	bool ceil;
	enum nn_pool_kind kind;
};
struct var *g_pool(struct graph *g, struct var *x, struct g_pool o);
struct var *g_maxpool(struct graph *g, struct var *x, size_t k,
    size_t stride);

/*
 * The kh x kw window of every pixel as kh kw c channels: in front of a 1x1
 * convolution, one whose kernel is not square. No gradient.
 */
struct var *g_taps(struct graph *g, struct var *x, size_t kh, size_t kw);

/*
 * A flow head's output x (n,h,w,2) as position or offset, in pixels:
 *	learned:   (tanh(x) + 1) / 2 * (side - 1) in a map of kh x kw pixels
 *	anchored:  anchor + scale x; anchor has no gradient
 */
struct var *g_flow_learned(struct graph *g, struct var *x, size_t kh,
    size_t kw);
struct var *g_flow_anchored(struct graph *g, struct var *x,
    struct var *anchor, float scale);

/*
 * Training: add dout (the shape of v) to the gradient of v, then go back
 * through the tape once. Gradients of parameters go to their dx, those of
 * inputs that want one stay in the var. Needs GRAPH_TRAIN.
 */
void g_seed(struct graph *g, struct var *v, const float *dout);
MUST_CHECK enum status graph_backward(struct graph *g);

/*
 * From now on graph_backward calls f(arg, i) before it begins and behind each
 * op: nothing more is added to dx of parameters from place i of the list on.
 * So those that a network uses last are whole first.
 */
void graph_tell(struct graph *g, void (*f)(void *arg, size_t i), void *arg);

#endif
