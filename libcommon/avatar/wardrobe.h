/*
 * Who wears what: people made up from the parts of a folder of MakeHuman's
 * files, another for every seed, and any avatar in other colours.
 *
 * FOLDER has pictures in base/skins/textures and base/eyes/materials, clothes and
 * hair as base/clothes/X/X.mhclo and base/hair/X/X.mhclo with an .obj and a picture
 * beside each, and targets in targets/macrodetails. What a file is for, its
 * name says: female, male, young, middleage, old, darkskinned, shoes.
 */
#ifndef AVATAR_WARDROBE_H
#define AVATAR_WARDROBE_H

#include "math/rng.h"
#include "mesh/makehuman.h"

struct wardrobe_list {
	const char **name;	/* "male_casualsuit02", "young_lightskinned_..." */
	const char **path;	/* of the picture or the .mhclo */
	const char **picture;	/* of clothes and hair */
	size_t n;
};

struct wardrobe {
	struct arena *arena;		/* of the caller */
	const char *targets;		/* the folder of them */
	struct makehuman base;
	struct wardrobe_list skin, eyes, suit, shoes, hair;
	struct tensor *fabric;		/* u1 (h,w,3) */
	size_t n_fabric;
};

/*
 * Lists and reads what all people share. folder: as above; base: see
 * makehuman_read. may: whether a skin or suit of this name can be worn, e.g. in
 * the test set. E_IO, E_SHAPE for a folder without one of skins, eyes and suits
 * that may be worn, with what the readers give.
 */
MUST_CHECK enum status wardrobe_open(struct wardrobe *w, struct arena *a,
    const char *folder, const char *base, bool (*may)(const char *name,
    void *arg), void *arg);

/* Adds the pictures of a folder as cloths. After `*w = { .arena = a }` or wardrobe_open. */
MUST_CHECK enum status wardrobe_fabrics(struct wardrobe *w,
    const char *folder);

/*
 * The person of a seed, in the arena a; skin and suit: their names, for who
 * keeps sets apart.
 */
MUST_CHECK enum status wardrobe_person(struct avatar *v, struct arena *a,
    const struct wardrobe *w, uint64_t seed);

#endif
