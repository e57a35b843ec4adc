/*
 * The writer. libarchive makes the tar and calls sink() with each piece; at
 * level 0 pieces are gathered and go to write(2), else through one zstd
 * frame per sample.
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
#include <sys/uio.h>
#include <unistd.h>
#include <zstd.h>

#include "base/outfile.h"
#include "stream/iobuf.h"
#include "stream/npy.h"
#include "stream/seektable.h"

#define PIPE_SIZE (1 << 20)
#define PIECE ((size_t)1 << 30)
#define FAR_FROM ((uint64_t)16 << 20)	/* bytes of a frame before it can go far */
#define LOOK_EACH ((size_t)1 << 20)	/* bytes between two looks at that */
#define SHORT_BLOCK ((size_t)4096)

struct stream_out {
	int fd;
	struct outfile *file;	/* NULL for a descriptor of the caller's */
	char *sink;
	int level;
	struct archive *tar;
	struct archive_entry *entry;
	ZSTD_CCtx *zstd;
	enum status st;		/* of the last piece */
	uint64_t in, out;	/* bytes of this frame, before and after zstd */
	unsigned char *table;	/* 8 bytes for each frame written */
	size_t frames, table_room;
	size_t have;		/* bytes in buf */
	unsigned char buf[STREAM_BUF];
};

/* Waits until a non-blocking descriptor takes more. */
static bool
try_again(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return errno == EINTR ||
	    ((errno == EAGAIN || errno == EWOULDBLOCK) && poll(&p, 1, -1) > 0);
}

/* Takes what was written, at most n bytes, off v; returns the rest of n. */
static size_t
advance(struct iovec *v, size_t n)
{
	size_t k = n < v->iov_len ? n : v->iov_len;

	if (k > 0)
		v->iov_base = (char *)v->iov_base + k;
	v->iov_len -= k;
	return n - k;
}

/* Everything gathered, then n bytes more. */
static enum status
flush(struct stream_out *out, const void *data, size_t n)
{
	struct iovec v[2] = {
		{ out->buf, out->have }, { (void *)(uintptr_t)data, n },
	};

	while (v[0].iov_len + v[1].iov_len > 0) {
		ssize_t done = writev(out->fd, v, 2);

		if (done < 0 && try_again(out->fd))
			continue;
		if (done < 0)
			return fail_errno("cannot write");
		advance(&v[1], advance(&v[0], (size_t)done));
	}
	out->have = 0;
	return OK;
}

static enum status
put_bytes(struct stream_out *out, const void *data, size_t n)
{
	if (n > STREAM_BUF - out->have)
		return flush(out, data, n);
	memcpy(out->buf + out->have, data, n);
	out->have += n;
	return OK;
}

static enum status
feed(struct stream_out *out, const void *data, size_t n, ZSTD_EndDirective end)
{
	ZSTD_inBuffer src = { data, n, 0 };
	size_t left;

	out->in += n;
	do {
		ZSTD_outBuffer dst = { out->buf, STREAM_BUF, out->have };

		left = ZSTD_compressStream2(out->zstd, &dst, &src, end);
		if (ZSTD_isError(left))
			return fail(E_NOMEM, "zstd: %s", ZSTD_getErrorName(left));
		out->out += dst.pos - out->have;
		out->have = dst.pos;
		if (out->have == STREAM_BUF)
			TRY(flush(out, NULL, 0));
	} while (src.pos < n || (end != ZSTD_e_continue && left > 0));
	return OK;
}

/*
 * Readers refuse what decompresses too far, and maps in which nothing is seen
 * do. Where a frame comes near that, zstd is made to end its blocks early,
 * each of which costs some bytes.
 */
static bool
goes_far(const struct stream_out *out)
{
	const struct stream_limits lim = STREAM_LIMITS;

	return out->in > FAR_FROM &&
	    (double)out->in > lim.ratio / 2 * (double)out->out;
}

/* n bytes through zstd; with ZSTD_e_end until the frame is complete. */
static enum status
compress(struct stream_out *out, const void *data, size_t n,
    ZSTD_EndDirective end)
{
	const char *p = data;

	for (size_t k; n > 0; p += k, n -= k) {
		const bool far = goes_far(out);
		const size_t most = far ? SHORT_BLOCK : LOOK_EACH;

		k = n < most ? n : most;
		TRY(feed(out, p, k, far ? ZSTD_e_flush : ZSTD_e_continue));
	}
	return end == ZSTD_e_end ? feed(out, NULL, 0, end) : OK;
}

/* libarchive's write callback. */
static la_ssize_t
sink(struct archive *tar, void *arg, const void *data, size_t n)
{
	struct stream_out *out = arg;

	out->st = out->level ? compress(out, data, n, ZSTD_e_continue) :
	    put_bytes(out, data, n);
	if (out->st != OK) {
		archive_set_error(tar, EIO, "write");
		return -1;
	}
	return (la_ssize_t)n;
}

static enum status
tar_fail(struct stream_out *out)
{
	if (out->st != OK)
		return out->st;
	return fail(E_FORMAT, "tar: %s", archive_error_string(out->tar));
}

/* Closes the frame and remembers its sizes for the seek table. */
static enum status
end_frame(struct stream_out *out)
{
	TRY(compress(out, NULL, 0, ZSTD_e_end));
	if (out->in > UINT32_MAX || out->out > UINT32_MAX)
		/* The seek table cannot say more; readers take 0 as unknown. */
		out->in = out->out = 0;
	if (out->frames == out->table_room) {
		size_t room = out->table_room ? 2 * out->table_room : 64;
		unsigned char *more = realloc(out->table, 8 * room);

		if (!more)
			return fail(E_NOMEM, "no memory for the seek table");
		out->table = more;
		out->table_room = room;
	}
	le32_put(out->table + 8 * out->frames, (uint32_t)out->out);
	le32_put(out->table + 8 * out->frames + 4, (uint32_t)out->in);
	out->frames++;
	out->in = out->out = 0;
	return OK;
}

static enum status
put_table(struct stream_out *out)
{
	unsigned char head[8], foot[SEEK_FOOT] = { 0 };

	le32_put(head, SEEK_MAGIC);
	le32_put(head + 4, (uint32_t)(8 * out->frames + SEEK_FOOT));
	le32_put(foot, (uint32_t)out->frames);
	le32_put(foot + 5, SEEK_FOOT_MAGIC);
	TRY(put_bytes(out, head, sizeof head));
	TRY(put_bytes(out, out->table, 8 * out->frames));
	return put_bytes(out, foot, sizeof foot);
}

static enum status
start(struct stream_out *out, int level)
{
	out->level = level;
	out->tar = archive_write_new();
	out->entry = archive_entry_new();
	if (!out->tar || !out->entry)
		return fail(E_NOMEM, "no memory for a stream");
	if (level) {
		out->zstd = ZSTD_createCCtx();
		if (!out->zstd)
			return fail(E_NOMEM, "no memory for a stream");
		ZSTD_CCtx_setParameter(out->zstd, ZSTD_c_compressionLevel, level);
		ZSTD_CCtx_setParameter(out->zstd, ZSTD_c_checksumFlag, 1);
	}
#ifdef F_SETPIPE_SZ
	fcntl(out->fd, F_SETPIPE_SZ, PIPE_SIZE);	/* fails unless a pipe */
#endif
	/* Each piece reaches sink() at once, and the end is not padded. */
	if (archive_write_set_format_pax_restricted(out->tar) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(out->tar, 0) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(out->tar, 1) != ARCHIVE_OK ||
	    archive_write_open(out->tar, out, NULL, sink, NULL) != ARCHIVE_OK)
		return tar_fail(out);
	return OK;
}

static struct stream_out *
create(const char *sink_name)
{
	struct stream_out *out = calloc(1, sizeof *out);

	if (!out)
		return NULL;
	out->fd = -1;
	out->sink = strdup(sink_name);
	if (!out->sink) {
		free(out);
		return NULL;
	}
	return out;
}

static enum status
created(struct stream_out **to, struct stream_out *out, enum status st)
{
	if (st == OK)
		*to = out;
	else
		stream_abort(out);
	return st;
}

enum status
stream_create_fd(struct stream_out **to, int fd, const char *name, int level)
{
	struct stream_out *out = create(name);

	if (!out)
		return fail(E_NOMEM, "no memory for a stream");
	out->fd = fd;
	return created(to, out, start(out, level));
}

enum status
stream_create(struct stream_out **to, const char *path, int level)
{
	struct stream_out *out = create(path);

	if (!out)
		return fail(E_NOMEM, "no memory for a stream");
	enum status st = outfile_open(&out->file, path);

	if (st == OK) {
		out->fd = outfile_fd(out->file);
		st = start(out, level);
	}
	return created(to, out, st);
}

void
stream_abort(struct stream_out *out)
{
	if (!out)
		return;
	/* An archive that failed is freed without an attempt to finish it. */
	if (out->tar) {
		archive_write_fail(out->tar);
		archive_write_free(out->tar);
	}
	archive_entry_free(out->entry);
	ZSTD_freeCCtx(out->zstd);
	outfile_abort(out->file);
	free(out->table);
	free(out->sink);
	free(out);
}

const char *
stream_sink(const struct stream_out *out)
{
	return out->sink;
}

static enum status
put_header(struct stream_out *out, const char *name, uint64_t size)
{
	struct archive_entry *e = archive_entry_clear(out->entry);

	/* Everything that could tell two runs apart is left out. */
	archive_entry_copy_pathname(e, name);
	archive_entry_set_size(e, (la_int64_t)size);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_mtime(e, 0, 0);
	if (archive_write_header(out->tar, e) < ARCHIVE_WARN)
		return tar_fail(out);
	return OK;
}

static enum status
put_data(struct stream_out *out, const void *data, size_t n)
{
	const char *p = data;

	/* libarchive takes no more than INT_MAX bytes in one call. */
	for (size_t k; n > 0; p += k, n -= k) {
		k = n < PIECE ? n : PIECE;
		if (archive_write_data(out->tar, p, k) != (la_ssize_t)k)
			return tar_fail(out);
	}
	return OK;
}

static enum status
end_member(struct stream_out *out)
{
	return archive_write_finish_entry(out->tar) < ARCHIVE_WARN ?
	    tar_fail(out) : OK;
}

static const char *
extension(const struct field *f)
{
	return f->is_json ? "json" : "npy";
}

static enum status
put_field(struct stream_out *out, const struct sample *s,
    const struct field *f)
{
	char name[1024], header[NPY_HEADER_MAX];
	struct stream_limits lim = STREAM_LIMITS;
	int len = snprintf(name, sizeof name, "%s.%s.%s", s->key, f->name,
	    extension(f));

	if (len < 0 || (size_t)len > lim.name)
		return fail(E_LIMIT, "field %s: the member name has %d bytes, "
		    "want at most %zu", f->name, len, lim.name);
	if (f->is_json) {
		TRY(put_header(out, name, f->text_len));
		TRY(put_data(out, f->text, f->text_len));
		return end_member(out);
	}
	size_t skip = npy_header(header, &f->t), bytes = tensor_bytes(&f->t);

	TRY(put_header(out, name, (uint64_t)skip + bytes));
	TRY(put_data(out, header, skip));
	TRY(put_data(out, f->t.data, bytes));
	return end_member(out);
}

/* Known members first and in this order, then the others as they came. */
static json_t *
manifest_of(const struct sample *s)
{
	static const char *const lists[] = { "licence", "history" };
	json_t *m = json_object(), *fields = json_array(), *v;
	const char *name;
	char text[1024];

	json_object_set_new(m, "stream", json_string("dualtex 1"));
	json_object_set_new(m, "fields", fields);
	for (size_t i = 0; i < s->n; i++) {
		snprintf(text, sizeof text, "%s.%s", s->field[i].name,
		    extension(&s->field[i]));
		json_array_append_new(fields, json_string(text));
	}
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		v = json_object_get(s->manifest, lists[i]);
		if (v)
			json_object_set(m, lists[i], v);
		else
			json_object_set_new(m, lists[i], json_array());
	}
	json_object_foreach(s->manifest, name, v)
		if (!json_object_get(m, name))
			json_object_set(m, name, v);
	return m;
}

static enum status
put_manifest(struct stream_out *out, const struct sample *s)
{
	json_t *m = manifest_of(s);
	char *text = json_dumps(m, JSON_COMPACT), name[1024];
	struct stream_limits lim = STREAM_LIMITS;
	int len = snprintf(name, sizeof name, "%s.json", s->key);
	enum status st;

	json_decref(m);
	if (!text)
		return fail(E_NOMEM, "no memory for the manifest");
	if (len < 0 || (size_t)len > lim.name) {
		st = fail(E_LIMIT, "the key has %zu bytes, want at most %zu",
		    strlen(s->key), lim.name - 5);
	} else {
		st = put_header(out, name, strlen(text));
		if (st == OK)
			st = put_data(out, text, strlen(text));
		if (st == OK)
			st = end_member(out);
	}
	free(text);
	return st;
}

enum status
stream_put(struct stream_out *out, const struct sample *s)
{
	TRY(sample_check_key(s->key));
	if (s->n > SAMPLE_MAX_FIELDS)
		return fail(E_LIMIT, "%zu fields, want at most %d", s->n,
		    SAMPLE_MAX_FIELDS);
	TRY(put_manifest(out, s));
	for (size_t i = 0; i < s->n; i++)
		TRY(put_field(out, s, &s->field[i]));
	if (out->level)
		TRY(end_frame(out));
	return flush(out, NULL, 0);
}

static enum status
finish(struct stream_out *out)
{
	if (archive_write_close(out->tar) != ARCHIVE_OK)
		return tar_fail(out);
	if (out->level) {
		TRY(end_frame(out));
		TRY(put_table(out));
	}
	return flush(out, NULL, 0);
}

enum status
stream_end(struct stream_out *out)
{
	enum status st = finish(out);

	if (st == OK && out->file) {
		st = outfile_commit(out->file);
		out->file = NULL;
	}
	stream_abort(out);
	return st;
}
