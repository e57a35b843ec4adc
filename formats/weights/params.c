#include "weights/params.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weights/npz.h"
#include "weights/pth.h"
#include "weights/safetensors.h"
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
params_add(struct params *p, const char *name, const struct tensor *t)
{
	TRY(check_name(name));
	if (p->n == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		struct field *item = arena_calloc(p->arena, room,
		    sizeof *item);

		if (!item)
			return E_NOMEM;
		if (p->n)
			memcpy(item, p->item, p->n * sizeof *item);
		p->item = item;
		p->room = room;
	}
	struct field f = { .name = arena_strdup(p->arena, name), .t = *t };

	if (!f.name)
		return E_NOMEM;
	p->item[p->n++] = f;
	return OK;
}

enum status
params_add_raw(struct params *p, const char *name, enum elem e, int rank,
    const size_t *dim, const void *src)
{
	struct tensor t = { .dtype = elems[e].as, .rank = rank };
	size_t size = elems[e].size;

	if (elems[e].same && (uintptr_t)src % size == 0) {
		memcpy(t.dim, dim, (size_t)rank * sizeof *dim);
		t.data = (void *)(uintptr_t)src;
		return params_add(p, name, &t);
	}
	TRY(tensor_alloc(&t, p->arena, elems[e].as, rank, dim));
	size_t n = tensor_len(&t);

	if (elems[e].same)
		memcpy(t.data, src, n * size);
	else
		for (size_t i = 0; i < n; i++)
			convert(t.data, i, e, (const char *)src + i * size);
	return params_add(p, name, &t);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum status
check_unique(struct params *p)
{
	size_t mark = arena_mark(p->arena);
	const char **name = arena_calloc(p->arena, p->n, sizeof *name);
	enum status st = OK;

	if (!name)
		return E_NOMEM;
	for (size_t i = 0; i < p->n; i++)
		name[i] = p->item[i].name;
	qsort(name, p->n, sizeof *name, by_name);
	for (size_t i = 1; i < p->n && st == OK; i++)
		if (strcmp(name[i - 1], name[i]) == 0)
			st = fail(E_FORMAT, "array %s is there twice", name[i]);
	arena_pop(p->arena, mark);
	return st;
}

const struct field *
params_find(const struct params *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->item[i].name, name) == 0)
			return &p->item[i];
	return NULL;
}

/* -- files -------------------------------------------------------------- */

enum status
params_read(struct params *p, const void *buf, size_t n)
{
	if (zip_is(buf, n)) {
		struct zip z;

		TRY(zip_read(&z, p->arena, buf, n));
		if (pth_is_zip(&z)) {
			p->format = "pth";
			TRY(pth_read_zip(p, &z));
		} else {
			p->format = "npz";
			TRY(npz_read(p, &z));
		}
	} else if (pth_is_legacy(buf, n)) {
		p->format = "pth";
		TRY(pth_read_legacy(p, buf, n));
	} else if (safetensors_is(buf, n)) {
		p->format = "safetensors";
		TRY(safetensors_read(p, buf, n));
	} else {
		return fail(E_FORMAT, "neither weights, .npz, .safetensors "
		    "nor .pth");
	}
	return check_unique(p);
}

/* What a file list owns beside the list itself. */
struct opened {
	struct params p;	/* first: a struct params * is one of these */
	struct weights *w;
	void *map;
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
	o->p.format = "weights";
	o->p.manifest = json_incref(weights_manifest(o->w));
	for (size_t i = 0; i < weights_count(o->w); i++) {
		const struct field *f = weights_at(o->w, i);

		TRY(params_add(&o->p, f->name, &f->t));
	}
	return OK;
}

static enum status
read_fd(struct opened *o, int fd, const char *path)
{
	struct stat sb;

	if (fstat(fd, &sb) != 0)
		return fail_errno("fstat");
	if (!S_ISREG(sb.st_mode))
		return fail(E_IO, "not a regular file");
	if (sb.st_size == 0)
		return fail(E_TRUNC, "empty");
	o->size = (size_t)sb.st_size;
	o->map = mmap(NULL, o->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (o->map == MAP_FAILED) {
		o->map = NULL;
		return fail_errno("mmap");
	}
	return is_stream(o->map, o->size) ? read_weights(o, path) :
	    params_read(&o->p, o->map, o->size);
}

enum status
params_open(struct params **out, const char *path)
{
	struct opened *o = calloc(1, sizeof *o);

	if (!o)
		return fail(E_NOMEM, "no memory for parameters");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status st = fd < 0 ? fail_errno("open") :
	    arena_new(&o->p.arena, MOST);

	if (st == OK)
		st = read_fd(o, fd, path);
	if (fd >= 0)
		close(fd);
	if (st == OK)
		*out = &o->p;
	else
		params_close(&o->p);
	return st;
}

void
params_close(struct params *p)
{
	struct opened *o = (struct opened *)p;

	if (!o)
		return;
	json_decref(o->p.manifest);
	weights_close(o->w);
	if (o->map)
		munmap(o->map, o->size);
	arena_free(o->p.arena);
	free(o);
}
