#include "nets/vgg19.h"

#include <math.h>
#include <stdio.h>

#include "tensor/stats.h"

/* Deviation of ImageNet's pictures in [0,1], mean of the three channels. */
#define DEVIATION 0.226

static const struct {
	const char *name;
	size_t o;
} layer[VGG19_MAPS] = {
	{ "conv1_1", 64 }, { "conv1_2", 64 },
	{ "conv2_1", 128 }, { "conv2_2", 128 },
	{ "conv3_1", 256 }, { "conv3_2", 256 }, { "conv3_3", 256 },
	{ "conv3_4", 256 },
	{ "conv4_1", 512 }, { "conv4_2", 512 }, { "conv4_3", 512 },
	{ "conv4_4", 512 },
	{ "conv5_1", 512 }, { "conv5_2", 512 }, { "conv5_3", 512 },
	{ "conv5_4", 512 },
};

static bool
behind_pool(int map)
{
	return map == RELU2_1 || map == RELU3_1 || map == RELU4_1 ||
	    map == RELU5_1;
}

/* ---- weights ---------------------------------------------------------- */

static enum status
bind(struct params *ps, const char *name, const struct tensor *t, int rank,
    size_t o, size_t c)
{
	struct param p = { .name = name, .rank = rank, .dim = { o, c, 3, 3 },
	    .frozen = true };
	char is[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];

	if (!tensor_is(t, DT_F4, rank, p.dim))
		return fail(E_SHAPE, "parameter %s: %s, want %s", name,
		    tensor_text(is, sizeof is, t->dtype, t->rank, t->dim),
		    tensor_text(want, sizeof want, DT_F4, rank, p.dim));
	enum status st = tensor_check(t, -INFINITY, INFINITY, false);

	if (st != OK)
		return fail_in(st, "parameter %s", name);
	TRY(params_add(ps, &p));
	params_find(ps, name)->x = t->data;
	return OK;
}

enum status
vgg19_bind(struct vgg19 *v, struct params *ps, params_finder *find,
    void *arg, const double mean[3], const double deviation[3])
{
	double sum = 0;

	*v = (struct vgg19){ 0 };
	for (size_t i = 0; i < VGG19_MAPS; i++) {
		char weight[64], bias[64];

		snprintf(weight, sizeof weight, "vgg19.%s.weight",
		    layer[i].name);
		snprintf(bias, sizeof bias, "vgg19.%s.bias", layer[i].name);
		const struct tensor *t = find(arg, weight);

		if (!t)
			break;
		/* find may use one struct for all that it gives */
		TRY(bind(ps, weight, t, 4, layer[i].o,
		    i ? layer[i - 1].o : 3));
		if (!(t = find(arg, bias)))
			return fail(E_SHAPE, "parameter %s: missing", bias);
		TRY(bind(ps, bias, t, 1, layer[i].o, 0));
		v->maps++;
	}
	if (v->maps == 0)
		return fail(E_SHAPE, "parameter vgg19.conv1_1.weight: "
		    "missing");
	/* (x' - mean) / deviation of x' = (x + 1) / 2 */
	for (int k = 0; k < 3; k++) {
		v->scale[k] = (float)(0.5 / deviation[k]);
		v->shift[k] = (float)((0.5 - mean[k]) / deviation[k]);
		sum += deviation[k] / 3;
	}
	v->unit = (float)(DEVIATION / sum);
	return OK;
}

const char *
vgg19_text(const struct vgg19 *v, char *buf, size_t n)
{
	snprintf(buf, n, "conv1_1 to %s", layer[v->maps - 1].name);
	return buf;
}

/* ---- the network ------------------------------------------------------ */

void
vgg19_run(struct graph *g, const struct vgg19 *v, struct var *x,
    unsigned wanted, struct vgg19_maps *out)
{
	bool taped = graph_mode(g) == GRAPH_TRAIN && x->wants;
	bool mine = true;	/* nobody else needs y */

	*out = (struct vgg19_maps){ .unit = v->unit };
	g_push(g, "vgg19");
	/* The padding of conv1_1 comes after it. */
	struct var *y = g_scale(g, x, v->scale, v->shift);

	for (size_t i = 0; i < v->maps && wanted >> i; i++) {
		struct var *in = y;

		if (behind_pool((int)i)) {
			in = g_maxpool(g, y, 2, 2);
			if (mine && !taped)
				g_free(g, y);
			mine = true;
		}
		y = g_conv(g, in, layer[i].name, (struct g_conv){
		    .o = layer[i].o, .k = 3, .pad = 1, .post = NN_ACT_LRELU });
		if (mine && !taped)
			g_free(g, in);
		mine = !(wanted & VGG19_BIT(i));
		if (!mine)
			out->map[i] = y;
	}
	if (mine && !taped)
		g_free(g, y);
	g_pop(g);
}
