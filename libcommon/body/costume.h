/*
 * A dressed figure that is photographed in the body's place: a mesh of its
 * own, with its own picture and holes in it, that a body's skeleton moves.
 * Kept small, since a cast has hundreds.
 */
#ifndef BODY_COSTUME_H
#define BODY_COSTUME_H

#include "mesh/avatar.h"
#include "texture/mipmap.h"

struct costume {
	size_t n_vert, n_face;
	/*
	 * Triangles before n_solid have no holes; those from there on, hair,
	 * are there where the picture is opaque. Those from n_cast on are
	 * mostly holes and cast no shadow.
	 */
	size_t n_solid, n_cast;
	const float (*vert)[3];			/* at rest */
	const uint32_t (*face)[3];
	const uint16_t (*uv)[3][2];		/* 0..65535 for 0..1, v down */
	const uint8_t *patch;			/* per face: kind * 32 + joint */
	const uint8_t (*by)[AVATAR_INFLUENCES];	/* joints */
	const uint8_t (*weight)[AVATAR_INFLUENCES];	/* sum 255 */
	const uint32_t *twin;	/* per vertex: the first one at its place */
	struct mipmap map;
	const uint8_t *kind;			/* (map.h,map.w), enum avatar_kind */
};

/*
 * What a costume is made from; nothing of it is kept but image. All is in
 * range, as avatar/worn reads it: indices, joints and kinds, places finite, uv
 * 0..1, each vertex' weights at least 0 and about 1 in sum.
 */
struct costume_mesh {
	size_t n_vert, n_face, h, w;
	const float (*vert)[3], (*uv)[3][2];
	const uint32_t (*face)[3];
	const uint8_t (*by)[AVATAR_INFLUENCES];
	const float (*weight)[AVATAR_INFLUENCES];
	const uint8_t *image;	/* (h,w,4) */
	const uint8_t *kind;	/* (h,w), AVATAR_CUT added for what is not solid */
};

/* In memory of the arena; E_NOMEM. */
MUST_CHECK enum status costume_make(struct costume *c, struct arena *a,
    const struct costume_mesh *m);

/* Vertices posed by skin_transforms' g; out (n_vert,3). */
void costume_pose(float (*out)[3], const struct costume *c,
    const float g[BODY_JOINTS][3][4]);

/*
 * Unit normals of posed vertices. Hair is lit as a ball, since its cards look
 * in all directions.
 */
void costume_normals(float (*normal)[3], const struct costume *c,
    const float (*vert)[3]);

/* Where the point of a face with these weights of its corners is on the
   picture. */
void costume_uv(float uv[2], const struct costume *c, uint32_t face,
    const float w[3]);

/* What it is there. */
enum avatar_kind costume_kind(const struct costume *c, const float uv[2]);

/* The level of the picture for a face whose corners are seen at p (x, y, 1/z),
   in samples, where a colour stands for n of them. */
int costume_level(const struct costume *c, uint32_t face,
    const float *const p[3], float n);

#endif
