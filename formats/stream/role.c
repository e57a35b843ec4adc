#include "stream/role.h"

#include <stdio.h>
#include <string.h>

static const char *const names[ROLES] = { "source", "halluc", "target",
	"photos" };

const char *
role_word(enum role r)
{
	return names[r];
}

char *
role_name(char *buf, enum role r, const char *field)
{
	snprintf(buf, ROLE_NAME_MAX, "%s.%s", names[r], field);
	return buf;
}

bool
role_of(enum role *r, const char *field_name)
{
	size_t n = strcspn(field_name, ".");

	for (int i = 0; i < ROLES; i++) {
		if (strlen(names[i]) != n || memcmp(names[i], field_name, n) != 0)
			continue;
		*r = (enum role)i;
		return true;
	}
	return false;
}

bool
role_has(const struct sample *s, enum role r, const char *field)
{
	char name[ROLE_NAME_MAX];

	return sample_find(s, role_name(name, r, field)) != NULL;
}

/* One view's shape with n in front of it; returns the rank. */
static int
shape(size_t out[TENSOR_MAX_RANK], enum role r, size_t n, int rank,
    const size_t *dim)
{
	const int first = r != ROLE_SOURCE;

	out[0] = n;
	memcpy(out + first, dim, (size_t)rank * sizeof *dim);
	return rank + first;
}

enum status
role_want(const struct tensor **t, size_t *n, const struct sample *s,
    enum role r, const char *field, enum dtype d, int rank, const size_t *dim)
{
	char name[ROLE_NAME_MAX];
	size_t want[TENSOR_MAX_RANK];
	int full = shape(want, r, *n, rank, dim);

	TRY(sample_want(t, s, role_name(name, r, field), d, full, want));
	*n = r == ROLE_SOURCE ? 1 : (*t)->dim[0];
	return OK;
}

enum status
role_make(struct tensor *t, struct sample *s, enum role r, const char *field,
    size_t n, enum dtype d, int rank, const size_t *dim)
{
	char name[ROLE_NAME_MAX];
	size_t full[TENSOR_MAX_RANK];
	int k = shape(full, r, n, rank, dim);

	return sample_make(t, s, role_name(name, r, field), d, k, full);
}

const size_t *
role_dims(const struct tensor *t, enum role r)
{
	return t->dim + (r != ROLE_SOURCE);
}
