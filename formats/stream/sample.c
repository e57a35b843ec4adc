#include "stream/sample.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Text that can stand in a JSON string and in a pax header. */
static bool
is_clean(const char *s)
{
	for (const char *p = s; *p; p++)
		if (text_control(p) > 0)
			return false;
	json_t *j = json_string(s);	/* NULL unless valid UTF-8 */

	json_decref(j);
	return j != NULL;
}

enum status
sample_check_key(const char *key)
{
	if (!*key)
		return fail(E_FORMAT, "an empty key");
	if (!is_clean(key))
		return fail(E_FORMAT, "the key has control characters or is "
		    "not UTF-8");
	if (strchr(key, '.'))
		return fail(E_FORMAT, "key \"%s\" has a dot", key);
	if (*key == '/' || key[strlen(key) - 1] == '/' || strstr(key, "//"))
		return fail(E_FORMAT, "key \"%s\" is not a relative path", key);
	return OK;
}

enum status
sample_check_field(const char *name)
{
	if (!*name)
		return fail(E_FORMAT, "an empty field name");
	if (!is_clean(name))
		return fail(E_FORMAT, "the field name has control characters "
		    "or is not UTF-8");
	if (strchr(name, '/'))
		return fail(E_FORMAT, "field name \"%s\" has a '/'", name);
	if (*name == '.' || name[strlen(name) - 1] == '.' || strstr(name, ".."))
		return fail(E_FORMAT, "field name \"%s\" has an empty part",
		    name);
	return OK;
}

enum status
sample_init(struct sample *s, struct arena *a, const char *key)
{
	TRY(sample_check_key(key));
	*s = (struct sample){ .arena = a, .key = arena_strdup(a, key),
	    .manifest = json_object() };
	if (!s->key || !s->manifest) {
		sample_clear(s);
		return fail(E_NOMEM, "no memory for a sample");
	}
	return OK;
}

void
sample_clear(struct sample *s)
{
	json_decref(s->manifest);
	*s = (struct sample){ 0 };
}

struct field *
sample_find(const struct sample *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->field[i].name, name) == 0)
			return &s->field[i];
	return NULL;
}

enum status
sample_want(const struct tensor **t, const struct sample *s, const char *name,
    enum dtype d, int rank, const size_t *dim)
{
	const struct field *f = sample_find(s, name);
	char got[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];

	if (!f)
		return fail(E_SHAPE, "field %s: is missing", name);
	if (f->is_json)
		return fail(E_SHAPE, "field %s: JSON, want an array", name);
	*t = &f->t;
	if (d == DT_COUNT)
		d = f->t.dtype;
	if (f->t.dtype == d && (rank < 0 || tensor_is(&f->t, d, rank, dim)))
		return OK;
	tensor_text(got, sizeof got, f->t.dtype, f->t.rank, f->t.dim);
	if (rank < 0)
		return fail(E_SHAPE, "field %s: %s, want dtype %s", name, got,
		    dtype_name(d));
	return fail(E_SHAPE, "field %s: %s, want %s", name, got,
	    tensor_text(want, sizeof want, d, rank, dim));
}

/* The field of that name, cleared, or a new one at the end; NULL on error. */
static enum status
place(struct field **f, struct sample *s, const char *name)
{
	TRY(sample_check_field(name));
	*f = sample_find(s, name);
	if (*f) {
		**f = (struct field){ .name = (*f)->name };
		return OK;
	}
	/* Names are looked for one after the other. */
	if (s->n == SAMPLE_MAX_FIELDS)
		return fail(E_LIMIT, "more than %d fields", SAMPLE_MAX_FIELDS);
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 16;
		struct field *more = arena_alloc(s->arena, room * sizeof *more);

		if (!more)
			return E_NOMEM;
		if (s->n)
			memcpy(more, s->field, s->n * sizeof *more);
		s->field = more;
		s->room = room;
	}
	char *copy = arena_strdup(s->arena, name);

	if (!copy)
		return E_NOMEM;
	*f = &s->field[s->n++];
	**f = (struct field){ .name = copy };
	return OK;
}

enum status
sample_put(struct sample *s, const char *name, const struct tensor *t)
{
	struct tensor copy = *t;	/* may be the field's own */
	struct field *f;

	TRY(place(&f, s, name));
	f->t = copy;
	return OK;
}

enum status
sample_put_json(struct sample *s, const char *name, const char *text,
    size_t len)
{
	struct field *f;

	TRY(place(&f, s, name));
	f->is_json = true;
	f->text = text;
	f->text_len = len;
	return OK;
}

enum status
sample_make(struct tensor *t, struct sample *s, const char *name,
    enum dtype d, int rank, const size_t *dim)
{
	TRY(tensor_alloc(t, s->arena, d, rank, dim));
	return sample_put(s, name, t);
}

void
sample_drop(struct sample *s, const char *name)
{
	struct field *f = sample_find(s, name);

	if (!f)
		return;
	size_t after = s->n - (size_t)(f - s->field) - 1;

	memmove(f, f + 1, after * sizeof *f);
	s->n--;
}

bool
field_matches(const char *name, const char *pattern)
{
	return fnmatch(pattern, name, 0) == 0;
}

/* v as a text: itself, or as it stands in JSON. A new reference or NULL. */
static json_t *
as_text(json_t *v)
{
	if (json_is_string(v))
		return json_incref(v);
	char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	json_t *t = text ? json_string(text) : NULL;

	free(text);
	return t;
}

enum status
sample_list(json_t **out, json_t *manifest, const char *name, bool texts)
{
	json_t *a = json_object_get(manifest, name), *fresh = json_array(), *v;
	size_t n = json_is_array(a) ? json_array_size(a) : a != NULL;
	bool bad = !fresh;

	for (size_t i = 0; i < n && !bad; i++) {
		v = json_is_array(a) ? json_array_get(a, i) : a;
		if (!json_is_null(v))
			bad = json_array_append_new(fresh, texts ? as_text(v) :
			    json_incref(v)) != 0;
	}
	/* What is a list of texts stays the object that it was. */
	if (!bad && json_is_array(a) && json_equal(a, fresh)) {
		json_decref(fresh);
		*out = a;
		return OK;
	}
	*out = fresh;
	if (bad)
		json_decref(fresh);
	else
		bad = json_object_set_new(manifest, name, fresh) != 0;
	return bad ? fail(E_NOMEM, "no memory for the manifest") : OK;
}

enum status
sample_add_licence(struct sample *s, const char *text)
{
	json_t *a = NULL, *have;
	size_t i;

	TRY(sample_list(&a, s->manifest, "licence", true));
	json_array_foreach(a, i, have)
		if (json_is_string(have) &&
		    strcmp(json_string_value(have), text) == 0)
			return OK;
	if (json_array_append_new(a, json_string(text)) != 0)
		return fail(E_FORMAT, "a licence that is not UTF-8");
	return OK;
}

enum status
sample_add_history(struct sample *s, const char *program, const char *version,
    json_t *options, const char *weights)
{
	json_t *e = json_pack("{s:s, s:s, s:o, s:s*}", "program", program,
	    "version", version, "options", options, "weights", weights);
	json_t *a = NULL;
	enum status st = sample_list(&a, s->manifest, "history", false);

	if (st == OK && (!e || json_array_append_new(a, e) != 0))
		return fail(E_NOMEM, "no memory for the manifest");
	if (st != OK)
		json_decref(e);
	return st;
}
