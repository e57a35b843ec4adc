/*
 * The weights file of VGG19 that the feature losses read, made by
 * `weights import --as vgg19`. It may end at any convolution.
 */
#ifndef MODEL_FEATURES_H
#define MODEL_FEATURES_H

#include "nets/vgg19.h"
#include "weights/weights.h"

struct features {
	struct weights *w;	/* for its sha256 and licence */
	struct vgg19 net;
};

/*
 * Opens path and adds its parameters, frozen, to ps, which must not be used
 * after features_close. E_FORMAT where the manifest does not say what input
 * the network wants, and as weights_open and vgg19_bind; the detail starts
 * with the path.
 */
MUST_CHECK enum status features_open(struct features *f, struct params *ps,
    const char *path);
void features_close(struct features *f);

#endif
