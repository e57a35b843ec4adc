/*
 * The stack machine of Python's pickletools, cut down to what torch.save
 * writes. Opcode letters and their meaning: pickletools.py of CPython.
 */
#include "weights/pickle.h"

#include <stdio.h>
#include <string.h>

#define STORAGES_MOST 10000	/* as many as a sample has fields */

struct vm {
	struct arena *arena;
	const unsigned char *start, *p, *end;
	struct pv **stack, **memo;
	size_t n, room, memo_n, memo_room;
	struct pickle_storage *storages;
	size_t storages_n;	/* of this pickle's own */
	bool inside;		/* reading the bytes of another pickle */
};

static struct pv mark = { .kind = PV_MARK }, none = { .kind = PV_NONE };

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

/* Names for the message only: these are all refused. */
static const struct {
	unsigned char code;
	const char *name;
} refused[] = {
	{ 'i', "INST" }, { 'o', "OBJ" }, { 'P', "PERSID" },
	{ 0x81, "NEWOBJ" }, { 0x92, "NEWOBJ_EX" }, { 0x82, "EXT1" },
	{ 0x83, "EXT2" }, { 0x84, "EXT4" },
	{ 0x97, "NEXT_BUFFER" }, { 0x98, "READONLY_BUFFER" }, { 'F', "FLOAT" },
	{ 'I', "INT" }, { 'L', "LONG" }, { 'S', "STRING" }, { 'V', "UNICODE" },
	{ 'p', "PUT" }, { 'g', "GET" }, { 'd', "DICT" }, { 'l', "LIST" },
	{ '2', "DUP" },
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

static size_t
at(const struct vm *vm)
{
	return (size_t)(vm->p - vm->start);
}

static enum status
refuse(const struct vm *vm, int code)
{
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (refused[i].code == code)
			return fail(E_FORMAT, "pickle opcode %s before byte "
			    "%zu is refused", refused[i].name, at(vm));
	return fail(E_FORMAT, "pickle opcode 0x%02x before byte %zu is refused",
	    (unsigned)code, at(vm));
}

/* -- bytes -------------------------------------------------------------- */

static enum status
take(struct vm *vm, const unsigned char **p, size_t n)
{
	if (n > (size_t)(vm->end - vm->p))
		return fail(E_TRUNC, "pickle ends at byte %zu in an opcode",
		    (size_t)(vm->end - vm->start));
	*p = vm->p;
	vm->p += n;
	return OK;
}

/* An unsigned number of n <= 8 bytes, little-endian. */
static enum status
take_uint(struct vm *vm, uint64_t *v, size_t n)
{
	const unsigned char *p = NULL;

	TRY(take(vm, &p, n));
	*v = 0;
	for (size_t i = n; i-- > 0;)
		*v = *v << 8 | p[i];
	return OK;
}

/* Up to and without the next newline, as text in the arena. */
static enum status
take_line(struct vm *vm, char **text)
{
	const unsigned char *p = vm->p,
	    *nl = memchr(p, '\n', (size_t)(vm->end - p));

	if (!nl)
		return fail(E_TRUNC, "pickle ends in a name");
	*text = arena_printf(vm->arena, "%.*s", (int)(nl - p),
	    (const char *)p);
	vm->p = nl + 1;
	return *text ? OK : E_NOMEM;
}

/* -- the stack ---------------------------------------------------------- */

static enum status
append(struct arena *a, struct pv ***list, size_t *n, size_t *room,
    struct pv *v)
{
	if (*n == *room) {
		size_t more = *room ? 2 * *room : 16;
		struct pv **p = arena_calloc(a, more, sizeof *p);

		if (!p)
			return E_NOMEM;
		if (*n)
			memcpy(p, *list, *n * sizeof *p);
		*list = p;
		*room = more;
	}
	(*list)[(*n)++] = v;
	return OK;
}

static enum status
push(struct vm *vm, struct pv *v)
{
	return append(vm->arena, &vm->stack, &vm->n, &vm->room, v);
}

/* Pushes a new value; *v for the caller to fill in. */
static enum status
push_new(struct vm *vm, enum pv_kind kind, struct pv **v)
{
	if ((*v = arena_calloc(vm->arena, 1, sizeof **v)) == NULL)
		return E_NOMEM;
	(*v)->kind = kind;
	return push(vm, *v);
}

/* What is read past: name is that of its class. */
static enum status
push_object(struct vm *vm, const char *name)
{
	struct pv *v;

	TRY(push_new(vm, PV_OBJECT, &v));
	v->u.str = name;
	return OK;
}

static enum status
push_int(struct vm *vm, int64_t i)
{
	struct pv *v;

	TRY(push_new(vm, PV_INT, &v));
	v->u.i = i;
	return OK;
}

/* The value k below the top, which must not reach a mark. */
static enum status
peek(const struct vm *vm, size_t k, struct pv **v)
{
	if (k >= vm->n || vm->stack[vm->n - 1 - k]->kind == PV_MARK)
		return fail(E_FORMAT, "pickle stack is empty at byte %zu",
		    at(vm));
	*v = vm->stack[vm->n - 1 - k];
	return OK;
}

static enum status
pop(struct vm *vm, struct pv **v)
{
	TRY(peek(vm, 0, v));
	vm->n--;
	return OK;
}

/* Index of the first value above the topmost mark. */
static enum status
above_mark(const struct vm *vm, size_t *first)
{
	for (size_t i = vm->n; i-- > 0;)
		if (vm->stack[i]->kind == PV_MARK) {
			*first = i + 1;
			return OK;
		}
	return fail(E_FORMAT, "pickle has no mark at byte %zu", at(vm));
}

static enum status
is_kind(const struct vm *vm, const struct pv *v, enum pv_kind kind)
{
	static const char *const names[] = { "none", "a number", "a float",
		"a text", "a tuple", "a list", "a dict", "a global",
		"a storage", "a tensor", "an object", "a mark" };

	return v->kind == kind ? OK : fail(E_FORMAT, "pickle has %s before "
	    "byte %zu, want %s", names[v->kind], at(vm), names[kind]);
}

/* -- opcodes ------------------------------------------------------------ */

static enum status
op_text(struct vm *vm, size_t width)
{
	uint64_t n;
	const unsigned char *p = NULL;
	struct pv *v;

	TRY(take_uint(vm, &n, width));
	TRY(take(vm, &p, n));
	if (memchr(p, 0, n))	/* the bytes of a numpy scalar, as latin1 */
		return push_object(vm, "text");
	TRY(push_new(vm, PV_STR, &v));
	v->u.str = arena_printf(vm->arena, "%.*s", (int)n, (const char *)p);
	return v->u.str ? OK : E_NOMEM;
}

static enum status
op_long1(struct vm *vm)
{
	uint64_t n, v;

	TRY(take_uint(vm, &n, 1));
	if (n > 8) {
		const unsigned char *p;

		TRY(take(vm, &p, n));
		return push_object(vm, "number");
	}
	TRY(take_uint(vm, &v, n));
	if (n > 0 && n < 8 && v >> (8 * n - 1))
		v |= ~(uint64_t)0 << 8 * n;	/* two's complement */
	return push_int(vm, (int64_t)v);
}

static enum status
op_float(struct vm *vm)
{
	uint64_t bits = 0;
	const unsigned char *p = NULL;
	struct pv *v;

	TRY(take(vm, &p, 8));
	for (int i = 0; i < 8; i++)		/* the only big-endian one */
		bits = bits << 8 | p[i];
	TRY(push_new(vm, PV_FLOAT, &v));
	memcpy(&v->u.f, &bits, sizeof bits);
	return OK;
}

/* Pops the values from `first` up into a new tuple; drop more below them. */
static enum status
make_tuple(struct vm *vm, size_t first, size_t drop)
{
	size_t n = vm->n - first;
	struct pv *v = arena_calloc(vm->arena, 1, sizeof *v);

	if (!v)
		return E_NOMEM;
	v->kind = PV_TUPLE;
	for (size_t i = 0; i < n; i++)
		TRY(append(vm->arena, &v->u.seq.at, &v->u.seq.n,
		    &v->u.seq.room, vm->stack[first + i]));
	vm->n = first - drop;
	return push(vm, v);
}

static enum status
op_tuple_n(struct vm *vm, size_t n)
{
	struct pv *v;

	for (size_t k = 0; k < n; k++)
		TRY(peek(vm, k, &v));
	return make_tuple(vm, vm->n - n, 0);
}

/* Moves the values from `first` up into the list or dict below `drop`. */
static enum status
op_extend(struct vm *vm, size_t first, size_t drop, enum pv_kind kind)
{
	size_t n = vm->n - first;

	if (first < drop + 1)
		return fail(E_FORMAT, "pickle stack is empty at byte %zu",
		    at(vm));
	struct pv *to = vm->stack[first - drop - 1];

	/* A class of one's own that is filled as a dict or a list is one. */
	if (to->kind == PV_OBJECT)
		*to = (struct pv){ .kind = kind };
	TRY(is_kind(vm, to, kind));
	if (kind == PV_DICT && n % 2)
		return fail(E_FORMAT, "pickle has a key without a value before "
		    "byte %zu", at(vm));
	for (size_t i = 0; i < n; i++)
		TRY(append(vm->arena, &to->u.seq.at, &to->u.seq.n,
		    &to->u.seq.room, vm->stack[first + i]));
	vm->n = first - drop;
	return OK;
}

static enum status
op_put(struct vm *vm, uint64_t i)
{
	struct pv *v = NULL;

	TRY(peek(vm, 0, &v));
	/* Picklers count up; a gap would be a table of holes. */
	if (i < vm->memo_n) {
		vm->memo[i] = v;
		return OK;
	}
	while (vm->memo_n < i) {
		if (i > (uint64_t)(vm->end - vm->start))
			return fail(E_FORMAT, "pickle memo %llu before byte %zu "
			    "is out of order", (unsigned long long)i, at(vm));
		TRY(append(vm->arena, &vm->memo, &vm->memo_n, &vm->memo_room,
		    NULL));
	}
	return append(vm->arena, &vm->memo, &vm->memo_n, &vm->memo_room, v);
}

static enum status
op_get(struct vm *vm, uint64_t i)
{
	if (i >= vm->memo_n || !vm->memo[i])
		return fail(E_FORMAT, "pickle memo %llu before byte %zu was "
		    "never stored", (unsigned long long)i, at(vm));
	return push(vm, vm->memo[i]);
}

static enum status
push_global(struct vm *vm, const char *module, const char *name)
{
	char full[256];
	struct pv *v;

	snprintf(full, sizeof full, "%s.%s", module, name);
	for (size_t i = 0; i < sizeof globals / sizeof *globals; i++)
		if (strcmp(full, globals[i].name) == 0) {
			TRY(push_new(vm, PV_GLOBAL, &v));
			v->u.global = (int)i;
			return OK;
		}
	if (is_one_of(module, harmful, sizeof harmful / sizeof *harmful) &&
	    !is_one_of(full, harmless, sizeof harmless / sizeof *harmless))
		return fail(E_FORMAT, "pickle names %s before byte %zu: refused, "
		    "no weights need it", full, at(vm));
	char *text = arena_strdup(vm->arena, full);

	return text ? push_object(vm, text) : E_NOMEM;
}

static enum status
op_global(struct vm *vm)
{
	char *module = NULL, *name = NULL;

	TRY(take_line(vm, &module));
	TRY(take_line(vm, &name));
	return push_global(vm, module, name);
}

static enum status
op_stack_global(struct vm *vm)
{
	struct pv *name = NULL, *module = NULL;

	TRY(pop(vm, &name));
	TRY(pop(vm, &module));
	TRY(is_kind(vm, name, PV_STR));
	TRY(is_kind(vm, module, PV_STR));
	return push_global(vm, module->u.str, name->u.str);
}

/* ('storage', torch.FloatStorage, key, location, elements[, None]) */
static enum status
op_persistent_id(struct vm *vm)
{
	struct pv *id = NULL, *v;

	TRY(pop(vm, &id));
	TRY(is_kind(vm, id, PV_TUPLE));
	struct pv **f = id->u.seq.at;

	if (id->u.seq.n < 5 || id->u.seq.n > 6 || f[0]->kind != PV_STR ||
	    strcmp(f[0]->u.str, "storage") != 0 || (f[1]->kind != PV_GLOBAL &&
	    f[1]->kind != PV_OBJECT) || f[2]->kind != PV_STR || f[4]->kind != PV_INT)
		return fail(E_FORMAT, "pickle has a persistent id before byte "
		    "%zu that is no storage", at(vm));
	if (f[1]->kind == PV_OBJECT)
		return fail(E_FORMAT, "pickle has a %s before byte %zu: refused, "
		    "not a type of numbers that is known", f[1]->u.str, at(vm));
	if (
	    globals[f[1]->u.global].what != G_STORAGE || f[2]->kind != PV_STR ||
	    f[4]->kind != PV_INT || f[4]->u.i < 0)
		return fail(E_FORMAT, "pickle has a persistent id before byte "
		    "%zu that is no storage", at(vm));
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
	TRY(push_new(vm, PV_STORAGE, &v));
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
make_tensor(struct vm *vm, const struct pv *args)
{
	struct pv **f = args->u.seq.at, *v;

	if (args->u.seq.n < 4 || f[0]->kind != PV_STORAGE || !is_size(f[1]) ||
	    f[2]->kind != PV_TUPLE || f[3]->kind != PV_TUPLE ||
	    f[2]->u.seq.n != f[3]->u.seq.n)
		return fail(E_FORMAT, "pickle has a tensor before byte %zu "
		    "without storage, offset, sizes and strides", at(vm));
	size_t rank = f[2]->u.seq.n;

	if (rank > TENSOR_MAX_RANK)
		return fail(E_LIMIT, "pickle has a tensor of rank %zu before "
		    "byte %zu, want at most %d", rank, at(vm),
		    TENSOR_MAX_RANK);
	TRY(push_new(vm, PV_TENSOR, &v));
	v->u.tensor.storage = f[0]->u.storage;
	v->u.tensor.offset = (size_t)f[1]->u.i;
	v->u.tensor.rank = (int)rank;
	for (size_t i = 0; i < rank; i++) {
		const struct pv *dim = f[2]->u.seq.at[i],
		    *stride = f[3]->u.seq.at[i];

		if (!is_size(dim) || !is_size(stride))
			return fail(E_FORMAT, "pickle has a tensor before byte "
			    "%zu with a negative size or stride", at(vm));
		v->u.tensor.dim[i] = (size_t)dim->u.i;
		v->u.tensor.stride[i] = (size_t)stride->u.i;
	}
	return OK;
}

/* OrderedDict() or OrderedDict([[key, value], ...]), which Python 2 wrote. */
static enum status
make_dict(struct vm *vm, const struct pv *args)
{
	struct pv *v;

	TRY(push_new(vm, PV_DICT, &v));
	if (args->u.seq.n == 0)
		return OK;
	const struct pv *pairs = args->u.seq.at[0];

	if (args->u.seq.n > 1)
		return fail(E_FORMAT, "OrderedDict of %zu arguments before "
		    "byte %zu", args->u.seq.n, at(vm));
	TRY(is_kind(vm, pairs, PV_LIST));
	for (size_t i = 0; i < pairs->u.seq.n; i++) {
		const struct pv *pair = pairs->u.seq.at[i];

		if ((pair->kind != PV_LIST && pair->kind != PV_TUPLE) ||
		    pair->u.seq.n != 2)
			return fail(E_FORMAT, "OrderedDict of what are no pairs "
			    "before byte %zu", at(vm));
		for (size_t k = 0; k < 2; k++)
			TRY(append(vm->arena, &v->u.seq.at, &v->u.seq.n,
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
static enum status
make_object(struct vm *vm, const struct pv *class, struct pv *args)
{
	if (holds_tensor(args, 2))
		return fail(E_FORMAT, "pickle calls %s with a tensor before byte "
		    "%zu: refused, not known", class->u.str, at(vm));
	TRY(push_object(vm, class->u.str));
	vm->stack[vm->n - 1]->u.object.args = args;
	return OK;
}

/* CLASS.__new__(ARGS): of classes that are not known alone. */
static enum status
op_new(struct vm *vm, int code)
{
	struct pv *class = NULL, *args = NULL;

	if (code == 0x92)
		TRY(pop(vm, &args));
	TRY(pop(vm, &args));
	TRY(pop(vm, &class));
	return class->kind == PV_OBJECT ? make_object(vm, class, args) :
	    refuse(vm, code);
}

/* n bytes, which stay where they are. */
static enum status
op_bytes(struct vm *vm, size_t width, const char *name)
{
	const unsigned char *p = NULL;
	uint64_t n;

	TRY(take_uint(vm, &n, width));
	TRY(take(vm, &p, n));
	TRY(push_object(vm, name));
	vm->stack[vm->n - 1]->u.object.bytes = p;
	vm->stack[vm->n - 1]->u.object.n = n;
	return OK;
}

static enum status run(struct vm *vm, struct pv **top);

/*
 * torch.storage._load_from_bytes(bytes), which is how a tensor goes into a plain
 * pickle: five pickles (magic number, version, system, storage, keys), the
 * number of elements, and these.
 */
static enum status
load_storage(struct vm *vm, const struct pv *args)
{
	const struct pv *b = args->u.seq.n == 1 ? args->u.seq.at[0] : &none;
	struct pv *top = NULL, *storage = NULL;
	uint64_t len;

	if (vm->inside || b->kind != PV_OBJECT || !b->u.object.bytes)
		return fail(E_FORMAT, "pickle calls torch.storage._load_from_bytes "
		    "without bytes before byte %zu", at(vm));
	struct vm in = { .arena = vm->arena, .start = b->u.object.bytes,
		.p = b->u.object.bytes, .inside = true };

	in.end = in.p + b->u.object.n;
	for (int i = 0; i < 5; i++) {
		TRY(run(&in, &top));
		storage = i == 3 ? top : storage;
	}
	TRY(is_kind(&in, storage, PV_STORAGE));
	TRY(take_uint(&in, &len, 8));
	struct pickle_storage *s = storage->u.storage;

	if (len != s->len || len > (size_t)(in.end - in.p) / elem_size(s->elem))
		return fail(E_TRUNC, "pickle has a storage of %zu elements before "
		    "byte %zu that are not all there", s->len, at(vm));
	s->data = in.p;
	return push(vm, storage);
}

/* The one opcode that in Python calls a function. Here it selects a case. */
static enum status
op_reduce(struct vm *vm)
{
	struct pv *args = NULL, *callee = NULL;

	TRY(pop(vm, &args));
	TRY(pop(vm, &callee));
	TRY(is_kind(vm, args, PV_TUPLE));
	if (callee->kind == PV_OBJECT)
		return make_object(vm, callee, args);
	TRY(is_kind(vm, callee, PV_GLOBAL));
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
		TRY(is_kind(vm, args->u.seq.at[0], PV_TENSOR));
		return push(vm, args->u.seq.at[0]);
	}
	return fail(E_FORMAT, "pickle calls %s before byte %zu: refused",
	    globals[callee->u.global].name, at(vm));
}

/* OrderedDict's attributes (_metadata of a state_dict) are not needed. */
static enum status
op_build(struct vm *vm)
{
	struct pv *state = NULL, *object = NULL;

	TRY(pop(vm, &state));
	TRY(peek(vm, 0, &object));
	if (object->kind != PV_OBJECT)
		return is_kind(vm, object, PV_DICT);
	object->u.object.state = state;
	return OK;
}

static enum status
op_protocol(struct vm *vm)
{
	uint64_t v;

	TRY(take_uint(vm, &v, 1));
	return v <= 5 ? OK : fail(E_FORMAT, "pickle protocol %u, want at most "
	    "5", (unsigned)v);
}

/* Opcodes that put numbers, texts and constants on the stack. */
static enum status
step_value(struct vm *vm, int code)
{
	uint64_t v;
	struct pv *new;

	switch (code) {
	case 'N':
		return push(vm, &none);
	case 0x88:			/* NEWTRUE */
	case 0x89:			/* NEWFALSE */
		return push_int(vm, code == 0x88);
	case 'K':			/* BININT1 */
		TRY(take_uint(vm, &v, 1));
		return push_int(vm, (int64_t)v);
	case 'M':			/* BININT2 */
		TRY(take_uint(vm, &v, 2));
		return push_int(vm, (int64_t)v);
	case 'J':			/* BININT */
		TRY(take_uint(vm, &v, 4));
		return push_int(vm, (int32_t)(uint32_t)v);
	case 0x8a:			/* LONG1 */
		return op_long1(vm);
	case 'G':			/* BINFLOAT */
		return op_float(vm);
	case 'U':			/* SHORT_BINSTRING */
	case 0x8c:			/* SHORT_BINUNICODE */
		return op_text(vm, 1);
	case 'T':			/* BINSTRING */
	case 'X':			/* BINUNICODE */
		return op_text(vm, 4);
	case 0x8d:			/* BINUNICODE8 */
		return op_text(vm, 8);
	case 0x8b:			/* LONG4 */
		return op_bytes(vm, 4, "number");
	case 'C':			/* SHORT_BINBYTES */
		return op_bytes(vm, 1, "bytes");
	case 'B':			/* BINBYTES */
		return op_bytes(vm, 4, "bytes");
	case 0x8e:			/* BINBYTES8 */
	case 0x96:			/* BYTEARRAY8 */
		return op_bytes(vm, 8, "bytes");
	case 0x8f:			/* EMPTY_SET */
		return push_object(vm, "set");
	case '}':
		return push_new(vm, PV_DICT, &new);
	case ']':
		return push_new(vm, PV_LIST, &new);
	case ')':
		return push_new(vm, PV_TUPLE, &new);
	}
	return refuse(vm, code);
}

/* Opcodes that put values together and name them. */
static enum status
step(struct vm *vm, int code)
{
	uint64_t v;
	size_t first = 0;
	struct pv *top = NULL;

	switch (code) {
	case 0x80:			/* PROTO */
		return op_protocol(vm);
	case 0x95:			/* FRAME: a hint for readers of files */
		return take_uint(vm, &v, 8);
	case '(':
		return push(vm, &mark);
	case '0':			/* POP */
		return pop(vm, &top);
	case '1':			/* POP_MARK */
		TRY(above_mark(vm, &first));
		vm->n = first - 1;
		return OK;
	case 't':
		TRY(above_mark(vm, &first));
		return make_tuple(vm, first, 1);
	case 0x85:			/* TUPLE1 */
	case 0x86:
	case 0x87:
		return op_tuple_n(vm, (size_t)code - 0x84);
	case 'a':			/* APPEND */
		TRY(peek(vm, 0, &top));
		return op_extend(vm, vm->n - 1, 0, PV_LIST);
	case 'e':			/* APPENDS */
		TRY(above_mark(vm, &first));
		return op_extend(vm, first, 1, PV_LIST);
	case 's':			/* SETITEM */
		TRY(peek(vm, 0, &top));
		TRY(peek(vm, 1, &top));
		return op_extend(vm, vm->n - 2, 0, PV_DICT);
	case 'u':			/* SETITEMS */
		TRY(above_mark(vm, &first));
		return op_extend(vm, first, 1, PV_DICT);
	case 0x90:			/* ADDITEMS */
		TRY(above_mark(vm, &first));
		vm->n = first - 1;
		TRY(peek(vm, 0, &top));
		return is_kind(vm, top, PV_OBJECT);
	case 0x91:			/* FROZENSET */
		TRY(above_mark(vm, &first));
		vm->n = first - 1;
		return push_object(vm, "frozenset");
	case 0x81:			/* NEWOBJ */
	case 0x92:			/* NEWOBJ_EX */
		return op_new(vm, code);
	case 'q':			/* BINPUT */
		TRY(take_uint(vm, &v, 1));
		return op_put(vm, v);
	case 'r':			/* LONG_BINPUT */
		TRY(take_uint(vm, &v, 4));
		return op_put(vm, v);
	case 0x94:			/* MEMOIZE */
		return op_put(vm, vm->memo_n);
	case 'h':			/* BINGET */
		TRY(take_uint(vm, &v, 1));
		return op_get(vm, v);
	case 'j':			/* LONG_BINGET */
		TRY(take_uint(vm, &v, 4));
		return op_get(vm, v);
	case 'c':
		return op_global(vm);
	case 0x93:
		return op_stack_global(vm);
	case 'Q':
		return op_persistent_id(vm);
	case 'R':
		return op_reduce(vm);
	case 'b':
		return op_build(vm);
	}
	return step_value(vm, code);
}

/* One pickle, up to its end. */
static enum status
run(struct vm *vm, struct pv **top)
{
	const unsigned char *code = NULL;

	for (;;) {
		TRY(take(vm, &code, 1));
		if (*code == '.')
			return pop(vm, top);
		TRY(step(vm, *code));
	}
}

enum status
pickle_read(struct pv **top, size_t *used, struct pickle_storage **storages,
    struct arena *a, const void *buf, size_t n)
{
	struct vm vm = { .arena = a, .start = buf, .p = buf,
		.end = (const unsigned char *)buf + n, .storages = *storages };

	TRY(run(&vm, top));
	*used = at(&vm);
	*storages = vm.storages;
	return OK;
}

const struct pv *
pickle_get(const struct pv *dict, const char *key)
{
	if (dict->kind == PV_OBJECT && dict->u.object.state)
		dict = dict->u.object.state;
	for (size_t i = 0; dict->kind == PV_DICT && i + 1 < dict->u.seq.n;
	    i += 2)
		if (dict->u.seq.at[i]->kind == PV_STR &&
		    strcmp(dict->u.seq.at[i]->u.str, key) == 0)
			return dict->u.seq.at[i + 1];
	return NULL;
}
