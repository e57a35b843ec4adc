/*
 * A body of our own: a human surface made from a few numbers, with all that
 * struct body has. Nothing of it is copied from a scan or another model:
 * lengths and girths are rounded numbers of anthropometry, the surface is
 * that of smooth solids around a skeleton, and the mesh is made of tubes
 * laid over it. So nobody else has rights in it.
 *
 * The mesh is the same for all people (vertex i is the same place on every
 * body, with the same labels), only the places of vertices and joints differ.
 * Rest pose as SMPL's: upright, arms straight out along x, palms down.
 */
#ifndef HUMAN_HUMAN_H
#define HUMAN_HUMAN_H

#include "mesh/body.h"

struct human {
	double female;		/* 0 a man, 1 a woman, between them a mixture */
	double height;		/* metres, 1.2..2.2 */
	double weight;		/* kilograms; 14..45 kg/m2 */
	double shoulders;	/* breadth, 1 the usual; 0.85..1.15 */
	double hips;		/* the same */
	double legs;		/* their share of the height, 0.92..1.08 */
	double bust;		/* 0 flat, 1 the usual, 2; 0 for men */
	double muscle;		/* 0 soft, 0.5 the usual, 1 an athlete */
};

/* The usual man or woman: 1.76 m and 75 kg, 1.64 m and 61 kg. */
void human_usual(struct human *h, double female);

/*
 * Somebody: women and men in equal numbers, heights and weights as grown-ups
 * have them. The same seed, the same person.
 */
void human_random(struct human *h, uint64_t seed);

/*
 * "male", "female", "female,height=1.7,weight=60,...": fields by their names
 * after the sex, "sex=0.3" too. Those left out are the usual ones; of
 * weight, the usual for the height. With "seed=7" they are those of
 * human_random. E_VALUE.
 */
MUST_CHECK enum status human_parse(struct human *h, const char *text);

/*
 * Makes the body in the arena, about 2 MB. The floor it stands on is y of the
 * lowest vertex, the pelvis is at the origin. Weight is that of the volume at
 * 1010 kg/m3, met within a per cent. E_VALUE for a field out of its range,
 * E_NOMEM.
 */
MUST_CHECK enum status human_make(struct body *b, struct arena *a,
    const struct human *h);

/*
 * The body that a program is told to use: NULL or "ours" our own woman,
 * "ours:" and what human_parse takes another of ours, anything else a file for
 * body_read, with the shape of another, or NULL.
 */
MUST_CHECK enum status human_open(struct body *b, struct arena *a,
    const char *name, const char *shape);

#endif
