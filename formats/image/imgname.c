#include "image/imgname.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum status
imgname_expand(char **path, struct arena *a, const char *pattern,
    const char *key, const char *field)
{
	const size_t n_key = strlen(key), n_field = strlen(field);
	size_t n = 1;
	char *to = NULL;

	for (int pass = 0; pass < 2; pass++) {
		for (const char *p = pattern; *p; p++) {
			const char *put = p;
			size_t k = 1;

			if (*p == '%') {
				put = *++p == 'k' ? key : *p == 'f' ? field : p;
				k = *p == 'k' ? n_key : *p == 'f' ? n_field : 1;
				if (put == p && *p != '%')
					return fail(E_FORMAT, "\"%s\" has a "
					    "lone %%, want %%k, %%f or %%%%",
					    pattern);
			}
			n += k;
			if (to)
				to = (char *)memcpy(to, put, k) + k;
		}
		if (!to && !(to = *path = arena_alloc(a, n)))
			return E_NOMEM;
	}
	*to = '\0';
	return OK;
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
