/* Evidence behind and at half size, against what their definitions say. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nets/vars.h"
#include "../tap.h"

#define S 4
#define C 11

static bool
about(const float *x, const float *want, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fabsf(x[i] - want[i]) > 1e-6f)
			return false;
	return true;
}

int
main(void)
{
	static float e[S * S * C];
	static int32_t behind[S * S];
	struct params *ps;
	struct graph *g;

	if (params_new(&ps) != OK || graph_new(&g, GRAPH_INFER, ps) != OK)
		exit(2);
	/* Of the first four texels one is known, the others hide 7. */
	for (size_t i = 0; i < S * S * C; i++)
		e[i] = i % C < 8 ? i % 4 == 3 ? 0 : 7 : (float)i;
	memcpy(e + C * (S + 1), (float[]){ .1f, .2f, .3f, 1 }, 16);
	/* Of the last four two are. */
	memcpy(e + C * (S * S - 1), (float[]){ .5f, 0, 1, 1 }, 16);
	memcpy(e + C * (S * S - 2), (float[]){ .1f, 0, 0, 1 }, 16);
	for (size_t i = 0; i < S * S; i++)
		for (size_t k = 0; k < 8; k++)
			if (k % 4 == 3 && e[C * i + k] != 1)
				e[C * i + k] = 0;

	struct var *v = g_input(g, 1, S, S, C, e, false);
	struct var *h = evidence_half(g, v);

	ok(h->h == S / 2 && h->w == S / 2 && h->c == C, "half the side");
	ok(about(h->x, (float[]){ .1f, .2f, .3f, 1 }, 4),
	    "one known texel of four");
	ok(about(h->x + 3 * C, (float[]){ .3f, 0, .5f, 1 }, 4), "two of four");
	ok(about(h->x + C, (float[]){ 0, 0, 0, 0 }, 4), "none");
	const float mean = (e[8] + e[C + 8] + e[S * C + 8] +
	    e[(S + 1) * C + 8]) / 4;

	ok(about(h->x + 8, &mean, 1), "of a texture the mean of all");
	for (size_t i = 0; i < S * S; i++)
		behind[i] = -1;
	behind[2] = S + 1;
	struct var *b = evidence_behind(g, v,
	    &(struct evidence_in){ .behind = behind });

	ok(b->c == 4 && about(b->x + 8, (float[]){ .1f, .2f, .3f, 1 }, 4),
	    "what lies behind a texel");
	ok(about(b->x, (float[]){ 0, 0, 0, 0 }, 4), "and nothing");
	graph_free(g);
	params_free(ps);
	return done();
}
