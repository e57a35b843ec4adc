/* A step of the U-Net: its texture, and what that looks like on the targets. */
#include "model/inputs.h"
#include "train/pass.h"

enum status
pass_unet(struct pass *p)
{
	struct evidence_in in;
	struct vgg19_maps psi;

	TRY(inputs_unet(&in, p->s, &p->st->u));
	in.mirror = p->st->mirror;
	in.valid = p->st->valid;
	struct var *t = unet(p->g, &p->st->u, &in);
	size_t n = pass_targets(p);

	pass_texture_losses(p, t);
	if (n > 0 && (pass_asked(p, LOSS_REC) || pass_picture_maps(p))) {
		struct shown v = pass_show(p, ROLE_TARGET, n, t);

		/* Around the body is what is there: no network has made it. */
		pass_look(p, v.x, pass_picture_maps(p), &psi);
		pass_picture_losses(p, g_blend(p->g, v.x, v.render, v.m), v.x,
		    &psi);
	}
	return graph_status(p->g);
}
