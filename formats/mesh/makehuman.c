#include "mesh/makehuman.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "mesh/avatarkind.h"

enum { OBJ, RIG, WEIGHTS, N_TEXT };

#define GROUPS 512
#define FAR 1000	/* decimetres that no vertex reaches */
#define EYE_DISC 0.29f	/* radius of an eyeball on its picture, half a sphere */

struct groups {
	char name[GROUPS][48];
	size_t n;
	uint16_t *of;		/* polygon -> its group */
	size_t n_poly;
};

/* ---- base mesh --------------------------------------------------------- */

/* Groups of the polygons of an OBJ that mesh_parse_obj has read. */
static enum status
find_groups(struct groups *g, struct arena *a, const char *text)
{
	size_t now = 0, room = 0;

	for (const char *s = text; s; s = (s = strchr(s, '\n')) ? s + 1 : NULL)
		room += s[0] == 'f';
	g->of = arena_calloc(a, room, sizeof *g->of);
	if (!g->of)
		return E_NOMEM;
	strcpy(g->name[0], "");
	g->n = 1;
	for (const char *s = text; s; s = (s = strchr(s, '\n')) ? s + 1 : NULL) {
		s += strspn(s, " \t");
		if (s[0] == 'f' && (s[1] == ' ' || s[1] == '\t') &&
		    g->n_poly < room)
			g->of[g->n_poly++] = (uint16_t)now;
		if (s[0] != 'g' || (s[1] != ' ' && s[1] != '\t'))
			continue;
		s += 1 + strspn(s + 1, " \t");
		size_t n = strcspn(s, " \t\r\n");

		if (n >= sizeof g->name[0])
			return fail(E_LIMIT, "a group name of %zu letters", n);
		for (now = 0; now < g->n && (strncmp(g->name[now], s, n) != 0 ||
		    g->name[now][n]); now++)
			;
		if (now == GROUPS)
			return fail(E_LIMIT, "more than %d groups", GROUPS);
		if (now == g->n) {
			memcpy(g->name[now], s, n);
			g->name[now][n] = 0;
			g->n++;
		}
	}
	return OK;
}

static uint16_t
group_of(const struct groups *g, const struct mesh *m, size_t face)
{
	size_t p = m->poly ? m->poly[face] : face;

	return p < g->n_poly ? g->of[p] : 0;
}

/* The vertices of a group, each once. */
static enum status
group_vertices(struct makehuman_joint *j, struct arena *a,
    const struct groups *g, const struct mesh *m, const char *name)
{
	bool *in = arena_calloc(a, m->n_vert, sizeof *in);
	size_t n = 0;

	if (!in)
		return E_NOMEM;
	for (size_t f = 0; f < m->n_face; f++)
		if (strcmp(g->name[group_of(g, m, f)], name) == 0)
			for (int c = 0; c < 3; c++) {
				n += !in[m->face[f][c]];
				in[m->face[f][c]] = true;
			}
	if (n == 0)
		return fail(E_SHAPE, "base mesh: no group %s", name);
	uint32_t *v = arena_calloc(a, n, sizeof *v);

	if (!v)
		return E_NOMEM;
	*j = (struct makehuman_joint){ v, n };
	for (size_t i = 0; i < m->n_vert; i++)
		if (in[i])
			*v++ = (uint32_t)i;
	return OK;
}

/* ---- rig --------------------------------------------------------------- */

static enum status
parse_json(json_t **out, const char *text, size_t n)
{
	json_error_t e;

	*out = json_loadb(text, n, JSON_REJECT_DUPLICATES, &e);
	return *out ? OK : fail(E_FORMAT, "line %d: %s", e.line, e.text);
}

static enum status
get_joint(struct makehuman_joint *j, struct arena *a, const struct groups *g,
    const struct mesh *m, const json_t *head)
{
	const char *how = json_string_value(json_object_get(head, "strategy"));
	const char *cube = json_string_value(json_object_get(head,
	    "cube_name"));
	const json_t *list = json_object_get(head, "vertex_indices");
	size_t n = json_array_size(list);

	if (how && strcmp(how, "CUBE") == 0 && cube)
		return group_vertices(j, a, g, m, cube);
	if (!how || strcmp(how, "MEAN") != 0 || n == 0)
		return fail(E_FORMAT, "want a head by CUBE with a cube_name, or "
		    "by MEAN with vertex_indices");
	uint32_t *v = arena_calloc(a, n, sizeof *v);

	if (!v)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		json_int_t k = json_is_integer(json_array_get(list, i)) ?
		    json_integer_value(json_array_get(list, i)) : -1;

		if (k < 0 || (uint64_t)k >= m->n_vert)
			return fail(E_VALUE, "vertex %lld, the base mesh has "
			    "%zu", (long long)k, m->n_vert);
		v[i] = (uint32_t)k;
	}
	*j = (struct makehuman_joint){ v, n };
	return OK;
}

static enum status
get_rig(struct makehuman *m, struct arena *a, const struct groups *g,
    json_t *rig)
{
	static const char *const eyes[2] = { "joint-l-eye", "joint-r-eye" };
	const char *name;
	json_t *bone, *bones = json_object_get(rig, "bones");

	json_object_foreach(bones, name, bone) {
		bool is;
		int j = avatar_joint(name, &is);

		if (j < 0 || !is)
			continue;
		enum status s = get_joint(&m->joint[j], a, g, &m->mesh,
		    json_object_get(bone, "head"));

		if (s != OK)
			return fail_in(s, "bone %s", name);
	}
	for (int j = 0; j < BODY_JOINTS; j++)
		if (m->joint[j].n == 0)
			return fail(E_SHAPE, "no bone for joint %d of %d", j,
			    BODY_JOINTS);
	for (int e = 0; e < 2; e++)
		TRY(group_vertices(&m->eye[e], a, g, &m->mesh, eyes[e]));
	return OK;
}

static enum status
add_weights(float (*sum)[BODY_JOINTS], size_t n_vert, int joint,
    const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *pair = json_array_get(list, i);
		const json_t *v = json_array_get(pair, 0),
		    *w = json_array_get(pair, 1);
		json_int_t k = json_is_integer(v) ? json_integer_value(v) : -1;
		double x = json_is_number(w) ? json_number_value(w) : -1;

		if (k < 0 || (uint64_t)k >= n_vert)
			return fail(E_VALUE, "vertex %lld, the base mesh has "
			    "%zu", (long long)k, n_vert);
		if (!(x >= 0 && x <= 1))
			return fail(E_VALUE, "weight %g at vertex %lld", x,
			    (long long)k);
		sum[k][joint] += (float)x;
	}
	return OK;
}

static enum status
get_weights(struct makehuman *m, struct arena *a, json_t *file)
{
	size_t n = m->mesh.n_vert;
	float (*sum)[BODY_JOINTS] = arena_calloc(a, n, sizeof *sum);
	uint8_t (*by)[AVATAR_INFLUENCES] = arena_calloc(a, n, sizeof *by);
	float (*w)[AVATAR_INFLUENCES] = arena_calloc(a, n, sizeof *w);
	const char *name;
	json_t *list;

	if (!sum || !by || !w)
		return E_NOMEM;
	json_object_foreach(json_object_get(file, "weights"), name, list) {
		bool is;
		int j = avatar_joint(name, &is);
		enum status s = add_weights(sum, n, j < 0 ? J_PELVIS : j, list);

		if (s != OK)
			return fail_in(s, "bone %s", name);
	}
	for (size_t f = 0; f < m->mesh.n_face; f++)
		for (int c = 0; c < 3; c++) {
			uint32_t i = m->mesh.face[f][c];

			if (!avatar_reduce(by[i], w[i], sum[i]) &&
			    m->group[f] != MAKEHUMAN_HELPER)
				return fail(E_SHAPE, "vertex %u has no weight",
				    i);
		}
	m->by = (const uint8_t (*)[AVATAR_INFLUENCES])by;
	m->weight = (const float (*)[AVATAR_INFLUENCES])w;
	return OK;
}

static enum status
parse_base(struct makehuman *m, struct groups *g, struct arena *a,
    const char *text, size_t n)
{
	size_t count[MAKEHUMAN_EYES + 1] = { 0 };
	uint8_t *group;

	TRY(mesh_parse_obj(&m->mesh, a, text, n));
	TRY(find_groups(g, a, text));
	if (!m->mesh.uv)
		return fail(E_SHAPE, "faces without texture coordinates");
	for (size_t i = 0; i < m->mesh.n_vert; i++)
		for (int c = 0; c < 3; c++)
			if (!(fabsf(m->mesh.vert[i][c]) < FAR))
				return fail(E_VALUE, "vertex %zu is at %g", i,
				    m->mesh.vert[i][c]);
	if (!(group = arena_calloc(a, m->mesh.n_face, 1)))
		return E_NOMEM;
	for (size_t f = 0; f < m->mesh.n_face; f++) {
		const char *name = g->name[group_of(g, &m->mesh, f)];

		group[f] = strcmp(name, "body") == 0 ? MAKEHUMAN_BODY :
		    strcmp(name, "helper-l-eye") == 0 ||
		    strcmp(name, "helper-r-eye") == 0 ? MAKEHUMAN_EYES :
		    MAKEHUMAN_HELPER;
		count[group[f]]++;
	}
	m->group = group;
	if (count[MAKEHUMAN_BODY] == 0 || count[MAKEHUMAN_EYES] == 0)
		return fail(E_SHAPE, "no group %s", count[MAKEHUMAN_BODY] ?
		    "helper-l-eye or helper-r-eye" : "body");
	return OK;
}

enum status
makehuman_parse(struct makehuman *m, struct arena *a,
    const char *const text[3], const size_t n[3])
{
	struct groups *g = arena_calloc(a, 1, sizeof *g);
	json_t *file;

	*m = (struct makehuman){ 0 };
	if (!g)
		return E_NOMEM;
	enum status s = parse_base(m, g, a, text[OBJ], n[OBJ]);

	if (s != OK)
		return fail_in(s, "base.obj");
	if ((s = parse_json(&file, text[RIG], n[RIG])) == OK) {
		s = get_rig(m, a, g, file);
		json_decref(file);
	}
	if (s != OK)
		return fail_in(s, "rig.mixamo.json");
	if ((s = parse_json(&file, text[WEIGHTS], n[WEIGHTS])) == OK) {
		s = get_weights(m, a, file);
		json_decref(file);
	}
	return s == OK ? OK : fail_in(s, "weights.mixamo.json");
}

enum status
makehuman_read(struct makehuman *m, struct arena *a, const char *folder)
{
	static const char *const file[N_TEXT] = { "3dobjs/base.obj",
		"rigs/standard/rig.mixamo.json",
		"rigs/standard/weights.mixamo.json" };
	const char *text[N_TEXT];
	size_t n[N_TEXT];

	for (int i = 0; i < N_TEXT; i++) {
		const char *path = arena_printf(a, "%s/%s", folder, file[i]);

		if (!path)
			return E_NOMEM;
		TRY(file_read(&text[i], &n[i], a, path, MESH_MAX_FILE));
	}
	enum status s = makehuman_parse(m, a, text, n);

	return s == OK ? OK : fail_in(s, "%s", folder);
}

/* ---- a person ---------------------------------------------------------- */

/* What is being put together; arrays with room for all parts. */
struct build {
	struct avatar *v;
	float (*vert)[3], (*uv)[3][2];
	uint32_t (*face)[3];
	uint8_t (*by)[AVATAR_INFLUENCES];
	float (*weight)[AVATAR_INFLUENCES];
	const float (*base)[3];		/* the figure's, decimetres */
	bool *hidden;			/* base vertices */
};

struct worn_item {
	struct clothes c;
	struct mesh mesh;
};

static void
middle(float out[3], const struct makehuman_joint *j, const float (*v)[3])
{
	double s[3] = { 0 };

	for (size_t i = 0; i < j->n; i++)
		for (int c = 0; c < 3; c++)
			s[c] += v[j->vert[i]][c];
	for (int c = 0; c < 3; c++)
		out[c] = (float)(s[c] / (double)j->n) / 10;
}

static struct avatar_part *
begin_part(struct build *b, const char *name, enum avatar_kind kind)
{
	struct avatar_part *p = &b->v->part[b->v->n_part++];

	*p = (struct avatar_part){ .kind = kind, .first = b->v->n_face };
	strncpy(p->name, name, sizeof p->name - 1);
	return p;
}

static void
add_vertex(struct build *b, const float decimetres[3])
{
	for (int c = 0; c < 3; c++)
		b->vert[b->v->n_vert][c] = decimetres[c] / 10;
	b->v->n_vert++;
}

/*
 * Where on the picture of an eye a point of the eyeball lies: the angle from
 * the front is the distance from the middle. The left eye is above, right.
 */
static void
eye_uv(float uv[2], const float p[3], const float eye[2][3])
{
	int e = p[0] < 0;
	float d[3], flat;

	for (int c = 0; c < 3; c++)
		d[c] = p[c] - eye[e][c];
	flat = sqrtf(d[0] * d[0] + d[1] * d[1]);
	float r = EYE_DISC * atan2f(flat, d[2]) * 2 / (float)M_PI;

	r = flat > 1e-6f ? fminf(r, EYE_DISC) / flat : 0;
	uv[0] = (e ? 0.294f : 0.706f) + r * d[0];
	uv[1] = (e ? 0.706f : 0.294f) - r * d[1];
}

/* Faces of a group of the base mesh, and of its vertices those they need. */
static enum status
add_base(struct build *b, struct arena *a, const struct makehuman *m,
    enum makehuman_group group, const char *name, enum avatar_kind kind)
{
	struct avatar_part *p = begin_part(b, name, kind);
	size_t mark = arena_mark(a), n = m->mesh.n_vert;
	uint32_t *at = arena_alloc(a, n * sizeof *at);

	if (!at)
		return E_NOMEM;
	memset(at, 0xff, n * sizeof *at);
	for (size_t f = 0; f < m->mesh.n_face; f++) {
		const uint32_t *k = m->mesh.face[f];

		/* A face that is hidden by half ends below the clothes. */
		if (m->group[f] != group || (b->hidden[k[0]] &&
		    b->hidden[k[1]] && b->hidden[k[2]]))
			continue;
		for (int c = 0; c < 3; c++) {
			const float *uv = m->mesh.uv[m->mesh.uv_face[f][c]];
			size_t to = b->v->n_vert;

			if (at[k[c]] == UINT32_MAX) {
				at[k[c]] = (uint32_t)to;
				memcpy(b->by[to], m->by[k[c]], sizeof *b->by);
				memcpy(b->weight[to], m->weight[k[c]],
				    sizeof *b->weight);
				add_vertex(b, b->base[k[c]]);
			}
			b->face[b->v->n_face][c] = at[k[c]];
			float *out = b->uv[b->v->n_face][c];

			out[0] = uv[0];
			out[1] = 1 - uv[1];
			if (group == MAKEHUMAN_EYES)
				eye_uv(out, b->vert[at[k[c]]],
				    (const float (*)[3])b->v->eye);
		}
		b->v->n_face++;
	}
	p->n = b->v->n_face - p->first;
	arena_pop(a, mark);
	return p->n > 0 ? OK : fail(E_VALUE, "the clothes hide all of the "
	    "body");
}

/* Weights of the base vertices that a vertex of clothes hangs on. */
static bool
lend_weights(struct build *b, size_t to, const struct makehuman *m,
    const struct clothes_vertex *v)
{
	float sum[BODY_JOINTS] = { 0 };

	for (int i = 0; i < 3; i++)
		for (int k = 0; k < AVATAR_INFLUENCES && v->weight[i] > 0; k++)
			sum[m->by[v->vert[i]][k]] += v->weight[i] *
			    m->weight[v->vert[i]][k];
	return avatar_reduce(b->by[to], b->weight[to], sum);
}

static enum status
add_item(struct build *b, const struct makehuman *m,
    const struct worn_item *w, const struct makehuman_item *item)
{
	const char *slash = strrchr(item->clothes, '/');
	struct avatar_part *p = begin_part(b, slash ? slash + 1 :
	    item->clothes, item->kind);
	size_t first = b->v->n_vert;
	float scale[3];

	p->name[strcspn(p->name, ".")] = 0;
	for (int c = 0; c < 3; c++) {
		float is = fabsf(b->base[w->c.ruler[c][0]][c] -
		    b->base[w->c.ruler[c][1]][c]);

		scale[c] = w->c.length[c] > 0 ? is / w->c.length[c] : 1;
	}
	for (size_t i = 0; i < w->c.n_vert; i++) {
		const struct clothes_vertex *v = &w->c.vert[i];
		float at[3];

		for (int c = 0; c < 3; c++)
			at[c] = v->weight[0] * b->base[v->vert[0]][c] +
			    v->weight[1] * b->base[v->vert[1]][c] +
			    v->weight[2] * b->base[v->vert[2]][c] +
			    scale[c] * v->off[c];
		for (int c = 0; c < 3; c++)
			if (!(fabsf(at[c]) < FAR))
				return fail(E_VALUE, "vertex %zu is at %g", i,
				    at[c]);
		if (!lend_weights(b, b->v->n_vert, m, v))
			return fail(E_VALUE, "vertex %zu hangs on none with a "
			    "weight", i);
		add_vertex(b, at);
	}
	for (size_t f = 0; f < w->mesh.n_face; f++, b->v->n_face++)
		for (int c = 0; c < 3; c++) {
			const float *uv = w->mesh.uv[w->mesh.uv_face[f][c]];

			b->face[b->v->n_face][c] = (uint32_t)first +
			    w->mesh.face[f][c];
			b->uv[b->v->n_face][c][0] = uv[0];
			b->uv[b->v->n_face][c][1] = 1 - uv[1];
		}
	p->n = w->mesh.n_face;
	return OK;
}

static enum status
read_item(struct worn_item *w, struct arena *a,
    const struct makehuman_item *item, size_t n_base)
{
	const char *text, *slash = strrchr(item->clothes, '/');
	size_t n;

	TRY(file_read(&text, &n, a, item->clothes, MESH_MAX_FILE));
	enum status s = clothes_parse(&w->c, a, text, n_base);

	if (s != OK)
		return fail_in(s, "%s", item->clothes);
	const char *obj = arena_printf(a, "%.*s%s", slash ?
	    (int)(slash + 1 - item->clothes) : 0, item->clothes, w->c.obj);

	if (!obj)
		return E_NOMEM;
	TRY(mesh_read_obj(&w->mesh, a, obj));
	if (w->mesh.n_vert != w->c.n_vert)
		return fail(E_SHAPE, "%s: %zu vertices, %s has %zu", obj,
		    w->mesh.n_vert, item->clothes, w->c.n_vert);
	if (!w->mesh.uv)
		return fail(E_SHAPE, "%s: faces without texture coordinates",
		    obj);
	for (size_t i = 0; i < w->mesh.n_uv; i++)
		for (int c = 0; c < 2; c++)
			if (!(w->mesh.uv[i][c] > -0.1f && w->mesh.uv[i][c] < 1.1f))
				return fail(E_VALUE, "%s: texture coordinate "
				    "%g, want 0..1", obj, w->mesh.uv[i][c]);
	return OK;
}

static enum status
make_room(struct build *b, struct arena *a, const struct makehuman *m,
    const struct worn_item *w, size_t n_item)
{
	size_t n = 2 * m->mesh.n_vert, faces = m->mesh.n_face;

	for (size_t i = 0; i < n_item; i++) {
		n += w[i].c.n_vert;
		faces += w[i].mesh.n_face;
	}
	b->vert = arena_calloc(a, n, sizeof *b->vert);
	b->by = arena_calloc(a, n, sizeof *b->by);
	b->weight = arena_calloc(a, n, sizeof *b->weight);
	b->face = arena_calloc(a, faces, sizeof *b->face);
	b->uv = arena_calloc(a, faces, sizeof *b->uv);
	b->hidden = arena_calloc(a, m->mesh.n_vert, sizeof *b->hidden);
	if (!b->vert || !b->by || !b->weight || !b->face || !b->uv ||
	    !b->hidden)
		return E_NOMEM;
	b->v->vert = (const float (*)[3])b->vert;
	b->v->by = (const uint8_t (*)[AVATAR_INFLUENCES])b->by;
	b->v->weight = (const float (*)[AVATAR_INFLUENCES])b->weight;
	b->v->face = (const uint32_t (*)[3])b->face;
	b->v->uv = (const float (*)[3][2])b->uv;
	return OK;
}

/* Pictures, whether they have holes, and what they show. */
static enum status
read_pictures(struct avatar *v, struct arena *a,
    const struct makehuman_figure *f)
{
	for (size_t i = 0; i < v->n_part; i++) {
		struct avatar_part *p = &v->part[i];

		TRY(avatar_read_picture(&p->map, a, i == 0 ? f->skin :
		    i == 1 ? f->eyes : f->item[i - 2].picture));
		const uint8_t *c = p->map.data;

		for (size_t k = 0; k < p->map.dim[0] * p->map.dim[1]; k++)
			p->cut = p->cut || c[4 * k + 3] < 128;
		if (p->kind == AVATAR_NONE)
			TRY(avatar_find_garments(v, p, a));
	}
	return OK;
}

enum status
makehuman_build(struct avatar *v, struct arena *a, const struct makehuman *m,
    const struct makehuman_figure *f)
{
	size_t n = m->mesh.n_vert;
	float (*base)[3] = arena_alloc(a, n * sizeof *base);
	struct worn_item *w = arena_calloc(a, f->n_item, sizeof *w);
	struct build b = { .v = v, .base = (const float (*)[3])base };

	*v = (struct avatar){ 0 };
	if (!base || !w)
		return E_NOMEM;
	memcpy(base, m->mesh.vert, n * sizeof *base);
	for (size_t i = 0; i < f->n_target; i++)
		TRY(makehuman_morph(base, n, a, f->target[i].path,
		    f->target[i].share));
	for (size_t i = 0; i < f->n_item; i++)
		TRY(read_item(&w[i], a, &f->item[i], n));
	TRY(make_room(&b, a, m, w, f->n_item));
	for (size_t i = 0; i < f->n_item; i++)
		for (size_t k = 0; k < n; k++)
			b.hidden[k] = b.hidden[k] || w[i].c.hides[k];
	for (int j = 0; j < BODY_JOINTS; j++)
		middle(v->joint[j], &m->joint[j], b.base);
	for (int e = 0; e < 2; e++)
		middle(v->eye[e], &m->eye[e], b.base);
	TRY(add_base(&b, a, m, MAKEHUMAN_BODY, "skin", AVATAR_SKIN));
	TRY(add_base(&b, a, m, MAKEHUMAN_EYES, "eyes", AVATAR_OTHER));
	for (size_t i = 0; i < f->n_item; i++) {
		enum status s = add_item(&b, m, &w[i], &f->item[i]);

		if (s != OK)
			return fail_in(s, "%s", f->item[i].clothes);
	}
	return read_pictures(v, a, f);
}
