/*
 * A posed, textured body seen by a camera, or a dressed figure in its place:
 * the picture, and all labels of the body, exactly. Labels are those of the
 * point of the surface at each pixel's centre; colours are means of 3 x 3
 * samples of the pixel's square, so that edges and textures are smooth. (Where
 * the texture is not finer than the picture, samples on one part of the body
 * share the colour of one of them.)
 */
#ifndef BODY_RENDER_H
#define BODY_RENDER_H

#include "body/costume.h"
#include "body/shade.h"
#include "texture/layout.h"

struct render {
	const struct body *body;
	/*
	 * The surface is closed and its triangles run anticlockwise seen from
	 * outside: those that are turned away are not drawn, as nobody sees
	 * them.
	 */
	bool closed;
	const float (*vert)[3];		/* posed, body->mesh.n_vert of them */
	/* Where key points are taken from, of a body in clothes; NULL: vert. */
	const float (*bare)[3];
	struct camera camera;
	/*
	 * Where surface points lie on the texture map; NULL: by the mesh's
	 * own uv. texture: (T,T,3) in [-1,1] with filled gutters, or NULL for
	 * a body of one colour.
	 */
	const struct layout *layout;
	size_t T;
	const float *texture;
	/*
	 * A dressed figure, posed, that the picture and the matte show in place
	 * of the body: its colours are of its own picture, turned by a matrix for
	 * each kind where tint is not NULL (colours 0..1, the last column is
	 * added). NULL: none.
	 */
	const struct costume *costume;
	const float (*worn)[3];
	const float (*tint)[3][4];
	/* 0: colours as they are; 1: only what the lamp lights. */
	double light;
	const struct daylight *daylight;	/* in place of the lamp, or NULL */
	/* Towards it, as the camera sees it; all 0: up left in front. */
	float lamp[3];
	bool shadows;		/* that the body casts on itself */
	float back[2][3];		/* background, top and bottom, 0..255 */
	const uint8_t *backdrop;	/* (h,w,3) in place of it, or NULL */
};

/* Rows of camera.h x camera.w; NULL for what is not wanted. */
struct rendering {
	uint8_t *image;		/* (h,w,3) sRGB */
	uint8_t *matte;		/* (h,w) how much of a pixel it shows, 0..255 */
	uint8_t *iuv;		/* (h,w,3) I 1..24, U, V * 255 rounded; 0 off the body */
	uint8_t *mask;		/* (h,w) 1 on the body */
	float *surf;		/* (h,w,2) texel (x, y), NaN off the body */
	/*
	 * (18,3) x, y, confidence: 1 where the camera sees it, 0.5 where the
	 * body hides it. NaN, NaN, 0 where no detector would find it: outside
	 * the picture, and nose, eyes and ears when hidden.
	 */
	float *pose;
};

/*
 * Draws. scratch is left as it was. E_VALUE for a view that cannot be drawn,
 * E_SHAPE for labels that this body does not have, E_NOMEM.
 */
MUST_CHECK enum status render_draw(const struct rendering *out,
    const struct render *r, struct arena *scratch);

/* Scratch bytes that a picture of w x h of this body takes, about. */
size_t render_scratch(const struct body *b, size_t w, size_t h);

#endif
