/*
 * The reader: bytes -> zstd frames -> tar members -> samples.
 *
 * libarchive walks the tar and asks give() for bytes. give() hands over
 * what is there and never waits for more than one byte of output needs
 * (libarchive's own zstd filter waits for a full buffer, and two processes
 * in lock step would hang). libarchive also ends quietly at a cut between
 * members, so the end mark is checked here:
 *
 *	- every tar ends with 1024 zero bytes: end_of_tar();
 *	- a zstd frame that holds nothing but those is one of ours, and a
 *	  seek table must follow it: at_frame_border(), seek_table().
 */
#include "stream/stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "stream/npy.h"
#include "stream/seektable.h"

#define BUF ((size_t)256 << 10)
#define PIPE_SIZE (1 << 20)
#define JSON_MAX ((uint64_t)64 << 20)	/* bytes of a manifest */
#define RATIO_FROM ((uint64_t)1 << 30)	/* bytes before the ratio counts */

/* A member's name taken apart, or none. */
struct member {
	char *name, *key, *field;	/* field "" for the manifest */
	bool is_json;
	uint64_t size;
};

struct stream_in {
	char *source;
	int fd;
	bool own_fd;
	struct stream_limits lim;

	/* Bytes read and not yet used: buf[at..have). */
	size_t at, have;
	uint64_t taken;		/* all bytes read so far */
	bool eof;

	/* zstd */
	bool detected, is_zstd;
	ZSTD_DCtx *zstd;
	bool in_frame;
	uint64_t frame_from;	/* `given` where the frame began */
	bool frame_zero;	/* only zero bytes in this frame so far */
	bool at_header;		/* libarchive looks for a member */
	bool table_due;		/* a trailer frame came, its table must follow */
	uint64_t frames;	/* since the last seek table */
	size_t stash;		/* decompressed bytes that wait in out */

	/* tar */
	struct archive *tar;
	uint64_t given;		/* bytes handed to libarchive */
	bool gave_end;		/* it was told that there are no more */
	uint64_t member_end;	/* `given` position behind the last member */
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

	/* seek table: sample k starts at start[k], start[count] = trailer */
	uint64_t *start;
	size_t count;
	off_t base;		/* offset of the stream in its file */

	unsigned char buf[BUF], out[BUF];
};

/* ---- bytes ---- */

static enum status
truncated(const struct stream_in *in)
{
	if (in->taken == 0)
		return fail(E_TRUNC, "the input is empty");
	return fail(E_TRUNC, "the input ends at byte %llu, before its end mark",
	    (unsigned long long)in->taken);
}

/* Reads what is there; sets eof at the end. */
static enum status
fill(struct stream_in *in)
{
	if (in->at == in->have) {
		in->at = in->have = 0;
	} else if (in->have == BUF) {
		memmove(in->buf, in->buf + in->at, in->have - in->at);
		in->have -= in->at;
		in->at = 0;
	}
	for (;;) {
		ssize_t n = read(in->fd, in->buf + in->have, BUF - in->have);

		if (n >= 0) {
			in->eof = n == 0;
			in->have += (size_t)n;
			in->taken += (uint64_t)n;
			return OK;
		}
		struct pollfd p = { .fd = in->fd, .events = POLLIN };

		if (errno == EINTR || ((errno == EAGAIN ||
		    errno == EWOULDBLOCK) && poll(&p, 1, -1) > 0))
			continue;
		return fail_errno("cannot read");
	}
}

/* At least n (<= BUF) unused bytes, or eof. */
static enum status
need(struct stream_in *in, size_t n)
{
	while (in->have - in->at < n && !in->eof)
		TRY(fill(in));
	return OK;
}

/* ---- zstd ---- */

/* The skippable frame at buf[at]; a seek table is checked. */
static enum status
skippable(struct stream_in *in, uint32_t magic)
{
	unsigned char foot[SEEK_FOOT] = { 0 };

	TRY(need(in, 8));
	if (in->have - in->at < 8)
		return truncated(in);
	uint64_t size = le32_get(in->buf + in->at + 4);
	uint64_t left = size;

	in->at += 8;
	while (left > 0) {
		TRY(need(in, 1));
		if (in->at == in->have)
			return truncated(in);
		size_t n = in->have - in->at;

		if (n > left)
			n = (size_t)left;
		/* Keep the last SEEK_FOOT bytes. */
		size_t keep = n < SEEK_FOOT ? n : SEEK_FOOT;

		memmove(foot, foot + keep, SEEK_FOOT - keep);
		memcpy(foot + SEEK_FOOT - keep, in->buf + in->at + n - keep, keep);
		in->at += n;
		left -= n;
	}
	if (magic != SEEK_MAGIC || size < SEEK_FOOT ||
	    le32_get(foot + 5) != SEEK_FOOT_MAGIC)
		return OK;		/* somebody else's; says nothing to us */
	uint64_t listed = le32_get(foot);
	uint64_t each = foot[4] & SEEK_CHECKSUMS ? 12 : 8;

	if (listed != in->frames || size != listed * each + SEEK_FOOT)
		return fail(E_FORMAT, "the seek table lists %llu frames, %llu "
		    "came", (unsigned long long)listed,
		    (unsigned long long)in->frames);
	in->frames = 0;
	in->table_due = false;
	return OK;
}

/*
 * Between two frames. *more: a frame with data begins; not at the end of
 * the input.
 */
static enum status
at_frame_border(struct stream_in *in, bool *more)
{
	for (;;) {
		TRY(need(in, 4));
		size_t n = in->have - in->at;

		*more = false;
		if (n == 0)
			return in->table_due ? truncated(in) : OK;
		if (n < 4)
			return truncated(in);
		uint32_t magic = le32_get(in->buf + in->at);

		if ((magic & 0xfffffff0) == 0x184D2A50) {
			TRY(skippable(in, magic));
			continue;
		}
		if (magic != ZSTD_MAGICNUMBER)
			return fail(E_FORMAT, "no zstd frame at byte %llu",
			    (unsigned long long)(in->taken - n));
		if (in->table_due)
			return fail(E_TRUNC, "the seek table is missing at byte "
			    "%llu", (unsigned long long)(in->taken - n));
		*more = true;
		return OK;
	}
}

static enum status
zstd_fail(const struct stream_in *in, size_t code)
{
	enum status st = E_FORMAT;
	ZSTD_ErrorCode e = ZSTD_getErrorCode(code);

	if (e == ZSTD_error_checksum_wrong)
		st = E_SUM;
	else if (e == ZSTD_error_frameParameter_windowTooLarge)
		st = E_LIMIT;
	else if (e == ZSTD_error_memory_allocation)
		st = E_NOMEM;
	return fail(st, "zstd: %s, near byte %llu", ZSTD_getErrorName(code),
	    (unsigned long long)(in->taken - (in->have - in->at)));
}

static bool
all_zero(const unsigned char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static void
frame_ended(struct stream_in *in, uint64_t at)
{
	in->in_frame = false;
	in->frames++;
	in->table_due = in->at_header && in->frame_zero &&
	    at - in->frame_from == TAR_TRAILER;
	in->frame_zero = false;
}

/* One step: some output into out (*got bytes, maybe 0), or the frame's end. */
static enum status
decompress(struct stream_in *in, size_t *got)
{
	ZSTD_inBuffer src = { in->buf + in->at, in->have - in->at, 0 };
	ZSTD_outBuffer dst = { in->out, BUF, 0 };
	size_t r = ZSTD_decompressStream(in->zstd, &dst, &src);

	in->at += src.pos;
	*got = dst.pos;
	if (ZSTD_isError(r))
		return zstd_fail(in, r);
	if (in->frame_zero)
		in->frame_zero = all_zero(in->out, dst.pos);
	if (r == 0) {
		frame_ended(in, in->given + dst.pos);
	} else if (dst.pos == 0 && in->at == in->have) {
		TRY(fill(in));
		if (in->eof)
			return truncated(in);
	}
	return OK;
}

static enum status
check_ratio(const struct stream_in *in)
{
	if (in->given > RATIO_FROM &&
	    (double)in->given > in->lim.ratio * (double)in->taken)
		return fail(E_LIMIT, "decompresses to more than %g times its "
		    "size (byte %llu)", in->lim.ratio,
		    (unsigned long long)in->taken);
	return OK;
}

/* *p, *n: the next decompressed bytes; *n 0 at the end. */
static enum status
next_zstd(struct stream_in *in, const void **p, size_t *n)
{
	bool more;

	*p = in->out;
	*n = in->stash;
	in->stash = 0;
	while (*n == 0) {
		if (!in->in_frame) {
			TRY(at_frame_border(in, &more));
			if (!more)
				return OK;
			in->in_frame = in->frame_zero = true;
			in->frame_from = in->given;
		}
		TRY(decompress(in, n));
	}
	return OK;
}

static enum status
next_plain(struct stream_in *in, const void **p, size_t *n)
{
	TRY(need(in, 1));
	*p = in->buf + in->at;
	*n = in->have - in->at;
	in->at = in->have;
	return OK;
}

static enum status
detect(struct stream_in *in)
{
	TRY(need(in, 4));
	if (in->have - in->at < 4)
		return truncated(in);
	uint32_t magic = le32_get(in->buf + in->at);

	in->detected = true;
	in->is_zstd = magic == ZSTD_MAGICNUMBER ||
	    (magic & 0xfffffff0) == 0x184D2A50;
	if (in->is_zstd && !in->zstd)
		in->zstd = ZSTD_createDCtx();
	if (in->is_zstd && !in->zstd)
		return fail(E_NOMEM, "no memory for zstd");
	return OK;
}

/* libarchive's read callback. */
static la_ssize_t
give(struct archive *tar, void *arg, const void **p)
{
	struct stream_in *in = arg;
	size_t n = 0;

	in->st = in->detected ? OK : detect(in);
	if (in->st == OK)
		in->st = in->is_zstd ? next_zstd(in, p, &n) :
		    next_plain(in, p, &n);
	in->given += n;
	if (in->st == OK && in->is_zstd)
		in->st = check_ratio(in);
	if (in->st != OK) {
		archive_set_error(tar, EIO, "read");
		return -1;
	}
	in->gave_end = n == 0;
	return (la_ssize_t)n;
}

/*
 * The sample is complete; so must be its frame, checksum included. Only for
 * a frame that began with the sample: in another one the next output may be
 * the next sample's, for which a reader must not wait.
 */
static enum status
finish_frame(struct stream_in *in, uint64_t sample_from)
{
	if (in->given != in->member_end || in->frame_from < sample_from)
		return OK;
	while (in->in_frame && in->stash == 0)
		TRY(decompress(in, &in->stash));
	return OK;
}

/* ---- tar ---- */

static enum status
tar_fail(const struct stream_in *in)
{
	if (in->st != OK)
		return in->st;		/* give() has stored the sentence */
	if (in->gave_end)
		return truncated(in);
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
	if (in->given - in->member_end < TAR_TRAILER)
		return truncated(in);
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

static enum status
next_header(struct stream_in *in)
{
	struct archive_entry *e;
	const char *path;
	int r;

	if (!in->tar)
		TRY(open_tar(in));
	do {
		in->at_header = true;
		r = archive_read_next_header(in->tar, &e);
		in->at_header = false;
		if (r == ARCHIVE_EOF)
			return end_of_tar(in);
		if (r < ARCHIVE_WARN)
			return tar_fail(in);
		path = archive_entry_pathname(e);
		if (!path)
			return fail(E_FORMAT, "a member without name");
	} while (archive_entry_filetype(e) == AE_IFDIR &&
	    !archive_entry_hardlink(e));
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

	if (!v)
		return OK;		/* somebody else's JSON about the sample */
	if (!json_is_string(v) || strcmp(json_string_value(v), "dualtex 1") != 0)
		return fail(E_FORMAT, "stream version \"%s\", want \"dualtex 1\"",
		    json_is_string(v) ? json_string_value(v) : "?");
	if (!json_is_array(json_object_get(m, "fields")))
		return fail(E_FORMAT, "the manifest has no list of fields");
	v = json_object_get(m, "history");
	if (v && !json_is_array(v))
		return fail(E_FORMAT, "history of the manifest is not a list");
	return OK;
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

static void
drop_next(struct stream_in *in)
{
	free(in->next.name);
	in->next = (struct member){ 0 };
}

/* Whether "NAME.EXT" of the manifest is in the sample. */
static bool
is_there(const struct sample *s, const char *entry)
{
	size_t len = strlen(entry);

	for (size_t i = 0; i < s->n; i++) {
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
		if (!is_there(s, json_string_value(v)))
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
	in->fd = fd;
	in->lim = limits ? *limits : (struct stream_limits)STREAM_LIMITS;
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
	ZSTD_freeDCtx(in->zstd);
	sample_clear(&in->cur);
	arena_free(in->arena);
	drop_next(in);
	show(in, NULL);
	free(in->start);
	free(in->source);
	if (in->own_fd)
		close(in->fd);
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
	return in->taken - (in->have - in->at);
}

/* ---- the seek table of a file ---- */

static enum status
read_at(const struct stream_in *in, void *p, size_t n, off_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t r = pread(in->fd, (char *)p + done, n - done,
		    at + (off_t)done);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? fail_errno("cannot read") :
			    fail(E_TRUNC, "the file has become shorter");
		done += (size_t)r;
	}
	return OK;
}

/* Sums the sizes in the table up to offsets; the last frame is the trailer. */
static enum status
add_up(struct stream_in *in, const unsigned char *table, size_t frames,
    size_t each, uint64_t end)
{
	uint64_t at = 0;

	in->start = calloc(frames, sizeof *in->start);
	if (!in->start)
		return fail(E_NOMEM, "no memory for the seek table");
	for (size_t i = 0; i < frames; i++) {
		in->start[i] = at;
		at += le32_get(table + i * each);
	}
	/* Not so after cat a b: the table at the end is b's alone. */
	if (at != end)
		return fail(E_FORMAT, "the seek table is not that of the whole "
		    "file");
	if (le32_get(table + (frames - 1) * each + 4) != TAR_TRAILER)
		return fail(E_FORMAT, "the seek table has not one frame for "
		    "each sample");
	in->count = frames - 1;
	return OK;
}

static enum status
load_table(struct stream_in *in)
{
	unsigned char foot[SEEK_FOOT], head[8];
	struct stat st;

	if (in->start)
		return OK;
	if (in->base < 0 || fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return fail(E_FORMAT, "not a file: cannot go to a sample");
	uint64_t size = (uint64_t)(st.st_size - in->base);

	if (st.st_size - in->base < SEEK_FOOT + 8)
		return fail(E_FORMAT, "no seek table");
	TRY(read_at(in, foot, sizeof foot, st.st_size - SEEK_FOOT));
	size_t frames = le32_get(foot), each = foot[4] & SEEK_CHECKSUMS ? 12 : 8;
	uint64_t bytes = (uint64_t)frames * each;

	if (le32_get(foot + 5) != SEEK_FOOT_MAGIC || frames == 0 ||
	    bytes + SEEK_FOOT + 8 > size)
		return fail(E_FORMAT, "no seek table");
	off_t from = st.st_size - SEEK_FOOT - (off_t)bytes;

	TRY(read_at(in, head, sizeof head, from - 8));
	if (le32_get(head) != SEEK_MAGIC || le32_get(head + 4) != bytes + SEEK_FOOT)
		return fail(E_FORMAT, "no seek table");
	unsigned char *table = malloc(bytes);

	if (!table)
		return fail(E_NOMEM, "no memory for the seek table");
	enum status s = read_at(in, table, bytes, from);

	if (s == OK)
		s = add_up(in, table, frames, each, size - bytes - SEEK_FOOT - 8);
	free(table);
	if (s != OK) {
		free(in->start);
		in->start = NULL;
	}
	return s;
}

enum status
stream_count(struct stream_in *in, size_t *n)
{
	TRY(load_table(in));
	*n = in->count;
	return OK;
}

enum status
stream_seek(struct stream_in *in, size_t k)
{
	TRY(load_table(in));
	if (k > in->count)
		return fail(E_VALUE, "no sample %zu, there are %zu", k,
		    in->count);
	off_t at = in->base + (off_t)in->start[k];

	if (lseek(in->fd, at, SEEK_SET) != at)
		return fail_errno("cannot seek");
	archive_read_free(in->tar);
	in->tar = NULL;
	if (in->zstd)
		ZSTD_DCtx_reset(in->zstd, ZSTD_reset_session_only);
	drop_next(in);
	in->at = in->have = in->stash = 0;
	in->taken = in->start[k];
	in->eof = in->detected = in->in_frame = in->gave_end = false;
	in->table_due = in->complete = in->finished = false;
	in->given = in->member_end = in->frame_from = 0;
	in->frames = k;
	in->returned = k;
	return OK;
}
