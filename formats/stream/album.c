#include "stream/album.h"

#include <stdlib.h>
#include <string.h>

#include "base/listname.h"
#include "stream/role.h"

struct album_name {
	const char *name;
	size_t k;
};

static int
by_person(const void *a, const void *b)
{
	const struct album_picture *p = a, *q = b;
	int order = strcmp(p->identity, q->identity);

	if (order)
		return order;
	if (p->file != q->file)
		return p->file < q->file ? -1 : 1;
	return (p->at > q->at) - (p->at < q->at);
}

static int
by_name(const void *a, const void *b)
{
	const struct album_name *p = a, *q = b;
	int order = strcmp(p->name, q->name);

	return order ? order : (p->k > q->k) - (p->k < q->k);
}

/* What sample s, number `at` of stream `file`, is to the album. */
static enum status
note(struct album *al, struct arena *a, const struct sample *s, size_t file,
    size_t at)
{
	const char *who = json_string_value(json_object_get(s->manifest,
	    "identity"));
	struct album_picture *p = &al->picture[al->n];

	if (!who || !role_has(s, ROLE_SOURCE, "image") ||
	    !role_has(s, ROLE_SOURCE, "pose") ||
	    !role_has(s, ROLE_SOURCE, "iuv")) {
		al->left_out++;
		return OK;
	}
	*p = (struct album_picture){ .key = arena_strdup(a, s->key),
	    .identity = arena_strdup(a, who), .file = file, .at = at };
	al->n++;
	return p->key && p->identity ? OK : E_NOMEM;
}

static enum status
list_stream(struct album *al, struct arena *a, size_t file, size_t count)
{
	struct sample s;

	for (size_t at = 0; at < count; at++) {
		enum status st = stream_next_headers(al->in[file], &s);

		if (st == END)
			return fail(E_FORMAT, "the seek table lists %zu "
			    "samples, %zu came", count, at);
		TRY(st);
		TRY(note(al, a, &s, file, at));
	}
	return OK;
}

static enum status
group(struct album *al, struct arena *a)
{
	qsort(al->picture, al->n, sizeof *al->picture, by_person);
	al->person = arena_calloc(a, al->n, sizeof *al->person);
	if (!al->person)
		return E_NOMEM;
	for (size_t i = 0; i < al->n; i++) {
		struct album_picture *p = &al->picture[i];

		if (i == 0 || strcmp(p[-1].identity, p->identity) != 0)
			al->person[al->people++].first = i;
		p->person = al->people - 1;
		al->person[p->person].n++;
	}
	return OK;
}

static enum status
index_names(struct album *al, struct arena *a)
{
	char plain[LISTNAME_MAX + 1];

	al->exact = arena_calloc(a, al->n, sizeof *al->exact);
	al->plain = arena_calloc(a, al->n, sizeof *al->plain);
	if (!al->exact || !al->plain)
		return E_NOMEM;
	for (size_t i = 0; i < al->n; i++) {
		const char *key = al->picture[i].key;

		listname_plain(plain, key, strlen(key));
		al->exact[i] = (struct album_name){ key, i };
		al->plain[i] = (struct album_name){ arena_strdup(a, plain), i };
		if (!al->plain[i].name)
			return E_NOMEM;
	}
	qsort(al->exact, al->n, sizeof *al->exact, by_name);
	qsort(al->plain, al->n, sizeof *al->plain, by_name);
	for (size_t i = 1; i < al->n; i++)
		if (strcmp(al->exact[i - 1].name, al->exact[i].name) == 0)
			return fail(E_VALUE, "%s: two pictures with the key "
			    "\"%s\"", stream_source(al->in[
			    al->picture[al->exact[i].k].file]),
			    al->exact[i].name);
	return OK;
}

enum status
album_open(struct album *al, struct arena *a, struct stream_in **in, size_t n)
{
	size_t *count = arena_calloc(a, n, sizeof *count), all = 0;

	*al = (struct album){ .in = in };
	if (!count)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		enum status st = stream_count(in[i], &count[i]);

		if (st != OK)
			return fail_in(st, "%s", stream_source(in[i]));
		all += count[i];
	}
	al->picture = arena_calloc(a, all, sizeof *al->picture);
	if (!al->picture)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		enum status st = list_stream(al, a, i, count[i]);

		if (st != OK)
			return fail_in(st, "%s", stream_source(in[i]));
	}
	if (all > 0 && al->n == 0)
		return fail(E_VALUE, "%s: none of the samples has source.image, "
		    "source.pose and source.iuv, and an identity in its "
		    "manifest, as intake --table gives them",
		    stream_source(in[0]));
	TRY(group(al, a));
	return index_names(al, a);
}

/* First entry that is not before name. */
static size_t
lower_bound(const struct album_name *v, size_t n, const char *name)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(v[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
is_at(const struct album_name *v, size_t n, size_t i, const char *name)
{
	return i < n && strcmp(v[i].name, name) == 0;
}

enum status
album_find(size_t *k, const struct album *al, const char *name, size_t len)
{
	char text[LISTNAME_MAX + 1];
	size_t stem = listname_stem(name, len), i;

	if (stem <= LISTNAME_MAX) {
		memcpy(text, name, stem);
		text[stem] = 0;
		i = lower_bound(al->exact, al->n, text);
		if (is_at(al->exact, al->n, i, text)) {
			*k = al->exact[i].k;
			return OK;
		}
	}
	if (listname_plain(text, name, len) == 0)
		return END;
	i = lower_bound(al->plain, al->n, text);
	if (!is_at(al->plain, al->n, i, text))
		return END;
	if (is_at(al->plain, al->n, i + 1, text))
		return fail(E_VALUE, "\"%.*s\" may be \"%s\" or \"%s\"", (int)len,
		    name, al->picture[al->plain[i].k].key,
		    al->picture[al->plain[i + 1].k].key);
	*k = al->plain[i].k;
	return OK;
}

enum status
album_read(struct sample *s, const struct album *al, size_t k)
{
	const struct album_picture *p = &al->picture[k];
	struct stream_in *in = al->in[p->file];

	if (stream_ordinal(in) != p->at)
		TRY(stream_seek(in, p->at));
	enum status st = stream_next(in, s);

	return st == END ? fail(E_FORMAT, "it changed while it was read") : st;
}
