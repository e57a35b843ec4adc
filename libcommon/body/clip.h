/*
 * A motion as one body does it, on the floor: what a skeleton in a file and
 * a camera that stands still need of it.
 *
 * The floor is y = 0. In the first frame the body faces z, and its pelvis stands
 * over the point over which the rest pose has it. From there it goes, where it
 * travels, or it sways over that point.
 */
#ifndef BODY_CLIP_H
#define BODY_CLIP_H

#include "body/motion.h"

struct clip {
	size_t n_frame;
	const float (*pose)[BODY_JOINTS][3];	/* with its heading */
	const float (*place)[3];		/* of the pelvis, metres */
	double rate;				/* frames a second; 0: not said */
};

/*
 * Frames first, last and step of m, in memory of the arena. No frame's lowest
 * point lies below the floor. Jumps have the heights of the motion; what changes
 * over more than a second (stairs, and what comes of legs of another length) is
 * taken out, so that the body touches the floor again and again. A motion without
 * places touches it in every frame. travel: keeps its way over the floor, where
 * it has one; else the way's mean over two seconds is taken out. E_SHAPE for a
 * body without skeleton, E_NOMEM.
 */
MUST_CHECK enum status clip_make(struct clip *c, struct arena *a,
    const struct motion *m, const struct body *b, const size_t frames[3],
    bool travel);

/*
 * Where the pelvis is in a pose (NULL: at rest) that stands on the floor, over the
 * point over which the rest pose has it. E_SHAPE for a body without skeleton.
 */
MUST_CHECK enum status clip_still(float place[3], const struct body *b,
    const float (*pose)[3]);

/* The vertices of frame i, on the floor; out: of the body's mesh. */
void clip_vertices(float (*out)[3], const struct clip *c,
    const struct body *b, size_t i);

/*
 * Sets the body so that its rest pose stands on y = 0 with the origin between
 * its feet: the middle of what lies in the lowest twentieth of it. E_NOMEM.
 */
MUST_CHECK enum status clip_set_down(struct body *b, struct arena *a);

#endif
