/*
 * psi, the features that perc, styl and cor compare: VGG19 (Simonyan and
 * Zisserman 2015) behind each ReLU, with weights that others have trained
 * (`weights import --as vgg19`) and that are never changed here. A file may
 * end early: all is done with the layers that it has.
 */
#ifndef NETS_VGG19_H
#define NETS_VGG19_H

#include "graph/graph.h"

/* RELUb_i stands behind convb_i; a 2x2 pool stands before b = 2, 3, 4, 5. */
enum vgg19_map {
	RELU1_1, RELU1_2, RELU2_1, RELU2_2, RELU3_1, RELU3_2, RELU3_3,
	RELU3_4, RELU4_1, RELU4_2, RELU4_3, RELU4_4, RELU5_1, RELU5_2,
	RELU5_3, RELU5_4, VGG19_MAPS
};
#define VGG19_BIT(map) (1u << (map))

struct vgg19 {
	size_t maps;		/* RELU1_1 to maps - 1 can be computed */
	float scale[3], shift[3];	/* [-1,1] to what conv1_1 wants */
	float unit;		/* see vgg19_maps */
};

/*
 * Adds vgg19.conv1_1.weight, ... to ps as frozen parameters and binds as
 * many as find gives without a gap; their tensors must live as long as ps.
 * The network wants (x - mean) / deviation of RGB x in [0,1]. E_SHAPE where
 * not even conv1_1 is there, or a parameter has another shape.
 */
MUST_CHECK enum status vgg19_bind(struct vgg19 *v, struct params *ps,
    params_finder *find, void *arg, const double mean[3],
    const double deviation[3]);

/* "conv1_1 to conv3_4", or the like, for people. */
const char *vgg19_text(const struct vgg19 *v, char *buf, size_t n);

/*
 * Maps of n pictures. Weights for pictures of 0..255 give larger features
 * than those for pictures of deviation 1: `unit` is how much larger, and the
 * losses divide by it, so that their weights mean the same with all files.
 */
struct vgg19_maps {
	struct var *map[VGG19_MAPS];	/* (n,h/2^b,w/2^b,c), or NULL */
	float unit;
};

/*
 * x (n,h,w,3) in [-1,1]. Computes as far as the wanted maps (VGG19_BIT) go
 * and the weights allow, and keeps those; gradients go to x if it wants one.
 * Where it does not, everything else is given back at once.
 */
void vgg19_run(struct graph *g, const struct vgg19 *v, struct var *x,
    unsigned wanted, struct vgg19_maps *out);

#endif
