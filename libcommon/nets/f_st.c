#include "nets/f_st.h"

static void
split(struct graph *g, struct var *head, struct var *anchor, struct var **f,
    struct var **m)
{
	struct var *x = g_slice(g, head, 0, 2);

	/* eq. 6 */
	*f = anchor ? g_flow_anchored(g, x, anchor, 1) : x;
	*m = flow_mask(g, head, 2, NULL);
	if (anchor)
		g_done(g, x);
	g_done(g, head);
}

void
f_st_coarse(struct graph *g, const struct recipe *r, struct flow_net *net,
    struct var *x, struct var *p_s, struct var *p, struct var *anchor,
    struct var **f, struct var **m)
{
	/* eq. 6, level 3 */
	g_push(g, "f_st");
	struct var *in = g_concat(g, (struct var *[]){ x, p_s, p }, 3);
	struct var *head = flow_coarse(g, r, net, in, 3);

	g_done(g, in);
	split(g, head, anchor, f, m);
	g_pop(g);
}

void
f_st_fine(struct graph *g, const struct recipe *r, struct flow_net *net,
    struct var *anchor, struct var **f, struct var **m)
{
	/* eq. 6, level 2 */
	g_push(g, "f_st");
	split(g, flow_fine(g, r, net, 3), anchor, f, m);
	g_pop(g);
}
