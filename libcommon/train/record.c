#include "train/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "train/checkpoint.h"
#include "train/trainlog.h"

#define COLUMNS (7 + LOSSES)	/* of log.tsv, without the step */

struct record {
	const char *dir;
	struct trainlog *log, *table;	/* log.tsv, valid.tsv; NULL but for rank 0 */
	struct valid *v;
	struct trainer_told sum;	/* of the steps since the last line */
	int n;
	double since, begun;		/* seconds: last line, record_open */
	uint64_t first;			/* step at record_open */
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const char *
in_dir(char *path, const struct record *r, const char *name)
{
	snprintf(path, CHECKPOINT_NAME_MAX, "%s/%s", r->dir, name);
	return path;
}

static enum status
open_tables(struct record *r, const struct trainer *t)
{
	char path[CHECKPOINT_NAME_MAX], names[512];
	int at = snprintf(names, sizeof names, "samples\trate\tper_second\t"
	    "norm\tnorm_d\ttotal");

	for (int i = 0; i < LOSSES; i++)
		at += snprintf(names + at, sizeof names - (size_t)at, "\t%s",
		    loss_names[i]);
	snprintf(names + at, sizeof names - (size_t)at, "\td");
	TRY(trainlog_open(&r->log, in_dir(path, r, "log.tsv"), names, t->steps));
	checkpoint_sweep(r->dir);
	return !r->v ? OK : trainlog_open(&r->table, in_dir(path, r,
	    "valid.tsv"), "samples\tseen\tunseen\trender\timage\tunwrap_seen\t"
	    "unwrap_unseen\tunwrap_render\ttrue_render", t->steps);
}

enum status
record_open(struct record **out, const char *dir, const struct trainer *t,
    struct valid *v)
{
	struct record *r = calloc(1, sizeof *r);
	enum status st = fail(E_NOMEM, "no memory");

	if (!r) {
		valid_close(v);
		return st;
	}
	*r = (struct record){ .dir = dir, .v = v, .begun = now(),
		.since = now(), .first = t->steps };
	st = t->ranks->rank > 0 ? OK : open_tables(r, t);
	if (st != OK)
		record_close(r);
	else
		*out = r;
	return st;
}

void
record_close(struct record *r)
{
	if (!r)
		return;
	trainlog_close(r->log);
	trainlog_close(r->table);
	valid_close(r->v);
	free(r);
}

static void
add(struct trainer_told *sum, const struct trainer_told *l)
{
	for (int i = 0; i < LOSSES; i++)
		sum->v.loss[i] += l->v.loss[i];
	sum->v.discriminator += l->v.discriminator;
	sum->v.total += l->v.total;
	sum->norm += l->norm;
	sum->norm_discriminator += l->norm_discriminator;
}

enum status
record_step(struct record *r, const struct trainer *t,
    const struct trainer_told *told, uint64_t every)
{
	const struct trainer_told *s = &r->sum;
	double x[COLUMNS], n = ++r->n;

	add(&r->sum, told);
	if (t->steps % every != 0)
		return OK;
	x[0] = (double)t->drawn;
	x[1] = told->rate;
	x[2] = n * (double)(t->o.batch * t->o.accumulate) / (now() - r->since);
	x[3] = s->norm / n;
	x[4] = s->norm_discriminator / n;
	x[5] = s->v.total / n;
	for (int i = 0; i < LOSSES; i++)
		x[6 + i] = s->v.loss[i] / n;
	x[6 + LOSSES] = s->v.discriminator / n;
	r->sum = (struct trainer_told){ 0 };
	r->n = 0;
	r->since = now();
	enum status st = !r->log ? OK : trainlog_put(r->log, t->steps, x, COLUMNS);

	return st == OK ? OK : fail_in(st, "%s/log.tsv", r->dir);
}

double
record_left(const struct record *r, const struct trainer *t)
{
	if (t->steps == r->first || t->steps >= t->o.steps)
		return 0;
	return (now() - r->begun) / (double)(t->steps - r->first) *
	    (double)(t->o.steps - t->steps);
}

enum status
record_valid(struct record *r, const struct trainer *t)
{
	char path[CHECKPOINT_NAME_MAX], name[64];
	struct valid_told v;

	if (!r->v)
		return OK;
	TRY(valid_run(r->v, t, &v));
	if (!r->table)
		return OK;
	const double x[] = { (double)t->drawn, v.net.seen, v.net.unseen,
		v.net.render, v.net.image, v.unwrap.seen, v.unwrap.unseen,
		v.unwrap.render, v.truth };
	enum status st = trainlog_put(r->table, t->steps, x,
	    (int)(sizeof x / sizeof *x));

	if (st != OK)
		return fail_in(st, "%s/valid.tsv", r->dir);
	snprintf(name, sizeof name, "sheet-%08" PRIu64 ".png", t->steps);
	st = valid_sheet(r->v, in_dir(path, r, name));
	return st == OK ? OK : fail_in(st, "%s", path);
}
