/*
 * What a training leaves to look at: log.tsv with the means of its steps,
 * valid.tsv and a contact sheet of each validation. textrain(1), LOGS.
 */
#ifndef TRAIN_RECORD_H
#define TRAIN_RECORD_H

#include "train/valid.h"

struct record;

/*
 * Opens the tables in dir where t stands, see trainlog_open; E_IO where
 * another training has, and where none has, what a killed one left half
 * written is removed. v, or NULL: no validation; it is closed with the
 * record, and where this fails. Of several ranks all have one; only rank 0
 * has files.
 */
MUST_CHECK enum status record_open(struct record **r, const char *dir,
    const struct trainer *t, struct valid *v);
void record_close(struct record *r);

/*
 * After a step: counts it, and at multiples of `every` writes a line. E_IO:
 * the line is missing, and nothing else.
 */
MUST_CHECK enum status record_step(struct record *r, const struct trainer *t,
    const struct trainer_told *told, uint64_t every);

/* Seconds until the last step, as it went since record_open. */
double record_left(const struct record *r, const struct trainer *t);

/*
 * All ranks: runs the validation, if there is one, writes its line and its sheet. E_IO
 * as above; others are of the networks.
 */
MUST_CHECK enum status record_valid(struct record *r,
    const struct trainer *t);

#endif
