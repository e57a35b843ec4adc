/*
 * From a sample as it is stored to one that a step of training reads: which
 * targets, in which foreign poses the person is hallucinated, colours
 * changed alike in all pictures, and every field that pose2heat(1) and
 * iuv2coord(1) would compute, unless the data bring it.
 */
#ifndef TRAIN_PREPARE_H
#define TRAIN_PREPARE_H

#include "math/rng.h"
#include "texture/unwrapping.h"
#include "train/subject.h"

struct bank;

#define PREPARE_VIEWS 64	/* of a role, at most; more are left out */

struct prepare {
	size_t size;
	const struct layout *layout;
	bool dual;		/* heat maps and halluc.* are wanted */
	size_t views;		/* n_h: halluc.* has this many, or fewer ... */
	bool vary;		/* ... 1..views by chance */
	size_t targets;		/* at most; 0: none */
	double jitter;		/* deviation of contrast and brightness */
	double pose_dropout;	/* chance that a view has no key points */
	struct bank *bank;	/* foreign poses; NULL: other samples' */
	const struct unwrap_plan *plan;	/* texture is wanted, and is
				   unwrap's where the data bring none; or NULL */
};

/* Where foreign poses come from: n samples, some of the same person. */
struct subjects {
	const struct subject *of;
	size_t n;
};

/*
 * Makes `out`, an empty sample whose arena takes everything, of sub. Without
 * a bank foreign poses are sub's own halluc.*, or else those of
 * others. E_VALUE where there is nobody else; E_SHAPE; E_LIMIT; E_NOMEM.
 */
MUST_CHECK enum status prepare(struct sample *out, const struct subject *sub,
    const struct subjects *others, const struct prepare *o, struct rng r);

#endif
