/*
 * Files of a training: streams of one sample, as weights(5) are. The state
 * of the networks stands under its own names, so that a checkpoint is a
 * weights file too; the optimiser's under prefixes. A file is written under
 * a temporary name, synced and renamed: a name is never half a checkpoint.
 */
#ifndef TRAIN_CHECKPOINT_H
#define TRAIN_CHECKPOINT_H

#include "graph/params.h"
#include "weights/weights.h"

/* Arrays of a list of parameters: x[param.index], or the values where NULL. */
struct checkpoint_part {
	const char *prefix;	/* "", "adam.m.", ... */
	const struct params *ps;
	float *const *x;	/* entries may be NULL: not there */
};

/* Writes them. E_IO and the like: then there is no file. */
MUST_CHECK enum status checkpoint_write(const char *path, const char *key,
    json_t *manifest, const struct checkpoint_part *part, size_t n);

/* Copies the arrays of w to where the parts have theirs. E_SHAPE. */
MUST_CHECK enum status checkpoint_read(const struct weights *w,
    const struct checkpoint_part *part, size_t n);

/* "DIR/step-00000500.tar" into buf. */
#define CHECKPOINT_NAME_MAX 4096
void checkpoint_name(char *buf, const char *dir, uint64_t step);

/*
 * The newest checkpoint of dir that can be opened; *w NULL where there is
 * none. What cannot is told of by `tell`.
 */
MUST_CHECK enum status checkpoint_newest(struct weights **w, const char *dir,
    void (*tell)(const char *fmt, ...) PRINTF_LIKE(1, 2));

/* Removes all but the last `keep`. */
void checkpoint_rotate(const char *dir, size_t keep);

/*
 * Removes the half-written files that a killed training has left: for those
 * who know that no other is writing one.
 */
void checkpoint_sweep(const char *dir);

#endif
