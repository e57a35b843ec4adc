#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool
file_ends_in(const char *path, const char *ending)
{
	size_t n = strlen(path), k = strlen(ending);

	return n >= k && strcasecmp(path + n - k, ending) == 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum status
file_list(const char ***name, size_t *n, struct arena *a, const char *folder,
    const char *ending, size_t most)
{
	const char **list = arena_calloc(a, most, sizeof *list);
	const struct dirent *e;
	enum status s = OK;

	*n = 0;
	*name = list;
	if (!list)
		return E_NOMEM;
	DIR *d = opendir(folder);

	if (!d)
		return fail_errno("%s", folder);
	while (s == OK && (e = readdir(d))) {
		if (e->d_name[0] == '.' || (ending &&
		    !file_ends_in(e->d_name, ending)))
			continue;
		if (*n == most)
			s = fail(E_LIMIT, "%s: more than %zu files%s%s", folder,
			    most, ending ? " *" : "", ending ? ending : "");
		else if (!(list[(*n)++] = arena_strdup(a, e->d_name)))
			s = E_NOMEM;
	}
	closedir(d);
	if (s == OK)
		qsort(list, *n, sizeof *list, by_name);
	return s;
}

static enum status
read_all(char *buf, size_t *n, int fd, size_t room)
{
	*n = 0;
	while (*n < room) {
		ssize_t got = read(fd, buf + *n, room - *n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno("cannot read");
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	return OK;
}

static enum status
read_fd(const char **out, size_t *n, struct arena *a, int fd, size_t most)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail_errno("cannot stat");
	if (S_ISDIR(st.st_mode))
		return fail(E_IO, "is a directory");
	if (!S_ISREG(st.st_mode))
		return fail(E_IO, "is not a regular file");
	if ((uintmax_t)st.st_size > most)
		return fail(E_LIMIT, "%ju bytes, want at most %zu",
		    (uintmax_t)st.st_size, most);
	char *buf = arena_alloc(a, (size_t)st.st_size + 1);

	if (!buf)
		return E_NOMEM;
	TRY(read_all(buf, n, fd, (size_t)st.st_size));
	buf[*n] = 0;
	*out = buf;
	return OK;
}

enum status
file_read(const char **buf, size_t *n, struct arena *a, const char *path,
    size_t most)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail_errno("%s", path);
	enum status s = read_fd(buf, n, a, fd, most);

	close(fd);
	return s == OK ? OK : fail_in(s, "%s", path);
}

enum status
file_map(const void **map, size_t *n, int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) != 0)
		return fail_errno("fstat");
	if (!S_ISREG(st.st_mode))
		return fail(E_IO, "not a regular file");
	if (st.st_size == 0)
		return fail(E_TRUNC, "empty");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return fail_errno("mmap");
	*map = p;
	*n = (size_t)st.st_size;
	return OK;
}

void
file_unmap(const void *map, size_t n)
{
	if (map)
		munmap((void *)(uintptr_t)map, n);
}
