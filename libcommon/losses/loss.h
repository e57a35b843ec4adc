/*
 * The losses of section 4.3, each in a file of its own (loss_NAME.c), as
 * functions over vars of a graph in GRAPH_TRAIN. A loss returns its value
 * without the weight and, where weight is not 0, adds weight times its
 * gradient to those of its arguments that want one; graph_backward takes it
 * on from there. A step is
 *
 *	value[REC] = loss_rec(g, x_hat, x, NULL, weight[REC]);
 *	...
 *	TRY(graph_backward(g));
 *
 * Predictions are written `struct var *`, what they are compared with
 * `const struct var *` (by g_input). Shapes are asserted; after a failure of
 * the graph every loss is 0 and does nothing. Sums are in double and in
 * pieces of fixed size: the same bits for any number of threads.
 *
 * Symbols: n images, h w c as in graph.h; masks m (n,h,w,1) or (1,h,w,1),
 * the same for all, of any weights >= 0; NULL is 1 everywhere. Flows are
 * (n,h,w,2), x first, in pixels of their level; f_st is relative, f_it and
 * f_ti are absolute.
 */
#ifndef LOSSES_LOSS_H
#define LOSSES_LOSS_H

#include "graph/graph.h"
#include "nets/vgg19.h"

/* ---- pictures --------------------------------------------------------- */

/*
 * L_rec for x^ or x~, and, with m the mask of the source, for x~ in the
 * source view: the mean over all values, masked or not, of
 *
 *	m |x - want|
 */
double loss_rec(struct graph *g, struct var *x, const struct var *want,
    const struct var *m, double weight);

/*
 * Where the data brings true textures t (n,T,T,3), the mean of B(t - want)
 * where m is (the valid texels, seen or unseen or both):
 *
 *	sum of m B(t - want) / (3 sum of m + 1e-8)
 *	B(e) = |e|				where |e| <= berhu, or berhu is 0
 *	       (e^2 + berhu^2) / (2 berhu)	beyond
 *
 * the reverse Huber loss (Laina et al. 2016). What can be known is off by
 * little and learnt as by L1; what cannot goes to its mean, which is not a
 * guess at one of the things that it could be.
 */
double loss_tex(struct graph *g, struct var *t, const struct var *want,
    const struct var *m, double berhu, double weight);

/*
 * How far off a texture t (n,h,w,c) says itself to be, against what it is: the mean
 * over texels, where m is, of the negative logarithm of Laplace's density,
 *
 *	e exp(-s) + s,		e = mean over channels |t - want| + 0.01
 *
 * with s (n,h,w,1), whose best value is log e (Kendall and Gal 2017). It teaches
 * s alone: t has losses of its own.
 */
double loss_doubt(struct graph *g, struct var *s, const struct var *t,
    const struct var *want, const struct var *m, double weight);

/*
 * Which of c kinds each texel is: the mean cross entropy of the logits
 * x (n,h,w,c), over texels whose kind is known: want[n*h*w] is 1..c, anything
 * else is not counted.
 */
double loss_kind(struct graph *g, struct var *x, const uint8_t *want,
    double weight);

/*
 * L_perc for x^ or x~: psi are the maps of VGG19 of the picture and of what
 * it should be; the sum over relu1_1, 2_1, 3_1, 4_1, 5_1, as far as the
 * weights go, of the mean |psi(x) - psi(want)|. Both have been run with at
 * least LOSS_PERC_MAPS.
 */
#define LOSS_PERC_MAPS (VGG19_BIT(RELU1_1) | VGG19_BIT(RELU2_1) | \
	VGG19_BIT(RELU3_1) | VGG19_BIT(RELU4_1) | VGG19_BIT(RELU5_1))
double loss_perc(struct graph *g, const struct vgg19_maps *x,
    const struct vgg19_maps *want, double weight);

/*
 * L_styl for x^ or x~: the sum over relu2_2, 3_4, 4_4, 5_2, as far as the
 * weights go, of the mean |G(x) - G(want)|, with the Gram matrix of each
 * picture, over its pixels p,
 *
 *	G_ij = sum over p of psi_i(p) psi_j(p) / (c h w)
 */
#define LOSS_STYL_MAPS (VGG19_BIT(RELU2_2) | VGG19_BIT(RELU3_4) | \
	VGG19_BIT(RELU4_4) | VGG19_BIT(RELU5_2))
double loss_styl(struct graph *g, const struct vgg19_maps *x,
    const struct vgg19_maps *want, double weight);

/*
 * L_adv, hinge. The generators': - mean of D's logits of what they made;
 * run D below g_freeze, so that it learns nothing from it.
 */
double loss_adv(struct graph *g, struct var *fake, double weight);
/*
 * D's own, by logits of true pictures and of made ones, which are inputs
 * here and want no gradient:
 *
 *	(mean relu(1 - real) + mean relu(1 + fake)) / 2
 */
double loss_discriminator(struct graph *g, struct var *real, struct var *fake,
    double weight);

/* ---- flows ------------------------------------------------------------ */

/*
 * L_cor, eq. 13, of one level: psi_s (n or 1,h,w,c) and psi_t
 * (n,h,w,c) are VGG19's maps of the source and of the targets at the size of
 * f_st, see loss_cor_map. With mu the cosine and psi~ the wide Gaussian
 * gather of psi_s by f_st, the mean over all positions l of
 *
 *	exp(-mu(psi~(l), psi_t(l)) / (mu_max(l) + 1e-8)) - exp(-1)
 *
 * where mu_max(l) is the largest mu(psi_s(k), psi_t(l)) of any k; so where the
 * flow finds the best place it is 0.
 */
double loss_cor(struct graph *g, struct var *f_st, const struct var *psi_s,
    const struct var *psi_t, double weight);

/*
 * The map that loss_cor takes at this level: relu4_1 at level 3, relu3_1 at
 * level 2. Where the weights end before conv4_1, that at level 3 is the pool
 * behind relu3_4, which has the same size; NULL where they do not go so far
 * either. Made where it is not there, so ask once. LOSS_COR_MAPS is what
 * vgg19_run is asked for.
 */
#define LOSS_COR_MAPS (VGG19_BIT(RELU3_1) | VGG19_BIT(RELU3_4) | \
	VGG19_BIT(RELU4_1))
struct var *loss_cor_map(struct graph *g, const struct vgg19_maps *x,
    int level);

/*
 * L_coord, eq. 14, of one level: the masked mean of the distance, in
 * pixels of the level, of f_it from c~, m where c~ is visible (level_reduce):
 *
 *	sum of m |f_it - c| / (sum of m + 1e-8)
 */
double loss_coord(struct graph *g, struct var *f_it, const struct var *c,
    const struct var *m, double weight);

/*
 * Direct supervision, which the paper has not: the same for f_ti against s~, and, with
 * `relative`, for f_st against an absolute position in the source, which is
 * c_source(s_target(l)) by level_compose.
 */
double loss_flow(struct graph *g, struct var *f, const struct var *want,
    const struct var *m, bool relative, double weight);

/*
 * L_cons, eq. 15, of one level: the masked mean of
 *
 *	|l + f_st(l) - f_it(f_ti(l))|
 *
 * f_st, f_ti (n,h,w,2) of the targets; f_it (1 or n,h,w,2) of the view with
 * the source's pose (g_views); m the body, or what of it the source sees.
 */
double loss_cons(struct graph *g, struct var *f_st, struct var *f_it,
    struct var *f_ti, const struct var *m, double weight);

/*
 * L_r of eq. 16 for one flow of one level: how far each window of k x k
 * is from the nearest affine map; the mean over windows and images of the
 * sum of squares, in square pixels, that the fit leaves of x and of y. k is
 * the attention's of that level.
 */
double loss_reg(struct graph *g, struct var *f, size_t k, double weight);

#endif
