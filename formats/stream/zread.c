#include "stream/zread.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <zstd_errors.h>

#include "stream/seektable.h"

#define RATIO_FROM ((uint64_t)1 << 30)	/* bytes before the ratio counts */
#define ZEROS_MAX ((uint64_t)64 << 20)	/* no tar is padded with so many */

enum status
zread_truncated(const struct zread *z)
{
	if (z->taken == 0)
		return fail(E_TRUNC, "the input is empty");
	return fail(E_TRUNC, "the input ends at byte %llu, before its end mark",
	    (unsigned long long)z->taken);
}

/* Reads what is there; sets eof at the end. */
static enum status
fill(struct zread *z)
{
	if (z->at == z->have) {
		z->at = z->have = 0;
	} else if (z->have == STREAM_BUF) {
		memmove(z->buf, z->buf + z->at, z->have - z->at);
		z->have -= z->at;
		z->at = 0;
	}
	for (;;) {
		ssize_t n = read(z->fd, z->buf + z->have, STREAM_BUF - z->have);

		if (n >= 0) {
			z->eof = n == 0;
			z->have += (size_t)n;
			z->taken += (uint64_t)n;
			return OK;
		}
		struct pollfd p = { .fd = z->fd, .events = POLLIN };

		if (errno == EINTR || ((errno == EAGAIN ||
		    errno == EWOULDBLOCK) && poll(&p, 1, -1) > 0))
			continue;
		return fail_errno("cannot read");
	}
}

/* At least n (<= STREAM_BUF) unused bytes, or eof. */
static enum status
need(struct zread *z, size_t n)
{
	while (z->have - z->at < n && !z->eof)
		TRY(fill(z));
	return OK;
}

static bool
is_skippable(uint32_t magic)
{
	return (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

/* The skippable frame at buf[at]; a seek table is checked. */
static enum status
skippable(struct zread *z, uint32_t magic)
{
	unsigned char foot[SEEK_FOOT] = { 0 };

	TRY(need(z, 8));
	if (z->have - z->at < 8)
		return zread_truncated(z);
	uint64_t size = le32_get(z->buf + z->at + 4);
	uint64_t left = size;

	z->at += 8;
	while (left > 0) {
		TRY(need(z, 1));
		if (z->at == z->have)
			return zread_truncated(z);
		size_t n = z->have - z->at;

		if (n > left)
			n = (size_t)left;
		/* Keep the last SEEK_FOOT bytes. */
		size_t keep = n < SEEK_FOOT ? n : SEEK_FOOT;

		memmove(foot, foot + keep, SEEK_FOOT - keep);
		memcpy(foot + SEEK_FOOT - keep, z->buf + z->at + n - keep, keep);
		z->at += n;
		left -= n;
	}
	if (magic != SEEK_MAGIC || size < SEEK_FOOT ||
	    le32_get(foot + 5) != SEEK_FOOT_MAGIC)
		return OK;		/* somebody else's; says nothing to us */
	uint64_t listed = le32_get(foot);
	uint64_t each = foot[4] & SEEK_CHECKSUMS ? 12 : 8;

	if (listed != z->frames || size != listed * each + SEEK_FOOT)
		return fail(E_FORMAT, "the seek table lists %llu frames, %llu "
		    "came", (unsigned long long)listed,
		    (unsigned long long)z->frames);
	z->frames = 0;
	z->table_due = false;
	return OK;
}

/*
 * Between two frames. *more: a frame with data begins; not at the end of
 * the input.
 */
static enum status
at_frame_border(struct zread *z, bool *more)
{
	for (;;) {
		TRY(need(z, 4));
		size_t n = z->have - z->at;

		*more = false;
		if (n == 0)
			return z->table_due ? zread_truncated(z) : OK;
		if (n < 4)
			return zread_truncated(z);
		uint32_t magic = le32_get(z->buf + z->at);

		if (is_skippable(magic)) {
			TRY(skippable(z, magic));
			continue;
		}
		if (magic != ZSTD_MAGICNUMBER)
			return fail(E_FORMAT, "no zstd frame at byte %llu",
			    (unsigned long long)(z->taken - n));
		if (z->table_due)
			return fail(E_TRUNC, "the seek table is missing at byte "
			    "%llu", (unsigned long long)(z->taken - n));
		*more = true;
		return OK;
	}
}

static enum status
zstd_fail(const struct zread *z, size_t code)
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
	    (unsigned long long)(z->taken - (z->have - z->at)));
}

static bool
all_zero(const unsigned char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static void
frame_ended(struct zread *z, uint64_t at)
{
	z->in_frame = false;
	z->frames++;
	z->table_due = z->at_header && z->frame_zero &&
	    at - z->frame_from == TAR_TRAILER;
	z->frame_zero = false;
}

/* n zeros more between two members: a disk's hole, /dev/zero, or a tar's end. */
static enum status
pad(struct zread *z, size_t n)
{
	z->zeros += n;
	if (z->zeros > ZEROS_MAX)
		return fail(E_FORMAT, "nothing but zeros in the last %llu MiB "
		    "before byte %llu, want a tar", (unsigned long long)
		    (ZEROS_MAX >> 20), (unsigned long long)z->taken);
	return OK;
}

/* One step: some output into out (*got bytes, maybe 0), or the frame's end. */
static enum status
decompress(struct zread *z, size_t *got)
{
	ZSTD_inBuffer src = { z->buf + z->at, z->have - z->at, 0 };
	ZSTD_outBuffer dst = { z->out, STREAM_BUF, 0 };
	size_t r = ZSTD_decompressStream(z->zstd, &dst, &src);

	z->at += src.pos;
	*got = dst.pos;
	if (ZSTD_isError(r))
		return zstd_fail(z, r);
	if (z->frame_zero)
		z->frame_zero = all_zero(z->out, dst.pos);
	if (r == 0) {
		frame_ended(z, z->given + dst.pos);
	} else if (dst.pos == 0 && z->at == z->have) {
		TRY(fill(z));
		if (z->eof)
			return zread_truncated(z);
	}
	return OK;
}

static enum status
check_ratio(const struct zread *z)
{
	if (z->given > RATIO_FROM &&
	    (double)z->given > z->ratio * (double)z->taken)
		return fail(E_LIMIT, "decompresses to more than %g times its "
		    "size (byte %llu)", z->ratio,
		    (unsigned long long)z->taken);
	return OK;
}

/* *p, *n: the next decompressed bytes; *n 0 at the end. */
static enum status
next_zstd(struct zread *z, const void **p, size_t *n)
{
	bool more;

	*p = z->out;
	*n = z->stash;
	z->stash = 0;
	while (*n == 0) {
		if (!z->in_frame) {
			TRY(at_frame_border(z, &more));
			if (!more)
				return OK;
			z->in_frame = z->frame_zero = true;
			z->frame_from = z->given;
		}
		TRY(decompress(z, n));
	}
	return OK;
}

/*
 * *p, *n as next_zstd. A gzip file is one or more members, each with a
 * checksum; tape blocks of zeros may follow.
 */
static enum status
next_gzip(struct zread *z, const void **p, size_t *n)
{
	z_stream *g = &z->gzip;

	*p = z->out;
	while (*n == 0) {
		TRY(need(z, 1));
		if (z->at == z->have)
			return z->in_frame ? zread_truncated(z) : OK;
		if (!z->in_frame && z->buf[z->at] == 0) {
			z->at++;
			TRY(pad(z, 1));
			continue;
		}
		z->in_frame = true;
		g->next_in = z->buf + z->at;
		g->avail_in = (uInt)(z->have - z->at);
		g->next_out = z->out;
		g->avail_out = STREAM_BUF;
		int r = inflate(g, Z_NO_FLUSH);

		z->at = z->have - g->avail_in;
		*n = STREAM_BUF - g->avail_out;
		if (r == Z_STREAM_END) {
			z->in_frame = false;
			r = inflateReset(g);
		}
		if (r == Z_MEM_ERROR)
			return fail(E_NOMEM, "no memory for gzip");
		if (r != Z_OK && r != Z_BUF_ERROR)
			return fail(g->msg && !strcmp(g->msg,
			    "incorrect data check") ? E_SUM :
			    E_FORMAT, "gzip: %s, near byte %llu", g->msg ? g->msg :
			    "damaged", (unsigned long long)(z->taken -
			    (z->have - z->at)));
	}
	return OK;
}

static enum status
next_plain(struct zread *z, const void **p, size_t *n)
{
	TRY(need(z, 1));
	*p = z->buf + z->at;
	*n = z->have - z->at;
	z->at = z->have;
	return OK;
}

/* What is packed in a way that is not read, and how to unpack it. */
static enum status
refuse_packed(uint32_t magic)
{
	static const struct {
		uint32_t mask, magic;
		const char *name, *tool;
	} known[] = {
		{ 0xffffff, 0x685a42, "bzip2", "bzip2 -dc" },
		{ 0xffffffff, 0x587a37fd, "xz", "xz -dc" },
		{ 0xffffffff, 0x04034b50, "zip", "unzip" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if ((magic & known[i].mask) == known[i].magic)
			return fail(E_FORMAT, "a %s file, want a tar, plain or of "
			    "zstd or gzip: unpack it with %s", known[i].name,
			    known[i].tool);
	return OK;
}

static enum status
detect(struct zread *z)
{
	TRY(need(z, 4));
	if (z->have - z->at < 4)
		return zread_truncated(z);
	uint32_t magic = le32_get(z->buf + z->at);

	z->detected = true;
	z->is_zstd = magic == ZSTD_MAGICNUMBER ||
	    is_skippable(magic);
	if (z->is_zstd && !z->zstd)
		z->zstd = ZSTD_createDCtx();
	if (z->is_zstd && !z->zstd)
		return fail(E_NOMEM, "no memory for zstd");
	z->is_gzip = (magic & 0xffffff) == 0x088b1f;
	if (z->is_gzip && (z->gzip.state ? inflateReset(&z->gzip) :
	    inflateInit2(&z->gzip, 16 + MAX_WBITS)) != Z_OK)
		return fail(E_NOMEM, "no memory for gzip");
	return z->is_zstd || z->is_gzip ? OK : refuse_packed(magic);
}

enum status
zread_next(struct zread *z, const void **p, size_t *n)
{
	*n = 0;
	if (!z->detected)
		TRY(detect(z));
	TRY(z->is_zstd ? next_zstd(z, p, n) : z->is_gzip ? next_gzip(z, p, n) :
	    next_plain(z, p, n));
	z->given += *n;
	if (z->at_header && all_zero(*p, *n))
		TRY(pad(z, *n));
	else
		z->zeros = 0;
	return z->is_zstd || z->is_gzip ? check_ratio(z) : OK;
}

enum status
zread_finish_frame(struct zread *z)
{
	/* Of gzip one member holds all samples. */
	while (z->is_zstd && z->in_frame && z->stash == 0)
		TRY(decompress(z, &z->stash));
	return OK;
}

void
zread_restart(struct zread *z, uint64_t taken, uint64_t frames)
{
	if (z->zstd)
		ZSTD_DCtx_reset(z->zstd, ZSTD_reset_session_only);
	z->at = z->have = z->stash = 0;
	z->eof = z->detected = z->in_frame = z->table_due = false;
	z->taken = taken;
	z->given = z->frame_from = z->zeros = 0;
	z->frames = frames;
}

void
zread_close(struct zread *z)
{
	ZSTD_freeDCtx(z->zstd);
	if (z->gzip.state)
		inflateEnd(&z->gzip);
}
