/*
 * Winograd's way (winograd.h) to the gradient of the weights:
 *
 *	dg = E_k^T S [ sum over tiles of (B^T d B) . (E_m dY E_m^T) ] S E_k
 *
 * A chunk of tiles at a time, as many as fit in cache: first
 * both transforms, then for each frequency one product, channels by tiles
 * times tiles by outputs, which adds to `sum`; at the end one transform back.
 *
 * Legend: v, u the transformed patches and pixels of a chunk.
 */
#include "layers/dw.h"
#include "layers/winograd.h"

#include <string.h>

#include "math/team.h"

#define CHUNK ((size_t)512 << 10)	/* floats of v and u: they stay in L2 */
#define GROUP 16		/* tiles of a task of the transforms */
#define LINES 96		/* channels of a task of the products */
#define MIN_CHANNELS 16
#define MIN_TILES 16

bool
dw_fits_winograd(const struct dw *s)
{
	return (s->k == 3 || s->k == 5) && s->stride == 1 &&
	    s->c >= MIN_CHANNELS &&
	    wino_tiles(s->n, s->ho, s->wo, s->k).n >= MIN_TILES;
}

struct run {
	float *v, *u, *sum, *dw;
	const struct dw *s;
	const struct dw_in *in;
	struct wino_map map;
	struct wino_tiles tiles;
	size_t chunk;		/* tiles, at most */
	size_t first, count;	/* the chunk being worked on */
	size_t panels, cp, vf, uf, blocks;
};

static struct run
plan(const struct dw *s)
{
	struct run r = { .s = s, .panels = panel_count(s->o),
	    .cp = (s->c + VEC - 1) / VEC * VEC,
	    .blocks = (s->c + LINES - 1) / LINES };

	r.tiles = wino_tiles(s->n, s->ho, s->wo, s->k);
	r.chunk = CHUNK / WINO_F / (r.cp + r.panels * PANEL);
	r.chunk = r.chunk < GROUP ? GROUP : r.chunk / GROUP * GROUP;
	r.chunk = r.chunk < r.tiles.n ? r.chunk : r.tiles.n;
	r.vf = wino_stride(r.chunk * r.cp);
	r.uf = wino_stride(r.chunk * r.panels * PANEL);
	return r;
}

size_t
dw_winograd_scratch(const struct dw *s)
{
	struct run r = plan(s);

	return WINO_F * (r.vf + r.uf + s->c * r.panels * PANEL) *
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
	ptrdiff_t pad = (ptrdiff_t)r->s->pad;

	for (size_t t = first; t < end; t++) {
		size_t img, y0, x0;

		wino_tile_at(&img, &y0, &x0, r->first + t, &r->tiles);
		wino_input_tile(r->v + t * r->cp, r->vf, &r->map, img,
		    (ptrdiff_t)y0 - pad, (ptrdiff_t)x0 - pad);
		if (r->s->k == 3)
			pixel_tile(r, t, 4);
		else
			pixel_tile(r, t, 2);
	}
}

/* Some channels of one frequency: sum[frequency][c][panels PANEL]. */
static void
product_task(void *arg, size_t task, size_t thread)
{
	const struct run *r = arg;
	size_t f = task / r->blocks, c0 = task % r->blocks * LINES;
	size_t c = r->s->c, wide = r->panels * PANEL;
	const struct panel_rows in = { .a = r->v + f * r->vf + c0, .row = 1,
	    .step = r->cp, .segs = 1, .run = r->count };

	(void)thread;
	for (size_t j = 0; j < r->panels; j++) {
		float *sum = r->sum + (f * c + c0) * wide + j * PANEL;

		panel_mul(sum, wide, &in, r->u + f * r->uf + j * r->chunk *
		    PANEL, c - c0 < LINES ? c - c0 : LINES,
		    r->s->o - j * PANEL <= VEC ? VEC : PANEL, NULL,
		    r->first > 0 ? sum : NULL);
	}
}

/* dw[q, p] += E^T S sum S E for VEC outputs q0.. of channel p. k constant. */
VEC_INLINE void
weight(const struct run *r, size_t q0, size_t p, size_t k)
{
	const struct dw *s = r->s;
	vec x[WINO][WINO], g[WINO_MAX][WINO_MAX];

	VEC_UNROLL
	for (size_t f = 0; f < WINO_F; f++)
		x[f / WINO][f % WINO] = vec_load(r->sum + (f * s->c + p) *
		    r->panels * PANEL + q0);
	wino_scale(x);
	wino_back(g, x, k);
	for (size_t q = q0; q < q0 + VEC && q < s->o; q++)
		for (size_t i = 0; i < k * k; i++)
			r->dw[(q * s->c + p) * k * k + i] +=
			    g[i / k][i % k][q - q0];
}

static void
weight_range(void *arg, size_t first, size_t end)
{
	const struct run *r = arg;

	for (size_t p = first; p < end; p++)
		for (size_t q = 0; q < r->s->o; q += VEC)
			if (r->s->k == 3)
				weight(r, q, p, 3);
			else
				weight(r, q, p, 5);
}

void
dw_winograd_run(float *dw, const struct dw_in *in, const struct dw *s,
    void *scratch)
{
	struct run r = plan(s);

	r.dw = dw;
	r.in = in;
	r.map = (struct wino_map){ in->patches, s->h, s->w, s->c, s->mode,
	    in->patch_pre };
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
