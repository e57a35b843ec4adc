/*
 * Winograd's way for 3x3 with stride 1: F(4x4, 3x3) of Lavin and Gray,
 * arXiv 1509.09308. Each 4x4 tile of the output comes from a 6x6 tile of the
 * input, which overlaps its neighbours by two:
 *
 *	Y = A^T [ (G g G^T) . (B^T d B) ] A
 *
 * with . elementwise, and summed over input channels: so for each of the 36
 * places ("frequencies") there is a product of matrices, tiles by channels
 * times channels by outputs, 36 multiplications where the direct way takes
 * 144. The numbers in B and A grow to 5 and 8, which costs about a digit.
 *
 * Work goes by blocks of tiles, over all images: B^T d B of a block for all
 * channels goes to scratch (v); then for one panel of outputs after the other,
 * 36 products (m) and A^T m A, all while they are in cache. The preprocessing
 * of the input and what follows the sum are done in the two transforms.
 */
#include "layers/corr.h"

#include "math/team.h"

#define F 36		/* frequencies */
#define MIN_CHANNELS 16	/* below, the transforms cost more than they save */
#define MIN_TILES 16	/* below, reading 36/9 of the weights does */
#define BLOCK 48	/* tiles, at most */
#define LINE 16		/* floats of a cache line: see frequency_stride */

bool
corr_fits_winograd(const struct corr *s)
{
	return s->k == 3 && s->stride == 1 && !s->transposed &&
	    s->ci >= MIN_CHANNELS &&
	    ((s->ho + 3) / 4) * ((s->wo + 3) / 4) >= MIN_TILES;
}

size_t
winograd_packed(const struct corr *s)
{
	return F * s->ci * panel_count(s->co) * PANEL;
}

/* G g for one line of three, where a vector holds PANEL outputs' values. */
VEC_INLINE void
kernel_line(vec o[6], vec g0, vec g1, vec g2)
{
	vec even = (g0 + g2) * (1 / 6.f), odd = g1 * (1 / 6.f);
	vec even2 = g0 * (1 / 24.f) + g2 * (1 / 6.f), odd2 = g1 * (1 / 12.f);

	o[0] = g0 * 0.25f;
	o[1] = -even - odd;
	o[2] = odd - even;
	o[3] = even2 + odd2;
	o[4] = even2 - odd2;
	o[5] = g2;
}

struct pack {
	float *packed;
	const float *w;
	const struct corr *s;
};

/* packed: [panel][frequency][ci][PANEL] */
static void
pack_task(void *arg, size_t panel, size_t thread)
{
	const struct pack *p = arg;
	const struct corr *s = p->s;
	float *to = p->packed + panel * F * s->ci * PANEL;

	(void)thread;
	for (size_t c = 0; c < s->ci; c++)
	for (size_t half = 0; half < PANEL; half += VEC) {
		size_t o0 = panel * PANEL + half;
		vec g[9] = { 0 }, t[6][3], u[6];

		for (size_t o = o0; o < o0 + VEC && o < s->co; o++) {
			const float *w = p->w + o * s->so + c * s->si;

			for (size_t i = 0; i < 9; i++)
				g[i][o - o0] = w[s->flip ? 8 - i : i];
		}
		for (size_t j = 0; j < 3; j++) {
			kernel_line(u, g[j], g[3 + j], g[6 + j]);
			for (size_t i = 0; i < 6; i++)
				t[i][j] = u[i];
		}
		for (size_t i = 0; i < 6; i++) {
			kernel_line(u, t[i][0], t[i][1], t[i][2]);
			for (size_t j = 0; j < 6; j++)
				vec_store(to + ((i * 6 + j) * s->ci + c) *
				    PANEL + half, u[j]);
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
	const float *x, *packed;
	const struct nn_pre *pre;
	const struct nn_post *post;
	const struct corr *s;
	size_t tiles_x, tiles_y, tiles;
	size_t block;		/* tiles of a task */
	size_t cp;		/* ci rounded up to whole vectors */
	size_t vf, mf;		/* floats of one frequency in v and m */
	size_t per_thread;	/* floats */
};

/*
 * A tile is written to (read from) 36 places a power of two apart, as the
 * numbers are: without the extra line they would fight for one cache set.
 */
static size_t
frequency_stride(size_t floats)
{
	return (floats + LINE - 1) / LINE * LINE + LINE;
}

static struct run
plan(const struct corr *s)
{
	struct run r = { .s = s, .tiles_x = (s->wo + 3) / 4,
	    .tiles_y = (s->ho + 3) / 4 };

	r.tiles = s->n * r.tiles_y * r.tiles_x;
	r.block = r.tiles < BLOCK ? r.tiles : BLOCK;
	r.cp = (s->ci + VEC - 1) / VEC * VEC;
	r.vf = frequency_stride(r.block * r.cp);
	r.mf = frequency_stride(r.block * PANEL);
	r.per_thread = F * (r.vf + r.mf);
	return r;
}

size_t
winograd_scratch(const struct corr *s)
{
	return team_size() * plan(s).per_thread * sizeof (float);
}

/* B^T d, one line. */
VEC_INLINE void
input_line(vec o[6], const vec d[6])
{
	vec a = d[4] - 4 * d[2], b = d[3] - 4 * d[1];
	vec c = d[4] - d[2], e = 2 * (d[3] - d[1]);

	o[0] = 4 * d[0] - 5 * d[2] + d[4];
	o[1] = a + b;
	o[2] = a - b;
	o[3] = c + e;
	o[4] = c - e;
	o[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/* d: the 36 values of a tile in VEC channels; v: where frequency 0 goes. */
VEC_INLINE void
input_transform(float *v, size_t vf, vec d[6][6])
{
	vec t[6][6], o[6];

	#pragma GCC unroll 6
	for (size_t j = 0; j < 6; j++) {
		vec col[6] = { d[0][j], d[1][j], d[2][j], d[3][j], d[4][j],
		    d[5][j] };

		input_line(o, col);
		#pragma GCC unroll 6
		for (size_t i = 0; i < 6; i++)
			t[i][j] = o[i];
	}
	#pragma GCC unroll 6
	for (size_t i = 0; i < 6; i++) {
		input_line(o, t[i]);
		#pragma GCC unroll 6
		for (size_t j = 0; j < 6; j++)
			vec_store(v + (i * 6 + j) * vf, o[j]);
	}
}

/*
 * The tile whose first output is (y0, x0) of an image, all channels, to row
 * `tile` of v. at[]: its pixels, NULL for a zero.
 */
static void
input_tile(const struct run *r, float *v, size_t img, size_t y0, size_t x0)
{
	const struct corr *s = r->s;
	const float *at[6][6];
	bool plain = !r->pre, scaled = r->pre && r->pre->scale;
	const float *scale = scaled ? r->pre->scale + img * s->ci : NULL;
	const float *shift = scaled ? r->pre->shift + img * s->ci : NULL;
	float slope = r->pre ? r->pre->slope : 1;

	for (size_t i = 0; i < 6; i++) {
		ptrdiff_t y = corr_index((ptrdiff_t)(y0 + i) -
		    (ptrdiff_t)s->pad, s->hi, s->mode);

		for (size_t j = 0; j < 6; j++) {
			ptrdiff_t x = corr_index((ptrdiff_t)(x0 + j) -
			    (ptrdiff_t)s->pad, s->wi, s->mode);

			/* beyond what a partial tile needs, anything will do */
			if (s->mode != NN_PAD_ZERO) {
				y = y < 0 ? 0 : y < (ptrdiff_t)s->hi ? y :
				    (ptrdiff_t)s->hi - 1;
				x = x < 0 ? 0 : x < (ptrdiff_t)s->wi ? x :
				    (ptrdiff_t)s->wi - 1;
			}
			at[i][j] = y < 0 || x < 0 ? NULL : r->x +
			    ((img * s->hi + (size_t)y) * s->wi + (size_t)x) *
			    s->ci;
		}
	}
	for (size_t c = 0; c < s->ci; c += VEC) {
		size_t n = s->ci - c < VEC ? s->ci - c : VEC;
		vec d[6][6], a = { 0 }, b = { 0 };

		if (scaled) {
			a = n < VEC ? vec_load_part(scale + c, n) :
			    vec_load(scale + c);
			b = n < VEC ? vec_load_part(shift + c, n) :
			    vec_load(shift + c);
		}
		for (size_t i = 0; i < 6; i++)
			for (size_t j = 0; j < 6; j++) {
				const float *p = at[i][j];
				vec x = { 0 };

				if (p) {
					x = n < VEC ? vec_load_part(p + c, n) :
					    vec_load(p + c);
					if (scaled)
						x = a * x + b;
					if (!plain)
						x = vec_lrelu(x, slope);
				}
				d[i][j] = x;
			}
		input_transform(v + c, r->vf, d);
	}
}

/* A^T m, one line. */
VEC_INLINE void
output_line(vec o[4], const vec m[6])
{
	vec s1 = m[1] + m[2], d1 = m[1] - m[2];
	vec s2 = m[3] + m[4], d2 = m[3] - m[4];

	o[0] = m[0] + s1 + s2;
	o[1] = d1 + 2 * d2;
	o[2] = s1 + 4 * s2;
	o[3] = d1 + 8 * d2 + m[5];
}

/* VEC outputs of one tile: m its frequency 0; y its 4x4 values. */
VEC_INLINE void
output_transform(vec y[4][4], const float *m, size_t mf)
{
	vec t[4][6], o[4];

	#pragma GCC unroll 6
	for (size_t j = 0; j < 6; j++) {
		vec col[6];

		#pragma GCC unroll 6
		for (size_t i = 0; i < 6; i++)
			col[i] = vec_load(m + (i * 6 + j) * mf);
		output_line(o, col);
		#pragma GCC unroll 4
		for (size_t i = 0; i < 4; i++)
			t[i][j] = o[i];
	}
	#pragma GCC unroll 4
	for (size_t i = 0; i < 4; i++)
		output_line(y[i], t[i]);
}

/* Outputs c0.. of the tile at (y0, x0), the part of it that is in the map. */
static void
output_tile(const struct run *r, const float *m, size_t img, size_t y0,
    size_t x0, size_t c0)
{
	const struct corr *s = r->s;
	const struct nn_post *post = r->post;
	bool lrelu = post && post->act == NN_ACT_LRELU;
	size_t high = s->ho - y0 < 4 ? s->ho - y0 : 4;
	size_t wide = s->wo - x0 < 4 ? s->wo - x0 : 4;
	vec y[4][4];

	for (size_t c = c0; c < c0 + PANEL && c < s->co; c += VEC) {
		size_t n = s->co - c < VEC ? s->co - c : VEC;
		vec bias = { 0 };

		output_transform(y, m + c - c0, r->mf);
		if (post && post->bias)
			bias = vec_load_part(post->bias + c, n);
		for (size_t i = 0; i < high; i++)
			for (size_t j = 0; j < wide; j++) {
				size_t at = ((img * s->ho + y0 + i) * s->wo +
				    x0 + j) * s->co + c;
				vec o = y[i][j] + bias;

				if (post && post->add)
					o += n < VEC ? vec_load_part(post->add +
					    at, n) : vec_load(post->add + at);
				if (lrelu)
					o = vec_lrelu(o, post->slope);
				if (n < VEC)
					vec_store_part(r->out + at, o, n);
				else
					vec_store(r->out + at, o);
			}
	}
	if (post && !lrelu)
		for (size_t i = 0; i < high; i++)
			corr_act(r->out + ((img * s->ho + y0 + i) * s->wo +
			    x0) * s->co, wide, s->co, c0, c0 + PANEL < s->co ?
			    c0 + PANEL : s->co, post);
}

static void
run_task(void *arg, size_t task, size_t thread)
{
	const struct run *r = arg;
	const struct corr *s = r->s;
	float *v = r->scratch + thread * r->per_thread, *m = v + F * r->vf;
	size_t first = task * r->block;
	size_t n = r->tiles - first < r->block ? r->tiles - first : r->block;
	size_t per_image = r->tiles_x * r->tiles_y;

	for (size_t t = 0; t < n; t++) {
		size_t tile = first + t, at = tile % per_image;

		input_tile(r, v + t * r->cp, tile / per_image,
		    at / r->tiles_x * 4, at % r->tiles_x * 4);
	}
	for (size_t panel = 0; panel < panel_count(s->co); panel++) {
		const float *w = r->packed + panel * F * s->ci * PANEL;

		for (size_t f = 0; f < F; f++) {
			struct panel_rows in = { .a = v + f * r->vf,
			    .row = r->cp, .step = 1, .segs = 1,
			    .run = s->ci };

			panel_mul(m + f * r->mf, PANEL, &in, w + f * s->ci *
			    PANEL, n, PANEL, NULL, NULL);
		}
		for (size_t t = 0; t < n; t++) {
			size_t tile = first + t, at = tile % per_image;

			output_tile(r, m + t * PANEL, tile / per_image,
			    at / r->tiles_x * 4, at % r->tiles_x * 4,
			    panel * PANEL);
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
	r.x = x;
	r.packed = packed;
	r.pre = pre;
	r.post = post;
	r.scratch = scratch;
	team_run((r.tiles + r.block - 1) / r.block, run_task, &r);
}
