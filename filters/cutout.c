/* cutout: one person of a whole photo to a square picture. */
#include "cli/cli.h"
#include "photo/photofields.h"
#include "view/fields.h"

static enum status
filter_sample(struct sample *s, void *arg)
{
	const struct portrait_options *o = arg;
	struct labelled l;
	struct portrait p;
	bool any = false;

	for (enum role r = 0; r < ROLES; r++) {
		if (!role_has(s, r, view_name(VIEW_PHOTO)))
			continue;
		TRY(labelled_take(&l, s, r));
		TRY(portrait_cut(&p, s->arena, &l, o, role_word(r)));
		TRY(portrait_put(s, r, &l, &p, o->size));
		any = true;
	}
	return any ? OK : view_need_any(s, VIEW_PHOTO);
}

int
main(int argc, char **argv)
{
	struct portrait_options o = { .margin = 0.1, .tell = cli_tell };
	int size = 256, fit = 0, person = 0;
	const struct cli_opt opts[] = {
		CLI_INT('s', "size", &size, PHOTO_MIN_SIDE, 4096, "PIXELS",
		    "side of the square that is written"),
		CLI_ENUM('f', "fit", &fit, "crop|pad|stretch",
		    "the person, or the whole photo padded or stretched"),
		CLI_DBL('m', "margin", &o.margin, 0, 2, "SHARE",
		    "space left on each side of the person"),
		CLI_INT('n', "person", &person, 1, 1000, "N",
		    "which person, in the order of the file (the largest)"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "cutout", .opts = opts,
		.summary = "one person of a whole photo to a square picture",
	};

	cli_begin(&p, &argc, &argv);
	o.size = (size_t)size;
	o.fit = (enum photo_fit)fit;
	o.person = (size_t)person;
	return cli_each(filter_sample, &o);
}
