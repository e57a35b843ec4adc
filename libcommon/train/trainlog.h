/*
 * The log of a training: a table of numbers as text, tabs between them, one
 * line of names at the top, the step in the first column. Lines are whole or
 * not there, whatever happens to the program or the disk.
 */
#ifndef TRAIN_TRAINLOG_H
#define TRAIN_TRAINLOG_H

#include <stdint.h>

#include "base/status.h"

struct trainlog;

/*
 * Opens path to append to it, after taking off what stands there about steps
 * after `step`, which will be done again; step 0: a new table. names: those
 * of the columns behind "step", tabs between them. E_FORMAT where the
 * table has other columns; E_IO, also where another program has it open.
 */
MUST_CHECK enum status trainlog_open(struct trainlog **l, const char *path,
    const char *names, uint64_t step);

/* One line: the step and the numbers, as %.6g. E_IO: it is not there. */
MUST_CHECK enum status trainlog_put(struct trainlog *l, uint64_t step,
    const double *x, int n);

void trainlog_close(struct trainlog *l);

#endif
