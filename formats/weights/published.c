/*
 * Sources of names and shapes: torchvision's models (vgg, alexnet,
 * squeezenet 1.1, inception_v3), pytorch-fid, LPIPS 0.1 (richzhang); second
 * names: Keras' VGG19 and the Caffe SqueezeNet in .npz.
 */
#include "weights/published.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* One layer: our name, torch's (NULL: the same), another file's, O I H W. */
struct layer {
	const char *ours, *torch, *other;
	size_t out, in, h, w;
};

static const struct layer vgg19[] = {
	{ "conv1_1", "features.0", "block1_conv1", 64, 3, 3, 3 },
	{ "conv1_2", "features.2", "block1_conv2", 64, 64, 3, 3 },
	{ "conv2_1", "features.5", "block2_conv1", 128, 64, 3, 3 },
	{ "conv2_2", "features.7", "block2_conv2", 128, 128, 3, 3 },
	{ "conv3_1", "features.10", "block3_conv1", 256, 128, 3, 3 },
	{ "conv3_2", "features.12", "block3_conv2", 256, 256, 3, 3 },
	{ "conv3_3", "features.14", "block3_conv3", 256, 256, 3, 3 },
	{ "conv3_4", "features.16", "block3_conv4", 256, 256, 3, 3 },
	{ "conv4_1", "features.19", "block4_conv1", 512, 256, 3, 3 },
	{ "conv4_2", "features.21", "block4_conv2", 512, 512, 3, 3 },
	{ "conv4_3", "features.23", "block4_conv3", 512, 512, 3, 3 },
	{ "conv4_4", "features.25", "block4_conv4", 512, 512, 3, 3 },
	{ "conv5_1", "features.28", "block5_conv1", 512, 512, 3, 3 },
	{ "conv5_2", "features.30", "block5_conv2", 512, 512, 3, 3 },
	{ "conv5_3", "features.32", "block5_conv3", 512, 512, 3, 3 },
	{ "conv5_4", "features.34", "block5_conv4", 512, 512, 3, 3 },
};

static const struct layer vgg16[] = {
	{ "conv1_1", "features.0", "block1_conv1", 64, 3, 3, 3 },
	{ "conv1_2", "features.2", "block1_conv2", 64, 64, 3, 3 },
	{ "conv2_1", "features.5", "block2_conv1", 128, 64, 3, 3 },
	{ "conv2_2", "features.7", "block2_conv2", 128, 128, 3, 3 },
	{ "conv3_1", "features.10", "block3_conv1", 256, 128, 3, 3 },
	{ "conv3_2", "features.12", "block3_conv2", 256, 256, 3, 3 },
	{ "conv3_3", "features.14", "block3_conv3", 256, 256, 3, 3 },
	{ "conv4_1", "features.17", "block4_conv1", 512, 256, 3, 3 },
	{ "conv4_2", "features.19", "block4_conv2", 512, 512, 3, 3 },
	{ "conv4_3", "features.21", "block4_conv3", 512, 512, 3, 3 },
	{ "conv5_1", "features.24", "block5_conv1", 512, 512, 3, 3 },
	{ "conv5_2", "features.26", "block5_conv2", 512, 512, 3, 3 },
	{ "conv5_3", "features.28", "block5_conv3", 512, 512, 3, 3 },
};

static const struct layer alexnet[] = {
	{ "conv1", "features.0", NULL, 64, 3, 11, 11 },
	{ "conv2", "features.3", NULL, 192, 64, 5, 5 },
	{ "conv3", "features.6", NULL, 384, 192, 3, 3 },
	{ "conv4", "features.8", NULL, 256, 384, 3, 3 },
	{ "conv5", "features.10", NULL, 256, 256, 3, 3 },
};

#define FIRE(n, at, in, squeeze, expand) \
	{ "fire" #n ".squeeze", "features." #at ".squeeze", \
	    "fire" #n "/squeeze1x1", squeeze, in, 1, 1 }, \
	{ "fire" #n ".expand1x1", "features." #at ".expand1x1", \
	    "fire" #n "/expand1x1", expand, squeeze, 1, 1 }, \
	{ "fire" #n ".expand3x3", "features." #at ".expand3x3", \
	    "fire" #n "/expand3x3", expand, squeeze, 3, 3 }
static const struct layer squeezenet[] = {
	{ "conv1", "features.0", "conv1", 64, 3, 3, 3 },
	FIRE(2, 3, 64, 16, 64), FIRE(3, 4, 128, 16, 64),
	FIRE(4, 6, 128, 32, 128), FIRE(5, 7, 256, 32, 128),
	FIRE(6, 9, 256, 48, 192), FIRE(7, 10, 384, 48, 192),
	FIRE(8, 11, 384, 64, 256), FIRE(9, 12, 512, 64, 256),
};

/* Inception v3 in torchvision's names, block by block (A, B, C, D, E). */
#define L(name, out, in, h, w) { name, NULL, NULL, out, in, h, w }
#define INCEPTION_A(b, in, pool) \
	L(b ".branch1x1", 64, in, 1, 1), \
	L(b ".branch5x5_1", 48, in, 1, 1), \
	L(b ".branch5x5_2", 64, 48, 5, 5), \
	L(b ".branch3x3dbl_1", 64, in, 1, 1), \
	L(b ".branch3x3dbl_2", 96, 64, 3, 3), \
	L(b ".branch3x3dbl_3", 96, 96, 3, 3), \
	L(b ".branch_pool", pool, in, 1, 1)
#define INCEPTION_C(b, c) \
	L(b ".branch1x1", 192, 768, 1, 1), \
	L(b ".branch7x7_1", c, 768, 1, 1), \
	L(b ".branch7x7_2", c, c, 1, 7), \
	L(b ".branch7x7_3", 192, c, 7, 1), \
	L(b ".branch7x7dbl_1", c, 768, 1, 1), \
	L(b ".branch7x7dbl_2", c, c, 7, 1), \
	L(b ".branch7x7dbl_3", c, c, 1, 7), \
	L(b ".branch7x7dbl_4", c, c, 7, 1), \
	L(b ".branch7x7dbl_5", 192, c, 1, 7), \
	L(b ".branch_pool", 192, 768, 1, 1)
#define INCEPTION_E(b, in) \
	L(b ".branch1x1", 320, in, 1, 1), \
	L(b ".branch3x3_1", 384, in, 1, 1), \
	L(b ".branch3x3_2a", 384, 384, 1, 3), \
	L(b ".branch3x3_2b", 384, 384, 3, 1), \
	L(b ".branch3x3dbl_1", 448, in, 1, 1), \
	L(b ".branch3x3dbl_2", 384, 448, 3, 3), \
	L(b ".branch3x3dbl_3a", 384, 384, 1, 3), \
	L(b ".branch3x3dbl_3b", 384, 384, 3, 1), \
	L(b ".branch_pool", 192, in, 1, 1)
static const struct layer inception[] = {
	L("Conv2d_1a_3x3", 32, 3, 3, 3),
	L("Conv2d_2a_3x3", 32, 32, 3, 3),
	L("Conv2d_2b_3x3", 64, 32, 3, 3),
	L("Conv2d_3b_1x1", 80, 64, 1, 1),
	L("Conv2d_4a_3x3", 192, 80, 3, 3),
	INCEPTION_A("Mixed_5b", 192, 32),
	INCEPTION_A("Mixed_5c", 256, 64),
	INCEPTION_A("Mixed_5d", 288, 64),
	L("Mixed_6a.branch3x3", 384, 288, 3, 3),	/* B */
	L("Mixed_6a.branch3x3dbl_1", 64, 288, 1, 1),
	L("Mixed_6a.branch3x3dbl_2", 96, 64, 3, 3),
	L("Mixed_6a.branch3x3dbl_3", 96, 96, 3, 3),
	INCEPTION_C("Mixed_6b", 128),
	INCEPTION_C("Mixed_6c", 160),
	INCEPTION_C("Mixed_6d", 160),
	INCEPTION_C("Mixed_6e", 192),
	L("Mixed_7a.branch3x3_1", 192, 768, 1, 1),	/* D */
	L("Mixed_7a.branch3x3_2", 320, 192, 3, 3),
	L("Mixed_7a.branch7x7x3_1", 192, 768, 1, 1),
	L("Mixed_7a.branch7x7x3_2", 192, 192, 1, 7),
	L("Mixed_7a.branch7x7x3_3", 192, 192, 7, 1),
	L("Mixed_7a.branch7x7x3_4", 192, 192, 3, 3),
	INCEPTION_E("Mixed_7b", 1280),
	INCEPTION_E("Mixed_7c", 2048),
};

#define HEAD(net, i, c) \
	{ "lin" #i, "lin" #i ".model.1", net "/lin" #i, c, 1, 1, 1 }
static const struct layer lpips_alex[] = {
	HEAD("alex", 0, 64), HEAD("alex", 1, 192), HEAD("alex", 2, 384),
	HEAD("alex", 3, 256), HEAD("alex", 4, 256),
};
static const struct layer lpips_vgg[] = {
	HEAD("vgg", 0, 64), HEAD("vgg", 1, 128), HEAD("vgg", 2, 256),
	HEAD("vgg", 3, 512), HEAD("vgg", 4, 512),
};
static const struct layer lpips_squeeze[] = {
	HEAD("squeeze", 0, 64), HEAD("squeeze", 1, 128),
	HEAD("squeeze", 2, 256), HEAD("squeeze", 3, 384),
	HEAD("squeeze", 4, 384), HEAD("squeeze", 5, 512),
	HEAD("squeeze", 6, 512),
};

/* The arrays of one layer: suffixes in torch's and in the other's names. */
struct part {
	const char *torch, *other;
	bool kernel;		/* O I H W; else O */
};
static const struct part conv_parts[] = {
	{ ".weight", "/weight", true }, { ".bias", "/bias", false }, { 0 }
};
static const struct part norm_parts[] = {
	{ ".conv.weight", NULL, true }, { ".bn.weight", NULL, false },
	{ ".bn.bias", NULL, false }, { ".bn.running_mean", NULL, false },
	{ ".bn.running_var", NULL, false }, { 0 }
};
static const struct part head_parts[] = { { ".weight", "", false }, { 0 } };

/* What the network takes is (x - mean) / std with x in [0,1]. */
struct input {
	double mean[3], std[3];
	bool bgr;		/* the first layer's input channels */
};
static const struct input imagenet = {
	{ .485, .456, .406 }, { .229, .224, .225 }, false
}, minus_one_to_one = {		/* the TensorFlow weights of pytorch-fid */
	{ .5, .5, .5 }, { .5, .5, .5 }, false
}, keras = {
	{ 123.68 / 255, 116.779 / 255, 103.939 / 255 },
	{ 1. / 255, 1. / 255, 1. / 255 }, true
}, caffe_squeeze = {
	{ 123. / 255, 117. / 255, 104. / 255 },
	{ 1. / 255, 1. / 255, 1. / 255 }, true
};

static const struct net {
	const char *name, *prefix;	/* prefix of our names */
	const struct layer *layer;
	size_t n;
	const struct part *part;
	const struct input *torch, *other;
	const char *left_out[4];	/* patterns of what we have no use for */
} nets[] = {
#define N(table) table, sizeof table / sizeof *table
	{ "vgg19", "vgg19", N(vgg19), conv_parts, &imagenet, &keras,
	    { "classifier.*", "fc[12]/*", "predictions/*" } },
	{ "vgg16", "vgg16", N(vgg16), conv_parts, &imagenet, &keras,
	    { "classifier.*", "fc[12]/*", "predictions/*" } },
	{ "alexnet", "alexnet", N(alexnet), conv_parts, &imagenet, NULL,
	    { "classifier.*" } },
	{ "squeezenet", "squeezenet", N(squeezenet), conv_parts, &imagenet,
	    &caffe_squeeze, { "classifier.*", "conv10/*" } },
	{ "inception", "inception", N(inception), norm_parts,
	    &minus_one_to_one, NULL,
	    { "fc.*", "AuxLogits.*", "*.num_batches_tracked" } },
	{ "lpips-alex", "lpips.alex", N(lpips_alex), head_parts, NULL, NULL,
	    { "vgg/*", "squeeze/*" } },
	{ "lpips-vgg", "lpips.vgg", N(lpips_vgg), head_parts, NULL, NULL,
	    { "alex/*", "squeeze/*" } },
	{ "lpips-squeeze", "lpips.squeeze", N(lpips_squeeze), head_parts,
	    NULL, NULL, { "alex/*", "vgg/*" } },
};

static const struct net *
find_net(const char *name)
{
	for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
		if (strcmp(nets[i].name, name) == 0)
			return &nets[i];
	fail(E_VALUE, "no network \"%s\": want one of %s", name,
	    PUBLISHED_NAMES);
	return NULL;
}

struct import {
	struct arrays *out;
	const struct arrays *in;
	const struct net *net;
	const char *prefix;
	bool other;		/* names of the second kind */
	const struct input *input;	/* or NULL */
	bool *used;		/* arrays of `in`, by index */
	struct published_count *count;
};

/* The published name of a part of a layer. */
static void
their_name(const struct import *m, char *buf, size_t n, const struct layer *l,
    const struct part *p)
{
	snprintf(buf, n, "%s%s%s", m->prefix,
	    m->other ? l->other : l->torch ? l->torch : l->ours,
	    m->other ? p->other : p->torch);
}

/* Shapes agree when they do without dimensions of 1: (64,) and (1,64,1,1). */
static bool
same_shape(const struct tensor *t, int rank, const size_t *dim)
{
	int i = 0, k = 0;

	for (;;) {
		while (i < t->rank && t->dim[i] == 1)
			i++;
		while (k < rank && dim[k] == 1)
			k++;
		if (i == t->rank || k == rank)
			return i == t->rank && k == rank;
		if (t->dim[i++] != dim[k++])
			return false;
	}
}

/* BGR to RGB: (O,3,h,w) with the input channels in reverse order. */
static enum status
swap_channels(struct tensor *t, struct arena *a)
{
	const struct tensor was = *t;
	size_t plane = t->dim[2] * t->dim[3] * dtype_size(t->dtype);

	TRY(tensor_alloc(t, a, was.dtype, was.rank, was.dim));
	const char *src = was.data;
	char *dst = t->data;

	for (size_t o = 0; o < t->dim[0]; o++)
		for (size_t c = 0; c < 3; c++)
			memcpy(dst + (3 * o + c) * plane,
			    src + (3 * o + 2 - c) * plane, plane);
	return OK;
}

static enum status
take_part(struct import *m, const struct layer *l, const struct part *p)
{
	char name[256], ours[256], is[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];
	const size_t dim[4] = { l->out, l->in, l->h, l->w };
	int rank = p->kernel ? 4 : 1;

	their_name(m, name, sizeof name, l, p);
	const struct field *f = arrays_find(m->in, name);

	if (!f) {
		if (m->count->missing++ == 0)
			memcpy(m->count->first_missing, name, sizeof name);
		return OK;
	}
	m->used[f - m->in->item] = true;
	tensor_text(is, sizeof is, f->t.dtype, f->t.rank, f->t.dim);
	tensor_text(want, sizeof want, DT_F4, rank, dim);
	if ((f->t.dtype != DT_F4 && f->t.dtype != DT_F2) ||
	    !same_shape(&f->t, rank, dim))
		return fail(E_SHAPE, "array %s: %s, want %s", name, is, want);
	struct tensor t = { .dtype = f->t.dtype, .rank = rank,
		.data = f->t.data };
	const struct input *in = m->input;

	memcpy(t.dim, dim, (size_t)rank * sizeof *dim);
	if (in && in->bgr && l == m->net->layer && p->kernel)
		TRY(swap_channels(&t, m->out->arena));
	snprintf(ours, sizeof ours, "%s.%s%s", m->net->prefix, l->ours,
	    p->torch);
	m->count->arrays++;
	m->count->values += tensor_len(&t);
	return arrays_add(m->out, ours, &t);
}

/* Which of the two kinds of names the file uses: that of the first layer. */
static void
choose_names(struct import *m)
{
	char name[256];

	m->other = m->net->layer->other && m->net->part->other;
	if (m->other) {
		their_name(m, name, sizeof name, m->net->layer, m->net->part);
		m->other = arrays_find(m->in, name) != NULL;
	}
}

/* Every array with the prefix was used, or is known to be of no use. */
static enum status
check_rest(struct import *m)
{
	size_t n = strlen(m->prefix);

	for (size_t i = 0; i < m->in->n; i++) {
		const char *name = m->in->item[i].name;
		bool known = m->used[i] || strncmp(name, m->prefix, n) != 0;

		for (size_t k = 0; k < 4 && !known && m->net->left_out[k]; k++)
			if (fnmatch(m->net->left_out[k], name + n, 0) == 0) {
				m->count->left_out++;
				known = true;
			}
		if (!known)
			return fail(E_SHAPE, "array %s does not belong to %s",
			    name, m->net->name);
	}
	return OK;
}

/* nets.NET: { input: { mean, std } } */
static enum status
describe(json_t *about, const struct import *m)
{
	const struct input *in = m->input;
	json_t *o = json_object(), *all = json_object_get(about, "nets");

	if (!all) {
		all = json_object();
		json_object_set_new(about, "nets", all);
	}
	if (in)
		json_object_set_new(o, "input", json_pack("{s[fff]s[fff]}",
		    "mean", in->mean[0], in->mean[1], in->mean[2],
		    "std", in->std[0], in->std[1], in->std[2]));
	return json_object_set_new(all, m->net->name, o) == 0 ? OK :
	    fail(E_NOMEM, "no memory for the manifest");
}

/*
 * None was found: the array whose name ends as the first that was looked for
 * shows the prefix. Returns " (...)" in buf, or "".
 */
static const char *
hint(char *buf, size_t room, const struct import *m)
{
	const char *first = m->count->first_missing + strlen(m->prefix);
	const size_t n = strlen(first);

	*buf = '\0';
	for (size_t i = 0; i < m->in->n && !*buf; i++) {
		const char *name = m->in->item[i].name;
		const size_t len = strlen(name);

		if (len > n && strcmp(name + len - n, first) == 0)
			snprintf(buf, room, " (there is %s: --prefix %.*s)",
			    name, (int)(len - n), name);
	}
	return buf;
}

enum status
published_import(struct arrays *out, json_t *about, const struct arrays *in,
    const char *net, const char *prefix, bool partial,
    bool caffe, struct published_count *count)
{
	struct import m = { .out = out, .in = in, .prefix = prefix,
		.net = find_net(net), .count = count };
	char text[600];

	*count = (struct published_count){ 0 };
	if (!m.net)
		return E_VALUE;
	if ((m.used = arena_calloc(out->arena, in->n, sizeof *m.used)) == NULL)
		return E_NOMEM;
	choose_names(&m);
	const bool twofold = !m.other && m.net->other == &keras;

	if (caffe && !twofold)
		return fail(E_VALUE, "Caffe's input is for a VGG in "
		    "torchvision's names");
	m.input = m.other || caffe ? m.net->other : m.net->torch;
	count->as_torch = twofold && !caffe;
	for (size_t i = 0; i < m.net->n; i++)
		for (const struct part *p = m.net->part; p->torch; p++)
			TRY(take_part(&m, &m.net->layer[i], p));
	if (count->missing && (!partial || count->arrays == 0))
		return fail(E_SHAPE, "array %s of %s is missing%s%s",
		    count->first_missing, net, count->arrays == 0 ?
		    ", and all others are too" : "", count->arrays == 0 ?
		    hint(text, sizeof text, &m) : "");
	TRY(check_rest(&m));
	return describe(about, &m);
}
