#include "texture/iuvgap.h"

#include "texture/seam.h"

struct iuv_undo
iuv_undo_none(void)
{
	struct iuv_undo d = { .swap = false };

	for (int i = 0; i < 256; i++)
		d.u[i] = d.v[i] = (uint8_t)i;
	return d;
}

static void
undo(uint8_t to[2], const uint8_t *p, const struct iuv_undo *d)
{
	to[0] = d->u[p[d->swap ? 2 : 1]];
	to[1] = d->v[p[d->swap ? 1 : 2]];
}

void
iuv_gap_add(struct iuv_gaps *g, const uint8_t *a, const uint8_t *b,
    const struct iuv_undo *d)
{
	uint8_t p[2], q[2];

	if (!a[0] || !b[0] || a[0] == b[0])
		return;
	if (!seam_adjoin(a[0], b[0])) {
		g->strangers++;
		return;
	}
	undo(p, a, d);
	undo(q, b, d);
	int bin = (int)seam_gap(a[0], p, b[0], q);

	g->n++;
	g->bin[bin < 256 ? bin : 255]++;
}

void
iuv_gap_count(struct iuv_gaps *g, const uint8_t *iuv, size_t h, size_t w,
    const struct iuv_undo *d)
{
	*g = (struct iuv_gaps){ .n = 0 };
	for (size_t y = 0; y + 1 < h; y++)
		for (size_t x = 0; x + 1 < w; x++) {
			const uint8_t *p = iuv + 3 * (y * w + x);

			iuv_gap_add(g, p, p + 3, d);
			iuv_gap_add(g, p, p + 3 * w, d);
		}
}

int
iuv_gap_median(const struct iuv_gaps *g)
{
	size_t sum = 0;
	int i = 0;

	while (i < 255 && 2 * (sum += g->bin[i]) <= g->n)
		i++;
	return i;
}
