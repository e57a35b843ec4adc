#include "body/raster.h"

#include <math.h>
#include <string.h>

#define SHIFT 8
#define FRAC (1 << SHIFT)	/* steps per sample to which corners are rounded */
#define FAR_OUT (1 << 22)

void
raster_clear(struct raster *r)
{
	memset(r->face, 0xff, r->w * r->h * sizeof *r->face);
	memset(r->near, 0, r->w * r->h * sizeof *r->near);
}

/*
 * Edge function of the line a -> b at (x, y): positive on its inner side for
 * a triangle that runs clockwise on the picture (y down). dx and dy are its
 * steps to the next sample right and down. On the line itself a sample
 * belongs to the triangle if the edge is a top or a left one; the bias of -1
 * says so in integers.
 */
struct edge {
	int64_t at, dx, dy;
};

static struct edge
edge_make(const int64_t a[2], const int64_t b[2], int64_t x, int64_t y)
{
	int64_t ex = b[0] - a[0], ey = b[1] - a[1];
	bool top_left = ey < 0 || (ey == 0 && ex > 0);

	return (struct edge){
		ex * (y - a[1]) - ey * (x - a[0]) - !top_left,
		-ey * FRAC, ex * FRAC
	};
}

static int64_t
min3(int64_t a, int64_t b, int64_t c)
{
	int64_t m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * First sample at or right of fixed-point x, and last one at or left of it:
 * our compilers shift signed numbers arithmetically.
 */
static int64_t
ceil_div(int64_t x)
{
	return (x + FRAC - 1) >> SHIFT;
}

static int64_t
floor_div(int64_t x)
{
	return x >> SHIFT;
}

static void
draw_one(struct raster *r, const float *pa, const float *pb, const float *pc,
    const int64_t a[2], const int64_t b[2], const int64_t c[2], uint32_t id)
{
	int64_t x0 = ceil_div(min3(a[0], b[0], c[0]));
	int64_t y0 = ceil_div(min3(a[1], b[1], c[1]));
	int64_t x1 = floor_div(-min3(-a[0], -b[0], -c[0]));
	int64_t y1 = floor_div(-min3(-a[1], -b[1], -c[1]));

	x0 = x0 < 0 ? 0 : x0;
	y0 = y0 < 0 ? 0 : y0;
	x1 = x1 >= (int64_t)r->w ? (int64_t)r->w - 1 : x1;
	y1 = y1 >= (int64_t)r->h ? (int64_t)r->h - 1 : y1;
	if (x0 > x1 || y0 > y1)
		return;
	int64_t area = (b[0] - a[0]) * (c[1] - a[1]) -
	    (c[0] - a[0]) * (b[1] - a[1]);

	if (area == 0 || (area < 0 ? r->side > 0 : r->side < 0))
		return;
	if (area < 0) {
		const float *pt = pb;
		const int64_t *t = b;

		pb = pc;
		pc = pt;
		b = c;
		c = t;
		area = -area;
	}
	struct edge eb = edge_make(c, a, x0 * FRAC, y0 * FRAC);
	struct edge ec = edge_make(a, b, x0 * FRAC, y0 * FRAC);
	struct edge ea = edge_make(b, c, x0 * FRAC, y0 * FRAC);
	/* 1/z is linear on the picture: its value at a and two slopes. */
	float ib = (pb[2] - pa[2]) / (float)area;
	float ic = (pc[2] - pa[2]) / (float)area;
	const float az = pa[2];
	bool ask = r->there && id >= r->first_cut;

	for (int64_t y = y0; y <= y1; y++) {
		int64_t wa = ea.at, wb = eb.at, wc = ec.at;
		float *near = r->near + (size_t)y * r->w + (size_t)x0;
		uint32_t *face = r->face + (size_t)y * r->w + (size_t)x0;

		for (int64_t x = x0; x <= x1; x++, near++, face++) {
			if ((wa | wb | wc) >= 0) {
				float z = az + ib * (float)wb + ic * (float)wc;

				if (z > *near && (!ask || r->there(r->arg, id,
				    (size_t)x, (size_t)y))) {
					*near = z;
					*face = id;
				}
			}
			wa += ea.dx;
			wb += eb.dx;
			wc += ec.dx;
		}
		ea.at += ea.dy;
		eb.at += eb.dy;
		ec.at += ec.dy;
	}
}

enum status
raster_draw(struct raster *r, const float (*p)[3], size_t n_point,
    const uint32_t (*face)[3], size_t n_face)
{
	for (size_t i = 0; i < n_point; i++)
		if (!(fabsf(p[i][0]) <= FAR_OUT && fabsf(p[i][1]) <= FAR_OUT &&
		    p[i][2] > 0))
			return fail(E_VALUE, "vertex %zu lies at (%g, %g) of "
			    "the picture", i, p[i][0], p[i][1]);
	for (size_t i = 0; i < n_face; i++) {
		int64_t q[3][2];

		for (int k = 0; k < 3; k++)
			for (int c = 0; c < 2; c++)
				q[k][c] = (int64_t)rintf(p[face[i][k]][c] *
				    FRAC);
		draw_one(r, p[face[i][0]], p[face[i][1]], p[face[i][2]],
		    q[0], q[1], q[2], (uint32_t)i);
	}
	return OK;
}

void
raster_draw_ref(struct raster *r, const float (*p)[3],
    const uint32_t (*face)[3], size_t n_face)
{
	for (size_t i = 0; i < n_face; i++) {
		const float *a = p[face[i][0]], *b = p[face[i][1]],
		    *c = p[face[i][2]];
		double area = ((double)b[0] - a[0]) * ((double)c[1] - a[1]) -
		    ((double)c[0] - a[0]) * ((double)b[1] - a[1]);

		if (area == 0 || (area < 0 ? r->side > 0 : r->side < 0))
			continue;
		for (size_t k = 0; k < r->w * r->h; k++) {
			double x = (double)(k % r->w), y = (double)(k / r->w);
			double wb = ((x - a[0]) * ((double)c[1] - a[1]) -
			    ((double)c[0] - a[0]) * (y - a[1])) / area;
			double wc = (((double)b[0] - a[0]) * (y - a[1]) -
			    (x - a[0]) * ((double)b[1] - a[1])) / area;
			double near = a[2] + wb * (b[2] - a[2]) +
			    wc * (c[2] - a[2]);

			if (wb >= 0 && wc >= 0 && wb + wc <= 1 &&
			    near > r->near[k]) {
				r->near[k] = (float)near;
				r->face[k] = (uint32_t)i;
			}
		}
	}
}

void
raster_weights(float w[3], const float *a, const float *b, const float *c,
    float x, float y)
{
	float bx = b[0] - a[0], by = b[1] - a[1];
	float cx = c[0] - a[0], cy = c[1] - a[1];
	float area = bx * cy - cx * by, sum;

	w[1] = ((x - a[0]) * cy - cx * (y - a[1])) / area;
	w[2] = (bx * (y - a[1]) - (x - a[0]) * by) / area;
	w[0] = 1 - w[1] - w[2];
	w[0] = w[0] > 0 ? w[0] * a[2] : 0;	/* a sliver's NaN becomes 0 */
	w[1] = w[1] > 0 ? w[1] * b[2] : 0;
	w[2] = w[2] > 0 ? w[2] * c[2] : 0;
	sum = w[0] + w[1] + w[2];
	for (int i = 0; i < 3; i++)
		w[i] = sum > 0 ? w[i] / sum : 1.0f / 3;
}
