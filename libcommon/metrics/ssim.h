/*
 * Structural similarity, Wang et al. 2004, in the variants that published
 * figures were made with. They differ by more than the methods that they
 * compare, so a figure without its protocol says nothing.
 *
 *	         (2 ma mb + C1) (2 vab + C2)
 *	SSIM = ---------------------------------,  C1 = (.01 L)^2, C2 = (.03 L)^2
 *	       (ma^2 + mb^2 + C1) (va + vb + C2)
 *
 * ma, mb: means in a window; va, vb, vab: variances and covariance in it.
 */
#ifndef METRICS_SSIM_H
#define METRICS_SSIM_H

#include "metrics/pair.h"

struct ssim_window {
	int size;		/* odd */
	double sigma;		/* of a Gaussian; 0: all weights equal */
	bool sample;		/* variances times n/(n-1), n = size * size */
	bool zero_pad;		/* black border, a value for each pixel; else
				   only windows that lie inside count */
	bool luma;		/* of 0.299 R + 0.587 G + 0.114 B, not the mean
				   over channels */
};

/*
 * Mean SSIM of a pair over windows centred where p->where is not 0. Values
 * are taken as x * scale + offset; range is L, in these units. NaN when no
 * window counts. Scratch comes from the arena and is given back.
 * E_SHAPE when the picture is smaller than the window.
 */
MUST_CHECK enum status ssim_mean(double *mean, const struct pair *p,
    const struct ssim_window *win, double scale, double offset, double range,
    struct arena *scratch);

/* The same by the definition, window by window; slow, kept to test ssim_mean. */
double ssim_mean_ref(const struct pair *p, const struct ssim_window *win,
    double scale, double offset, double range);

#endif
