/*
 * Samples of a step side by side. Each thread of the team has graphs of its
 * own, and each of BATCH_LANES samples has gradients of its own, which are
 * added up in the order of the samples. So the sums are the same bytes for
 * any number of threads, and a thread waits for the others once in a batch,
 * not at every layer.
 */
#ifndef TRAIN_BATCH_H
#define TRAIN_BATCH_H

#include "train/step.h"

#define BATCH_LANES 16

struct batch;

/*
 * For steps as st says, of `samples` each. The graphs and gradients of st,
 * which is borrowed, are used too. With a discriminator, which takes a step
 * of its own behind each sample, there is one at a time. E_NOMEM.
 */
MUST_CHECK enum status batch_new(struct batch **b, struct step *st,
    size_t samples);
void batch_free(struct batch *b);

/* How many samples batch_run takes at once, at most; never by threads. */
size_t batch_room(const struct batch *b);

/*
 * As step_sample for each of s[0..n), n <= batch_room. Of several failures
 * the first sample's is told, behind its number and key.
 */
MUST_CHECK enum status batch_run(struct batch *b,
    const struct sample *const *s, size_t n, double share,
    struct step_values *v);

/* Adds up what batch_run left, into the dx of st's parameters. */
void batch_gather(struct batch *b);

/* As if batch_run had not been. */
void batch_forget(struct batch *b);

/* graph_params_changed for all. */
void batch_params_changed(struct batch *b);

#endif
