/*
 * What hallucinate and its partner say to each other for one person, as
 * samples of that person's key (dualtex(7), EXCHANGE):
 *
 *	-> halluc.heat halluc.texheat halluc.coord halluc.seen, evidence
 *	-> phi_i.3		<- phi_t.3
 *	-> phi_i.2		<- phi_t.2
 *
 * This module is the image side with a partner, the texture side as a
 * partner, and the fields both make of vars. The networks are nets/dual.
 */
#ifndef MODEL_EXCHANGE_H
#define MODEL_EXCHANGE_H

#include "cli/partner.h"
#include "model/model.h"
#include "nets/dual.h"
#include "nets/unet.h"
#include "texture/baseline.h"

/*
 * The fields of role that the image domain reads, from the sample. The charts
 * (valid) are the caller's, see model/charts.
 */
MUST_CHECK enum status exchange_image_in(struct dual_image_in *in,
    const struct sample *s, const struct recipe *r, const char *role);

/*
 * Those that the texture domain reads; with views, or, for
 * dual_texture_end, evidence alone. The mirror map and the charts are the
 * caller's, see model/charts.
 */
MUST_CHECK enum status exchange_texture_in(struct dual_texture_in *in,
    const struct sample *s, const struct recipe *r, bool views);

/*
 * Those that the U-Net reads; mirror and valid are left alone. Its texture,
 * where the recipe has a prior, may be missing: then in->texture is NULL.
 */
MUST_CHECK enum status exchange_unet_in(struct evidence_in *in,
    const struct sample *s, const struct unet_recipe *r);

/*
 * The texture (S,S,3) that unwrap(1) makes of the sample's source without
 * options: a prior where none stands in the sample. Scratch from the sample's
 * arena is given back. E_VALUE where the photo shows nothing; E_SHAPE.
 */
MUST_CHECK enum status exchange_unwrap(float *texture, const struct sample *s,
    size_t S, const struct baseline_plan *plan);

/*
 * A var as field "name", or "name.LEVEL" where level is not 0, in the
 * sample's arena. one: a leading axis of 1 is left out.
 */
MUST_CHECK enum status exchange_put(struct sample *s, const char *name,
    int level, const struct var *v, bool one);

/* Field "name.LEVEL" as an input of the graph, (n,h,w,c); n 0 is any. */
MUST_CHECK enum status exchange_get(struct var **v, struct graph *g,
    const struct sample *s, const char *name, int level, size_t n,
    const struct recipe *r);

/*
 * Step one with a partner: runs d (begun), leaves phi_t.3 and phi_t.2 (and
 * what a keeping partner sends beside them) in s, whose history gets the
 * partner's entry. *x: x^.
 */
MUST_CHECK enum status exchange_run(struct dual_image *d, struct partner *p,
    struct sample *s, struct var **x);

#endif
