/*
 * A layout as a table: DensePose's charts and another set of texture
 * coordinates live on the triangles of one mesh, so each triangle is an
 * affine map from (u,v) of a part to a place on the texture, and back. Two
 * grids say which triangle to look at. Exact on either side; made by
 * uvlut(1), stored as a stream of one sample.
 *
 * Places are unit coordinates: x right, y down, 0..1 (texel / (T - 1)).
 */
#ifndef TEXTURE_UVTABLE_H
#define TEXTURE_UVTABLE_H

#include "mesh/mesh.h"
#include "mesh/uvmat.h"
#include "stream/sample.h"

#define UVTABLE_CELLS 256	/* along u and v: one for each value of 8 bits */
#define UVTABLE_TEXELS 1024	/* along x and y */

struct uvtable {
	size_t n;			/* triangles, < 65536 */
	const float (*corner)[3][4];	/* x, y, u, v */
	const uint8_t *part;		/* of each, 1..24 */
	/* Triangle + 1 at (u, v) = (column, row) / 255; 0: the part has none. */
	const uint16_t *of_uv;		/* [24][256][256] */
	/* Triangle + 1 at (x, y) = (column, row) / 1023; 0: no chart. */
	const uint16_t *of_texel;	/* [1024][1024] */
};

/*
 * From DensePose's charts and a mesh with the texture coordinates wanted;
 * every triangle of the charts must have its vertices in one triangle or
 * quad of the mesh. Points into the arena. E_FORMAT when the two do not belong together.
 */
MUST_CHECK enum status uvtable_make(struct uvtable *t, struct arena *a,
    const struct uvmat *charts, const struct mesh *mesh);

/* As fields lut.corner, lut.part, lut.of_uv, lut.of_texel of a sample. */
MUST_CHECK enum status uvtable_put(struct sample *s, const struct uvtable *t);

/* Back, checked; points into the sample's arena. E_SHAPE, E_VALUE. */
MUST_CHECK enum status uvtable_get(struct uvtable *t, const struct sample *s);

/*
 * Where (part, u, v) lies, and what lies at (x, y). A point of the part
 * beside its triangles goes to the nearest, as annotations are not exact;
 * a place outside the triangles is on no chart. False where there is none.
 */
bool uvtable_place(const struct uvtable *t, int part, float u, float v,
    float xy[2]);
bool uvtable_find(const struct uvtable *t, float x, float y, int *part,
    float *u, float *v);

/*
 * Whether the part's surface is at (u,v), or as near as 8 bits can say: what
 * the orientation test counts.
 */
bool uvtable_covers(const struct uvtable *t, int part, float u, float v);

#endif
