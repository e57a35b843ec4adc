#include "photo/bodies.h"

#include <math.h>
#include <stdlib.h>

#define COMPARABLE 4	/* a body of a quarter of another's area is one, too */

/* Union-find: the smallest label of a set stands for it. */
static uint32_t
find(uint32_t *parent, uint32_t k)
{
	while (parent[k] != k)
		k = parent[k] = parent[parent[k]];
	return k;
}

static void
join(uint32_t *parent, uint32_t a, uint32_t b)
{
	a = find(parent, a);
	b = find(parent, b);
	if (a < b)
		parent[b] = a;
	else
		parent[a] = b;
}

/* First pass of connected components; returns the number of labels used. */
static uint32_t
label_pixels(struct bodies *b, uint32_t *parent, const uint8_t *iuv)
{
	uint32_t used = 0, *l = b->label;

	for (size_t y = 0; y < b->h; y++)
		for (size_t x = 0; x < b->w; x++, l++, iuv += 3) {
			*l = 0;
			if (!*iuv)
				continue;
			/* Neighbours seen before: left, and the three above. */
			uint32_t near[4] = { x ? l[-1] : 0,
			    x && y ? *(l - b->w - 1) : 0,
			    y ? *(l - b->w) : 0,
			    y && x + 1 < b->w ? *(l - b->w + 1) : 0 };

			for (int i = 0; i < 4; i++) {
				if (near[i] && *l && near[i] != *l)
					join(parent, *l, near[i]);
				else if (near[i])
					*l = near[i];
			}
			if (!*l) {
				*l = ++used;
				parent[used] = used;
			}
		}
	return used;
}

static enum status
label_connected(struct bodies *b, struct arena *a, const struct tensor *iuv,
    uint32_t *n)
{
	size_t pixels = b->w * b->h, mark = arena_mark(a);
	/* Two labels are never on neighbouring pixels of one row or column. */
	uint32_t *parent = arena_calloc(a, pixels / 2 + 2, sizeof *parent);
	uint32_t made = 0;

	if (!parent)
		return E_NOMEM;
	uint32_t used = label_pixels(b, parent, iuv->data);

	/* Sets become 1, 2, ...; a parent is smaller, so it has its number. */
	for (uint32_t k = 1; k <= used; k++)
		parent[k] = parent[k] == k ? ++made : parent[parent[k]];
	for (size_t i = 0; i < pixels; i++)
		b->label[i] = parent[b->label[i]];	/* parent[0] is 0 */
	arena_pop(a, mark);
	*n = made;
	return OK;
}

static void
label_by_person(struct bodies *b, const uint8_t *iuv, const uint8_t *inds)
{
	for (size_t i = 0; i < b->w * b->h; i++)
		b->label[i] = iuv[3 * i] ? inds[i] : 0;
}

static int
larger_first(const void *a, const void *b)
{
	const struct iuv_body *p = a, *q = b;

	if (p->area != q->area)
		return p->area < q->area ? 1 : -1;
	return p->label < q->label ? -1 : 1;
}

/* Area and box of labels 1..n; labels that no pixel has are left out. */
static enum status
measure(struct bodies *b, struct arena *a, uint32_t n)
{
	const uint32_t *l = b->label;

	b->body = arena_calloc(a, n, sizeof *b->body);
	if (!b->body)
		return E_NOMEM;
	for (uint32_t k = 0; k < n; k++)
		b->body[k] = (struct iuv_body){ .label = k + 1 };
	for (size_t y = 0; y < b->h; y++)
		for (size_t x = 0; x < b->w; x++, l++) {
			if (!*l)
				continue;
			struct iuv_body *p = &b->body[*l - 1];
			const float fx = (float)x;

			/* Rows come from above, so y1 is always this one. */
			if (p->area++ == 0)
				p->box = (struct photo_box){ fx, (float)y, fx,
				    (float)y };
			p->box.x0 = fx < p->box.x0 ? fx : p->box.x0;
			p->box.x1 = fx > p->box.x1 ? fx : p->box.x1;
			p->box.y1 = (float)y;
		}
	qsort(b->body, n, sizeof *b->body, larger_first);
	for (b->n = 0; b->n < n && b->body[b->n].area; b->n++)
		;
	return OK;
}

enum status
bodies_find(struct bodies *b, struct arena *a, const struct tensor *iuv,
    const struct tensor *inds)
{
	uint32_t n = UINT8_MAX;

	*b = (struct bodies){ .w = iuv->dim[1], .h = iuv->dim[0],
	    .by_person = inds != NULL };
	b->label = arena_calloc(a, b->w * b->h, sizeof *b->label);
	if (!b->label)
		return E_NOMEM;
	if (inds)
		label_by_person(b, iuv->data, inds->data);
	else
		TRY(label_connected(b, a, iuv, &n));
	return measure(b, a, n);
}

void
bodies_count_hits(struct bodies *b, const float (*point)[3], size_t n)
{
	for (size_t k = 0; k < b->n; k++)
		b->body[k].hits = 0;
	for (size_t i = 0; i < n; i++) {
		float x = roundf(point[i][0]), y = roundf(point[i][1]);

		if (!(x >= 0 && y >= 0 && x < (float)b->w && y < (float)b->h))
			continue;
		uint32_t l = b->label[(size_t)y * b->w + (size_t)x];

		for (size_t k = 0; l && k < b->n; k++)
			b->body[k].hits += b->body[k].label == l;
	}
}

size_t
bodies_most_hits(const struct bodies *b)
{
	size_t best = 0;

	for (size_t k = 1; k < b->n; k++)
		if (b->body[k].hits > b->body[best].hits)
			best = k;
	return best;
}

size_t
bodies_comparable(const struct bodies *b)
{
	size_t n = 0;

	while (n < b->n && b->body[n].area >= b->body[0].area / COMPARABLE)
		n++;
	return n;
}

static bool
is_near(const struct photo_box *in, const struct photo_box *box)
{
	float r = 0.1f * fmaxf(box->x1 - box->x0, box->y1 - box->y0);

	return in->x0 >= box->x0 - r && in->y0 >= box->y0 - r &&
	    in->x1 <= box->x1 + r && in->y1 <= box->y1 + r;
}

size_t
bodies_keep(struct photo_box *box, struct tensor *iuv, const struct bodies *b,
    size_t k)
{
	const struct iuv_body *mine = &b->body[k];
	size_t others = 0;
	uint8_t *p = iuv->data;

	*box = mine->box;
	for (size_t i = 0; i < b->n; i++) {
		const struct iuv_body *it = &b->body[i];
		bool comparable = it->area >= mine->area / COMPARABLE;

		if (i == k)
			continue;
		if (!b->by_person && !comparable &&
		    is_near(&it->box, &mine->box)) {
			*box = photo_box_join(box, &it->box);
			continue;
		}
		others += comparable;
		for (size_t y = (size_t)it->box.y0; y <= (size_t)it->box.y1; y++)
			for (size_t x = (size_t)it->box.x0;
			    x <= (size_t)it->box.x1; x++)
				if (b->label[y * b->w + x] == it->label)
					p[(y * b->w + x) * 3] = 0;
	}
	/* Background, and what was cleared: no U and V there either. */
	for (size_t i = 0; i < b->w * b->h; i++, p += 3)
		if (!p[0])
			p[1] = p[2] = 0;
	return others;
}
