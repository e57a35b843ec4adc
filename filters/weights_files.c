#include "weights_files.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tensor/stats.h"
#include "weights/arrays.h"
#include "weights/import.h"
#include "weights/npz.h"
#include "weights/safetensors.h"
#include "weights/weights.h"

static struct arrays *
open_arrays(const char *path)
{
	struct arrays *set;

	cli_try(arrays_open(&set, path), path);
	return set;
}

/* ---- ls ---- */

/* Length of the first n parts of a name. */
static size_t
parts_length(const char *name, int n)
{
	size_t at = strcspn(name, "./");

	while (--n > 0 && name[at])
		at += 1 + strcspn(name + at + 1, "./");
	return at;
}

/* One line for all arrays that share the first `depth` parts of their names. */
static void
list_groups(const struct arrays *set, int depth)
{
	for (size_t i = 0; i < set->n; i++) {
		const char *group = set->item[i].name;
		size_t len = parts_length(group, depth), n = 0, values = 0;
		bool seen = false;

		for (size_t k = 0; k < set->n; k++) {
			const char *name = set->item[k].name;

			if (parts_length(name, depth) != len ||
			    strncmp(name, group, len) != 0)
				continue;
			seen |= k < i;
			n++;
			values += tensor_len(&set->item[k].t);
		}
		if (!seen)
			printf("%.*s\t%zu arrays\t%zu values\n", (int)len,
			    group, n, values);
	}
}

static void
list_all(const struct arrays *set)
{
	char text[TENSOR_TEXT_MAX];

	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *t = &set->item[i].t;

		printf("%s\t%s\t%zu\n", set->item[i].name, tensor_text(text,
		    sizeof text, t->dtype, t->rank, t->dim), tensor_len(t));
	}
}

void
files_ls(int argc, char **argv, int depth)
{
	if (argc == 0)
		cli_die("ls: no file");
	for (int i = 0; i < argc; i++) {
		struct arrays *set = open_arrays(argv[i]);
		size_t values = 0;

		for (size_t k = 0; k < set->n; k++)
			values += tensor_len(&set->item[k].t);
		if (depth > 0)
			list_groups(set, depth);
		else
			list_all(set);
		printf("%s: %s, %zu arrays, %zu values\n", argv[i],
		    set->format, set->n, values);
		arrays_close(set);
	}
}

/* ---- diff ---- */

/* Same shape, and dtypes that may be compared: f2 is as good as f4. */
static bool
comparable(const struct tensor *a, const struct tensor *b)
{
	bool floats = (a->dtype == DT_F4 || a->dtype == DT_F2) &&
	    (b->dtype == DT_F4 || b->dtype == DT_F2);

	return (floats || a->dtype == b->dtype) && a->rank == b->rank &&
	    memcmp(a->dim, b->dim, (size_t)a->rank * sizeof a->dim[0]) == 0;
}

/* Whether two arrays of one name differ; prints how. */
static bool
differ(const struct field *a, const struct field *b, double abs, double rel)
{
	char x[TENSOR_TEXT_MAX], y[TENSOR_TEXT_MAX];
	struct tensor_diff d;

	if (!comparable(&a->t, &b->t)) {
		printf("%s\t%s\t%s\n", a->name,
		    tensor_text(x, sizeof x, a->t.dtype, a->t.rank, a->t.dim),
		    tensor_text(y, sizeof y, b->t.dtype, b->t.rank, b->t.dim));
		return true;
	}
	tensor_diff(&d, &a->t, &b->t, abs, rel);
	if (d.differ > 0)
		printf("%s\tmax abs %.3g\tmax rel %.3g\trms %.3g\t"
		    "%zu of %zu\n", a->name, d.max_abs, d.max_rel, d.rms,
		    d.differ, d.n);
	return d.differ > 0;
}

static size_t
only_in(const struct arrays *a, const struct arrays *b, const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		if (!arrays_find(b, a->item[i].name)) {
			printf("%s\tonly in %s\n", a->item[i].name, path);
			n++;
		}
	return n;
}

void
files_diff(int argc, char **argv, double abs, double rel)
{
	if (argc != 2)
		cli_die("diff: %d files, want 2", argc);
	struct arrays *a = open_arrays(argv[0]), *b = open_arrays(argv[1]);
	size_t n = only_in(a, b, argv[0]) + only_in(b, a, argv[1]);

	for (size_t i = 0; i < a->n; i++) {
		const struct field *other = arrays_find(b, a->item[i].name);

		n += other && differ(&a->item[i], other, abs, rel);
	}
	if (n > 0)
		cli_no();
	arrays_close(a);
	arrays_close(b);
}

/* ---- import ---- */

/* By default the first network, or the file's name up to its first dot. */
static const char *
choose_key(char *buf, size_t n, const char *path,
    const struct files_import *o)
{
	const char *slash = strrchr(path, '/'),
	    *base = slash ? slash + 1 : path;

	if (o->key)
		return o->key;
	if (o->as.n > 0)
		return o->as.item[0];
	snprintf(buf, n, "%.*s", (int)strcspn(base, "."), base);
	return *buf ? buf : "weights";
}

/* What was taken of a published network. */
static void
tell_count(const struct published_count *n, const char *net, const char *path)
{
	if (n->missing)
		cli_warn("%s: %zu arrays of %s are missing, the first is %s",
		    path, n->missing, net, n->first_missing);
	if (n->as_torch)
		cli_warn("%s: taken as torchvision's %s, for RGB of deviation "
		    "1; one of Caffe's that was converted looks the same: "
		    "--input torchvision or caffe", path, net);
	cli_say("%s: %s: %zu arrays, %zu values; %zu arrays left out", path,
	    net, n->arrays, n->values, n->left_out);
}

void
files_import(int argc, char **argv, const struct files_import *o)
{
	struct published_count n;
	struct import m;
	struct sample s;
	char buf[256];

	if (argc == 0 || (o->as.n > 0 && o->as.n != (size_t)argc))
		cli_die("import: %d files, want %s", argc,
		    o->as.n ? "one for each --as" : "at least one");
	cli_make(&s, choose_key(buf, sizeof buf, argv[0], o));
	struct arrays **in = arena_calloc(s.arena, (size_t)argc, sizeof *in);

	if (!in)
		cli_die("%s", status_detail());
	import_begin(&m, &s);
	for (int i = 0; i < argc; i++) {
		const struct import_how how = { .prefix = o->prefix,
			.net = o->as.n ? o->as.item[i] : NULL,
			.partial = o->partial,
			.input = (enum import_input)o->input };

		in[i] = open_arrays(argv[i]);
		cli_try(import_add(&m, in[i], argv[i], &how, &n), argv[i]);
		if (how.net)
			tell_count(&n, how.net, argv[i]);
	}
	cli_try(import_end(&m), argv[argc - 1]);
	if (o->licence)
		cli_try(sample_add_licence(&s, o->licence), "--licence");
	cli_put(&s);
	for (int i = 0; i < argc; i++)
		arrays_close(in[i]);	/* not before: the data lie in them */
}

/* ---- export ---- */

void
files_export(int argc, char **argv)
{
	if (argc != 2)
		cli_die("export: %d files, want one to read and one to write",
		    argc);
	struct arrays *set = open_arrays(argv[0]);

	if (file_ends_in(argv[1], ".npz"))
		cli_try(npz_write(argv[1], set), argv[1]);
	else if (file_ends_in(argv[1], ".safetensors"))
		cli_try(safetensors_write(argv[1], set), argv[1]);
	else
		cli_die("%s: want a name that ends in .npz or .safetensors",
		    argv[1]);
	arrays_close(set);
}

void
files_half(int argc, char **argv)
{
	struct weights *w;
	struct sample s;

	if (argc != 1)
		cli_die("half: %d files, want 1", argc);
	cli_try(weights_open(&w, argv[0], WEIGHTS_AS_STORED), argv[0]);
	cli_make(&s, weights_key(w));
	cli_try(weights_half(&s, w), argv[0]);
	cli_put(&s);
	weights_close(w);
}
