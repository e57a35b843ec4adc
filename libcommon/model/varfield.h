/*
 * Values of a network as fields of a sample and back: pictures, textures, and
 * what the two domains say to each other, phi_t.3.
 */
#ifndef MODEL_VARFIELD_H
#define MODEL_VARFIELD_H

#include "graph/graph.h"
#include "nets/recipe.h"
#include "stream/sample.h"

/*
 * A var as field "name", or "name.LEVEL" where level is not 0, in the
 * sample's arena. one: a leading axis of 1 is left out.
 */
MUST_CHECK enum status varfield_put(struct sample *s, const char *name,
    int level, const struct var *v, bool one);

/* Field "name.LEVEL" as an input of the graph, (n,h,w,c); n 0 is any. */
MUST_CHECK enum status varfield_get(struct var **v, struct graph *g,
    const struct sample *s, const char *name, int level, size_t n,
    const struct recipe *r);

#endif
