/*
 * Renderings of a body as the fields of a sample: what render-mesh and
 * posebank have in common.
 */
#ifndef BODY_SCENE_H
#define BODY_SCENE_H

#include "body/clip.h"
#include "body/render.h"
#include "stream/role.h"

/* What is the same in all pictures. */
struct scene {
	const struct body *body;
	struct viewpoint viewpoint;	/* yaw is set for each picture */
	const struct layout *layout;
	size_t T;
	const float *texture;		/* (T,T,3) or NULL */
	double light;
	float back[2][3];
	bool ground;			/* a floor below the body, its shadow on it */
	size_t smooth;			/* 0, 1: 3 x 3 samples a pixel; k: 3 k x 3 k */
	/* Fields that are made; the others cost no time. */
	bool image, iuv, mask, surf, pose;
};

/*
 * One picture of it: the pose (NULL: as modelled), where it faces, where its
 * pelvis is above a floor at y = 0 (NULL: as the pose leaves it), and what
 * looks at it (NULL: a camera that is fitted to it).
 */
struct shot {
	const float (*pose)[3];
	double yaw;
	const float *place;
	const struct camera *camera;
};

/*
 * A camera for each of n yaws that sees all frames of a clip from one distance,
 * in c[0..n): viewpoint and framing as for single pictures. E_VALUE, E_NOMEM.
 */
MUST_CHECK enum status scene_stand(struct camera *c, const struct scene *s,
    const struct clip *clip, const double *yaw, size_t n, struct arena *scratch);

/*
 * Fields ROLE.image, .pose, .iuv, .mask and .surf of n shots, in the sample's
 * arena; n is 1 for ROLE_SOURCE. E_VALUE for a view that cannot be drawn,
 * E_SHAPE for a pose of a body without skeleton, E_NOMEM.
 */
MUST_CHECK enum status scene_put(struct sample *s, enum role role,
    const struct scene *c, const struct shot *shot, size_t n);

/*
 * Whether fields of this role are made: those that the body can give, and
 * `wants` (cli_wants) does not leave out.
 */
void scene_choose(struct scene *c, enum role role,
    bool (*wants)(const char *name));

/* "RRGGBB" or "RRGGBB,RRGGBB" (top, bottom) to c->back. E_VALUE. */
MUST_CHECK enum status scene_background(struct scene *c, const char *text);

/* "FIRST", "FIRST-LAST" or "FIRST-LAST/STEP" of n frames. E_VALUE. */
MUST_CHECK enum status scene_frames(size_t *first, size_t *last, size_t *step,
    size_t n, const char *text);

/* "0,45,-90" as degrees; *n of them, at most `room`. E_VALUE. */
MUST_CHECK enum status scene_yaws(double *yaw, size_t *n, size_t room,
    const char *list);

#endif
