/*
 * G_T, the texture generator, eqs. 8 to 10, cut at its attentions: from
 * a learnable constant, with evidence of the source where the recipe has
 * it, reading the features of all views.
 */
#ifndef NETS_G_T_H
#define NETS_G_T_H

#include "graph/graph.h"
#include "nets/recipe.h"

/*
 * Constant and evidence (1,S,S,.; NULL without) to (1,S/8,S/8,C3). *skip is
 * the feature at stride 4 that joins the decoder, or NULL. A folded recipe
 * reads both from the parameters.
 */
struct var *g_t_encode(struct graph *g, const struct recipe *r,
    struct var *evidence, struct var **skip);

/*
 * Attention to every view, eq. 1, merge, eq. 9, and eq. 10: q
 * (1,h,w,C), phi_i, f_it, m_it with n images, a (1,h,w,1). Unused slots of
 * the merge are zero. Ends q.
 *
 * trace, unless NULL, is what led to the result (GRAPH_INFER only):
 * tap (n,h,w,k k), the weights of eq. 1, and share (1 + n,h,w,1), what the
 * texture's own feature and each view gave to the sum of eq. 10: the length
 * of each part, over the channels, divided by the sum of all lengths. The
 * bias of the merge counts as the texture's own.
 */
struct g_t_trace {
	struct var *tap, *share;
};
struct var *g_t_attend(struct graph *g, const struct recipe *r, int level,
    struct var *q, struct var *phi_i, struct var *f_it, struct var *m_it,
    struct var *a, struct g_t_trace *trace);

/* Wider context at level 3, where the recipe has it. Ends x. */
struct var *g_t_context(struct graph *g, const struct recipe *r,
    struct var *x);

/*
 * From level to level - 1. skip as g_t_encode gave it at level 3, NULL
 * below. x stays the caller's.
 */
struct var *g_t_decode(struct graph *g, const struct recipe *r, int level,
    struct var *x, struct var *skip);

/*
 * (1,S,S,C1) -> t (1,S,S,3) in [-1,1]. With EVIDENCE_INPAINT it is the
 * texture in the evidence's last channels and what to change in that, linear:
 * about [-1,1]. Ends x.
 */
struct var *g_t_out(struct graph *g, const struct recipe *r, struct var *x,
    struct var *evidence);

#endif
