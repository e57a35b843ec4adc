#include "train/subject.h"

#include <stdlib.h>
#include <string.h>

#include "view/fields.h"

static bool
is_kept(const struct field *f)
{
	const char *dot = strchr(f->name, '.');
	enum role r;

	if (f->is_json)
		return false;
	if (strcmp(f->name, "texture") == 0 ||
	    strcmp(f->name, "true.texture") == 0 ||
	    strcmp(f->name, "true.valid") == 0 ||
	    strcmp(f->name, "true.kind") == 0)
		return true;
	if (!role_of(&r, f->name) || !dot)
		return false;
	for (enum view_field v = 0; v < VIEW_MAPS; v++)
		if (strcmp(dot + 1, view_name(v)) == 0)
			return true;
	return false;
}

/* The fields of n views of role r, where they are there. */
static enum status
check_role(const struct sample *s, enum role r, size_t S)
{
	const struct tensor *t;
	size_t n = 0;

	for (enum view_field f = 0; f < VIEW_MAPS; f++)
		if (role_has(s, r, view_name(f)))
			TRY(view_want(&t, &n, s, r, f, view_square(S)));
	return OK;
}

/* Training brings nothing to its size: who makes the data does. */
static enum status
check_size(const struct sample *s, size_t S)
{
	const struct tensor *t;
	enum status st = view_want(&t, NULL, s, ROLE_SOURCE, VIEW_IMAGE,
	    view_square(S));

	return st == OK || !sample_find(s, "source.image") ? st : fail(st,
	    "%s: want data of the weights' size, see --size of cutout(1) and "
	    "synthbody(1)", status_detail());
}

static enum status
check(const struct sample *s, const struct subject_want *want)
{
	const char *layout = json_string_value(json_object_get(s->manifest,
	    "layout"));
	const size_t S = want->size;
	const struct tensor *t;
	size_t n = 0;

	TRY(check_size(s, S));
	TRY(view_want(&t, &n, s, ROLE_SOURCE, VIEW_IUV, view_square(S)));
	if (want->target || role_has(s, ROLE_TARGET, "image")) {
		n = 0;
		TRY(view_want(&t, &n, s, ROLE_TARGET, VIEW_IMAGE, view_square(S)));
		TRY(view_want(&t, &n, s, ROLE_TARGET, VIEW_IUV, view_square(S)));
		if (n == 0)
			return fail(E_SHAPE, "field target.image: no views");
	}
	for (int r = 0; r < ROLES; r++)
		TRY(check_role(s, (enum role)r, S));
	if (sample_find(s, "true.texture"))
		TRY(sample_want(&t, s, "true.texture", DT_U1,
		    TENSOR_DIMS(S, S, 3)));
	if (sample_find(s, "true.valid"))
		TRY(sample_want(&t, s, "true.valid", DT_U1,
		    TENSOR_DIMS(S, S)));
	if (sample_find(s, "true.kind"))
		TRY(sample_want(&t, s, "true.kind", DT_U1,
		    TENSOR_DIMS(S, S)));
	if (layout && strcmp(layout, want->layout) != 0)
		return fail(E_VALUE, "texture layout \"%s\", the weights want "
		    "\"%s\"", layout, want->layout);
	return OK;
}

static size_t
padded(size_t n)
{
	return (n + 63) / 64 * 64;
}

static char *
copy(char **at, const void *from, size_t n)
{
	char *to = *at;

	if (n)
		memcpy(to, from, n);
	*at += padded(n);
	return to;
}

enum status
subject_take(struct subject *to, const struct sample *s,
    const struct subject_want *want)
{
	const char *identity = json_string_value(json_object_get(s->manifest,
	    "identity"));
	size_t fields = 0, bytes = 0;

	TRY(check(s, want));
	if (!identity)
		identity = s->key;
	bytes = padded(strlen(s->key) + 1) + padded(strlen(identity) + 1);
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->field[i];

		if (!is_kept(f))
			continue;
		fields++;
		bytes += padded(strlen(f->name) + 1) + padded(tensor_bytes(&f->t));
	}
	bytes += padded(fields * sizeof *s->field);
	subject_free(to);
	to->memory = aligned_alloc(64, bytes);
	to->s.manifest = json_object();
	if (!to->memory || !to->s.manifest) {
		subject_free(to);
		return fail(E_NOMEM, "no memory for a sample of %zu bytes", bytes);
	}

	char *at = to->memory;

	to->s.field = (struct field *)at;
	at += padded(fields * sizeof *s->field);
	to->s.key = copy(&at, s->key, strlen(s->key) + 1);
	to->identity = copy(&at, identity, strlen(identity) + 1);
	to->s.ordinal = s->ordinal;
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->field[i];

		if (!is_kept(f))
			continue;
		struct field *g = &to->s.field[to->s.n++];

		*g = (struct field){ .t = f->t };
		g->name = copy(&at, f->name, strlen(f->name) + 1);
		g->t.data = copy(&at, f->t.data, tensor_bytes(&f->t));
	}
	json_object_set_new(to->s.manifest, "licence",
	    json_deep_copy(json_object_get(s->manifest, "licence")));
	return OK;
}

void
subject_free(struct subject *sub)
{
	json_decref(sub->s.manifest);
	free(sub->memory);
	*sub = (struct subject){ 0 };
}
