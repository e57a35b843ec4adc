#include "texture/layout.h"

#include <stdlib.h>
#include <string.h>

#include "stream/stream.h"
#include "texture/atlas24.h"
#include "texture/tiles24.h"
#include "texture/uvtable.h"

struct layout {
	char name[64];
	bool tiles;		/* densepose24 */
	struct stream_in *in;	/* owns the table's memory, or NULL */
	struct uvtable table;
};

/*
 * Per part, the affine map of (u, v, 1) to the (u, v) of the same point on
 * the other side of the body: u' = m0 u + m1 v + m2, v' = m3 u + m4 v + m5.
 * Fitted by tests/ref/atlas24.py to the mirrored vertices of a body mesh;
 * half of the vertices are met within 0.007 (hands .016, head .017). The
 * map of a part and that of its partner are exact inverses, so mirroring
 * twice changes nothing.
 */
static const float mirror[25][6] = {
	[1] = { 0.99979f, 0.02720f, -0.01348f, 0.01534f, -0.99979f, 0.99115f },
	[2] = { 0.99734f, -0.06929f, 0.03551f, -0.07658f, -0.99734f, 1.02372f },
	[3] = { -0.99177f, 0.03153f, 0.97844f, 0.12505f, 1.00416f, -0.03281f },
	[4] = { -1.00432f, 0.03153f, 0.98370f, 0.12507f, 0.99193f, -0.08982f },
	[5] = { -1.01491f, -0.04577f, 1.03864f, -0.07591f, 1.01602f, 0.03194f },
	[6] = { -0.98200f, -0.04424f, 1.02136f, -0.07337f, 0.98093f, 0.04487f },
	[7] = { 1.00450f, -0.01256f, 0.00620f, 0.01460f, 1.00438f, -0.00155f },
	[8] = { 0.99534f, 0.01244f, -0.00615f, -0.01447f, 0.99546f, 0.00163f },
	[9] = { 1.00111f, 0.00636f, -0.00126f, -0.00690f, 1.00780f, -0.00395f },
	[10] = { 0.99885f, -0.00631f, 0.00124f, 0.00684f, 0.99222f, 0.00393f },
	[11] = { 0.99918f, -0.00104f, 0.00071f, -0.00078f, 0.99369f, 0.00035f },
	[12] = { 1.00082f, 0.00105f, -0.00071f, 0.00078f, 1.00635f, -0.00036f },
	[13] = { 1.00057f, -0.00481f, 0.00510f, 0.00367f, 0.99370f, 0.00140f },
	[14] = { 0.99941f, 0.00484f, -0.00510f, -0.00369f, 1.00632f, -0.00139f },
	[15] = { 0.97800f, -0.01457f, 0.01700f, 0.02093f, 0.99346f, 0.00088f },
	[16] = { 1.02218f, 0.01499f, -0.01739f, -0.02154f, 1.00627f, -0.00052f },
	[17] = { 1.00050f, 0.00038f, -0.00102f, 0.01124f, 0.97332f, 0.02324f },
	[18] = { 0.99950f, -0.00039f, 0.00103f, -0.01154f, 1.02742f, -0.02389f },
	[19] = { 0.98226f, -0.01419f, 0.01992f, 0.01152f, 1.01214f, -0.01988f },
	[20] = { 1.01790f, 0.01427f, -0.01999f, -0.01158f, 0.98785f, 0.01987f },
	[21] = { 0.99801f, 0.00267f, -0.00499f, -0.00358f, 1.00773f, -0.00531f },
	[22] = { 1.00199f, -0.00266f, 0.00498f, 0.00356f, 0.99232f, 0.00529f },
	[23] = { -1.07460f, 0.00694f, 1.02128f, 0.00033f, 0.99521f, -0.00088f },
	[24] = { -0.93058f, 0.00649f, 0.95039f, 0.00031f, 1.00481f, 0.00057f },
};

static enum status
read_table(struct layout *l, const char *path)
{
	struct sample s;

	TRY(stream_open(&l->in, path, NULL));
	enum status st = stream_next(l->in, &s);

	if (st == END)
		return fail(E_FORMAT, "no table in it");
	if (st != OK)
		return st;
	const char *name = json_string_value(json_object_get(s.manifest,
	    "layout"));

	if (!name || strlen(name) >= sizeof l->name)
		return fail(E_FORMAT, "the manifest names no layout: want a "
		    "table made by uvlut");
	strcpy(l->name, name);
	return uvtable_get(&l->table, &s);
}

enum status
layout_open(struct layout **out, const char *name)
{
	struct layout *l = calloc(1, sizeof *l);
	enum status s = OK;

	if (!l)
		return fail(E_NOMEM, "no memory for a layout");
	l->tiles = strcmp(name, "densepose24") == 0;
	if (layout_needs_no_table(name) == OK)
		strcpy(l->name, name);
	else
		s = read_table(l, name);
	if (s != OK) {
		layout_close(l);
		return fail_in(s, "%s", name);
	}
	*out = l;
	return OK;
}

enum status
layout_needs_no_table(const char *name)
{
	return strcmp(name, "atlas24") == 0 || strcmp(name, "densepose24") == 0 ?
	    OK : fail(E_SHAPE, "layout \"%s\" needs its table, made by uvlut: "
	    "give it with --layout", name);
}

void
layout_close(struct layout *l)
{
	if (l && l->in)
		stream_close(l->in);
	free(l);
}

const char *
layout_name(const struct layout *l)
{
	return l->name;
}

enum status
layout_takes(const struct layout *l, size_t T)
{
	return !l->tiles || (T % 6 == 0 && T >= 12) ? OK : fail(E_SHAPE,
	    "a side of %zu texels, and the 6 rows of tiles of densepose24: want "
	    "a multiple of 6, 12 or more", T);
}

bool
layout_texel(const struct layout *l, size_t T, int part, float u, float v,
    float xy[2])
{
	if (part < 1 || part > 24 || !(u >= 0 && u <= 1 && v >= 0 && v <= 1))
		return false;
	if (l->tiles)
		return tiles24_place(T, part, u, v, xy);
	if (!l->in)
		atlas24_place(part, u, v, xy);
	else if (!uvtable_place(&l->table, part, u, v, xy))
		return false;
	xy[0] *= (float)(T - 1);
	xy[1] *= (float)(T - 1);
	return true;
}

bool
layout_surface(const struct layout *l, size_t T, float x, float y,
    int *part, float *u, float *v)
{
	if (l->tiles)
		return tiles24_find(T, x, y, part, u, v);
	x /= (float)(T - 1);
	y /= (float)(T - 1);
	return l->in ? uvtable_find(&l->table, x, y, part, u, v) :
	    atlas24_find(x, y, part, u, v);
}

void
layout_charts(const struct layout *l, size_t T, uint8_t *chart)
{
	int part;
	float u, v;

	for (size_t y = 0; y < T; y++)
		for (size_t x = 0; x < T; x++)
			chart[y * T + x] = layout_surface(l, T, (float)x,
			    (float)y, &part, &u, &v) ? (uint8_t)part : 0;
}

const char *
layout_part_name(int part)
{
	static const char *const name[25] = { "between the charts",
		"trunk, back", "trunk, front", "right hand", "left hand",
		"left foot", "right foot", "right thigh", "left thigh",
		"right thigh", "left thigh", "right lower leg",
		"left lower leg", "right lower leg", "left lower leg",
		"left upper arm", "right upper arm", "left upper arm",
		"right upper arm", "left forearm", "right forearm",
		"left forearm", "right forearm", "head, right", "head, left" };

	return name[part];
}

static float
clamp01(float a)
{
	return a < 0 ? 0 : a > 1 ? 1 : a;
}

void
layout_mirror(int *part, float *u, float *v)
{
	const float *m = mirror[*part];
	float a = m[0] * *u + m[1] * *v + m[2];
	float b = m[3] * *u + m[4] * *v + m[5];

	*u = clamp01(a);
	*v = clamp01(b);
	if (*part > 2)
		*part += *part & 1 ? 1 : -1;
}
