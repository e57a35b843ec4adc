#include "stream/gather.h"

#include <string.h>

#include "stream/join.h"

/* Source, target, or for foreign pictures no more than pose and IUV. */
static bool
is_needed(enum role r, const char *field)
{
	return !strcmp(field, "pose") || !strcmp(field, "iuv") ||
	    (r == ROLE_TARGET && !strcmp(field, "image"));
}

/* X of "source.X"; NULL also where no role_name has room for it. */
static const char *
source_field(const struct field *f)
{
	return !f->is_json && !strncmp(f->name, "source.", 7) &&
	    strlen(f->name) < ROLE_NAME_MAX ? f->name + 7 : NULL;
}

enum status
gather_room(struct sample *s, enum role r, size_t n)
{
	const size_t fields = n ? s->n : 0;
	struct tensor t;

	for (size_t i = 0; i < fields; i++) {
		const struct field f = s->field[i];
		const char *x = source_field(&f);

		if (x && (r == ROLE_TARGET || is_needed(r, x)))
			TRY(role_make(&t, s, r, x, n, f.t.dtype, f.t.rank,
			    f.t.dim));
	}
	return OK;
}

/*
 * Picture `from` as view v of role r. Of the fields that not all pictures
 * have alike, those that nobody needs are left out.
 */
static enum status
fill_view(struct sample *s, enum role r, size_t v, const struct sample *from)
{
	char name[ROLE_NAME_MAX], got[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];

	for (size_t i = s->n; i-- > 0;) {
		const char *x = source_field(&s->field[i]);

		if (!x || !role_has(s, r, x))
			continue;
		const struct tensor *t = &s->field[i].t;
		const struct field *f = sample_find(from, s->field[i].name);

		role_name(name, r, x);
		if (f && !f->is_json && tensor_is(&f->t, t->dtype, t->rank,
		    t->dim)) {
			size_t bytes = tensor_bytes(t);

			memcpy((char *)sample_find(s, name)->t.data + v * bytes,
			    f->t.data, bytes);
		} else if (is_needed(r, x)) {
			return fail(E_SHAPE, "field %s: that of \"%s\" is %s, "
			    "want the source's %s", name, from->key, !f ||
			    f->is_json ? "missing" : tensor_text(got, sizeof got,
			    f->t.dtype, f->t.rank, f->t.dim), tensor_text(want,
			    sizeof want, t->dtype, t->rank, t->dim));
		} else {
			sample_drop(s, name);
		}
	}
	return OK;
}

/* What the manifest of `from` adds: of a foreign person only their rights. */
static enum status
merge_manifest(struct sample *s, enum role r, const struct sample *from)
{
	struct sample m = { .manifest = from->manifest };

	if (r == ROLE_TARGET)
		return join_merge(s, &m);
	m.manifest = json_pack("{s:O*, s:O*}",
	    "licence", json_object_get(from->manifest, "licence"),
	    "history", json_object_get(from->manifest, "history"));
	if (!m.manifest)
		return fail(E_NOMEM, "no memory for the manifest");
	enum status st = join_merge(s, &m);

	json_decref(m.manifest);
	return st;
}

enum status
gather_source(struct sample *s, const struct sample *from)
{
	struct tensor t;

	for (size_t i = 0; i < from->n; i++) {
		const struct field *f = &from->field[i];

		if (f->is_json) {
			char *text = arena_printf(s->arena, "%.*s",
			    (int)f->text_len, f->text);

			if (!text)
				return E_NOMEM;
			TRY(sample_put_json(s, f->name, text, f->text_len));
			continue;
		}
		TRY(sample_make(&t, s, f->name, f->t.dtype, f->t.rank, f->t.dim));
		memcpy(t.data, f->t.data, tensor_bytes(&t));
	}
	/* In place: cli_make keeps a copy of the sample. */
	json_t *m = json_deep_copy(from->manifest);
	int bad = json_object_update(s->manifest, m);

	json_decref(m);
	return bad ? fail(E_NOMEM, "no memory for the manifest") : OK;
}

enum status
gather_view(struct sample *s, enum role r, size_t v, const struct sample *from)
{
	TRY(fill_view(s, r, v, from));
	return merge_manifest(s, r, from);
}
