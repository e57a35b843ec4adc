/* Bytes as a file that has a path, for parsers that take one. */
#ifndef FUZZ_MEMFILE_H
#define FUZZ_MEMFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The same file each time, with other bytes. */
static inline const char *
memfile(const uint8_t *data, size_t n)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", 0);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	if (fd < 0 || ftruncate(fd, 0) != 0 ||
	    pwrite(fd, data, n, 0) != (ssize_t)n)
		abort();
	return path;
}

/* Makes the checksums of tar headers right, or no mutation gets behind them. */
static inline void
memfile_mend_tar(uint8_t *data, size_t n)
{
	char text[8];

	for (size_t at = 0; at + 512 <= n; at += 512) {
		unsigned sum = 0;

		if (memcmp(data + at + 257, "ustar", 5) != 0)
			continue;
		memset(data + at + 148, ' ', 8);
		for (size_t i = 0; i < 512; i++)
			sum += data[at + i];
		snprintf(text, sizeof text, "%06o", sum & 0777777);
		memcpy(data + at + 148, text, 7);
	}
}

/*
 * A custom mutator of streams: seven in eight have right checksums. (What
 * libFuzzer calls must be a function of the target's own.)
 */
size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t most);

static inline size_t
memfile_mutate_tar(uint8_t *data, size_t n, size_t most, unsigned seed)
{
	n = LLVMFuzzerMutate(data, n, most);
	if (seed % 8)
		memfile_mend_tar(data, n);
	return n;
}

#endif
