/*
 * A training as a whole: networks, optimisers, where it stands, and its
 * files. Its state after a step depends on weights, data, options and seed
 * alone, and a checkpoint is all of it.
 */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include <signal.h>

#include "model/blueprint.h"
#include "model/charts.h"
#include "model/features.h"
#include "train/batch.h"
#include "train/feed.h"
#include "train/optim.h"

struct trainer_options {
	double weight[LOSSES];	/* NaN: the recipe's, step_weights */
	const char *vgg;	/* weights of VGG19, or NULL */
	bool flow;		/* stage: flow nets alone */
	enum links links;
	double background_weight;	/* weight of what is not body, 0..1 */
	double berhu;		/* threshold of tex, see loss_tex */
	bool gain;		/* see step.h */
	double rate, rate_discriminator;	/* of Adam */
	uint64_t steps, warmup, decay;	/* the rate rises over the first `warmup`
				   and falls over the last `decay` */
	size_t batch, accumulate;
	size_t lanes;		/* batch.h; 0: BATCH_LANES */
	struct optim_options optim;
	uint64_t seed;
	const char *layout;	/* of the weights, or its table */
	const json_t *said;	/* the options that were given, for the files */
	const char *version;	/* of the program */
	struct ranks *ranks;	/* NULL: alone */
	bool resume;		/* a folder's checkpoint goes on; in a trainer:
				   it was one */
};

/*
 * For reading. With several ranks each has one, and all of them do what is
 * here with the same arguments at the same time; only rank 0 writes files.
 */
struct trainer {
	struct trainer_options o;
	struct ranks *ranks;
	struct blueprint b;	/* its ps: all parameters */
	struct features vgg;
	struct step step;
	struct batch *batch;
	struct optim gen, discriminator;	/* no arena without D */
	const char *layout;	/* that the weights were made for */
	struct charts charts;	/* with a plan where the U-Net reads unwrap's */
	char *key;		/* of the weights */
	json_t *manifest;	/* of what is written */
	int locked;		/* the folder */
	uint64_t steps, drawn;	/* done; samples used for them */
};

/* What the last step was like. */
struct trainer_told {
	struct step_values v;
	double norm, norm_discriminator, rate;	/* of gradients; of learning */
	char sample[512];	/* the key of the last one looked at */
};

/*
 * Goes on from the newest checkpoint of the folder dir, if o says so, and
 * where there is none begins with the weights of `file` (NULL: none), and
 * makes dir. Checkpoints that cannot be opened are told of. Details begin
 * with the path or the option. E_VALUE where ranks begin
 * with other weights or options. Freed by trainer_close, which also takes one
 * that failed.
 */
MUST_CHECK enum status trainer_open(struct trainer *t, const char *file,
    const char *dir, const struct trainer_options *o,
    void (*tell)(const char *fmt, ...) PRINTF_LIKE(1, 2));
void trainer_close(struct trainer *t);

/* Side of pictures and textures. */
size_t trainer_size(const struct trainer *t);

/*
 * One step of the optimiser. END when the data has ended, or *stop became
 * true while waiting for it: t stands as before the step. E_VALUE for a loss
 * or gradient that is not finite.
 */
MUST_CHECK enum status trainer_step(struct trainer *t, struct feed *f,
    const volatile sig_atomic_t *stop, struct trainer_told *told);

/*
 * Writes a checkpoint into dir, removes all but the last `keep`, and writes
 * dir/weights.tar for the other programs: the running mean where there is
 * one. E_VALUE where ranks have other weights by now, which a sound machine
 * does not do; and nothing is written.
 */
MUST_CHECK enum status trainer_save(struct trainer *t, const char *dir,
    size_t keep);

/* The values of weights.tar, bound to the list of `to`. */
MUST_CHECK enum status trainer_bind(const struct trainer *t,
    struct params *to);

#endif
