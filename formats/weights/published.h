/*
 * Networks that others have trained and published, under our names: what
 * `weights import --as NET` knows. Every parameter is proved by name and shape;
 * nets/ has what runs some of them.
 */
#ifndef WEIGHTS_PUBLISHED_H
#define WEIGHTS_PUBLISHED_H

#include "weights/arrays.h"

/* "vgg19, vgg16, ...": the names that published_import takes. */
#define PUBLISHED_NAMES "vgg19, vgg16, alexnet, squeezenet, inception, " \
	"lpips-alex, lpips-vgg, lpips-squeeze"

struct published_count {
	size_t arrays, values;	/* taken */
	size_t left_out;	/* arrays known not to be needed: classifiers */
	size_t missing;
	bool as_torch;
	char first_missing[256];	/* its published name, or "" */
};

/*
 * Adds the parameters of net in `in` to out, under our names and in our
 * shapes (kernels OIHW, f4 or f2 as they are); data is shared where it can
 * be, so `in` must outlive out. Names count only with `prefix` in front
 * ("" for none). Where the first layer was trained for BGR pictures its
 * input channels are swapped, so that all take RGB. about gets
 * nets.NET.input: the network takes (x - mean) / std, x in [0,1], per channel.
 * caffe: a VGG under torchvision's names is Caffe's all the same, converted; it
 * takes BGR of 0..255 less a mean, as Keras' does, and nothing in it tells so.
 * count->as_torch: whether such names were taken for torchvision's.
 *
 * E_VALUE for a net that is not in the table, and for caffe where it is no
 * VGG in torchvision's names; E_SHAPE for an array that is
 * of another shape, is no float, or does not belong there, and, unless
 * partial, for one that is missing.
 */
MUST_CHECK enum status published_import(struct arrays *out, json_t *about,
    const struct arrays *in, const char *net, const char *prefix,
    bool partial, bool caffe, struct published_count *count);

#endif
