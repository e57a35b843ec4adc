/*
 * Published classification networks as far as LPIPS looks into them:
 * torchvision's AlexNet, VGG16 and SqueezeNet 1.1, whose
 * weights come by `weights import`. They are never trained here.
 */
#ifndef NETS_TRUNK_H
#define NETS_TRUNK_H

#include "graph/graph.h"

enum trunk { TRUNK_ALEXNET, TRUNK_VGG16, TRUNK_SQUEEZENET };

#define TRUNK_TAPS 7	/* at most */

/* "alexnet": what its parameters' names and `weights import --as` begin with. */
const char *trunk_name(enum trunk t);

/*
 * x (n,h,w,3), normalised as the weights want it and kept by the caller, to
 * the maps behind 5 or 7 of the ReLUs, coarser and coarser; how many.
 */
size_t trunk_run(struct graph *g, enum trunk t, struct var *x,
    struct var *tap[TRUNK_TAPS]);

#endif
