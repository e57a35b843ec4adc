/*
 * Samples of a step side by side. Each thread of the team has graphs of its
 * own, and each lane gradients of its own. Of n samples with so many lanes,
 * sample i is computed in lane i mod lanes; a lane adds up its samples in
 * their order, and then the lanes are added in theirs (ranks.h). So the sums
 * depend on the number of lanes, and are the same bytes for any number of
 * threads, and of ranks, which have lanes that follow each other. A thread
 * waits for the others once in so many samples, not at every layer.
 *
 * The sum over ranks runs beside a step's last samples: a gradient goes on its
 * way when all lanes of a rank have it whole, those of the layers that ran
 * last before the others (graph_tell).
 */
#ifndef TRAIN_BATCH_H
#define TRAIN_BATCH_H

#include "train/ranks.h"
#include "train/step.h"

#define BATCH_LANES 16		/* what a training has unless it says more */

struct batch;

/*
 * For steps as st says, of `samples` each, in at most `lanes` lanes. The
 * graphs of st, which is borrowed, are used too; where the dx of a parameter
 * is not NULL it points to the batch's sum from now on. With a discriminator, which takes a
 * step of its own behind each sample, a process computes one at a time. r is
 * borrowed. E_VALUE where there are more ranks than lanes; E_NOMEM.
 */
MUST_CHECK enum status batch_new(struct batch **b, struct step *st,
    size_t samples, size_t lanes, struct ranks *r);
void batch_free(struct batch *b);

/* The lanes: how many samples batch_run takes at once, at most. */
size_t batch_room(const struct batch *b);

/* Of n samples, this rank's are *from..*to-1. */
void batch_share(const struct batch *b, size_t n, size_t *from, size_t *to);

/*
 * As step_sample for each of n samples, the next batch_room or what is left of
 * a step's, of which s has this rank's. got: OK, or why there are none. All
 * ranks do this, and have the same *v and result: of several failures the
 * first sample's, behind its number and key; END where a rank got that, and
 * nothing failed.
 */
MUST_CHECK enum status batch_run(struct batch *b, enum status got,
    const struct sample *const *s, size_t n, double share,
    struct step_values *v);

/*
 * All ranks, at the end of a step: the sum of what batch_run left stands in
 * the dx of st's parameters, and the state of parameters, which a sample may
 * change, is the same everywhere.
 */
void batch_gather(struct batch *b);

/* As if batch_run had not been. */
void batch_forget(struct batch *b);

/* graph_params_changed for all. */
void batch_params_changed(struct batch *b);

#endif
