/* tsjoin: samples of streams by key, renamed, chosen, shuffled, sharded. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "math/rng.h"
#include "stream/join.h"

enum { FAIL, SKIP, KEEP };	/* --missing */

struct rename {
	size_t input;		/* from 1 on; 0: all */
	char from[256], to[256];
};

struct job {
	const char *take, *prefix;
	int shards, missing, seed;	/* seed -1: no shuffle */
	struct rename *rename;
	size_t n_rename;
	struct join_side *side;	/* inputs; side[0] leads */
	size_t n;
	struct stream_out **out;
	size_t put;
};

/* ---- which samples, in which order ---- */

struct order {
	size_t *k, n;
};

static void
add_range(struct order *o, size_t from, size_t to, size_t count)
{
	if (count == 0)
		cli_die("--take: no sample %zu, there are none", from);
	if (from > to || to >= count)
		cli_die("--take: no sample %zu, there are 0 to %zu",
		    from > to ? from : to, count - 1);
	o->k = realloc(o->k, (o->n + to - from + 1) * sizeof *o->k);
	if (!o->k)
		cli_die("no memory for %zu samples", o->n + to - from + 1);
	for (size_t i = from; i <= to; i++)
		o->k[o->n++] = i;
}

/* "0,5,7-9,20-" */
static void
parse_take(struct order *o, const char *list, size_t count)
{
	const char *p = list;

	do {
		size_t from, to;

		if (!text_number(&from, &p))
			cli_die("--take: \"%s\", want a list such as 0,5,7-9,20-",
			    list);
		to = from;
		if (*p == '-' && (p++, !text_number(&to, &p)))
			to = count > from ? count - 1 : from;
		add_range(o, from, to, count);
	} while (*p++ == ',');
	if (p[-1])
		cli_die("--take: \"%s\", want a list such as 0,5,7-9,20-", list);
}

/* Fisher and Yates, from the end. */
static void
shuffle(struct order *o, uint64_t seed)
{
	struct rng r = rng_seed(seed, 0);

	for (size_t i = o->n; i > 1; i--) {
		size_t j = rng_below(&r, i), t = o->k[i - 1];

		o->k[i - 1] = o->k[j];
		o->k[j] = t;
	}
}

/* ---- one sample ---- */

static bool
put_name(char to[256], const char *name, size_t n)
{
	if (n == 0 || n > 255 || memchr(name, '=', n))
		return false;
	memcpy(to, name, n);
	to[n] = '\0';
	return true;
}

/* "2:source=target" is for input 2; without a number it is for all. */
static void
parse_renames(struct job *j, const struct cli_list *l)
{
	j->rename = calloc(l->n + 1, sizeof *j->rename);
	if (!j->rename)
		cli_die("no memory for %zu names", l->n);
	for (size_t i = 0; i < l->n; i++) {
		struct rename *r = &j->rename[j->n_rename++];
		const char *p = l->item[i], *from = strchr(p, ':'), *to;

		from = from ? from + 1 : p;
		to = strchr(from, '=');
		if ((from > p && (!text_number(&r->input, &p) || *p != ':' ||
		    r->input == 0 || r->input > j->n)) || !to ||
		    !put_name(r->from, from, (size_t)(to - from)) ||
		    !put_name(r->to, to + 1, strlen(to + 1)))
			cli_die("--rename: \"%s\", want [N:]FROM=TO with N from "
			    "1 to %zu", l->item[i], j->n);
	}
}

static enum status
rename_all(const struct job *j, struct sample *s, size_t input)
{
	for (size_t i = 0; i < j->n_rename; i++) {
		const struct rename *r = &j->rename[i];

		if (r->input == 0 || r->input == input)
			TRY(join_rename(s, r->from, r->to));
	}
	return OK;
}

static void
put(struct job *j, struct sample *s)
{
	cli_put_to(j->out[j->put++ % (size_t)j->shards], s);
}

/* The other inputs' fields to s; false when s is left out. */
static bool
complete(struct job *j, struct sample *s)
{
	struct stream_in *lead = j->side[0].in;

	if (!cli_ok(rename_all(j, s, 1), lead, s))
		return false;
	for (size_t i = 1; i < j->n; i++) {
		struct join_side *side = &j->side[i];

		if (!cli_got(join_find(side, s->key), side->in)) {
			if (j->missing == FAIL)
				cli_die("%s: no sample \"%s\", which %s has",
				    stream_source(side->in), s->key,
				    stream_source(lead));
			cli_say("%s: no sample \"%s\"",
			    stream_source(side->in), s->key);
			if (j->missing == SKIP)
				return false;
			continue;
		}
		if (!cli_ok(rename_all(j, &side->s, i + 1), side->in, &side->s) ||
		    !cli_ok(join_merge(s, &side->s), side->in, &side->s))
			return false;
	}
	return true;
}

static void
run(struct job *j)
{
	struct stream_in *lead = j->side[0].in;
	struct order o = { 0 };
	struct sample s;
	size_t count;

	if (!j->take && j->seed < 0) {
		while (cli_next(lead, &s))
			if (complete(j, &s))
				put(j, &s);
		return;
	}
	cli_try(stream_count(lead, &count), stream_source(lead));
	if (j->take)
		parse_take(&o, j->take, count);
	else if (count > 0)
		add_range(&o, 0, count - 1, count);
	if (j->seed >= 0)
		shuffle(&o, (uint64_t)j->seed);
	for (size_t i = 0; i < o.n; i++) {
		cli_got(stream_seek(lead, o.k[i]), lead);
		if (cli_next(lead, &s) && complete(j, &s))
			put(j, &s);
	}
	free(o.k);
}

static void
open_outputs(struct job *j)
{
	char path[4096];

	j->out = calloc((size_t)j->shards, sizeof *j->out);
	if (!j->out)
		cli_die("no memory for %d shards", j->shards);
	if (!j->prefix) {
		j->shards = 1;
		j->out[0] = cli_create("-");
		return;
	}
	for (int i = 0; i < j->shards; i++) {
		int n = snprintf(path, sizeof path, "%s-%05d.tar%s", j->prefix,
		    i, cli_level() ? ".zst" : "");

		if (n >= (int)sizeof path)
			cli_die("--output: a path of %d bytes", n);
		j->out[i] = cli_create(path);
	}
}

int
main(int argc, char **argv)
{
	struct job j = { .shards = 1, .seed = -1 };
	struct cli_list renames = { 0 };
	const struct cli_opt opts[] = {
		CLI_STR('k', "take", &j.take, "LIST",
		    "only these samples of the first file, in this order"),
		CLI_INT('s', "shuffle", &j.seed, 0, INT_MAX, "SEED",
		    "the samples of the first file in random order"),
		CLI_LIST('r', "rename", &renames, "[N:]FROM=TO",
		    "rename a role or a field, of input N or of all"),
		CLI_ENUM('m', "missing", &j.missing, "fail|skip|keep",
		    "a sample that another file lacks"),
		{ CLI_K_INT, 'n', "shards", CLI_TYPED(&j.shards, int), 1, 1000,
		    "N", "number of files to write, with -o", true },
		CLI_OUT('o', "output", &j.prefix, "PREFIX",
		    "write PREFIX-00000.tar.zst and so on instead of stdout"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "tsjoin", .opts = opts, .operands = "[FILE ...]",
		.summary = "join streams by key, rename, take, shuffle, shard",
		.no_out = true,		/* as far as cli_finish is concerned */
	};
	cli_begin(&p, &argc, &argv);
	if (j.shards > 1 && !j.prefix)
		cli_die("-n %d: want a name for the files with -o", j.shards);
	j.n = argc ? (size_t)argc : 1;
	parse_renames(&j, &renames);
	j.side = calloc(j.n, sizeof *j.side);
	if (!j.side)
		cli_die("no memory for %zu inputs", j.n);
	for (size_t i = 0; i < j.n; i++)
		j.side[i].in = cli_open(argc ? argv[i] : "-");
	open_outputs(&j);
	run(&j);
	for (size_t i = 0; i < j.n; i++)
		join_close(&j.side[i]);
	free(j.side);
	free(j.rename);
	free(j.out);
	return cli_finish();
}
