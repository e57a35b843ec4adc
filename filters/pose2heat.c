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

/* Of the pictures of a role, whatever shows them; *n as for view_want. */
static enum status
picture_size(struct view_size *size, size_t *n, const struct sample *s,
    enum role r)
{
	enum status st = view_picture_size(size, n, s, r);

	return st == OK ? OK : fail_in(st, "without --size");
}

static enum status
draw_role(struct sample *s, enum role r, const struct options *o)
{
	char name[ROLE_NAME_MAX];
	struct view_size size = view_square((size_t)o->size);
	const struct tensor *pose;
	struct tensor heat, scratch;
	size_t n = 0;

	TRY(view_want(&pose, &n, s, r, VIEW_POSE, view_square(0)));
	if (o->size == 0)
		TRY(picture_size(&size, &n, s, r));
	TRY(view_make(&heat, s, r, VIEW_HEAT, n, size));
	TRY(tensor_alloc(&scratch, s->arena, DT_F4,
	    TENSOR_DIMS(size.h + size.w, POSE_POINTS)));

	const double side = (double)(size.h > size.w ? size.h : size.w);

	for (size_t i = 0; i < n; i++) {
		enum status st = heat_draw((float *)heat.data +
		    i * size.h * size.w * POSE_POINTS,
		    (const float *)pose->data + i * POSE_POINTS * 3,
		    size.h, size.w, (float)(o->sigma * side / 256), o->subpixel,
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
	struct view_size size;
	struct tensor pose;
	size_t n = 0;

	TRY(picture_size(&size, &n, s, r));
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

		if (r == ROLE_SOURCE && view_is_map(s)) {
			any = true;
			continue;
		}
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
