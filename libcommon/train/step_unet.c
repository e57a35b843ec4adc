/* A step of the U-Net: its texture, and what that looks like on the targets. */
#include "model/inputs.h"
#include "nets/vars.h"
#include "train/pass.h"

/* Of what it says beside the texture, where that is known. */
static void
said_losses(struct pass *p, const struct unet_out *out)
{
	const uint8_t *truth = pass_field(p, "true.texture");
	const uint8_t *kind = pass_field(p, "true.kind");

	if (pass_asked(p, LOSS_DOUBT) && out->doubt && truth)
		p->v.loss[LOSS_DOUBT] = loss_doubt(p->g, out->doubt, out->t,
		    vars_picture(p->g, truth, 1, p->S), pass_charts(p, p->g),
		    pass_weight(p, LOSS_DOUBT));
	if (pass_asked(p, LOSS_KIND) && out->kinds && kind)
		p->v.loss[LOSS_KIND] = loss_kind(p->g, out->kinds, kind,
		    pass_weight(p, LOSS_KIND));
}

enum status
pass_unet(struct pass *p)
{
	struct evidence_in in;
	struct vgg19_maps psi;

	TRY(inputs_unet(&in, p->s, &p->st->u));
	charts_evidence(&in, p->st->charts);
	struct unet_out out = unet(p->g, &p->st->u, &in);
	struct var *t = out.t;
	size_t n = pass_targets(p);

	pass_texture_losses(p, t);
	said_losses(p, &out);
	if (n > 0 && (pass_asked(p, LOSS_REC) || pass_picture_maps(p))) {
		struct shown v = pass_show(p, ROLE_TARGET, n, t);

		/* Around the body is what is there: no network has made it. */
		pass_look(p, v.x, pass_picture_maps(p), &psi);
		pass_picture_losses(p, g_blend(p->g, v.x, v.render, v.m), v.x,
		    &psi);
	}
	return graph_status(p->g);
}
