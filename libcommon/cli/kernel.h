/*
 * The kind of processor that the library is for, where there are several
 * (make SHARED=1) and the loader has chosen one: DUALTEX_KERNEL names another.
 */
#ifndef CLI_KERNEL_H
#define CLI_KERNEL_H

/* "x86-64-v3", or NULL where there is only one library. */
const char *kernel_name(void);

/*
 * Starts the program again with the library that DUALTEX_KERNEL names. Dies
 * where there is none of that name, or the processor cannot run it.
 */
void kernel_choose(char **argv);

#endif
