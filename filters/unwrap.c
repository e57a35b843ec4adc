/* unwrap: a texture without a network: what is seen, its mirror, and a smooth fill. */
#include "cli/cli.h"
#include "model/charts.h"
#include "texture/stamp.h"
#include "texture/unwrapping.h"
#include "view/fields.h"

struct options {
	struct unwrap_options u;
	double erode;		/* pixels in a picture of 256 */
	bool no_mirror;
	const char *layout;

	struct layout *opened;
	struct arena *arena;	/* of the plan */
	struct unwrap_plan *plan;
	size_t plan_T;		/* what it was made for */
};

/* A stream has one layout, and as a rule one size: the plan is kept. */
static enum status
get_plan(struct options *o, const struct sample *s, size_t T)
{
	int32_t *behind = NULL;

	TRY(stamp_open(&o->opened, s));
	if (o->plan && o->plan_T == T)
		return OK;
	arena_free(o->arena);
	o->arena = NULL;
	o->plan = NULL;
	TRY(arena_new(&o->arena, (size_t)16 << 30));
	if (o->u.fill == UNWRAP_BEHIND)
		TRY(charts_behind(&behind, o->arena, o->opened, T));
	TRY(unwrap_plan_make(&o->plan, o->arena, o->opened, T, behind));
	o->plan_T = T;
	return OK;
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	struct options *o = arg;
	struct view_size size = { 0 };
	struct unwrap_input in;
	struct tensor texture, from;

	TRY(unwrap_input_of(&in, &size, s));
	const size_t T = size.T, side = in.h > in.w ? in.h : in.w;

	TRY(get_plan(o, s, T));
	TRY(sample_make(&texture, s, "texture", DT_F4, TENSOR_DIMS(T, T, 3)));
	TRY(sample_make(&from, s, "texture.seen", DT_U1, TENSOR_DIMS(T, T)));
	o->u.mirror = !o->no_mirror;
	o->u.erode = (float)(o->erode * (double)side / 256);
	return unwrap_texture(texture.data, from.data, &in, o->plan, &o->u,
	    s->arena);
}

int
main(int argc, char **argv)
{
	struct options o = { .u.fill = UNWRAP_BEHIND, .erode = 3 };
	const struct cli_opt opts[] = {
		CLI_ENUM('f', "fill", &o.u.fill, "none|mean|harmonic|behind",
		    "what texels get that neither photo nor mirror shows"),
		CLI_FLAG('M', "no-mirror", &o.no_mirror,
		    "take nothing from the other side of the body"),
		CLI_DBL('e', "erode", &o.erode, 0, 32, "PIXELS",
		    "do not trust pixels so near to the outline, at 256 x 256"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "the layout's table, where the stream's layout needs one"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "unwrap", .opts = opts,
		.summary = "a texture from what one photo shows",
	};

	cli_begin(&p, &argc, &argv);
	if (o.layout)
		cli_try(layout_open(&o.opened, o.layout), "--layout");
	int status = cli_each(filter_sample, &o);

	arena_free(o.arena);
	layout_close(o.opened);
	return status;
}
