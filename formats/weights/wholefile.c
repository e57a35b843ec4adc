#include "weights/wholefile.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum status
outfile_create(struct outfile *o, const char *path)
{
	int n = snprintf(o->tmp, sizeof o->tmp, "%s.XXXXXX", path);

	o->path = path;
	if (n < 0 || (size_t)n >= sizeof o->tmp)
		return fail(E_LIMIT, "path of %d bytes", n);
	int fd = mkstemp(o->tmp);

	if (fd < 0)
		return fail_errno("create");
	mode_t mask = umask(0);		/* mkstemp gives 0600 */

	umask(mask);
	if (fchmod(fd, 0666 & ~mask) != 0 || !(o->f = fdopen(fd, "w"))) {
		enum status st = fail_errno("create");

		close(fd);
		unlink(o->tmp);
		return st;
	}
	return OK;
}

enum status
outfile_write(struct outfile *o, const void *p, size_t n)
{
	return fwrite(p, 1, n, o->f) == n ? OK : fail_errno("write");
}

enum status
outfile_end(struct outfile *o, enum status st)
{
	if (st == OK && fflush(o->f) != 0)
		st = fail_errno("write");
	if (fclose(o->f) != 0 && st == OK)
		st = fail_errno("close");
	if (st == OK && rename(o->tmp, o->path) != 0)
		st = fail_errno("rename");
	if (st != OK)
		unlink(o->tmp);
	return st;
}
