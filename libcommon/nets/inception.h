/*
 * Inception v3 (Szegedy et al. 2016) up to its last mean: the 2048 features
 * of the Frechet inception distance. Weights come by `weights
 * import --as inception` and are never trained here.
 *
 * The batch norm behind each convolution is part of the weights: what is
 * bound is w' = w g / sqrt(v + eps), b' = b - m g / sqrt(v + eps), with the
 * norm's weight g, bias b, mean m and variance v. A kernel of 1x7 or the
 * like is a 1x1 kernel over the taps that it sees.
 */
#ifndef NETS_INCEPTION_H
#define NETS_INCEPTION_H

#include "graph/graph.h"

#define INCEPTION_SIDE 299
#define INCEPTION_FEATURES 2048

/*
 * pytorch-fid's network, which is TensorFlow's of 2015, and torchvision's
 * have different weights and differ in the pools of their blocks: the means
 * leave out what lies outside the map, and the last is a maximum.
 */
enum inception { INCEPTION_TF, INCEPTION_TORCHVISION };

/*
 * Lists the parameters in ps, which is empty, and binds them to memory of a
 * (96 MB), filled from the published arrays that find knows. E_SHAPE.
 */
MUST_CHECK enum status inception_bind(struct params *ps, struct arena *a,
    params_finder *find, void *arg);

/*
 * x (n,h,w,3) as the weights want it, kept by the caller, at least 75x75, to
 * (n,1,1,2048).
 */
struct var *inception_run(struct graph *g, enum inception kind,
    struct var *x);

#endif
