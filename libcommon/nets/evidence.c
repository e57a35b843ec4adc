#include "nets/evidence.h"

#include <math.h>

#include "graph/tape.h"
#include "layers/warp.h"
#include "tensor/pixel.h"
#include "view/levels.h"

static void
known(float *v, const struct evidence_in *in, size_t texels)
{
	const float *c = in->c->data;
	const uint8_t *seen = in->seen->data;

	for (size_t i = 0; i < texels; i++)
		v[i] = in->valid[i] && seen_itself(seen[i]) &&
		    !isnan(c[2 * i]) && !isnan(c[2 * i + 1]);
}

struct var *
evidence(struct graph *g, const struct evidence_in *in, size_t size)
{
	size_t texels = size * size, c = EVIDENCE_CHANNELS +
	    (in->texture ? 3 : 0);
	struct var *out = g_new(g, 1, size, size, c);

	if (!tape_runs(g))
		return out;
	float *x = tape_floats(g, 3 * texels), *u = tape_floats(g, 3 * texels),
	    *v = tape_floats(g, texels);

	if (!tape_runs(g))
		return out;
	pixels_signed(x, in->x->data, 3 * texels);
	nn_warp_fwd(u, x, in->c->data, &(struct nn_warp){ .n = 1, .maps = 1,
	    .h = size, .w = size, .c = 3, .ho = size, .wo = size });
	known(v, in, texels);
	for (size_t i = 0; i < texels; i++) {
		float *o = out->x + i * c;
		int32_t j = in->mirror[i];
		float vj = j >= 0 && in->valid[i] ? v[j] : 0;

		for (size_t k = 0; k < 3; k++) {
			o[k] = v[i] != 0 ? u[3 * i + k] : 0;
			o[4 + k] = vj != 0 ? u[3 * (size_t)j + k] : 0;
			if (in->texture)
				o[8 + k] = ((const float *)
				    in->texture->data)[3 * i + k];
		}
		o[3] = v[i];
		o[7] = vj;
	}
	tape_drop(g, x);
	tape_drop(g, u);
	tape_drop(g, v);
	return out;
}

/* v t beside v, so that one gather does both. */
static void
charted(float *out, const struct evidence_view_in *in, size_t texels)
{
	const float *t = in->texture->data;

	for (size_t i = 0; i < texels; i++) {
		float v = in->valid[i] != 0;

		for (size_t k = 0; k < 3; k++)
			out[4 * i + k] = v != 0 ? t[3 * i + k] : 0;
		out[4 * i + 3] = v;
	}
}

struct var *
evidence_view(struct graph *g, const struct evidence_view_in *in, size_t n,
    size_t size)
{
	const size_t texels = size * size, c = EVIDENCE_VIEW_CHANNELS;
	struct var *out = g_new(g, n, size, size, c);

	if (!tape_runs(g))
		return out;
	const uint8_t *m = in->m->data;
	float *t = tape_floats(g, c * texels);
	float *u = tape_floats(g, c * n * texels);

	if (!tape_runs(g))
		return out;
	charted(t, in, texels);
	nn_warp_fwd(u, t, in->s->data, &(struct nn_warp){ .n = n, .maps = 1,
	    .h = size, .w = size, .c = c, .ho = size, .wo = size });
	for (size_t i = 0; i < n * texels; i++) {
		const float w = m[i] ? u[c * i + 3] : 0;
		float *o = out->x + c * i;

		o[0] = w > 0;
		for (size_t k = 0; k < 3; k++)
			o[1 + k] = w > 0 ? u[c * i + k] / w : 0;
	}
	tape_drop(g, t);
	tape_drop(g, u);
	return out;
}
