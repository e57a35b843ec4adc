/* Which files of a listing belong to one photo. */
#include <stdlib.h>
#include <string.h>

#include "dataset/listing.h"

static int
by_stem(const void *a, const void *b)
{
	const struct listing_entry *p = a, *q = b;
	int order = strcmp(p->stem, q->stem);

	if (order == 0)
		order = (p->role > q->role) - (p->role < q->role);
	if (order == 0)
		order = strcmp(p->folder, q->folder);
	return order ? order : strcmp(p->path, q->path);
}

static int
by_photo(const void *a, const void *b)
{
	const struct listing_entry *p = a, *q = b;
	const int order = strcmp(p->own, q->own);

	return order ? order : by_stem(a, b);
}

static int
by_folder(const void *a, const void *b)
{
	return strcmp(((const struct listing_entry *)a)->folder,
	    ((const struct listing_entry *)b)->folder);
}

bool
listing_same(const struct listing_entry *a, const struct listing_entry *b)
{
	return strcmp(a->own, b->own) == 0 && strcmp(a->stem, b->stem) == 0;
}

/* Whether photos of one name lie in several folders; sorted by stem. */
static bool
ambiguous(const struct listing *l)
{
	for (size_t i = 1; i < l->n; i++) {
		const struct listing_entry *a = &l->entry[i - 1], *b = a + 1;

		if (a->role == DATASET_PHOTO && b->role == DATASET_PHOTO &&
		    strcmp(a->stem, b->stem) == 0 &&
		    strcmp(a->folder, b->folder) != 0)
			return true;
	}
	return false;
}

/*
 * What all folders of a role have in common: bytes in front, each name with
 * its slash, and behind that, at the end.
 */
struct common {
	const char *folder;	/* one of them; NULL: there is none */
	size_t front, back;
};

static void
shorten_front(struct common *c, const char *folder)
{
	size_t n = 0;

	for (size_t i = 0; i < c->front && folder[i] == c->folder[i]; i++)
		if (folder[i] == '/')
			n = i + 1;
	c->front = n;
}

/* A name begins `back` bytes before the end of s, n bytes long. */
static bool
begins(const char *s, size_t n, size_t back)
{
	return back == n || s[n - back - 1] == '/';
}

static void
shorten_back(struct common *c, const char *folder)
{
	const char *a = c->folder + c->front, *b = folder + c->front;
	const size_t n = strlen(a), m = strlen(b);
	size_t same = 0, names = 0;

	while (same < c->back && same < m && a[n - same - 1] == b[m - same - 1]) {
		same++;
		if (begins(a, n, same) && begins(b, m, same))
			names = same;
	}
	c->back = names;
}

static void
find_common(struct common all[DATASET_ROLES], const struct listing *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct listing_entry *e = &l->entry[i];
		struct common *c = &all[e->role];

		if (!c->folder)
			*c = (struct common){ e->folder, strlen(e->folder), 0 };
		shorten_front(c, e->folder);
	}
	for (int r = 0; r < DATASET_ROLES; r++)
		if (all[r].folder)
			all[r].back = strlen(all[r].folder) - all[r].front;
	for (size_t i = 0; i < l->n; i++)
		shorten_back(&all[l->entry[i].role], l->entry[i].folder);
}

/* The rest of a folder's name, as part of a key. */
static const char *
rest(struct arena *a, const char *folder, const struct common *c)
{
	size_t n = strlen(folder) - c->front - c->back;
	char *own;

	if (n > 0 && folder[c->front + n - 1] == '/')
		n--;
	own = arena_printf(a, "%.*s", (int)n, folder + c->front);
	for (char *p = own; p && *p; p++)
		if (*p == '/')
			*p = '_';
	return own;
}

/* The entries from..to have one stem, photos first, by their folders. */
static enum status
tell_apart(struct listing *l, size_t from, size_t to,
    const struct common all[DATASET_ROLES])
{
	struct listing_entry *e = l->entry;
	size_t photos = from;

	while (photos < to && e[photos].role == DATASET_PHOTO)
		photos++;
	for (size_t i = from; i < to; i++) {
		const struct listing_entry *beside = i < photos ? NULL :
		    bsearch(&e[i], &e[from], photos - from, sizeof *e, by_folder);

		e[i].own = beside ? beside->own :
		    rest(l->arena, e[i].folder, &all[e[i].role]);
		if (!e[i].own)
			return E_NOMEM;
	}
	return OK;
}

enum status
listing_sort(struct listing *l)
{
	struct common all[DATASET_ROLES] = { { NULL, 0, 0 } };

	qsort(l->entry, l->n, sizeof *l->entry, by_stem);
	if (!ambiguous(l))
		return OK;
	find_common(all, l);
	for (size_t i = 0, k; i < l->n; i = k) {
		for (k = i + 1; k < l->n &&
		    strcmp(l->entry[i].stem, l->entry[k].stem) == 0; k++)
			;
		TRY(tell_apart(l, i, k, all));
	}
	qsort(l->entry, l->n, sizeof *l->entry, by_photo);
	return OK;
}
