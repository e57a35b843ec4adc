/* synthbody: training samples of made-up people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "math/team.h"
#include "synth/backdrop.h"
#include "synth/mislabel.h"
#include "synth/synth.h"

struct options {
	struct synth synth;
	struct cli_list bodies, motions, textures, avatars, skies, photos,
	    licences;
	const char *layout, *backdrops, *faults;
	int count, first, seed, size, texels, targets, halluc, split, shapes,
	    threads;
};

/* One sample between the thread that makes it and the one that writes it. */
struct job {
	struct arena *arena;
	struct sample s;
	enum status st;
	char detail[512];
};

/* What a round works on: jobs to make, and those of the last one to write. */
struct round {
	const struct options *o;
	struct job *make, *write;
	uint64_t first;			/* of `make` */
	size_t n_make, n_write;
};

static void
make(struct job *j, const struct options *o, uint64_t i)
{
	static const char *const prefix[] = { "synth", "train", "test" };
	char key[64];

	snprintf(key, sizeof key, "%s%d-%07llu", prefix[o->split], o->seed,
	    (unsigned long long)i);
	arena_reset(j->arena);
	j->st = sample_init(&j->s, j->arena, key);
	if (j->st != OK)
		cli_die("sample %llu: %s", (unsigned long long)i,
		    status_detail());
	j->s.ordinal = (size_t)(i - (uint64_t)o->first);
	j->st = synth_sample(&j->s, &o->synth, i);
	if (j->st != OK)
		snprintf(j->detail, sizeof j->detail, "%s", status_detail());
}

/* Task 0 writes, in order; the others make the next ones meanwhile. */
static void
work(void *arg, size_t task, size_t thread)
{
	struct round *r = arg;

	(void)thread;
	if (task > 0) {
		make(&r->make[task - 1], r->o, r->first + task - 1);
		return;
	}
	for (size_t i = 0; i < r->n_write; i++) {
		struct job *j = &r->write[i];

		if (j->st != OK)
			j->st = fail(j->st, "%s", j->detail);
		if (cli_ok(j->st, NULL, &j->s))
			cli_put(&j->s);
		cli_progress("%zu samples", j->s.ordinal + 1);
		sample_clear(&j->s);
	}
}

static void
make_all(const struct options *o)
{
	size_t n = 2 * team_size(), left = (size_t)o->count;
	struct job *job = calloc(2 * n, sizeof *job);
	struct round r = { .o = o, .make = job, .write = job ? job + n : NULL,
		.first = (uint64_t)o->first };

	if (!job)
		cli_die("no memory");
	for (size_t i = 0; i < 2 * n; i++)
		cli_try(arena_new(&job[i].arena, (size_t)4 << 30), "memory");
	while (left > 0 || r.n_write > 0) {
		struct job *swap = r.make;

		r.n_make = left < n ? left : n;
		team_run(1 + r.n_make, work, &r);
		left -= r.n_make;
		r.first += r.n_make;
		r.make = r.write;
		r.write = swap;
		r.n_write = r.n_make;
	}
	for (size_t i = 0; i < 2 * n; i++)
		arena_free(job[i].arena);
	free(job);
}

/* A file of whose licence nobody has said anything. */
static void
not_stated(struct cast *c, const char *name)
{
	const char *slash = strrchr(name, '/');
	char line[1024];

	snprintf(line, sizeof line, "synthbody: made from %s, licence not "
	    "stated", slash ? slash + 1 : name);
	cli_try(cast_add_licence(c, line), "--licence");
}

/* Streams bring what their manifests say, if they say anything. */
static void
add_streams(struct cast *c, const struct options *o,
    const struct cli_list *files, const char *option,
    enum status (*add)(struct cast *c, const char *path))
{
	for (size_t i = 0; i < files->n; i++) {
		size_t said = c->n_licence;

		cli_try(add(c, files->item[i]), option);
		if (c->n_licence == said && o->licences.n == 0)
			not_stated(c, files->item[i]);
	}
}

/*
 * What the manifest says of rights: the lines of --licence and of textures;
 * of other files that they are there; of ourselves that nothing foreign is.
 */
static void
licences(struct cast *c, const struct options *o)
{
	const struct cli_list *files[] = { &o->bodies, &o->motions, &o->skies,
		&o->photos };
	bool foreign = o->textures.n > 0 || o->avatars.n > 0;

	for (size_t i = 0; i < o->licences.n; i++)
		cli_try(cast_add_licence(c, o->licences.item[i]),
		    "--licence");
	for (size_t k = 0; k < sizeof files / sizeof *files; k++)
		for (size_t i = 0; i < files[k]->n; i++) {
			const char *name = files[k]->item[i];

			if (strncmp(name, "ours", 4) == 0)
				continue;
			foreign = true;
			if (o->licences.n == 0)
				not_stated(c, name);
		}
	if (!foreign)
		cli_try(cast_add_licence(c, "synthbody: made up, free of "
		    "foreign rights"), "--licence");
}

static void
load(struct cast *c, struct options *o, struct arena *a, struct layout *l)
{
	cli_try(cast_begin(c, a, l, (size_t)(o->texels ? o->texels : o->size),
	    (enum split)o->split), "memory");
	for (size_t i = 0; i < o->bodies.n; i++)
		cli_try(cast_add_body(c, o->bodies.item[i]), "--body");
	if (o->bodies.n == 0)
		cli_try(cast_add_humans(c, (size_t)o->shapes), "--shapes");
	for (size_t i = 0; i < o->motions.n; i++) {
		const char *remark;

		cli_try(cast_add_motion(c, o->motions.item[i], &remark),
		    "--motion");
		if (remark)
			cli_warn("%s: %s", o->motions.item[i], remark);
	}
	add_streams(c, o, &o->textures, "--texture", cast_add_textures);
	add_streams(c, o, &o->avatars, "--avatars", cast_add_avatars);
	for (size_t i = 0; i < o->skies.n; i++)
		cli_try(cast_add_panoramas(c, o->skies.item[i]),
		    "--light-maps");
	for (size_t i = 0; i < o->photos.n; i++)
		cli_try(cast_add_photos(c, o->photos.item[i], cli_tell),
		    "--photos");
	licences(c, o);
	cli_try(cast_check(c, o->motions.n > 0, o->textures.n > 0,
	    o->avatars.n > 0), "--split");
	cli_try(backdrop_kinds(&o->synth.backdrops, o->backdrops),
	    "--background");
	cli_try(mislabel_faults(&o->synth.faults, o->faults), "--faults");
	o->synth.cast = c;
	o->synth.seed = (uint64_t)o->seed;
	o->synth.size = (size_t)o->size;
	o->synth.n_target = (size_t)o->targets;
	o->synth.n_halluc = (size_t)o->halluc;
}

static struct options o = { .layout = "atlas24", .size = 128, .seed = 1,
	.count = 1, .targets = 1, .shapes = 16,
	.backdrops = "plain,gradient,noise,room,photo,panorama",
	.faults = "drop,move,drift,rim,gap,swap",
	.synth = { .light = 0.6, .degrade = 0.5, .label_noise = 0.5,
	.avatars = 1, .labels = LABELS_MIXED } };

static const struct cli_opt opts[] = {
	CLI_INT('n', "count", &o.count, 1, INT32_MAX, "N", "samples"),
	CLI_INT(0, "first", &o.first, 0, INT32_MAX, "K",
	    "number of the first, to make a data set in pieces"),
	CLI_INT(0, "seed", &o.seed, 0, INT32_MAX, "SEED",
	    "of everything"),
	CLI_ENUM(0, "split", &o.split, "all|train|test",
	    "which people and motions are drawn from"),
	CLI_INT('s', "size", &o.size, 16, 2048, "PIXELS",
	    "side of the pictures"),
	CLI_INT('T', "texels", &o.texels, 0, 4096, "SIZE",
	    "side of the texture; 0: the size"),
	CLI_INT('r', "targets", &o.targets, 1, 64, "N",
	    "further views of the person"),
	CLI_INT(0, "halluc", &o.halluc, 0, 64, "N",
	    "poses of somebody else"),
	CLI_LIST('b', "body", &o.bodies, "FILE|ours:...",
	    "a body that people have, .npz; default many of ours"),
	CLI_INT(0, "shapes", &o.shapes, 2, CAST_BODIES, "N",
	    "how many of our own bodies"),
	CLI_LIST('m', "motion", &o.motions, "FILE",
	    "how they move, .npz, .pkl or .bvh; default made up"),
	CLI_LIST('t', "texture", &o.textures, "FILE",
	    "stream of textures that they wear; default drawn"),
	CLI_LIST(0, "avatars", &o.avatars, "FILE",
	    "stream of avatar2tex: dressed people who are seen themselves"),
	CLI_DBL(0, "avatar-share", &o.synth.avatars, 0, 1, "P",
	    "chance that a person is one of them"),
	CLI_ENUM(0, "labels", &o.synth.labels, SYNTH_LABELS,
	    "of avatars: of the body in the clothes, or of their hull"),
	CLI_DBL(0, "matte", &o.synth.matte, 0, 1, "P",
	    "chance that a sample has a source.matte"),
	CLI_DBL(0, "remix", &o.synth.remix, 0, 1, "P",
	    "chance of parts of several textures, or other colours"),
	CLI_DBL(0, "randomize", &o.synth.randomize, 0, 1, "P",
	    "chance that a person's texture is randomized"),
	CLI_STR('l', "layout", &o.layout, "NAME|FILE",
	    "atlas24, or a table made by uvlut"),
	CLI_ENUM('y', "yaw", &o.synth.yaw, SYNTH_YAWS,
	    "where people look: mostly front and side, or all round"),
	CLI_ENUM('f', "frame", &o.synth.frame, SYNTH_FRAMES,
	    "how much of a person is seen"),
	CLI_STR(0, "background", &o.backdrops, "KIND[,KIND]",
	    "of plain, gradient, noise, room, photo, panorama"),
	CLI_LIST(0, "light-maps", &o.skies, "FOLDER",
	    "panoramas to light people by, NAME.npy and NAME.jpg"),
	CLI_LIST(0, "photos", &o.photos, "PATH",
	    "pictures for backgrounds: a file, folder or archive"),
	CLI_DBL(0, "light", &o.synth.light, 0, 1, "SHARE",
	    "strength of light and shade; 0: the texture as it is"),
	CLI_DBL(0, "degrade", &o.synth.degrade, 0, 1, "SHARE",
	    "exposure, blur, noise and JPEG of the camera"),
	CLI_DBL(0, "label-noise", &o.synth.label_noise, 0, 1, "SHARE",
	    "how wrong key points and IUV are; 0: exact"),
	CLI_STR(0, "faults", &o.faults, "KIND[,KIND]",
	    "kinds of label noise: drop, move, drift, rim, gap, swap; or none"),
	CLI_FLAG(0, "exact", &o.synth.exact,
	    "write the exact mask and surf, too"),
	CLI_LIST(0, "licence", &o.licences, "TEXT",
	    "what the licence of a file allows, for the manifest"),
	CLI_THREADS(&o.threads),
	CLI_ALIAS("wild", "randomize"),
	CLI_ALIAS("lens", "degrade"),
	CLI_ALIAS("noise", "label-noise"),
	CLI_END
};

int
main(int argc, char **argv)
{
	const struct cli_program p = {
		.name = "synthbody", .opts = opts, .no_in = true,
		.summary = "training samples of made-up people",
	};
	struct arena *a;
	struct cast cast;
	struct layout *l;

	cli_begin(&p, &argc, &argv);
	team_begin(o.threads);
	cli_try(arena_new(&a, (size_t)16 << 30), "memory");
	cli_try(layout_open(&l, o.layout), "--layout");
	load(&cast, &o, a, l);
	cli_create("-");
	make_all(&o);
	layout_close(l);
	arena_free(a);
	return cli_finish();
}
