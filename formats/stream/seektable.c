#include "stream/seektable.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status
read_at(int fd, void *p, size_t n, off_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t r = pread(fd, (char *)p + done, n - done,
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

/* Sums the sizes up to offsets. The frames must be those before `end`. */
static enum status
add_up(struct seektable *t, const unsigned char *row, size_t frames,
    size_t each, uint64_t end)
{
	uint64_t at = 0;

	for (size_t i = 0; i < frames; i++) {
		t->start[i] = at;
		at += le32_get(row + i * each);
	}
	/* Not so after cat a b: the table at the end is b's alone. */
	if (at != end)
		return fail(E_FORMAT, "the seek table is not that of the whole "
		    "file");
	if (le32_get(row + (frames - 1) * each + 4) != TAR_TRAILER)
		return fail(E_FORMAT, "the seek table has not one frame for "
		    "each sample");
	t->count = frames - 1;
	return OK;
}

enum status
seektable_load(struct seektable *t, int fd, off_t base)
{
	unsigned char foot[SEEK_FOOT], head[8];
	struct stat st;

	*t = (struct seektable){ 0 };
	if (base < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return fail(E_FORMAT, "not a file: cannot go to a sample");
	if (st.st_size - base < SEEK_FOOT + 8)
		return fail(E_FORMAT, "no seek table");
	TRY(read_at(fd, foot, sizeof foot, st.st_size - SEEK_FOOT));
	size_t frames = le32_get(foot), each = foot[4] & SEEK_CHECKSUMS ? 12 : 8;
	size_t bytes = frames * each;
	uint64_t room = (uint64_t)(st.st_size - base) - SEEK_FOOT - 8;

	if (le32_get(foot + 5) != SEEK_FOOT_MAGIC || frames == 0 || bytes > room)
		return fail(E_FORMAT, "no seek table");
	off_t from = st.st_size - SEEK_FOOT - (off_t)bytes;

	TRY(read_at(fd, head, sizeof head, from - 8));
	if (le32_get(head) != SEEK_MAGIC ||
	    le32_get(head + 4) != bytes + SEEK_FOOT)
		return fail(E_FORMAT, "no seek table");
	unsigned char *row = malloc(bytes);

	t->start = calloc(frames, sizeof *t->start);
	enum status s = row && t->start ? read_at(fd, row, bytes, from) :
	    fail(E_NOMEM, "no memory for a seek table of %zu frames", frames);

	if (s == OK)
		s = add_up(t, row, frames, each, room - bytes);
	free(row);
	if (s != OK)
		seektable_free(t);
	return s;
}

void
seektable_free(struct seektable *t)
{
	free(t->start);
	*t = (struct seektable){ 0 };
}
