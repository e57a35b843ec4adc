#include "weights/import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tensor/stats.h"

/* The member of an object, made empty where it is not there. */
static json_t *
member(json_t *o, const char *key, bool array)
{
	if (!json_object_get(o, key))
		json_object_set_new(o, key, array ? json_array() :
		    json_object());
	return json_object_get(o, key);
}

static bool
has_graph(const json_t *manifest)
{
	return json_object_get(json_object_get(manifest, "weights"), "graph");
}

static enum status
check_graph(const struct sample *s, const struct arrays *set,
    const struct import_how *how)
{
	if (!has_graph(set->manifest))
		return OK;
	if (*how->prefix || how->net)
		return fail(E_VALUE, "it has a graph, which wants all arrays: "
		    "no %s", how->net ? "--as" : "--prefix");
	return has_graph(s->manifest) ? fail(E_VALUE, "a second graph, want "
	    "one") : OK;
}

/* What `export`, or whoever made the weights, says of them: added up. */
static enum status
take_manifest(struct sample *s, const struct arrays *set)
{
	json_t *about = member(s->manifest, "weights", false), *line,
	    *more = json_deep_copy(json_object_get(set->manifest, "weights"));
	enum status st = OK;
	size_t i;

	json_array_foreach(json_object_get(set->manifest, "licence"), i, line)
		if (st == OK && json_is_string(line))
			st = sample_add_licence(s, json_string_value(line));
	json_array_extend(member(s->manifest, "history", true),
	    json_object_get(set->manifest, "history"));
	json_array_extend(member(about, "imported", true),
	    json_object_get(more, "imported"));
	json_object_del(more, "imported");
	json_object_update_recursive(about, more);
	json_decref(more);
	return st;
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

static enum status
take_all(struct arrays *out, const struct arrays *in, const char *prefix)
{
	size_t skip = strlen(prefix), n = out->n;
	char name[256];

	for (size_t i = 0; i < in->n; i++) {
		if (strncmp(in->item[i].name, prefix, skip) != 0)
			continue;
		snprintf(name, sizeof name, "%s", in->item[i].name + skip);
		for (char *p = name; (p = strchr(p, '/')) != NULL;)
			*p = '.';
		TRY(arrays_add(out, name, &in->item[i].t));
	}
	return out->n > n ? OK : fail(E_VALUE, "no array's name begins with "
	    "\"%s\"", prefix);
}

/*
 * The published VGGs in torchvision's names, by the start of their SHA-256,
 * which by PyTorch's custom is in their file names: torchvision's own, and
 * those that jcjohnson/pytorch-vgg converted from Caffe. Nothing else tells them
 * apart.
 */
static enum import_input
known_input(const char *sha)
{
	static const struct {
		const char *sum;
		enum import_input is;
	} known[] = {
		{ "397923af", INPUT_TORCHVISION }, { "dcbb9e9d", INPUT_TORCHVISION },
		{ "00b39a1b", INPUT_CAFFE }, { "d01eb7cb", INPUT_CAFFE },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strncmp(sha, known[i].sum, strlen(known[i].sum)) == 0)
			return known[i].is;
	return INPUT_BY_SUM;
}

static enum status
take_published(struct import *m, const struct arrays *set,
    const struct import_how *how, struct published_count *count)
{
	enum import_input input = how->input;
	char hex[DIGEST_MAX];

	if (input == INPUT_BY_SUM) {
		arrays_sha256(set, hex);
		input = known_input(hex);
	}
	TRY(published_import(&m->out, json_object_get(m->s->manifest, "weights"),
	    set, how->net, how->prefix, how->partial, input == INPUT_CAFFE,
	    count));
	count->as_torch &= input == INPUT_BY_SUM;
	return OK;
}

void
import_begin(struct import *m, struct sample *s)
{
	*m = (struct import){ .s = s, .out.arena = s->arena };
}

enum status
import_add(struct import *m, const struct arrays *set, const char *path,
    const struct import_how *how, struct published_count *count)
{
	TRY(check_graph(m->s, set, how));
	TRY(take_manifest(m->s, set));
	take_source(m->s, set, path);
	return how->net ? take_published(m, set, how, count) :
	    take_all(&m->out, set, how->prefix);
}

enum status
import_end(struct import *m)
{
	for (size_t i = 0; i < m->out.n; i++) {
		const struct field *f = &m->out.item[i];
		enum status st = tensor_check(&f->t, -INFINITY, INFINITY, false);

		if (st != OK)
			return fail_in(st, "array %s", f->name);
		if (sample_find(m->s, f->name))
			return fail(E_VALUE, "array %s is there twice", f->name);
		TRY(sample_put(m->s, f->name, &f->t));
	}
	return OK;
}
