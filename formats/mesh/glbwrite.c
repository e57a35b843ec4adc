/*
 * Binary glTF 2.0: a header, a chunk of JSON that says what lies where, and
 * one chunk of arrays, all little-endian.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/outfile.h"
#include "mesh/surface.h"

enum { BYTE = 5121, UINT = 5125, FLOAT = 5126 };	/* component types */
enum { VERTICES = 34962, INDICES = 34963 };		/* targets of a view */
enum { LINEAR = 9729, MIPMAPS = 9987, CLAMP = 33071 };	/* of a sampler */

/* At most: mesh, skin and picture; times, places and turns of a clip. */
enum { MESH_PARTS = 16, CLIP_PARTS = 3 };

/* What is written: parts of the binary chunk, and what JSON says of them. */
struct glb {
	struct part { const void *data; size_t n; } *part;
	size_t n_part, at;		/* bytes so far, a multiple of 4 */
	json_t *views, *accessors;
};

/* Index of the view. */
static json_int_t
add_part(struct glb *b, const void *data, size_t n, int target)
{
	json_t *v = json_pack("{si sI sI}", "buffer", 0, "byteOffset",
	    (json_int_t)b->at, "byteLength", (json_int_t)n);

	if (target)
		json_object_set_new(v, "target", json_integer(target));
	json_array_append_new(b->views, v);
	b->part[b->n_part].data = data;
	b->part[b->n_part++].n = n;
	b->at += (n + 3) / 4 * 4;
	return (json_int_t)b->n_part - 1;
}

/* An array of n items of `type`; the index of its accessor. */
static json_int_t
add_array(struct glb *b, const void *data, size_t n, size_t item,
    const char *type, int component, int target)
{
	json_int_t view = add_part(b, data, n * item, target);

	json_array_append_new(b->accessors, json_pack("{sI si sI ss}",
	    "bufferView", view, "componentType", component, "count",
	    (json_int_t)n, "type", type));
	return (json_int_t)json_array_size(b->accessors) - 1;
}

/* Readers may rely on the box of the vertices. */
static void
add_box(struct glb *b, json_int_t accessor, const struct surface *s)
{
	json_t *lo = json_array(), *hi = json_array();
	json_t *a = json_array_get(b->accessors, (size_t)accessor);

	for (int c = 0; c < 3; c++) {
		float low = INFINITY, high = -INFINITY;

		for (size_t i = 0; i < s->n_vert; i++) {
			low = fminf(low, s->vert[i][c]);
			high = fmaxf(high, s->vert[i][c]);
		}
		json_array_append_new(lo, json_real((double)low));
		json_array_append_new(hi, json_real((double)high));
	}
	json_object_set_new(a, "min", lo);
	json_object_set_new(a, "max", hi);
}

static json_t *
mesh_of(struct glb *b, const struct surface *s)
{
	json_int_t at = add_array(b, s->vert, s->n_vert, 12, "VEC3", FLOAT,
	    VERTICES);
	json_t *attributes = json_pack("{sI sI sI}", "POSITION", at, "NORMAL",
	    add_array(b, s->normal, s->n_vert, 12, "VEC3", FLOAT, VERTICES),
	    "TEXCOORD_0",
	    add_array(b, s->uv, s->n_vert, 8, "VEC2", FLOAT, VERTICES));

	add_box(b, at, s);
	if (s->n_joint) {
		json_object_set_new(attributes, "JOINTS_0", json_integer(
		    add_array(b, s->bone, s->n_vert, SURFACE_BONES, "VEC4",
		    BYTE, VERTICES)));
		json_object_set_new(attributes, "WEIGHTS_0", json_integer(
		    add_array(b, s->weight, s->n_vert, 16, "VEC4", FLOAT,
		    VERTICES)));
	}
	return json_pack("{ss s[{so sI si}]}", "name", s->name, "primitives",
	    "attributes", attributes, "indices", add_array(b, s->face,
	    3 * s->n_face, 4, "SCALAR", UINT, INDICES), "material", 0);
}

/* The mesh is node 0; joint j is node 1 + j. */
static json_t *
joint_of(const struct surface *s, size_t j)
{
	const float *q = s->turn[j];
	json_t *children = json_array(), *node, *place = json_array();

	for (int c = 0; c < 3; c++)
		json_array_append_new(place, json_real(s->parent[j] >= 0 ?
		    (double)s->joint[j][c] -
		    (double)s->joint[s->parent[j]][c] :
		    (double)(s->place ? s->place[c] : s->joint[j][c])));
	node = json_pack("{ss so s[ffff]}", "name", s->joint_name[j],
	    "translation", place, "rotation", (double)q[0], (double)q[1],
	    (double)q[2], (double)q[3]);
	for (size_t k = j + 1; k < s->n_joint; k++)
		if (s->parent[k] == (int)j)
			json_array_append_new(children,
			    json_integer((json_int_t)k + 1));
	if (json_array_size(children) > 0)
		json_object_set(node, "children", children);
	json_decref(children);
	return node;
}

/* A joint at rest stands where it is and is not turned; columns of 4. */
static enum status
add_skin(struct glb *b, json_t *root, const struct surface *s,
    struct arena *scratch)
{
	float (*inverse)[16] = arena_calloc(scratch, s->n_joint,
	    sizeof *inverse);
	json_t *joints = json_array(), *nodes = json_object_get(root, "nodes");

	if (!inverse) {
		json_decref(joints);
		return E_NOMEM;
	}
	for (size_t j = 0; j < s->n_joint; j++) {
		for (int c = 0; c < 4; c++)
			inverse[j][5 * c] = 1;
		for (int c = 0; c < 3; c++)
			inverse[j][12 + c] = -s->joint[j][c];
		json_array_append_new(joints, json_integer((json_int_t)j + 1));
		json_array_append_new(nodes, joint_of(s, j));
	}
	json_object_set_new(root, "skins", json_pack("[{so sI si}]", "joints",
	    joints, "inverseBindMatrices", add_array(b, inverse, s->n_joint, 64,
	    "MAT4", FLOAT, 0), "skeleton", 1));
	json_object_set_new(json_array_get(nodes, 0), "skin", json_integer(0));
	json_array_append_new(json_object_get(json_array_get(json_object_get(
	    root, "scenes"), 0), "nodes"), json_integer(1));
	return OK;
}

/* Items [first, first + n) of a view as an array of their own. */
static json_int_t
add_rows(struct glb *b, json_int_t view, size_t first, size_t n, size_t item,
    const char *type)
{
	json_array_append_new(b->accessors, json_pack("{sI sI si sI ss}",
	    "bufferView", view, "byteOffset", (json_int_t)(first * item),
	    "componentType", FLOAT, "count", (json_int_t)n, "type", type));
	return (json_int_t)json_array_size(b->accessors) - 1;
}

/* One property of a joint over time. */
static void
add_channel(json_t *samplers, json_t *channels, json_int_t times,
    json_int_t values, size_t joint, const char *path)
{
	json_array_append_new(channels, json_pack("{sI s{sI ss}}", "sampler",
	    (json_int_t)json_array_size(samplers), "target", "node",
	    (json_int_t)joint + 1, "path", path));
	json_array_append_new(samplers, json_pack("{sI sI}", "input", times,
	    "output", values));
}

static enum status
add_clip(struct glb *b, json_t *animations, const struct surface *s,
    const struct surface_clip *c, struct arena *scratch)
{
	float *time = arena_calloc(scratch, c->n_frame, sizeof *time);

	if (!time)
		return E_NOMEM;
	for (size_t i = 0; i < c->n_frame; i++)
		time[i] = (float)((double)i / c->rate);
	json_int_t times = add_array(b, time, c->n_frame, 4, "SCALAR", FLOAT, 0);
	json_t *a = json_array_get(b->accessors, (size_t)times);
	json_t *samplers = json_array(), *channels = json_array();
	json_t *whole = json_pack("{ss so so}", "name", c->name, "channels",
	    channels, "samplers", samplers);

	if (!whole)
		return fail(E_FORMAT, "the name of a clip is not UTF-8");
	json_object_set_new(a, "min", json_pack("[f]", 0.0));
	json_object_set_new(a, "max", json_pack("[f]",
	    (double)time[c->n_frame - 1]));
	add_channel(samplers, channels, times, add_array(b, c->place,
	    c->n_frame, 12, "VEC3", FLOAT, 0), 0, "translation");
	json_int_t turns = add_part(b, c->turn, s->n_joint * c->n_frame * 16, 0);

	for (size_t j = 0; j < s->n_joint; j++)
		add_channel(samplers, channels, times, add_rows(b, turns,
		    j * c->n_frame, c->n_frame, 16, "VEC4"), j, "rotation");
	json_array_append_new(animations, whole);
	return OK;
}

static enum status
add_clips(struct glb *b, json_t *root, const struct surface *s,
    struct arena *scratch)
{
	json_t *animations = json_array();

	for (size_t i = 0; i < s->n_clip; i++) {
		enum status st = add_clip(b, animations, s, &s->clip[i],
		    scratch);

		if (st != OK) {
			json_decref(animations);
			return st;
		}
	}
	json_object_set_new(root, "animations", animations);
	return OK;
}

static json_t *
describe(const struct surface *s)
{
	json_t *asset = json_pack("{ss ss}", "version", "2.0", "generator",
	    s->generator);

	if (s->licence)
		json_object_set_new(asset, "copyright", json_string(s->licence));
	return json_pack("{so si s[{s[i]}] s[{ss si}] s[{ss s{s{si} si si}}]"
	    " s[{si si}] s[{si si si si}]}", "asset", asset, "scene", 0,
	    "scenes", "nodes", 0, "nodes", "name", s->name, "mesh", 0,
	    "materials", "name", "texture", "pbrMetallicRoughness",
	    "baseColorTexture", "index", 0, "metallicFactor", 0,
	    "roughnessFactor", 1, "textures", "sampler", 0, "source", 0,
	    "samplers", "magFilter", LINEAR, "minFilter", MIPMAPS, "wrapS",
	    CLAMP, "wrapT", CLAMP);
}

static enum status
put_chunk_head(const struct outfile *f, size_t n, const char type[4])
{
	uint32_t len = (uint32_t)n;

	TRY(outfile_put(f, &len, 4));
	return outfile_put(f, type, 4);
}

static enum status
put_all(const struct outfile *f, const struct glb *b, const char *json)
{
	const size_t n = strlen(json), padded = (n + 3) / 4 * 4;
	const uint32_t head[2] = { 2, (uint32_t)(12 + 8 + padded + 8 + b->at) };

	TRY(outfile_put(f, "glTF", 4));
	TRY(outfile_put(f, head, sizeof head));
	TRY(put_chunk_head(f, padded, "JSON"));
	TRY(outfile_put(f, json, n));
	TRY(outfile_put(f, "   ", padded - n));
	TRY(put_chunk_head(f, b->at, "BIN\0"));
	for (size_t i = 0; i < b->n_part; i++) {
		TRY(outfile_put(f, b->part[i].data, b->part[i].n));
		TRY(outfile_put(f, "\0\0\0", (4 - b->part[i].n % 4) % 4));
	}
	return OK;
}

static enum status
write_file(const char *path, const struct glb *b, json_t *root)
{
	char *json = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9));
	struct outfile *f;

	if (!json)
		return fail(E_FORMAT, "the name or the licence is not UTF-8");
	if (b->at + strlen(json) > UINT32_MAX - 64) {
		free(json);
		return fail(E_LIMIT, "more than 4 GB");
	}
	enum status st = outfile_open(&f, path);

	if (st == OK)
		st = outfile_end(f, put_all(f, b, json));
	free(json);
	return st;
}

enum status
surface_write_glb(const char *path, const struct surface *s,
    struct arena *scratch)
{
	struct glb b = { .views = json_array(), .accessors = json_array() };
	const size_t parts = MESH_PARTS + CLIP_PARTS * s->n_clip;

	b.part = arena_calloc(scratch, parts, sizeof *b.part);
	if (!b.part)
		return E_NOMEM;
	json_t *root = describe(s), *meshes = json_array();
	enum status st = root ? OK :
	    fail(E_FORMAT, "the name or the licence is not UTF-8");

	json_array_append_new(meshes, mesh_of(&b, s));
	if (st == OK && s->n_joint)
		st = add_skin(&b, root, s, scratch);
	if (st == OK && s->n_clip)
		st = add_clips(&b, root, s, scratch);
	if (st == OK) {
		json_object_set(root, "meshes", meshes);
		json_object_set_new(root, "images", json_pack("[{sI ss}]",
		    "bufferView", add_part(&b, s->png, s->png_len, 0),
		    "mimeType", "image/png"));
		json_object_set(root, "accessors", b.accessors);
		json_object_set(root, "bufferViews", b.views);
		json_object_set_new(root, "buffers", json_pack("[{sI}]",
		    "byteLength", (json_int_t)b.at));
		st = write_file(path, &b, root);
	}
	json_decref(root);
	json_decref(meshes);
	json_decref(b.views);
	json_decref(b.accessors);
	return st;
}
