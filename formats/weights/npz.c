#include "weights/npz.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"
#include "stream/npy.h"

#define PIECE ((size_t)1 << 30)

/* -- reading ------------------------------------------------------------ */

static enum status
take_member(struct arrays *set, const struct zip_member *m)
{
	size_t n = strlen(m->name);
	struct tensor t;
	char *name;

	if (strcmp(m->name, "manifest.json") == 0 && !set->manifest) {
		set->manifest = json_loadb(m->data, m->n, 0, NULL);
		return OK;	/* one that is no JSON is not ours */
	}
	if (n < 5 || strcmp(m->name + n - 4, ".npy") != 0)
		return fail(E_FORMAT, "member %s: not a .npy", m->name);
	if ((name = arena_printf(set->arena, "%.*s", (int)n - 4, m->name)) ==
	    NULL)
		return E_NOMEM;
	enum status st = npy_convert(&t, set->arena, m->data, m->n);

	return st == OK ? arrays_add(set, name, &t) :
	    fail_in(st, "array %s", name);
}

enum status
npz_read(struct arrays *set, const struct zip *z)
{
	for (size_t i = 0; i < z->n; i++)
		TRY(take_member(set, &z->member[i]));
	return set->n ? OK : fail(E_FORMAT, "no array in it");
}

/* -- writing ------------------------------------------------------------ */

static enum status
put_member(struct archive *a, const char *name, const char *ext,
    const void *head, size_t head_n, const void *data, size_t n)
{
	struct archive_entry *e = archive_entry_new();
	char full[512];

	snprintf(full, sizeof full, "%s%s", name, ext);
	archive_entry_set_pathname(e, full);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_mtime(e, 315532800, 0);	/* 1980, zip's first */
	archive_entry_set_size(e, (la_int64_t)(head_n + n));
	bool good = archive_write_header(a, e) == ARCHIVE_OK &&
	    archive_write_data(a, head, head_n) == (la_ssize_t)head_n;
	const char *p = data;

	/* libarchive takes no more than INT_MAX bytes in one call. */
	for (size_t k; good && n > 0; p += k, n -= k) {
		k = n < PIECE ? n : PIECE;
		good = archive_write_data(a, p, k) == (la_ssize_t)k;
	}

	archive_entry_free(e);
	return good ? OK : fail(E_IO, "member %s: %s", full,
	    archive_error_string(a));
}

static enum status
put_all(struct archive *a, int fd, const struct arrays *set)
{
	char head[NPY_HEADER_MAX];

	archive_write_set_format_zip(a);
	archive_write_zip_set_compression_store(a);
	archive_write_set_bytes_per_block(a, 0);
	if (archive_write_open_fd(a, fd) != ARCHIVE_OK)
		return fail(E_IO, "%s", archive_error_string(a));
	for (size_t i = 0; i < set->n; i++)
		TRY(put_member(a, set->item[i].name, ".npy", head,
		    npy_header(head, &set->item[i].t), set->item[i].t.data,
		    tensor_bytes(&set->item[i].t)));
	if (set->manifest) {
		char *text = json_dumps(set->manifest, JSON_INDENT(1));
		enum status st = text ? put_member(a, "manifest", ".json",
		    text, strlen(text), NULL, 0) :
		    fail(E_NOMEM, "no memory for the manifest");

		free(text);
		TRY(st);
	}
	return archive_write_close(a) == ARCHIVE_OK ? OK :
	    fail(E_IO, "%s", archive_error_string(a));
}

enum status
npz_write(const char *path, const struct arrays *set)
{
	struct outfile *f;
	struct archive *a = archive_write_new();

	if (!a)
		return fail(E_NOMEM, "no memory for libarchive");
	enum status st = outfile_open(&f, path);

	bool open = st == OK;

	if (open)
		st = put_all(a, outfile_fd(f), set);
	archive_write_free(a);	/* may write: before the file closes */
	return open ? outfile_end(f, st) : st;
}
