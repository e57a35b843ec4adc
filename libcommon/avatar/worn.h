/*
 * An avatar worn by a body of ours: both in our rest pose (arms straight out),
 * on the avatar's joints, so that one pose moves both; and the avatar's colours
 * on our texture map. Fields avatar.* of fields(7).
 */
#ifndef AVATAR_WORN_H
#define AVATAR_WORN_H

#include "math/rng.h"
#include "mesh/avatar.h"
#include "stream/sample.h"
#include "texture/layout.h"

struct worn {
	/* The avatar, unposed: pelvis at the origin. */
	size_t n_vert, n_face;
	const float (*vert)[3];			/* avatar.vert f4 (n,3) */
	const uint32_t (*face)[3];		/* avatar.face i4 (m,3) */
	const float (*uv)[3][2];		/* avatar.uv f4 (m,3,2), v down, on image */
	const uint8_t (*by)[AVATAR_INFLUENCES];	/* avatar.by u1 (n,4) */
	const float (*weight)[AVATAR_INFLUENCES];	/* avatar.weight f4 (n,4) */
	/*
	 * Pictures of all parts on one map, and what each texel of it is;
	 * alpha < 128: not there. kind has AVATAR_CUT added where both sides of
	 * the faces show (hair).
	 */
	size_t h, w;
	const uint8_t *image;			/* avatar.image u1 (h,w,4) */
	const uint8_t *kind;			/* avatar.kind u1 (h,w) */
	/* Our body's vertices, in its order: inside the clothes, and as their hull. */
	size_t n_body;
	const float (*inside)[3];		/* avatar.inside f4 (V,3) */
	const float (*hull)[3];			/* avatar.hull f4 (V,3) */
	float joint[BODY_JOINTS][3];		/* avatar.joint f4 (24,3) */
	/* On the texture map. */
	size_t T;
	const uint8_t *texture;			/* true.texture u1 (T,T,3), gutters filled */
	const uint8_t *valid;			/* true.valid u1 (T,T) */
	const uint8_t *texkind;			/* true.kind u1 (T,T) */
};

/*
 * Puts v on our body: unposes it, carries the body onto its joints, head by eyes
 * and nose (with `vary` off them by so much, see carry_vary; 0: exactly, and d
 * may be NULL), wraps it to the outermost cloth, and bakes T x T texels of l,
 * each the mean of the avatar's colour over the texel. maps: side of the picture
 * of a part on the joint map, 128..1024. In memory of the arena. E_VALUE for joints that make
 * no person (a limb without length, feet above the head), and where less than half
 * of the texels find a surface; E_NOMEM.
 */
MUST_CHECK enum status worn_make(struct worn *w, struct arena *a,
    const struct avatar *v, const struct layout *l, size_t T, size_t maps,
    float vary, struct rng *d);

/* The fields above, in the sample's arena or w's memory, both ways. */
MUST_CHECK enum status worn_put(struct sample *s, const struct worn *w);
MUST_CHECK enum status worn_get(struct worn *w, const struct sample *s);

#endif
