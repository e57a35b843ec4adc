/*
 * Memory that is not there ends a program in one place. The libraries that we
 * call, and the places of ours that build JSON, are many; some ignore a failed
 * malloc and lose what they were to write, some exit by themselves. So the
 * programs have malloc, calloc, realloc and their kind of their own, which call
 * those of the C library, and where these fail, `dies`, which does not return.
 * Arenas do not come here: they have address space and report E_NOMEM.
 */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <stddef.h>

/* From now on; NULL: failures are returned to the caller, as they are at first. */
void memory_guard(void (*dies)(size_t n));

#endif
