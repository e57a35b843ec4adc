/* inpaint(1): a complete texture with a plain U-Net. */
#include <math.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "math/team.h"
#include "model/charts.h"
#include "model/inputs.h"
#include "model/model.h"
#include "model/varfield.h"
#include "nets/unet.h"
#include "view/fields.h"
#include "view/seen.h"

struct inpaint {
	const char *weights, *layout;
	int threads;
	double photo;			/* share of it that stays where it shows */
	struct model m;
	struct charts charts;		/* with a plan where unwrap's is wanted */
};

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
filter_sample(struct sample *s, void *arg)
{
	struct inpaint *o = arg;
	const size_t S = unet_side(&o->m.u);
	struct evidence_in in;
	struct tensor from, unwrap;

	TRY(model_sign(&o->m, s));
	TRY(inputs_unet(&in, s, &o->m.u));
	in.mirror = o->charts.mirror;
	in.valid = o->charts.valid;
	if (o->charts.plan && !in.texture) {
		unwrap = (struct tensor){ DT_F4, 3, { S, S, 3 },
			arena_alloc(s->arena, 3 * S * S * sizeof(float)) };
		if (!unwrap.data)
			return E_NOMEM;
		TRY(unwrap_source(unwrap.data, s, S, o->charts.plan));
		in.texture = &unwrap;
	}

	in.behind = o->charts.behind;
	struct unet_out out = unet(o->m.g, &o->m.u, &in);
	struct var *t = out.t;

	TRY(graph_status(o->m.g));
	if (in.texture)
		keep_photo(t->x, &in, o->photo);
	TRY(varfield_put(s, "texture", 0, t, true));
	TRY(sample_make(&from, s, "texture.seen", DT_U1, TENSOR_DIMS(S, S)));
	for (size_t i = 0; i < S * S; i++)
		((uint8_t *)from.data)[i] = o->charts.valid[i] ? SEEN_INPAINT : SEEN_NOT;
	TRY(put_said(s, &out, o->charts.valid));
	graph_reset(o->m.g);
	cli_weights(model_sha256(&o->m));
	return OK;
}

int
main(int argc, char **argv)
{
	struct inpaint o = { .photo = 0.3 };
	const struct cli_opt opts[] = {
		CLI_STR('w', "weights", &o.weights, "FILE", "trained parameters"),
		CLI_DBL('p', "photo", &o.photo, 0, 1, "SHARE",
		    "how much of what the photo shows stays as it is"),
		CLI_STR(0, "layout", &o.layout, "FILE", "table of the weights' "
		    "layout, where it is not atlas24"),
		CLI_THREADS(&o.threads),
		CLI_END
	};
	const struct cli_program p = { .name = "inpaint", .opts = opts,
		.summary = "complete a texture with a plain U-Net" };
	struct sample s;

	cli_begin(&p, &argc, &argv);
	team_begin(o.threads);
	cli_try(model_open(&o.m, o.weights, "unet.tar", MODEL_UNET), "weights");
	cli_try(charts_open(&o.charts, o.layout ? o.layout : o.m.layout,
	    unet_side(&o.m.u)), "layout");
	cli_try(charts_unet(&o.charts, &o.m.u), "layout");

	struct stream_in *in = cli_open("-");

	while (cli_next(in, &s))
		if (cli_ok(filter_sample(&s, &o), in, &s))
			cli_put(&s);
	model_close(&o.m);
	charts_close(&o.charts);
	return cli_finish();
}
