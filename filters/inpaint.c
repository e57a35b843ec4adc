/* inpaint(1): a complete texture with a plain U-Net. */
#include "cli/cli.h"
#include "math/team.h"
#include "model/painting.h"

static enum status
filter_sample(struct sample *s, void *arg)
{
	struct painting *p = arg;

	TRY(painting_put(p, s));
	cli_weights(model_sha256(&p->m));
	return OK;
}

int
main(int argc, char **argv)
{
	const char *weights = NULL, *layout = NULL;
	double photo = PAINTING_PHOTO;
	bool fast = false;
	int threads = 0;
	const struct cli_opt opts[] = {
		CLI_STR('w', "weights", &weights, "FILE", "trained parameters"),
		CLI_DBL('p', "photo", &photo, 0, 1, "SHARE",
		    "how much of what the photo shows stays as it is"),
		CLI_FLAG('f', "fast", &fast, "half the size, where the weights "
		    "have a stage for it"),
		CLI_STR(0, "layout", &layout, "FILE", "table of the weights' "
		    "layout, where it is not atlas24"),
		CLI_THREADS(&threads),
		CLI_END
	};
	const struct cli_program prog = { .name = "inpaint", .opts = opts,
		.summary = "complete a texture with a plain U-Net" };
	struct painting p;
	struct sample s;

	cli_begin(&prog, &argc, &argv);
	team_begin(threads);
	if (painting_open(&p, weights, layout, photo, fast) != OK)
		cli_die("%s", status_detail());

	struct stream_in *in = cli_open("-");

	while (cli_next(in, &s))
		if (cli_ok(filter_sample(&s, &p), in, &s))
			cli_put(&s);
	painting_close(&p);
	return cli_finish();
}
