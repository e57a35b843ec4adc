#include "weights/pth.h"

#include <stdio.h>
#include <string.h>

#include "weights/pickle.h"

#define PICKLE_MOST ((size_t)4 << 20)	/* bytes of names and shapes */
#define DEPTH_MOST 16			/* of dicts in dicts */
#define NAME_MOST 255
#define VALUES_MOST 1000000		/* visited, shared ones each time */
#define VIEWS_MOST 8			/* tensors of all bytes of the storages */

/* -- tensors to arrays -------------------------------------------------- */

static bool
is_contiguous(const struct pv *v)
{
	size_t step = 1;

	for (int i = v->u.tensor.rank; i-- > 0; step *= v->u.tensor.dim[i])
		if (v->u.tensor.dim[i] > 1 && v->u.tensor.stride[i] != step)
			return false;
	return true;
}

/*
 * *len: elements of the tensor. All of them must lie in the storage, and
 * there may not be more of them than the storage has: a stride of 0 could
 * otherwise claim any size.
 */
static enum status
check_range(const struct pv *v, const char *name, size_t *len)
{
	const struct pickle_storage *s = v->u.tensor.storage;
	size_t last = v->u.tensor.offset, n = 1, span;
	bool over = false, empty = false;

	for (int i = 0; i < v->u.tensor.rank; i++) {
		size_t dim = v->u.tensor.dim[i];

		if (dim == 0) {
			empty = true;
			continue;
		}
		over |= __builtin_mul_overflow(n, dim, &n);
		over |= __builtin_mul_overflow(dim - 1,
		    v->u.tensor.stride[i], &span);
		over |= __builtin_add_overflow(last, span, &last);
	}
	*len = empty ? 0 : n;
	if (empty && !over)
		return OK;
	if (over || last >= s->len)
		return fail(E_FORMAT, "tensor %s reaches beyond the %zu "
		    "elements of its storage", name, s->len);
	if (n > s->len)
		return fail(E_FORMAT, "tensor %s repeats elements of its "
		    "storage, which is not supported", name);
	return OK;
}

/* dst: C order; src: element (i, j, ...) at offset + sum of index * stride. */
static void
gather(char *dst, const struct pv *v, size_t len)
{
	size_t index[TENSOR_MAX_RANK] = { 0 },
	    size = elem_size(v->u.tensor.storage->elem),
	    from = v->u.tensor.offset;
	const char *src = v->u.tensor.storage->data;

	for (size_t k = 0; k < len; k++) {
		memcpy(dst + k * size, src + from * size, size);
		for (int i = v->u.tensor.rank; i-- > 0;) {
			from += v->u.tensor.stride[i];
			if (++index[i] < v->u.tensor.dim[i])
				break;
			from -= v->u.tensor.stride[i] * v->u.tensor.dim[i];
			index[i] = 0;
		}
	}
}

static enum status
take_tensor(struct arrays *set, size_t *room, const char *name,
    const struct pv *v)
{
	const struct pickle_storage *s = v->u.tensor.storage;
	size_t len, size = elem_size(s->elem);

	TRY(check_range(v, name, &len));
	/* Views of one storage may each become a copy of it. */
	if (len > *room / size)
		return fail(E_LIMIT, "tensor %s: the tensors together have more "
		    "than %d times the bytes of their storages", name,
		    VIEWS_MOST);
	*room -= len * size;
	const char *src = (const char *)s->data;

	if (len == 0 || is_contiguous(v)) {
		src += len ? v->u.tensor.offset * size : 0;
	} else {
		char *copy = arena_alloc(set->arena, len * size);

		if (!copy)
			return E_NOMEM;
		gather(copy, v, len);
		src = copy;
	}
	return arrays_add_raw(set, name, s->elem, v->u.tensor.rank,
	    v->u.tensor.dim, src);
}

/* -- dicts to dotted names ---------------------------------------------- */

struct walk {
	struct arrays *set;
	size_t visited;
	size_t room;	/* bytes that tensors may still have */
};

static enum status walk(struct walk *w, const char *name, const struct pv *v,
    int depth);

/* Only values on the way to a tensor need a name; others are left out. */
static enum status
walk_child(struct walk *w, const char *name, const struct pv *key,
    const struct pv *v, int depth)
{
	char child[NAME_MOST + 1];
	int n;

	if (++w->visited > VALUES_MOST)
		return fail(E_LIMIT, "more than %d values", VALUES_MOST);
	if (v->kind != PV_TENSOR && v->kind != PV_DICT && v->kind != PV_LIST &&
	    v->kind != PV_TUPLE)
		return OK;
	if (key->kind == PV_STR)
		n = snprintf(child, sizeof child, "%s%s%s", name,
		    *name ? "." : "", key->u.str);
	else if (key->kind == PV_INT)
		n = snprintf(child, sizeof child, "%s%s%lld", name,
		    *name ? "." : "", (long long)key->u.i);
	else
		return fail(E_FORMAT, "a dict in \"%s\" has a key that is "
		    "neither text nor number", name);
	if (n < 0 || (size_t)n >= sizeof child)
		return fail(E_LIMIT, "name %.40s...: more than %d bytes",
		    child, NAME_MOST);
	return walk(w, child, v, depth + 1);
}

static enum status
walk(struct walk *w, const char *name, const struct pv *v, int depth)
{
	if (v->kind == PV_TENSOR)
		return take_tensor(w->set, &w->room, *name ? name : "tensor", v);
	if (depth > DEPTH_MOST)
		return fail(E_LIMIT, "dicts nested more than %d deep, or "
		    "contained in themselves", DEPTH_MOST);
	size_t n = v->kind == PV_DICT || v->kind == PV_LIST ||
	    v->kind == PV_TUPLE ? v->u.seq.n : 0;

	if (v->kind == PV_DICT)
		for (size_t i = 0; i + 1 < n; i += 2)
			TRY(walk_child(w, name, v->u.seq.at[i],
			    v->u.seq.at[i + 1], depth));
	else
		for (size_t i = 0; i < n; i++)
			TRY(walk_child(w, name, &(struct pv){ .kind = PV_INT,
			    .u.i = (int64_t)i }, v->u.seq.at[i], depth));
	return OK;
}

static enum status
take_all(struct arrays *set, const struct pv *top,
    const struct pickle_storage *storages)
{
	struct walk w = { .set = set };

	/* All of them are in the file, so their sum does not overflow. */
	for (const struct pickle_storage *s = storages; s; s = s->next)
		w.room += VIEWS_MOST * s->len * elem_size(s->elem);
	if (top->kind == PV_OBJECT)
		return fail(E_FORMAT, "it holds an object of %s, want a dict of "
		    "tensors: save its state_dict()", top->u.str);
	TRY(walk(&w, "", top, 0));
	return set->n ? OK : fail(E_FORMAT, "no tensor in it");
}

/* -- since PyTorch 1.6: zip --------------------------------------------- */

/* NAME/data.pkl, NAME/data/KEY, NAME/version, NAME/byteorder: NAME is free. */
static const struct zip_member *
find_pickle(const struct zip *z, int *root)
{
	static const char tail[] = "/data.pkl";

	for (size_t i = 0; i < z->n; i++) {
		size_t n = strlen(z->member[i].name);

		if (n >= sizeof tail && strcmp(z->member[i].name + n -
		    (sizeof tail - 1), tail) == 0) {
			*root = (int)(n - (sizeof tail - 1));
			return &z->member[i];
		}
	}
	return NULL;
}

bool
pth_is_zip(const struct zip *z)
{
	int root;

	return find_pickle(z, &root) != NULL;
}

static enum status
find_storage(struct pickle_storage *s, const struct zip *z, const char *root)
{
	char name[512];
	size_t bytes;

	snprintf(name, sizeof name, "%s/data/%s", root, s->key);
	const struct zip_member *m = zip_find(z, name);

	if (!m)
		return fail(E_FORMAT, "member %s is missing", name);
	TRY(size_mul(&bytes, s->len, elem_size(s->elem)));
	if (m->n < bytes)
		return fail(E_TRUNC, "member %s: %zu bytes, want %zu", name,
		    m->n, bytes);
	s->data = m->data;
	return OK;
}

static enum status
values_of_zip(struct pv **top, struct pickle_storage **storages,
    struct arena *a, const struct zip *z)
{
	int len = 0;
	const struct zip_member *m = find_pickle(z, &len);
	size_t used;

	if (!m)
		return fail(E_FORMAT, "a zip without data.pkl, so not of "
		    "torch.save; of an .npz give the .npy in it");
	char *root = arena_printf(a, "%.*s", len, m->name), *order;

	if (!root || !(order = arena_printf(a, "%s/byteorder", root)))
		return E_NOMEM;
	const struct zip_member *bytes = zip_find(z, order);

	if (bytes && (bytes->n != 6 || memcmp(bytes->data, "little", 6) != 0))
		return fail(E_FORMAT, "member %s: not \"little\"", order);
	if (m->n > PICKLE_MOST)
		return fail(E_LIMIT, "member %s: %zu bytes, want at most %zu",
		    m->name, m->n, PICKLE_MOST);
	TRY(pickle_read(top, &used, storages, a, m->data, m->n));
	for (struct pickle_storage *s = *storages; s; s = s->next)
		TRY(find_storage(s, z, root));
	return OK;
}

enum status
pth_read_zip(struct arrays *set, const struct zip *z)
{
	struct pickle_storage *storages = NULL;
	struct pv *top;

	TRY(values_of_zip(&top, &storages, set->arena, z));
	return take_all(set, top, storages);
}

/* -- before: pickles, then storages ------------------------------------- */

/*
 * The file is magic number, version, system, object, list of storage keys,
 * each a pickle, then for each key a u64 count and the elements.
 */
bool
pth_is_legacy(const void *buf, size_t n)
{
	static const unsigned char magic[] = { 0x8a, 0x0a, 0x6c, 0xfc, 0x9c,
		0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.' };
	const unsigned char *b = buf;

	return n > 2 + sizeof magic && b[0] == 0x80 &&
	    memcmp(b + 2, magic, sizeof magic) == 0;
}

struct cursor {
	struct arena *arena;
	const char *p, *end;
	struct pickle_storage *storages;
};

static enum status
next_pickle(struct cursor *c, struct pv **top)
{
	size_t n = (size_t)(c->end - c->p), used;

	TRY(pickle_read(top, &used, &c->storages, c->arena, c->p,
	    n < PICKLE_MOST ? n : PICKLE_MOST));
	c->p += used;
	return OK;
}

static enum status
next_storage(struct cursor *c, const struct pv *key)
{
	struct pickle_storage *s = c->storages;
	uint64_t count;
	size_t bytes;

	while (s && (key->kind != PV_STR || strcmp(s->key, key->u.str) != 0))
		s = s->next;
	if (!s)
		return fail(E_FORMAT, "a storage key that no tensor names");
	if (s->data)
		return fail(E_FORMAT, "storage %s is there twice", s->key);
	if ((size_t)(c->end - c->p) < sizeof count)
		return fail(E_TRUNC, "storage %s is missing", s->key);
	memcpy(&count, c->p, sizeof count);
	c->p += sizeof count;
	if (count != s->len)
		return fail(E_FORMAT, "storage %s: %llu elements, want %zu",
		    s->key, (unsigned long long)count, s->len);
	TRY(size_mul(&bytes, s->len, elem_size(s->elem)));
	if ((size_t)(c->end - c->p) < bytes)
		return fail(E_TRUNC, "storage %s: %zu of %zu bytes", s->key,
		    (size_t)(c->end - c->p), bytes);
	s->data = c->p;
	c->p += bytes;
	return OK;
}

static enum status
values_of_legacy(struct pv **top, struct pickle_storage **storages,
    struct arena *a, const void *buf, size_t n)
{
	struct cursor c = { .arena = a, .p = (const char *)buf + 15,
		.end = (const char *)buf + n };
	struct pv *version, *system, *keys;

	TRY(next_pickle(&c, &version));
	if (version->kind != PV_INT || version->u.i != 1001)
		return fail(E_FORMAT, "not version 1001 of torch.save");
	TRY(next_pickle(&c, &system));
	const struct pv *little = pickle_get(system, "little_endian");

	if (!little || little->kind != PV_INT || !little->u.i)
		return fail(E_FORMAT, "written on a big-endian machine");
	TRY(next_pickle(&c, top));
	TRY(next_pickle(&c, &keys));
	if (keys->kind != PV_LIST)
		return fail(E_FORMAT, "no list of storages");
	for (size_t i = 0; i < keys->u.seq.n; i++)
		TRY(next_storage(&c, keys->u.seq.at[i]));
	for (struct pickle_storage *s = c.storages; s; s = s->next)
		if (!s->data)
			return fail(E_TRUNC, "storage %s is missing", s->key);
	if (c.p != c.end)
		return fail(E_FORMAT, "%zu bytes behind the last storage",
		    (size_t)(c.end - c.p));
	*storages = c.storages;
	return OK;
}

enum status
pth_read_legacy(struct arrays *set, const void *buf, size_t n)
{
	struct pickle_storage *storages = NULL;
	struct pv *top;

	TRY(values_of_legacy(&top, &storages, set->arena, buf, n));
	return take_all(set, top, storages);
}

/* -- for what is no state_dict ------------------------------------------- */

bool
pth_is_values(const void *buf, size_t n)
{
	const unsigned char *b = buf;

	return zip_is(buf, n) || (n > 2 && b[0] == 0x80 && b[1] >= 2 && b[1] <= 5);
}

enum status
pth_values(struct pv **top, struct arena *a, const void *buf, size_t n)
{
	struct pickle_storage *storages = NULL;
	struct zip z;
	size_t used;

	if (zip_is(buf, n)) {
		TRY(zip_read(&z, a, buf, n));
		return values_of_zip(top, &storages, a, &z);
	}
	if (pth_is_legacy(buf, n))
		return values_of_legacy(top, &storages, a, buf, n);
	TRY(pickle_read(top, &used, &storages, a, buf, n));
	return storages ? fail(E_FORMAT, "a pickle without its storages") : OK;
}
