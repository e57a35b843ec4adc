/*
 * Reading the files of make_parity.py and comparing with them. Long arrays
 * are kept as every STRIDEth value.
 */
#ifndef TESTS_PARITY_H
#define TESTS_PARITY_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "graph/graph.h"
#include "stream/stream.h"

#define LONG 1024
#define STRIDE 7

__attribute__((unused, noreturn))
static void
bail(const char *what)
{
	printf("Bail out! %s: %s\n", what, status_detail());
	exit(2);
}

/* The array, or NULL. */
__attribute__((unused))
static const struct tensor *
array(const struct sample *s, const char *name)
{
	const struct field *f = sample_find(s, name);

	return f && !f->is_json ? &f->t : NULL;
}

__attribute__((unused))
static json_t *
object(const struct sample *s, const char *name)
{
	const struct field *f = sample_find(s, name);
	json_t *o = f && f->is_json ?
	    json_loadb(f->text, f->text_len, 0, NULL) : NULL;

	if (!o)
		bail(name);
	return o;
}

/* Calls one for every sample of a file of tests/parity. */
__attribute__((unused))
static void
each(const char *name, void (*one)(struct sample *s))
{
	char path[128];
	struct stream_in *in;
	struct sample s;
	enum status st;

	snprintf(path, sizeof path, "tests/parity/%s", name);
	if (stream_open(&in, path, NULL) != OK)
		bail(name);
	while ((st = stream_next(in, &s)) == OK)
		one(&s);
	if (st != END)
		bail(name);
	stream_close(in);
}

/* What a comparison found: largest difference, largest and rms wanted. */
struct diff {
	double err, max, rms;
	bool same_size;
};

/* got (len values) against a kept array, whole or thinned. */
__attribute__((unused))
static struct diff
differ(const float *got, size_t len, const struct tensor *want)
{
	size_t n = want ? tensor_len(want) : 0;
	size_t step = n == len ? 1 : STRIDE;
	const float *w = n ? want->data : NULL;
	struct diff d = { 0, 0, 0, want && (n == len ||
	    (len > LONG && n == (len + STRIDE - 1) / STRIDE)) };

	for (size_t i = 0; d.same_size && i < n; i++) {
		double e = fabs((double)got[i * step] - w[i]);

		/* NaN is an error of any size. */
		d.err = e <= d.err ? d.err : isnan(e) ? INFINITY : e;
		d.max = fmax(d.max, fabs(w[i]));
		d.rms += (double)w[i] * w[i];
	}
	d.rms = n ? sqrt(d.rms / (double)n) : 0;
	return d;
}

#endif
