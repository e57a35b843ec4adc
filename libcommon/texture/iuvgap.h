/*
 * Inside iuvdoubt: how far parts of an IUV that meet are from naming one place of
 * the seam between them, once something is undone that may have been done to u
 * and v.
 */
#ifndef TEXTURE_IUVGAP_H
#define TEXTURE_IUVGAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exchanged first, then looked up: what u and v were before. */
struct iuv_undo {
	bool swap;
	uint8_t u[256], v[256];
};

/* Nothing: u and v as they are. */
struct iuv_undo iuv_undo_none(void);

/*
 * The gaps at seams, in 1/255 of a chart's side. Strangers are pairs of pixels on
 * parts that do not adjoin on the body.
 */
struct iuv_gaps {
	size_t n, bin[256], strangers;
};

/* Adds the gap between two pixels, if they are of two parts. */
void iuv_gap_add(struct iuv_gaps *g, const uint8_t *a, const uint8_t *b,
    const struct iuv_undo *d);

/* Those of all pixels of iuv, u1 [h][w][3], beside and above each other. */
void iuv_gap_count(struct iuv_gaps *g, const uint8_t *iuv, size_t h, size_t w,
    const struct iuv_undo *d);

/* Their median; n is at least 1. */
int iuv_gap_median(const struct iuv_gaps *g);

/*
 * What was done to the values of u or v alone, as a sentence: a tone curve, a number
 * added or a factor, with what runs over cut off or wrapped round; NULL: nothing
 * that shows. The charts must be seen from outside.
 */
const char *iuv_bent(const uint8_t *iuv, size_t h, size_t w);

#endif
