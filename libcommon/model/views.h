/*
 * The n poses in which a person is hallucinated: those that photos show
 * first, then entries of the pose bank, the one that is turned furthest from
 * all of these first (networks(7)).
 */
#ifndef MODEL_VIEWS_H
#define MODEL_VIEWS_H

#include "stream/sample.h"

#define VIEWS_MAX 4

struct bank;

/*
 * A pose bank (body/viewbank.h), posebank(1), for pictures and textures of size x size in a
 * layout (a name or a table's path). Entries are made ready when they are
 * first used. Errors start with the path. Freed by bank_close.
 */
MUST_CHECK enum status bank_open(struct bank **b, const char *path,
    size_t size, const char *layout);
void bank_close(struct bank *b);

/*
 * Adds halluc.pose .iuv .surf .mask .coord .seen .heat .texheat for n views,
 * 1..VIEWS_MAX, to a sample that has the fields of the same names for
 * `source` or, where there are several, for `photos`, of which the first n
 * count. Licences of the bank go to the sample. E_SHAPE names what is
 * missing.
 */
MUST_CHECK enum status views_add(struct sample *s, struct bank *b, size_t n);

#endif
