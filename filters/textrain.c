/* textrain: trains the networks; what an option means stands in textrain(1). */
#include "textrain.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "math/team.h"
#include "model/views.h"

enum { STAGE_JOINT, STAGE_FLOW };

static struct {
	const char *weights, *dir, *poses, *valid;
	int steps, batch, accumulate, buffer, seed, warmup, decay, stage, links,
	    views, targets, save_every, keep, log_every, valid_every, valid_samples,
	    threads, lanes, timeout;
	bool vary;
	double rate_d, jitter, pose_dropout;
	struct trainer_options t;
} o = { .steps = 10000, .batch = 8, .accumulate = 1, .buffer = 256, .seed = 1,
	.views = 2, .targets = 1, .save_every = 500, .keep = 3, .log_every = 10,
	.valid_every = 500, .valid_samples = 16, .lanes = BATCH_LANES,
	.timeout = 30, .rate_d = 0.1, .t.rate = 4e-4,
	.t.optim.beta2 = 0.999, .t.background_weight = 1 };

/* ---- start ------------------------------------------------------------ */

static void
open_trainer(struct trainer *t)
{
	char layers[64];

	if (trainer_open(t, o.weights, o.dir, &o.t, cli_warn) != OK)
		launch_die("%s", status_detail());
	if (t->step.vgg)
		cli_say("%s: features of %s", o.t.vgg, vgg19_text(t->step.vgg,
		    layers, sizeof layers));
	if (t->step.vgg && t->step.vgg->maps <= RELU5_2)
		cli_warn("%s: no layers after %s: the losses leave them out",
		    o.t.vgg, strrchr(vgg19_text(t->step.vgg, layers,
		    sizeof layers), ' ') + 1);
}

/* The command as the history has it: options, and what it read. */
static json_t *
what_was_said(int n, char **file)
{
	json_t *said = json_deep_copy(cli_options()), *data = json_array();

	for (int i = 0; i < n; i++)
		json_array_append_new(data, json_string(file[i]));
	if (!said || json_object_set_new(said, "data", data) != 0)
		cli_die("no memory");
	return said;
}

/* Of what all ranks read they must have the same. */
static uint64_t
add_file(uint64_t hash, const char *path)
{
	struct stat st = { .st_size = -1 };

	if (!path || stat(path, &st) != 0)
		return hash;
	return ranks_hash(hash, &st.st_size, sizeof st.st_size);
}

static void
compare_files(struct ranks *r, int n, char **file)
{
	const char *const more[] = { o.poses, o.valid, o.t.layout };
	uint64_t hash = 0;

	for (int i = 0; i < n; i++)
		hash = add_file(hash, file[i]);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		hash = add_file(hash, more[i]);
	if (ranks_same(r, hash, "files") != OK)
		launch_die("%s", status_detail());
}

static void
set_options(const json_t *said)
{
	if (!o.dir)
		cli_die("want --dir DIR");
	o.t.flow = o.stage == STAGE_FLOW;
	o.t.links = (enum links)o.links;
	o.t.rate_discriminator = o.t.rate * o.rate_d;
	o.t.steps = (uint64_t)o.steps;
	o.t.warmup = (uint64_t)o.warmup;
	o.t.decay = (uint64_t)o.decay;
	o.t.batch = (size_t)o.batch;
	o.t.accumulate = (size_t)o.accumulate;
	o.t.lanes = (size_t)o.lanes;
	o.t.seed = (uint64_t)o.seed;
	o.t.said = said;
	o.t.version = VERSION;
}

/* The bank stays open; charts are the trainer's. */
static struct feed_options
data_options(const struct trainer *t, int n, char **file)
{
	struct feed_options f = { .path = (const char *const *)file,
		.n = (size_t)n, .seed = (uint64_t)o.seed,
		.buffer = (size_t)o.buffer,
		.limits = *cli_limits(),
		.want = { .size = trainer_size(t), .target = !t->b.is_unet,
			.layout = t->layout },
		.prepare = { .size = trainer_size(t), .dual = !t->b.is_unet,
			.layout = t->charts.layout, .plan = t->charts.plan,
			.views = (size_t)o.views, .vary = o.vary,
			.targets = (size_t)o.targets, .jitter = o.jitter,
			.pose_dropout = o.pose_dropout } };

	batch_share(t->batch, batch_room(t->batch), &f.from, &f.to);
	f.most = f.to - f.from;
	if (t->ranks->size > 1) {
		f.step = t->o.batch * t->o.accumulate;
		f.lanes = batch_room(t->batch);
	}
	if (o.poses)
		launch_try(t->ranks, bank_open(&f.prepare.bank, o.poses,
		    f.prepare.size, o.t.layout ? o.t.layout : t->layout),
		    "--poses");
	if (n == 1 && strcmp(file[0], "-") == 0)
		f.n = 0;
	return f;
}

static struct record *
open_record(const struct trainer *t, const struct feed_options *f)
{
	struct valid *v = NULL;
	struct record *r;

	if (o.valid)
		launch_try(t->ranks, valid_open(&v, o.valid,
		    (size_t)o.valid_samples, f, t), "--valid");
	launch_try(t->ranks, record_open(&r, o.dir, t, v), "log");
	return r;
}

/*
 * The options of losses: NaN, which is below every range and so printed as
 * no default, is the recipe's own.
 */
#define LOSS(which, name, help) \
	CLI_DBL(0, name, &o.t.weight[which], 0, 1e6, "WEIGHT", help)
#define QUIET_INT(n, p, lo, hi, arg, help) \
	{ CLI_K_INT, 0, n, CLI_TYPED(p, int), lo, hi, arg, help, true }

static const struct cli_opt opts[] = {
	CLI_OUT('w', "weights", &o.weights, "FILE", "where to begin"),
	CLI_OUT('d', "dir", &o.dir, "DIR", "folder of the training"),
	{ CLI_K_FLAG, 'r', "resume", CLI_TYPED(&o.t.resume, bool), 0, 0,
	    NULL, "go on from the folder's last checkpoint", true },
	CLI_INT('s', "steps", &o.steps, 0, INT_MAX, "N", "steps in all"),
	CLI_INT('b', "batch", &o.batch, 1, 4096, "N", "samples of a step"),
	CLI_INT('a', "accumulate", &o.accumulate, 1, 4096, "N",
	    "batches of a step"),
	CLI_DBL(0, "rate", &o.t.rate, 0, 1, "X", "learning rate"),
	CLI_DBL(0, "rate-d", &o.rate_d, 0, 100, "X",
	    "that of D, as a multiple"),
	CLI_INT(0, "warmup", &o.warmup, 0, INT_MAX, "N",
	    "first steps, over which the rate rises"),
	CLI_INT(0, "decay", &o.decay, 0, INT_MAX, "N",
	    "last steps, over which the rate falls"),
	CLI_DBL(0, "beta1", &o.t.optim.beta1, 0, 0.9999, "X", "of Adam"),
	CLI_DBL(0, "beta2", &o.t.optim.beta2, 0, 0.99999, "X", "of Adam"),
	CLI_DBL(0, "clip", &o.t.optim.clip, 0, 1e9, "X",
	    "largest norm of the gradient; 0: any"),
	CLI_DBL(0, "ema", &o.t.optim.ema, 0, 0.999999, "X",
	    "decay of a moving average of the weights; 0: none"),
	CLI_ENUM(0, "stage", &o.stage, "joint|flow", "what is trained"),
	CLI_ENUM(0, "links", &o.links, LINKS_CHOICES,
	    "which domain may look at the other"),
	CLI_INT('n', "views", &o.views, 1, VIEWS_MAX, "N",
	    "views to hallucinate, n_h"),
	CLI_FLAG(0, "vary", &o.vary, "draw n_h from 1 to N for each sample"),
	CLI_INT(0, "targets", &o.targets, 1, 64, "N",
	    "targets used of a sample, at most"),
	CLI_STR(0, "poses", &o.poses, "FILE",
	    "pose bank to hallucinate in the poses of"),
	CLI_STR(0, "vgg", &o.t.vgg, "FILE", "weights of VGG19"),
	LOSS(LOSS_REC, "rec", "L1 of pictures"),
	LOSS(LOSS_PERC, "perc", "L1 of VGG19 features of pictures"),
	LOSS(LOSS_STYL, "styl", "their Gram matrices"),
	CLI_DBL(0, "background-weight", &o.t.background_weight, 0, 1, "X",
	    "weight of the background in these three"),
	CLI_FLAG(0, "gain", &o.t.gain,
	    "match the brightness of renders to the views"),
	LOSS(LOSS_ADV, "adv", "adversarial, of pictures"),
	LOSS(LOSS_COR, "cor", "sampling correctness, eq. 13"),
	LOSS(LOSS_COORD, "coord", "coordinates, eq. 14"),
	LOSS(LOSS_CONS, "cons", "path consistency, eq. 15"),
	LOSS(LOSS_REG, "reg", "affine flow, eq. 16"),
	LOSS(LOSS_FLOW, "flow", "flows from the annotation"),
	LOSS(LOSS_TEX, "tex", "L1 of true textures"),
	CLI_DBL(0, "berhu", &o.t.berhu, 0, 2, "X",
	    "threshold of the reverse Huber loss in tex; 0: plain L1"),
	LOSS(LOSS_SOURCE, "source", "L1 of the render in the source view"),
	LOSS(LOSS_ADV_TEXTURE, "critic", "adversarial, of textures"),
	LOSS(LOSS_DOUBT, "doubt", "of how far off the U-Net says to be"),
	LOSS(LOSS_KIND, "kind", "of what kind it says a texel is"),
	CLI_INT(0, "buffer", &o.buffer, 1, 1 << 24, "N",
	    "samples of the shuffle buffer"),
	CLI_DBL(0, "jitter", &o.jitter, 0, 1, "X", "random change of colours"),
	CLI_DBL(0, "pose-dropout", &o.pose_dropout, 0, 1, "P",
	    "chance that a view loses all its key points"),
	CLI_STR(0, "layout", &o.t.layout, "FILE", "table of the weights' "
	    "layout, where it is not atlas24"),
	CLI_INT(0, "seed", &o.seed, 0, INT_MAX, "N",
	    "of the random numbers"),
	CLI_OUT(0, "valid", &o.valid, "FILE", "samples for validation"),
	QUIET_INT("valid-samples", &o.valid_samples, 1, 1024, "N",
	    "how many of them are used"),
	QUIET_INT("valid-every", &o.valid_every, 1, INT_MAX, "N",
	    "steps between validations"),
	QUIET_INT("save-every", &o.save_every, 1, INT_MAX, "N",
	    "steps between checkpoints"),
	QUIET_INT("keep-last", &o.keep, 1, 1 << 20, "N",
	    "checkpoints that stay"),
	QUIET_INT("log-every", &o.log_every, 1, INT_MAX, "N",
	    "steps between lines of the log"),
	CLI_INT(0, "lanes", &o.lanes, 1, 1 << 16, "N",
	    "samples of a step side by side, at most"),
	QUIET_INT("timeout", &o.timeout, 2, 86400, "SECONDS",
	    "for another rank that says nothing"),
	CLI_THREADS(&o.threads),
	CLI_ALIAS("bend", "berhu"),
	CLI_ALIAS("ground", "background-weight"),
	CLI_ALIAS("warm", "warmup"),
	CLI_ALIAS("lose-pose", "pose-dropout"),
	CLI_END
};

int
main(int argc, char **argv)
{
	const struct cli_program p = { .name = "textrain", .opts = opts,
		.summary = "train the networks", .operands = "[FILE ...]",
		.no_out = true };
	struct training g = { .dir = NULL };

	for (int i = 0; i < LOSSES; i++)
		o.t.weight[i] = NAN;
	o.t.ranks = launch(&argc, &argv);
	cli_begin(&p, &argc, &argv);
	launch_watch(o.timeout);

	json_t *said = what_was_said(argc, argv);

	set_options(said);
	signal(SIGXFSZ, SIG_IGN);	/* a full disk is told like any other */
	team_begin(o.threads);
	open_trainer(&g.t);

	struct feed_options data = data_options(&g.t, argc, argv);

	g.dir = o.dir;
	g.save_every = (uint64_t)o.save_every;
	g.log_every = (uint64_t)o.log_every;
	g.valid_every = (uint64_t)o.valid_every;
	g.keep = (size_t)o.keep;
	g.r = open_record(&g.t, &data);
	launch_try(o.t.ranks, feed_open(&g.f, &data, g.t.drawn), "data");
	compare_files(o.t.ranks, argc, argv);
	training_run(&g);
	feed_close(g.f);
	record_close(g.r);
	trainer_close(&g.t);
	bank_close(data.prepare.bank);
	json_decref(said);
	launch_end();
	return cli_finish();
}
