#include "synth/remix.h"

#include <math.h>

#include "synth/dye.h"
#include "texture/texmap.h"

/* What is taken from one texture, by DensePose's part. */
enum piece { TOP, BOTTOM, BARE, PIECES };

static enum piece
piece_of(int part)
{
	if (part <= 2 || (part >= 15 && part <= 22))
		return TOP;
	return part >= 5 && part <= 14 ? BOTTOM : BARE;
}

/*
 * Colours 0..1 are turned about the grey axis by any angle, made more or less
 * colourful, and lighter or darker; skin only the last.
 */
static void
draw_colours(double m[3][3], bool bare, struct rng *d)
{
	double keep = rng_unit(d), t = rng_range(d, -M_PI, M_PI);
	double colourful = rng_range(d, 0.6, 1.5);
	double gain = bare ? rng_range(d, 0.8, 1.15) : rng_range(d, 0.75, 1.2);

	if (bare || keep < 0.4) {
		t = 0;
		colourful = 1;
	}
	dye_turn(m, t, colourful, gain);
}

static void
recolour(float to[3], const float from[3], const double m[3][3])
{
	for (int i = 0; i < 3; i++) {
		double x = 0;

		for (int j = 0; j < 3; j++)
			x += m[i][j] * (from[j] + 1) / 2;
		to[i] = (float)(2 * fmin(fmax(x, 0), 1) - 1);
	}
}

void
remix_texture(float *out, size_t *head, const struct cast *c, struct rng *d,
    uint8_t *scratch)
{
	size_t of[PIECES], texels = c->T * c->T;
	double m[PIECES][3][3];
	bool same = rng_unit(d) < 0.4;

	for (int p = 0; p < PIECES; p++) {
		of[p] = rng_below(d, c->n_texture);
		draw_colours(m[p], p == BARE, d);
	}
	if (same)
		of[TOP] = of[BOTTOM] = of[BARE];
	for (size_t i = 0; i < texels; i++) {
		enum piece p = piece_of(c->chart[i]);

		recolour(out + 3 * i, c->texture[of[p]].texture + 3 * i,
		    (const double (*)[3])m[p]);
	}
	texmap_gutter(out, c->chart, c->T, 3, TEXMAP_GUTTER, scratch);
	*head = of[BARE];
}
