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

/* dir with its last part cut off. */
static void
up(char *dir)
{
	char *slash = strrchr(dir, '/');

	if (slash)
		*slash = '\0';
}

/*
 * Program:	/src/dualtex/build/rel/bin/texgen	/usr/local/bin/texgen
 * Folder:	/src/dualtex/weights			/usr/local/share/dualtex
 */
enum status
datafile_find(char *buf, size_t n, const char *name)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);

	exe[len > 0 ? len : 0] = '\0';
	char *build = strstr(exe, "/build/");
	const char *sub = build ? "/weights" : "/share/dualtex";

	if (build) {
		*build = '\0';
	} else {
		up(exe);
		up(exe);
	}
	if (there(buf, n, exe, sub, name) || there(buf, n, DATADIR, "", name))
		return OK;
	return fail(E_IO, "%s is neither in %s%s nor in %s", name, exe, sub,
	    DATADIR);
}
