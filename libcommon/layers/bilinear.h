/*
 * Resizing a map by bilinear interpolation, as TensorFlow's two switches have
 * it. Output pixel i of n looks at input place
 *
 *	half_pixel	(i + 1/2) m / n - 1/2
 *	align		i (m - 1) / (n - 1), where n > 1
 *	neither		i m / n
 *
 * of m; outside is the nearest pixel. Inference only.
 */
#ifndef LAYERS_BILINEAR_H
#define LAYERS_BILINEAR_H

#include <stdbool.h>
#include <stddef.h>

struct nn_bilinear {
	size_t h, w, c, ho, wo;		/* all >= 1 */
	bool half_pixel, align;		/* not both */
};

/* x (h, w, c) -> out (ho, wo, c), which do not overlap. */
void nn_bilinear_fwd(float *out, const float *x, const struct nn_bilinear *s);

#endif
