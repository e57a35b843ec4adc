/* Any bytes as the end of a stream: no table, or one that lies in the file. */
#include "stream/seektable.h"

#include <fcntl.h>

#include "memfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most,
    unsigned seed);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int fd = open(memfile(data, n), O_RDONLY);
	struct seektable t = { 0 };

	if (fd < 0)
		abort();
	if (seektable_load(&t, fd, 0) == OK)
		for (size_t i = 0; i <= t.count; i++)
			if (t.start[i] > n || (i && t.start[i] <
			    t.start[i - 1]))
				abort();
	seektable_free(&t);
	close(fd);
	return 0;
}

/* The footer's magic number and the table's own are right most of the time. */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
	n = LLVMFuzzerMutate(data, n, most);
	if (seed % 8 == 0 || n < SEEK_FOOT + 8)
		return n;
	uint32_t frames = le32_get(data + n - SEEK_FOOT) % 64;
	size_t each = data[n - 5] & SEEK_CHECKSUMS ? 12 : 8;
	size_t table = 8 + frames * each + SEEK_FOOT;

	le32_put(data + n - 4, SEEK_FOOT_MAGIC);
	le32_put(data + n - SEEK_FOOT, frames);
	if (table > n)
		return n;
	le32_put(data + n - table, SEEK_MAGIC);
	le32_put(data + n - table + 4, (uint32_t)(table - 8));
	return n;
}
