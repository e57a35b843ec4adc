#include "math/gemm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <blis.h>
#pragma GCC diagnostic pop

#ifdef KERNEL
/*
 * One library of several (make SHARED=1): BLIS takes the kernels that belong
 * to it, not those that it would choose for the processor, so that the results
 * of a library are the same everywhere. It asks the environment, which others
 * that have a BLIS are not to inherit; and now, as there are no threads yet.
 */
static void __attribute__((constructor))
bind_kernels(void)
{
	static const struct {
		const char *name;
		arch_t arch;
	} of[] = {
		{ "x86-64-v2", BLIS_ARCH_PENRYN },
		{ "x86-64-v3", BLIS_ARCH_HASWELL },
		{ "x86-64-v4", BLIS_ARCH_SKX },
	};
	char number[16];

	for (size_t i = 0; i < sizeof of / sizeof *of; i++)
		if (strcmp(of[i].name, KERNEL) == 0) {
			snprintf(number, sizeof number, "%d", (int)of[i].arch);
			setenv("BLIS_ARCH_TYPE", number, 1);
		}
	bli_init();
	unsetenv("BLIS_ARCH_TYPE");
}
#endif

/* BLIS starts itself on the first call; several may make it at once. */
static void
init(void)
{
	bli_thread_set_num_threads(1);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

void
gemm(size_t m, size_t n, size_t k, const float *a, size_t rsa, size_t csa,
    const float *b, size_t rsb, size_t csb, float beta, float *c, size_t rsc)
{
	float one = 1;

	pthread_once(&once, init);
	/* BLIS only reads a and b, and says so nowhere in its types. */
	bli_sgemm(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, (dim_t)m, (dim_t)n,
	    (dim_t)k, &one, (float *)a, (inc_t)rsa, (inc_t)csa, (float *)b,
	    (inc_t)rsb, (inc_t)csb, &beta, c, (inc_t)rsc, 1);
}

void
gemm_double(size_t m, size_t n, size_t k, const double *a, size_t rsa,
    size_t csa, const double *b, size_t rsb, size_t csb, double beta,
    double *c, size_t rsc)
{
	double one = 1;

	pthread_once(&once, init);
	bli_dgemm(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, (dim_t)m, (dim_t)n,
	    (dim_t)k, &one, (double *)a, (inc_t)rsa, (inc_t)csa, (double *)b,
	    (inc_t)rsb, (inc_t)csb, &beta, c, (inc_t)rsc, 1);
}
