#include "weights/datafile.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool
there(char *buf, size_t n, const char *dir, const char *sub, const char *name)
{
	int len = snprintf(buf, n, "%s%s/%s", dir, sub, name);

	return len > 0 && (size_t)len < n && access(buf, R_OK) == 0;
}

/*
 * Program:	/src/dualtex/build/rel/bin/texgen	/usr/local/bin/texgen
 * Folder:	/src/dualtex/build/rel/share/dualtex	/usr/local/share/dualtex
 */
enum status
datafile_find(char *buf, size_t n, const char *name)
{
	char exe[PATH_MAX], *slash;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);

	exe[len > 0 ? len : 0] = '\0';
	for (int up = 0; up < 2; up++)
		if ((slash = strrchr(exe, '/')))
			*slash = '\0';
	if (there(buf, n, exe, "/share/dualtex", name) ||
	    there(buf, n, DATADIR, "", name))
		return OK;
	return fail(E_IO, "%s is neither in %s/share/dualtex nor in %s", name,
	    exe, DATADIR);
}

const char *
datafile_or(char *buf, size_t n, const char *path)
{
	bool suite = !strchr(path, '/') && access(path, F_OK) != 0 &&
	    datafile_find(buf, n, path) == OK;

	return suite ? buf : path;
}
