#include "math/decompose.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Fortran's: all by address, column after column, lengths of texts behind. */
extern void dpstrf_(const char *uplo, const int32_t *n, double *a,
    const int32_t *lda, int32_t *piv, int32_t *rank, const double *tol,
    double *work, int32_t *info, size_t uplo_len);
extern void dgesdd_(const char *jobz, const int32_t *m, const int32_t *n,
    double *a, const int32_t *lda, double *s, double *u, const int32_t *ldu,
    double *vt, const int32_t *ldvt, double *work, const int32_t *lwork,
    int32_t *iwork, int32_t *info, size_t jobz_len);

enum status
decompose_factor(double **f, size_t *rank, double *s, size_t n,
    struct arena *a)
{
	int32_t ni = (int32_t)n, r, info, *piv;
	double own = -1;	/* LAPACK's tolerance: n eps max diagonal */
	double *work, *out = arena_calloc(a, n * n, sizeof *out);
	size_t mark = arena_mark(a);

	piv = arena_calloc(a, n, sizeof *piv);
	work = arena_calloc(a, 2 * n, sizeof *work);
	if (out == NULL || piv == NULL || work == NULL)
		return E_NOMEM;
	/* Fortran's upper triangle is our lower one: P^T S P = L L^T. */
	dpstrf_("U", &ni, s, &ni, piv, &r, &own, work, &info, 1);
	*rank = (size_t)r;
	for (size_t i = 0; i < n; i++) {
		size_t len = i + 1 < *rank ? i + 1 : *rank;

		memcpy(out + (size_t)(piv[i] - 1) * *rank, s + i * n,
		    len * sizeof *out);
	}
	arena_pop(a, mark);
	*f = out;
	return OK;
}

enum status
decompose_trace_norm(double *sum, double *m, size_t rows, size_t cols,
    struct arena *scratch)
{
	/* Ours is the transpose of what Fortran sees; the values are equal. */
	int32_t ri = (int32_t)cols, ci = (int32_t)rows, one = 1, info;
	size_t mark = arena_mark(scratch), n = rows < cols ? rows : cols;
	double *value = arena_calloc(scratch, n, sizeof *value), none, want;
	int32_t *iwork = arena_calloc(scratch, 8 * n, sizeof *iwork);
	int32_t query = -1, len;
	double *work;

	*sum = 0;
	if (n == 0)
		return OK;
	if (value == NULL || iwork == NULL)
		return E_NOMEM;
	dgesdd_("N", &ri, &ci, m, &ri, value, &none, &one, &none, &one, &want,
	    &query, iwork, &info, 1);
	len = (int32_t)want;
	work = arena_calloc(scratch, (size_t)len, sizeof *work);
	if (work == NULL)
		return E_NOMEM;
	dgesdd_("N", &ri, &ci, m, &ri, value, &none, &one, &none, &one, work,
	    &len, iwork, &info, 1);
	if (info != 0)
		return fail(E_VALUE, "no singular values: not finite");
	for (size_t i = 0; i < n; i++)
		*sum += value[i];
	arena_pop(scratch, mark);
	return OK;
}

/*
 * By loops: LAPACK divides until nothing is left and asks BLIS for each
 * piece, which for the eighty unknowns of a fit takes five times as long.
 */
enum status
decompose_solve(double *x, double *s, size_t n)
{
	/* S = L L^T, L in the lower triangle; L y = b on the way. */
	for (size_t i = 0; i < n; i++) {
		double *li = s + i * n;

		for (size_t j = 0; j <= i; j++) {
			const double *lj = s + j * n;
			double sum = li[j];

			for (size_t k = 0; k < j; k++)
				sum -= li[k] * lj[k];
			if (i == j && !(sum > 0))
				return fail(E_VALUE, "a matrix that is not "
				    "positive definite");
			li[j] = i == j ? sqrt(sum) : sum / lj[j];
		}
		for (size_t k = 0; k < i; k++)
			x[i] -= li[k] * x[k];
		x[i] /= li[i];
	}
	for (size_t i = n; i-- > 0;) {
		x[i] /= s[i * n + i];
		for (size_t k = 0; k < i; k++)
			x[k] -= s[i * n + k] * x[i];
	}
	return OK;
}
