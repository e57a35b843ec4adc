#include "metrics/report.h"

#include <math.h>

void
report_head(FILE *f, const struct comparison *c)
{
	char text[MEASURE_TEXT_MAX];

	fprintf(f, "# protocol %s: %s\n# a %s, b %s", c->proto->name,
	    c->proto->source, c->a, c->b);
	if (c->with != NULL)
		fprintf(f, " of %s", c->with);
	if (c->prep.bits8)
		fprintf(f, ", f4 cut to 8 bits");
	if (c->prep.crop > 0)
		fprintf(f, ", centre %d columns", c->prep.crop);
	if (c->mask != NULL)
		fprintf(f, ", both times %s", c->mask);
	if (c->prep.pad_white > 0)
		fprintf(f, ", %d white columns each side", c->prep.pad_white);
	for (size_t k = 0; k < c->n_where; k++)
		fprintf(f, "%s %s", k ? " and" : ", averaged where",
		    c->where[k].text);
	fputc('\n', f);
	if (c->real != NULL)
		fprintf(f, "# real pictures: statistics of %s\n", c->real);
	for (size_t i = 0; i < c->n + c->sets; i++)
		fprintf(f, "# %s: %s\n", c->measure[i].name,
		    measure_text(text, sizeof text, &c->measure[i]));
	if (c->left_out[0])
		fprintf(f, "# not measured: %s, for which --nets has no "
		    "network\n", c->left_out);
	if (c->n == 0)
		return;
	fprintf(f, "key\tview");
	for (size_t i = 0; i < c->n; i++)
		fprintf(f, "\t%s", c->measure[i].name);
	fputc('\n', f);
}

void
report_rows(FILE *f, const struct comparison *c, const struct table *t,
    size_t first, const char *key)
{
	for (size_t r = first; r < t->n; r++) {
		fprintf(f, "%s\t%zu", key, r - first);
		for (size_t i = 0; i < c->n; i++)
			fprintf(f, "\t%.7g", t->value[r * c->n + i]);
		fputc('\n', f);
	}
}

void
report_summary(FILE *f, const struct comparison *c, const struct summary *sum,
    const struct set_figure *set)
{
	static const char *const name[] = { "mean", "median", "low95",
		"high95", "n" };

	/* Readers of tables take these rows for comments. */
	for (int k = 0; c->n > 0 && k < 5; k++) {
		fprintf(f, "#%s\t-", name[k]);
		for (size_t i = 0; i < c->n; i++)
			fprintf(f, "\t%.7g", (const double[]){ sum[i].mean,
			    sum[i].median, sum[i].lo, sum[i].hi,
			    (double)sum[i].n }[k]);
		fputc('\n', f);
	}
	for (size_t i = 0; i < c->sets; i++)
		fprintf(f, "#%s\t-\t%.7g\t%zu real\t%zu generated\n",
		    c->measure[c->n + i].name, set[i].value, set[i].real,
		    set[i].generated);
}

static json_t *
number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

void
report_json_rows(json_t *rows, const struct comparison *c,
    const struct table *t, size_t first, const char *key)
{
	for (size_t r = first; r < t->n; r++) {
		json_t *row = json_pack("{ss sI}", "key", key, "view",
		    (json_int_t)(r - first));

		for (size_t i = 0; i < c->n; i++)
			json_object_set_new(row, c->measure[i].name,
			    number(t->value[r * c->n + i]));
		json_array_append_new(rows, row);
	}
}

void
report_json(FILE *f, const struct comparison *c, json_t *rows,
    const struct summary *sum, const struct set_figure *set)
{
	json_t *all, *measures = json_object();
	json_t *where = c->n_where ? json_array() : NULL;
	char text[MEASURE_TEXT_MAX];

	for (size_t k = 0; k < c->n_where; k++)
		json_array_append_new(where, json_string(c->where[k].text));
	for (size_t i = 0; i < c->n; i++)
		json_object_set_new(measures, c->measure[i].name, json_pack(
		    "{ss sI so so s[oo]}", "is",
		    measure_text(text, sizeof text, &c->measure[i]),
		    "n", (json_int_t)sum[i].n, "mean", number(sum[i].mean),
		    "median", number(sum[i].median), "ci95",
		    number(sum[i].lo), number(sum[i].hi)));
	for (size_t i = 0; i < c->sets; i++) {
		const struct measure *m = &c->measure[c->n + i];

		json_object_set_new(measures, m->name, json_pack(
		    "{ss so sI sI}", "is", measure_text(text, sizeof text, m),
		    "value", number(set[i].value), "real",
		    (json_int_t)set[i].real, "generated",
		    (json_int_t)set[i].generated));
	}
	all = json_pack("{ss ss ss ss* ss* so* ss* ss* sb si si so sO}",
	    "protocol", c->proto->name, "a", c->a, "b", c->b,
	    "with", c->with, "mask", c->mask, "where", where,
	    "real", c->real, "not_measured", c->left_out[0] ? c->left_out : NULL,
	    "bits8", c->prep.bits8, "crop", c->prep.crop,
	    "pad_white", c->prep.pad_white, "measures", measures,
	    "samples", rows);
	json_dumpf(all, f, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	fputc('\n', f);
	json_decref(all);
}
