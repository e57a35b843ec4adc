/*
 * Any JSON as the manifest of a checkpoint, with the arrays of a tiny U-Net:
 * refused, or a training that goes on. (Bytes of files are for fuzz_weights.)
 */
#include "train/trainer.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "train/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char room[] = "/tmp/fuzz_checkpoint.XXXXXX";
static struct trainer base;

PRINTF_LIKE(1, 2)
static void
tell(const char *fmt, ...)
{
	(void)fmt;
}

static void
leave(void)
{
	char cmd[64];

	snprintf(cmd, sizeof cmd, "rm -rf %s", room);
	if (system(cmd) != 0)
		return;
}

static struct trainer_options
options(bool resume)
{
	struct trainer_options o = { .steps = 9, .batch = 1, .accumulate = 1,
		.rate = 1e-4, .optim.beta2 = 0.999, .background_weight = 1,
		.said = json_object(), .version = "0", .resume = resume };

	for (int i = 0; i < LOSSES; i++)
		o.weight[i] = NAN;
	return o;
}

/* A training of untrained weights, in a folder of its own. */
static void
begin(void)
{
	json_t *m = json_pack("{s:{s:{s:s,s:s,s:i,s:i,s:i,s:i,s:i,s:i,s:b},s:s}}",
	    "weights", "recipe", "net", "unet", "preset", "tiny", "size", 16,
	    "fine", 0, "width", 4, "halvings", 2, "constant", 1, "mix", 2,
	    "prior", 1, "layout", "atlas24");
	struct trainer_options o = options(false);
	struct blueprint b;
	char path[64], dir[64];

	if (!mkdtemp(room) || atexit(leave) != 0)
		abort();
	snprintf(path, sizeof path, "%s/w.tar", room);
	snprintf(dir, sizeof dir, "%s/base", room);
	if (!m || blueprint_read(&b, json_object_get(json_object_get(m,
	    "weights"), "recipe"), true, 1) != OK ||
	    params_init(b.ps, 1) != OK || checkpoint_write(path, "tiny", m,
	    &(struct checkpoint_part){ "", b.ps, NULL }, 1) != OK ||
	    trainer_open(&base, path, dir, &o, tell) != OK) {
		fprintf(stderr, "%s\n", status_detail());
		abort();
	}
	blueprint_free(&b);
	json_decref(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct trainer t = { .locked = -1 };
	json_t *manifest = json_loadb((const char *)data, n, 0, NULL);
	char dir[64];

	if (!base.manifest)
		begin();
	if (!json_is_object(manifest)) {
		json_decref(manifest);
		return 0;
	}
	snprintf(dir, sizeof dir, "%s/next", room);
	if (mkdir(dir, 0777) != 0 && access(dir, W_OK) != 0)
		abort();
	json_t *kept = base.manifest;
	struct trainer_options o = options(true);

	base.manifest = manifest;
	enum status st = trainer_save(&base, dir, 1);

	base.manifest = kept;
	if (st == OK) {
		st = trainer_open(&t, NULL, dir, &o, tell);
		if (st == OK && (!t.o.resume || trainer_size(&t) == 0))
			abort();
		trainer_close(&t);
	}
	json_decref(manifest);
	json_decref((json_t *)(uintptr_t)o.said);
	return 0;
}
