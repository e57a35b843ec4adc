#include "weights/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#define RATIO_MOST 1032		/* what deflate can reach */

bool
zip_is(const void *buf, size_t n)
{
	return n > 4 && memcmp(buf, "PK\3\4", 4) == 0;
}

/*
 * libarchive gives pointers into buf where a member is stored in one piece;
 * anything else is put together in the arena. Reading on to the end of the
 * member is what makes it compare the checksum.
 */
static enum status
read_data(struct zip_member *m, struct arena *a, struct archive *ar,
    const char *buf, size_t n)
{
	const void *piece;
	size_t len, have = 0;
	la_int64_t at;
	char *copy = NULL;
	int r;

	while ((r = archive_read_data_block(ar, &piece, &len, &at)) ==
	    ARCHIVE_OK) {
		if ((size_t)at != have || len > m->n - have)
			return fail(E_FORMAT, "member %s: not %zu bytes",
			    m->name, m->n);
		if (have == 0 && len == m->n && (const char *)piece >= buf &&
		    (const char *)piece < buf + n) {
			m->data = piece;
		} else if (len > 0) {
			if (!copy && !(copy = arena_alloc(a, m->n)))
				return E_NOMEM;
			memcpy(copy + have, piece, len);
			m->data = copy;
		}
		have += len;
	}
	if (r != ARCHIVE_EOF)
		return fail(E_FORMAT, "member %s: %s", m->name,
		    archive_error_string(ar));
	if (have != m->n)
		return fail(E_TRUNC, "member %s: %zu of %zu bytes", m->name,
		    have, m->n);
	return OK;
}

static enum status
read_member(struct zip_member *m, struct arena *a, struct archive *ar,
    struct archive_entry *e, const char *buf, size_t n)
{
	const char *name = archive_entry_pathname(e);
	la_int64_t size = archive_entry_size(e);

	if (!name)
		return fail(E_FORMAT, "a member whose name is not text");
	if ((m->name = arena_strdup(a, name)) == NULL)
		return E_NOMEM;
	if (size < 0 || (size_t)size / RATIO_MOST > n)
		return fail(E_LIMIT, "member %s claims %lld bytes in a file of "
		    "%zu", name, (long long)size, n);
	m->n = (size_t)size;
	m->data = "";
	return read_data(m, a, ar, buf, n);
}

static enum status
read_all(struct zip *z, struct arena *a, struct archive *ar, const void *buf,
    size_t n)
{
	struct archive_entry *e;
	size_t room = 0;
	int r;

	archive_read_support_format_zip_seekable(ar);
	if (archive_read_open_memory(ar, buf, n) != ARCHIVE_OK)
		return fail(E_FORMAT, "damaged or cut zip archive: %s",
		    archive_error_string(ar));
	while ((r = archive_read_next_header(ar, &e)) == ARCHIVE_OK) {
		if (archive_entry_filetype(e) == AE_IFDIR)
			continue;
		if (z->n == room) {
			room = room ? 2 * room : 64;
			struct zip_member *m = arena_calloc(a, room, sizeof *m);

			if (!m)
				return E_NOMEM;
			if (z->n)
				memcpy(m, z->member, z->n * sizeof *m);
			z->member = m;
		}
		TRY(read_member(&z->member[z->n], a, ar, e, buf, n));
		z->n++;
	}
	if (r != ARCHIVE_EOF)
		return fail(E_FORMAT, "damaged or cut zip archive: %s",
		    archive_error_string(ar));
	return OK;
}

/* By name, then as they lie. */
static int
order(const void *a, const void *b)
{
	const struct zip_member *x = *(const struct zip_member *const *)a;
	const struct zip_member *y = *(const struct zip_member *const *)b;
	int o = strcmp(x->name, y->name);

	return o ? o : (x > y) - (x < y);
}

static enum status
sort(struct zip *z, struct arena *a)
{
	z->by_name = arena_calloc(a, z->n, sizeof *z->by_name);
	if (!z->by_name)
		return E_NOMEM;
	for (size_t i = 0; i < z->n; i++)
		z->by_name[i] = &z->member[i];
	if (z->n)
		qsort(z->by_name, z->n, sizeof *z->by_name, order);
	return OK;
}

enum status
zip_read(struct zip *z, struct arena *a, const void *buf, size_t n)
{
	struct archive *ar = archive_read_new();

	*z = (struct zip){ 0 };
	if (!ar)
		return fail(E_NOMEM, "no memory for libarchive");
	enum status st = read_all(z, a, ar, buf, n);

	archive_read_free(ar);
	return st == OK ? sort(z, a) : st;
}

const struct zip_member *
zip_find(const struct zip *z, const char *name)
{
	size_t lo = 0, hi = z->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(z->by_name[mid]->name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < z->n && !strcmp(z->by_name[lo]->name, name) ?
	    z->by_name[lo] : NULL;
}
