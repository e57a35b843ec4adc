/*
 * The machine of pickle.h in its parts, which nobody else includes: bytes and
 * stack in picklevm.c, opcodes in pickle.c, what they may name and call in
 * picklecall.c. All of it lives in the arena; the statuses are pickle_read's.
 */
#ifndef WEIGHTS_PICKLEVM_H
#define WEIGHTS_PICKLEVM_H

#include "weights/pickle.h"

struct pickle_vm {
	struct arena *arena;
	const unsigned char *start, *p, *end;
	struct pv **stack, **memo;
	size_t n, room, memo_n, memo_room;
	struct pickle_storage *storages;
	size_t storages_n;	/* of this pickle's own */
	bool inside;		/* reading the bytes of another pickle */
};

size_t vm_at(const struct pickle_vm *vm);	/* the byte that is next */

/* The next n bytes; an unsigned number of n <= 8, little-endian; up to and
   without the next newline, as text in the arena. */
MUST_CHECK enum status vm_take(struct pickle_vm *vm, const unsigned char **p,
    size_t n);
MUST_CHECK enum status vm_take_uint(struct pickle_vm *vm, uint64_t *v,
    size_t n);
MUST_CHECK enum status vm_take_line(struct pickle_vm *vm, char **text);

/* To a list that grows. */
MUST_CHECK enum status vm_append(struct arena *a, struct pv ***list,
    size_t *n, size_t *room, struct pv *v);

/* A value; a new one that *v is to fill; an object of a class; a number. */
MUST_CHECK enum status vm_push(struct pickle_vm *vm, struct pv *v);
MUST_CHECK enum status vm_push_new(struct pickle_vm *vm, enum pv_kind kind,
    struct pv **v);
MUST_CHECK enum status vm_push_object(struct pickle_vm *vm, const char *class);
MUST_CHECK enum status vm_push_int(struct pickle_vm *vm, int64_t i);

/* The value k below the top, which must not reach a mark; the top, taken. */
MUST_CHECK enum status vm_peek(const struct pickle_vm *vm, size_t k,
    struct pv **v);
MUST_CHECK enum status vm_pop(struct pickle_vm *vm, struct pv **v);

/* Index of the first value above the topmost mark. */
MUST_CHECK enum status vm_above_mark(const struct pickle_vm *vm,
    size_t *first);
MUST_CHECK enum status vm_is_kind(const struct pickle_vm *vm,
    const struct pv *v, enum pv_kind kind);

/* Pushes what has that name. */
MUST_CHECK enum status vm_name(struct pickle_vm *vm, const char *module,
    const char *name);

/* What the opcodes BINPERSID and REDUCE do; and class(args...) of an object. */
MUST_CHECK enum status vm_persistent(struct pickle_vm *vm);
MUST_CHECK enum status vm_reduce(struct pickle_vm *vm);
MUST_CHECK enum status vm_object(struct pickle_vm *vm, const struct pv *class,
    struct pv *args);

/* One pickle, up to its end. */
MUST_CHECK enum status vm_run(struct pickle_vm *vm, struct pv **top);

#endif
