#include "avatar/hull.h"

#include <math.h>
#include <string.h>

#include "body/skin.h"
#include "math/team.h"

/* ---- neighbours ------------------------------------------------------ */

/* Vertices that share an edge with vertex i: near[first[i]..first[i + 1]). */
struct net {
	size_t n;
	uint32_t *first, *near;
};

static enum status
net_make(struct net *e, struct arena *a, const struct mesh *m)
{
	e->n = m->n_vert;
	e->first = arena_calloc(a, m->n_vert + 2, sizeof *e->first);
	e->near = arena_calloc(a, 6 * m->n_face + 1, sizeof *e->near);
	if (!e->first || !e->near)
		return E_NOMEM;
	for (size_t i = 0; i < m->n_face; i++)
		for (int k = 0; k < 3; k++)
			e->first[m->face[i][k] + 2] += 2;
	for (size_t i = 2; i < m->n_vert + 2; i++)
		e->first[i] += e->first[i - 1];
	for (size_t i = 0; i < m->n_face; i++)
		for (int k = 0; k < 3; k++) {
			uint32_t *at = &e->first[m->face[i][k] + 1];

			e->near[(*at)++] = m->face[i][(k + 1) % 3];
			e->near[(*at)++] = m->face[i][(k + 2) % 3];
		}
	return OK;
}

/* x (n,k) becomes the mean of itself and the mean of its neighbours, `rounds` times. */
static void
smooth_over(float *x, float *scratch, const struct net *e, size_t k,
    int rounds)
{
	for (int r = 0; r < rounds; r++) {
		memcpy(scratch, x, e->n * k * sizeof *x);
		for (size_t i = 0; i < e->n; i++) {
			uint32_t from = e->first[i], to = e->first[i + 1];

			for (size_t c = 0; c < k && to > from; c++) {
				float sum = 0;

				for (uint32_t j = from; j < to; j++)
					sum += scratch[k * e->near[j] + c];
				x[k * i + c] = (x[k * i + c] + sum /
				    (float)(to - from)) / 2;
			}
		}
	}
}

static void
normals_over(float (*normal)[3], float *scratch, const struct net *e,
    const struct body *b, const float (*vert)[3], int rounds)
{
	skin_normals(normal, &b->mesh, vert);
	for (int r = 0; r < rounds; r++) {
		smooth_over(normal[0], scratch, e, 3, 1);
		for (size_t i = 0; i < e->n; i++) {
			float *n = normal[i], len = sqrtf(n[0] * n[0] +
			    n[1] * n[1] + n[2] * n[2]);

			for (int c = 0; c < 3; c++)
				n[c] = len > 0 ? n[c] / len : (float)(c == 2);
		}
	}
}

enum status
hull_normals(float (*normal)[3], struct arena *a, const struct body *b,
    const float (*vert)[3], int rounds)
{
	size_t mark = arena_mark(a);
	float *scratch = arena_calloc(a, b->mesh.n_vert, 3 * sizeof *scratch);
	struct net e;

	if (!scratch)
		return E_NOMEM;
	TRY(net_make(&e, a, &b->mesh));
	normals_over(normal, scratch, &e, b, vert, rounds);
	arena_pop(a, mark);
	return OK;
}

/* ---- how far the surface is ------------------------------------------ */

/* What a vertex hangs on. */
struct hold {
	float head, hand, foot, leg;
};

static void
holds(struct hold *h, const struct body *b)
{
	const struct sparse *s = &b->skin;

	for (size_t i = 0; i < s->n_row; i++)
		for (uint32_t k = s->row[i]; k < s->row[i + 1]; k++) {
			float w = s->weight[k];

			switch (s->col[k]) {
			case J_HEAD:
				h[i].head += w;
				break;
			case J_L_WRIST: case J_R_WRIST:
			case J_L_HAND: case J_R_HAND:
				h[i].hand += w;
				break;
			case J_L_ANKLE: case J_R_ANKLE:
			case J_L_FOOT: case J_R_FOOT:
				h[i].foot += w;
				h[i].leg += w;
				break;
			case J_L_HIP: case J_R_HIP:
			case J_L_KNEE: case J_R_KNEE:
				h[i].leg += w;
				break;
			default:
				break;
			}
		}
}

struct reach {
	const struct outer *o;
	const float (*vert)[3], (*normal)[3];
	const struct hold *hold;
	float far, near;	/* looked for from far outside to near inside */
	float *way;		/* along the normal, metres; NaN where none */
	uint8_t *kind;
};

static void
reach_some(void *arg, size_t i, size_t j)
{
	const struct reach *r = arg;

	for (; i < j; i++) {
		const float *v = r->vert[i], *n = r->normal[i];
		const struct hold *h = &r->hold[i];
		float far = r->far, from[3], to[3];
		struct outer_hit hit;

		/* Beyond the next finger or the other leg is another's surface. */
		if (h->hand > 0.5f)
			far = fminf(far, 0.01f);
		if (h->leg > 0.1f && n[0] * v[0] < 0)
			far = fminf(far, fabsf(v[0] / n[0]));
		for (int c = 0; c < 3; c++) {
			from[c] = v[c] + far * n[c];
			to[c] = v[c] - r->near * n[c];
		}
		bool met = outer_cast(&hit, r->o, from, to, n, 0.3f);

		r->way[i] = met ? far - hit.way : NAN;
		r->kind[i] = met ? (uint8_t)outer_kind(r->o, &hit) :
		    AVATAR_NONE;
	}
}

/* ---- wrapping -------------------------------------------------------- */

/*
 * x: ways, NaN where none is known, which become those of their neighbours.
 * What is far from its neighbours' is a loose lock or a hole: theirs, too.
 * Fingers stay where they are. pairs (n,2) and scratch (n,2).
 */
static void
settle(float *x, const struct hold *h, const struct net *e, float *pairs,
    float *scratch)
{
	for (size_t i = 0; i < e->n; i++) {
		bool known = !isnan(x[i]);

		pairs[2 * i] = known ? x[i] : 0;
		pairs[2 * i + 1] = known ? 1 : 0;
	}
	smooth_over(pairs, scratch, e, 2, 8);
	for (size_t i = 0; i < e->n; i++) {
		float mean = pairs[2 * i + 1] > 1e-3f ? pairs[2 * i] /
		    pairs[2 * i + 1] : 0;
		bool fits = !isnan(x[i]) && fabsf(x[i] - mean) < 0.025f;

		x[i] = fits ? 0.6f * x[i] + 0.4f * mean : mean;
	}
	smooth_over(x, scratch, e, 1, 2);
	for (size_t i = 0; i < e->n; i++)
		x[i] *= 1 - fminf(h[i].hand, 1);
}

#define UNDER 0.006f	/* metres from cloth to the skin below it */
#define BARE 0.03f	/* the body is not farther below bare skin */

enum status
hull_wrap(float (*hull)[3], float (*inside)[3], struct arena *a,
    const struct outer *o, const struct body *b, const float (*vert)[3])
{
	size_t n = b->mesh.n_vert, mark = arena_mark(a);
	float (*normal)[3] = arena_calloc(a, n, sizeof *normal);
	float *way = arena_calloc(a, n, sizeof *way);
	float *under = arena_calloc(a, n, sizeof *under);
	float *pairs = arena_calloc(a, n, 2 * sizeof *pairs);
	float *scratch = arena_calloc(a, n, 3 * sizeof *scratch);
	uint8_t *kind = arena_calloc(a, n, 1);
	struct hold *hold = arena_calloc(a, n, sizeof *hold);
	struct net e;

	if (!normal || !way || !under || !pairs || !scratch || !kind ||
	    !hold)
		return E_NOMEM;
	TRY(net_make(&e, a, &b->mesh));
	holds(hold, b);
	memcpy(hull, vert, n * sizeof *hull);
	for (int round = 0; round < 2; round++) {
		struct reach r = { o, (const float (*)[3])hull,
			(const float (*)[3])normal, hold,
			round ? 0.04f : 0.10f, round ? 0.03f : 0.05f, way,
			kind };

		normals_over(normal, scratch, &e, b, (const float (*)[3])hull,
		    3);
		team_range(n, 256, reach_some, &r);
		if (round == 0)
			for (size_t i = 0; i < n; i++)
				under[i] = kind[i] == AVATAR_NONE ? NAN :
				    kind[i] == AVATAR_SKIN ?
				    fminf(way[i], BARE) :
				    fminf(way[i] - UNDER, 0);
		settle(way, hold, &e, pairs, scratch);
		if (round == 0) {
			settle(under, hold, &e, pairs, scratch);
			for (size_t i = 0; i < n; i++)
				for (int c = 0; c < 3; c++)
					inside[i][c] = vert[i][c] + under[i] *
					    normal[i][c];
		}
		for (size_t i = 0; i < n; i++)
			for (int c = 0; c < 3; c++)
				hull[i][c] += way[i] * normal[i][c];
	}
	arena_pop(a, mark);
	return OK;
}
