#include "dataset/dataset.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "dataset/listing.h"
#include "dataset/packed.h"
#include "dataset/phototable.h"

/* One operand. */
struct source {
	const char *path;
	const char *name;	/* its folder's or archive's; "": none */
	bool archive, alike;	/* alike: a key of it is another source's, too */
	size_t first, n;	/* its items */
	struct listing_entry *entry;	/* an archive's, sorted by path */
	size_t entries;
};

struct dataset {
	struct arena *arena;	/* all names */
	struct dataset_item *item;
	size_t n, room;
	struct source *source;
	size_t sources;
	struct listing list;
	const char *columns;	/* of tables that are passed over, or NULL */
	/* where dataset_next stands */
	size_t at_source, at_item, last;
	struct packed *packed;
	size_t held;
};

static const char *const role_name[] = { "photo", "key points", "IUV", "INDS",
	"mask" };

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct listing_entry *)a)->path,
	    ((const struct listing_entry *)b)->path);
}

/* What a sample is called; front: folders that tell it from others, or "". */
static const char *
key_of(struct dataset *d, const char *front, const char *stem)
{
	char *key = arena_printf(d->arena, "%s%s%s", front, *front ? "_" : "",
	    stem);

	for (char *p = key; p && *p; p++)
		if (*p == '.')
			*p = '_';
	return key;
}

/* n entries of one photo, or of none. */
static enum status
make_item(struct dataset *d, const struct source *src, struct listing_entry *e,
    size_t n)
{
	struct listing *l = &d->list;

	if (e->role != DATASET_PHOTO) {
		l->orphan = l->orphans ? l->orphan : e->path;
		l->orphans += n;
		return OK;
	}
	TRY(listing_grow(&d->item, &d->room, d->n, sizeof *d->item));
	struct dataset_item *it = &d->item[d->n];

	*it = (struct dataset_item){ .key = key_of(d, e->own, e->stem) };
	if (!it->key)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const char **file = &it->file[e[i].role];

		if (*file)
			return fail(E_VALUE, "%s and %s: both are the %s of \"%s\"",
			    *file, e[i].path, role_name[e[i].role], it->key);
		*file = src->archive ? arena_printf(d->arena, "%s: %s", src->path,
		    e[i].path) : e[i].path;
		if (!*file)
			return E_NOMEM;
		e[i].item = d->n;
	}
	d->n++;
	return OK;
}

/* What was found becomes items; an archive keeps it to know its members. */
static enum status
group(struct dataset *d, struct source *src)
{
	struct listing *l = &d->list;

	src->first = d->n;
	if (l->n == 0)
		return listing_none(l);
	TRY(listing_sort(l));
	for (size_t i = 0, k; i < l->n; i = k) {
		for (k = i + 1; k < l->n &&
		    listing_same(&l->entry[i], &l->entry[k]); k++)
			;
		TRY(make_item(d, src, &l->entry[i], k - i));
	}
	src->n = d->n - src->first;
	if (src->n == 0)
		return listing_none(l);
	if (src->archive) {
		qsort(l->entry, l->n, sizeof *l->entry, by_path);
		src->entry = l->entry;
		src->entries = l->n;
		l->entry = NULL;
		l->room = 0;
	}
	return OK;
}

/*
 * What a folder is called, or, of a photo, the folder that it is named in;
 * an archive without its ending. "" where that is no name.
 */
static const char *
name_of(struct dataset *d, const char *path, bool folder, bool archive)
{
	const char *end = path + strlen(path), *start;

	while (end > path && end[-1] == '/')
		end--;
	if (!folder && !archive) {
		while (end > path && end[-1] != '/')
			end--;
		while (end > path && end[-1] == '/')
			end--;
	}
	for (start = end; start > path && start[-1] != '/';)
		start--;
	if (archive && memchr(start, '.', (size_t)(end - start)))
		end = strchr(start, '.');
	if (*start == '.')
		end = start;
	return arena_printf(d->arena, "%.*s", (int)(end - start), start);
}

static enum status
list(struct dataset *d, struct source *src)
{
	struct listing *l = &d->list;
	struct stat st;

	l->n = 0;
	if (stat(src->path, &st) != 0)
		return fail_errno("cannot open");
	const bool folder = S_ISDIR(st.st_mode);

	src->archive = !folder && packed_is(src->path);
	src->name = name_of(d, src->path, folder, src->archive);
	if (!src->name)
		return E_NOMEM;
	TRY(folder ? listing_folder(l, src->path) : src->archive ?
	    listing_archive(l, src->path) : listing_photo(l, src->path));
	return group(d, src);
}

enum status
dataset_new(struct dataset **out)
{
	struct dataset *d = calloc(1, sizeof *d);

	if (!d)
		return fail(E_NOMEM, "no memory for a list of photos");
	d->last = LISTING_NOBODY;
	if (arena_new(&d->arena, (size_t)16 << 30) != OK) {
		free(d);
		return E_NOMEM;
	}
	d->list.arena = d->arena;
	*out = d;
	return OK;
}

static enum status
add_source(struct dataset *d, const char *path)
{
	struct source *more = reallocarray(d->source, d->sources + 1,
	    sizeof *more);

	if (!more)
		return fail(E_NOMEM, "no memory for a list of photos");
	d->source = more;
	more[d->sources] = (struct source){
	    .path = arena_strdup(d->arena, path) };
	return more[d->sources++].path ? OK : E_NOMEM;
}

enum status
dataset_add(struct dataset *d, const char *path)
{
	TRY(add_source(d, path));
	enum status s = list(d, &d->source[d->sources - 1]);

	return s == OK ? OK : fail_in(s, "%s", path);
}

enum status
dataset_add_table(struct dataset *d, const char *path)
{
	struct dataset_item *item = NULL;
	const char *text, *passed;
	size_t bytes, n;

	TRY(add_source(d, path));
	TRY(file_read(&text, &bytes, d->arena, path, DATASET_MAX_TABLE));
	enum status s = phototable_parse(&item, &n, &passed, d->arena,
	    (char *)text, bytes);

	if (s != OK)
		return fail_in(s, "%s", path);
	if (*passed)
		d->columns = passed;
	struct source *src = &d->source[d->sources - 1];

	*src = (struct source){ .path = src->path, .name = "", .first = d->n,
	    .n = n };
	for (size_t i = 0; i < n; i++) {
		TRY(listing_grow(&d->item, &d->room, d->n, sizeof *d->item));
		d->item[d->n++] = item[i];
	}
	return OK;
}

static int
by_key(const void *a, const void *b)
{
	const struct dataset_item *const *p = a, *const *q = b;

	return strcmp((*p)->key, (*q)->key);
}

/* The source of an item: they follow each other. */
static struct source *
source_of(struct dataset *d, const struct dataset_item *it)
{
	const size_t at = (size_t)(it - d->item);
	size_t lo = 0, hi = d->sources;

	while (hi - lo > 1) {
		const size_t mid = lo + (hi - lo) / 2;

		if (d->source[mid].first <= at)
			lo = mid;
		else
			hi = mid;
	}
	return &d->source[lo];
}

/* Samples of several sources that would be called alike get those' names. */
static enum status
tell_apart(struct dataset *d, const struct dataset_item **it)
{
	bool any = false;

	for (size_t i = 1; i < d->n; i++) {
		if (strcmp(it[i - 1]->key, it[i]->key) != 0)
			continue;
		struct source *a = source_of(d, it[i - 1]), *b = source_of(d, it[i]);

		if (a != b)
			any = a->alike = b->alike = true;
	}
	if (!any)
		return OK;
	for (size_t i = 0; i < d->sources; i++) {
		const struct source *s = &d->source[i];

		for (size_t k = s->first; s->alike && k < s->first + s->n; k++) {
			d->item[k].key = key_of(d, s->name, d->item[k].key);
			if (!d->item[k].key)
				return E_NOMEM;
		}
	}
	qsort(it, d->n, sizeof *it, by_key);
	return OK;
}

enum status
dataset_check(struct dataset *d)
{
	const struct dataset_item **it = calloc(d->n + 1, sizeof *it);
	enum status s;

	if (!it)
		return fail(E_NOMEM, "no memory for %zu names", d->n);
	for (size_t i = 0; i < d->n; i++)
		it[i] = &d->item[i];
	qsort(it, d->n, sizeof *it, by_key);
	s = tell_apart(d, it);
	for (size_t i = 1; s == OK && i < d->n; i++)
		if (!strcmp(it[i - 1]->key, it[i]->key))
			s = fail(E_VALUE, "%s and %s: both would be sample \"%s\"",
			    it[i - 1]->file[0], it[i]->file[0], it[i]->key);
	free(it);
	return s;
}

enum status
dataset_tell(const struct dataset *d, void (*tell)(bool, const char *, ...))
{
	TRY(listing_tell(&d->list, tell));
	if (d->columns)
		tell(true, "columns of the table that are not known are passed over: "
		    "%s", d->columns);
	return OK;
}

size_t
dataset_count(const struct dataset *d)
{
	return d->n;
}

static void
drop_data(struct dataset *d, struct dataset_item *it)
{
	for (int r = 0; r < DATASET_ROLES; r++) {
		d->held -= it->size[r];
		free(it->data[r]);
		it->data[r] = NULL;
		it->size[r] = 0;
	}
}

static bool
complete(const struct dataset_item *it)
{
	for (int r = 0; r < DATASET_ROLES; r++)
		if (it->file[r] && !it->data[r])
			return false;
	return true;
}

/* Reads on in the archive until one of its photos has all its files. */
static enum status
next_packed(struct dataset *d, const struct source *src, size_t *k)
{
	const char *name;

	if (!d->packed)
		TRY(packed_open(&d->packed, src->path));
	for (;;) {
		enum status s = packed_next(d->packed, &name);

		if (s == END)
			return fail(E_FORMAT, "it changed while it was read");
		if (s != OK)
			return s;
		const struct listing_entry key = { .path = name };
		const struct listing_entry *e = bsearch(&key, src->entry, src->entries,
		    sizeof *e, by_path);

		if (!e || e->item == LISTING_NOBODY)
			continue;
		struct dataset_item *it = &d->item[e->item];

		if (it->data[e->role])
			return fail(E_FORMAT, "%s: it changed while it was read",
			    name);
		TRY(packed_data(d->packed, &it->data[e->role],
		    &it->size[e->role]));
		d->held += it->size[e->role];
		if (d->held > DATASET_MAX_HELD)
			return fail(E_LIMIT, "the files of one photo lie too far "
			    "apart (more than %zu bytes between them); unpack it "
			    "and give the folder", DATASET_MAX_HELD);
		if (complete(it)) {
			*k = e->item;
			return OK;
		}
	}
}

enum status
dataset_next(struct dataset *d, struct dataset_item *it)
{
	if (d->last != LISTING_NOBODY)
		drop_data(d, &d->item[d->last]);
	while (d->at_source < d->sources &&
	    d->at_item == d->source[d->at_source].n) {
		packed_close(d->packed);
		d->packed = NULL;
		d->at_source++;
		d->at_item = 0;
	}
	if (d->at_source == d->sources)
		return END;
	const struct source *src = &d->source[d->at_source];

	d->last = src->first + d->at_item++;
	if (src->archive) {
		enum status s = next_packed(d, src, &d->last);

		if (s != OK)
			return fail_in(s, "%s", src->path);
	}
	*it = d->item[d->last];
	return OK;
}

void
dataset_replace(struct dataset_item *it, enum dataset_role role,
    const char *path)
{
	it->file[role] = path;
	it->data[role] = NULL;	/* d->item still has it, and frees it */
	it->size[role] = 0;
}

enum status
dataset_read(const void **buf, size_t *n, struct arena *a,
    const struct dataset_item *it, enum dataset_role role)
{
	const char *text;

	*n = it->size[role];
	*buf = it->data[role];
	if (*buf)
		return OK;
	TRY(file_read(&text, n, a, it->file[role], DATASET_MAX_FILE));
	*buf = text;
	return OK;
}

void
dataset_free(struct dataset *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		drop_data(d, &d->item[i]);
	for (size_t i = 0; i < d->sources; i++)
		free(d->source[i].entry);
	packed_close(d->packed);
	free(d->item);
	free(d->source);
	free(d->list.entry);
	arena_free(d->arena);
	free(d);
}
