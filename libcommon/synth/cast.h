/*
 * Who and what may appear in made-up photos: bodies, textures for them (or
 * none: then clothes are drawn), motions, and photos for the background.
 * Loaded once, read-only afterwards and shared between threads.
 */
#ifndef SYNTH_CAST_H
#define SYNTH_CAST_H

#include "body/costume.h"
#include "body/motion.h"
#include "dress/drape.h"
#include "stream/stream.h"
#include "synth/panorama.h"
#include "texture/layout.h"

/*
 * Whether a person or a motion is of the training or of the test set is a
 * hash of its name, one in ten being of the test set: so no two runs that
 * make parts of the data ever put one into both.
 */
enum split { SPLIT_ALL, SPLIT_TRAIN, SPLIT_TEST };

bool split_has(enum split split, const char *name);

struct cast_body {
	struct body body;
	int sex;			/* 1 woman, -1 man, 0 either */
	bool closed;			/* see struct render */
	struct unfold unfold;		/* with its spots */
	const struct spot *vert;	/* spots of the vertices */
};

/* Some frames of a motion. */
struct cast_motion {
	const char *name;		/* "walk1-003": file and number */
	size_t n;
	const float (*pose)[BODY_JOINTS][3];
};

struct cast_texture {
	const char *name;
	const float *texture;		/* (T,T,3) in [-1,1], gutters filled */
};

/* A dressed figure, see avatar/worn.h. */
struct cast_avatar {
	const char *name;
	struct costume costume;
	struct body inside, hull;	/* our body in its clothes, and round them */
	const uint8_t *texture;		/* (T,T,3) sRGB */
	const uint8_t *valid, *kind;	/* (T,T) */
	/* The kind whose colour a texel has: off the body, of the nearest one. */
	const uint8_t *filled;
	float mean[AVATAR_KINDS][3];	/* colours 0..1; < 0: there is none */
};

#define CAST_BODIES 64
#define CAST_AVATARS 4096
#define CAST_PANORAMAS 512
#define CAST_MOTIONS 4096	/* segments */
#define CAST_TEXTURES 65536
#define CAST_PHOTOS 1024
#define CAST_LICENCES 64

struct cast {
	struct arena *arena;		/* of the caller */
	const struct layout *layout;
	size_t T;
	enum split split;
	uint8_t *chart;			/* (T,T), see layout_charts */
	struct cast_body *body;
	struct cast_motion *motion;
	struct cast_texture *texture;
	struct cast_avatar *avatar;
	struct panorama *panorama;
	struct tensor *photo;		/* u1 (h,w,3) */
	const char *licence[CAST_LICENCES];
	size_t n_body, n_motion, n_texture, n_avatar, n_panorama, n_photo,
	    n_licence;
};

/* An empty cast for textures of T x T texels of a layout. E_NOMEM. */
MUST_CHECK enum status cast_begin(struct cast *c, struct arena *a,
    const struct layout *l, size_t T, enum split split);

/*
 * A body for people to have, by a name as human_open takes it. E_SHAPE
 * without charts, skeleton or key points.
 */
MUST_CHECK enum status cast_add_body(struct cast *c, const char *name);

/*
 * n bodies of ours, women and men in turn, of all builds. The k-th is the same
 * in every cast, so that a person keeps the body where the count is the same.
 */
MUST_CHECK enum status cast_add_humans(struct cast *c, size_t n);

/*
 * A motion file, see motion_read, in segments of 64 frames, of which those
 * are kept that belong to the split. There must be a body. *remark: what
 * the user should know of it, or NULL.
 */
MUST_CHECK enum status cast_add_motion(struct cast *c, const char *path,
    const char **remark);

/*
 * What add makes of each sample of a stream whose key belongs to the split, *n
 * counting them, `most` at the most; with what its manifest says of licences.
 * For those below.
 */
MUST_CHECK enum status cast_add_stream(struct cast *c, const char *path,
    const size_t *n, size_t most,
    enum status (*add)(struct cast *c, const struct sample *s));

/*
 * The textures of a stream (true.texture where there is no texture), brought
 * to T x T, of those people that belong to the split; with what its manifests
 * say of licences.
 */
MUST_CHECK enum status cast_add_textures(struct cast *c, const char *path);

/*
 * The avatars of a stream, of those people that belong to the split; with its
 * licences. There must be a body of the mesh that they were fitted to. 40
 * bytes for each vertex, 25 for each triangle, 6 for each pixel of the
 * picture, 24 for each vertex of the body, and 6 for each texel.
 */
MUST_CHECK enum status cast_add_avatars(struct cast *c, const char *path);

/* The panoramas of a folder, see panorama_read, by their names. */
MUST_CHECK enum status cast_add_panoramas(struct cast *c, const char *folder);

/*
 * Pictures for backgrounds: a file, a folder or an archive, see dataset.h,
 * reduced to 512 pixels at most. What is passed over is told of.
 */
MUST_CHECK enum status cast_add_photos(struct cast *c, const char *path,
    void (*tell)(bool warn, const char *fmt, ...) PRINTF_LIKE(2, 3));

/* A line for the manifests; one that is there already is not added again. */
MUST_CHECK enum status cast_add_licence(struct cast *c, const char *text);

/* After the last: E_VALUE where nothing is left for the split of what there
   was to be. */
MUST_CHECK enum status cast_check(const struct cast *c, bool motions,
    bool textures, bool avatars);

/* A number whose name, PREFIX and eight digits, belongs to the split. */
uint32_t cast_draw_name(char name[64], const char *prefix, enum split split,
    struct rng *d);

#endif
