/* pose2heat: key points to heat maps, one plane per joint. */
#include <string.h>

#include "cli/cli.h"
#include "view/fields.h"
#include "view/heat.h"

struct options {
	double sigma;		/* pixels in a grid of 256 */
	int size;		/* 0: that of the picture */
	bool subpixel;
};

static const enum view_field picture[] = { VIEW_IMAGE, VIEW_IUV };

/* The pictures of a role, whatever shows them; *n as for role_want. */
static enum status
find_pictures(const struct tensor **t, size_t *n, const struct sample *s,
    enum role r)
{
	char name[ROLE_NAME_MAX];

	for (int i = 0; i < 2; i++)
		if (role_has(s, r, view_name(picture[i])))
			return view_want(t, n, s, r, picture[i],
			    view_square(0));
	return fail(E_SHAPE, "field %s: is missing: give the size of the "
	    "picture with --size", role_name(name, r, "image"));
}

static enum status
draw_role(struct sample *s, enum role r, const struct options *o)
{
	char name[ROLE_NAME_MAX];
	const struct tensor *pose, *shown;
	struct tensor heat, scratch;
	size_t n = 0, hw[2] = { (size_t)o->size, (size_t)o->size };

	TRY(view_want(&pose, &n, s, r, VIEW_POSE, view_square(0)));
	if (o->size == 0) {
		TRY(find_pictures(&shown, &n, s, r));
		memcpy(hw, role_dims(shown, r), sizeof hw);
	}
	if (hw[0] == 0 || hw[1] == 0)
		return fail(E_SHAPE, "field %s: an empty picture",
		    role_name(name, r, "image"));
	TRY(view_make(&heat, s, r, VIEW_HEAT, n,
	    (struct view_size){ .h = hw[0], .w = hw[1] }));
	TRY(tensor_alloc(&scratch, s->arena, DT_F4,
	    TENSOR_DIMS(hw[0] + hw[1], POSE_POINTS)));

	const double side = (double)(hw[0] > hw[1] ? hw[0] : hw[1]);

	for (size_t i = 0; i < n; i++) {
		enum status st = heat_draw((float *)heat.data +
		    i * hw[0] * hw[1] * POSE_POINTS,
		    (const float *)pose->data + i * POSE_POINTS * 3,
		    hw[0], hw[1], (float)(o->sigma * side / 256), o->subpixel,
		    scratch.data);

		if (st != OK)
			return fail_in(st, "field %s",
			    role_name(name, r, "pose"));
	}
	return OK;
}

/* A picture whose key points nobody found: all of them are missing. */
static enum status
miss_all(struct sample *s, enum role r)
{
	const struct tensor *shown;
	struct tensor pose;
	size_t n = 0;

	TRY(find_pictures(&shown, &n, s, r));
	TRY(view_make(&pose, s, r, VIEW_POSE, n, view_square(0)));
	heat_no_points(pose.data, n);
	return OK;
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	bool any = false;

	for (enum role r = 0; r < ROLES; r++) {
		bool pose = role_has(s, r, "pose");

		if (!pose && !role_has(s, r, "image") && !role_has(s, r, "iuv"))
			continue;
		if (!pose)
			TRY(miss_all(s, r));
		TRY(draw_role(s, r, arg));
		any = true;
	}
	return any ? OK : view_need_any(s, VIEW_POSE);
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

	return cli_filter(&p, argc, argv, filter_sample, &o);
}
