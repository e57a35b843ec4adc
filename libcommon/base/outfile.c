#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outfile {
	struct outfile *next;
	int fd;
	char *path;		/* final name, links resolved */
	char *temporary;	/* NULL when written in place */
};

/*
 * Global because a signal handler must find it. One pointer store links or
 * unlinks a complete node, so a handler sees a sound list at any time.
 */
static struct outfile *volatile all;

static void
unlink_node(struct outfile *f)
{
	if (all == f) {
		all = f->next;
		return;
	}
	for (struct outfile *p = all; p; p = p->next)
		if (p->next == f)
			p->next = f->next;
}

static void
release(struct outfile *f)
{
	unlink_node(f);
	free(f->temporary);
	free(f->path);
	free(f);
}

/*
 * "FILE.tmp.MACHINE.PROCESS.NUMBER", by which pipelines/sweep knows whether its
 * owner lives; of a name that is long its first letters will do.
 */
static enum status
name_temporary(struct outfile *f)
{
	static unsigned number;
	const char *slash = strrchr(f->path, '/');
	const char *base = slash ? slash + 1 : f->path;
	char host[HOST_NAME_MAX + 1] = "", end[HOST_NAME_MAX + 64];

	gethostname(host, sizeof host - 1);
	int n = snprintf(end, sizeof end, ".tmp.%s.%ld.%u", host, (long)getpid(),
	    __atomic_fetch_add(&number, 1, __ATOMIC_RELAXED));
	int room = NAME_MAX > n ? NAME_MAX - n : 0;

	if (asprintf(&f->temporary, "%.*s%.*s%s", (int)(base - f->path), f->path,
	    room, base, end) < 0) {
		f->temporary = NULL;
		return fail(E_NOMEM, "no memory");
	}
	return OK;
}

/* The name is listed before the file is there, so that no signal leaves it. */
static enum status
open_temporary(struct outfile *f)
{
	TRY(name_temporary(f));
	f->next = all;
	all = f;
	/* One of that name is of a process that is gone. */
	unlink(f->temporary);
	f->fd = open(f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return f->fd < 0 ? fail_errno("cannot write") : OK;
}

enum status
outfile_open(struct outfile **out, const char *path)
{
	struct outfile *f = calloc(1, sizeof *f);
	struct stat st;
	enum status s;

	if (!f)
		return fail(E_NOMEM, "no memory");
	f->fd = -1;
	bool there = stat(path, &st) == 0;

	f->path = there ? realpath(path, NULL) : strdup(path);
	if (!f->path) {
		s = fail_errno("cannot write");
	} else if (there && !S_ISREG(st.st_mode)) {
		f->fd = open(path, O_WRONLY | O_CLOEXEC);
		s = f->fd < 0 ? fail_errno("cannot write") : OK;
	} else {
		s = open_temporary(f);
	}
	if (s == OK)
		*out = f;
	else
		outfile_abort(f);
	return s;
}

bool
outfile_in_work(const char *name)
{
	const char *tmp = strstr(name, ".tmp.");
	char host[HOST_NAME_MAX + 1] = "";
	const size_t n = (gethostname(host, sizeof host - 1), strlen(host));
	char *end;

	if (!tmp || !strchr(tmp + 5, '.'))
		return false;		/* as older releases wrote them */
	if (strncmp(tmp + 5, host, n) != 0 || tmp[5 + n] != '.')
		return true;
	long process = strtol(tmp + 6 + n, &end, 10);

	return *end == '.' && process > 0 && (kill((pid_t)process, 0) == 0 ||
	    errno == EPERM);
}

int
outfile_fd(const struct outfile *f)
{
	return f->fd;
}

enum status
outfile_put(const struct outfile *f, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t k = write(f->fd, p, n);

		if (k < 0 && errno != EINTR)
			return fail_errno("write");
		if (k > 0) {
			p += k;
			n -= (size_t)k;
		}
	}
	return OK;
}

enum status
outfile_commit(struct outfile *f)
{
	int fd = f->fd;

	f->fd = -1;
	if (close(fd) != 0 ||
	    (f->temporary && rename(f->temporary, f->path) != 0)) {
		enum status s = fail_errno("cannot write");

		outfile_abort(f);
		return s;
	}
	release(f);
	return OK;
}

enum status
outfile_end(struct outfile *f, enum status s)
{
	if (s == OK)
		return outfile_commit(f);
	outfile_abort(f);
	return s;
}

void
outfile_abort(struct outfile *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	if (f->temporary)
		unlink(f->temporary);
	release(f);
}

void
outfile_remove_all(void)
{
	for (struct outfile *f = all; f; f = f->next)
		if (f->temporary)
			unlink(f->temporary);
}
