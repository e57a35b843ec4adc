/*
 * A recipe: every size and choice of the networks as data. It stands in the
 * manifest of a weights file ("weights": { "recipe": {...} }), so that one
 * code serves the paper's literal reading (`paper`), what was found to learn
 * (`anchored`), and all sizes. No network has a size of its own.
 */
#ifndef NETS_RECIPE_H
#define NETS_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "view/levels.h"

/* Levels of exchange, coarse first: level L has stride 2^L. */
#define DUAL_COARSE 3
#define DUAL_FINE 2
#define DUAL_INDEX(level) (DUAL_COARSE - (level))	/* 0, 1 */

/* Where instance norm stands. */
enum recipe_norm {
	NORM_INSTANCE,	/* everywhere, as GFLA, also on raw inputs */
	NORM_INNER	/* only in flow nets behind their first block */
};

/* What a flow head says. */
enum recipe_flow {
	FLOW_LEARNED,	/* f_st relative; f_TI, f_IT by tanh to absolute */
	FLOW_ANCHORED	/* a residual on the position the annotation gives */
};

/*
 * What G_T sees of the source beside its learnable constant, and G_I beside
 * the pose.
 */
enum recipe_evidence {
	EVIDENCE_NONE,
	EVIDENCE_RAW,		/* unwrapped source, its mirror, both masks */
	EVIDENCE_INPAINT	/* the same and a finished texture to change; G_I
				   the same texture on the body */
};

enum recipe_upsample {
	UPSAMPLE_TRANSPOSED,	/* transposed 3x3, stride 2 */
	UPSAMPLE_RESIZE		/* twice the size, then 3x3 */
};

enum recipe_init {
	INIT_RULE_ORTHOGONAL,	/* gain 0.02 */
	INIT_RULE_FAN		/* normal, 1/sqrt(fan in), heads small */
};

/* Networks of the dual-domain model: E_s G_I F_st F_TI G_T F_IT D. */
struct recipe {
	char name[32];		/* "paper", "anchored"; for people only */
	char preset[32];	/* "base", "small", "tiny"; for people only */
	size_t size;		/* height and width of images and textures */
	size_t width[3];	/* E_s, G_I, G_T at strides 2, 4, 8 */
	size_t flow_width;	/* w: flow nets are w 2w 4w 8w 8w */
	size_t hidden;		/* of the predicted attention kernels */
	size_t kernel[2];	/* attention at level 3 and at level 2; odd */
	size_t slots;		/* views that the merge of eq. 9 can take */
	size_t d_width;		/* w: D is w 2w 4w 4w; key "critic" */
	size_t context;		/* halvings below level 3 in G_T, 0..3 */
	enum recipe_norm norm;
	enum recipe_flow flow;
	enum recipe_evidence evidence;
	enum recipe_upsample upsample;
	enum level_rule levels;
	enum recipe_init init;
	bool known;		/* anchored: m_TI and m_IT are 0 where the
				   annotation knows no place */
	bool attn_mean;		/* GFLA's extra 1/k^2 on the attention */
	bool folded;		/* constant and encoder of G_T: one tensor */
};

/* The U-Net of inpaint(1). */
struct unet_recipe {
	char preset[32];
	size_t size;		/* of the U-Net */
	size_t fine;		/* channels of a stage at twice that size, which
				   is then that of pictures and textures; 0: none */
	size_t width;		/* w 2w 4w 4w ...: channels per halving */
	size_t halvings;
	size_t constant;	/* learnable input channels */
	size_t mix;		/* hidden values of the layer at the bottleneck
				   that sees the whole map at once; 0: none */
	bool unwrap;		/* reads unwrap's texture, answers what to change;
				   key "prior" */
	bool behind;		/* reads what lies behind each texel, too */
	bool doubt;		/* says how far off it expects to be */
	size_t kinds;		/* and which of so many kinds a texel is: skin,
				   hair, ...; 0: does not */
};

/*
 * A recipe by name ("paper", "anchored") in a size by name ("base",
 * "small", "tiny"). E_VALUE with the names there are.
 */
MUST_CHECK enum status recipe_preset(struct recipe *r, const char *name,
    const char *preset);
MUST_CHECK enum status unet_preset(struct unet_recipe *r, const char *preset);

/*
 * The members of a recipe as they stand in the manifest, in its order:
 * model/recipefile reads and writes by this table, which ends with key NULL.
 */
enum recipe_kind {
	RECIPE_NAME,	/* char[32]: any text, cut to what fits */
	RECIPE_SIZE,	/* size_t[n], each lo..hi; a list where n > 1 */
	RECIPE_WORD,	/* an enum by its words, in their order */
	RECIPE_FLAG	/* bool */
};
struct recipe_item {
	const char *key;
	enum recipe_kind kind;
	size_t at;		/* in the struct */
	size_t n, lo, hi;	/* of RECIPE_SIZE */
	const char *const *words;	/* NULL at the end */
	bool optional;		/* older files do without: 0 */
};
extern const struct recipe_item recipe_items[], unet_recipe_items[];

/* What no member says alone: E_FORMAT, `recipe.size: ...`. */
MUST_CHECK enum status recipe_check(const struct recipe *r);
MUST_CHECK enum status unet_recipe_check(const struct unet_recipe *r);

/* Side of the pictures and textures of a U-Net. */
size_t unet_side(const struct unet_recipe *r);

/* Channels, h and w of the exchanged features at level 3 or 2 (stride 2^L). */
size_t recipe_channels(const struct recipe *r, int level);
size_t recipe_side(const struct recipe *r, int level);

/* Channels of evidence: 0, 8 or 11. */
size_t recipe_evidence_channels(const struct recipe *r);

#endif
