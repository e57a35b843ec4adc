#include "nets/encoder.h"

#include "nets/block.h"

struct var *
encoder(struct graph *g, const struct recipe *r, struct var *x,
    struct var **fine)
{
	struct var *in = x;

	for (int i = 0; i < 3; i++) {
		g_push(g, "enc%d", i + 1);
		struct var *y = block_encode(g, x, r->width[i],
		    block_generator(r, i));

		g_pop(g);
		if (x != in && !(fine && x == *fine))
			g_done(g, x);
		if (i == 1 && fine)
			*fine = y;
		x = y;
	}
	return x;
}
