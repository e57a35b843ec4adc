#include "weights_files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tensor/stats.h"
#include "weights/arrays.h"
#include "weights/npz.h"
#include "weights/published.h"
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

/* The member of an object, made empty where it is not there. */
static json_t *
member(json_t *o, const char *key, bool array)
{
	if (!json_object_get(o, key))
		json_object_set_new(o, key, array ? json_array() :
		    json_object());
	return json_object_get(o, key);
}

/* What `export`, or whoever made the weights, says of them: added up. */
static void
take_manifest(struct sample *s, const struct arrays *set, const char *path)
{
	json_t *about = member(s->manifest, "weights", false), *line,
	    *more = json_deep_copy(json_object_get(set->manifest, "weights"));
	size_t i;

	json_array_foreach(json_object_get(set->manifest, "licence"), i, line)
		if (json_is_string(line))
			cli_try(sample_add_licence(s,
			    json_string_value(line)), path);
	json_array_extend(member(s->manifest, "history", true),
	    json_object_get(set->manifest, "history"));
	json_array_extend(member(about, "imported", true),
	    json_object_get(more, "imported"));
	json_object_del(more, "imported");
	json_object_update_recursive(about, more);
	json_decref(more);
}

/* A graph goes with all arrays of its own file, and with no other graph. */
static void
check_graph(const struct sample *s, const struct arrays *set,
    const char *path, const struct files_import *o)
{
	if (!json_object_get(json_object_get(set->manifest, "weights"),
	    "graph"))
		return;
	if (*o->prefix || o->as.n)
		cli_die("%s: it has a graph, which wants all arrays: no %s",
		    path, o->as.n ? "--as" : "--prefix");
	if (json_object_get(json_object_get(s->manifest, "weights"), "graph"))
		cli_die("%s: a second graph, want one", path);
}

static void
take_source(struct sample *s, const struct arrays *set, const char *path)
{
	char hex[DIGEST_MAX];
	const char *slash = strrchr(path, '/');

	arrays_sha256(set, hex);
	json_array_append_new(member(member(s->manifest, "weights", false),
	    "imported", true), json_pack("{ssss}", "file",
	    slash ? slash + 1 : path, "sha256", hex));
}

static void
take_published(struct arrays *out, struct sample *s, const struct arrays *in,
    const char *net, const char *path, const struct files_import *o)
{
	struct published_count n;

	cli_try(published_import(out,
	    json_object_get(s->manifest, "weights"), in, net, o->prefix,
	    o->partial, &n), path);
	if (n.missing)
		cli_warn("%s: %zu arrays of %s are missing, the first is %s",
		    path, n.missing, net, n.first_missing);
	cli_say("%s: %s: %zu arrays, %zu values; %zu arrays left out", path,
	    net, n.arrays, n.values, n.left_out);
}

/* All arrays with the prefix, slashes in names as dots. */
static void
take_all(struct arrays *out, const struct arrays *in, const char *path,
    const char *prefix)
{
	size_t skip = strlen(prefix), n = out->n;
	char name[256];

	for (size_t i = 0; i < in->n; i++) {
		if (strncmp(in->item[i].name, prefix, skip) != 0)
			continue;
		snprintf(name, sizeof name, "%s", in->item[i].name + skip);
		for (char *p = name; (p = strchr(p, '/')) != NULL;)
			*p = '.';
		cli_try(arrays_add(out, name, &in->item[i].t), path);
	}
	if (out->n == n)
		cli_die("%s: no array's name begins with \"%s\"", path,
		    prefix);
}

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

void
files_import(int argc, char **argv, const struct files_import *o)
{
	struct sample s;
	char buf[256];

	if (argc == 0 || (o->as.n > 0 && o->as.n != (size_t)argc))
		cli_die("import: %d files, want %s", argc,
		    o->as.n ? "one for each --as" : "at least one");
	cli_make(&s, choose_key(buf, sizeof buf, argv[0], o));
	struct arrays out = { .arena = s.arena };
	struct arrays **in = arena_calloc(s.arena, (size_t)argc, sizeof *in);

	if (!in)
		cli_die("%s", status_detail());
	for (int i = 0; i < argc; i++) {
		in[i] = open_arrays(argv[i]);
		check_graph(&s, in[i], argv[i], o);
		take_manifest(&s, in[i], argv[i]);
		take_source(&s, in[i], argv[i]);
		if (o->as.n)
			take_published(&out, &s, in[i], o->as.item[i], argv[i],
			    o);
		else
			take_all(&out, in[i], argv[i], o->prefix);
	}
	for (size_t i = 0; i < out.n; i++) {
		if (sample_find(&s, out.item[i].name))
			cli_die("%s: array %s is there twice", argv[argc - 1],
			    out.item[i].name);
		cli_try(sample_put(&s, out.item[i].name, &out.item[i].t),
		    argv[argc - 1]);
	}
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

static enum status
put_half(struct sample *s, const struct field *f)
{
	struct tensor t;
	size_t n = tensor_len(&f->t);

	TRY(sample_make(&t, s, f->name, f->t.dtype == DT_F4 ? DT_F2 :
	    f->t.dtype, f->t.rank, f->t.dim));
	if (f->t.dtype != DT_F4) {
		memcpy(t.data, f->t.data, tensor_bytes(&t));
		return OK;
	}
	for (size_t i = 0; i < n; i++) {
		float x = ((const float *)f->t.data)[i];
		uint16_t h = float_to_half(x);

		if (isfinite(x) && !isfinite(half_to_float(h)))
			return fail(E_VALUE, "parameter %s: %g is too large "
			    "for f2", f->name, (double)x);
		((uint16_t *)t.data)[i] = h;
	}
	return OK;
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
	json_object_update(s.manifest, weights_manifest(w));
	for (size_t i = 0; i < weights_count(w); i++) {
		const struct field *f = weights_at(w, i);

		if (!f->is_json)
			cli_try(put_half(&s, f), argv[0]);
	}
	cli_put(&s);
	weights_close(w);
}
