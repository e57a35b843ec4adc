#include "texture/tiles24.h"

#include <math.h>

enum { COLUMNS = 4, ROWS = 6 };

/* Rounding of a texel on a tile's rim must not drop it. */
#define RIM 1e-3f

bool
tiles24_place(size_t T, int part, float u, float v, float xy[2])
{
	const float n = (float)T / ROWS;

	if (n < 2)
		return false;
	xy[0] = n * (float)((part - 1) / ROWS) + u * (n - 1);
	xy[1] = n * (float)((part - 1) % ROWS) + (1 - v) * (n - 1);
	return true;
}

/* Tile of a, of tiles of side n, and the place on it, 0..1. */
static bool
tile(float a, float n, int tiles, int *which, float *place)
{
	const float t = floorf((a + RIM) / n), in = (a - n * t) / (n - 1);

	if (!(t >= 0 && t < (float)tiles && in <= 1 + RIM / (n - 1)))
		return false;
	*which = (int)t;
	*place = in < 0 ? 0 : in > 1 ? 1 : in;
	return true;
}

bool
tiles24_find(size_t T, float x, float y, int *part, float *u, float *v)
{
	const float n = (float)T / ROWS;
	int column, row;
	float down;

	if (n < 2 || !tile(x, n, COLUMNS, &column, u) ||
	    !tile(y, n, ROWS, &row, &down))
		return false;
	*part = 1 + ROWS * column + row;
	*v = 1 - down;
	return true;
}
