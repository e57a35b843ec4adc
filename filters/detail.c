/* detail: the details of a texture on the coarse of another, of the same person. */
#include "cli/cli.h"
#include "stream/join.h"
#include "texture/details.h"
#include "texture/stamp.h"
#include "view/fields.h"

struct options {
	const char *with, *layout, *with_layout;
	struct details_how how;
	struct join_side coarse;
	struct layout *fine_in, *coarse_in;
};

/* Codes of a texture, NULL where it has none. */
static enum status
codes(const uint8_t **seen, const struct sample *s, size_t T)
{
	const struct tensor *t;

	*seen = NULL;
	if (!sample_find(s, "texture.seen"))
		return OK;
	TRY(view_want(&t, NULL, s, ROLE_SOURCE,
		    VIEW_TEXTURE_SEEN, view_square(T)));
	*seen = t->data;
	return OK;
}

/* The sample of --with that has this one's key, and its texture. */
static enum status
find(const struct tensor **t, const uint8_t **seen, struct options *o,
    const char *key)
{
	enum status st = join_find(&o->coarse, key);

	if (st == END)
		return fail(E_VALUE, "%s has no sample of this key", o->with);
	if (st == OK)
		st = stamp_open(&o->coarse_in, &o->coarse.s);
	if (st == OK)
		st = stamp_texture(t, &o->coarse.s, "texture", DT_F4);
	if (st == OK)
		st = codes(seen, &o->coarse.s, (*t)->dim[0]);
	return st == OK ? OK : fail_in(st, "%s", o->with);
}

/* What the coarse texture was made from, and what that allows. */
static enum status
note(struct sample *s, const struct sample *from)
{
	struct sample only = *from;

	only.n = 0;
	return join_merge(s, &only);
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	struct options *o = arg;
	const struct tensor *coarse, *fine;
	const uint8_t *coarse_seen, *fine_seen;
	struct tensor out, seen;

	TRY(stamp_open(&o->fine_in, s));
	TRY(find(&coarse, &coarse_seen, o, s->key));
	TRY(stamp_texture(&fine, s, "texture", DT_F4));
	const struct convert_side f = { o->fine_in, fine->dim[0] },
	    c = { o->coarse_in, coarse->dim[0] };
	const float *from = fine->data;

	TRY(codes(&fine_seen, s, f.T));
	TRY(sample_make(&out, s, "texture", DT_F4, TENSOR_DIMS(f.T, f.T, 3)));
	if (o->how.keep > 0 && !fine_seen)
		return fail(E_SHAPE, "field texture.seen: is missing, and "
		    "--photo wants to know what the photo shows");
	TRY(details_texture(out.data, from, fine_seen, f, coarse->data, c,
	    o->how, s->arena));
	if (coarse_seen) {
		TRY(sample_make(&seen, s, "texture.seen", DT_U1,
		    TENSOR_DIMS(f.T, f.T)));
		TRY(details_seen(seen.data, fine_seen, f, coarse_seen, c,
		    s->arena));
	}
	return note(s, &o->coarse.s);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	const struct cli_opt opts[] = {
		CLI_STR('w', "with", &o.with, "FILE",
		    "stream of the coarse textures, by key"),
		CLI_DBL('p', "photo", &o.how.keep, 0, 1, "SHARE",
		    "how much of what the photo shows stays as it is"),
		CLI_FLAG('s', "seams", &o.how.level,
		    "take out steps of colour where charts meet"),
		CLI_STR('l', "layout", &o.layout, "NAME|FILE",
		    "the layout's table, where the stream's layout needs one"),
		CLI_STR(0, "with-layout", &o.with_layout, "NAME|FILE",
		    "the same of FILE's"),
		CLI_END
	};
	const struct cli_program p = { .name = "detail", .opts = opts,
		.summary = "the details of a texture on the coarse of another" };

	cli_begin(&p, &argc, &argv);
	if (!o.with)
		cli_die("want --with FILE: a stream of textures");
	if (o.layout)
		cli_try(layout_open(&o.fine_in, o.layout), "--layout");
	if (o.with_layout)
		cli_try(layout_open(&o.coarse_in, o.with_layout),
		    "--with-layout");
	o.coarse.in = cli_open(o.with);
	int status = cli_each(filter_sample, &o);

	join_close(&o.coarse);
	layout_close(o.fine_in);
	layout_close(o.coarse_in);
	return status;
}
