#include "losses/loss.h"

#include "losses/pieces.h"

/* f_it is absolute, as f_ti: the same distance. */
double
loss_coord(struct graph *g, struct var *f_it, const struct var *c,
    const struct var *m, double weight)
{
	/* eq. 14 */
	return loss_flow(g, f_it, c, m, false, weight);
}
