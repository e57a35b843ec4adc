/* metrics: measures pictures against pictures by named protocols, as a table. */
#include <string.h>

#include "cli/cli.h"
#include "math/team.h"
#include "metrics/report.h"

struct options {
	struct comparison c;
	const char *list, *range;
	struct cli_list thresholds, nets, where;
	int protocol, floats, crop, pad_white, seed, threads;
	bool json;
	json_t *licence;	/* of what was read: an object, for its keys */
};

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

/* Measure that a threshold is about; dies when there is none. */
static size_t
threshold_measure(struct threshold *t, const struct comparison *c,
    const char *text)
{
	size_t i;

	cli_try(threshold_parse(t, text), "-t");
	for (i = 0; i < c->n + c->sets; i++)
		if (strlen(c->measure[i].name) == t->name_len &&
		    memcmp(c->measure[i].name, t->name, t->name_len) == 0)
			break;
	if (i == c->n + c->sets)
		cli_die("-t %s: not among the measures", text);
	return i;
}

/* The real pictures' statistics that --save-real wrote. */
static void
load_real(const struct comparison *c)
{
	struct stream_in *in = cli_open(c->real);
	struct sample s;

	if (!cli_next(in, &s))
		cli_die("%s: no sample", c->real);
	cli_try(fid_load(c->measure[c->n].fid, &s), c->real);
	cli_close(in);
}

/* What is measured, and with what. */
static void
choose(struct options *o)
{
	struct comparison *c = &o->c;
	struct threshold t;
	size_t n;

	c->proto = protocol_at(o->protocol);
	c->prep = c->proto->prep;
	c->prep.floats = (enum pair_floats)o->floats;
	if (o->crop >= 0)
		c->prep.crop = o->crop;
	if (o->pad_white >= 0)
		c->prep.pad_white = o->pad_white;
	if (o->where.n > WHERE_MAX)
		cli_die("%zu times --where, want %d at most", o->where.n,
		    WHERE_MAX);
	for (; c->n_where < o->where.n; c->n_where++)
		cli_try(pair_where_parse(&c->where[c->n_where],
		    o->where.item[c->n_where]), "--where");
	if (c->proto->needs_mask && c->mask == NULL)
		cli_die("protocol %s needs --mask", c->proto->name);
	cli_try(measure_list(c->measure, &n, o->list ? o->list :
	    c->proto->measures, c->proto), "-m");
	for (size_t k = 0; k < o->nets.n; k++)
		cli_try(netfiles_add(&c->nets, o->nets.item[k]),
		    o->nets.item[k]);
	if (o->list == NULL)
		cli_try(measure_learned(c->measure, &n, c->left_out, c->proto,
		    &c->nets), "-p");
	c->n = measure_pairs(c->measure, n);
	c->sets = n - c->n;
	if (c->save != NULL && (c->n > 0 || c->sets != 1 || c->real != NULL))
		cli_die("--save-real: want -m fid or -m fid-gfla alone");
	if (c->real != NULL && c->sets != 1)
		cli_die("--real: want fid or fid-gfla among the measures");
	cli_try(measure_open(c->measure, n, &c->nets, c->n_where > 0), "-m");
	if (c->real != NULL)
		load_real(c);
	if (o->range != NULL)
		cli_try(measure_set_range(c->measure, c->n, o->range),
		    "--range");
	for (size_t k = 0; k < o->thresholds.n; k++)
		threshold_measure(&t, c, o->thresholds.item[k]);
}

static void
note_licence(const struct options *o, const json_t *manifest)
{
	json_t *line;
	size_t i;

	json_array_foreach(json_object_get(manifest, "licence"), i, line)
		if (json_is_string(line))
			json_object_set_new(o->licence,
			    json_string_value(line), json_true());
}

/* Every sample of stdin, into rows of the table and sets. */
static void
compare(const struct options *o, struct table *table, json_t *rows)
{
	const struct comparison *c = &o->c;
	struct stream_in *in = cli_open("-"), *in2 = NULL;
	struct sample s, s2;

	if (c->with != NULL)
		in2 = cli_open(c->with);
	while (cli_next(in, &s)) {
		size_t first = table->n;

		if (in2 != NULL)
			find_key(in2, &s2, s.key);
		bool good = cli_ok(comparison_add(table, c, &s, in2 ? &s2 :
		    &s), in, &s);

		comparison_settle(table, c, first, good);
		note_licence(o, s.manifest);
		if (o->json)
			report_json_rows(rows, c, table, first, s.key);
		else
			report_rows(stdout, c, table, first, s.key);
	}
}

static void
check_threshold(const char *text, const struct comparison *c,
    const struct summary *sum, const struct set_figure *set)
{
	struct threshold t;
	size_t i = threshold_measure(&t, c, text);
	double value = i < c->n ? sum[i].mean : set[i - c->n].value;

	if (threshold_met(&t, value))
		return;
	cli_warn("%s%s is %.7g, want %s", i < c->n ? "the mean of " : "",
	    c->measure[i].name, value, text + t.name_len);
	cli_no();
}

static void
summarise(const struct options *o, const struct table *table, json_t *rows)
{
	const struct comparison *c = &o->c;
	struct set_figure set[MEASURE_MAX];
	struct summary sum[MEASURE_MAX];
	struct arena *scratch;

	cli_try(arena_new(&scratch, 64 * (table->n + 4096)), "summary");
	for (size_t i = 0; i < c->n; i++)
		cli_try(table_summary(&sum[i], table, i, (uint64_t)o->seed,
		    scratch), c->measure[i].name);
	for (size_t i = 0; i < c->sets; i++)
		cli_try(comparison_set(&set[i], &c->measure[c->n + i]),
		    c->measure[c->n + i].name);
	if (o->json)
		report_json(stdout, c, rows, sum, set);
	else
		report_summary(stdout, c, sum, set);
	for (size_t k = 0; k < o->thresholds.n; k++)
		check_threshold(o->thresholds.item[k], c, sum, set);
	arena_free(scratch);
}

static void
save_real(const struct options *o)
{
	const struct comparison *c = &o->c;
	struct sample s;
	const char *line;
	json_t *unused;

	for (size_t i = 0; i < c->nets.n; i++)
		note_licence(o, weights_manifest(c->nets.w[i]));
	cli_make(&s, "real");
	cli_try(fid_save(&s, c->measure[c->n].fid), c->save);
	json_object_foreach(o->licence, line, unused)
		cli_try(sample_add_licence(&s, line), c->save);
	cli_put_to(cli_create(c->save), &s);
}

int
main(int argc, char **argv)
{
	struct options o = { .c = { .a = "target.image",
	    .b = "target.render" }, .crop = -1, .pad_white = -1, .seed = 1,
	    .licence = json_object() };
	const struct cli_opt opts[] = {
		CLI_STR('a', "a", &o.c.a, "FIELD", "the truth"),
		CLI_STR('b', "b", &o.c.b, "FIELD", "the generated"),
		CLI_STR('w', "with", &o.c.with, "FILE",
		    "take b from this stream, by key"),
		CLI_ENUM('p', "protocol", &o.protocol, PROTOCOL_NAMES,
		    "whose way of measuring"),
		CLI_STR('m', "measure", &o.list, "LIST",
		    "measures instead of the protocol's"),
		CLI_LIST(0, "nets", &o.nets, "FILE",
		    "networks of lpips and fid, from weights import"),
		CLI_STR(0, "real", &o.c.real, "FILE",
		    "statistics for fid, in place of the truth"),
		CLI_OUT(0, "save-real", &o.c.save, "FILE",
		    "write those of the truth, compare nothing"),
		CLI_STR(0, "range", &o.range, "auto|N",
		    "range of ssim in 8-bit steps"),
		CLI_ENUM(0, "floats", &o.floats, PAIR_FLOATS_NAMES,
		    "range of pictures of floats: -1..1, unless they look "
		    "like 0..1; -1..1; 0..1"),
		CLI_INT(0, "crop", &o.crop, 0, 1 << 16, "W",
		    "keep the centre W columns; 0: all"),
		CLI_INT(0, "pad-white", &o.pad_white, 0, 1 << 16, "N",
		    "add N white columns left and right"),
		CLI_STR(0, "mask", &o.c.mask, "FIELD",
		    "blank both where FIELD is 0"),
		CLI_LIST(0, "where", &o.where,
		    "FIELD[=CODE,...|<X|>X]",
		    "average over these pixels only"),
		CLI_INT(0, "seed", &o.seed, 0, 1 << 30, "N",
		    "of the confidence interval"),
		CLI_FLAG(0, "json", &o.json, "print one JSON object"),
		CLI_LIST('t', "threshold", &o.thresholds, "NAME<X|NAME>X",
		    "exit 1 unless the mean is so"),
		CLI_THREADS(&o.threads),
		CLI_END
	};
	const struct cli_program prog = {
		.name = "metrics", .opts = opts, .no_out = true,
		.summary = "measure pictures against pictures",
	};
	struct table table = { 0 };
	json_t *rows = json_array();

	cli_begin(&prog, &argc, &argv);
	team_begin(o.threads);
	choose(&o);
	table.cols = o.c.n;
	if (!o.json && o.c.save == NULL)
		report_head(stdout, &o.c);
	compare(&o, &table, rows);
	if (o.c.save != NULL)
		save_real(&o);
	else
		summarise(&o, &table, rows);
	json_decref(rows);
	json_decref(o.licence);
	table_free(&table);
	measure_close(o.c.measure, o.c.n + o.c.sets);
	netfiles_close(&o.c.nets);
	return cli_finish();
}
