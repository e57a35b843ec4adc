/*
 * The dual-domain networks for one sample, cut where the two domains talk:
 *
 *	image domain (hallucinate)	texture domain (texgen -x)
 *	dual_image_begin		dual_texture_begin
 *	for level 3, then 2:
 *	  phi_i = dual_image_send    ->
 *				     <-	  phi_t = dual_texture_turn(phi_i)
 *	  dual_image_receive(phi_t)
 *	x^ = dual_image_end		t = dual_texture_end(phi_t.2)
 *
 * One process calls both columns in this order (dual_run), two processes one
 * each; the same code runs, so the bytes are the same. Step two is the image
 * column alone with kept phi_t. texgen finishing a texture is
 * dual_texture_end alone. See eqs. 3 to 11 of the paper; networks(7).
 *
 * A var is valid until graph_reset; in GRAPH_INFER its memory is taken back
 * once the next step has used it, except what `keep` protects. Nothing is
 * copied from the inputs before it is needed, so tensors given to a begin
 * must live until the sample is done. Arrays are channels last, float.
 *
 * All functions may fail; the graph then holds the first failure
 * (graph_status) and vars are empty. Those that return a status give it.
 */
#ifndef NETS_DUAL_H
#define NETS_DUAL_H

#include "graph/graph.h"
#include "nets/flow.h"
#include "nets/g_t.h"
#include "nets/recipe.h"
#include "tensor/tensor.h"

/*
 * The paper's table 3: which domain may look at the other one. Without I->T
 * the texture still reads phi_i.3 of the first view, and of no other: the
 * constant knows nothing of the clothes (networks(7)). So the first view must
 * have the source's pose.
 */
enum links { LINKS_FULL, LINKS_I2T, LINKS_T2I, LINKS_NONE };
#define LINKS_CHOICES "full|i2t|t2i|none"

/*
 * What the image domain reads, as it stands in the stream (fields.7);
 * n views, S = recipe.size. s and m only where recipe.flow is FLOW_ANCHORED or
 * recipe.evidence EVIDENCE_INPAINT, c_s and seen_s only with the former,
 * texture and valid with the latter; NULL otherwise is fine. texture is the
 * best there is: inpaint's in step one, t in step two. The four of the source
 * may have an axis n in front: then each view has its own.
 */
struct dual_image_in {
	const struct tensor *x_s;	/* u1 (S,S,3)	 source.image */
	const struct tensor *p_s;	/* f4 (S,S,18)	 source.heat */
	const struct tensor *p;		/* f4 (n,S,S,18) halluc.heat */
	const struct tensor *s;		/* f4 (n,S,S,2)	 halluc.surf */
	const struct tensor *m;		/* u1 (n,S,S)	 halluc.mask */
	const struct tensor *c_s;	/* f4 (S,S,2)	 source.coord */
	const struct tensor *seen_s;	/* u1 (S,S)	 source.seen */
	const struct tensor *texture;	/* f4 (S,S,3)	 texture */
	const uint8_t *valid;		/* S*S: 0 outside every chart */
};

/*
 * What the texture domain reads: the views in the order of the image domain,
 * the one with the source's pose first. Evidence (x_s, c_s, seen_s, mirror,
 * valid) only where recipe.evidence is not EVIDENCE_NONE, texture only where
 * it is EVIDENCE_INPAINT.
 */
struct dual_texture_in {
	const struct tensor *p;		/* f4 (n,S,S,18) halluc.heat */
	const struct tensor *b;		/* f4 (n,S,S,18) halluc.texheat */
	const struct tensor *c;		/* f4 (n,S,S,2)	 halluc.coord */
	const struct tensor *seen;	/* u1 (n,S,S)	 halluc.seen */
	const struct tensor *x_s;	/* u1 (S,S,3)	 source.image */
	const struct tensor *c_s;	/* f4 (S,S,2)	 source.coord */
	const struct tensor *seen_s;	/* u1 (S,S)	 source.seen */
	const struct tensor *texture;	/* f4 (S,S,3)	 texture, of inpaint */
	const int32_t *mirror;		/* S*S: index of the texel on the other
					   side of the body, -1: none */
	const uint8_t *valid;		/* S*S: 0 outside every chart */
};

/* Progress of the image domain; fields are for reading. */
struct dual_image {
	struct graph *g;
	const struct recipe *r;
	const struct dual_image_in *in;
	enum links links;
	bool keep;		/* flows, masks and phi_i outlive their use */
	size_t n;		/* views */
	int level;		/* next to send or receive; 0 when decoded */
	struct var *phi_i[2];	/* by DUAL_INDEX(level) */
	struct var *f_st[2];	/* (n,h,w,2) relative, level pixels */
	struct var *m_st[2];	/* (n,h,w,1) */
	struct var *f_ti[2];	/* (n,h,w,2) absolute, texels of the level */
	struct var *m_ti[2];
	struct var *x;		/* decoder */
	struct var *phi_s[2];	/* source features, key of A_st */
	struct var *anchor_st[2], *anchor_ti[2], *known_ti[2];
	struct flow_net st, ti;
	struct var *gathered;	/* phi_t.3 where f_ti points, for F_TI */
};

/*
 * Starts with n = in->p's first dim, 1..; `keep` as above. That `in` is what
 * its comments say is the caller's care: model/inputs.
 */
MUST_CHECK enum status dual_image_begin(struct dual_image *d,
    struct graph *g, const struct recipe *r, const struct dual_image_in *in,
    enum links links, bool keep);

/* phi_i of the present level, (n,h,w,C): what goes to the partner. */
struct var *dual_image_send(struct dual_image *d);

/*
 * Attends to phi_t (1,h,w,C) of the present level and decodes to the next.
 * phi_t is not used, and may be NULL, where the links cut T->I.
 */
void dual_image_receive(struct dual_image *d, struct var *phi_t);

/* x^ of every view, (n,S,S,3) in [-1,1], eq. 5. */
struct var *dual_image_end(struct dual_image *d);

/* Progress of the texture domain. */
struct dual_texture {
	struct graph *g;
	const struct recipe *r;
	const struct dual_texture_in *in;
	enum links links;
	bool keep;
	size_t n;
	int level;
	struct var *phi_t[2];
	struct var *f_it[2];	/* (n,h,w,2) absolute, pixels of the level */
	struct var *m_it[2];	/* (n,h,w,1) */
	struct var *a[2];	/* (1,h,w,1) */
	bool traced;		/* set after begin, in GRAPH_INFER: trace is wanted */
	struct g_t_trace trace[2];
	struct var *t;		/* decoder */
	struct var *skip;	/* encoder feature at level 2, or NULL */
	struct var *anchor[2], *known[2];
	struct flow_net it;
};

/* The same; at most as many views as the merge has slots. */
MUST_CHECK enum status dual_texture_begin(struct dual_texture *d,
    struct graph *g, const struct recipe *r, const struct dual_texture_in *in,
    enum links links, bool keep);

/*
 * Takes phi_i (n,h,w,C) of the present level, gives phi_t (1,h,w,C). What the
 * next level needs is put off until dual_texture_ahead or the next turn, so
 * that the partner gets phi_t at once.
 */
struct var *dual_texture_turn(struct dual_texture *d, struct var *phi_i);

/*
 * Does now what the next turn would begin with: for a process that has sent
 * phi_t and would wait for its partner.
 */
void dual_texture_ahead(struct dual_texture *d);

/*
 * The texture t (1,S,S,3) in [-1,1] from phi_t of level 2, eq. 8. Needs
 * no begin and reads only the evidence of `in`. phi_t stays the caller's.
 */
struct var *dual_texture_end(struct graph *g, const struct recipe *r,
    const struct dual_texture_in *in, struct var *phi_t);

/*
 * Both steps of the paper's training strategy, its "two-step generation
 * processes" (section 4.3): first the whole networks with the hallucination
 * poses, for t and phi_T^hallu, which is kept; then the image domain alone
 * with the target poses, referring to the kept features, for x^, whose truth
 * is known. `texture`: t is wanted; with EVIDENCE_INPAINT the second step
 * then reads its values, else the texture of in->target. keep as for a begin,
 * for both image domains; what `in` points to must live as long as *d.
 */
struct dual_two_steps_in {
	struct dual_image_in hallu, target;
	struct dual_texture_in texture;
};

struct dual_two_steps {
	struct dual_image hallu, target;	/* of each step */
	struct dual_texture tex;
	struct var *t, *x;		/* t NULL: not wanted; x^ */
	struct dual_image_in in_target;	/* its own, as the texture changes */
	struct tensor made;		/* t's values */
};

MUST_CHECK enum status dual_two_steps(struct dual_two_steps *d,
    struct graph *g, const struct recipe *r,
    const struct dual_two_steps_in *in, enum links links, bool keep,
    bool texture);

/*
 * What a folded recipe stores instead of the constant and its encoder:
 * e[0] is g_t.folded3, e[1] g_t.folded2 or NULL, as (1,h,w,C); the weights
 * file has them as (1,C,h,w). E_VALUE where there is evidence.
 */
MUST_CHECK enum status dual_fold(struct graph *g, const struct recipe *r,
    struct var *e[2]);

/*
 * Step one in one process: every send, turn, receive, in order. x and t may
 * be NULL where one is not wanted; its decoder's end is then left out.
 */
MUST_CHECK enum status dual_run(struct dual_image *di,
    struct dual_texture *dt, struct var **x, struct var **t);

/*
 * Step two: x^ for the poses of d's input from the kept phi_t[2], by
 * DUAL_INDEX; called after dual_image_begin.
 */
MUST_CHECK enum status dual_again(struct dual_image *d,
    struct var *const phi_t[2], struct var **x);

/*
 * The list of all parameters of a recipe, by running the networks dry: ps
 * gets names, shapes and initial values, in the order of first use; tally,
 * unless NULL, the multiply-adds of step one with n views. `what` selects
 * networks; DUAL_FINISH is what dual_texture_end alone needs, and
 * DUAL_TEXTURE_DISCRIMINATOR, of which few trainings make use, is not in DUAL_ALL.
 */
enum { DUAL_IMAGE = 1, DUAL_TEXTURE = 2, DUAL_DISCRIMINATOR = 4, DUAL_FINISH = 8,
	DUAL_TEXTURE_DISCRIMINATOR = 16,
	DUAL_ALL = DUAL_IMAGE | DUAL_TEXTURE | DUAL_DISCRIMINATOR | DUAL_FINISH };
MUST_CHECK enum status dual_params(struct params *ps, const struct recipe *r,
    unsigned what, size_t n, struct tally *tally);

#endif
