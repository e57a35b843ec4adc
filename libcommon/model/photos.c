#include "model/photos.h"

#include <math.h>
#include <string.h>

#include "view/fields.h"
#include "view/seen.h"

static const enum view_field fields[] = { VIEW_IMAGE, VIEW_HEAT, VIEW_COORD,
	VIEW_SEEN };
#define FIELDS (sizeof fields / sizeof *fields)

bool
photos_has(const struct sample *s)
{
	return role_has(s, ROLE_PHOTOS, view_name(VIEW_IMAGE));
}

/* How many pixels of a view show texels that a photo shows, too. */
static size_t
common(const float *surf, const uint8_t *mask, const uint8_t *seen, size_t S)
{
	size_t n = 0;

	for (size_t i = 0; i < S * S; i++) {
		const float x = surf[2 * i], y = surf[2 * i + 1];
		const float last = (float)(S - 1);

		if (mask[i] && x >= 0 && y >= 0 && x <= last && y <= last)
			n += seen_itself(seen[(size_t)lrintf(y) * S +
			    (size_t)lrintf(x)]);
	}
	return n;
}

/* The photo for one view of surf and mask; seen (k,S,S). */
static size_t
choose(const float *surf, const uint8_t *mask, const struct tensor *seen,
    size_t S)
{
	size_t best = 0, most = 0;

	for (size_t k = 0; k < seen->dim[0]; k++) {
		const size_t n = common(surf, mask,
		    (const uint8_t *)seen->data + k * S * S, S);

		if (n > most) {
			most = n;
			best = k;
		}
	}
	return best;
}

/* Entry photo[i] of `from` for each of n views. */
static enum status
pick(const struct tensor **to, const struct tensor *from, const size_t *photo,
    size_t n, struct arena *a)
{
	struct tensor *t = arena_alloc(a, sizeof *t);
	size_t dim[TENSOR_MAX_RANK];

	if (!t)
		return E_NOMEM;
	memcpy(dim, from->dim, sizeof dim);
	dim[0] = n;
	TRY(tensor_alloc(t, a, from->dtype, from->rank, dim));
	const size_t bytes = tensor_bytes(t) / n;

	for (size_t i = 0; i < n; i++)
		memcpy((char *)t->data + i * bytes,
		    (const char *)from->data + photo[i] * bytes, bytes);
	*to = t;
	return OK;
}

enum status
photos_take(struct photos *to, const struct sample *s, enum role role,
    size_t n, size_t S)
{
	const struct tensor *surf, *mask, *all[FIELDS];
	const struct tensor **out[FIELDS] = { &to->x_s, &to->p_s, &to->c_s,
		&to->seen_s };
	size_t *photo = arena_alloc(s->arena, n * sizeof *photo), k = 0;

	if (!photo)
		return E_NOMEM;
	TRY(view_want(&surf, &n, s, role, VIEW_SURF, view_square(S)));
	TRY(view_want(&mask, &n, s, role, VIEW_MASK, view_square(S)));
	for (size_t f = 0; f < FIELDS; f++)
		TRY(view_want(&all[f], &k, s, ROLE_PHOTOS, fields[f],
		    view_square(S)));
	if (k == 0)
		return fail(E_SHAPE, "field photos.image: no photos");
	for (size_t i = 0; i < n; i++)
		photo[i] = choose((const float *)surf->data + i * S * S * 2,
		    (const uint8_t *)mask->data + i * S * S, all[FIELDS - 1], S);
	for (size_t f = 0; f < FIELDS; f++)
		TRY(pick(out[f], all[f], photo, n, s->arena));
	return OK;
}
