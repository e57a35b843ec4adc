#include "weights/arrays.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "weights/npz.h"
#include "weights/pth.h"
#include "weights/safetensors.h"
#include "weights/tflite.h"
#include "weights/zip.h"
#include "weights/weights.h"

#define MOST ((size_t)16 << 30)		/* bytes of one file's arrays */
#define NAME_MOST 255

/* -- elements ----------------------------------------------------------- */

static const struct {
	size_t size;
	enum dtype as;
	bool same;		/* the bytes may be used as they are */
} elems[EL_COUNT] = {
	[EL_F8] = { 8, DT_F4, false }, [EL_F4] = { 4, DT_F4, true },
	[EL_F2] = { 2, DT_F2, true }, [EL_BF2] = { 2, DT_F4, false },
	[EL_I8] = { 8, DT_I8, true }, [EL_I4] = { 4, DT_I4, true },
	[EL_I2] = { 2, DT_I4, false }, [EL_I1] = { 1, DT_I4, false },
	[EL_U4] = { 4, DT_I8, false }, [EL_U2] = { 2, DT_U2, true },
	[EL_U1] = { 1, DT_U1, true }, [EL_B1] = { 1, DT_U1, true },
};

size_t
elem_size(enum elem e)
{
	return elems[e].size;
}

/* One foreign element to ours; src need not be aligned. */
static void
convert(void *dst, size_t i, enum elem e, const char *src)
{
	uint32_t bits;
	union { double f8; uint16_t u2; int16_t i2; uint32_t u4; } v;

	memcpy(&v, src, elems[e].size);
	switch (e) {
	case EL_F8:
		((float *)dst)[i] = (float)v.f8;
		break;
	case EL_BF2:
		bits = (uint32_t)v.u2 << 16;
		memcpy((float *)dst + i, &bits, sizeof bits);
		break;
	case EL_I2:
		((int32_t *)dst)[i] = v.i2;
		break;
	case EL_I1:
		((int32_t *)dst)[i] = (signed char)*src;
		break;
	case EL_U4:
		((int64_t *)dst)[i] = v.u4;
		break;
	default:	/* used as they are, so never converted */
		break;
	}
}

/* -- the list ----------------------------------------------------------- */

static enum status
check_name(const char *name)
{
	size_t n = strlen(name);

	if (n == 0)
		return fail(E_FORMAT, "an array without a name");
	if (n > NAME_MOST)
		return fail(E_LIMIT, "name \"%.40s...\": %zu bytes, want at "
		    "most %d", name, n, NAME_MOST);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return fail(E_FORMAT, "a name with a control character");
	return OK;
}

enum status
arrays_add(struct arrays *set, const char *name, const struct tensor *t)
{
	TRY(check_name(name));
	if (set->n == set->room) {
		size_t room = set->room ? 2 * set->room : 64;
		struct field *item = arena_calloc(set->arena, room,
		    sizeof *item);

		if (!item)
			return E_NOMEM;
		if (set->n)
			memcpy(item, set->item, set->n * sizeof *item);
		set->item = item;
		set->room = room;
	}
	struct field f = { .name = arena_strdup(set->arena, name), .t = *t };

	if (!f.name)
		return E_NOMEM;
	set->item[set->n++] = f;
	return OK;
}

enum status
arrays_add_raw(struct arrays *set, const char *name, enum elem e, int rank,
    const size_t *dim, const void *src)
{
	struct tensor t = { .dtype = elems[e].as, .rank = rank };
	size_t size = elems[e].size;

	if (elems[e].same && (uintptr_t)src % size == 0) {
		memcpy(t.dim, dim, (size_t)rank * sizeof *dim);
		t.data = (void *)(uintptr_t)src;
		return arrays_add(set, name, &t);
	}
	TRY(tensor_alloc(&t, set->arena, elems[e].as, rank, dim));
	size_t n = tensor_len(&t);

	if (elems[e].same)
		memcpy(t.data, src, n * size);
	else
		for (size_t i = 0; i < n; i++)
			convert(t.data, i, e, (const char *)src + i * size);
	return arrays_add(set, name, &t);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum status
check_unique(struct arrays *set)
{
	size_t mark = arena_mark(set->arena);
	const char **name = arena_calloc(set->arena, set->n, sizeof *name);
	enum status st = OK;

	if (!name)
		return E_NOMEM;
	for (size_t i = 0; i < set->n; i++)
		name[i] = set->item[i].name;
	qsort(name, set->n, sizeof *name, by_name);
	for (size_t i = 1; i < set->n && st == OK; i++)
		if (strcmp(name[i - 1], name[i]) == 0)
			st = fail(E_FORMAT, "array %s is there twice", name[i]);
	arena_pop(set->arena, mark);
	return st;
}

const struct field *
arrays_find(const struct arrays *set, const char *name)
{
	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->item[i].name, name) == 0)
			return &set->item[i];
	return NULL;
}

/* -- files -------------------------------------------------------------- */

enum status
arrays_read(struct arrays *set, const void *buf, size_t n)
{
	if (zip_is(buf, n)) {
		struct zip z;

		TRY(zip_read(&z, set->arena, buf, n));
		if (pth_is_zip(&z)) {
			set->format = "pth";
			TRY(pth_read_zip(set, &z));
		} else {
			set->format = "npz";
			TRY(npz_read(set, &z));
		}
	} else if (pth_is_legacy(buf, n)) {
		set->format = "pth";
		TRY(pth_read_legacy(set, buf, n));
	} else if (safetensors_is(buf, n)) {
		set->format = "safetensors";
		TRY(safetensors_read(set, buf, n));
	} else if (tflite_is(buf, n)) {
		set->format = "tflite";
		TRY(tflite_read(set, buf, n));
	} else {
		return fail(E_FORMAT, "neither weights, .npz, .safetensors, "
		    ".pth nor .tflite");
	}
	return check_unique(set);
}

/* What a file list owns beside the list itself. */
struct opened {
	struct arrays set;	/* first: a struct arrays * is one of these */
	struct weights *w;
	const void *map;
	size_t size;
};

static bool
is_stream(const char *b, size_t n)
{
	return (n > 262 && memcmp(b + 257, "ustar", 5) == 0) ||
	    (n > 4 && memcmp(b, "\x28\xb5\x2f\xfd", 4) == 0);
}

static enum status
read_weights(struct opened *o, const char *path)
{
	TRY(weights_open(&o->w, path, WEIGHTS_AS_STORED));
	o->set.format = "weights";
	o->set.manifest = json_incref(weights_manifest(o->w));
	for (size_t i = 0; i < weights_count(o->w); i++) {
		const struct field *f = weights_at(o->w, i);

		TRY(arrays_add(&o->set, f->name, &f->t));
	}
	return OK;
}

static enum status
read_fd(struct opened *o, int fd, const char *path)
{
	TRY(file_map(&o->map, &o->size, fd));
	return is_stream(o->map, o->size) ? read_weights(o, path) :
	    arrays_read(&o->set, o->map, o->size);
}

enum status
arrays_open(struct arrays **out, const char *path)
{
	struct opened *o = calloc(1, sizeof *o);

	if (!o)
		return fail(E_NOMEM, "no memory for arrays");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status st = fd < 0 ? fail_errno("open") :
	    arena_new(&o->set.arena, MOST);

	if (st == OK)
		st = read_fd(o, fd, path);
	if (fd >= 0)
		close(fd);
	if (st == OK)
		*out = &o->set;
	else
		arrays_close(&o->set);
	return st;
}

void
arrays_sha256(const struct arrays *set, char hex[DIGEST_MAX])
{
	const struct opened *o = (const struct opened *)set;

	digest_sha256(hex, o->map, o->size);
}

void
arrays_close(struct arrays *set)
{
	struct opened *o = (struct opened *)set;

	if (!o)
		return;
	json_decref(o->set.manifest);
	weights_close(o->w);
	file_unmap(o->map, o->size);
	arena_free(o->set.arena);
	free(o);
}
