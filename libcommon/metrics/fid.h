/*
 * The Frechet inception distance (Heusel et al. 2017; metrics(1))
 * between a set of real pictures and a set of generated ones: of the
 * Gaussians of their 2048 Inception features.
 */
#ifndef METRICS_FID_H
#define METRICS_FID_H

#include "metrics/gauss.h"
#include "metrics/netfile.h"
#include "metrics/pair.h"
#include "nets/inception.h"

struct fid;

bool fid_there(struct netfiles *f);

/*
 * The network from the files, which may be closed then, and two empty sets.
 * E_VALUE where it is not there, with the command that gets it; E_SHAPE.
 * Freed by fid_close.
 */
MUST_CHECK enum status fid_open(struct fid **f, enum inception kind,
    struct netfiles *files);
void fid_close(struct fid *f);

/*
 * Adds the first picture of a pair to the real ones, the second to the
 * generated ones, where these are asked for. They count when fid_settle is
 * told to keep them, as gauss_settle.
 */
MUST_CHECK enum status fid_add(struct fid *f, const struct pair *p,
    bool real, bool generated, struct arena *scratch);
void fid_settle(struct fid *f, bool keep);

/*
 * The real set to a sample and back, with what it was made by: E_VALUE where
 * another network or kind made it.
 */
MUST_CHECK enum status fid_save(struct sample *s, const struct fid *f);
MUST_CHECK enum status fid_load(struct fid *f, const struct sample *s);

/* Pictures of both sets, and their distance: E_VALUE with fewer than two. */
void fid_count(size_t *real, size_t *generated, const struct fid *f);
MUST_CHECK enum status fid_distance(double *d, const struct fid *f);

/*
 * A picture [3][h][w] of 0..1 as the network wants it, (299,299,3): bilinear
 * with half pixels, without smoothing first, then (x - mean) / std.
 */
void fid_picture(float *to, const double *from, size_t h, size_t w, size_t c,
    const double mean[3], const double std[3]);

#endif
