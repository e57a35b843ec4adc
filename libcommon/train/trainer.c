#include "train/trainer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "model/exchange.h"
#include "train/checkpoint.h"
#include "train/licences.h"
#include "weights/datafile.h"

#define LEAST_RATE 0.02		/* where the decay ends, of the whole rate */
#define LOCK_TRIES 20		/* for a folder, a tenth of a second apart */

/* ---- opening ---------------------------------------------------------- */

/* Values of w; a discriminator that w does not have keeps its initial ones. */
static enum status
take_values(struct params *ps, const struct weights *w)
{
	for (size_t i = 0; i < params_count(ps); i++) {
		struct param *p = params_at(ps, i);
		const struct tensor *t;

		if (step_is_discriminator(p) && !weights_find(w, p->name))
			continue;
		TRY(weights_want(&t, w, p->name, p->rank, p->dim));
		memcpy(p->x, t->data, p->len * sizeof *p->x);
	}
	return OK;
}

static enum status
set_weights(struct trainer *t)
{
	const struct trainer_options *o = &t->o;
	static const enum loss seeing[] = { LOSS_PERC, LOSS_STYL, LOSS_COR };

	step_weights(t->step.weight, &t->step, o->flow);
	for (int i = 0; i < LOSSES; i++)
		if (!isnan(o->weight[i]))
			t->step.weight[i] = o->weight[i];
	for (size_t i = 0; i < sizeof seeing / sizeof *seeing; i++)
		if (t->step.weight[seeing[i]] != 0 && !t->step.vgg)
			return fail(E_VALUE, "loss %s wants the features of "
			    "VGG19, see --vgg", loss_names[seeing[i]]);
	if (!t->b.is_unet)
		return OK;
	for (enum loss i = 0; i < LOSSES; i++)
		if (t->step.weight[i] != 0 && !step_unet_has(i))
			return fail(E_VALUE, "a U-Net has no loss %s",
			    loss_names[i]);
	return OK;
}

/* Which parameters learn, and by which optimiser. */
static bool
learns(const struct trainer *t, const struct param *p)
{
	if (strncmp(p->name, "d.t.", 4) == 0)
		return t->step.weight[LOSS_ADV_TEXTURE] != 0;
	if (step_is_discriminator(p))
		return t->step.weight[LOSS_ADV] != 0;
	return !t->o.flow || step_is_flow(p);
}

static enum status
make_networks(struct trainer *t, const struct weights *w, json_t *recipe)
{
	static float wanted;	/* until batch_new, whose gradients they are */
	struct params *ps;

	TRY(blueprint_read(&t->b, recipe, true, 1));
	ps = t->b.ps;
	t->step = (struct step){ .is_unet = t->b.is_unet, .r = t->b.r,
		.u = t->b.u, .ps = ps, .links = t->o.links,
		.background_weight = t->o.background_weight,
		.berhu = t->o.berhu,
		.gain = t->o.gain };
	if (t->b.is_unet && t->o.flow)
		return fail(E_VALUE, "a U-Net has no flow nets to train");
	if (!t->b.is_unet && t->b.r.folded)
		return fail(E_VALUE, "folded weights cannot be trained");
	if (!t->b.is_unet && t->o.weight[LOSS_ADV_TEXTURE] > 0)
		TRY(dual_params(ps, &t->b.r, DUAL_TEXTURE_DISCRIMINATOR, 1, NULL));
	TRY(params_init(ps, t->o.seed));
	TRY(take_values(ps, w));
	if (t->o.vgg) {
		TRY(features_open(&t->vgg, ps, t->o.vgg));
		t->step.vgg = &t->vgg.net;
	}
	TRY(set_weights(t));
	for (size_t i = 0; i < params_count(ps); i++) {
		struct param *p = params_at(ps, i);

		if (!p->state && !p->frozen && learns(t, p))
			p->dx = &wanted;
	}
	TRY(graph_new(&t->step.g, GRAPH_TRAIN, ps));
	if (t->step.weight[LOSS_ADV] != 0 || t->step.weight[LOSS_ADV_TEXTURE] != 0)
		TRY(graph_new(&t->step.d, GRAPH_TRAIN, ps));
	return OK;
}

static bool
generates(const struct param *p)
{
	return !step_is_discriminator(p);
}

static enum status
make_optimisers(struct trainer *t)
{
	struct optim_options o = t->o.optim;

	TRY(optim_new(&t->gen, t->b.ps, generates, &o));
	if (!t->step.d)
		return OK;
	o.ema = 0;
	return optim_new(&t->discriminator, t->b.ps, step_is_discriminator, &o);
}

/* All state that a checkpoint holds. */
static size_t
parts(const struct trainer *t, struct checkpoint_part part[6])
{
	const struct params *ps = t->b.ps;
	size_t n = 0;

	part[n++] = (struct checkpoint_part){ "", ps, NULL };
	part[n++] = (struct checkpoint_part){ "adam.m.", ps, t->gen.m };
	part[n++] = (struct checkpoint_part){ "adam.v.", ps, t->gen.v };
	part[n++] = (struct checkpoint_part){ "ema.", ps, t->gen.ema };
	if (t->discriminator.arena) {
		part[n++] = (struct checkpoint_part){ "adam.m.", ps, t->discriminator.m };
		part[n++] = (struct checkpoint_part){ "adam.v.", ps, t->discriminator.v };
	}
	return n;
}

static uint64_t
number(const json_t *o, const char *name)
{
	json_int_t x = json_integer_value(json_object_get(o, name));

	return x > 0 ? (uint64_t)x : 0;
}

static enum status
add_history(struct trainer *t, const char *sha256)
{
	struct sample s = { .manifest = t->manifest };
	json_t *said = json_deep_copy(t->o.said);

	if (t->steps > 0)
		json_object_set_new(said, "from-step",
		    json_integer((json_int_t)t->steps));
	return sample_add_history(&s, "textrain", t->o.version, said, sha256);
}

/* Where a checkpoint stood; the manifest as it was then. */
static enum status
take_up(struct trainer *t, const struct weights *w, const json_t *training)
{
	struct checkpoint_part part[6];

	t->steps = t->gen.t = t->discriminator.t = number(training, "step");
	t->drawn = number(training, "drawn");
	TRY(checkpoint_read(w, part, parts(t, part)));
	if (json_equal(json_object_get(training, "options"), t->o.said))
		return OK;
	TRY(add_history(t, NULL));
	return json_object_set_new(json_object_get(t->manifest, "training"),
	    "options", json_deep_copy(t->o.said)) == 0 ? OK :
	    fail(E_NOMEM, "no memory for the manifest");
}

static enum status
start_new(struct trainer *t, const struct weights *w)
{
	char sha256[WEIGHTS_SHA_MAX];
	json_t *training = json_pack("{s:O}", "options", t->o.said);

	json_object_del(t->manifest, "fields");
	if (json_object_set_new(t->manifest, "training", training) != 0)
		return fail(E_NOMEM, "no memory for the manifest");
	weights_sha256(w, sha256);
	return add_history(t, sha256);
}

static enum status
open_charts(struct trainer *t)
{
	t->layout = json_string_value(json_object_get(json_object_get(
	    t->manifest, "weights"), "layout"));
	if (!t->layout)
		t->layout = "atlas24";
	if (!t->o.layout)
		TRY(layout_needs_no_table(t->layout));
	TRY(charts_open(&t->charts, t->o.layout ? t->o.layout : t->layout,
	    trainer_size(t)));
	if (t->b.is_unet)
		TRY(charts_unet(&t->charts, &t->b.u));
	t->step.charts = &t->charts;
	return OK;
}

static enum status
open_all(struct trainer *t, const struct weights *w)
{
	const json_t *about = weights_about(w);
	const json_t *training;

	TRY(make_networks(t, w, json_object_get(about, "recipe")));
	TRY(make_optimisers(t));
	t->key = strdup(weights_key(w));
	t->manifest = json_deep_copy(weights_manifest(w));
	if (!t->key || !t->manifest)
		return fail(E_NOMEM, "no memory");
	TRY(open_charts(t));
	TRY(batch_new(&t->batch, &t->step, t->o.batch * t->o.accumulate,
	    t->o.lanes ? t->o.lanes : BATCH_LANES, t->ranks));
	training = json_object_get(t->manifest, "training");
	if (!t->o.resume)
		return start_new(t, w);
	return training ? take_up(t, w, training) :
	    fail(E_FORMAT, "no checkpoint: the manifest has no \"training\"");
}

/*
 * A folder is one training's at a time, until its process ends: two would
 * write over each other's checkpoints. One that was killed may take a moment
 * to end: it is waited for. Where the system has no locks, so be it.
 */
static enum status
lock(struct trainer *t, const char *dir)
{
	t->locked = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->locked < 0)
		return fail_errno("--dir: %s", dir);
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(t->locked, LOCK_EX | LOCK_NB) == 0 ||
		    errno != EWOULDBLOCK)
			return OK;
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
	return fail(E_IO, "--dir: %s: another textrain works there", dir);
}

/* What ranks must have the same: all that a step changes, and features. */
static enum status
compare(struct trainer *t)
{
	struct checkpoint_part part[6];
	const size_t n = parts(t, part), params = params_count(t->b.ps);
	uint64_t hash = t->steps;

	if (t->ranks->size == 1)
		return OK;
	for (size_t i = 0; i < params; i++) {
		const struct param *p = params_at(t->b.ps, i);

		hash = ranks_hash(hash, p->x, p->len * sizeof *p->x);
		for (size_t k = 1; k < n; k++)
			if (part[k].x[i])
				hash = ranks_hash(hash, part[k].x[i],
				    p->len * sizeof *p->x);
	}
	return ranks_same(t->ranks, hash, "weights");
}

static enum status
open_folder(struct trainer *t, const char *dir)
{
	if (t->ranks->rank > 0)
		return OK;
	if (mkdir(dir, 0777) != 0 && errno != EEXIST)
		return fail_errno("--dir: %s", dir);
	return lock(t, dir);
}

static enum status
open_newest(struct trainer *t, const char *file, const char *dir,
    void (*tell)(const char *fmt, ...) PRINTF_LIKE(1, 2))
{
	char found[4096];
	struct weights *w;

	TRY(checkpoint_newest(&w, dir, tell));
	if (w && !t->o.resume) {
		weights_close(w);
		return fail(E_VALUE, "--dir: %s holds a training: want "
		    "--resume, or another folder", dir);
	}
	t->o.resume = w != NULL;
	if (!w && !file)
		return fail(E_VALUE, "want --weights FILE: see weights init");
	if (!w)
		file = datafile_or(found, sizeof found, file);
	enum status st = w ? OK : weights_open(&w, file, WEIGHTS_F4);

	if (st == OK)
		st = open_all(t, w);
	weights_close(w);
	return st == OK ? OK : fail_in(st, "%s", t->o.resume ? dir : file);
}

enum status
trainer_open(struct trainer *t, const char *file, const char *dir,
    const struct trainer_options *o,
    void (*tell)(const char *fmt, ...) PRINTF_LIKE(1, 2))
{
	*t = (struct trainer){ .o = *o, .locked = -1,
		.ranks = o->ranks ? o->ranks : &ranks_alone };
	TRY(ranks_agree(t->ranks, open_folder(t, dir)));
	TRY(ranks_agree(t->ranks, open_newest(t, file, dir, tell)));
	return compare(t);
}

void
trainer_close(struct trainer *t)
{
	if (t->locked >= 0)
		close(t->locked);
	batch_free(t->batch);
	graph_free(t->step.g);
	graph_free(t->step.d);
	optim_free(&t->gen);
	optim_free(&t->discriminator);
	blueprint_free(&t->b);
	features_close(&t->vgg);
	json_decref(t->manifest);
	charts_close(&t->charts);
	free(t->key);
	*t = (struct trainer){ 0 };
}

size_t
trainer_size(const struct trainer *t)
{
	return t->b.is_unet ? unet_side(&t->b.u) : t->b.r.size;
}

/* ---- a step ----------------------------------------------------------- */

/*
 * Rises in a line over the first `warmup` steps, as Adam runs away while it has
 * seen few gradients, and falls in one over the last `decay`.
 */
static double
rate_at(const struct trainer *t)
{
	const uint64_t now = t->steps + 1;
	const uint64_t left = t->o.steps > t->steps ? t->o.steps - t->steps : 1;
	double rate = 1;

	if (now < t->o.warmup)
		rate = (double)now / (double)t->o.warmup;
	if (left < t->o.decay)
		rate *= fmax((double)left / (double)t->o.decay, LEAST_RATE);
	return rate;
}

/* Those of n samples at once that are this rank's, into s. */
static enum status
get_samples(struct feed *f, size_t n, const struct sample **s,
    const volatile sig_atomic_t *stop)
{
	while (!feed_wait(f, n, 100))
		if (*stop)
			return END;
	return feed_next(f, n, s);
}

/* n samples at once. */
static enum status
some_samples(struct trainer *t, struct feed *f, size_t n,
    const struct sample **s, const volatile sig_atomic_t *stop,
    struct trainer_told *told)
{
	const double share = 1.0 / (double)(t->o.batch * t->o.accumulate);
	size_t from, to;

	batch_share(t->batch, n, &from, &to);
	enum status got = get_samples(f, to - from, s, stop);

	if (got == OK && to > from)
		snprintf(told->sample, sizeof told->sample, "%s",
		    s[to - from - 1]->key);
	TRY(batch_run(t->batch, got, s, n, share, &told->v));
	return licences_take(t->manifest, t->ranks, s, to - from);
}

enum status
trainer_step(struct trainer *t, struct feed *f,
    const volatile sig_atomic_t *stop, struct trainer_told *told)
{
	const size_t n = t->o.batch * t->o.accumulate;
	const size_t room = batch_room(t->batch);
	const struct sample **s = calloc(room, sizeof *s);
	const double rate = rate_at(t);
	enum status st = s ? OK : fail(E_NOMEM, "no memory for %zu samples",
	    room);

	*told = (struct trainer_told){ .rate = rate * t->o.rate };
	for (size_t i = 0; st == OK && i < n; i += room)
		st = some_samples(t, f, n - i < room ? n - i : room, s, stop,
		    told);
	free(s);
	if (st != OK) {
		batch_forget(t->batch);
		return st;
	}
	batch_gather(t->batch);
	optim_step(&t->gen, rate * t->o.rate, &told->norm);
	if (t->discriminator.arena)
		optim_step(&t->discriminator, rate * t->o.rate_discriminator,
		    &told->norm_discriminator);
	if (!isfinite(told->norm) || !isfinite(told->norm_discriminator))
		return fail(E_VALUE, "sample \"%s\": the gradient is not "
		    "finite", told->sample);
	batch_params_changed(t->batch);
	t->steps++;
	t->drawn += n;
	return OK;
}

/* ---- files ------------------------------------------------------------ */

static enum status
export(const struct trainer *t, const char *dir)
{
	const size_t n = params_count(t->b.ps);
	char path[CHECKPOINT_NAME_MAX];
	float **x = calloc(n, sizeof *x);
	json_t *manifest = json_deep_copy(t->manifest);
	json_t *trained = json_pack("{s:I s:I}", "steps", (json_int_t)t->steps,
	    "samples", (json_int_t)t->drawn);
	enum status st = fail(E_NOMEM, "no memory for the weights");

	snprintf(path, sizeof path, "%s/weights.tar", dir);
	json_object_del(manifest, "training");
	json_object_set_new(json_object_get(manifest, "weights"), "trained",
	    trained);
	for (size_t i = 0; x && i < n; i++) {
		const struct param *p = params_at(t->b.ps, i);

		x[i] = p->frozen ? NULL : t->gen.ema[i] ? t->gen.ema[i] : p->x;
	}
	if (x && manifest)
		st = checkpoint_write(path, t->key, manifest,
		    &(struct checkpoint_part){ "", t->b.ps, x }, 1);
	json_decref(manifest);
	free(x);
	return st;
}

static enum status
save(struct trainer *t, const char *dir, size_t keep)
{
	struct checkpoint_part part[6];
	char path[CHECKPOINT_NAME_MAX];
	json_t *training = json_object_get(t->manifest, "training");

	json_object_set_new(training, "step", json_integer((json_int_t)t->steps));
	json_object_set_new(training, "drawn",
	    json_integer((json_int_t)t->drawn));
	checkpoint_name(path, dir, t->steps);
	TRY(checkpoint_write(path, t->key, t->manifest, part, parts(t, part)));
	checkpoint_rotate(dir, keep);
	return export(t, dir);
}

enum status
trainer_save(struct trainer *t, const char *dir, size_t keep)
{
	TRY(compare(t));
	return ranks_agree(t->ranks, t->ranks->rank > 0 ? OK :
	    save(t, dir, keep));
}

enum status
trainer_bind(const struct trainer *t, struct params *to)
{
	for (size_t i = 0; i < params_count(to); i++) {
		struct param *q = params_at(to, i);
		const struct param *p = params_find(t->b.ps, q->name);

		if (!p)
			return fail(E_SHAPE, "parameter %s: missing", q->name);
		q->x = t->gen.ema[p->index] ? t->gen.ema[p->index] : p->x;
	}
	return OK;
}
