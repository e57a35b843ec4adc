/*
 * Any bytes as a stream: refused, or samples that can be written and read
 * again. With tight limits, so that memory stays small.
 */
#include "stream/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most,
    unsigned seed);

static const struct stream_limits tight = { 6, 1 << 18, 1 << 20, 255, 100 };

/* One of two files that are used again and again. */
static int
memory(int which, const void *data, size_t n)
{
	static int made[2] = { -1, -1 };
	int fd = made[which];

	if (fd < 0)
		fd = made[which] = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) != 0 || (n && pwrite(fd, data, n, 0) !=
	    (ssize_t)n))
		abort();
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void
read_headers(int fd)
{
	struct stream_in *in;
	struct sample s;

	lseek(fd, 0, SEEK_SET);
	if (stream_open_fd(&in, fd, "fuzz", &tight) != OK)
		abort();
	while (stream_next_headers(in, &s) == OK)
		;
	stream_close(in);
}

static void
jump(int fd)
{
	struct stream_in *in;
	struct sample s;
	size_t count;

	lseek(fd, 0, SEEK_SET);
	if (stream_open_fd(&in, fd, "fuzz", &tight) != OK)
		abort();
	if (stream_count(in, &count) == OK && count > 0 && count < 1000)
		for (size_t k = count; k-- > 0;)
			if (stream_seek(in, k) != OK ||
			    stream_next(in, &s) != OK)
				break;
	stream_close(in);
}

static void
touch(const struct sample *s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->field[i];
		const char *p = f->is_json ? f->text : f->t.data;
		size_t n = f->is_json ? f->text_len : tensor_bytes(&f->t);

		if (sample_check_field(f->name) != OK)
			abort();
		for (size_t k = 0; k < n; k++)
			sum += (unsigned char)p[k];
	}
	if (sample_check_key(s->key) != OK || sum == UINT32_MAX)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int fd = memory(0, data, n), copy = memory(1, NULL, 0);
	struct stream_in *in;
	struct stream_out *out;
	struct sample s;
	size_t count = 0, again = 0;
	bool whole = true;

	if (stream_open_fd(&in, fd, "fuzz", &tight) != OK ||
	    stream_create_fd(&out, copy, "copy", n % 8 == 0) != OK)
		abort();
	while (stream_next(in, &s) == OK) {
		touch(&s);
		/* A long foreign name can become too long with KEY.json. */
		whole = whole && stream_put(out, &s) == OK;
		count++;
	}
	stream_close(in);
	if (!whole) {
		stream_abort(out);
	} else {
		if (stream_end(out) != OK)
			abort();
		lseek(copy, 0, SEEK_SET);
		if (stream_open_fd(&in, copy, "copy", NULL) != OK)
			abort();
		enum status st;

		while ((st = stream_next(in, &s)) == OK)
			again++;
		if (st != END || again != count) {
			fprintf(stderr, "%s\n", status_detail());
			abort();
		}
		stream_close(in);
	}
	read_headers(fd);
	jump(fd);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
	return memfile_mutate_tar(data, n, most, seed);
}
