/*
 * avatars [options]: streams as avatar2tex makes them, of our own bodies in
 * drawn clothes: the avatar is the dressed body itself, so its inside, hull and
 * texture are exact. --veil hangs a striped curtain with holes in front of it.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "dress/drape.h"
#include "human/human.h"
#include "mesh/avatar.h"
#include "texture/stamp.h"
#include "texture/texmap.h"
#include "view/seen.h"

#define CUT 0x80

struct options {
	int n, seed, texels;
	bool veil;
	const char *licence;
};

static enum avatar_kind
kind_of(int part)
{
	if (part <= 2 || (part >= 15 && part <= 22))
		return AVATAR_TOP;
	if (part >= 7 && part <= 14)
		return AVATAR_BOTTOM;
	return part == 5 || part == 6 ? AVATAR_SHOES : AVATAR_SKIN;
}

/* The four joints that move a vertex most, and their weights. */
static void
influences(uint8_t by[AVATAR_INFLUENCES], float weight[AVATAR_INFLUENCES],
    const struct sparse *s, size_t v)
{
	float sum = 0;
	bool used[BODY_JOINTS] = { false };

	for (int k = 0; k < AVATAR_INFLUENCES; k++) {
		by[k] = 0;
		weight[k] = 0;
		for (uint32_t i = s->row[v]; i < s->row[v + 1]; i++)
			if (!used[s->col[i]] && s->weight[i] > weight[k]) {
				by[k] = (uint8_t)s->col[i];
				weight[k] = s->weight[i];
			}
		used[by[k]] = weight[k] > 0;
		sum += weight[k];
	}
	for (int k = 0; k < AVATAR_INFLUENCES; k++)
		weight[k] /= sum;
}

/* The map's left half is the texture, the right half the curtain's. */
static enum status
put_picture(struct sample *s, const uint8_t *rgb, const uint8_t *chart,
    size_t T)
{
	struct tensor image, kind;

	TRY(sample_make(&image, s, "avatar.image", DT_U1, TENSOR_DIMS(T, 2 * T,
	    4)));
	TRY(sample_make(&kind, s, "avatar.kind", DT_U1, TENSOR_DIMS(T, 2 * T)));
	for (size_t i = 0; i < 2 * T * T; i++) {
		size_t x = i % (2 * T), t = i / (2 * T) * T + x;
		uint8_t *p = (uint8_t *)image.data + 4 * i;
		bool stripe = x * 8 / T % 2 == 0;

		((uint8_t *)kind.data)[i] = x < T ? (uint8_t)kind_of(chart[t]) :
		    AVATAR_OTHER | CUT;
		if (x < T)
			memcpy(p, rgb + 3 * t, 3);
		else
			memcpy(p, (const uint8_t[3]){ 255, 0, 255 }, 3);
		p[3] = x < T || stripe ? 255 : 0;
	}
	return OK;
}

static enum status
put_mesh(struct sample *s, const struct body *b, const float (*hull)[3],
    const struct layout *l, size_t T, bool veil)
{
	static const float corner[4][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 },
		{ 0, 1 } };
	size_t n = b->mesh.n_vert, m = b->mesh.n_face;
	struct tensor vert, face, uv, by, weight;

	TRY(sample_make(&vert, s, "avatar.vert", DT_F4, TENSOR_DIMS(n + 4 *
	    veil, 3)));
	TRY(sample_make(&face, s, "avatar.face", DT_I4, TENSOR_DIMS(m + 2 *
	    veil, 3)));
	TRY(sample_make(&uv, s, "avatar.uv", DT_F4, TENSOR_DIMS(m + 2 * veil,
	    3, 2)));
	TRY(sample_make(&by, s, "avatar.by", DT_U1, TENSOR_DIMS(n + 4 * veil,
	    4)));
	TRY(sample_make(&weight, s, "avatar.weight", DT_F4, TENSOR_DIMS(n + 4 *
	    veil, 4)));
	float (*v)[3] = vert.data, (*t)[3][2] = uv.data, (*w)[4] = weight.data;
	uint8_t (*j)[4] = by.data;
	int32_t (*f)[3] = face.data;

	memcpy(v, hull, n * sizeof *v);
	for (size_t i = 0; i < n; i++)
		influences(j[i], w[i], &b->skin, i);
	for (size_t i = 0; i < m; i++)
		for (int k = 0; k < 3; k++) {
			float xy[2];

			f[i][k] = (int32_t)b->mesh.face[i][k];
			if (!layout_texel(l, T, b->part[i],
			    b->part_uv[i][k][0], b->part_uv[i][k][1], xy))
				return fail(E_VALUE, "a face off the map");
			t[i][k][0] = (xy[0] + 0.5f) / (float)(2 * T);
			t[i][k][1] = (xy[1] + 0.5f) / (float)T;
		}
	for (size_t k = 0; k < 4 && veil; k++) {
		v[n + k][0] = b->joint[J_SPINE3][0] + corner[k][0] - 0.5f;
		v[n + k][1] = b->joint[J_SPINE3][1] + corner[k][1] - 0.5f;
		v[n + k][2] = b->joint[J_SPINE3][2] + 0.6f;
		memset(j[n + k], 0, sizeof *j);
		memcpy(w[n + k], (const float[4]){ 1, 0, 0, 0 }, sizeof *w);
		j[n + k][0] = J_SPINE3;
	}
	for (size_t i = 0; i < 6 && veil; i++) {
		size_t k = i < 3 ? i : i == 3 ? 0 : i - 2;

		f[m + i / 3][i % 3] = (int32_t)(n + k);
		t[m + i / 3][i % 3][0] = 0.5f + corner[k][0] / 2;
		t[m + i / 3][i % 3][1] = corner[k][1];
	}
	return OK;
}

static enum status
put(struct sample *s, const char *name, enum dtype d, size_t n,
    const void *data)
{
	struct tensor t = { d, 2, { n, 3 }, (void *)(uintptr_t)data };

	return sample_put(s, name, &t);
}

static enum status
put_texture(struct sample *s, const uint8_t *rgb, const uint8_t *seen,
    const uint8_t *chart, size_t T)
{
	struct tensor texture, valid, kind;

	TRY(sample_make(&texture, s, "true.texture", DT_U1, TENSOR_DIMS(T, T,
	    3)));
	TRY(sample_make(&valid, s, "true.valid", DT_U1, TENSOR_DIMS(T, T)));
	TRY(sample_make(&kind, s, "true.kind", DT_U1, TENSOR_DIMS(T, T)));
	memcpy(texture.data, rgb, 3 * T * T);
	for (size_t i = 0; i < T * T; i++) {
		((uint8_t *)valid.data)[i] = seen[i] == SEEN_YES;
		((uint8_t *)kind.data)[i] = chart[i] == 0 ? AVATAR_NONE :
		    (uint8_t)kind_of(chart[i]);
	}
	return OK;
}

/* Charts grown into their gutters, so that sampling finds kinds there. */
static void
grow(uint8_t *chart, size_t T)
{
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 1; i < T * T; i++) {
			if (chart[i] == 0)
				chart[i] = chart[i - 1];
			if (chart[T * T - 1 - i] == 0)
				chart[T * T - 1 - i] = chart[T * T - i];
		}
}

static enum status
make(struct sample *s, const struct options *o, size_t k,
    const struct layout *l)
{
	size_t T = (size_t)o->texels;
	struct body *b = arena_alloc(s->arena, sizeof *b);
	float *map = arena_alloc(s->arena, T * T * 3 * sizeof *map);
	uint8_t *seen = arena_alloc(s->arena, T * T);
	uint8_t *chart = arena_alloc(s->arena, T * T);
	uint8_t *rgb = arena_alloc(s->arena, T * T * 3);
	uint64_t seed = (uint64_t)o->seed + k;
	const struct spot *spot;
	struct unfold u;
	struct outfit wear;
	struct drape d;
	struct human h;

	if (!b || !map || !seen || !chart || !rgb)
		return E_NOMEM;
	human_random(&h, seed);
	TRY(human_make(b, s->arena, &h));
	outfit_random(&wear, seed);
	/* Skirts follow both thighs, which weights of a vertex cannot say. */
	wear.bottom = BOTTOM_TROUSERS;
	wear.top = wear.top == TOP_DRESS ? TOP_LONG : wear.top;
	TRY(unfold_make(&u, s->arena, b, l, T));
	TRY(figure_spots(&u, s->arena));
	TRY(drape_spots(&spot, s->arena, &u));
	TRY(drape_make(&d, s->arena, &u, spot, &wear));
	TRY(outfit_draw(map, seen, &u, &wear));
	for (size_t i = 0; i < 3 * T * T; i++)
		rgb[i] = (uint8_t)lrintf(fminf(255, fmaxf(0, (map[i] + 1) *
		    127.5f)));
	layout_charts(l, T, chart);
	TRY(put_texture(s, rgb, seen, chart, T));
	grow(chart, T);
	TRY(put_picture(s, rgb, chart, T));
	TRY(put_mesh(s, b, d.vert, l, T, o->veil));
	TRY(put(s, "avatar.inside", DT_F4, b->mesh.n_vert, b->mesh.vert));
	TRY(put(s, "avatar.hull", DT_F4, b->mesh.n_vert, d.vert));
	TRY(put(s, "avatar.joint", DT_F4, BODY_JOINTS, b->joint));
	if (o->licence)
		TRY(sample_add_licence(s, o->licence));
	return stamp_put(s, l);
}

int
main(int argc, char **argv)
{
	static struct options o = { .n = 2, .seed = 1, .texels = 128 };
	const struct cli_opt opts[] = {
		CLI_INT('n', "people", &o.n, 1, 1000, "N", "samples"),
		CLI_INT('s', "seed", &o.seed, 0, 1000000, "N", "of the first"),
		CLI_INT('T', "texels", &o.texels, 16, 1024, "N", "side"),
		CLI_FLAG(0, "veil", &o.veil, "a curtain in front"),
		CLI_STR(0, "licence", &o.licence, "TEXT", "of it"),
		CLI_END
	};
	const struct cli_program p = { .name = "avatars", .opts = opts,
		.no_in = true, .summary = "avatars of our own" };
	struct layout *l;
	struct sample s;

	cli_begin(&p, &argc, &argv);
	cli_try(layout_open(&l, "atlas24"), "atlas24");
	for (int i = 0; i < o.n; i++) {
		char key[32];

		snprintf(key, sizeof key, "av%05d", o.seed + i);
		cli_make(&s, key);
		if (cli_ok(make(&s, &o, (size_t)i, l), NULL, &s))
			cli_put(&s);
	}
	layout_close(l);
	return cli_finish();
}
