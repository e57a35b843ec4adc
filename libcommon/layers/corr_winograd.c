/*
 * Winograd's way (winograd.h) for 3x3 and 5x5 with stride 1 and 4x4 with
 * stride 2: 36 multiplications where the direct way takes 144, 100 and 100.
 *
 * Work goes by blocks of tiles, over all images. B^T d B of a block for all
 * channels goes to scratch (v); then for one panel of outputs after the other
 * come 36 products (m) and E^T m E, all while they are in cache. The
 * preprocessing of the input and what follows the sum are done in the two
 * transforms.
 */
#include "layers/winograd.h"

#include "math/team.h"

#define BLOCK 48	/* tiles, at most */
#define PHASES 4	/* at most */

struct wino_tiles
wino_tiles(size_t n, size_t ho, size_t wo, size_t k)
{
	size_t m = WINO + 1 - k, x = (wo + m - 1) / m, y = (ho + m - 1) / m;

	return (struct wino_tiles){ m, x, y, n * x * y };
}

bool
wino_pays(size_t c, size_t ho, size_t wo, size_t o, size_t k, size_t stride)
{
	if (stride == 1)
		return (k == 3 || k == 5) && c >= 16 &&
		    wino_tiles(1, ho, wo, k).n >= 16;
	/* here the weights grow ninefold */
	return k == 4 && stride == 2 && c >= 16 && o >= 32 &&
	    wino_tiles(1, ho, wo, 2).n >= 48;
}

bool
corr_fits_winograd(const struct corr *s)
{
	return !s->transposed && s->co > CORR_FEW && wino_pays(s->ci, s->ho, s->wo, s->co,
	    s->k, s->stride);
}

static size_t
phases(const struct corr *s)
{
	return s->stride * s->stride;
}

size_t
winograd_packed(const struct corr *s)
{
	return WINO_F * phases(s) * s->ci * panel_count(s->co) * PANEL;
}

struct pack {
	float *packed;
	const float *w;
	const struct corr *s;
};

/* S E g E^T S for VEC outputs o0.. of input row c; k, stride constants. */
VEC_INLINE void
pack_vec(float *to, const struct pack *p, size_t o0, size_t c, size_t k,
    size_t stride)
{
	const struct corr *s = p->s;
	size_t side = k * stride, phase = c / s->ci;
	vec g[WINO_MAX][WINO_MAX] = { 0 }, u[WINO][WINO];

	for (size_t o = o0; o < o0 + VEC && o < s->co; o++) {
		const float *w = p->w + o * s->so + c % s->ci * s->si;

		for (size_t i = 0; i < k * k; i++) {
			size_t at = (i / k * stride + phase / stride) * side +
			    i % k * stride + phase % stride;

			g[i / k][i % k][o - o0] = w[s->flip ? side * side - 1 -
			    at : at];
		}
	}
	wino_eval(u, g, k);
	wino_scale(u);
	VEC_UNROLL
	for (size_t f = 0; f < WINO_F; f++)
		vec_store(to + f * phases(s) * s->ci * PANEL,
		    u[f / WINO][f % WINO]);
}

/* packed: [panel][frequency][phase][ci][PANEL] */
static void
pack_task(void *arg, size_t panel, size_t thread)
{
	const struct pack *p = arg;
	const struct corr *s = p->s;
	size_t rows = phases(s) * s->ci;
	float *to = p->packed + panel * WINO_F * rows * PANEL;

	(void)thread;
	for (size_t c = 0; c < rows; c++)
		for (size_t j = 0; j < PANEL; j += VEC) {
			float *at = to + c * PANEL + j;
			size_t o = panel * PANEL + j;

			switch (s->k) {
			case 3:
				pack_vec(at, p, o, c, 3, 1);
				break;
			case 4:
				pack_vec(at, p, o, c, 2, 2);
				break;
			case 5:
				pack_vec(at, p, o, c, 5, 1);
				break;
			}
		}
}

void
winograd_pack(float *packed, const float *w, const struct corr *s)
{
	struct pack p = { packed, w, s };

	team_run(panel_count(s->co), pack_task, &p);
}

struct run {
	float *out, *scratch;
	const float *packed;
	struct wino_map map;
	const struct nn_post *post;
	const struct corr *s;
	struct wino_tiles tiles;
	size_t block;		/* tiles of a task */
	size_t row;		/* floats of a tile in v: phases, channels */
	size_t vf, mf;		/* floats of one frequency in v and m */
	size_t per_thread;	/* floats */
};

static struct run
plan(const struct corr *s)
{
	struct run r = { .s = s };

	r.tiles = wino_tiles(s->n, s->ho, s->wo, s->k / s->stride);
	r.block = r.tiles.n < BLOCK ? r.tiles.n : BLOCK;
	r.map = (struct wino_map){ .h = s->hi, .w = s->wi, .c = s->ci,
	    .cp = (s->ci + VEC - 1) / VEC * VEC, .stride = s->stride,
	    .pad = s->pad, .mode = s->mode };
	r.row = phases(s) * r.map.cp;
	r.vf = wino_stride(r.block * r.row);
	r.mf = wino_stride(r.block * PANEL);
	r.per_thread = WINO_F * (r.vf + r.mf);
	return r;
}

size_t
winograd_scratch(const struct corr *s)
{
	return team_size() * plan(s).per_thread * sizeof (float);
}

/* Where the pixels of a tile's phase are, NULL in zeros; what is done first. */
struct patch {
	const float *at[WINO][WINO];
	const float *scale, *shift;	/* of this image, or NULL */
	float slope;
};

/*
 * n channels from k on. What does not change from pixel to pixel is a
 * constant of the caller, as a tile is little work: whole, nothing is in
 * zeros; pre, something is done first; affine, not the activation alone.
 */
VEC_INLINE void
patch_vec(float *v, size_t vf, const struct patch *p, size_t k, size_t n,
    bool whole, bool pre, bool affine)
{
	vec d[WINO][WINO], o[WINO][WINO], a = { 0 }, b = { 0 };

	if (affine) {
		a = vec_get(p->scale + k, n);
		b = vec_get(p->shift + k, n);
	}
	for (size_t i = 0; i < WINO; i++)
		for (size_t j = 0; j < WINO; j++) {
			d[i][j] = (vec){ 0 };
			if (!whole && !p->at[i][j])
				continue;
			d[i][j] = vec_get(p->at[i][j] + k, n);
			if (affine)
				d[i][j] = a * d[i][j] + b;
			if (pre)
				d[i][j] = vec_lrelu(d[i][j], p->slope);
		}
	wino_input(o, d);
	VEC_UNROLL
	for (size_t f = 0; f < WINO_F; f++)
		vec_store(v + f * vf + k, o[f / WINO][f % WINO]);
}

/* One phase of a tile, from pixel (y, x), which may lie in the padding. */
static void
input_phase(float *v, size_t vf, const struct wino_map *map, size_t img,
    ptrdiff_t y, ptrdiff_t x)
{
	const struct nn_pre *pre = map->pre;
	struct patch p;
	size_t c = map->c;
	ptrdiff_t row[WINO], col[WINO];
	bool whole = true, affine = pre && pre->scale;

	for (size_t i = 0; i < WINO; i++) {
		row[i] = corr_index(y + (ptrdiff_t)(i * map->stride), map->h,
		    map->mode);
		col[i] = corr_index(x + (ptrdiff_t)(i * map->stride), map->w,
		    map->mode);
		whole &= row[i] >= 0 && col[i] >= 0;
	}
	for (size_t i = 0; i < WINO; i++)
		for (size_t j = 0; j < WINO; j++)
			p.at[i][j] = row[i] < 0 || col[j] < 0 ? NULL : map->x +
			    ((img * map->h + (size_t)row[i]) * map->w +
			    (size_t)col[j]) * c;
	p.scale = affine ? pre->scale + img * c : NULL;
	p.shift = affine ? pre->shift + img * c : NULL;
	p.slope = pre ? pre->slope : 1;
	if (c < VEC) {
		patch_vec(v, vf, &p, 0, c, false, pre, affine);
		return;
	}
	for (size_t i = 0; i < c; i += VEC) {
		/* The last step repeats channels rather than be a part. */
		size_t k = i + VEC <= c ? i : c - VEC;

		if (!whole)
			patch_vec(v, vf, &p, k, VEC, false, pre, affine);
		else if (!pre)
			patch_vec(v, vf, &p, k, VEC, true, false, false);
		else if (!affine)
			patch_vec(v, vf, &p, k, VEC, true, true, false);
		else
			patch_vec(v, vf, &p, k, VEC, true, true, true);
	}
}

void
wino_input_tile(float *v, size_t vf, const struct wino_map *map, size_t img,
    size_t y0, size_t x0)
{
	size_t step = map->stride;

	for (size_t p = 0; p < step * step; p++)
		input_phase(v + p * map->cp, vf, map, img,
		    (ptrdiff_t)(y0 * step + p / step) - (ptrdiff_t)map->pad,
		    (ptrdiff_t)(x0 * step + p % step) - (ptrdiff_t)map->pad);
}

/*
 * E^T m E, then the rest, for outputs c0.. of a tile: the part of it that is
 * in the map. side: m, a constant.
 */
VEC_INLINE void
output_tile(const struct run *r, const float *m, size_t tile, size_t c0,
    size_t side)
{
	const struct corr *s = r->s;
	const struct nn_post *post = r->post;
	bool lrelu = post && post->act == NN_ACT_LRELU;
	size_t img, y0, x0;

	wino_tile_at(&img, &y0, &x0, tile, &r->tiles);
	size_t high = s->ho - y0 < side ? s->ho - y0 : side;
	size_t wide = s->wo - x0 < side ? s->wo - x0 : side;
	float *out = r->out + ((img * s->ho + y0) * s->wo + x0) * s->co;

	for (size_t c = c0; c < c0 + PANEL && c < s->co; c += VEC) {
		size_t n = vec_left(c, s->co);
		vec x[WINO][WINO], y[WINO_MAX][WINO_MAX], bias = { 0 };

		VEC_UNROLL
		for (size_t f = 0; f < WINO_F; f++)
			x[f / WINO][f % WINO] = vec_load(m + f * r->mf +
			    (c - c0));
		wino_back(y, x, side);
		if (post && post->bias)
			bias = vec_get(post->bias + c, n);
		for (size_t i = 0; i < high; i++)
			for (size_t j = 0; j < wide; j++) {
				float *to = out + (i * s->wo + j) * s->co + c;
				vec o = y[i][j] + bias;

				if (post && post->add)
					o += vec_get(post->add +
					    (to - r->out), n);
				if (lrelu)
					o = vec_lrelu(o, post->slope);
				vec_put(to, o, n);
			}
	}
	if (post && !lrelu)
		for (size_t i = 0; i < high; i++)
			corr_act(out + i * s->wo * s->co, wide, s->co, c0,
			    c0 + PANEL < s->co ? c0 + PANEL : s->co, post);
}

static void
run_task(void *arg, size_t task, size_t thread)
{
	const struct run *r = arg;
	const struct corr *s = r->s;
	float *v = r->scratch + thread * r->per_thread;
	float *m = v + WINO_F * r->vf;
	size_t first = task * r->block, left = r->tiles.n - first;
	size_t n = left < r->block ? left : r->block;
	size_t rows = phases(s) * s->ci, seg[PHASES];
	size_t panels = panel_count(s->co);

	for (size_t p = 0; p < phases(s); p++)
		seg[p] = p * r->map.cp;
	for (size_t t = 0; t < n; t++) {
		size_t img, y0, x0;

		wino_tile_at(&img, &y0, &x0, first + t, &r->tiles);
		wino_input_tile(v + t * r->row, r->vf, &r->map, img, y0, x0);
	}
	for (size_t panel = 0; panel < panels; panel++) {
		size_t c0 = panel * PANEL;

		for (size_t f = 0; f < WINO_F; f++) {
			size_t this = panel * WINO_F + f;
			size_t next = (this + 1) % (panels * WINO_F);
			struct panel_rows in = { .a = v + f * r->vf,
			    .row = r->row, .step = 1, .seg = seg,
			    .segs = phases(s), .run = s->ci,
			    .next = r->packed + next * rows * PANEL };

			panel_mul(m + f * r->mf, PANEL, &in, r->packed + this *
			    rows * PANEL, n, s->co - c0 <= VEC ? VEC : PANEL,
			    NULL, NULL);
		}
		for (size_t t = 0; t < n; t++)
			switch (s->k) {
			case 3:
				output_tile(r, m + t * PANEL, first + t, c0,
				    4);
				break;
			case 4:
				output_tile(r, m + t * PANEL, first + t, c0,
				    5);
				break;
			case 5:
				output_tile(r, m + t * PANEL, first + t, c0,
				    2);
				break;
			}
	}
}

void
winograd_run(float *out, const float *x, const float *packed,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct corr *s, void *scratch)
{
	struct run r = plan(s);

	r.out = out;
	r.map.x = x;
	r.map.pre = pre;
	r.packed = packed;
	r.post = post;
	r.scratch = scratch;
	team_run((r.tiles.n + r.block - 1) / r.block, run_task, &r);
}
