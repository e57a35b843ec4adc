#include "weights/weights.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "stream/npy.h"
#include "stream/stream.h"
#include "tensor/stats.h"

#define ALIGN 64			/* of array data, as in stream.5 */
#define BLOCK 512			/* of a tar */
#define MOST ((size_t)16 << 30)		/* bytes of one set of weights */
#define JSON_MOST ((size_t)16 << 20)	/* bytes of a manifest */
#define NAME_MOST 255			/* bytes of a name */

struct weights {
	struct arena *arena;
	const char *map;		/* the file's bytes */
	size_t size;
	enum weights_mode mode;
	const char *key;
	json_t *manifest, *about;
	struct field *field;		/* in file order */
	size_t n, room;
	const struct field **sorted;	/* by name */
};

/* -- taking arrays ------------------------------------------------------ */

/*
 * Adds an array. data that stays valid and is aligned is used where it is
 * (keep), anything else is copied to the arena, f2 widened if asked for.
 */
static enum status
add(struct weights *w, const char *name, const struct tensor *t, bool keep)
{
	bool widen = t->dtype == DT_F2 && w->mode == WEIGHTS_F4;
	struct field f = { .name = arena_strdup(w->arena, name), .t = *t };

	if (!f.name)
		return E_NOMEM;
	if (widen || !keep || (uintptr_t)t->data % ALIGN != 0) {
		TRY(tensor_alloc(&f.t, w->arena, widen ? DT_F4 : t->dtype,
		    t->rank, t->dim));
		if (widen)
			tensor_to_float(f.t.data, t, 0, tensor_len(t));
		else
			memcpy(f.t.data, t->data, tensor_bytes(t));
	}
	if (w->n == w->room) {
		size_t room = w->room ? 2 * w->room : 256;
		struct field *p = realloc(w->field, room * sizeof *p);

		if (!p)
			return fail(E_NOMEM, "no memory for %zu names", room);
		w->field = p;
		w->room = room;
	}
	w->field[w->n++] = f;
	return OK;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(struct field *const *)a)->name,
	    (*(struct field *const *)b)->name);
}

static enum status
finish(struct weights *w)
{
	if (!w->manifest)
		w->manifest = json_object();
	w->about = json_incref(json_object_get(w->manifest, "weights"));
	if (!json_is_object(w->about)) {
		json_decref(w->about);
		w->about = json_object();
	}
	w->sorted = malloc((w->n + 1) * sizeof *w->sorted);
	if (!w->manifest || !w->about || !w->sorted)
		return fail(E_NOMEM, "no memory for %zu names", w->n);
	for (size_t i = 0; i < w->n; i++)
		w->sorted[i] = &w->field[i];
	qsort(w->sorted, w->n, sizeof *w->sorted, by_name);
	for (size_t i = 1; i < w->n; i++)
		if (strcmp(w->sorted[i - 1]->name, w->sorted[i]->name) == 0)
			return fail(E_FORMAT, "parameter %s is there twice",
			    w->sorted[i]->name);
	return OK;
}

/* -- a compressed file: through the stream reader ----------------------- */

static enum status
take_sample(struct weights *w, struct stream_in *in, struct sample *s)
{
	enum status st = stream_next(in, s);

	if (st == END)
		return fail(E_FORMAT, "no sample in it");
	TRY(st);
	if ((w->key = arena_strdup(w->arena, s->key)) == NULL)
		return E_NOMEM;
	w->manifest = json_incref(s->manifest);
	for (size_t i = 0; i < s->n; i++)
		if (!s->field[i].is_json)
			TRY(add(w, s->field[i].name, &s->field[i].t, false));
	st = stream_next(in, s);	/* for the end mark */
	if (st == OK)
		return fail(E_FORMAT, "a second sample \"%s\", want one",
		    s->key);
	return st == END ? OK : st;
}

static enum status
read_stream(struct weights *w, int fd, const char *path)
{
	struct stream_in *in;
	struct sample s = { 0 };

	TRY(stream_open_fd(&in, fd, path, NULL));
	enum status st = take_sample(w, in, &s);

	stream_close(in);
	return st;
}

/* -- a plain tar: mapped ------------------------------------------------ */

static enum status
take_manifest(struct weights *w, const char *name, const char *data, size_t n)
{
	json_error_t err;

	if (w->manifest)
		return fail(E_FORMAT, "member %s is there twice", name);
	if (n > JSON_MOST)
		return fail(E_LIMIT, "member %s: %zu bytes, want at most %zu",
		    name, n, JSON_MOST);
	w->manifest = json_loadb(data, n, JSON_REJECT_DUPLICATES, &err);
	if (!w->manifest)
		return fail(E_FORMAT, "member %s: line %d: %s", name, err.line,
		    err.text);
	return json_is_object(w->manifest) ? OK :
	    fail(E_FORMAT, "member %s: not an object", name);
}

/* field: the member's name without key and ending. */
static enum status
take_array(struct weights *w, const char *field, const char *data, size_t n)
{
	struct tensor t;
	size_t skip;

	TRY(sample_check_field(field));
	enum status st = npy_parse(&t, &skip, data, n, n);

	if (st == OK && n - skip != tensor_bytes(&t))
		st = fail(E_FORMAT, "%zu bytes of data, want %zu", n - skip,
		    tensor_bytes(&t));
	if (st != OK)
		return fail_in(st, "parameter %s", field);
	t.data = (char *)(uintptr_t)data + skip;
	return add(w, field, &t, true);
}

/* The first member's key is that of the sample; all others must have it. */
static enum status
check_key(struct weights *w, const char *name, size_t len)
{
	if (!w->key) {
		char *key = arena_printf(w->arena, "%.*s", (int)len, name);

		if (!key)
			return E_NOMEM;
		w->key = key;
		return sample_check_key(key);
	}
	return strncmp(name, w->key, len) == 0 && !w->key[len] ? OK :
	    fail(E_FORMAT, "member %s: a second sample, want one", name);
}

/*
 * One member, data[0..n) in the mapping. Names are KEY.json (the manifest),
 * KEY.FIELD.npy, KEY.FIELD.json.
 */
static enum status
take_member(struct weights *w, const char *name, const char *data, size_t n)
{
	char field[NAME_MOST + 1];

	if (strncmp(name, "./", 2) == 0)
		name += 2;
	const char *dot = strchr(name, '.'), *ext = strrchr(name, '.');

	if (!dot)
		return fail(E_FORMAT, "member %s: no field name", name);
	TRY(check_key(w, name, (size_t)(dot - name)));
	if (strcmp(ext, ".json") == 0)
		return ext == dot ? take_manifest(w, name, data, n) : OK;
	if (strcmp(ext, ".npy") != 0 || ext == dot)
		return fail(E_FORMAT, "member %s: neither .npy nor .json", name);
	if (ext - dot > NAME_MOST)
		return fail(E_LIMIT, "member %s: name too long", name);
	snprintf(field, sizeof field, "%.*s", (int)(ext - dot - 1), dot + 1);
	return take_array(w, field, data, n);
}

/*
 * libarchive, which here has neither filters nor blocks to put together,
 * hands out pointers into the memory that it was given. *end is where the
 * member's last block ends in the mapping.
 */
static enum status
take_entry(struct weights *w, struct archive *a, struct archive_entry *e,
    size_t *end)
{
	const char *name = archive_entry_pathname(e), *data;
	const void *p = w->map;
	size_t n = 0, want = (size_t)archive_entry_size(e);
	la_int64_t at = 0;

	if (archive_entry_filetype(e) == AE_IFDIR)
		return OK;
	if (!name || archive_entry_filetype(e) != AE_IFREG)
		return fail(E_FORMAT, "member %s: not a regular file",
		    name ? name : "?");
	if (want > 0 && archive_read_data_block(a, &p, &n, &at) < ARCHIVE_OK)
		return fail(E_TRUNC, "member %s: %s", name,
		    archive_error_string(a));
	data = p;
	if (n < want || at != 0 || data < w->map || data > w->map + w->size)
		return fail(E_TRUNC, "member %s: %zu of %zu bytes", name, n,
		    want);
	if (want > 0)
		*end = (size_t)(data - w->map) + (want + BLOCK - 1) / BLOCK *
		    BLOCK;
	return take_member(w, name, data, want);
}

/* libarchive takes a cut between two members for the end. */
static enum status
check_end(const struct weights *w, size_t end)
{
	static const char mark[2 * BLOCK];

	if (end > w->size || w->size - end < sizeof mark ||
	    memcmp(w->map + end, mark, sizeof mark) != 0)
		return fail(E_TRUNC, "cut short: no end mark after %zu arrays",
		    w->n);
	return OK;
}

static enum status
take_archive(struct weights *w, struct archive *a)
{
	struct archive_entry *e;
	size_t end = 0;
	int r;

	archive_read_support_format_tar(a);
	if (archive_read_open_memory(a, w->map, w->size) != ARCHIVE_OK)
		return fail(E_FORMAT, "%s", archive_error_string(a));
	while ((r = archive_read_next_header(a, &e)) == ARCHIVE_OK)
		TRY(take_entry(w, a, e, &end));
	if (r != ARCHIVE_EOF)
		return fail(E_FORMAT, "%s", archive_error_string(a));
	TRY(check_end(w, end));
	return w->key ? OK : fail(E_FORMAT, "no sample in it");
}

static enum status
read_mapped(struct weights *w)
{
	struct archive *a = archive_read_new();

	if (!a)
		return fail(E_NOMEM, "no memory for libarchive");
	enum status st = take_archive(w, a);

	archive_read_free(a);
	return st;
}

/* -- open, close, look up ----------------------------------------------- */

static enum status
open_fd(struct weights *w, int fd, const char *path)
{
	const void *map;

	TRY(file_map(&map, &w->size, fd));
	w->map = map;
	if (w->size > 262 && memcmp(w->map + 257, "ustar", 5) == 0)
		TRY(read_mapped(w));
	else
		TRY(read_stream(w, fd, path));
	return finish(w);
}

enum status
weights_open(struct weights **out, const char *path, enum weights_mode mode)
{
	struct weights *w = calloc(1, sizeof *w);

	if (!w)
		return fail(E_NOMEM, "no memory for weights");
	w->mode = mode;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status st = fd < 0 ? fail_errno("open") :
	    arena_new(&w->arena, MOST);

	if (st == OK)
		st = open_fd(w, fd, path);
	if (fd >= 0)
		close(fd);
	if (st == OK)
		*out = w;
	else
		weights_close(w);
	return st;
}

void
weights_close(struct weights *w)
{
	if (!w)
		return;
	json_decref(w->about);
	json_decref(w->manifest);
	free(w->sorted);
	free(w->field);
	file_unmap(w->map, w->size);
	arena_free(w->arena);
	free(w);
}

const struct tensor *
weights_find(const struct weights *w, const char *name)
{
	struct field f = { .name = name };
	const struct field *key = &f, **at = bsearch(&key, w->sorted, w->n,
	    sizeof *w->sorted, by_name);

	return at ? &(*at)->t : NULL;
}

enum status
weights_want(const struct tensor **t, const struct weights *w,
    const char *name, int rank, const size_t *dim)
{
	char is[TENSOR_TEXT_MAX], want[TENSOR_TEXT_MAX];

	*t = weights_find(w, name);
	tensor_text(want, sizeof want, DT_F4, rank, dim);
	if (!*t)
		return fail(E_SHAPE, "parameter %s: missing, want %s", name,
		    want);
	if (!tensor_is(*t, DT_F4, rank, dim))
		return fail(E_SHAPE, "parameter %s: %s, want %s", name,
		    tensor_text(is, sizeof is, (*t)->dtype, (*t)->rank,
		    (*t)->dim), want);
	enum status st = tensor_check(*t, -INFINITY, INFINITY, false);

	return st == OK ? OK : fail_in(st, "parameter %s", name);
}

size_t
weights_count(const struct weights *w)
{
	return w->n;
}

const struct field *
weights_at(const struct weights *w, size_t i)
{
	return &w->field[i];
}

const char *
weights_key(const struct weights *w)
{
	return w->key;
}

json_t *
weights_manifest(const struct weights *w)
{
	return w->manifest;
}

json_t *
weights_about(const struct weights *w)
{
	return w->about;
}

void
weights_sha256(const struct weights *w, char hex[WEIGHTS_SHA_MAX])
{
	digest_sha256(hex, w->map, w->size);
}
