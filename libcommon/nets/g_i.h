/*
 * G_I, the image generator, eq. 5, cut at its attentions. Per decoder
 * level: source attention (phi_i leaves here), texture attention, decode.
 */
#ifndef NETS_G_I_H
#define NETS_G_I_H

#include "graph/graph.h"
#include "nets/recipe.h"

/* p (n,S,S,18) -> (n,S/8,S/8,C3). */
struct var *g_i_encode(struct graph *g, const struct recipe *r,
    struct var *p);

/* Eqs. (1), (2) with A_st: key phi_s (1,h,w,C), flow relative. Ends q. */
struct var *g_i_source(struct graph *g, const struct recipe *r, int level,
    struct var *q, struct var *phi_s, struct var *f_st, struct var *m_st);

/* The same with A_TI: key phi_t (1,h,w,C), flow absolute. Ends q. */
struct var *g_i_texture(struct graph *g, const struct recipe *r, int level,
    struct var *q, struct var *phi_t, struct var *f_ti, struct var *m_ti);

/* From level to level - 1, half the stride. Ends x. */
struct var *g_i_decode(struct graph *g, const struct recipe *r, int level,
    struct var *x);

/*
 * (n,S,S,C1) -> x^ (n,S,S,3) in [-1,1]. With evidence, from evidence_view, it
 * is the texture on the body and what to change in that, linear: about
 * [-1,1]. Ends x.
 */
struct var *g_i_out(struct graph *g, struct var *x, struct var *evidence);

#endif
