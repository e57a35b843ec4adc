/*
 * The parts of textrain: what mpirun(1) starts (textrain_mpi.c, or
 * textrain_alone.c where it is built without MPI), and the training itself
 * (textrain_run.c).
 */
#ifndef FILTERS_TEXTRAIN_H
#define FILTERS_TEXTRAIN_H

#include <stdnoreturn.h>

#include "train/record.h"

/*
 * Before cli_begin: the ranks that were started as one training, from now on
 * silent but for rank 0; alone where nothing says that we are several.
 */
struct ranks *launch(int *argc, char ***argv);

/*
 * After cli_begin. Dies where ranks were given other arguments, or this
 * program cannot be one of several. From now on, until launch_end, a rank
 * that ends is the end of all, and so is one that says nothing for so long.
 */
void launch_watch(int seconds);

/* All ranks: each goes its own way; called by launch_die and at exit. */
void launch_end(void);

/* All ranks, for what all of them know: rank 0 says it, all exit 2. */
noreturn void launch_die(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* All ranks: dies with `what: detail` where it is OK in some and not in all. */
void launch_try(struct ranks *r, enum status st, const char *what);

/* A training on its way: what textrain(1) says of these options. */
struct training {
	struct trainer t;
	struct feed *f;
	struct record *r;
	const char *dir;
	uint64_t save_every, log_every, valid_every;
	size_t keep;
};

/* All steps, with their files; says where it stopped if that is before. */
void training_run(struct training *g);

#endif
