/* metrics: measures pictures against pictures by named protocols, as a table. */
#include <string.h>

#include "cli/cli.h"
#include "math/team.h"
#include "metrics/report.h"

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
	struct comparison all = { .a = "target.image", .b = "target.render" };
	struct comparison *c = &all;
	struct table table = { 0 };
	struct cli_list thresholds = { 0 }, nets = { 0 }, where = { 0 };
	int protocol = 0, crop = -1, pad_white = -1, seed = 1, threads = 0;
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
		CLI_LIST(0, "nets", &nets, "FILE",
		    "networks of lpips, from weights import"),
		CLI_STR(0, "range", &range, "auto|N",
		    "range of ssim in 8-bit steps"),
		CLI_INT(0, "crop", &crop, 0, 1 << 16, "W",
		    "keep the centre W columns; 0: all"),
		CLI_INT(0, "pad-white", &pad_white, 0, 1 << 16, "N",
		    "add N white columns left and right"),
		CLI_STR(0, "mask", &c->mask, "FIELD",
		    "blank both where FIELD is 0"),
		CLI_LIST(0, "where", &where, "FIELD[=CODE,...]",
		    "average over these pixels only"),
		CLI_INT(0, "seed", &seed, 0, 1 << 30, "N",
		    "of the confidence interval"),
		CLI_FLAG(0, "json", &json, "print one JSON object"),
		CLI_LIST('t', "threshold", &thresholds, "NAME<X|NAME>X",
		    "exit 1 unless the mean is so"),
		CLI_THREADS(&threads),
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
	team_begin(threads);
	c->proto = protocol_at(protocol);
	c->prep = c->proto->prep;
	if (crop >= 0)
		c->prep.crop = crop;
	if (pad_white >= 0)
		c->prep.pad_white = pad_white;
	if (where.n > WHERE_MAX)
		cli_die("%zu times --where, want %d at most", where.n,
		    WHERE_MAX);
	for (; c->n_where < where.n; c->n_where++)
		cli_try(pair_where_parse(&c->where[c->n_where],
		    where.item[c->n_where]), "--where");
	if (c->proto->needs_mask && c->mask == NULL)
		cli_die("protocol %s needs --mask", c->proto->name);
	cli_try(measure_list(c->measure, &c->n,
	    list ? list : c->proto->measures, c->proto), "-m");
	for (size_t k = 0; k < nets.n; k++)
		cli_try(netfiles_add(&c->nets, nets.item[k]), nets.item[k]);
	if (list == NULL)
		cli_try(measure_learned(c->measure, &c->n, c->left_out,
		    c->proto, &c->nets), "-p");
	cli_try(measure_open(c->measure, c->n, &c->nets, where.n > 0),
	    "-m");
	if (range != NULL)
		cli_try(measure_set_range(c->measure, c->n, range), "--range");
	for (size_t k = 0; k < thresholds.n; k++)
		threshold_column(&t, c, thresholds.item[k]);
	table.cols = c->n;

	in = cli_open("-");
	if (c->with != NULL)
		in2 = cli_open(c->with);
	if (!json)
		report_head(stdout, c);
	while (cli_next(in, &s)) {
		size_t first = table.n;

		if (in2 != NULL)
			find_key(in2, &s2, s.key);
		if (!cli_ok(comparison_add(&table, c, &s, in2 ? &s2 : &s), in,
		    &s))
			table.n = first;
		else if (json)
			report_json_rows(rows, c, &table, first, s.key);
		else
			report_rows(stdout, c, &table, first, s.key);
	}

	cli_try(arena_new(&scratch, 64 * (table.n + 4096)), "summary");
	for (size_t i = 0; i < c->n; i++)
		cli_try(table_summary(&sum[i], &table, i, (uint64_t)seed,
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
	table_free(&table);
	measure_close(c->measure, c->n);
	netfiles_close(&c->nets);
	return cli_finish();
}
