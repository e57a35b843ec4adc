/* iuv2coord: from IUV the texel of each pixel, s and m, and the pixel of each texel, c. */
#include "cli/cli.h"
#include "pose/coco.h"
#include "texture/coord.h"
#include "texture/iuvdoubt.h"
#include "texture/stamp.h"
#include "texture/texmap.h"
#include "view/fields.h"

struct options {
	int size;		/* of the texture; 0: of the picture */
	int dilate;
	bool mirror;
	const char *layout;

	struct layout *opened;
	uint8_t *chart;		/* [T][T] in the arena of the sample */
};

/* The maps of one view, made in place. */
struct maps {
	const uint8_t *iuv;
	const float *heat;	/* NULL: none */
	float *surf, *coord, *texheat;
	uint8_t *mask, *seen;
	size_t h, w, T;
};

static enum status
draw_maps(const struct maps *v, const struct options *o, float *scratch)
{
	TRY(coord_surf(v->surf, v->mask, v->iuv, v->h, v->w, o->opened, v->T));
	coord_draw(v->coord, v->seen, v->iuv, v->surf, v->h, v->w, v->T,
	    scratch);
	texmap_grow(v->coord, v->seen, v->T, 2, o->dilate, SEEN_DILATED,
	    o->chart);
	if (o->mirror)
		coord_mirror(v->coord, v->seen, o->opened, v->T);
	if (v->heat)
		coord_sample(v->texheat, v->heat, v->h, v->w, POSE_POINTS,
		    v->coord, v->seen, v->T);
	return OK;
}

/*
 * An IUV that cannot be right still gives maps, and so does all that follows:
 * this is the last place where it shows. On real photos there are 0.5 to 1.5
 * texels to a pixel of the body, for a map of the picture's size.
 */
static void
tell_doubt(const struct maps *v, enum role r)
{
	const char *text = iuv_doubt(v->iuv, v->h, v->w);
	const double scale = (double)(v->h > v->w ? v->h : v->w) / (double)v->T;
	char name[ROLE_NAME_MAX];
	size_t mask = 0, seen = 0;

	for (size_t i = 0; i < v->h * v->w; i++)
		mask += v->mask[i];
	for (size_t i = 0; i < v->T * v->T; i++)
		seen += v->seen[i] == SEEN_YES;
	if (!text && mask >= 1000 && (double)seen * scale * scale <
	    0.1 * (double)mask)
		text = "hardly a pixel of the body gives a texel";
	if (text)
		cli_tell(true, "field %s: cannot be right: %s",
		    role_name(name, r, "iuv"), text);
}

static enum status
draw_role(struct sample *s, enum role r, struct options *o)
{
	char name[ROLE_NAME_MAX];
	const struct tensor *iuv, *heat = NULL;
	struct tensor surf, mask, coord, seen, texheat = { 0 }, scratch, chart;
	size_t n = 0;

	TRY(view_want(&iuv, &n, s, r, VIEW_IUV, view_square(0)));
	const size_t h = role_dims(iuv, r)[0], w = role_dims(iuv, r)[1];
	const size_t T = o->size ? (size_t)o->size : h > w ? h : w;
	const size_t px = h * w, tx = T * T;
	const struct view_size size = { .h = h, .w = w, .T = T };

	if (T < 2)
		return fail(E_SHAPE, "field %s: a picture of %zu x %zu, want "
		    "at least 2 x 2", role_name(name, r, "iuv"), h, w);
	if (role_has(s, r, "heat"))
		TRY(view_want(&heat, &n, s, r, VIEW_HEAT, size));
	TRY(view_make(&surf, s, r, VIEW_SURF, n, size));
	TRY(view_make(&mask, s, r, VIEW_MASK, n, size));
	TRY(view_make(&coord, s, r, VIEW_COORD, n, size));
	TRY(view_make(&seen, s, r, VIEW_SEEN, n, size));
	if (heat)
		TRY(view_make(&texheat, s, r, VIEW_TEXHEAT, n, size));
	TRY(tensor_alloc(&scratch, s->arena, DT_F4, TENSOR_DIMS(T, T)));
	TRY(tensor_alloc(&chart, s->arena, DT_U1, TENSOR_DIMS(T, T)));
	o->chart = chart.data;
	layout_charts(o->opened, T, o->chart);
	for (size_t i = 0; i < n; i++) {
		const struct maps v = {
			.iuv = (const uint8_t *)iuv->data + i * px * 3,
			.heat = heat ? (const float *)heat->data +
			    i * px * POSE_POINTS : NULL,
			.surf = (float *)surf.data + i * px * 2,
			.mask = (uint8_t *)mask.data + i * px,
			.coord = (float *)coord.data + i * tx * 2,
			.seen = (uint8_t *)seen.data + i * tx,
			.texheat = heat ? (float *)texheat.data +
			    i * tx * POSE_POINTS : NULL,
			.h = h, .w = w, .T = T,
		};
		enum status st = draw_maps(&v, o, scratch.data);

		if (st == OK)
			tell_doubt(&v, r);

		if (st != OK)
			return fail_in(st, "field %s",
			    role_name(name, r, "iuv"));
	}
	return OK;
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	struct options *o = arg;
	bool any = false;

	for (enum role r = 0; r < ROLES; r++) {
		if (!role_has(s, r, "iuv"))
			continue;
		any = true;
		/* A map has the places of its texels, which U and V round. */
		if (r != ROLE_SOURCE || !view_is_map(s))
			TRY(draw_role(s, r, o));
	}
	return any ? stamp_put(s, o->opened) : view_need_any(s, VIEW_IUV);
}

int
main(int argc, char **argv)
{
	struct options o = { .layout = "atlas24" };
	const struct cli_opt opts[] = {
		CLI_INT('T', "texture", &o.size, 2, 16384, "SIZE",
		    "side of the texture, instead of the picture's"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "atlas24, or a table made by uvlut"),
		CLI_INT('d', "dilate", &o.dilate, 0, 64, "N",
		    "grow what is seen by N rings of texels"),
		CLI_FLAG('m', "mirror", &o.mirror,
		    "fill from the other side of the body"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "iuv2coord", .opts = opts,
		.summary = "from IUV the texel of each pixel and the pixel of each texel",
	};

	cli_begin(&p, &argc, &argv);
	cli_try(layout_open(&o.opened, o.layout), "--layout");
	int status = cli_each(filter_sample, &o);

	layout_close(o.opened);
	return status;
}
