/* The product kernels against their definitions: panel_mul and gemm. */
#include <string.h>

#include "math/gemm.h"
#include "math/panel.h"

#include "../numbers.h"
#include "../tap.h"

static void
check_panel(size_t m, size_t n, size_t segs, size_t run, size_t row,
    size_t step, bool bias, bool add, struct rng *r)
{
	size_t k = segs * run, ldc = n + 3, seg[8];
	size_t reach = (m - 1) * row + 40 * segs + (run - 1) * step + 1;
	float *a = randoms(r, reach, 1), *b = randoms(r, k * n, 1);
	float *packed = scratch(k * PANEL * sizeof *packed);
	float *bs = randoms(r, n, 1), *c = randoms(r, m * ldc, 1);
	float *want = zeros(m * ldc);

	for (size_t t = 0; t < segs; t++)
		seg[t] = 40 * t;
	struct panel_rows in = { a, row, step, segs > 1 ? seg : NULL, segs,
	    run, NULL };
	float *other = scratch(m * ldc * sizeof *other);

	memcpy(want, c, m * ldc * sizeof *c);
	memcpy(other, c, m * ldc * sizeof *c);
	panel_pack(packed, b, n, 1, k, n);
	panel_mul_ref(want, ldc, &in, packed, m, n, bias ? bs : NULL,
	    add ? want : NULL);
	panel_mul(c, ldc, &in, packed, m, n, bias ? bs : NULL,
	    add ? c : NULL);
	double e = residual(c, want, m * ldc);

	ok(e < 1e-5, "panel %zu x %zu, %zu runs of %zu%s%s # %.1e", m, n,
	    segs, run, bias ? ", bias" : "", add ? ", add" : "", e);
	/* Fetching changes nothing, whatever there is behind the packed side. */
	in.next = packed + (k - 1) * PANEL;
	panel_mul(other, ldc, &in, packed, m, n, bias ? bs : NULL,
	    add ? other : NULL);
	ok(memcmp(other, c, m * ldc * sizeof *c) == 0, "the same, and the "
	    "next b is fetched");
	free(other);
	free(a);
	free(b);
	free(packed);
	free(bs);
	free(c);
	free(want);
}

/* b given transposed; c = c / 2 + a b */
static void
check_gemm(size_t m, size_t n, size_t k, struct rng *r)
{
	float *a = randoms(r, m * k, 1), *b = randoms(r, k * n, 1);
	float *c = randoms(r, m * n, 1), *want = zeros(m * n);

	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < n; j++) {
			double sum = 0.5 * c[i * n + j];

			for (size_t p = 0; p < k; p++)
				sum += (double)a[i * k + p] * b[j * k + p];
			want[i * n + j] = (float)sum;
		}
	gemm(m, n, k, a, k, 1, b, 1, k, 0.5f, c, n);
	double e = residual(c, want, m * n);

	ok(e < 1e-5, "gemm %zu x %zu x %zu # %.1e", m, n, k, e);
	free(a);
	free(b);
	free(c);
	free(want);
}

int
main(void)
{
	struct rng r = rng_seed(10, 0);

	for (size_t m = 1; m <= 13; m++)
		check_panel(m, PANEL, 1, 33, 33, 1, m % 2, m % 3, &r);
	for (size_t n = 1; n <= PANEL; n += n % VEC == 0 ? 1 : VEC / 2 - 1)
		check_panel(14, n, 3, 20, 7, 1, n % 2, n % 3, &r);
	check_panel(100, PANEL, 4, 50, 1, 9, false, true, &r);
	check_panel(25, VEC, 2, 17, 5, 11, true, true, &r);
	check_gemm(1, 1, 1, &r);
	check_gemm(37, 41, 300, &r);
	check_gemm(5, 64, 1000, &r);
	return done();
}
