/*
 * Drawn people: skin, face, hair and clothes as a function of the point of
 * the body, from a seed. No picture goes in, so nobody has rights in what
 * comes out, and there is another person for every seed.
 *
 * outfit_random makes up a person; fields may then be changed by hand;
 * outfit_draw paints the texture.
 */
#ifndef DRESS_OUTFIT_H
#define DRESS_OUTFIT_H

#include "dress/figure.h"

enum pattern { PAT_PLAIN, PAT_HOOPS, PAT_PINSTRIPE, PAT_CHECK, PAT_TARTAN,
	PAT_DOTS, PAT_FLORAL, PAT_CAMO, PAT_BLOCK, PAT_FADE, PAT_COUNT };
enum weave { WEAVE_SMOOTH, WEAVE_KNIT, WEAVE_DENIM, WEAVE_LEATHER };
enum top { TOP_TEE, TOP_LONG, TOP_SHIRT, TOP_POLO, TOP_SWEATER, TOP_TANK,
	TOP_DRESS, TOP_COUNT };
enum neckline { NECK_CREW, NECK_V, NECK_SCOOP, NECK_BOAT, NECK_COLLAR,
	NECK_HIGH };
enum bottom { BOTTOM_JEANS, BOTTOM_TROUSERS, BOTTOM_SHORTS, BOTTOM_SKIRT,
	BOTTOM_LEGGINGS, BOTTOM_COUNT };
enum shoes { SHOES_TRAINERS, SHOES_LEATHER, SHOES_BOOTS, SHOES_BARE,
	SHOES_COUNT };
enum hair { HAIR_SHORT, HAIR_CROP, HAIR_BOB, HAIR_LONG, HAIR_BALD,
	HAIR_COUNT };
enum print { PRINT_NONE, PRINT_DISC, PRINT_STAR, PRINT_HEART, PRINT_BARS,
	PRINT_NUMBER, PRINT_COUNT };

/* Colours are sRGB, 0..1; lengths metres on a body of 1.7 m. */
struct fabric {
	enum pattern pattern;
	enum weave weave;
	float colour[3][3];	/* ground, figure, accent */
	float period;
};

struct outfit {
	uint32_t seed;		/* of grain, folds and scattered figures */
	float skin[3], lips[3], iris[3], hair_colour[3];
	enum hair hair;
	float fringe;		/* how far hair covers the forehead, 0..1 */
	float beard;		/* 0 none, 1 full */
	float brow;		/* thickness, about 1 */

	enum top top;
	enum neckline neckline;
	float sleeve;		/* from the shoulder; < 0 none */
	float hem;		/* below it the top ends, from the pelvis */
	bool tucked;		/* the bottom lies over the top */
	struct fabric top_fabric;
	float trim[3];		/* neckband, cuffs, collar */
	enum print print;
	float print_colour[3];

	bool jacket;		/* worn open over the top */
	float jacket_hem;
	struct fabric jacket_fabric;

	enum bottom bottom;
	float waist;		/* from the pelvis */
	float length;		/* of the legs or skirt: 0 hip, 1 ankle */
	struct fabric bottom_fabric;
	bool belt;
	float belt_colour[3];

	enum shoes shoes;
	float shoe_colour[3], sole_colour[3], sock_colour[3];
	float sock;		/* height above the ankle, 0 none */

	float shade;		/* painted light and folds, 0..1 */

	/* How far things stand off the body, for drape_make. */
	float volume;		/* of hair */
	float top_ease, bottom_ease, jacket_ease;
	float flare;		/* how much a skirt's radius grows per metre down */
};

/* A person and clothes that go together, from a seed. */
void outfit_random(struct outfit *o, uint64_t seed);

/*
 * Choices made by name rather than by the seed: cuts with the lengths that
 * go with them, and fabrics of a pattern with new colours.
 */
void outfit_cut_top(struct outfit *o, enum top top, uint64_t seed);
void outfit_cut_bottom(struct outfit *o, enum bottom bottom, uint64_t seed);
void outfit_weave(struct fabric *m, enum pattern pattern, uint64_t seed);

/*
 * The colour of a fabric that lies flat, at (x, y) metres, without its grain;
 * PAT_BLOCK and PAT_FADE, which need a body, are their ground.
 */
void outfit_print(float rgb[3], const struct fabric *m, float x, float y,
    uint32_t seed);

/*
 * Paints texture (T,T,3) in [-1,1], and in seen (T,T) 1 where a texel shows
 * the body and 2 where it is grown from its neighbours; T is u->T.
 * E_SHAPE for a body without joints or key points.
 */
MUST_CHECK enum status outfit_draw(float *texture, uint8_t *seen,
    const struct unfold *u, const struct outfit *o);

#endif
