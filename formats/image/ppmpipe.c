#include "image/ppmpipe.h"

#include <ctype.h>

#include "image/image.h"

/* A number of the header and the one blank behind it; comments are for files. */
static enum status
number(size_t *n, FILE *in)
{
	int c = getc(in);

	while (isspace(c))
		c = getc(in);
	for (*n = 0; isdigit(c); c = getc(in))
		if ((*n = 10 * *n + (size_t)(c - '0')) > IMAGE_MAX_SIDE)
			return fail(E_LIMIT, "a number above %d in the header "
			    "of a PPM", IMAGE_MAX_SIDE);
	if (c == EOF)
		return fail(E_TRUNC, "ends in the header of a PPM");
	if (!isspace(c) || *n == 0)
		return fail(E_FORMAT, "the header of a PPM is damaged");
	return OK;
}

enum status
ppm_next(struct tensor *t, struct arena *a, FILE *in)
{
	size_t w, h, most, got;
	int c = getc(in);

	if (c == EOF)
		return ferror(in) ? fail_errno("cannot read") : END;
	if (c != 'P' || getc(in) != '6')
		return fail(E_FORMAT, "no PPM (P6); see `ffmpeg -f image2pipe "
		    "-c:v ppm -`");
	TRY(number(&w, in));
	TRY(number(&h, in));
	TRY(number(&most, in));
	if (most != 255)
		return fail(E_FORMAT, "a PPM of values up to %zu, want 255",
		    most);
	if (w * h > IMAGE_MAX_PIXELS)
		return fail(E_LIMIT, "%zux%zu pixels, want at most %zu", w, h,
		    IMAGE_MAX_PIXELS);
	TRY(tensor_alloc(t, a, DT_U1, TENSOR_DIMS(h, w, 3)));
	got = fread(t->data, 1, tensor_bytes(t), in);
	if (got < tensor_bytes(t))
		return ferror(in) ? fail_errno("cannot read") : fail(E_TRUNC,
		    "ends after %zu of %zu bytes of a picture of %zux%zu", got,
		    tensor_bytes(t), w, h);
	return OK;
}
