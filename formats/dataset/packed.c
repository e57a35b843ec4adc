#include "dataset/packed.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "dataset/dataset.h"

#define BLOCK ((size_t)1 << 16)
#define MAX_MEMBER ((int64_t)4 << 30)	/* also of what is skipped */
#define FREE_BYTES ((int64_t)256 << 20)	/* the ratio counts from here on */
#define MAX_NAME 4096

struct packed {
	struct archive *a;
	int64_t size;		/* of the archive */
	int64_t unpacked;	/* bytes handed out */
	const char *name;
	int64_t declared;	/* of the present file; -1: not known */
};

bool
packed_is(const char *path)
{
	static const struct {
		size_t at, n;
		const char *magic;
	} known[] = {
		{ 0, 4, "PK\3\4" }, { 0, 4, "PK\5\6" }, { 257, 5, "ustar" },
		{ 0, 2, "\x1f\x8b" }, { 0, 3, "BZh" },
		{ 0, 6, "\xfd" "7zXZ\0" }, { 0, 4, "\x28\xb5\x2f\xfd" },
	};
	char head[512] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof head);

	if (fd >= 0)
		close(fd);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (n >= (ssize_t)(known[i].at + known[i].n) &&
		    !memcmp(head + known[i].at, known[i].magic, known[i].n))
			return true;
	return false;
}

static enum status
damaged(const struct packed *p)
{
	const char *text = archive_error_string(p->a);

	return fail(E_FORMAT, "damaged or unknown archive: %s",
	    text ? text : "no reason given");
}

enum status
packed_open(struct packed **out, const char *path)
{
	struct packed *p = calloc(1, sizeof *p);
	struct stat st;

	if (!p || !(p->a = archive_read_new())) {
		free(p);
		return fail(E_NOMEM, "no memory for the archive reader");
	}
	archive_read_support_filter_gzip(p->a);
	archive_read_support_filter_bzip2(p->a);
	archive_read_support_filter_xz(p->a);
	archive_read_support_filter_zstd(p->a);
	archive_read_support_format_tar(p->a);
	/* By its directory only: a zip that was cut has none. */
	archive_read_support_format_zip_seekable(p->a);
	enum status s = OK;

	if (stat(path, &st) != 0)
		s = fail_errno("cannot open");
	else if (archive_read_open_filename(p->a, path, BLOCK) != ARCHIVE_OK)
		s = damaged(p);
	if (s != OK) {
		packed_close(p);
		return s;
	}
	p->size = st.st_size;
	*out = p;
	return OK;
}

void
packed_close(struct packed *p)
{
	if (!p)
		return;
	archive_read_free(p->a);
	free(p);
}

static enum status
check_ratio(const struct packed *p)
{
	/* What came out of the decompressor of a tar counts as well. */
	int64_t tar = archive_filter_bytes(p->a, 0);
	int64_t n = tar > p->unpacked ? tar : p->unpacked;

	if (n > FREE_BYTES && n / DATASET_MAX_RATIO > p->size)
		return fail(E_LIMIT, "unpacks to more than %d times its size",
		    DATASET_MAX_RATIO);
	return OK;
}

static enum status
check_name(const char *name)
{
	if (!name || !*name)
		return fail(E_FORMAT, "a file without a readable name");
	if (strlen(name) > MAX_NAME)
		return fail(E_LIMIT, "a name of %zu bytes", strlen(name));
	if (*name == '/')
		return fail(E_FORMAT, "%s: an absolute name", name);
	for (const char *p = name; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (!strncmp(p, "..", 2) && (!p[2] || p[2] == '/'))
			return fail(E_FORMAT, "%s: \"..\" in a name", name);
	}
	return OK;
}

enum status
packed_next(struct packed *p, const char **name)
{
	struct archive_entry *e;

	for (;;) {
		int r = archive_read_next_header(p->a, &e);

		if (r == ARCHIVE_EOF)
			return END;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return damaged(p);
		/* In the C locale names beyond ASCII come as UTF-8 only. */
		p->name = archive_entry_pathname_utf8(e);
		if (!p->name)
			p->name = archive_entry_pathname(e);
		TRY(check_name(p->name));
		TRY(check_ratio(p));
		p->declared = archive_entry_size_is_set(e) ?
		    archive_entry_size(e) : -1;
		if (p->declared > MAX_MEMBER)
			return fail(E_LIMIT, "%s: %lld bytes", p->name,
			    (long long)p->declared);
		if (archive_entry_filetype(e) != AE_IFREG)
			continue;
		*name = p->name;
		return OK;
	}
}

/* Room for one more block, and the 0 behind it. */
static enum status
make_room(char **buf, size_t *room, size_t n, const char *name)
{
	if (n + BLOCK < *room)
		return OK;
	if (*room > DATASET_MAX_FILE)
		return fail(E_LIMIT, "%s: more than %zu bytes", name,
		    DATASET_MAX_FILE);
	size_t more = 2 * *room + 2 * BLOCK;
	char *q = realloc(*buf, more);

	if (!q)
		return fail(E_NOMEM, "%s: no memory for %zu bytes", name, more);
	*buf = q;
	*room = more;
	return OK;
}

enum status
packed_data(struct packed *p, void **data, size_t *size)
{
	char *buf = NULL;
	size_t n = 0, room = 0;
	enum status s = OK;

	if (p->declared > (int64_t)DATASET_MAX_FILE)
		return fail(E_LIMIT, "%s: %lld bytes, want at most %zu", p->name,
		    (long long)p->declared, DATASET_MAX_FILE);
	for (la_ssize_t got = 1; s == OK && got > 0;) {
		s = make_room(&buf, &room, n, p->name);
		if (s == OK && (got = archive_read_data(p->a, buf + n, BLOCK)) < 0)
			s = fail_in(damaged(p), "%s", p->name);
		if (s != OK)
			break;
		n += (size_t)got;
		p->unpacked += got;
		s = check_ratio(p);
	}
	if (s == OK && p->declared >= 0 && n != (size_t)p->declared)
		s = fail(E_TRUNC, "%s: %zu bytes, want %lld", p->name, n,
		    (long long)p->declared);
	if (s != OK) {
		free(buf);
		return s;
	}
	buf[n] = 0;
	*data = buf;
	*size = n;
	return OK;
}
