/*
 * Fields of a view of a person are called ROLE.FIELD, fields(7): `source` is
 * one view; `halluc`, `target` and `photos` are n views, along a first axis
 * that `source` does not have. Here they look alike: n views of one shape.
 */
#ifndef STREAM_ROLE_H
#define STREAM_ROLE_H

#include "stream/sample.h"

enum role { ROLE_SOURCE, ROLE_HALLUC, ROLE_TARGET, ROLE_PHOTOS, ROLES };

#define ROLE_NAME_MAX 64

const char *role_word(enum role r);	/* "source", ... */

/* "target.heat" into buf (ROLE_NAME_MAX bytes); returns buf. */
char *role_name(char *buf, enum role r, const char *field);

/* The role that the first word of a field's name is; false when it is none. */
bool role_of(enum role *r, const char *field_name);

bool role_has(const struct sample *s, enum role r, const char *field);

/*
 * sample_want for the shape of one view, with the axis of views in front of
 * it where the role has one. *n: 0, or how many views there must be; gets
 * how many there are. View i starts at element i * (product of rank dims).
 */
MUST_CHECK enum status role_want(const struct tensor **t, size_t *n,
    const struct sample *s, enum role r, const char *field, enum dtype d,
    int rank, const size_t *dim);

/* sample_make for n views of this shape. */
MUST_CHECK enum status role_make(struct tensor *t, struct sample *s,
    enum role r, const char *field, size_t n, enum dtype d, int rank,
    const size_t *dim);

/* The dims of one view: t->dim, or what follows the axis of views. */
const size_t *role_dims(const struct tensor *t, enum role r);

#endif
