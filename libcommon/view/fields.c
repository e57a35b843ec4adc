#include "view/fields.h"

#include <stdio.h>
#include <string.h>

#include "pose/coco.h"
#include "tensor/stats.h"

#define FAR 1e9		/* no place is there, in pixels, texels or metres */

/* Dims that the sample decides; the others are numbers. */
enum { END_OF_DIMS, H = -1, W = -2, T = -3, K = -4 };

/* Where a view's pictures come from: not one program makes them all. */
static const char *const taken[ROLES] = { "intake(1)", "hallucinate(1)",
	"tspair(1)", "texmerge(1)" };

static const struct {
	const char *name;
	enum dtype dtype;
	int dim[3];
	const char *maker;	/* NULL: as the role, `taken` */
	const char *source;	/* where it is another for the source, or NULL */
	bool no_source, no_role;
	/* Values of f4 that can be, by default about -1..1; NaN is missing. */
	double lo, hi;
	bool nan;
	bool own;	/* whoever reads them checks them, point by point */
} table[VIEW_FIELDS] = {
	/* sRGB */
	[VIEW_IMAGE] = { "image", DT_U1, { H, W, 3 }, .maker = NULL },
	/* I, the part 1..24 or 0; U, V */
	[VIEW_IUV] = { "iuv", DT_U1, { H, W, 3 }, .maker = NULL,
		.source = "intake(1) and fitbody(1)" },
	/* x, y, NaN where missing, and confidence */
	[VIEW_POSE] = { "pose", DT_F4, { POSE_POINTS, 3 }, .maker = NULL,
		.source = "intake(1) and findpose(1)", .own = true },
	/* s: x, y in texels, NaN off the body */
	[VIEW_SURF] = { "surf", DT_F4, { H, W, 2 }, "iuv2coord(1)",
		.lo = -FAR, .hi = FAR, .nan = true },
	/* m: 1 on the body */
	[VIEW_MASK] = { "mask", DT_U1, { H, W }, "iuv2coord(1)" },
	/* c: x, y in pixels, NaN where not seen */
	[VIEW_COORD] = { "coord", DT_F4, { T, T, 2 }, "iuv2coord(1)",
		.lo = -FAR, .hi = FAR, .nan = true },
	/* enum seen, to SEEN_MIRROR */
	[VIEW_SEEN] = { "seen", DT_U1, { T, T }, "iuv2coord(1)" },
	/* p: 0..1 */
	[VIEW_HEAT] = { "heat", DT_F4, { H, W, POSE_POINTS }, "pose2heat(1)",
		.lo = -1, .hi = 2 },
	/* b: 0..1 */
	[VIEW_TEXHEAT] = { "texheat", DT_F4, { T, T, POSE_POINTS },
		"iuv2coord(1), after pose2heat(1)",
		.lo = -1, .hi = 2 },
	/* x^: about -1..1 */
	[VIEW_GEN] = { "gen", DT_F4, { H, W, 3 }, "hallucinate(1)",
		.no_source = true },
	/* x~: about -1..1 */
	[VIEW_RENDER] = { "render", DT_F4, { H, W, 3 }, "render-warp(1)" },
	/* Of a whole photo; H and W are its own. */
	[VIEW_PHOTO] = { "photo", DT_U1, { H, W, 3 },
		"intake(1) with --whole" },
	[VIEW_POSES] = { "poses", DT_F4, { K, POSE_POINTS, 3 },
		"intake(1) with --whole", .own = true },
	/* x, y of the first and of the last corner, NaN where no points are */
	[VIEW_BOXES] = { "boxes", DT_F4, { K, 4 }, "intake(1) with --whole",
		.own = true },
	/* whose each pixel of iuv is, 0 nobody's */
	[VIEW_INDS] = { "inds", DT_U1, { H, W }, "intake(1) with --whole" },
	/* 0..255; of the photo, or of the picture that was cut out */
	[VIEW_MATTE] = { "matte", DT_U1, { H, W },
		"intake(1) and findpose(1)" },
	/* x, y, z in metres from the hips' middle, visibility */
	[VIEW_POSE3] = { "pose3", DT_F4, { POSE_LANDMARKS, 4 }, "findpose(1)",
		.lo = -FAR, .hi = FAR },
	/* turns of SMPL's joints, axis times angle */
	[VIEW_FIT] = { "fit", DT_F4, { 24, 3 }, "fitbody(1)",
		.lo = -FAR, .hi = FAR },
	/* the numbers of human/human.h */
	[VIEW_BUILD] = { "build", DT_F4, { 8 }, "fitbody(1)",
		.lo = -FAR, .hi = FAR },
	/* focal length, cx, cy, distance */
	[VIEW_CAMERA] = { "camera", DT_F4, { 4 }, "fitbody(1)",
		.lo = -FAR, .hi = FAR },
	/* t: -1..1 */
	[VIEW_TEXTURE] = { "texture", DT_F4, { T, T, 3 },
		"unwrap(1) and inpaint(1)", .no_role = true },
	/* enum seen */
	[VIEW_TEXTURE_SEEN] = { "texture.seen", DT_U1, { T, T },
		"unwrap(1) and inpaint(1)", .no_role = true },
	/* 1 - the mean error of a channel that is expected, 0..1 */
	[VIEW_TEXTURE_CONFIDENCE] = { "texture.confidence", DT_F4, { T, T },
		"inpaint(1)", .no_role = true,
		.lo = -1, .hi = 2 },
	/* enum avatar_kind */
	[VIEW_TEXTURE_KIND] = { "texture.kind", DT_U1, { T, T },
		"inpaint(1)", .no_role = true },
	/* As pose and iuv of one view */
	[VIEW_BANK_POSE] = { "bank.pose", DT_F4, { POSE_POINTS, 3 },
		"posebank(1)", .no_role = true, .own = true },
	[VIEW_BANK_IUV] = { "bank.iuv", DT_U1, { H, W, 3 },
		"posebank(1)", .no_role = true },
};

struct view_size
view_square(size_t S)
{
	return (struct view_size){ .h = S, .w = S, .T = S };
}

const char *
view_name(enum view_field f)
{
	return table[f].name;
}

enum dtype
view_dtype(enum view_field f)
{
	return table[f].dtype;
}

int
view_dims(size_t dim[3], enum view_field f, struct view_size size)
{
	int rank = 0;

	for (; rank < 3 && table[f].dim[rank] != END_OF_DIMS; rank++) {
		int d = table[f].dim[rank];

		dim[rank] = d == H ? size.h : d == W ? size.w :
		    d == T ? size.T : d == K ? size.k : (size_t)d;
	}
	return rank;
}

size_t
view_bytes(enum view_field f, struct view_size size)
{
	size_t dim[3], n = dtype_size(table[f].dtype);

	for (int k = view_dims(dim, f, size); k-- > 0;)
		n *= dim[k];
	return n;
}

char *
view_text(char *buf, enum view_field f)
{
	int n = snprintf(buf, 32, "%s, (", dtype_name(table[f].dtype));

	for (int k = 0; k < 3 && table[f].dim[k] != END_OF_DIMS; k++) {
		int d = table[f].dim[k];
		size_t room = 32 - (size_t)n;

		n += d > 0 ? snprintf(buf + n, room, "%s%d", k ? "," : "", d) :
		    snprintf(buf + n, room, "%s%c", k ? "," : "",
		    d == H ? 'H' : d == W ? 'W' : d == T ? 'T' : 'k');
	}
	snprintf(buf + n, 32 - (size_t)n, ")");
	return buf;
}

bool
view_has_role(enum view_field f)
{
	return !table[f].no_role;
}

bool
view_has_source(enum view_field f)
{
	return !table[f].no_source;
}

char *
view_field_name(char *buf, enum role r, enum view_field f)
{
	if (!table[f].no_role)
		return role_name(buf, r, table[f].name);
	snprintf(buf, ROLE_NAME_MAX, "%s", table[f].name);
	return buf;
}

const char *
view_maker(enum role r, enum view_field f)
{
	if (r == ROLE_SOURCE && table[f].source)
		return table[f].source;
	return table[f].maker ? table[f].maker : taken[r];
}

/* ---- in a sample ------------------------------------------------------- */

static enum status
missing(const char *name, const char *maker)
{
	return fail(E_SHAPE, "field %s: is missing, see %s", name, maker);
}

/* Headers that were read without their data have none to check. */
static enum status
check_values(const struct tensor *t, enum view_field f)
{
	if (!t->data || table[f].own)
		return OK;
	return table[f].lo < table[f].hi ? tensor_check(t, table[f].lo,
	    table[f].hi, table[f].nan) : tensor_check_signed(t);
}

enum status
view_want(const struct tensor **t, size_t *n, const struct sample *s,
    enum role r, enum view_field f, struct view_size size)
{
	char name[ROLE_NAME_MAX];
	size_t dim[3];
	size_t any = 0;
	int rank = view_dims(dim, f, size);

	if (!sample_find(s, view_field_name(name, r, f)))
		return missing(name, view_maker(r, f));
	TRY(table[f].no_role ? sample_want(t, s, name, table[f].dtype, rank,
	    dim) : role_want(t, n ? n : &any, s, r, table[f].name,
	    table[f].dtype, rank, dim));
	enum status st = check_values(*t, f);

	return st == OK ? OK : fail_in(st, "field %s", name);
}

bool
view_is_map(const struct sample *s)
{
	return sample_find(s, "texture.view") != NULL;
}

enum status
view_picture_size(struct view_size *size, size_t *n, const struct sample *s,
    enum role r)
{
	static const enum view_field shows[] = { VIEW_IMAGE, VIEW_IUV,
		VIEW_PHOTO };
	const struct tensor *t;
	char name[ROLE_NAME_MAX];

	for (size_t i = 0; i < sizeof shows / sizeof *shows; i++) {
		if (!role_has(s, r, view_name(shows[i])))
			continue;
		TRY(view_want(&t, n, s, r, shows[i], view_square(0)));
		*size = (struct view_size){ .h = role_dims(t, r)[0],
			.w = role_dims(t, r)[1] };
		return size->h > 0 && size->w > 0 ? OK : fail(E_SHAPE,
		    "field %s: an empty picture", view_field_name(name, r,
		    shows[i]));
	}
	return fail(E_SHAPE, "field %s: is missing: it says how large the "
	    "picture is", view_field_name(name, r, VIEW_IMAGE));
}

enum status
view_need(const struct sample *s, const char *name)
{
	char known[ROLE_NAME_MAX];

	if (sample_find(s, name))
		return OK;
	for (enum role r = 0; r < ROLES; r++)
		for (enum view_field f = 0; f < VIEW_FIELDS; f++)
			if (strcmp(view_field_name(known, r, f), name) == 0)
				return missing(name, view_maker(r, f));
	return fail(E_SHAPE, "field %s: is missing", name);
}

enum status
view_need_any(const struct sample *s, enum view_field f)
{
	const char *name = table[f].name;

	for (enum role r = 0; r < ROLES; r++)
		if (role_has(s, r, name))
			return OK;
	return fail(E_SHAPE, "field source.%s: is missing, and so are "
	    "halluc.%s and target.%s, see %s", name, name, name,
	    view_maker(ROLE_SOURCE, f));
}

enum status
view_make(struct tensor *t, struct sample *s, enum role r, enum view_field f,
    size_t n, struct view_size size)
{
	size_t dim[3];
	int rank = view_dims(dim, f, size);

	return table[f].no_role ? sample_make(t, s, table[f].name,
	    table[f].dtype, rank, dim) : role_make(t, s, r, table[f].name, n,
	    table[f].dtype, rank, dim);
}
