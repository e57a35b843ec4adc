/*
 * zstd's seekable format (contrib/seekable_format of zstd), as the stream
 * uses it: the last frame of a stream is a skippable frame
 *
 *	le32 SEEK_MAGIC, le32 size of what follows,
 *	per frame: le32 compressed size, le32 decompressed size,
 *	footer: le32 number of frames, u8 descriptor, le32 SEEK_FOOT_MAGIC
 *
 * A descriptor with the high bit set announces a le32 checksum behind each
 * frame's sizes; such tables are read but not written.
 */
#ifndef STREAM_SEEKTABLE_H
#define STREAM_SEEKTABLE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

#define SEEK_MAGIC 0x184D2A5Eu
#define SEEK_FOOT_MAGIC 0x8F92EAB1u
#define SEEK_FOOT 9		/* bytes of the footer */
#define SEEK_CHECKSUMS 0x80	/* bit of the descriptor */

#define TAR_TRAILER 1024	/* zero bytes that end a tar */

/* Where the samples of a file begin: start[count] is the trailer frame. */
struct seektable {
	uint64_t *start;	/* NULL: not loaded */
	size_t count;
};

/*
 * From the end of the file fd, whose stream begins at offset base. E_FORMAT
 * when it is no file, has no table, or one that does not fit the file.
 * Freed by seektable_free.
 */
MUST_CHECK enum status seektable_load(struct seektable *t, int fd, off_t base);
void seektable_free(struct seektable *t);

static inline uint32_t
le32_get(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static inline void
le32_put(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

#endif
