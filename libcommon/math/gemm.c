#include "math/gemm.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <blis.h>
#pragma GCC diagnostic pop

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
