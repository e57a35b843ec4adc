/* What a pickle may name and call, and what comes of it. */
#include <stdio.h>
#include <string.h>

#include "weights/picklevm.h"

#define STORAGES_MOST 10000	/* as many as a sample has fields */

static const struct pv none = { .kind = PV_NONE };

/* -- what may be named -------------------------------------------------- */

enum { G_DICT, G_TENSOR, G_PARAMETER, G_BYTES, G_STORAGE };

static const struct {
	const char *name;	/* module.name */
	int what;
	enum elem elem;
} globals[] = {
	{ "collections.OrderedDict", G_DICT, 0 },
	{ "torch._utils._rebuild_tensor", G_TENSOR, 0 },
	{ "torch._utils._rebuild_tensor_v2", G_TENSOR, 0 },
	{ "torch._utils._rebuild_parameter", G_PARAMETER, 0 },
	{ "torch.storage._load_from_bytes", G_BYTES, 0 },
	{ "torch.DoubleStorage", G_STORAGE, EL_F8 },
	{ "torch.FloatStorage", G_STORAGE, EL_F4 },
	{ "torch.HalfStorage", G_STORAGE, EL_F2 },
	{ "torch.BFloat16Storage", G_STORAGE, EL_BF2 },
	{ "torch.LongStorage", G_STORAGE, EL_I8 },
	{ "torch.IntStorage", G_STORAGE, EL_I4 },
	{ "torch.ShortStorage", G_STORAGE, EL_I2 },
	{ "torch.CharStorage", G_STORAGE, EL_I1 },
	{ "torch.ByteStorage", G_STORAGE, EL_U1 },
	{ "torch.BoolStorage", G_STORAGE, EL_B1 },
};

/*
 * Modules whose functions are in no honest checkpoint. Nothing here would run
 * them; who brings such a file is to know that Python would have.
 */
static const char *const harmful[] = { "builtins", "__builtin__", "os", "posix",
	"nt", "sys", "subprocess", "commands", "shutil", "pty", "socket", "ctypes",
	"runpy", "importlib", "code", "timeit", "operator" };
/* And what of these is harmless. */
static const char *const harmless[] = { "builtins.set", "builtins.frozenset",
	"builtins.bytearray", "builtins.slice", "builtins.complex",
	"builtins.range", "builtins.object", "__builtin__.set",
	"__builtin__.frozenset", "__builtin__.bytearray", "__builtin__.slice",
	"__builtin__.complex", "__builtin__.object", "__builtin__.xrange" };

static bool
is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

enum status
vm_name(struct pickle_vm *vm, const char *module, const char *name)
{
	char full[256];
	struct pv *v;

	snprintf(full, sizeof full, "%s.%s", module, name);
	for (size_t i = 0; i < sizeof globals / sizeof *globals; i++)
		if (strcmp(full, globals[i].name) == 0) {
			TRY(vm_push_new(vm, PV_GLOBAL, &v));
			v->u.global = (int)i;
			return OK;
		}
	if (is_one_of(module, harmful, sizeof harmful / sizeof *harmful) &&
	    !is_one_of(full, harmless, sizeof harmless / sizeof *harmless))
		return fail(E_FORMAT, "pickle names %s before byte %zu: refused, "
		    "no weights need it", full, vm_at(vm));
	char *text = arena_strdup(vm->arena, full);

	return text ? vm_push_object(vm, text) : E_NOMEM;
}

static enum status
no_storage(const struct pickle_vm *vm)
{
	return fail(E_FORMAT, "pickle has a persistent id before byte %zu that "
	    "is no storage", vm_at(vm));
}

/* ('storage', torch.FloatStorage, key, location, elements[, None]) */
enum status
vm_persistent(struct pickle_vm *vm)
{
	struct pv *id = NULL, *v;

	TRY(vm_pop(vm, &id));
	TRY(vm_is_kind(vm, id, PV_TUPLE));
	struct pv **f = id->u.seq.at;

	if (id->u.seq.n < 5 || id->u.seq.n > 6 || f[0]->kind != PV_STR ||
	    strcmp(f[0]->u.str, "storage") != 0 || f[2]->kind != PV_STR ||
	    f[4]->kind != PV_INT || f[4]->u.i < 0)
		return no_storage(vm);
	if (f[1]->kind == PV_OBJECT)
		return fail(E_FORMAT, "pickle has a %s before byte %zu: refused, "
		    "not a type of numbers that is known", f[1]->u.str,
		    vm_at(vm));
	if (f[1]->kind != PV_GLOBAL || globals[f[1]->u.global].what != G_STORAGE)
		return no_storage(vm);
	if (id->u.seq.n == 6 && f[5]->kind != PV_NONE)
		return fail(E_FORMAT, "storage %s is a view of another one: "
		    "not supported, save it again", f[2]->u.str);
	enum elem e = globals[f[1]->u.global].elem;
	struct pickle_storage *s = vm->storages;

	while (s && strcmp(s->key, f[2]->u.str) != 0)
		s = s->next;
	if (s && (s->elem != e || s->len != (size_t)f[4]->u.i))
		return fail(E_FORMAT, "storage %s has two types or lengths",
		    s->key);
	if (!s) {
		/* They are looked for one after the other. */
		if (vm->storages_n++ == STORAGES_MOST)
			return fail(E_LIMIT, "more than %d storages",
			    STORAGES_MOST);
		if ((s = arena_alloc(vm->arena, sizeof *s)) == NULL)
			return E_NOMEM;
		*s = (struct pickle_storage){ .key = f[2]->u.str, .elem = e,
			.len = (size_t)f[4]->u.i, .next = vm->storages };
		vm->storages = s;
	}
	TRY(vm_push_new(vm, PV_STORAGE, &v));
	v->u.storage = s;
	return OK;
}

static bool
is_size(const struct pv *v)
{
	return v->kind == PV_INT && v->u.i >= 0;
}

/* _rebuild_tensor(storage, offset, sizes, strides, ...): the rest is for autograd. */
static enum status
make_tensor(struct pickle_vm *vm, const struct pv *args)
{
	struct pv **f = args->u.seq.at, *v;

	if (args->u.seq.n < 4 || f[0]->kind != PV_STORAGE || !is_size(f[1]) ||
	    f[2]->kind != PV_TUPLE || f[3]->kind != PV_TUPLE ||
	    f[2]->u.seq.n != f[3]->u.seq.n)
		return fail(E_FORMAT, "pickle has a tensor before byte %zu "
		    "without storage, offset, sizes and strides", vm_at(vm));
	size_t rank = f[2]->u.seq.n;

	if (rank > TENSOR_MAX_RANK)
		return fail(E_LIMIT, "pickle has a tensor of rank %zu before "
		    "byte %zu, want at most %d", rank, vm_at(vm),
		    TENSOR_MAX_RANK);
	TRY(vm_push_new(vm, PV_TENSOR, &v));
	v->u.tensor.storage = f[0]->u.storage;
	v->u.tensor.offset = (size_t)f[1]->u.i;
	v->u.tensor.rank = (int)rank;
	for (size_t i = 0; i < rank; i++) {
		const struct pv *dim = f[2]->u.seq.at[i],
		    *stride = f[3]->u.seq.at[i];

		if (!is_size(dim) || !is_size(stride))
			return fail(E_FORMAT, "pickle has a tensor before byte "
			    "%zu with a negative size or stride", vm_at(vm));
		v->u.tensor.dim[i] = (size_t)dim->u.i;
		v->u.tensor.stride[i] = (size_t)stride->u.i;
	}
	return OK;
}

/* OrderedDict() or OrderedDict([[key, value], ...]), which Python 2 wrote. */
static enum status
make_dict(struct pickle_vm *vm, const struct pv *args)
{
	struct pv *v;

	TRY(vm_push_new(vm, PV_DICT, &v));
	if (args->u.seq.n == 0)
		return OK;
	const struct pv *pairs = args->u.seq.at[0];

	if (args->u.seq.n > 1)
		return fail(E_FORMAT, "OrderedDict of %zu arguments before "
		    "byte %zu", args->u.seq.n, vm_at(vm));
	TRY(vm_is_kind(vm, pairs, PV_LIST));
	for (size_t i = 0; i < pairs->u.seq.n; i++) {
		const struct pv *pair = pairs->u.seq.at[i];

		if ((pair->kind != PV_LIST && pair->kind != PV_TUPLE) ||
		    pair->u.seq.n != 2)
			return fail(E_FORMAT, "OrderedDict of what are no pairs "
			    "before byte %zu", vm_at(vm));
		for (size_t k = 0; k < 2; k++)
			TRY(vm_append(vm->arena, &v->u.seq.at, &v->u.seq.n,
			    &v->u.seq.room, pair->u.seq.at[k]));
	}
	return OK;
}

/* Whether v is a tensor or a storage, or holds one: what must not be lost. */
static bool
holds_tensor(const struct pv *v, int depth)
{
	if (v->kind == PV_TENSOR || v->kind == PV_STORAGE)
		return true;
	const size_t n = depth > 0 && (v->kind == PV_TUPLE ||
	    v->kind == PV_LIST) ? v->u.seq.n : 0;

	for (size_t i = 0; i < n && i < 16; i++)
		if (holds_tensor(v->u.seq.at[i], depth - 1))
			return true;
	return false;
}

/* CLASS(ARGS...): what comes of it is read past, unless tensors went in. */
enum status
vm_object(struct pickle_vm *vm, const struct pv *class, struct pv *args)
{
	if (holds_tensor(args, 2))
		return fail(E_FORMAT, "pickle calls %s with a tensor before byte "
		    "%zu: refused, not known", class->u.str, vm_at(vm));
	TRY(vm_push_object(vm, class->u.str));
	vm->stack[vm->n - 1]->u.object.args = args;
	return OK;
}

/*
 * torch.storage._load_from_bytes(bytes), which is how a tensor goes into a plain
 * pickle: five pickles (magic number, version, system, storage, keys), the
 * number of elements, and these.
 */
static enum status
load_storage(struct pickle_vm *vm, const struct pv *args)
{
	const struct pv *b = args->u.seq.n == 1 ? args->u.seq.at[0] : &none;
	struct pv *top = NULL, *storage = NULL;
	uint64_t len;

	if (vm->inside || b->kind != PV_OBJECT || !b->u.object.bytes)
		return fail(E_FORMAT, "pickle calls torch.storage._load_from_bytes "
		    "without bytes before byte %zu", vm_at(vm));
	struct pickle_vm in = { .arena = vm->arena, .start = b->u.object.bytes,
		.p = b->u.object.bytes, .inside = true };

	in.end = in.p + b->u.object.n;
	for (int i = 0; i < 5; i++) {
		TRY(vm_run(&in, &top));
		storage = i == 3 ? top : storage;
	}
	TRY(vm_is_kind(&in, storage, PV_STORAGE));
	TRY(vm_take_uint(&in, &len, 8));
	struct pickle_storage *s = storage->u.storage;

	if (len != s->len || len > (size_t)(in.end - in.p) / elem_size(s->elem))
		return fail(E_TRUNC, "pickle has a storage of %zu elements before "
		    "byte %zu that are not all there", s->len, vm_at(vm));
	s->data = in.p;
	return vm_push(vm, storage);
}

/* The one opcode that in Python calls a function. Here it selects a case. */
enum status
vm_reduce(struct pickle_vm *vm)
{
	struct pv *args = NULL, *callee = NULL;

	TRY(vm_pop(vm, &args));
	TRY(vm_pop(vm, &callee));
	TRY(vm_is_kind(vm, args, PV_TUPLE));
	if (callee->kind == PV_OBJECT)
		return vm_object(vm, callee, args);
	TRY(vm_is_kind(vm, callee, PV_GLOBAL));
	switch (globals[callee->u.global].what) {
	case G_DICT:
		return make_dict(vm, args);
	case G_TENSOR:
		return make_tensor(vm, args);
	case G_BYTES:
		return load_storage(vm, args);
	case G_PARAMETER:
		if (args->u.seq.n == 0)
			break;
		TRY(vm_is_kind(vm, args->u.seq.at[0], PV_TENSOR));
		return vm_push(vm, args->u.seq.at[0]);
	}
	return fail(E_FORMAT, "pickle calls %s before byte %zu: refused",
	    globals[callee->u.global].name, vm_at(vm));
}
