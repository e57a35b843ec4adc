/* Bytes and stack of the machine that reads a pickle. */
#include "weights/picklevm.h"

#include <string.h>

size_t
vm_at(const struct pickle_vm *vm)
{
	return (size_t)(vm->p - vm->start);
}

/* -- bytes -------------------------------------------------------------- */

enum status
vm_take(struct pickle_vm *vm, const unsigned char **p, size_t n)
{
	if (n > (size_t)(vm->end - vm->p))
		return fail(E_TRUNC, "pickle ends at byte %zu in an opcode",
		    (size_t)(vm->end - vm->start));
	*p = vm->p;
	vm->p += n;
	return OK;
}

enum status
vm_take_uint(struct pickle_vm *vm, uint64_t *v, size_t n)
{
	const unsigned char *p = NULL;

	TRY(vm_take(vm, &p, n));
	*v = 0;
	for (size_t i = n; i-- > 0;)
		*v = *v << 8 | p[i];
	return OK;
}

enum status
vm_take_line(struct pickle_vm *vm, char **text)
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

enum status
vm_append(struct arena *a, struct pv ***list, size_t *n, size_t *room,
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

enum status
vm_push(struct pickle_vm *vm, struct pv *v)
{
	return vm_append(vm->arena, &vm->stack, &vm->n, &vm->room, v);
}

enum status
vm_push_new(struct pickle_vm *vm, enum pv_kind kind, struct pv **v)
{
	if ((*v = arena_calloc(vm->arena, 1, sizeof **v)) == NULL)
		return E_NOMEM;
	(*v)->kind = kind;
	return vm_push(vm, *v);
}

enum status
vm_push_object(struct pickle_vm *vm, const char *name)
{
	struct pv *v;

	TRY(vm_push_new(vm, PV_OBJECT, &v));
	v->u.str = name;
	return OK;
}

enum status
vm_push_int(struct pickle_vm *vm, int64_t i)
{
	struct pv *v;

	TRY(vm_push_new(vm, PV_INT, &v));
	v->u.i = i;
	return OK;
}

enum status
vm_peek(const struct pickle_vm *vm, size_t k, struct pv **v)
{
	if (k >= vm->n || vm->stack[vm->n - 1 - k]->kind == PV_MARK)
		return fail(E_FORMAT, "pickle stack is empty at byte %zu",
		    vm_at(vm));
	*v = vm->stack[vm->n - 1 - k];
	return OK;
}

enum status
vm_pop(struct pickle_vm *vm, struct pv **v)
{
	TRY(vm_peek(vm, 0, v));
	vm->n--;
	return OK;
}

enum status
vm_above_mark(const struct pickle_vm *vm, size_t *first)
{
	for (size_t i = vm->n; i-- > 0;)
		if (vm->stack[i]->kind == PV_MARK) {
			*first = i + 1;
			return OK;
		}
	return fail(E_FORMAT, "pickle has no mark at byte %zu", vm_at(vm));
}

enum status
vm_is_kind(const struct pickle_vm *vm, const struct pv *v, enum pv_kind kind)
{
	static const char *const names[] = { "none", "a number", "a float",
		"a text", "a tuple", "a list", "a dict", "a global",
		"a storage", "a tensor", "an object", "a mark" };

	return v->kind == kind ? OK : fail(E_FORMAT, "pickle has %s before "
	    "byte %zu, want %s", names[v->kind], vm_at(vm), names[kind]);
}
