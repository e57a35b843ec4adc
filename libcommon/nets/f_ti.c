#include "nets/f_ti.h"

#include "nets/position.h"

static void
split(struct graph *g, struct var *head, struct var *anchor,
    struct var *known, struct var **f, struct var **m)
{
	/* eq. 7 */
	*f = position(g, head, anchor, head->h, head->w);
	*m = flow_mask(g, head, 2, known);
	g_done(g, head);
}

void
f_ti_coarse(struct graph *g, const struct recipe *r, struct flow_net *net,
    struct var *p, struct var *anchor, struct var *known, struct var **f,
    struct var **m)
{
	/* eq. 7, level 3 */
	g_push(g, "f_ti");
	split(g, flow_coarse(g, r, net, p, 3), anchor, known, f, m);
	g_pop(g);
}

void
f_ti_fine(struct graph *g, const struct recipe *r, struct flow_net *net,
    struct var *gathered, struct var *anchor, struct var *known,
    struct var **f, struct var **m)
{
	/* eq. 7, level 2 */
	g_push(g, "f_ti");
	struct var *both = g_concat(g, (struct var *[]){ net->u, gathered },
	    2);

	g_done(g, net->u);
	net->u = g_conv(g, both, "mix3", (struct g_conv){
	    .o = 4 * r->flow_width, .k = 3, .pad = 1 });
	g_done(g, both);
	split(g, flow_fine(g, r, net, 3), anchor, known, f, m);
	g_pop(g);
}
