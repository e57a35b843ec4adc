/* metrics: measures pictures against pictures by named protocols, as a table. */
#include <string.h>

#include "cli/cli.h"
#include "metrics/report.h"

struct run {
	struct comparison c;
	struct pair_where codes;	/* of c.where */
	struct table table;
};

/* Names the field that a status is about. */
static enum status
about(const char *field, enum status st)
{
	return st == OK ? OK : fail_in(st, "field %s", field);
}

/* The mask called name (NULL: none) of the pictures a, from s or else s2. */
static enum status
find_mask(const struct tensor **t, const struct sample *s,
    const struct sample *s2, const char *name, const struct tensor *a)
{
	*t = NULL;
	if (name == NULL)
		return OK;
	if (sample_find(s, name) == NULL)
		s = s2;
	TRY(sample_want(t, s, name, DT_U1, -1, NULL));
	return about(name, pair_check_mask(*t, a));
}

/* Adds a row for each view of a sample: a is of s, b of s2. */
static enum status
compare(struct run *r, const struct sample *s, const struct sample *s2)
{
	const struct comparison *c = &r->c;
	const struct tensor *a, *b, *mask, *where;
	double v[MEASURE_MAX];
	struct pair p;

	TRY(sample_want(&a, s, c->a, DT_COUNT, -1, NULL));
	TRY(sample_want(&b, s2, c->b, DT_COUNT, -1, NULL));
	TRY(about(c->a, pair_check(a)));
	TRY(about(c->b, pair_check(b)));
	TRY(about(c->b, pair_agree(a, b)));
	TRY(about(c->a, protocol_check(c->proto, a)));
	TRY(find_mask(&mask, s, s2, c->mask, a));
	TRY(find_mask(&where, s, s2, c->where ? r->codes.field : NULL, a));
	for (size_t view = 0; view < pair_views(a); view++) {
		size_t mark = arena_mark(s->arena);

		TRY(about(c->a, pair_make(&p, s->arena, a, b, view, mask,
		    where, r->codes.code, &c->prep)));
		for (size_t i = 0; i < c->n; i++)
			TRY(about(c->b, measure_pair(&v[i], &c->measure[i], &p,
			    s->arena)));
		TRY(table_add(&r->table, s->ordinal, v));
		arena_pop(s->arena, mark);
	}
	return OK;
}

/* The sample of `in` with this key; those before it are passed over. */
static void
find_key(struct stream_in *in, struct sample *s, const char *key)
{
	do {
		if (!cli_next(in, s))
			cli_die("%s: no sample \"%s\" (both streams must have "
			    "one order)", stream_source(in), key);
	} while (strcmp(s->key, key) != 0);
}

/* Column that a threshold is about; dies when there is none. */
static size_t
threshold_column(struct threshold *t, const struct comparison *c,
    const char *text)
{
	size_t i;

	cli_try(threshold_parse(t, text), "-t");
	for (i = 0; i < c->n; i++)
		if (strlen(c->measure[i].name) == t->name_len &&
		    memcmp(c->measure[i].name, t->name, t->name_len) == 0)
			break;
	if (i == c->n)
		cli_die("-t %s: not among the measures", text);
	return i;
}

int
main(int argc, char **argv)
{
	const char *list = NULL, *range = NULL;
	struct run r = { .c = { .a = "target.image", .b = "target.render" } };
	struct comparison *c = &r.c;
	struct cli_list thresholds = { 0 };
	int protocol = 0, crop = -1, pad_white = -1, seed = 1;
	bool json = false;
	const struct cli_opt opts[] = {
		CLI_STR('a', "a", &c->a, "FIELD", "the truth"),
		CLI_STR('b', "b", &c->b, "FIELD", "the generated"),
		CLI_STR('w', "with", &c->with, "FILE",
		    "take b from this stream, by key"),
		CLI_ENUM('p', "protocol", &protocol, PROTOCOL_NAMES,
		    "whose way of measuring"),
		CLI_STR('m', "measure", &list, "LIST",
		    "measures instead of the protocol's"),
		CLI_STR(0, "range", &range, "auto|N",
		    "range of ssim in 8-bit steps"),
		CLI_INT(0, "crop", &crop, 0, 1 << 16, "W",
		    "keep the centre W columns; 0: all"),
		CLI_INT(0, "pad-white", &pad_white, 0, 1 << 16, "N",
		    "add N white columns left and right"),
		CLI_STR(0, "mask", &c->mask, "FIELD",
		    "blank both where FIELD is 0"),
		CLI_STR(0, "where", &c->where, "FIELD[=CODE,...]",
		    "average over these pixels only"),
		CLI_INT(0, "seed", &seed, 0, 1 << 30, "N",
		    "of the confidence interval"),
		CLI_FLAG(0, "json", &json, "print one JSON object"),
		CLI_LIST('t', "threshold", &thresholds, "NAME<X|NAME>X",
		    "exit 1 unless the mean is so"),
		CLI_END
	};
	const struct cli_program prog = {
		.name = "metrics", .opts = opts, .no_out = true,
		.summary = "measure pictures against pictures",
	};
	struct summary sum[MEASURE_MAX];
	struct stream_in *in, *in2 = NULL;
	struct sample s, s2;
	struct threshold t;
	struct arena *scratch;
	json_t *rows = json_array();

	cli_begin(&prog, &argc, &argv);
	c->proto = protocol_at(protocol);
	c->prep = c->proto->prep;
	if (crop >= 0)
		c->prep.crop = crop;
	if (pad_white >= 0)
		c->prep.pad_white = pad_white;
	if (c->where != NULL)
		cli_try(pair_where_parse(&r.codes, c->where), "--where");
	if (c->proto->needs_mask && c->mask == NULL)
		cli_die("protocol %s needs --mask", c->proto->name);
	cli_try(measure_list(c->measure, &c->n,
	    list ? list : c->proto->measures, c->proto), "-m");
	if (range != NULL)
		cli_try(measure_set_range(c->measure, c->n, range), "--range");
	for (size_t k = 0; k < thresholds.n; k++)
		threshold_column(&t, c, thresholds.item[k]);
	r.table.cols = c->n;

	in = cli_open("-");
	if (c->with != NULL)
		in2 = cli_open(c->with);
	if (!json)
		report_head(stdout, c);
	while (cli_next(in, &s)) {
		size_t first = r.table.n;

		if (in2 != NULL)
			find_key(in2, &s2, s.key);
		if (!cli_ok(compare(&r, &s, in2 ? &s2 : &s), in, &s))
			r.table.n = first;
		else if (json)
			report_json_rows(rows, c, &r.table, first, s.key);
		else
			report_rows(stdout, c, &r.table, first, s.key);
	}

	cli_try(arena_new(&scratch, 64 * (r.table.n + 4096)), "summary");
	for (size_t i = 0; i < c->n; i++)
		cli_try(table_summary(&sum[i], &r.table, i, (uint64_t)seed,
		    scratch), c->measure[i].name);
	if (json)
		report_json(stdout, c, rows, sum);
	else
		report_summary(stdout, c, sum);
	for (size_t k = 0; k < thresholds.n; k++) {
		size_t i = threshold_column(&t, c, thresholds.item[k]);

		if (!threshold_met(&t, sum[i].mean)) {
			cli_warn("the mean of %s is %.7g, want %s",
			    c->measure[i].name, sum[i].mean,
			    thresholds.item[k] + t.name_len);
			cli_no();
		}
	}
	json_decref(rows);
	arena_free(scratch);
	table_free(&r.table);
	return cli_finish();
}
