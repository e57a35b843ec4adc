#include "nets/f_it.h"

#include "nets/position.h"

static void
split(struct graph *g, struct var *head, struct var *anchor,
    struct var *known, struct var **f, struct var **m, struct var **a)
{
	/* eq. 11 */
	*f = position(g, head, anchor, head->h, head->w);
	*m = flow_mask(g, head, 2, known);

	struct var *each = g_slice(g, head, 3, 1);
	struct var *mean = g_mean_views(g, each);

	*a = g_act(g, mean, NN_ACT_SIGMOID, 0);
	g_done(g, each);
	g_done(g, mean);
	g_done(g, head);
}

void
f_it_coarse(struct graph *g, const struct recipe *r, struct flow_net *net,
    struct var *x, struct var *anchor, struct var *known, struct var **f,
    struct var **m, struct var **a)
{
	/* eq. 11, level 3 */
	g_push(g, "f_it");
	split(g, flow_coarse(g, r, net, x, 4), anchor, known, f, m, a);
	g_pop(g);
}

void
f_it_fine(struct graph *g, const struct recipe *r, struct flow_net *net,
    struct var *anchor, struct var *known, struct var **f, struct var **m,
    struct var **a)
{
	/* eq. 11, level 2 */
	g_push(g, "f_it");
	split(g, flow_fine(g, r, net, 4), anchor, known, f, m, a);
	g_pop(g);
}
