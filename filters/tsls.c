/* tsls: what is in a stream, one line per field. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "tensor/stats.h"

struct show {
	bool stats, history, json;
};

/* ---- lines ---- */

/* Text of elsewhere must not steer a terminal, or make lines of its own. */
static const char *
plain(const struct sample *s, const char *text)
{
	const char *shown = text_plain(s->arena, text);

	if (!shown)
		cli_die("%s", status_detail());
	return shown;
}

/* A manifest may come from elsewhere and hold anything. */
static const char *
string(const struct sample *s, const json_t *v)
{
	return json_is_string(v) ? plain(s, json_string_value(v)) : "?";
}

static void
print_history(const struct sample *s)
{
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(s->manifest, "history"), i, v) {
		char *text = json_dumps(json_object_get(v, "options"),
		    JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);
		const json_t *w = json_object_get(v, "weights");

		printf("# %s: %s %s %s%s%s\n", s->key,
		    string(s, json_object_get(v, "program")),
		    string(s, json_object_get(v, "version")),
		    text ? plain(s, text) : "{}", w ? " weights " : "",
		    w ? string(s, w) : "");
		free(text);
	}
	json_array_foreach(json_object_get(s->manifest, "licence"), i, v) {
		printf("# %s: licence: %s\n", s->key, string(s, v));
	}
}

static void
print_field(const struct sample *s, const struct field *f,
    const struct show *show)
{
	struct tensor_stats st;

	printf("%s\t%s\t", s->key, f->name);
	if (f->is_json) {
		printf("json\t%zu bytes\n", f->text_len);
		return;
	}
	printf("%s\t(", dtype_name(f->t.dtype));
	for (int i = 0; i < f->t.rank; i++)
		printf(i ? ",%zu" : "%zu", f->t.dim[i]);
	fputs(f->t.rank == 1 ? ",)" : ")", stdout);
	if (show->stats) {
		tensor_stats(&st, &f->t);
		printf("\t%.6g\t%.6g\t%.6g\t%zu", st.min, st.mean, st.max,
		    st.nan);
	}
	putchar('\n');
}

/* ---- --json ---- */

/* JSON has no word for NaN and infinities. */
static json_t *
number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *
field_json(const struct field *f, bool stats)
{
	json_t *o = json_pack("{s:s}", "name", f->name), *shape;

	if (f->is_json) {
		json_object_set_new(o, "type", json_string("json"));
		json_object_set_new(o, "bytes", json_integer((json_int_t)f->text_len));
		return o;
	}
	json_object_set_new(o, "type", json_string(dtype_name(f->t.dtype)));
	json_object_set_new(o, "shape", shape = json_array());
	for (int i = 0; i < f->t.rank; i++)
		json_array_append_new(shape, json_integer((json_int_t)f->t.dim[i]));
	if (stats) {
		struct tensor_stats st;

		tensor_stats(&st, &f->t);
		json_object_set_new(o, "min", number(st.min));
		json_object_set_new(o, "mean", number(st.mean));
		json_object_set_new(o, "max", number(st.max));
		json_object_set_new(o, "nan", json_integer((json_int_t)st.nan));
	}
	return o;
}

static void
print_json(const struct sample *s, const struct show *show)
{
	json_t *fields = json_array(), *o = json_pack("{s:s, s:o}", "key",
	    s->key, "fields", fields);

	for (size_t i = 0; i < s->n; i++)
		if (cli_wants(s->field[i].name))
			json_array_append_new(fields,
			    field_json(&s->field[i], show->stats));
	if (show->history)
		json_object_set(o, "manifest", s->manifest);
	char *text = json_dumps(o, JSON_COMPACT);

	if (!text)
		cli_die("no memory for a line");
	puts(plain(s, text));
	free(text);
	json_decref(o);
}

static void
list(const char *path, const struct show *show)
{
	struct stream_in *in = cli_open(path);
	struct sample s;

	while (show->stats ? cli_next(in, &s) : cli_next_headers(in, &s)) {
		if (show->json) {
			print_json(&s, show);
			continue;
		}
		if (show->history)
			print_history(&s);
		for (size_t i = 0; i < s.n; i++)
			if (cli_wants(s.field[i].name))
				print_field(&s, &s.field[i], show);
	}
	cli_close(in);
}

int
main(int argc, char **argv)
{
	struct show show = { 0 };
	const struct cli_opt opts[] = {
		CLI_FLAG('s', "stats", &show.stats,
		    "print minimum, mean, maximum and the number of NaN"),
		CLI_FLAG('H', "history", &show.history,
		    "print history and licence"),
		CLI_FLAG(0, "json", &show.json,
		    "print one JSON object for each sample"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "tsls", .summary = "list the fields of a stream",
		.operands = "[FILE ...]", .opts = opts, .no_out = true,
	};

	cli_begin(&p, &argc, &argv);
	if (argc == 0)
		list("-", &show);
	for (int i = 0; i < argc; i++) {
		if (argc > 1 && !show.json)
			printf("# %s\n", argv[i]);
		list(argv[i], &show);
	}
	return cli_finish();
}
