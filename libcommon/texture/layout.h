/*
 * Texture layouts: where on the texture map a surface point (I,U,V) of
 * DensePose lies, and back. `atlas24` and `densepose24` are computed; `smpl`
 * needs a table made by uvlut(1). See atlas24.h, tiles24.h, uvlut(1).
 *
 * Texel positions are (x, y) in texels of a T x T map, centres on integers,
 * x right, y down, 0..T-1 (align_corners: unit coordinate a is a*(T-1)).
 * I is 1..24, u and v are in [0,1], T is at least 2.
 */
#ifndef TEXTURE_LAYOUT_H
#define TEXTURE_LAYOUT_H

#include "tensor/tensor.h"

struct layout;

/*
 * name: "atlas24", "densepose24", or the path of a table that uvlut(1) wrote (a stream).
 * Owned by the caller, freed by layout_close; read-only and shared between
 * threads once open.
 */
MUST_CHECK enum status layout_open(struct layout **l, const char *name);

/*
 * For a layout that a file names, which must not make anybody open a path: OK
 * for those that need no table, else E_SHAPE.
 */
MUST_CHECK enum status layout_needs_no_table(const char *name);
void layout_close(struct layout *l);

const char *layout_name(const struct layout *l);	/* "atlas24", "smpl" ... */

/* OK where a map of side T can be exact; else E_SHAPE, which says what can. */
MUST_CHECK enum status layout_takes(const struct layout *l, size_t T);

/* Texel of a surface point; false where the layout has no place for it. */
bool layout_texel(const struct layout *l, size_t T, int part, float u,
    float v, float xy[2]);

/* Surface point of a texel position; false outside every chart. */
bool layout_surface(const struct layout *l, size_t T, float x, float y,
    int *part, float *u, float *v);

/* Chart (1..24) of each texel centre, 0 outside: T*T bytes. */
void layout_charts(const struct layout *l, size_t T, uint8_t *chart);

/* "left thigh"; of 0, "between the charts". */
const char *layout_part_name(int part);

/*
 * The same surface point on the other side of the body: left becomes right,
 * the torso is reflected. part is 1..24; u, v stay within [0,1]. The map is
 * affine per part, see layout.c.
 */
void layout_mirror(int *part, float *u, float *v);

#endif
