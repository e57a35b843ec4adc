/*
 * What hallucinate and its partner say to each other for one person, as
 * samples of that person's key (dualtex(7), EXCHANGE):
 *
 *	-> halluc.heat halluc.texheat halluc.coord halluc.seen, evidence
 *	-> phi_i.3		<- phi_t.3
 *	-> phi_i.2		<- phi_t.2
 *
 * This module is the image side's part of it; the partner's is texgen(1). The
 * networks are nets/dual, what else they read is model/inputs.
 */
#ifndef MODEL_EXCHANGE_H
#define MODEL_EXCHANGE_H

#include "cli/partner.h"
#include "model/model.h"
#include "nets/dual.h"

/*
 * Step one with a partner: runs d (begun), leaves phi_t.3 and phi_t.2 (and
 * what a keeping partner sends beside them) in s, whose history gets the
 * partner's entry. *x: x^.
 */
MUST_CHECK enum status exchange_run(struct dual_image *d, struct partner *p,
    struct sample *s, struct var **x);

#endif
