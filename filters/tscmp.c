/* tscmp: how two streams differ, field by field; exit 0 same, 1 differ. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "tensor/stats.h"

struct tolerance {
	double abs, rel;
	bool all;	/* print fields that agree, too */
};

static void
differ(const char *key, const char *field, const char *how)
{
	printf("%s\t%s\t%s\n", key, field, how);
	cli_no();
}

static void
compare_arrays(const char *key, const char *name, const struct tensor *a,
    const struct tensor *b, const struct tolerance *tol)
{
	struct tensor_diff d;
	char text[2 * TENSOR_TEXT_MAX], one[TENSOR_TEXT_MAX];

	if (a->dtype != b->dtype || a->rank != b->rank ||
	    memcmp(a->dim, b->dim, sizeof a->dim) != 0) {
		tensor_text(one, sizeof one, a->dtype, a->rank, a->dim);
		int n = snprintf(text, sizeof text, "%s and ", one);

		tensor_text(text + n, sizeof text - (size_t)n, b->dtype,
		    b->rank, b->dim);
		differ(key, name, text);
		return;
	}
	tensor_diff(&d, a, b, tol->abs, tol->rel);
	if (d.differ == 0 && !tol->all)
		return;
	printf("%s\t%s\tmax abs %.6g\tmax rel %.6g\trms %.6g\t", key, name,
	    d.max_abs, d.max_rel, d.rms);
	if (d.differ == 0) {
		puts("agree");
		return;
	}
	printf("%zu of %zu differ, first at %s: %.9g and %.9g\n", d.differ, d.n,
	    tensor_index_text(text, sizeof text, a, d.first), d.a, d.b);
	cli_no();
}

/* Equal as JSON; text that is no JSON must be equal byte by byte. */
static bool
same_json(const struct field *a, const struct field *b)
{
	json_t *x = json_loadb(a->text, a->text_len, JSON_DECODE_ANY, NULL);
	json_t *y = json_loadb(b->text, b->text_len, JSON_DECODE_ANY, NULL);
	bool same = x && y ? json_equal(x, y) : a->text_len == b->text_len &&
	    memcmp(a->text, b->text, a->text_len) == 0;

	json_decref(x);
	json_decref(y);
	return same;
}

static void
compare_samples(const struct sample *a, const struct sample *b,
    const struct tolerance *tol)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct field *f = &a->field[i];
		const struct field *g = sample_find(b, f->name);

		if (!cli_wants(f->name))
			continue;
		if (!g)
			differ(a->key, f->name, "only in the first stream");
		else if (f->is_json != g->is_json)
			differ(a->key, f->name, "array and JSON");
		else if (!f->is_json)
			compare_arrays(a->key, f->name, &f->t, &g->t, tol);
		else if (!same_json(f, g))
			differ(a->key, f->name, "JSON differs");
	}
	for (size_t i = 0; i < b->n; i++)
		if (cli_wants(b->field[i].name) &&
		    !sample_find(a, b->field[i].name))
			differ(a->key, b->field[i].name,
			    "only in the second stream");
}

int
main(int argc, char **argv)
{
	struct tolerance tol = { 0 };
	const struct cli_opt opts[] = {
		CLI_DBL('a', "abs", &tol.abs, 0, 1e300, "X",
		    "allowed absolute difference"),
		CLI_DBL('r', "rel", &tol.rel, 0, 1, "X",
		    "allowed relative difference"),
		CLI_FLAG('A', "all", &tol.all, "print fields that agree, too"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "tscmp", .summary = "compare two streams",
		.operands = "FILE FILE", .opts = opts, .no_out = true,
	};
	struct sample a, b;

	cli_begin(&p, &argc, &argv);
	if (argc != 2)
		cli_die("%d operands, want two streams", argc);
	struct stream_in *in_a = cli_open(argv[0]), *in_b = cli_open(argv[1]);

	for (size_t k = 0;; k++) {
		bool more_a = cli_next(in_a, &a), more_b = cli_next(in_b, &b);

		if (!more_a && !more_b)
			break;
		if (!more_a || !more_b) {
			printf("%zu samples in the %s stream, more in the other\n",
			    k, more_a ? "second" : "first");
			cli_no();
			break;
		}
		if (strcmp(a.key, b.key) != 0) {
			printf("sample %zu: key %s and %s\n", k, a.key, b.key);
			cli_no();
			break;
		}
		compare_samples(&a, &b, &tol);
	}
	return cli_finish();
}
