#include "weights/difference.h"

#include <math.h>
#include <string.h>

/* f4 holds every f2, u1, u2 but not every i4 and i8. */
static double
element(const struct tensor *t, size_t i)
{
	float x;

	if (t->dtype == DT_I8)
		return (double)((const int64_t *)t->data)[i];
	if (t->dtype == DT_I4)
		return ((const int32_t *)t->data)[i];
	tensor_to_float(&x, t, i, 1);
	return x;
}

void
difference(struct difference *d, const struct tensor *a,
    const struct tensor *b)
{
	double sum = 0, power = 0;
	size_t n = tensor_len(a);

	*d = (struct difference){ 0 };
	if (a->dtype == b->dtype &&
	    memcmp(a->data, b->data, tensor_bytes(a)) == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		double x = element(a, i), y = element(b, i);

		power += x * x;
		if (x == y || (isnan(x) && isnan(y)))
			continue;
		double e = isnan(x) || isnan(y) ? INFINITY : fabs(x - y);

		d->n++;
		d->max = fmax(d->max, e);
		sum += e * e;
	}
	if (d->n == 0)
		return;
	d->rms = sqrt(sum / (double)n);
	d->rel = power > 0 ? sqrt(sum / power) : INFINITY;
}
