/*
 * The fields of a view of a person, fields(7): name, type, shape, and the
 * program that makes each. The one table of them; a test holds it against
 * the page. Programs and libraries that read such a field ask for it here,
 * so that whoever lacks it is told where it comes from.
 */
#ifndef VIEW_FIELDS_H
#define VIEW_FIELDS_H

#include "stream/role.h"

enum view_field {
	/* ROLE.*, in the order in which they are computed. */
	VIEW_IMAGE, VIEW_IUV, VIEW_POSE, VIEW_SURF, VIEW_MASK, VIEW_COORD,
	VIEW_SEEN, VIEW_HEAT, VIEW_TEXHEAT,
	VIEW_MAPS,		/* those above: what texture/derive computes */
	/* ROLE.* that networks and the last programs make. */
	VIEW_GEN = VIEW_MAPS, VIEW_RENDER,
	/* ROLE.* of a whole photo, beside its iuv and pose; matte stays. */
	VIEW_PHOTO, VIEW_POSES, VIEW_BOXES, VIEW_INDS, VIEW_MATTE,
	/* What findpose(1) sees beside the key points. */
	VIEW_POSE3,
	/* The body that fitbody(1) fits. */
	VIEW_FIT, VIEW_BUILD, VIEW_CAMERA,
	/* The person's own: no role, and no axis of views. */
	VIEW_TEXTURE, VIEW_TEXTURE_SEEN, VIEW_TEXTURE_CONFIDENCE,
	VIEW_TEXTURE_KIND,
	/* A pose bank's: one view, no role. */
	VIEW_BANK_POSE, VIEW_BANK_IUV,
	VIEW_FIELDS
};

/* Of pictures, of the texture, and people; 0 is any, for view_want. */
struct view_size {
	size_t h, w, T, k;
};

/* Pictures and textures of S x S, as all networks have them. */
struct view_size view_square(size_t S);

const char *view_name(enum view_field f);	/* "iuv", "texture" */
enum dtype view_dtype(enum view_field f);
/* Of one view; gives the rank, 2 or 3. */
int view_dims(size_t dim[3], enum view_field f, struct view_size size);
size_t view_bytes(enum view_field f, struct view_size size);
/* As fields(7) writes it: "u1, (H,W,3)". Returns buf (32 bytes). */
char *view_text(char *buf, enum view_field f);
/* Whether it is ROLE.name, and whether `source` has it too. */
bool view_has_role(enum view_field f);
bool view_has_source(enum view_field f);

/* "target.iuv", "texture" into buf (ROLE_NAME_MAX bytes); returns buf. */
char *view_field_name(char *buf, enum role r, enum view_field f);

/* The program that makes a field of a role: "iuv2coord(1)". */
const char *view_maker(enum role r, enum view_field f);

/*
 * role_want of a field of the table, of this size; n may be NULL, for any
 * number of views. E_SHAPE for what is missing reads `field source.surf: is
 * missing, see iuv2coord(1)`; E_VALUE for numbers that the field cannot have,
 * see tensor_check_signed.
 */
MUST_CHECK enum status view_want(const struct tensor **t, size_t *n,
    const struct sample *s, enum role r, enum view_field f,
    struct view_size size);

/*
 * Whether source.image is no photo but a texture map of several, which
 * texmerge(1) made: each texel in its own place, and nobody in a pose.
 */
bool view_is_map(const struct sample *s);

/*
 * How large a role's pictures are: h and w of image, iuv or photo, the first
 * of them that is there; n as for view_want. E_SHAPE where none is, or where
 * it is empty.
 */
MUST_CHECK enum status view_picture_size(struct view_size *size, size_t *n,
    const struct sample *s, enum role r);

/*
 * What view_want says of a missing field, where the sample has no field of
 * this name, be it of the table or not; else OK.
 */
MUST_CHECK enum status view_need(const struct sample *s, const char *name);

/* The same where no role has the field. */
MUST_CHECK enum status view_need_any(const struct sample *s,
    enum view_field f);

/* role_make of a field of the table, n views. */
MUST_CHECK enum status view_make(struct tensor *t, struct sample *s,
    enum role r, enum view_field f, size_t n, struct view_size size);

#endif
