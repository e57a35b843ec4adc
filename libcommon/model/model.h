/*
 * A weights file as the networks want it: its recipe read, the list of
 * parameters made by a dry run, every one bound to the array of the file.
 * What the programs with weights share, and all of it at their start.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "graph/graph.h"
#include "nets/recipe.h"
#include "weights/weights.h"

struct model {
	struct weights *w;
	struct params *ps;
	struct graph *g;	/* GRAPH_INFER */
	struct recipe r;	/* of a dual-domain model */
	struct unet_recipe u;	/* of the U-Net of inpaint(1) */
	const char *layout;	/* that the textures have: "atlas24" */
	struct digest *digest;	/* being computed */
};

/* Which model a program is made for; as for dual_params. */
enum { MODEL_UNET = 1 << 8 };

/*
 * Opens path, or, where it is NULL, the suite's file of that name; a path that
 * is a name alone and no file here may be one of the suite's, too. what:
 * MODEL_UNET, or the networks of the dual-domain model that are wanted
 * (DUAL_IMAGE | DUAL_TEXTURE). Errors start with the path. Freed by
 * model_close.
 */
MUST_CHECK enum status model_open(struct model *m, const char *path,
    const char *name, unsigned what);
void model_close(struct model *m);

/*
 * Licences of the weights to the sample, and a check that the sample's
 * layout, where it has one, is the one that the weights were made for.
 */
MUST_CHECK enum status model_sign(const struct model *m, struct sample *s);

/*
 * SHA-256 of the file, for the history. It is computed on a thread of its
 * own from model_open on; this waits for it.
 */
const char *model_sha256(struct model *m);

#endif
