/*
 * Labels as detectors give them, from labels that are right: key points
 * that are missing, moved or of the other side, and IUVs with coarse outlines
 * in the wrong place, holes, U and V that are off, and legs exchanged.
 */
#ifndef SYNTH_MISLABEL_H
#define SYNTH_MISLABEL_H

#include "base/arena.h"
#include "math/rng.h"

enum fault {
	FAULT_DROP = 1,		/* key points missing; sometimes all */
	FAULT_MOVE = 2,		/* key points off, hidden ones more */
	FAULT_DRIFT = 4,	/* U and V off, smoothly and by pixel */
	FAULT_RIM = 8,		/* outlines off, fingers lost */
	FAULT_GAP = 16,		/* parts and patches missing */
	FAULT_SWAP = 32		/* left for right */
};
#define FAULT_ALL 63
#define FAULT_NAMES "drop|move|drift|rim|gap|swap"

/* Comma-separated names to a set of them; "none". E_VALUE. */
MUST_CHECK enum status mislabel_faults(unsigned *set, const char *list);

/*
 * pose: 18 x, y, confidence of a picture of size x size. strength: 0 leaves
 * all as it is, 1 is as common detectors do on small photos.
 */
void mislabel_pose(float (*pose)[3], size_t size, double strength,
    unsigned faults, struct rng *d);

/* iuv: (size,size,3). Scratch from the arena is given back. E_NOMEM. */
MUST_CHECK enum status mislabel_iuv(uint8_t *iuv, size_t size,
    double strength, unsigned faults, struct rng *d, struct arena *a);

/*
 * matte: (size,size), 0..255: softer, a little off, and of another contrast.
 * Scratch from the arena is given back. E_NOMEM.
 */
MUST_CHECK enum status mislabel_matte(uint8_t *matte, size_t size,
    double strength, unsigned faults, struct rng *d, struct arena *a);

#endif
