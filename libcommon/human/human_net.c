#include "human/human_net.h"

#include <math.h>
#include <string.h>

uint32_t
net_vertex(struct net *n, enum zone_of_form z, float x, float y, float w)
{
	uint32_t i = (uint32_t)n->n_vert++;

	n->p[i][0] = x;
	n->p[i][1] = y;
	n->p[i][2] = w;
	n->zone[i] = (uint8_t)z;
	return i;
}

void
net_triangle(struct net *n, int part, const uint32_t v[3], const float uv[3][2])
{
	size_t i = n->n_face++;

	memcpy(n->face[i], v, sizeof n->face[i]);
	memcpy(n->uv[i], uv, sizeof n->uv[i]);
	for (int k = 0; k < 3; k++)
		chart_bend(n->uv[i][k], part);
	n->part[i] = (uint8_t)part;
}

void
net_cell(struct net *n, int part, const uint32_t v[4], const float uv[4][2])
{
	static const int cut[2][3] = { { 0, 1, 2 }, { 0, 2, 3 } };

	for (int k = 0; k < 2; k++) {
		uint32_t c[3];
		float at[3][2];

		for (int i = 0; i < 3; i++) {
			c[i] = v[cut[k][i]];
			memcpy(at[i], uv[cut[k][i]], sizeof at[i]);
		}
		net_triangle(n, part, c, (const float (*)[2])at);
	}
}

void
net_edge(float at[2], const float (*row)[3], int n, float x)
{
	int i = 1;

	while (i + 1 < n && (row[i][0] - x) * (row[1][0] - row[0][0]) < 0)
		i++;
	float t = (x - row[i - 1][0]) / (row[i][0] - row[i - 1][0]);

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	for (int k = 0; k < 2; k++)
		at[k] = lerp(row[i - 1][1 + k], row[i][1 + k], t);
}

/*
 * Adds q to the neighbours of v, whose mean v moves to. Every edge comes once
 * from the face on either side of it; one of the midline has a face on one
 * side only, so it is added both ways. Vertices of the midline, which have
 * only half of their neighbours in this half of the body, move along the
 * midline alone.
 */
static void
add_neighbour(float (*sum)[4], const struct net *n, uint32_t v, uint32_t q)
{
	bool both = n->middle[v] && n->middle[q];

	if (n->middle[v] && !both)
		return;
	for (int turn = 0; turn <= (both ? 1 : 0); turn++) {
		for (int c = 0; c < 3; c++)
			sum[v][c] += n->p[q][c];
		sum[v][3]++;
		uint32_t swap = v;

		v = q;
		q = swap;
	}
}

/* Moves loose vertices to the middle of their neighbours, along the surface. */
static enum status
relax(struct net *n, struct arena *a, int times)
{
	size_t mark = arena_mark(a);
	float (*sum)[4] = arena_alloc(a, n->n_vert * sizeof *sum);

	if (!sum)
		return E_NOMEM;
	while (times-- > 0) {
		memset(sum, 0, n->n_vert * sizeof *sum);
		for (size_t i = 0; i < n->n_face; i++)
			for (int k = 0; k < 3; k++)
				add_neighbour(sum, n, n->face[i][k],
				    n->face[i][(k + 1) % 3]);
		for (size_t v = 0; v < n->n_vert; v++) {
			if (!n->loose[v] || sum[v][3] == 0)
				continue;
			for (int c = n->middle[v]; c < 3; c++)
				n->p[v][c] = lerp(n->p[v][c], sum[v][c] /
				    sum[v][3], 0.5f);
			form_settle(n->p[v], n->form,
			    (enum zone_of_form)n->zone[v], n->middle[v], 1);
		}
	}
	arena_pop(a, mark);
	return OK;
}

static void
settle(struct net *n, int steps)
{
	for (size_t v = 0; v < n->n_vert; v++)
		if (n->zone[v] != FORM_HEAD)
			form_settle(n->p[v], n->form,
			    (enum zone_of_form)n->zone[v], n->middle[v], steps);
}

enum status
net_make(struct net *n, struct arena *a, const struct form *f)
{
	*n = (struct net){ .form = f,
	    .p = arena_calloc(a, NET_VERTS, sizeof *n->p),
	    .zone = arena_calloc(a, NET_VERTS, sizeof *n->zone),
	    .middle = arena_calloc(a, NET_VERTS, sizeof *n->middle),
	    .loose = arena_calloc(a, NET_VERTS, sizeof *n->loose),
	    .face = arena_calloc(a, NET_FACES, sizeof *n->face),
	    .part = arena_calloc(a, NET_FACES, sizeof *n->part),
	    .uv = arena_calloc(a, NET_FACES, sizeof *n->uv) };
	if (!n->p || !n->zone || !n->middle || !n->loose || !n->face ||
	    !n->part || !n->uv)
		return E_NOMEM;
	net_lay_trunk(n);
	net_lay_head(n);
	net_lay_leg(n);
	net_lay_arm(n);
	settle(n, 10);
	TRY(relax(n, a, 8));
	settle(n, 4);
	return OK;
}

enum status
net_fit(struct net *n, struct arena *a)
{
	settle(n, 4);
	TRY(relax(n, a, 2));
	settle(n, 2);
	return OK;
}
