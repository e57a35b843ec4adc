#include "train/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "stream/stream.h"

#define NAMES_BYTES ((size_t)64 << 20)

static enum status
put_part(struct sample *s, const struct checkpoint_part *part)
{
	for (size_t i = 0; i < params_count(part->ps); i++) {
		const struct param *p = params_at(part->ps, i);
		struct tensor t = { .dtype = DT_F4, .rank = p->rank };
		char name[512];

		t.data = part->x ? part->x[i] : p->frozen ? NULL : p->x;
		if (!t.data)
			continue;
		memcpy(t.dim, p->dim, (size_t)p->rank * sizeof p->dim[0]);
		snprintf(name, sizeof name, "%s%s", part->prefix, p->name);
		TRY(sample_put(s, name, &t));
	}
	return OK;
}

/* The folder too: else the name may be lost with the power. */
static enum status
sync_folder(const char *path)
{
	char dir[CHECKPOINT_NAME_MAX];
	int fd;

	snprintf(dir, sizeof dir, "%s", path);
	char *slash = strrchr(dir, '/');

	if (slash)
		*slash = '\0';
	fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return OK;	/* written all the same */
	int bad = fsync(fd) != 0 && errno != EINVAL;

	close(fd);
	return bad ? fail_errno("cannot sync the folder") : OK;
}

static enum status
write_sample(const char *path, const struct sample *s)
{
	struct stream_out *out;
	struct outfile *f;
	enum status st;

	TRY(outfile_open(&f, path));
	st = stream_create_fd(&out, outfile_fd(f), path, 0);
	if (st == OK) {
		st = stream_put(out, s);
		if (st == OK)
			st = stream_end(out);
		else
			stream_abort(out);
	}
	if (st == OK && fsync(outfile_fd(f)) != 0 && errno != EINVAL)
		st = fail_errno("cannot write");
	TRY(outfile_end(f, st));
	return sync_folder(path);
}

enum status
checkpoint_write(const char *path, const char *key, json_t *manifest,
    const struct checkpoint_part *part, size_t n)
{
	struct arena *a;
	struct sample s;
	enum status st;

	TRY(arena_new(&a, NAMES_BYTES));
	st = sample_init(&s, a, key);
	if (st == OK) {
		json_t *copy = json_deep_copy(manifest);

		json_object_update(s.manifest, copy);
		json_decref(copy);
		for (size_t i = 0; st == OK && i < n; i++)
			st = put_part(&s, &part[i]);
		if (st == OK)
			st = write_sample(path, &s);
		sample_clear(&s);
	}
	arena_free(a);
	return st == OK ? OK : fail_in(st, "%s", path);
}

enum status
checkpoint_read(const struct weights *w, const struct checkpoint_part *part,
    size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < params_count(part[k].ps); i++) {
			const struct param *p = params_at(part[k].ps, i);
			float *to = part[k].x ? part[k].x[i] :
			    p->frozen ? NULL : p->x;
			const struct tensor *t;
			char name[512];

			if (!to)
				continue;
			snprintf(name, sizeof name, "%s%s", part[k].prefix,
			    p->name);
			TRY(weights_want(&t, w, name, p->rank, p->dim));
			memcpy(to, t->data, p->len * sizeof *to);
		}
	return OK;
}

/* ---- the folder ------------------------------------------------------- */

void
checkpoint_name(char *buf, const char *dir, uint64_t step)
{
	snprintf(buf, CHECKPOINT_NAME_MAX, "%s/step-%08" PRIu64 ".tar", dir, step);
}

/* The step in a file's name; *rest is what follows it. */
static bool
step_of(const char *name, uint64_t *step, const char **rest)
{
	char *end;

	if (strncmp(name, "step-", 5) != 0 || name[5] < '0' || name[5] > '9')
		return false;
	*step = strtoull(name + 5, &end, 10);
	*rest = end;
	return strncmp(end, ".tar", 4) == 0;
}

static int
newest_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

/* Steps of all checkpoints, newest first; malloc'ed. */
static enum status
list(uint64_t **out, size_t *n, const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	uint64_t *all = NULL, step;
	size_t room = 0;
	const char *rest;

	*out = NULL;
	*n = 0;
	if (!d)
		return errno == ENOENT ? OK : fail_errno("%s", path);
	while ((e = readdir(d))) {
		if (!step_of(e->d_name, &step, &rest) || strcmp(rest, ".tar") != 0)
			continue;
		if (*n == room) {
			room = room ? 2 * room : 64;
			uint64_t *more = realloc(all, room * sizeof *all);

			if (!more) {
				free(all);
				closedir(d);
				return fail(E_NOMEM, "no memory");
			}
			all = more;
		}
		all[(*n)++] = step;
	}
	closedir(d);
	if (*n)
		qsort(all, *n, sizeof *all, newest_first);
	*out = all;
	return OK;
}

enum status
checkpoint_newest(struct weights **w, const char *dir,
    void (*tell)(const char *fmt, ...))
{
	char path[CHECKPOINT_NAME_MAX];
	uint64_t *step;
	size_t n;

	*w = NULL;
	TRY(list(&step, &n, dir));
	for (size_t i = 0; i < n && !*w; i++) {
		checkpoint_name(path, dir, step[i]);
		if (weights_open(w, path, WEIGHTS_F4) == OK)
			break;
		*w = NULL;
		tell("%s: %s; an older one is used", path, status_detail());
	}
	free(step);
	/* To begin anew would write over what may be saved yet. */
	return n == 0 || *w ? OK : fail(E_FORMAT, "%s: none of its %zu "
	    "checkpoints can be read; move them away to begin anew", dir, n);
}

void
checkpoint_rotate(const char *dir, size_t keep)
{
	char path[CHECKPOINT_NAME_MAX];
	uint64_t *step;
	size_t n;

	if (list(&step, &n, dir) != OK)
		return;
	for (size_t i = keep; i < n; i++) {
		checkpoint_name(path, dir, step[i]);
		unlink(path);
	}
	free(step);
}

void
checkpoint_sweep(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	const char *rest;
	uint64_t step;

	while (d && (e = readdir(d)))
		if (outfile_in_work(e->d_name))
			continue;
		else if (strncmp(e->d_name, "weights.tar.tmp.", 16) == 0 ||
		    (step_of(e->d_name, &step, &rest) &&
		    strncmp(rest, ".tar.tmp.", 9) == 0))
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}
