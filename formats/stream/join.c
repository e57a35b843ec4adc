#include "stream/join.h"

#include <stdlib.h>
#include <string.h>

#include "stream/role.h"

/* ---- renaming ---- */

/* The axis of views that role `to` has and role `from` has not, or back. */
static enum status
change_role(struct field *f, const char *new_name)
{
	struct tensor *t = &f->t;
	enum role from, to;

	if (f->is_json || !role_of(&from, f->name) || !role_of(&to, new_name) ||
	    (from == ROLE_SOURCE) == (to == ROLE_SOURCE))
		return OK;
	if (from == ROLE_SOURCE) {
		if (t->rank == TENSOR_MAX_RANK)
			return fail(E_LIMIT, "field %s: rank %d leaves no room "
			    "for an axis of views", f->name, t->rank);
		memmove(t->dim + 1, t->dim, (size_t)t->rank * sizeof *t->dim);
		t->dim[0] = 1;
		t->rank++;
		return OK;
	}
	if (t->rank == 0 || t->dim[0] != 1) {
		char text[TENSOR_TEXT_MAX];

		return fail(E_SHAPE, "field %s: %s, want one view to make it "
		    "%s", f->name, tensor_text(text, sizeof text, t->dtype,
		    t->rank, t->dim), new_name);
	}
	t->rank--;
	memmove(t->dim, t->dim + 1, (size_t)t->rank * sizeof *t->dim);
	t->dim[t->rank] = 0;
	return OK;
}

/* Which part of the photo a role is stands in the manifest under its name. */
static enum status
rename_crop(struct sample *s, const char *from, const char *to)
{
	json_t *crop = json_object_get(s->manifest, "crop");
	json_t *v = json_object_get(crop, from);

	if (v && (json_object_set(crop, to, v) != 0 ||
	    json_object_del(crop, from) != 0))
		return fail(E_NOMEM, "no memory for the manifest");
	return OK;
}

enum status
join_rename(struct sample *s, const char *from, const char *to)
{
	size_t n = strlen(from);

	for (size_t i = 0; i < s->n; i++) {
		struct field *f = &s->field[i];

		if (strncmp(f->name, from, n) != 0 ||
		    (f->name[n] && f->name[n] != '.'))
			continue;
		const char *name = arena_printf(s->arena, "%s%s", to,
		    f->name + n);

		if (!name)
			return E_NOMEM;
		TRY(sample_check_field(name));
		if (sample_find(s, name))
			return fail(E_FORMAT, "field %s: cannot become %s, "
			    "which is there already", f->name, name);
		TRY(change_role(f, name));
		f->name = name;
	}
	return rename_crop(s, from, to);
}

/* ---- merging ---- */

static bool
same_field(const struct field *a, const struct field *b)
{
	if (a->is_json != b->is_json)
		return false;
	if (a->is_json)
		return a->text_len == b->text_len &&
		    memcmp(a->text, b->text, a->text_len) == 0;
	return a->t.dtype == b->t.dtype && a->t.rank == b->t.rank &&
	    memcmp(a->t.dim, b->t.dim, sizeof a->t.dim) == 0 &&
	    memcmp(a->t.data, b->t.data, tensor_bytes(&a->t)) == 0;
}

/* Whether v, as text, was not among the keys yet, where it is from now on; -1: no memory. */
static int
note(json_t *known, const json_t *v)
{
	char *text = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS |
	    JSON_ENCODE_ANY);
	int is_new = !text ? -1 : json_object_get(known, text) == NULL;

	if (is_new > 0 && json_object_set_new(known, text, json_true()) != 0)
		is_new = -1;
	free(text);
	return is_new;
}

/* Appends what the list does not have yet; a list that is none is replaced. */
static enum status
merge_list(json_t *to, const char *name, const json_t *from)
{
	json_t *mine = json_object_get(to, name), *v;
	size_t i;

	if (!json_is_array(from))
		return OK;
	if (!json_is_array(mine)) {
		mine = json_array();
		if (json_object_set_new(to, name, mine) != 0)
			return fail(E_NOMEM, "no memory for the manifest");
	}
	/* An object for its keys: lists of thousands are no work for each pair. */
	json_t *known = json_object();
	bool bad = !known;

	json_array_foreach(mine, i, v)
		bad = bad || note(known, v) < 0;
	json_array_foreach(from, i, v) {
		int is_new = bad ? -1 : note(known, v);

		bad = is_new < 0 || (is_new && json_array_append(mine, v) != 0);
	}
	json_decref(known);
	return bad ? fail(E_NOMEM, "no memory for the manifest") : OK;
}

/* Members that are no list: the first's count, objects are put together. */
static enum status
merge_members(json_t *to, json_t *from)
{
	const char *name;
	json_t *v;

	json_object_foreach(from, name, v) {
		json_t *mine = json_object_get(to, name);

		if (strcmp(name, "layout") == 0 && mine && !json_equal(mine, v))
			return fail(E_VALUE, "textures in two layouts; see "
			    "texconv(1)");
		if (mine && (!json_is_object(mine) || !json_is_object(v)))
			continue;
		if (mine ? json_object_update_missing(mine, v) != 0 :
		    json_object_set(to, name, v) != 0)
			return fail(E_NOMEM, "no memory for the manifest");
	}
	return OK;
}

enum status
join_merge(struct sample *to, const struct sample *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct field *f = &from->field[i];
		const struct field *mine = sample_find(to, f->name);

		if (mine && !same_field(mine, f))
			return fail(E_VALUE, "field %s: differs between the "
			    "streams; drop or rename it in one of them",
			    f->name);
		if (mine)
			continue;
		TRY(f->is_json ? sample_put_json(to, f->name, f->text,
		    f->text_len) : sample_put(to, f->name, &f->t));
	}
	TRY(merge_list(to->manifest, "licence",
	    json_object_get(from->manifest, "licence")));
	TRY(merge_list(to->manifest, "history",
	    json_object_get(from->manifest, "history")));
	return merge_members(to->manifest, from->manifest);
}

/* ---- looking up ---- */

struct join_key {
	char *name;
	size_t at;	/* number of the sample */
};

static int
by_name(const void *a, const void *b)
{
	const struct join_key *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static enum status
make_index(struct join_side *j, size_t n)
{
	struct sample s;

	j->key = calloc(n + 1, sizeof *j->key);
	if (!j->key)
		return fail(E_NOMEM, "no memory for %zu keys", n);
	TRY(stream_seek(j->in, 0));
	for (j->n = 0; j->n < n; j->n++) {
		enum status st = stream_next_headers(j->in, &s);

		if (st != OK)
			return st == END ? fail(E_FORMAT, "the seek table "
			    "lists %zu samples, %zu came", n, j->n) : st;
		j->key[j->n].at = j->n;
		j->key[j->n].name = strdup(s.key);
		if (!j->key[j->n].name)
			return fail(E_NOMEM, "no memory for %zu keys", n);
	}
	qsort(j->key, j->n, sizeof *j->key, by_name);
	return OK;
}

/* The first of the entries with this name, or NULL. */
static const struct join_key *
look_up(const struct join_side *j, const char *name)
{
	size_t lo = 0, hi = j->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(j->key[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < j->n && strcmp(j->key[lo].name, name) == 0 ? &j->key[lo] :
	    NULL;
}

enum status
join_find(struct join_side *j, const char *key)
{
	size_t n;

	if (!j->key) {
		enum status st = stream_next(j->in, &j->s);

		if (st != OK && st != END)
			return st;
		if (st == OK && strcmp(j->s.key, key) == 0)
			return OK;
		if (stream_count(j->in, &n) != OK) {
			while (st == OK && strcmp(j->s.key, key) != 0)
				st = stream_next(j->in, &j->s);
			return st;
		}
		TRY(make_index(j, n));
	}
	const struct join_key *found = look_up(j, key);

	if (!found)
		return END;
	if (stream_ordinal(j->in) != found->at)
		TRY(stream_seek(j->in, found->at));
	return stream_next(j->in, &j->s);
}

void
join_close(struct join_side *j)
{
	for (size_t i = 0; i < j->n; i++)
		free(j->key[i].name);
	free(j->key);
	*j = (struct join_side){ 0 };
}
