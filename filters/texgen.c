/* texgen(1): the texture domain; finishes a texture, or is a partner. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "math/team.h"
#include "model/charts.h"
#include "model/inputs.h"
#include "model/model.h"
#include "model/rescale.h"
#include "model/varfield.h"
#include "view/seen.h"

struct texgen {
	const char *weights, *layout;
	bool exchange, keep;
	int links, threads;
	struct model m;
	struct charts charts;
	struct rescale scale;
};

static enum status
finish(struct sample *s, void *arg)
{
	struct texgen *o = arg;
	const size_t S = o->m.r.size;
	struct dual_texture_in in;
	struct var *phi_t, *t;
	struct tensor seen;

	TRY(model_sign(&o->m, s));
	TRY(rescale_begin(&o->scale, s, o->m.r.evidence == EVIDENCE_NONE ? 0 :
	    1u << ROLE_SOURCE));
	TRY(inputs_evidence(&in, &o->scale.seen, &o->m.r));
	in.mirror = o->charts.mirror;
	in.valid = o->charts.valid;
	TRY(varfield_get(&phi_t, o->m.g, s, "phi_t", DUAL_FINE, 1, &o->m.r));
	t = dual_texture_end(o->m.g, &o->m.r, &in, phi_t);
	TRY(graph_status(o->m.g));
	TRY(varfield_put(s, "texture", 0, t, true));
	TRY(sample_make(&seen, s, "texture.seen", DT_U1, TENSOR_DIMS(S, S)));
	for (size_t i = 0; i < S * S; i++)
		((uint8_t *)seen.data)[i] = o->charts.valid[i] ? SEEN_TEXGEN : SEEN_NOT;
	graph_reset(o->m.g);
	cli_weights(model_sha256(&o->m));
	return OK;
}

/* phi_t of a level, and with keep what led to it, as the answer. */
static enum status
answer(struct texgen *o, struct dual_texture *d, const char *key, int level)
{
	const int i = DUAL_INDEX(level);
	struct sample s;

	cli_make(&s, key);
	TRY(varfield_put(&s, "phi_t", level, d->phi_t[i], true));
	if (o->keep) {
		TRY(varfield_put(&s, "flow.it", level, d->f_it[i], false));
		TRY(varfield_put(&s, "attn.it", level, d->m_it[i], false));
		TRY(varfield_put(&s, "attn.a", level, d->a[i], true));
		TRY(varfield_put(&s, "tap.it", level, d->trace[i].tap, false));
		TRY(varfield_put(&s, "share.it", level, d->trace[i].share, false));
	}
	TRY(model_sign(&o->m, &s));
	cli_put(&s);
	return OK;
}

static enum status
turn(struct texgen *o, struct dual_texture *d, struct stream_in *in,
    const char *key, int level)
{
	struct sample s;
	struct var *phi_i;

	if (!cli_next(in, &s))
		return fail(E_TRUNC, "field phi_i.%d: missing: the input has "
		    "ended", level);
	if (strcmp(s.key, key) != 0)
		return fail(E_FORMAT, "sample \"%s\", want field phi_i.%d of \"%s\"",
		    s.key, level, key);
	TRY(varfield_get(&phi_i, o->m.g, &s, "phi_i", level, d->in->p->dim[0],
	    &o->m.r));
	dual_texture_turn(d, phi_i);
	TRY(graph_status(o->m.g));
	TRY(answer(o, d, key, level));
	if (level != DUAL_FINE)
		dual_texture_ahead(d);
	return graph_status(o->m.g);
}

/* One person: what comes first must stay while the rest is read. */
static enum status
serve(struct texgen *o, struct stream_in *in, const struct sample *s)
{
	struct dual_texture_in first;
	struct dual_texture d;

	stream_hold(in, true);
	enum status st = inputs_texture(&first, s, &o->m.r);

	if (st != OK)
		return fail(st, "%s: want the weights of hallucinate, see "
		    "--weights", status_detail());
	first.mirror = o->charts.mirror;
	first.valid = o->charts.valid;
	TRY(dual_texture_begin(&d, o->m.g, &o->m.r, &first,
	    (enum links)o->links, o->keep));
	d.traced = o->keep;
	TRY(turn(o, &d, in, s->key, DUAL_COARSE));
	TRY(turn(o, &d, in, s->key, DUAL_FINE));
	graph_reset(o->m.g);
	stream_hold(in, false);
	return OK;
}

int
main(int argc, char **argv)
{
	struct texgen o = { 0 };
	const struct cli_opt opts[] = {
		CLI_STR('w', "weights", &o.weights, "FILE", "trained parameters"),
		CLI_STR(0, "layout", &o.layout, "FILE", "table of the weights' "
		    "layout, where it is not atlas24"),
		CLI_FLAG('x', "exchange", &o.exchange, "work as the partner of "
		    "hallucinate"),
		CLI_ENUM(0, "links", &o.links, LINKS_CHOICES, "with -x: which "
		    "domain may look at the other"),
		CLI_FLAG(0, "keep", &o.keep, "with -x: send flows and masks too"),
		CLI_THREADS(&o.threads),
		CLI_END
	};
	const struct cli_program p = { .name = "texgen", .opts = opts,
		.summary = "the complete texture, from what was hallucinated" };
	struct sample s;

	cli_begin(&p, &argc, &argv);
	team_begin(o.threads);
	cli_try(model_open(&o.m, o.weights, "small.tar",
	    o.exchange ? DUAL_TEXTURE : DUAL_FINISH), "weights");
	if (!o.layout)
		cli_try(layout_needs_no_table(o.m.layout), "weights");
	cli_try(charts_open(&o.charts, o.layout ? o.layout :
	    o.m.layout, o.m.r.size), "layout");
	o.scale = (struct rescale){ .S = o.m.r.size,
		.layout = o.layout ? o.layout : o.m.layout };

	struct stream_in *in = cli_open("-");

	while (cli_next(in, &s)) {
		if (o.exchange) {
			cli_weights(model_sha256(&o.m));
			cli_ok(serve(&o, in, &s), in, &s);
		} else if (cli_ok(finish(&s, &o), in, &s)) {
			cli_put(&s);
		}
	}
	model_close(&o.m);
	charts_close(&o.charts);
	rescale_close(&o.scale);
	return cli_finish();
}
