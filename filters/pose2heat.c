/* pose2heat: key points to heat maps, one plane per joint. */
#include "cli/cli.h"
#include "pose/heat.h"
#include "stream/role.h"

struct options {
	double sigma;		/* pixels in a grid of 256 */
	int size;		/* 0: that of the picture */
	bool subpixel;
};

/* Height and width of a role's pictures. */
static enum status
find_size(size_t hw[2], size_t n, const struct sample *s, enum role r,
    const struct options *o)
{
	static const char *const from[] = { "image", "iuv" };
	char name[ROLE_NAME_MAX];
	const struct tensor *t;

	hw[0] = hw[1] = (size_t)o->size;
	for (int i = 0; i < 2 && hw[0] == 0; i++) {
		if (!role_has(s, r, from[i]))
			continue;
		TRY(role_want(&t, &n, s, r, from[i], DT_U1,
		    TENSOR_DIMS(0, 0, 3)));
		hw[0] = role_dims(t, r)[0];
		hw[1] = role_dims(t, r)[1];
	}
	if (hw[0] == 0 || hw[1] == 0)
		return fail(E_SHAPE, "field %s: is missing: give the size of "
		    "the picture with --size", role_name(name, r, "image"));
	return OK;
}

static enum status
draw_role(struct sample *s, enum role r, const struct options *o)
{
	char name[ROLE_NAME_MAX];
	const struct tensor *pose;
	struct tensor heat, scratch;
	size_t n = 0, hw[2];

	TRY(role_want(&pose, &n, s, r, "pose", DT_F4,
	    TENSOR_DIMS(HEAT_JOINTS, 3)));
	TRY(find_size(hw, n, s, r, o));
	TRY(role_make(&heat, s, r, "heat", n, DT_F4,
	    TENSOR_DIMS(hw[0], hw[1], HEAT_JOINTS)));
	TRY(tensor_alloc(&scratch, s->arena, DT_F4,
	    TENSOR_DIMS(hw[0] + hw[1], HEAT_JOINTS)));

	const double side = (double)(hw[0] > hw[1] ? hw[0] : hw[1]);

	for (size_t i = 0; i < n; i++) {
		enum status st = heat_draw((float *)heat.data +
		    i * hw[0] * hw[1] * HEAT_JOINTS,
		    (const float *)pose->data + i * HEAT_JOINTS * 3,
		    hw[0], hw[1], (float)(o->sigma * side / 256), o->subpixel,
		    scratch.data);

		if (st != OK)
			return fail_in(st, "field %s",
			    role_name(name, r, "pose"));
	}
	return OK;
}

static enum status
step(struct sample *s, void *arg)
{
	bool any = false;

	for (enum role r = 0; r < ROLES; r++) {
		if (!role_has(s, r, "pose"))
			continue;
		TRY(draw_role(s, r, arg));
		any = true;
	}
	return any ? OK : fail(E_SHAPE, "field source.pose: is missing, and "
	    "so are halluc.pose and target.pose");
}

int
main(int argc, char **argv)
{
	struct options o = { .sigma = 6 };
	const struct cli_opt opts[] = {
		CLI_DBL('s', "sigma", &o.sigma, 0.1, 256, "PIXELS",
		    "standard deviation in a picture of 256 x 256"),
		CLI_INT('S', "size", &o.size, 1, 65536, "PIXELS",
		    "side of the picture, where the stream does not say"),
		CLI_FLAG('p', "subpixel", &o.subpixel,
		    "do not round key points to pixels"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "pose2heat", .opts = opts,
		.summary = "key points to heat maps",
	};

	return cli_filter(&p, argc, argv, step, &o);
}
