/*
 * LPIPS 0.1 (Zhang et al. 2018): how far apart two pictures are
 * in the features of a classification network.
 *
 *	d = sum over taps l of the mean over pixels of
 *	    sum over channels c of w_l,c (a_l,c / |a_l| - b_l,c / |b_l|)^2
 *
 * a_l, b_l: the features of the two pictures; |.| over channels, plus 1e-10;
 * w_l: the learned weights, the "linear heads".
 */
#ifndef METRICS_LPIPS_H
#define METRICS_LPIPS_H

#include "metrics/netfile.h"
#include "metrics/pair.h"
#include "nets/trunk.h"

struct lpips;

/*
 * The network and its heads from the files, which must live as long. E_VALUE
 * where they are not there, with the commands that get them; E_SHAPE. Freed
 * by lpips_close.
 */
MUST_CHECK enum status lpips_open(struct lpips **l, enum trunk t,
    struct netfiles *f);
void lpips_close(struct lpips *l);

/* Whether the files have the network and its heads. */
bool lpips_there(enum trunk t, struct netfiles *f);

/*
 * The distance of a pair of pictures; one channel counts as three equal ones.
 * E_SHAPE for pictures that are too small for the network.
 */
MUST_CHECK enum status lpips_pair(double *d, struct lpips *l,
    const struct pair *p, struct arena *scratch);

#endif
