/*
 * The reader: bytes (zread) -> tar members (libarchive) -> samples.
 *
 * libarchive's tar reader ends quietly at a cut between members, so the end
 * mark is checked here: every tar ends with 1024 zero bytes, end_of_tar().
 * What the frames of a compressed stream tell about its end is zread's.
 */
#include "stream/stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stream/npy.h"
#include "stream/seektable.h"
#include "stream/zread.h"

#define PIPE_SIZE (1 << 20)
#define JSON_MAX ((uint64_t)64 << 20)	/* bytes of a manifest */

/* A member's name taken apart, or none. */
struct member {
	char *name, *key, *field;	/* field "" for the manifest */
	bool is_json;
	uint64_t size;
};

struct stream_in {
	char *source;
	bool own_fd;
	struct stream_limits lim;

	/* tar */
	struct archive *tar;
	bool gave_end;		/* libarchive knows that there are no more bytes */
	uint64_t member_end;	/* where the last member ended, in z.given */
	enum status st;		/* what went wrong in give() */

	/* samples */
	struct arena *arena;
	struct sample cur;
	bool held;		/* samples add up in the arena */
	struct member next;	/* header read ahead; name NULL if none */
	char *shown;		/* name of the member being read, for messages */
	size_t returned;
	bool reading;		/* cur has begun; its key is that of messages */
	bool complete;		/* cur was complete by its manifest */
	bool finished;
	uint64_t bytes;		/* of this sample */

	struct seektable table;	/* once asked for */
	off_t base;		/* offset of the stream in its file */

	struct zread z;
};

/* ---- tar ---- */

/* libarchive's read callback. */
static la_ssize_t
give(struct archive *tar, void *arg, const void **p)
{
	struct stream_in *in = arg;
	size_t n;

	in->st = zread_next(&in->z, p, &n);
	if (in->st != OK) {
		archive_set_error(tar, EIO, "read");
		return -1;
	}
	in->gave_end = n == 0;
	return (la_ssize_t)n;
}

static enum status
tar_fail(const struct stream_in *in)
{
	if (in->st != OK)
		return in->st;		/* give() has stored the sentence */
	if (in->gave_end)
		return zread_truncated(&in->z);
	return fail(E_FORMAT, "tar: %s", archive_error_string(in->tar));
}

static enum status
open_tar(struct stream_in *in)
{
	in->tar = archive_read_new();
	if (!in->tar)
		return fail(E_NOMEM, "no memory for a stream");
	/*
	 * Names stay the bytes they are: conversion to the locale's
	 * character set would depend on the environment.
	 */
	if (archive_read_support_format_tar(in->tar) != ARCHIVE_OK ||
	    archive_read_set_options(in->tar, "read_concatenated_archives")
	    != ARCHIVE_OK ||
	    archive_read_open(in->tar, in, NULL, give, NULL) != ARCHIVE_OK)
		return tar_fail(in);
	return OK;
}

/* libarchive sees no more members: was that the end? */
static enum status
end_of_tar(struct stream_in *in)
{
	if (in->z.given - in->member_end < TAR_TRAILER)
		return zread_truncated(&in->z);
	return END;
}

static void
show(struct stream_in *in, const char *name)
{
	free(in->shown);
	in->shown = name ? strdup(name) : NULL;
}

/* Takes "KEY.FIELD.EXT" apart; the parts share one allocation. */
static enum status
split(struct stream_in *in, struct member *m, const char *path)
{
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	size_t len = strlen(path);

	if (len > in->lim.name)
		return fail(E_LIMIT, "a member name of %zu bytes, want at most "
		    "%zu", len, in->lim.name);
	m->name = malloc(2 * (len + 1));
	if (!m->name)
		return fail(E_NOMEM, "no memory for a name");
	m->key = m->name + len + 1;
	memcpy(m->name, path, len + 1);
	memcpy(m->key, path, len + 1);
	show(in, m->name);

	char *slash = strrchr(m->key, '/'), *base = slash ? slash + 1 : m->key;
	char *dot = strchr(base, '.'), *ext = strrchr(base, '.');

	if (strcmp(base, "..") == 0 || strstr(path, "../"))
		return fail(E_FORMAT, "\"..\" in a member name");
	if (!dot)
		return fail(E_FORMAT, "the member name has no extension, want "
		    "KEY.FIELD.npy or .json");
	m->is_json = strcmp(ext, ".json") == 0;
	if (!m->is_json && strcmp(ext, ".npy") != 0)
		return fail(E_FORMAT, "extension \"%s\", want npy or json",
		    ext + 1);
	m->field = dot + (dot != ext);
	*ext = *dot = '\0';
	TRY(sample_check_key(m->key));
	if (*m->field)
		return sample_check_field(m->field);
	return m->is_json && dot == ext ? OK : fail(E_FORMAT,
	    "no field in the member name, want KEY.FIELD.npy or .json");
}

static enum status
check_entry(struct stream_in *in, struct archive_entry *e)
{
	if (archive_entry_hardlink(e) || archive_entry_filetype(e) != AE_IFREG)
		return fail(E_FORMAT, "a member that is not a plain file");
	if (archive_entry_sparse_count(e) > 0)
		return fail(E_FORMAT, "a sparse member; make the tar without "
		    "detection of holes");
	if (!archive_entry_size_is_set(e) || archive_entry_size(e) < 0)
		return fail(E_FORMAT, "a member without size");
	if ((uint64_t)archive_entry_size(e) > in->lim.member)
		return fail(E_LIMIT, "a member of %lld bytes, the limit is %llu",
		    (long long)archive_entry_size(e),
		    (unsigned long long)in->lim.member);
	return OK;
}

static enum status end_member(struct stream_in *in);

/* Folders, and what macOS puts beside files for itself, say nothing to us. */
static bool
is_beside(struct archive_entry *e, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;

	if (archive_entry_hardlink(e))
		return false;
	return archive_entry_filetype(e) == AE_IFDIR ||
	    (archive_entry_filetype(e) == AE_IFREG && !strncmp(base, "._", 2));
}

static enum status
next_header(struct stream_in *in)
{
	struct archive_entry *e;
	const char *path;
	int r;

	if (!in->tar)
		TRY(open_tar(in));
	for (;;) {
		in->z.at_header = true;
		r = archive_read_next_header(in->tar, &e);
		in->z.at_header = false;
		if (r == ARCHIVE_EOF)
			return end_of_tar(in);
		if (r < ARCHIVE_WARN)
			return tar_fail(in);
		path = archive_entry_pathname(e);
		if (!path)
			return fail(E_FORMAT, "a member without name");
		if (!is_beside(e, path))
			break;
		TRY(end_member(in));
	}
	in->next.size = (uint64_t)archive_entry_size(e);
	TRY(split(in, &in->next, path));
	return check_entry(in, e);
}

static enum status
read_bytes(struct stream_in *in, void *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		la_ssize_t r = archive_read_data(in->tar, (char *)p + at, n - at);

		if (r <= 0)
			return tar_fail(in);
		at += (size_t)r;
	}
	return OK;
}

/* Skips what is left of the member and its padding. */
static enum status
end_member(struct stream_in *in)
{
	if (archive_read_data_skip(in->tar) != ARCHIVE_OK)
		return tar_fail(in);
	in->member_end = (uint64_t)archive_filter_bytes(in->tar, 0);
	return OK;
}

/* ---- samples ---- */

static enum status
read_json(struct stream_in *in, char **text, size_t size)
{
	*text = arena_alloc(in->arena, size + 1);
	if (!*text)
		return E_NOMEM;
	(*text)[size] = '\0';
	return read_bytes(in, *text, size);
}

/*
 * Licences and history as lists, for all who look for them, whatever the
 * manifest has in their place. A manifest of others may say "license".
 */
static enum status
settle_lists(json_t *m, bool foreign)
{
	json_t *list = NULL, *other = json_object_get(m, "license");

	if (json_object_get(m, "licence"))
		TRY(sample_list(&list, m, "licence", true));
	else if (foreign && other) {
		if (json_object_set(m, "licence", other) != 0)
			return fail(E_NOMEM, "no memory for the manifest");
		TRY(sample_list(&list, m, "licence", true));
	}
	if (foreign && json_object_get(m, "history"))
		TRY(sample_list(&list, m, "history", false));
	return OK;
}

static enum status
read_manifest(struct stream_in *in, struct sample *s, uint64_t size)
{
	json_error_t e;
	char *text;

	if (size > JSON_MAX)
		return fail(E_LIMIT, "a manifest of %llu bytes, want at most "
		    "%llu", (unsigned long long)size,
		    (unsigned long long)JSON_MAX);
	size_t mark = arena_mark(in->arena);

	TRY(read_json(in, &text, (size_t)size));
	json_t *m = json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, &e);

	arena_pop(in->arena, mark);
	if (!m)
		return fail(E_FORMAT, "the manifest is not JSON: %s in line %d",
		    e.text, e.line);
	json_decref(s->manifest);
	s->manifest = m;
	if (!json_is_object(m))
		return fail(E_FORMAT, "the manifest is not a JSON object");
	const json_t *v = json_object_get(m, "stream");

	if (!v)			/* somebody else's JSON about the sample */
		return settle_lists(m, true);
	if (!json_is_string(v) || strcmp(json_string_value(v), "dualtex 1") != 0)
		return fail(E_FORMAT, "stream version \"%s\", want \"dualtex 1\"",
		    json_is_string(v) ? json_string_value(v) : "?");
	if (!json_is_array(json_object_get(m, "fields")))
		return fail(E_FORMAT, "the manifest has no list of fields");
	v = json_object_get(m, "history");
	if (v && !json_is_array(v))
		return fail(E_FORMAT, "history of the manifest is not a list");
	return settle_lists(m, false);
}

static enum status
read_array(struct stream_in *in, struct tensor *t, uint64_t size, bool data)
{
	char head[NPY_HEADER_MAX];
	size_t n = size < sizeof head ? (size_t)size : sizeof head, skip;

	TRY(read_bytes(in, head, n));
	enum status st = npy_parse(t, &skip, head, n, (size_t)size);

	if (st == E_TRUNC)
		return E_FORMAT;	/* the member is there, its header not */
	TRY(st);
	if (t->rank > in->lim.rank)
		return fail(E_LIMIT, "rank %d, want at most %d", t->rank,
		    in->lim.rank);
	size_t bytes = tensor_bytes(t);

	if (skip + bytes != size)
		return fail(E_FORMAT, "the shape needs %zu bytes of data, the "
		    "member has %zu", bytes, (size_t)size - skip);
	if (!data)
		return OK;
	t->data = arena_alloc(in->arena, bytes);
	if (!t->data)
		return E_NOMEM;
	size_t have = n - skip;

	memcpy(t->data, head + skip, have);
	return read_bytes(in, (char *)t->data + have, bytes - have);
}

/* The member whose header is in `next`, into the sample. */
static enum status
read_member(struct stream_in *in, struct sample *s, bool data)
{
	const struct member *m = &in->next;

	in->bytes += m->size;
	if (in->bytes > in->lim.sample)
		return fail(E_LIMIT, "the sample has more than %llu bytes",
		    (unsigned long long)in->lim.sample);
	if (!*m->field) {
		if (json_object_size(s->manifest) > 0)
			return fail(E_FORMAT, "a second manifest");
		TRY(read_manifest(in, s, m->size));
		return end_member(in);
	}
	if (sample_find(s, m->field))
		return fail(E_FORMAT, "the field is there twice");
	if (s->n == SAMPLE_MAX_FIELDS)
		return fail(E_LIMIT, "more than %d fields", SAMPLE_MAX_FIELDS);
	if (m->is_json) {
		char *text = NULL;

		if (data)
			TRY(read_json(in, &text, (size_t)m->size));
		TRY(sample_put_json(s, m->field, text, (size_t)m->size));
	} else {
		struct tensor t;

		TRY(read_array(in, &t, m->size, data));
		TRY(sample_put(s, m->field, &t));
	}
	return end_member(in);
}

/*
 * The sample is complete; so must be its frame, checksum included. Only for
 * a frame that began with the sample: in another one the next output may be
 * the next sample's, for which a reader must not wait.
 */
static enum status
finish_frame(struct stream_in *in, uint64_t sample_from)
{
	if (in->z.given != in->member_end || in->z.frame_from < sample_from)
		return OK;
	return zread_finish_frame(&in->z);
}

static void
drop_next(struct stream_in *in)
{
	free(in->next.name);
	in->next = (struct member){ 0 };
}

/* Whether "NAME.EXT" of the manifest is in the sample. */
static bool
is_there(const struct sample *s, const char *entry, size_t first)
{
	size_t len = strlen(entry);

	/* Where they stand in one order, the first look finds it. */
	for (size_t k = 0; k < s->n; k++) {
		size_t i = first + k < s->n ? first + k : first + k - s->n;
		const char *ext = s->field[i].is_json ? ".json" : ".npy";
		size_t n = strlen(s->field[i].name);

		if (len == n + strlen(ext) &&
		    memcmp(entry, s->field[i].name, n) == 0 &&
		    strcmp(entry + n, ext) == 0)
			return true;
	}
	return false;
}

/* The fields that our own manifest lists, or NULL. */
static const json_t *
listed(const struct sample *s)
{
	return json_object_get(s->manifest, "stream") ?
	    json_object_get(s->manifest, "fields") : NULL;
}

/* Before a sample is given away: its members are those of the manifest. */
static enum status
check_manifest(const struct sample *s)
{
	const json_t *fields = listed(s), *v;
	size_t i;

	if (!fields)
		return OK;
	json_array_foreach(fields, i, v) {
		if (!json_is_string(v))
			return fail(E_FORMAT, "a field of the manifest is not "
			    "a string");
		if (!is_there(s, json_string_value(v), i < s->n ? i : 0))
			return fail(E_FORMAT, "\"%s\" of the manifest is "
			    "missing (the members of a sample must stand "
			    "together: tar --sort=name)",
			    json_string_value(v));
	}
	if (json_array_size(fields) != s->n)
		return fail(E_FORMAT, "the manifest lists %zu fields, %zu came",
		    json_array_size(fields), s->n);
	return OK;
}

/* Complete as its own manifest has it: no need to look at what follows. */
static bool
is_complete(const struct sample *s)
{
	const json_t *fields = listed(s);

	return fields && json_array_size(fields) <= s->n;
}

static enum status
start_sample(struct stream_in *in)
{
	struct sample *s = &in->cur;
	bool repeated = in->complete && s->key && *in->next.field &&
	    strcmp(s->key, in->next.key) == 0;

	/* After a complete sample the same key may only begin a new one. */
	if (repeated)
		return fail(E_FORMAT, "the manifest does not list the field");
	sample_clear(s);
	if (!in->held)
		arena_reset(in->arena);
	in->bytes = 0;
	in->complete = false;
	in->reading = true;
	TRY(sample_init(s, in->arena, in->next.key));
	s->ordinal = in->returned;
	return OK;
}

static enum status
read_sample(struct stream_in *in, bool data)
{
	struct sample *s = &in->cur;
	uint64_t from = in->member_end;
	enum status st = OK;

	in->reading = false;
	if (!in->next.name)
		TRY(next_header(in));
	TRY(start_sample(in));
	do {
		TRY(read_member(in, s, data));
		drop_next(in);
		in->complete = is_complete(s);
		if (in->complete) {
			show(in, NULL);
			TRY(check_manifest(s));
			return finish_frame(in, from);
		}
		st = next_header(in);
	} while (st == OK && strcmp(in->next.key, s->key) == 0);
	show(in, NULL);
	if (st != OK && st != END)
		return st;
	in->finished = st == END;
	return check_manifest(s);
}

void
stream_hold(struct stream_in *in, bool on)
{
	in->held = on;
}

static enum status
give_sample(struct stream_in *in, struct sample *s, bool data)
{
	if (in->finished)
		return END;
	TRY(read_sample(in, data));
	in->returned++;
	*s = in->cur;
	return OK;
}

enum status
stream_next(struct stream_in *in, struct sample *s)
{
	return give_sample(in, s, true);
}

enum status
stream_next_headers(struct stream_in *in, struct sample *s)
{
	return give_sample(in, s, false);
}

/* ---- opening, closing, messages ---- */

enum status
stream_open_fd(struct stream_in **to, int fd, const char *source,
    const struct stream_limits *limits)
{
	struct stream_in *in = calloc(1, sizeof *in);

	if (!in)
		return fail(E_NOMEM, "no memory for a stream");
	in->z.fd = fd;
	in->lim = limits ? *limits : (struct stream_limits)STREAM_LIMITS;
	in->z.ratio = in->lim.ratio;
	in->source = strdup(source);
	in->base = lseek(fd, 0, SEEK_CUR);
#ifdef F_SETPIPE_SZ
	fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);	/* fails unless a pipe */
#endif
	/*
	 * What a program adds to a sample lies in the same arena: as much
	 * again as the input may have, and some.
	 */
	enum status st = in->lim.sample > SIZE_MAX / 4 ?
	    fail(E_LIMIT, "a limit of %llu bytes for a sample is too large",
	    (unsigned long long)in->lim.sample) :
	    arena_new(&in->arena, 2 * in->lim.sample + ((size_t)1 << 30));

	if (st == OK && !in->source)
		st = fail(E_NOMEM, "no memory for a stream");
	if (st == OK)
		*to = in;
	else
		stream_close(in);
	return st;
}

enum status
stream_open(struct stream_in **in, const char *path,
    const struct stream_limits *limits)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail_errno("cannot open");
	enum status st = stream_open_fd(in, fd, path, limits);

	if (st == OK)
		(*in)->own_fd = true;
	else
		close(fd);
	return st;
}

void
stream_close(struct stream_in *in)
{
	if (!in)
		return;
	archive_read_free(in->tar);
	zread_close(&in->z);
	sample_clear(&in->cur);
	arena_free(in->arena);
	drop_next(in);
	show(in, NULL);
	seektable_free(&in->table);
	free(in->source);
	if (in->own_fd)
		close(in->z.fd);
	free(in);
}

const char *
stream_source(const struct stream_in *in)
{
	return in->source;
}

size_t
stream_ordinal(const struct stream_in *in)
{
	return in->returned;
}

const char *
stream_key(const struct stream_in *in)
{
	return in->reading && in->cur.key ? in->cur.key : "";
}

const char *
stream_member(const struct stream_in *in)
{
	return in->shown ? in->shown : "";
}

uint64_t
stream_offset(const struct stream_in *in)
{
	return in->z.taken - (in->z.have - in->z.at);
}

/* ---- the seek table of a file ---- */

static enum status
load_table(struct stream_in *in)
{
	return in->table.start ? OK :
	    seektable_load(&in->table, in->z.fd, in->base);
}

enum status
stream_count(struct stream_in *in, size_t *n)
{
	TRY(load_table(in));
	*n = in->table.count;
	return OK;
}

enum status
stream_seek(struct stream_in *in, size_t k)
{
	TRY(load_table(in));
	if (k > in->table.count)
		return fail(E_VALUE, "no sample %zu, there are %zu", k,
		    in->table.count);
	off_t at = in->base + (off_t)in->table.start[k];

	if (lseek(in->z.fd, at, SEEK_SET) != at)
		return fail_errno("cannot seek");
	archive_read_free(in->tar);
	in->tar = NULL;
	zread_restart(&in->z, in->table.start[k], k);
	drop_next(in);
	in->member_end = 0;
	in->gave_end = in->complete = in->finished = false;
	in->returned = k;
	return OK;
}
