#include "image/imgname.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum status
imgname_expand(char **path, struct arena *a, const char *pattern,
    const char *key, const char *field)
{
	char *out = arena_strdup(a, "");

	for (const char *p = pattern; out && *p; p++) {
		if (*p != '%')
			out = arena_printf(a, "%s%c", out, *p);
		else if (*++p == 'k' || *p == 'f')
			out = arena_printf(a, "%s%s", out, *p == 'k' ? key : field);
		else if (*p == '%')
			out = arena_printf(a, "%s%%", out);
		else
			return fail(E_FORMAT, "\"%s\" has a lone %%, want %%k, %%f "
			    "or %%%%", pattern);
	}
	*path = out;
	return out ? OK : E_NOMEM;
}

enum status
imgname_make_folders(char *path)
{
	for (char *p = path; *p; p++) {
		if (*p != '/' || p == path)
			continue;
		*p = 0;
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			return fail_errno("%s: cannot make this folder", path);
		*p = '/';
	}
	return OK;
}
