#include "train/trainlog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define MOST_BYTES ((size_t)1 << 30)

struct trainlog {
	int fd;
	off_t size;		/* of what is whole */
};

/* Bytes of the table up to the last line about a step that stays. */
static enum status
keep(off_t *size, const char *path, const char *head, uint64_t step)
{
	struct arena *a;
	struct stat st;
	const char *text;
	size_t n;

	*size = 0;
	if (step == 0 || stat(path, &st) != 0 || st.st_size == 0)
		return OK;
	TRY(arena_new(&a, MOST_BYTES));
	enum status s = file_read(&text, &n, a, path, MOST_BYTES / 2);

	if (s == OK && strncmp(text, head, strlen(head)) != 0)
		s = fail(E_FORMAT, "%s: a table with other columns", path);
	const char *p = s == OK ? text + strlen(head) : NULL, *end;

	while (p && (end = strchr(p, '\n')) && strtoull(p, NULL, 10) <= step)
		p = end + 1;
	if (p)
		*size = p - text;
	arena_free(a);
	return s;
}

/* All n bytes, or none. */
static enum status
append(struct trainlog *l, const char *text, size_t n)
{
	ssize_t done = pwrite(l->fd, text, n, l->size);

	if (done == (ssize_t)n) {
		l->size += done;
		return OK;
	}
	enum status st = done < 0 ? fail_errno("cannot write") :
	    fail(E_IO, "cannot write: no space");

	if (ftruncate(l->fd, l->size) != 0)
		return fail_errno("cannot write");
	return st;
}

enum status
trainlog_open(struct trainlog **out, const char *path, const char *names,
    uint64_t step)
{
	char head[1024];
	struct trainlog *l;
	enum status st;

	snprintf(head, sizeof head, "step\t%s\n", names);
	l = calloc(1, sizeof *l);
	if (!l)
		return fail(E_NOMEM, "no memory");
	l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (l->fd < 0)
		st = fail_errno("%s: cannot write", path);
	else if (flock(l->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		st = fail(E_IO, "%s: another training writes it", path);
	else
		st = keep(&l->size, path, head, step);
	if (st == OK && ftruncate(l->fd, l->size) != 0)
		st = fail_errno("%s: cannot write", path);
	if (st == OK && l->size == 0 &&
	    (st = append(l, head, strlen(head))) != OK)
		st = fail_in(st, "%s", path);
	if (st != OK)
		trainlog_close(l);
	else
		*out = l;
	return st;
}

enum status
trainlog_put(struct trainlog *l, uint64_t step, const double *x, int n)
{
	char line[4096];
	int at = snprintf(line, sizeof line, "%" PRIu64, step);

	for (int i = 0; i < n && at < (int)sizeof line - 32; i++)
		at += snprintf(line + at, sizeof line - (size_t)at, "\t%.6g", x[i]);
	line[at++] = '\n';
	return append(l, line, (size_t)at);
}

void
trainlog_close(struct trainlog *l)
{
	if (!l)
		return;
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}
