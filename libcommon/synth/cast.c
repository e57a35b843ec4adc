#include "synth/cast.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "dataset/dataset.h"
#include "human/human.h"
#include "image/image.h"
#include "math/rng.h"
#include "photo/photo.h"
#include "tensor/pixel.h"
#include "texture/convert.h"
#include "texture/texmap.h"
#include "view/fields.h"

#define SEGMENT 64	/* frames of a motion that bear one name */
#define APART 8		/* of them left out, so that neighbours differ */
#define PHOTO_SIDE 512

bool
split_has(enum split split, const char *name)
{
	uint32_t h = 2166136261u;	/* FNV-1a */

	for (const char *p = name; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	/* The low bits of FNV are poor. */
	bool test = (h >> 8) % 10 == 0;

	return split == SPLIT_ALL || test == (split == SPLIT_TEST);
}

enum status
cast_begin(struct cast *c, struct arena *a, const struct layout *l, size_t T,
    enum split split)
{
	*c = (struct cast){ .arena = a, .layout = l, .T = T, .split = split,
		.chart = arena_alloc(a, T * T),
		.body = arena_calloc(a, CAST_BODIES, sizeof *c->body),
		.motion = arena_calloc(a, CAST_MOTIONS, sizeof *c->motion),
		.texture = arena_calloc(a, CAST_TEXTURES, sizeof *c->texture),
		.avatar = arena_calloc(a, CAST_AVATARS, sizeof *c->avatar),
		.panorama = arena_calloc(a, CAST_PANORAMAS,
		sizeof *c->panorama),
		.photo = arena_calloc(a, CAST_PHOTOS, sizeof *c->photo) };
	if (!c->chart || !c->body || !c->motion || !c->texture || !c->avatar ||
	    !c->panorama || !c->photo)
		return E_NOMEM;
	layout_charts(l, T, c->chart);
	return OK;
}

/* Bodies that differ in their shape only share most of what is computed. */
static bool
same_mesh(const struct body *a, const struct body *b)
{
	size_t n = a->mesh.n_face;

	return n == b->mesh.n_face && a->mesh.n_vert == b->mesh.n_vert &&
	    memcmp(a->mesh.face, b->mesh.face, n * sizeof *a->mesh.face) == 0 &&
	    memcmp(a->part, b->part, n) == 0 &&
	    memcmp(a->part_uv, b->part_uv, n * sizeof *a->part_uv) == 0;
}

/*
 * Whether the surface is closed, every edge run through once each way, and
 * its triangles run anticlockwise seen from outside: then it holds a volume.
 * Small gaps, as SMPL has between the toes, do not count.
 */
static enum status
is_closed(bool *closed, struct arena *a, const struct mesh *m)
{
	size_t mark = arena_mark(a), open = 0;
	/* Sums over the edges at each vertex: those that leave less those that
	   come, weighted by where they go to; 0 where edges pair up. */
	int64_t *sum = arena_calloc(a, m->n_vert, sizeof *sum);
	double volume = 0;

	if (!sum)
		return E_NOMEM;
	for (size_t i = 0; i < m->n_face; i++) {
		const uint32_t *f = m->face[i];
		const float *p = m->vert[f[0]], *q = m->vert[f[1]],
		    *r = m->vert[f[2]];

		for (int k = 0; k < 3; k++) {
			uint32_t from = f[k], to = f[(k + 1) % 3];

			sum[from] += to;
			sum[to] -= from;
		}
		for (int k = 0; k < 3; k++) {
			int c = (k + 1) % 3, d = (k + 2) % 3;

			volume += (double)p[k] * ((double)q[c] * r[d] -
			    (double)q[d] * r[c]) / 6;
		}
	}
	for (size_t i = 0; i < m->n_vert; i++)
		open += sum[i] != 0;
	*closed = volume > 0 && open <= m->n_vert / 200;
	arena_pop(a, mark);
	return OK;
}

static enum status
add_body(struct cast *c, const struct body *b, int sex)
{
	struct cast_body *k = &c->body[c->n_body];
	const struct unfold *like = NULL;

	if (c->n_body == CAST_BODIES)
		return fail(E_LIMIT, "more than %d bodies", CAST_BODIES);
	if (!b->part || !b->has_rig || b->points.n_row == 0)
		return fail(E_SHAPE, "a body without charts, skeleton or key "
		    "points");
	for (size_t i = 0; i < c->n_body && !like; i++)
		if (same_mesh(&c->body[i].body, b))
			like = &c->body[i].unfold;
	k->body = *b;
	k->sex = sex;
	TRY(is_closed(&k->closed, c->arena, &b->mesh));
	TRY(like ? unfold_share(&k->unfold, c->arena, like, &k->body) :
	    unfold_make(&k->unfold, c->arena, &k->body, c->layout, c->T));
	TRY(figure_spots(&k->unfold, c->arena));
	TRY(drape_spots(&k->vert, c->arena, &k->unfold));
	c->n_body++;
	return OK;
}

enum status
cast_add_body(struct cast *c, const char *name)
{
	struct human h = { .female = 0.5 };
	struct body b;

	TRY(human_open(&b, c->arena, name, NULL));
	if (strncmp(name, "ours:", 5) == 0)
		TRY(human_parse(&h, name + 5));
	else if (strcmp(name, "ours") == 0)
		h.female = 1;
	return add_body(c, &b, h.female > 0.6 ? 1 : h.female < 0.4 ? -1 : 0);
}

/* A normal number, kept within two deviations. */
static double
about(struct rng *d, double mean, double sd)
{
	double x = rng_normal(d);

	return mean + sd * (x < -2 ? -2 : x > 2 ? 2 : x);
}

enum status
cast_add_humans(struct cast *c, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct rng d = rng_seed(2022, k);
		bool woman = k % 2 == 0;
		struct human h;
		struct body b;

		human_usual(&h, woman ? about(&d, 0.95, 0.025) :
		    about(&d, 0.05, 0.025));
		h.height = about(&d, h.height, 0.065);
		/* Body mass has a long tail upwards. */
		h.weight = h.height * h.height * (woman ? 22 : 23.5) *
		    exp(about(&d, 0, 0.14));
		h.shoulders = about(&d, 1, 0.04);
		h.hips = about(&d, 1, 0.04);
		h.legs = about(&d, 1, 0.02);
		if (woman)
			h.bust = about(&d, h.bust, 0.3);
		h.muscle = about(&d, 0.5, 0.2);
		TRY(human_make(&b, c->arena, &h));
		TRY(add_body(c, &b, woman ? 1 : -1));
	}
	return OK;
}

enum status
cast_add_motion(struct cast *c, const char *path, const char **remark)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	struct motion m;

	TRY(motion_read(&m, c->arena, path, &c->body[0].body));
	*remark = m.remark;
	for (size_t i = 0; i < m.n_frame; i += SEGMENT) {
		size_t n = m.n_frame - i < SEGMENT ? m.n_frame - i : SEGMENT;
		const char *name = arena_printf(c->arena, "%.*s-%03zu",
		    (int)strcspn(base, "."), base, i / SEGMENT);

		if (!name)
			return E_NOMEM;
		if (!split_has(c->split, name))
			continue;
		if (c->n_motion == CAST_MOTIONS)
			return fail(E_LIMIT, "more than %d frames of motion",
			    CAST_MOTIONS * SEGMENT);
		c->motion[c->n_motion++] = (struct cast_motion){ name,
		    n > APART ? n - APART : n, m.pose + i };
	}
	return OK;
}

/*
 * The sample's texture, checked; in its absence the true one, that of an
 * avatar or of a training sample, as values in its own arena.
 */
static enum status
texture_in(const float **texture, size_t *T, const struct sample *s)
{
	const bool is_true = !sample_find(s, "texture") &&
	    sample_find(s, "true.texture");
	const char *name = is_true ? "true.texture" : "texture";
	const struct tensor *t;

	if (is_true)
		TRY(sample_want(&t, s, name, DT_U1, TENSOR_DIMS(0, 0, 3)));
	else
		TRY(view_want(&t, NULL, s, ROLE_SOURCE, VIEW_TEXTURE,
		    view_square(0)));
	if (t->dim[0] != t->dim[1] || t->dim[0] < 2)
		return fail(E_SHAPE, "field %s: want a square", name);
	*T = t->dim[0];
	if (is_true) {
		float *v = arena_alloc(s->arena, tensor_len(t) * sizeof *v);

		if (!v)
			return E_NOMEM;
		pixels_signed(v, t->data, tensor_len(t));
		*texture = v;
		return OK;
	}
	*texture = t->data;
	for (size_t k = 0; k < tensor_len(t); k++)
		if (!isfinite((*texture)[k]))
			return fail(E_VALUE, "field texture: %g in it",
			    (*texture)[k]);
	return OK;
}

static enum status
add_texture(struct cast *c, const struct sample *s)
{
	const float *t = NULL;
	size_t T = c->T, have = 0;
	const char *name = json_string_value(json_object_get(s->manifest,
	    "layout"));

	if (!name || strcmp(name, layout_name(c->layout)) != 0)
		return fail(E_VALUE, "a texture in layout \"%s\", want \"%s\": "
		    "see texconv(1)", name ? name : "?",
		    layout_name(c->layout));
	TRY(texture_in(&t, &have, s));
	float *map = arena_calloc(c->arena, T * T, 3 * sizeof *map);
	uint8_t *scratch = arena_alloc(c->arena, T * T);
	const char *key = arena_strdup(c->arena, s->key);

	if (!map || !scratch || !key)
		return E_NOMEM;
	TRY(convert_texture(map, (struct convert_side){ c->layout, T }, t,
	    (struct convert_side){ c->layout, have }, c->arena));
	texmap_gutter(map, c->chart, T, 3, TEXMAP_GUTTER, scratch);
	c->texture[c->n_texture++] = (struct cast_texture){ key, map };
	return OK;
}

/* What a sample's manifest says of licences. */
static enum status
add_licences(struct cast *c, const struct sample *s)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(s->manifest, "licence"), i, line)
		if (json_is_string(line))
			TRY(cast_add_licence(c, json_string_value(line)));
	return OK;
}

enum status
cast_add_stream(struct cast *c, const char *path, const size_t *n, size_t most,
    enum status (*add)(struct cast *c, const struct sample *s))
{
	struct stream_in *in;
	struct sample s;
	enum status st;

	TRY(stream_open(&in, path, NULL));
	while ((st = stream_next(in, &s)) == OK) {
		if (!split_has(c->split, s.key))
			continue;
		st = *n < most ? add(c, &s) : fail(E_LIMIT, "more than %zu",
		    most);
		if (st == OK)
			st = add_licences(c, &s);
		if (st != OK) {
			st = fail_in(st, "sample \"%s\"", s.key);
			break;
		}
	}
	stream_close(in);
	return st == END ? OK : fail_in(st, "%s", path);
}

enum status
cast_add_textures(struct cast *c, const char *path)
{
	return cast_add_stream(c, path, &c->n_texture, CAST_TEXTURES,
	    add_texture);
}

static enum status
add_photo(struct cast *c, const struct dataset_item *it)
{
	struct tensor t;
	const void *buf;
	struct arena *a;
	size_t n;

	if (c->n_photo == CAST_PHOTOS)
		return fail(E_LIMIT, "more than %d pictures", CAST_PHOTOS);
	TRY(arena_new(&a, (size_t)2 << 30));
	enum status st = dataset_read(&buf, &n, a, it, DATASET_PHOTO);

	if (st == OK)
		st = image_decode(&t, NULL, a, buf, n, IMAGE_ON_WHITE);
	if (st == OK) {
		long h = (long)t.dim[0], w = (long)t.dim[1];
		long side = h < w ? h : w;
		/* The largest square: backgrounds are cut from it. */
		const struct photo_rect r = { (w - side) / 2, (h - side) / 2,
			side, side };

		st = photo_resize(&c->photo[c->n_photo], c->arena, &t, &r,
		    side < PHOTO_SIDE ? (size_t)side : PHOTO_SIDE);
	}
	c->n_photo += st == OK;
	arena_free(a);
	return st == OK ? OK : fail_in(st, "%s", it->file[DATASET_PHOTO]);
}

enum status
cast_add_photos(struct cast *c, const char *path,
    void (*tell)(bool warn, const char *fmt, ...))
{
	struct dataset_item it;
	struct dataset *d;
	enum status st;

	TRY(dataset_new(&d));
	st = dataset_add(d, path);
	if (st == OK)
		st = dataset_check(d);
	if (st == OK)
		st = dataset_tell(d, tell);
	while (st == OK && (st = dataset_next(d, &it)) == OK)
		st = add_photo(c, &it);
	dataset_free(d);
	return st == END ? OK : st;
}

enum status
cast_add_panoramas(struct cast *c, const char *folder)
{
	const char **name;
	size_t n;

	TRY(file_list(&name, &n, c->arena, folder, ".npy", CAST_PANORAMAS));
	if (n == 0)
		return fail(E_VALUE, "%s: no NAME.npy in it", folder);
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(c->arena, "%s/%s", folder,
		    name[i]);

		if (!path)
			return E_NOMEM;
		if (c->n_panorama == CAST_PANORAMAS)
			return fail(E_LIMIT, "more than %d panoramas",
			    CAST_PANORAMAS);
		TRY(panorama_read(&c->panorama[c->n_panorama], c->arena,
		    path));
		c->n_panorama++;
	}
	return OK;
}

enum status
cast_add_licence(struct cast *c, const char *text)
{
	for (size_t i = 0; i < c->n_licence; i++)
		if (strcmp(c->licence[i], text) == 0)
			return OK;
	if (c->n_licence == CAST_LICENCES)
		return fail(E_LIMIT, "more than %d licences", CAST_LICENCES);
	char *copy = arena_strdup(c->arena, text);

	if (!copy)
		return E_NOMEM;
	c->licence[c->n_licence++] = copy;
	return OK;
}

enum status
cast_check(const struct cast *c, bool motions, bool textures,
    bool avatars)
{
	static const char *const name[] = { "all", "train", "test" };

	if (c->n_body == 0)
		return fail(E_VALUE, "no body");
	if (motions && c->n_motion == 0)
		return fail(E_VALUE, "no motion belongs to the split \"%s\"",
		    name[c->split]);
	if (textures && c->n_texture == 0)
		return fail(E_VALUE, "no texture belongs to the split \"%s\"",
		    name[c->split]);
	if (avatars && c->n_avatar == 0)
		return fail(E_VALUE, "no avatar belongs to the split \"%s\"",
		    name[c->split]);
	return OK;
}

uint32_t
cast_draw_name(char name[64], const char *prefix, enum split split,
    struct rng *d)
{
	uint32_t n;

	do {
		n = (uint32_t)(rng_u64(d) >> 33);
		snprintf(name, 64, "%s%08lu", prefix, (unsigned long)n);
	} while (!split_has(split, name));
	return n;
}
