/* The generator against known values and moments; orthogonal matrices. */
#include <string.h>

#include "math/rng.h"

#include "../numbers.h"
#include "../tap.h"

static void
check_orthogonal(size_t rows, size_t cols, struct rng *r)
{
	size_t n = rows < cols ? rows : cols;
	float *w = zeros(rows * cols);
	void *s = scratch(rng_orthogonal_scratch(rows, cols));
	double worst = 0;

	rng_fill_orthogonal(r, w, rows, cols, 0.5, s);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double sum = i == j ? -0.25 : 0;

			for (size_t p = 0; p < rows * cols / n; p++)
				sum += rows < cols ? (double)w[i * cols + p] *
				    w[j * cols + p] : (double)w[p * cols + i] *
				    w[p * cols + j];
			worst = fmax(worst, fabs(sum));
		}
	ok(worst < 1e-6, "orthogonal %zu x %zu # off by %.1e", rows, cols,
	    worst);
	free(w);
	free(s);
}

int
main(void)
{
	enum { N = 200000 };
	struct rng a = { { 1, 2, 3, 4 } }, b = rng_seed(7, 1), c;
	/* first outputs of the authors' xoshiro256starstar.c from that state */
	const uint64_t want[] = { 11520, 0, 1509978240, 1215971899390074240 };
	bool same = true;
	double mean = 0, sq = 0;
	size_t hits[6] = { 0 };

	for (size_t i = 0; i < 4; i++)
		same &= rng_u64(&a) == want[i];
	ok(same, "xoshiro256** from a known state");
	c = b;
	ok(rng_u64(&b) == rng_u64(&c), "a copy goes on the same way");
	c = rng_seed(7, 2);
	ok(rng_u64(&b) != rng_u64(&c), "another stream, other numbers");
	for (int i = 0; i < N; i++) {
		double x = rng_normal(&b);

		mean += x / N;
		sq += x * x / N;
		hits[rng_below(&b, 6)]++;
	}
	ok(fabs(mean) < 0.01 && fabs(sq - 1) < 0.01,
	    "normal: mean 0, variance 1 # %.4f %.4f", mean, sq);
	for (int i = 0; i < 6; i++)
		same &= hits[i] > N / 6 * 0.97 && hits[i] < N / 6 * 1.03;
	ok(same, "rng_below is even");
	check_orthogonal(8, 30, &b);
	check_orthogonal(30, 8, &b);
	check_orthogonal(64, 64, &b);
	return done();
}
