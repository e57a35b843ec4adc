#include "model/painting.h"

#include <math.h>

#include "model/inputs.h"
#include "model/varfield.h"
#include "nets/unet.h"
#include "view/fields.h"
#include "view/seen.h"

static enum status
open_charts(struct painting *p, const char *layout)
{
	TRY(charts_open(&p->charts, layout, unet_side(&p->m.u)));
	return charts_unet(&p->charts, &p->m.u);
}

enum status
painting_open(struct painting *p, const char *weights, const char *layout,
    double photo, bool fast)
{
	*p = (struct painting){ .photo = photo };
	enum status st = model_open(&p->m, weights, "unet.tar", MODEL_UNET);

	if (st != OK)
		return fail_in(st, "weights");
	if (fast)
		p->m.u.fine = 0;
	if (!layout) {
		layout = p->m.layout;
		st = layout_needs_no_table(layout);
	}
	if (st == OK)
		st = open_charts(p, layout);
	p->scale = (struct rescale){ .S = unet_side(&p->m.u), .layout = layout };
	return st == OK ? OK : fail_in(st, "layout");
}

void
painting_close(struct painting *p)
{
	model_close(&p->m);
	charts_close(&p->charts);
	rescale_close(&p->scale);
}

/* t += share (texture - t) where the photo shows the texel. */
static void
keep_photo(float *t, const struct evidence_in *in, double share)
{
	const uint8_t *seen = in->seen->data;
	const float *from = in->texture->data;

	for (size_t i = 0; i < tensor_len(in->texture); i++)
		if (seen[i / 3] == SEEN_YES && in->valid[i / 3])
			t[i] += (float)share * (from[i] - t[i]);
}

/* 1 - exp(s), and the likeliest kind, of texels of charts. */
static enum status
put_said(struct sample *s, const struct unet_out *out, const uint8_t *valid)
{
	const struct view_size size = view_square(out->t->h);
	const size_t texels = out->t->h * out->t->w;
	struct tensor t;

	if (out->doubt) {
		TRY(view_make(&t, s, 0, VIEW_TEXTURE_CONFIDENCE, 1, size));
		for (size_t i = 0; i < texels; i++)
			((float *)t.data)[i] = !valid[i] ? 0 :
			    fmaxf(1 - expf(out->doubt->x[i]), 0);
	}
	if (!out->kinds)
		return OK;
	TRY(view_make(&t, s, 0, VIEW_TEXTURE_KIND, 1, size));
	for (size_t i = 0; i < texels; i++) {
		const float *x = out->kinds->x + out->kinds->c * i;
		size_t best = 0;

		for (size_t k = 1; k < out->kinds->c; k++)
			if (x[k] > x[best])
				best = k;
		((uint8_t *)t.data)[i] = valid[i] ? (uint8_t)(1 + best) : 0;
	}
	return OK;
}

static enum status
paint(struct painting *p, struct sample *s)
{
	const size_t S = unet_side(&p->m.u);
	struct evidence_in in;
	struct tensor from, unwrap;

	TRY(inputs_unet(&in, &p->scale.seen, &p->m.u));
	charts_evidence(&in, &p->charts);
	if (p->charts.plan && !in.texture) {
		unwrap = (struct tensor){ DT_F4, 3, { S, S, 3 },
			arena_alloc(s->arena, 3 * S * S * sizeof(float)) };
		if (!unwrap.data)
			return E_NOMEM;
		TRY(unwrap_source(unwrap.data, &p->scale.seen, S,
		    p->charts.plan));
		in.texture = &unwrap;
	}
	struct unet_out out = unet(p->m.g, &p->m.u, &in);
	struct var *t = out.t;

	TRY(graph_status(p->m.g));
	if (in.texture)
		keep_photo(t->x, &in, p->photo);
	TRY(varfield_put(s, "texture", 0, t, true));
	TRY(sample_make(&from, s, "texture.seen", DT_U1, TENSOR_DIMS(S, S)));
	for (size_t i = 0; i < S * S; i++)
		((uint8_t *)from.data)[i] = p->charts.valid[i] ? SEEN_INPAINT :
		    SEEN_NOT;
	return put_said(s, &out, p->charts.valid);
}

enum status
painting_put(struct painting *p, struct sample *s)
{
	TRY(model_sign(&p->m, s));
	TRY(rescale_begin(&p->scale, s, 1u << ROLE_SOURCE));
	enum status st = paint(p, s);

	graph_reset(p->m.g);
	return st;
}
