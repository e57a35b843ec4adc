/*
 * The stack machine of Python's pickletools, cut down to what torch.save
 * writes. Opcode letters and their meaning: pickletools.py of CPython.
 */
#include "weights/pickle.h"

#include <string.h>

#include "weights/picklevm.h"

static struct pv mark = { .kind = PV_MARK }, none = { .kind = PV_NONE };

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

static enum status
refuse(const struct pickle_vm *vm, int code)
{
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (refused[i].code == code)
			return fail(E_FORMAT, "pickle opcode %s before byte "
			    "%zu is refused", refused[i].name, vm_at(vm));
	return fail(E_FORMAT, "pickle opcode 0x%02x before byte %zu is refused",
	    (unsigned)code, vm_at(vm));
}

static enum status
op_text(struct pickle_vm *vm, size_t width)
{
	uint64_t n;
	const unsigned char *p = NULL;
	struct pv *v;

	TRY(vm_take_uint(vm, &n, width));
	TRY(vm_take(vm, &p, n));
	if (memchr(p, 0, n))	/* the bytes of a numpy scalar, as latin1 */
		return vm_push_object(vm, "text");
	TRY(vm_push_new(vm, PV_STR, &v));
	v->u.str = arena_printf(vm->arena, "%.*s", (int)n, (const char *)p);
	return v->u.str ? OK : E_NOMEM;
}

static enum status
op_long1(struct pickle_vm *vm)
{
	uint64_t n, v;

	TRY(vm_take_uint(vm, &n, 1));
	if (n > 8) {
		const unsigned char *p;

		TRY(vm_take(vm, &p, n));
		return vm_push_object(vm, "number");
	}
	TRY(vm_take_uint(vm, &v, n));
	if (n > 0 && n < 8 && v >> (8 * n - 1))
		v |= ~(uint64_t)0 << 8 * n;	/* two's complement */
	return vm_push_int(vm, (int64_t)v);
}

static enum status
op_float(struct pickle_vm *vm)
{
	uint64_t bits = 0;
	const unsigned char *p = NULL;
	struct pv *v;

	TRY(vm_take(vm, &p, 8));
	for (int i = 0; i < 8; i++)		/* the only big-endian one */
		bits = bits << 8 | p[i];
	TRY(vm_push_new(vm, PV_FLOAT, &v));
	memcpy(&v->u.f, &bits, sizeof bits);
	return OK;
}

/* Pops the values from `first` up into a new tuple; drop more below them. */
static enum status
make_tuple(struct pickle_vm *vm, size_t first, size_t drop)
{
	size_t n = vm->n - first;
	struct pv *v = arena_calloc(vm->arena, 1, sizeof *v);

	if (!v)
		return E_NOMEM;
	v->kind = PV_TUPLE;
	for (size_t i = 0; i < n; i++)
		TRY(vm_append(vm->arena, &v->u.seq.at, &v->u.seq.n,
		    &v->u.seq.room, vm->stack[first + i]));
	vm->n = first - drop;
	return vm_push(vm, v);
}

static enum status
op_tuple_n(struct pickle_vm *vm, size_t n)
{
	struct pv *v;

	for (size_t k = 0; k < n; k++)
		TRY(vm_peek(vm, k, &v));
	return make_tuple(vm, vm->n - n, 0);
}

/* Moves the values from `first` up into the list or dict below `drop`. */
static enum status
op_extend(struct pickle_vm *vm, size_t first, size_t drop, enum pv_kind kind)
{
	size_t n = vm->n - first;

	if (first < drop + 1)
		return fail(E_FORMAT, "pickle stack is empty at byte %zu",
		    vm_at(vm));
	struct pv *to = vm->stack[first - drop - 1];

	/* A class of one's own that is filled as a dict or a list is one. */
	if (to->kind == PV_OBJECT)
		*to = (struct pv){ .kind = kind };
	TRY(vm_is_kind(vm, to, kind));
	if (kind == PV_DICT && n % 2)
		return fail(E_FORMAT, "pickle has a key without a value before "
		    "byte %zu", vm_at(vm));
	for (size_t i = 0; i < n; i++)
		TRY(vm_append(vm->arena, &to->u.seq.at, &to->u.seq.n,
		    &to->u.seq.room, vm->stack[first + i]));
	vm->n = first - drop;
	return OK;
}

static enum status
op_put(struct pickle_vm *vm, uint64_t i)
{
	struct pv *v = NULL;

	TRY(vm_peek(vm, 0, &v));
	/* Picklers count up; a gap would be a table of holes. */
	if (i < vm->memo_n) {
		vm->memo[i] = v;
		return OK;
	}
	while (vm->memo_n < i) {
		if (i > (uint64_t)(vm->end - vm->start))
			return fail(E_FORMAT, "pickle memo %llu before byte %zu "
			    "is out of order", (unsigned long long)i, vm_at(vm));
		TRY(vm_append(vm->arena, &vm->memo, &vm->memo_n, &vm->memo_room,
		    NULL));
	}
	return vm_append(vm->arena, &vm->memo, &vm->memo_n, &vm->memo_room, v);
}

static enum status
op_get(struct pickle_vm *vm, uint64_t i)
{
	if (i >= vm->memo_n || !vm->memo[i])
		return fail(E_FORMAT, "pickle memo %llu before byte %zu was "
		    "never stored", (unsigned long long)i, vm_at(vm));
	return vm_push(vm, vm->memo[i]);
}

static enum status
op_global(struct pickle_vm *vm)
{
	char *module = NULL, *name = NULL;

	TRY(vm_take_line(vm, &module));
	TRY(vm_take_line(vm, &name));
	return vm_name(vm, module, name);
}

static enum status
op_stack_global(struct pickle_vm *vm)
{
	struct pv *name = NULL, *module = NULL;

	TRY(vm_pop(vm, &name));
	TRY(vm_pop(vm, &module));
	TRY(vm_is_kind(vm, name, PV_STR));
	TRY(vm_is_kind(vm, module, PV_STR));
	return vm_name(vm, module->u.str, name->u.str);
}

/* CLASS.__new__(ARGS): of classes that are not known alone. */
static enum status
op_new(struct pickle_vm *vm, int code)
{
	struct pv *class = NULL, *args = NULL;

	if (code == 0x92)
		TRY(vm_pop(vm, &args));
	TRY(vm_pop(vm, &args));
	TRY(vm_pop(vm, &class));
	return class->kind == PV_OBJECT ? vm_object(vm, class, args) :
	    refuse(vm, code);
}

/* n bytes, which stay where they are. */
static enum status
op_bytes(struct pickle_vm *vm, size_t width, const char *name)
{
	const unsigned char *p = NULL;
	uint64_t n;

	TRY(vm_take_uint(vm, &n, width));
	TRY(vm_take(vm, &p, n));
	TRY(vm_push_object(vm, name));
	vm->stack[vm->n - 1]->u.object.bytes = p;
	vm->stack[vm->n - 1]->u.object.n = n;
	return OK;
}

/* OrderedDict's attributes (_metadata of a state_dict) are not needed. */
static enum status
op_build(struct pickle_vm *vm)
{
	struct pv *state = NULL, *object = NULL;

	TRY(vm_pop(vm, &state));
	TRY(vm_peek(vm, 0, &object));
	if (object->kind != PV_OBJECT)
		return vm_is_kind(vm, object, PV_DICT);
	object->u.object.state = state;
	return OK;
}

static enum status
op_protocol(struct pickle_vm *vm)
{
	uint64_t v;

	TRY(vm_take_uint(vm, &v, 1));
	return v <= 5 ? OK : fail(E_FORMAT, "pickle protocol %u, want at most "
	    "5", (unsigned)v);
}

/* Opcodes that put numbers, texts and constants on the stack. */
static enum status
step_value(struct pickle_vm *vm, int code)
{
	uint64_t v;
	struct pv *new;

	switch (code) {
	case 'N':
		return vm_push(vm, &none);
	case 0x88:			/* NEWTRUE */
	case 0x89:			/* NEWFALSE */
		return vm_push_int(vm, code == 0x88);
	case 'K':			/* BININT1 */
		TRY(vm_take_uint(vm, &v, 1));
		return vm_push_int(vm, (int64_t)v);
	case 'M':			/* BININT2 */
		TRY(vm_take_uint(vm, &v, 2));
		return vm_push_int(vm, (int64_t)v);
	case 'J':			/* BININT */
		TRY(vm_take_uint(vm, &v, 4));
		return vm_push_int(vm, (int32_t)(uint32_t)v);
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
		return vm_push_object(vm, "set");
	case '}':
		return vm_push_new(vm, PV_DICT, &new);
	case ']':
		return vm_push_new(vm, PV_LIST, &new);
	case ')':
		return vm_push_new(vm, PV_TUPLE, &new);
	}
	return refuse(vm, code);
}

/* Opcodes that put values together and name them. */
static enum status
step(struct pickle_vm *vm, int code)
{
	uint64_t v;
	size_t first = 0;
	struct pv *top = NULL;

	switch (code) {
	case 0x80:			/* PROTO */
		return op_protocol(vm);
	case 0x95:			/* FRAME: a hint for readers of files */
		return vm_take_uint(vm, &v, 8);
	case '(':
		return vm_push(vm, &mark);
	case '0':			/* POP */
		return vm_pop(vm, &top);
	case '1':			/* POP_MARK */
		TRY(vm_above_mark(vm, &first));
		vm->n = first - 1;
		return OK;
	case 't':
		TRY(vm_above_mark(vm, &first));
		return make_tuple(vm, first, 1);
	case 0x85:			/* TUPLE1 */
	case 0x86:
	case 0x87:
		return op_tuple_n(vm, (size_t)code - 0x84);
	case 'a':			/* APPEND */
		TRY(vm_peek(vm, 0, &top));
		return op_extend(vm, vm->n - 1, 0, PV_LIST);
	case 'e':			/* APPENDS */
		TRY(vm_above_mark(vm, &first));
		return op_extend(vm, first, 1, PV_LIST);
	case 's':			/* SETITEM */
		TRY(vm_peek(vm, 0, &top));
		TRY(vm_peek(vm, 1, &top));
		return op_extend(vm, vm->n - 2, 0, PV_DICT);
	case 'u':			/* SETITEMS */
		TRY(vm_above_mark(vm, &first));
		return op_extend(vm, first, 1, PV_DICT);
	case 0x90:			/* ADDITEMS */
		TRY(vm_above_mark(vm, &first));
		vm->n = first - 1;
		TRY(vm_peek(vm, 0, &top));
		return vm_is_kind(vm, top, PV_OBJECT);
	case 0x91:			/* FROZENSET */
		TRY(vm_above_mark(vm, &first));
		vm->n = first - 1;
		return vm_push_object(vm, "frozenset");
	case 0x81:			/* NEWOBJ */
	case 0x92:			/* NEWOBJ_EX */
		return op_new(vm, code);
	case 'q':			/* BINPUT */
		TRY(vm_take_uint(vm, &v, 1));
		return op_put(vm, v);
	case 'r':			/* LONG_BINPUT */
		TRY(vm_take_uint(vm, &v, 4));
		return op_put(vm, v);
	case 0x94:			/* MEMOIZE */
		return op_put(vm, vm->memo_n);
	case 'h':			/* BINGET */
		TRY(vm_take_uint(vm, &v, 1));
		return op_get(vm, v);
	case 'j':			/* LONG_BINGET */
		TRY(vm_take_uint(vm, &v, 4));
		return op_get(vm, v);
	case 'c':
		return op_global(vm);
	case 0x93:
		return op_stack_global(vm);
	case 'Q':
		return vm_persistent(vm);
	case 'R':
		return vm_reduce(vm);
	case 'b':
		return op_build(vm);
	}
	return step_value(vm, code);
}

/* One pickle, up to its end. */
enum status
vm_run(struct pickle_vm *vm, struct pv **top)
{
	const unsigned char *code = NULL;

	for (;;) {
		TRY(vm_take(vm, &code, 1));
		if (*code == '.')
			return vm_pop(vm, top);
		TRY(step(vm, *code));
	}
}

enum status
pickle_read(struct pv **top, size_t *used, struct pickle_storage **storages,
    struct arena *a, const void *buf, size_t n)
{
	struct pickle_vm vm = { .arena = a, .start = buf, .p = buf,
		.end = (const unsigned char *)buf + n, .storages = *storages };

	TRY(vm_run(&vm, top));
	*used = vm_at(&vm);
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
