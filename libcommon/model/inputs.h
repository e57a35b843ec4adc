/*
 * What each network reads, fetched from a sample and checked: once, here. The
 * one list of network inputs; nets/ takes its results as they are.
 *
 * E_SHAPE for a field that is missing (with the program that makes it), of
 * another shape, or without views; E_LIMIT for more views than the weights
 * merge. What a layout says (mirror, valid) is the caller's, model/charts;
 * charts_evidence for a U-Net's.
 */
#ifndef MODEL_INPUTS_H
#define MODEL_INPUTS_H

#include "model/charts.h"
#include "nets/dual.h"
#include "nets/unet.h"
#include "stream/role.h"

/*
 * The image domain with the views of role: ROLE_HALLUC or ROLE_TARGET. Of a
 * sample with several photos each view gets the one that shows most of it,
 * model/photos.
 */
MUST_CHECK enum status inputs_image(struct dual_image_in *in,
    const struct sample *s, const struct recipe *r, enum role role);

/* The texture domain, whose views are halluc.*. */
MUST_CHECK enum status inputs_texture(struct dual_texture_in *in,
    const struct sample *s, const struct recipe *r);

/* The evidence alone: what dual_texture_end reads. */
MUST_CHECK enum status inputs_evidence(struct dual_texture_in *in,
    const struct sample *s, const struct recipe *r);

/*
 * The U-Net. Its texture, where recipe.unwrap asks for it, may be missing: then
 * in->texture is NULL.
 */
MUST_CHECK enum status inputs_unet(struct evidence_in *in,
    const struct sample *s, const struct unet_recipe *r);

/*
 * Both steps of training, dual_two_steps: halluc.* and target.*. What c says
 * is set in all three.
 */
MUST_CHECK enum status inputs_two_steps(struct dual_two_steps_in *in,
    const struct sample *s, const struct recipe *r, const struct charts *c);

/*
 * Puts the fields that inputs_texture would fetch of s into msg, whose data
 * stays that of s.
 */
MUST_CHECK enum status inputs_send(struct sample *msg, const struct sample *s,
    const struct recipe *r);

#endif
