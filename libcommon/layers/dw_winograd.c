/*
 * Winograd's way (winograd.h) to the gradient of the weights:
 *
 *	dg = E_k^T S [ sum over tiles of (B^T d B) . (E_m dY E_m^T) ] S E_k
 *
 * A chunk of tiles at a time, as many as fit in cache: first
 * both transforms, then for each frequency one product, channels by tiles
 * times tiles by outputs, which adds to `sum`; at the end one transform back.
 *
 * Legend: v, u the transformed patches and pixels of a chunk; a row is a phase
 * and channel of the patches.
 */
#include "layers/dw.h"
#include "layers/winograd.h"

#include <string.h>

#include "math/team.h"

#define CHUNK ((size_t)512 << 10)	/* floats of v and u: they stay in L2 */
#define GROUP 16		/* tiles of a task of the transforms */
#define LINES 96		/* channels of a task of the products */

bool
dw_fits_winograd(const struct dw *s)
{
	return wino_pays(s->c, s->ho, s->wo, s->o, s->k, s->stride);
}

struct run {
	float *v, *u, *sum, *dw;
	const struct dw *s;
	const struct dw_in *in;
	struct wino_map map;
	struct wino_tiles tiles;
	size_t chunk;		/* tiles, at most */
	size_t first, count;	/* the chunk being worked on */
	size_t panels, vf, uf;
	size_t row;		/* floats of a tile in v */
	size_t rows, blocks;	/* phases by channels; tasks of them */
};

static struct run
plan(const struct dw *s)
{
	struct run r = { .s = s, .panels = panel_count(s->o) };
	size_t phases = s->stride * s->stride;

	r.map = (struct wino_map){ .h = s->h, .w = s->w, .c = s->c,
	    .cp = (s->c + VEC - 1) / VEC * VEC, .stride = s->stride,
	    .pad = s->pad, .mode = s->mode };
	r.row = r.rows = phases * r.map.cp;
	r.blocks = (r.rows + LINES - 1) / LINES;
	r.tiles = wino_tiles(s->n, s->ho, s->wo, s->k / s->stride);
	r.chunk = CHUNK / WINO_F / (r.row + r.panels * PANEL);
	r.chunk = r.chunk < GROUP ? GROUP : r.chunk / GROUP * GROUP;
	r.chunk = r.chunk < r.tiles.n ? r.chunk : r.tiles.n;
	r.vf = wino_stride(r.chunk * r.row);
	r.uf = wino_stride(r.chunk * r.panels * PANEL);
	return r;
}

size_t
dw_winograd_scratch(const struct dw *s)
{
	struct run r = plan(s);

	return WINO_F * (r.vf + r.uf + r.rows * r.panels * PANEL) *
	    sizeof (float);
}

/* E dY E^T of one tile: u[frequency][panel][tile][PANEL]. side: m. */
VEC_INLINE void
pixel_tile(const struct run *r, size_t t, size_t side)
{
	const struct dw *s = r->s;
	const struct nn_pre *pre = r->in->pixel_pre;
	size_t img, y0, x0;

	wino_tile_at(&img, &y0, &x0, r->first + t, &r->tiles);
	size_t high = s->ho - y0 < side ? s->ho - y0 : side;
	size_t wide = s->wo - x0 < side ? s->wo - x0 : side;
	const float *from = r->in->pixels + ((img * s->ho + y0) * s->wo +
	    x0) * s->o;

	for (size_t q = 0; q < r->panels * PANEL; q += VEC) {
		vec y[WINO_MAX][WINO_MAX] = { 0 }, o[WINO][WINO];
		float *to = r->u + (q / PANEL * r->chunk + t) * PANEL +
		    q % PANEL;

		for (size_t i = 0; q < s->o && i < high; i++)
			for (size_t j = 0; j < wide; j++) {
				size_t n = vec_left(q, s->o);
				const float *p = from + (i * s->wo + j) *
				    s->o + q;
				vec x = vec_get(p, n);

				if (pre && pre->scale)
					x = vec_get(pre->scale + img * s->o +
					    q, n) * x + vec_get(pre->shift +
					    img * s->o + q, n);
				if (pre)
					x = vec_lrelu(x, pre->slope);
				y[i][j] = x;
			}
		wino_eval(o, y, side);
		VEC_UNROLL
		for (size_t f = 0; f < WINO_F; f++)
			vec_store(to + f * r->uf, o[f / WINO][f % WINO]);
	}
}

static void
transform_range(void *arg, size_t first, size_t end)
{
	const struct run *r = arg;

	for (size_t t = first; t < end; t++) {
		size_t img, y0, x0;

		wino_tile_at(&img, &y0, &x0, r->first + t, &r->tiles);
		wino_input_tile(r->v + t * r->row, r->vf, &r->map, img, y0,
		    x0);
		switch (r->s->k) {
		case 3:
			pixel_tile(r, t, 4);
			break;
		case 4:
			pixel_tile(r, t, 5);
			break;
		case 5:
			pixel_tile(r, t, 2);
			break;
		}
	}
}

/* Some rows of one frequency: sum[frequency][row][panels PANEL]. */
static void
product_task(void *arg, size_t task, size_t thread)
{
	const struct run *r = arg;
	size_t f = task / r->blocks, row = task % r->blocks * LINES;
	size_t wide = r->panels * PANEL;
	const struct panel_rows in = { .a = r->v + f * r->vf + row, .row = 1,
	    .step = r->row, .segs = 1, .run = r->count };

	(void)thread;
	for (size_t j = 0; j < r->panels; j++) {
		float *sum = r->sum + (f * r->rows + row) * wide + j * PANEL;

		panel_mul(sum, wide, &in, r->u + f * r->uf + j * r->chunk *
		    PANEL, r->rows - row < LINES ? r->rows - row : LINES,
		    r->s->o - j * PANEL <= VEC ? VEC : PANEL, NULL,
		    r->first > 0 ? sum : NULL);
	}
}

/*
 * dw[q, p] += E^T S sum S E for VEC outputs q0.. of one phase of channel p.
 * k, stride constants.
 */
VEC_INLINE void
weight(const struct run *r, size_t q0, size_t p, size_t phase, size_t k,
    size_t stride)
{
	const struct dw *s = r->s;
	size_t side = k * stride, row = phase * r->map.cp + p;
	vec x[WINO][WINO], g[WINO_MAX][WINO_MAX];

	VEC_UNROLL
	for (size_t f = 0; f < WINO_F; f++)
		x[f / WINO][f % WINO] = vec_load(r->sum + (f * r->rows + row) *
		    r->panels * PANEL + q0);
	wino_scale(x);
	wino_back(g, x, k);
	for (size_t q = q0; q < q0 + VEC && q < s->o; q++)
		for (size_t i = 0; i < k * k; i++)
			r->dw[(q * s->c + p) * side * side +
			    (i / k * stride + phase / stride) * side +
			    i % k * stride + phase % stride] +=
			    g[i / k][i % k][q - q0];
}

static void
weight_range(void *arg, size_t first, size_t end)
{
	const struct run *r = arg;

	for (size_t p = first; p < end; p++)
		for (size_t q = 0; q < r->s->o; q += VEC)
			switch (r->s->k) {
			case 3:
				weight(r, q, p, 0, 3, 1);
				break;
			case 4:
				for (size_t phase = 0; phase < 4; phase++)
					weight(r, q, p, phase, 2, 2);
				break;
			case 5:
				weight(r, q, p, 0, 5, 1);
				break;
			}
}

void
dw_winograd_run(float *dw, const struct dw_in *in, const struct dw *s,
    void *scratch)
{
	struct run r = plan(s);

	r.dw = dw;
	r.in = in;
	r.map.x = in->patches;
	r.map.pre = in->patch_pre;
	r.v = scratch;
	r.u = r.v + WINO_F * r.vf;
	r.sum = r.u + WINO_F * r.uf;
	for (; r.first < r.tiles.n; r.first += r.count) {
		size_t left = r.tiles.n - r.first;

		r.count = left < r.chunk ? left : r.chunk;
		team_range(r.count, GROUP, transform_range, &r);
		team_run(WINO_F * r.blocks, product_task, &r);
	}
	team_range(s->c, 4, weight_range, &r);
}
