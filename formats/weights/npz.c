#include "weights/npz.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "stream/npy.h"
#include "weights/wholefile.h"

/* -- reading ------------------------------------------------------------ */

static enum status
take_member(struct params *p, const struct zip_member *m)
{
	size_t n = strlen(m->name);
	struct tensor t;
	char *name;

	if (strcmp(m->name, "manifest.json") == 0) {
		p->manifest = json_loadb(m->data, m->n, 0, NULL);
		return OK;	/* one that is no JSON is not ours */
	}
	if (n < 5 || strcmp(m->name + n - 4, ".npy") != 0)
		return fail(E_FORMAT, "member %s: not a .npy", m->name);
	if ((name = arena_printf(p->arena, "%.*s", (int)n - 4, m->name)) ==
	    NULL)
		return E_NOMEM;
	enum status st = npy_convert(&t, p->arena, m->data, m->n);

	return st == OK ? params_add(p, name, &t) :
	    fail_in(st, "array %s", name);
}

enum status
npz_read(struct params *p, const struct zip *z)
{
	for (size_t i = 0; i < z->n; i++)
		TRY(take_member(p, &z->member[i]));
	return p->n ? OK : fail(E_FORMAT, "no array in it");
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
	    archive_write_data(a, head, head_n) == (la_ssize_t)head_n &&
	    (n == 0 || archive_write_data(a, data, n) == (la_ssize_t)n);

	archive_entry_free(e);
	return good ? OK : fail(E_IO, "member %s: %s", full,
	    archive_error_string(a));
}

static enum status
put_all(struct archive *a, struct outfile *f, const struct params *p)
{
	char head[NPY_HEADER_MAX];

	archive_write_set_format_zip(a);
	archive_write_zip_set_compression_store(a);
	archive_write_set_bytes_per_block(a, 0);
	if (archive_write_open_FILE(a, f->f) != ARCHIVE_OK)
		return fail(E_IO, "%s", archive_error_string(a));
	for (size_t i = 0; i < p->n; i++)
		TRY(put_member(a, p->item[i].name, ".npy", head,
		    npy_header(head, &p->item[i].t), p->item[i].t.data,
		    tensor_bytes(&p->item[i].t)));
	if (p->manifest) {
		char *text = json_dumps(p->manifest, JSON_INDENT(1));
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
npz_write(const char *path, const struct params *p)
{
	struct outfile f;
	struct archive *a = archive_write_new();

	if (!a)
		return fail(E_NOMEM, "no memory for libarchive");
	enum status st = outfile_create(&f, path);

	if (st == OK) {
		st = put_all(a, &f, p);
		archive_write_free(a);		/* before the file closes */
		return outfile_end(&f, st);
	}
	archive_write_free(a);
	return st;
}
