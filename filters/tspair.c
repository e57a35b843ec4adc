/* tspair: single pictures of people to training samples. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "dataset/pairlist.h"
#include "math/rng.h"
#include "stream/album.h"
#include "stream/gather.h"

#define MAX_VIEWS PAIRLIST_TARGETS	/* of one role */
#define MAX_LIST ((size_t)1 << 30)	/* bytes of --pairs */

enum { FAIL, SKIP };	/* --missing */

struct job {
	const char *pairs;
	int targets, foreign, repeat, seed, missing;
	struct album al;
	size_t *made;		/* samples so far with picture k as source */
	size_t lonely;		/* foreign poses that could not be drawn */
	size_t absent;		/* rows of --pairs without their pictures */
};

/* What goes into one sample: numbers of pictures in the album. */
struct draw {
	size_t source;
	size_t target[MAX_VIEWS], targets;
	size_t foreign[MAX_VIEWS], foreigns;
};

/* ---- drawing ---- */

/*
 * Appends up to `most` of the pictures of p to v[*k], each once, but not
 * `except`, in random order.
 */
static void
draw_from(size_t *v, size_t *k, size_t most, struct rng *r,
    const struct album_person *p, size_t except)
{
	const size_t from = *k;

	for (size_t left = p->n - 1; left > 0 && *k < from + most; left--) {
		size_t pick = rng_below(r, left), i = p->first;

		/* The pick-th of those that are still there. */
		for (;; i++) {
			bool gone = i == except;

			for (size_t d = from; d < *k; d++)
				gone |= v[d] == i;
			if (!gone && pick-- == 0)
				break;
		}
		v[(*k)++] = i;
	}
}

/*
 * The poses of somebody else's pair of pictures, as the paper's 4.3 has it:
 * a picture by chance, then others of the same person, and when these are
 * used up those of one more person.
 */
static void
draw_foreign(struct draw *d, struct job *j, struct rng *r)
{
	const struct album *al = &j->al;
	const struct album_person *own =
	    &al->person[al->picture[d->source].person];
	size_t others = al->n - own->n;

	while (d->foreigns < (size_t)j->foreign && d->foreigns < others) {
		size_t k = rng_below(r, others);

		k += k >= own->first ? own->n : 0;
		bool again = false;

		for (size_t i = 0; i < d->foreigns; i++)
			again |= al->picture[d->foreign[i]].person ==
			    al->picture[k].person;
		if (again)
			continue;
		const struct album_person *p = &al->person[al->picture[k].person];

		d->foreign[d->foreigns++] = k;
		draw_from(d->foreign, &d->foreigns,
		    (size_t)j->foreign - d->foreigns, r, p, k);
	}
	j->lonely += (size_t)j->foreign - d->foreigns;
}

/* ---- one sample ---- */

static enum status
put_views(struct sample *s, const struct album *al, enum role r,
    const size_t *k, size_t n, json_t *keys)
{
	struct sample from;

	TRY(gather_room(s, r, n));
	for (size_t v = 0; v < n; v++) {
		TRY(album_read(&from, al, k[v]));
		TRY(gather_view(s, r, v, &from));
		if (json_array_append_new(keys, json_string(from.key)) != 0)
			return fail(E_NOMEM, "no memory for the manifest");
	}
	return OK;
}

static enum status
build(struct sample *s, const struct draw *d, const struct album *al)
{
	json_t *target, *halluc;
	struct sample from;

	TRY(album_read(&from, al, d->source));
	TRY(gather_source(s, &from));
	json_t *pair = json_pack("{s:s, s:o, s:o}", "source", from.key, "target",
	    target = json_array(), "halluc", halluc = json_array());

	if (!pair || json_object_set_new(s->manifest, "pair", pair) != 0)
		return fail(E_NOMEM, "no memory for the manifest");
	TRY(put_views(s, al, ROLE_TARGET, d->target, d->targets, target));
	return put_views(s, al, ROLE_HALLUC, d->foreign, d->foreigns, halluc);
}

static void
emit(struct job *j, struct draw *d, struct rng *r)
{
	const struct album_picture *p = &j->al.picture[d->source];
	char key[512];
	struct sample s;

	draw_foreign(d, j, r);
	snprintf(key, sizeof key, "%.480s-%zu", p->key, j->made[d->source]++);
	cli_made_from(stream_source(j->al.in[p->file]));
	cli_make(&s, key);
	if (cli_ok(build(&s, d, &j->al), NULL, &s))
		cli_put(&s);
}

/* ---- which samples ---- */

/* Each picture as source, `repeat` times. */
static void
draw_all(struct job *j)
{
	static struct draw d;

	for (size_t k = 0; k < j->al.n; k++) {
		const struct album_person *p =
		    &j->al.person[j->al.picture[k].person];

		for (int i = 0; p->n > 1 && i < j->repeat; i++) {
			struct rng r = rng_seed((uint64_t)j->seed,
			    (uint64_t)k << 32 | (unsigned)i);

			d = (struct draw){ .source = k };
			draw_from(d.target, &d.targets, (size_t)j->targets, &r,
			    p, k);
			emit(j, &d, &r);
		}
	}
}

/* One name of a row; false when its picture is not there, which is allowed. */
static bool
find_name(size_t *k, struct job *j, const struct pairlist *l, size_t i)
{
	enum status st = album_find(k, &j->al, l->name[i], l->len[i]);

	if (st != OK && st != END)
		cli_die("%s: line %zu: %s", j->pairs, l->line, status_detail());
	if (st == END && j->missing == FAIL)
		cli_die("%s: line %zu: no picture \"%.*s\"", j->pairs, l->line,
		    (int)l->len[i], l->name[i]);
	return st == OK;
}

/* The pictures of a row; false when some are missing. */
static bool
take_row(struct draw *d, struct job *j, const struct pairlist *l)
{
	bool all = true;

	d->targets = l->names - 1;
	for (size_t i = 0; i < l->names; i++)
		all &= find_name(i ? &d->target[i - 1] : &d->source, j, l, i);
	for (size_t i = 0; all && i < d->targets; i++)
		if (j->al.picture[d->target[i]].person !=
		    j->al.picture[d->source].person)
			cli_die("%s: line %zu: \"%s\" and \"%s\" are different "
			    "people", j->pairs, l->line,
			    j->al.picture[d->source].key,
			    j->al.picture[d->target[i]].key);
	return all;
}

/* The rows of --pairs, in their order. */
static void
follow_list(struct job *j, struct arena *a)
{
	static struct draw d;
	static struct pairlist l;
	enum status st;

	cli_try(file_read(&l.text, &l.n, a, j->pairs, MAX_LIST), "--pairs");
	while ((st = pairlist_next(&l)) == OK) {
		struct rng r = rng_seed((uint64_t)j->seed, l.line);

		d = (struct draw){ 0 };
		if (take_row(&d, j, &l))
			emit(j, &d, &r);
		else
			j->absent++;
	}
	if (st != END)
		cli_die("%s: %s", j->pairs, status_detail());
}

int
main(int argc, char **argv)
{
	struct job j = { .targets = 1, .repeat = 1, .seed = 1 };
	const struct cli_opt opts[] = {
		CLI_INT('n', "targets", &j.targets, 1, MAX_VIEWS, "N",
		    "pictures of the same person as targets, at most"),
		CLI_INT('m', "foreign", &j.foreign, 0, MAX_VIEWS, "N",
		    "poses of other people to hallucinate"),
		CLI_INT('r', "repeat", &j.repeat, 1, INT_MAX, "N",
		    "samples with each picture as source"),
		CLI_INT('s', "seed", &j.seed, 0, INT_MAX, "SEED",
		    "what is drawn"),
		CLI_NAMES('p', "pairs", &j.pairs, "FILE",
		    "a list FROM,TO[,TO...] instead of drawing targets"),
		CLI_ENUM(0, "missing", &j.missing, "fail|skip",
		    "a row of the list whose pictures are not there"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "tspair", .opts = opts, .operands = "FILE ...",
		.summary = "single pictures of people to training samples",
	};
	struct stream_in **in;
	struct arena *a;

	cli_begin(&p, &argc, &argv);
	if (argc == 0)
		cli_die("want the files with the pictures");
	cli_try(arena_new(&a, (size_t)64 << 30), "the pictures' names");
	if (!(in = arena_calloc(a, (size_t)argc, sizeof *in)))
		cli_die("no memory for %d files", argc);
	for (int i = 0; i < argc; i++)
		in[i] = cli_open(argv[i]);
	cli_create("-");
	cli_try(album_open(&j.al, a, in, (size_t)argc), "pictures");
	if (!(j.made = arena_calloc(a, j.al.n, sizeof *j.made)))
		cli_die("no memory for %zu pictures", j.al.n);
	cli_say("%zu pictures of %zu people; %zu samples left out", j.al.n,
	    j.al.people, j.al.left_out);
	if (j.pairs)
		follow_list(&j, a);
	else
		draw_all(&j);
	if (j.absent)
		cli_say("%zu rows without their pictures", j.absent);
	if (j.lonely)
		cli_warn("%zu foreign poses less than wanted: there are not "
		    "enough other people", j.lonely);
	arena_free(a);
	return cli_finish();
}
