/*
 * The leg: rings from the groin, where the columns of the trunk and a strip
 * between the legs meet, down to the ankle; the foot, whose rings turn.
 */
#include "human/human_net.h"

#include <math.h>
#include <string.h>

#define LEG_ROWS 14	/* of the thigh, and of the lower leg */
#define HEEL_ROWS 6	/* rings that turn about the instep */
#define TOE_ROWS 7	/* and that go forward */

/*
 * Angle of a ring's vertex round the leg, 0 in front and positive to the
 * outside, in radians. The edge between front and back lies a little behind
 * the middle. Heights; degrees of the edge at the inside and the outside.
 */
static float
leg_angle(int m, float y)
{
	static const float edge[][3] = { { -0.02f, -90, 104 },
		{ -0.40f, -92, 107 }, { -0.50f, -104, 106 },
		{ -0.60f, -96, 94 }, { -0.87f, -92, 92 } };
	float at[2], turn;

	net_edge(at, edge, 5, y);
	turn = m <= NET_FRONT ? lerp(at[0], at[1], (float)m / NET_FRONT) :
	    lerp(at[1], at[0] + 360, (float)(m - NET_FRONT) /
	    (NET_LEG - NET_FRONT));
	return turn * NET_TURN / 360;
}

/* Cells between two rings of a leg; s of the chart at each. */
static void
leg_cells(struct net *n, const uint32_t *up, const uint32_t *down, float s0,
    float s1, int front, int back)
{
	for (int m = 0; m < NET_LEG; m++) {
		bool behind = m >= NET_FRONT;
		int part = behind ? back : front;
		int m1 = (m + 1) % NET_LEG;
		const uint32_t v[4] = { up[m], down[m], down[m1], up[m1] };
		float uv[4][2];

		for (int k = 0; k < 4; k++) {
			int at = m + (k >= 2);
			float t = behind ? (float)(at - NET_FRONT) /
			    (NET_LEG - NET_FRONT) : (float)at / NET_FRONT;

			chart_limb(uv[k], part, k == 1 || k == 2 ? s1 : s0, t);
		}
		net_cell(n, part, v, (const float (*)[2])uv);
	}
}

static void
lay_groin(struct net *n, uint32_t ring[NET_LEG])
{
	for (int j = 0; j <= NET_COLS; j++)
		ring[j] = n->trunk[TRUNK_ROWS][j];
	for (int k = 1; k < NET_STRIP; k++) {
		float a = NET_TURN / 4 * (float)k / NET_STRIP;
		uint32_t v = net_vertex(n, FORM_TRUNK, 0, -0.026f - 0.142f *
		    sinf(a), -0.12f + 0.16f * (1 - cosf(a)));

		n->middle[v] = n->loose[v] = true;
		ring[NET_COLS + k] = v;
	}
}

/*
 * A ring of the leg: each column goes from its place on the groin to its
 * place at the knee.
 */
static void
thigh_ring(struct net *n, uint32_t *ring, const uint32_t *groin, float s)
{
	for (int m = 0; m < NET_LEG; m++) {
		const float *g = n->p[groin[m]];
		float mid[2], r[4], y = lerp(g[1], -0.49f, s);
		float goal = leg_angle(m, y);

		profile_at(mid, r, &n->form->leg, fmaxf(g[1], -0.14f));
		float from = atan2f(g[0] - mid[0], g[2] - mid[1]);

		from = goal + remainderf(from - goal, NET_TURN);
		float a = lerp(from, goal, smooth(1.6f * s));
		float away = hypotf(g[0] - mid[0], g[2] - mid[1]);

		profile_at(mid, r, &n->form->leg, y);
		away = lerp(away, 0.5f * (r[0] + r[2]), smooth(4 * s));
		ring[m] = net_vertex(n, FORM_LEG, mid[0] + away * sinf(a), y,
		    mid[1] + away * cosf(a));
		n->loose[ring[m]] = s < 0.5f;
	}
}

static void
shin_ring(struct net *n, uint32_t *ring, float s)
{
	float mid[2], r[4], y = lerp(-0.49f, -0.865f, s);

	profile_at(mid, r, &n->form->leg, y);
	for (int m = 0; m < NET_LEG; m++) {
		float a = leg_angle(m, y);

		ring[m] = net_vertex(n, FORM_LEG, mid[0] + r[1] * sinf(a), y,
		    mid[1] + r[2] * cosf(a));
	}
}

/* A ring of the foot: planes turn about the instep, then go forward. */
static void
foot_ring(struct net *n, uint32_t *ring, int row)
{
	float turn = fminf((float)row / HEEL_ROWS, 1) * NET_TURN / 4;
	float on = fmaxf((float)(row - HEEL_ROWS) / TOE_ROWS, 0);
	float pivot[2] = { lerp(-0.872f, -0.910f, on), lerp(0.052f, 0.150f, on) };
	float deep = lerp(lerp(0.100f, 0.064f, turn / (NET_TURN / 4)), 0.026f, on) +
	    0.062f * sinf(2 * turn);
	float wide = lerp(lerp(0.033f, 0.040f, turn / (NET_TURN / 4)), 0.036f, on);
	float mid = lerp(0.093f, 0.100f, on);

	for (int m = 0; m < NET_LEG; m++) {
		float a = leg_angle(m, -0.87f);
		float h = 0.030f + deep * (1 - cosf(a)) / 2;
		/* The toes end on a slant. */
		float back = 0.015f * on * (1 + sinf(a));

		ring[m] = net_vertex(n, FORM_FOOT, mid + wide * sinf(a),
		    pivot[0] - h * sinf(turn), pivot[1] - h * cosf(turn) -
		    back);
	}
}

/*
 * Where the chart of the foot is cut, as a column: down the heel, then along
 * the outer edge of the sole.
 */
static int
foot_cut(int row)
{
	int middle = (NET_FRONT + NET_LEG) / 2, left = HEEL_ROWS - row;

	return left <= 0 ? NET_FRONT :
	    NET_FRONT + ((middle - NET_FRONT) * left + HEEL_ROWS - 1) /
	    HEEL_ROWS;
}

/*
 * The chart at (row, column), for the cell of column m in row r: t runs from
 * the cut over the instep to the inside, the sole, and the cut again. A cell
 * on the cut's slant is flat there.
 */
static void
foot_chart(float uv[2], int row, int col, int r, int m)
{
	int cell_at = (foot_cut(r) - 1 - m + NET_LEG) % NET_LEG;
	int gone = foot_cut(row) - col;

	while (2 * (gone - cell_at) < -NET_LEG)
		gone += NET_LEG;
	while (2 * (gone - cell_at) > NET_LEG)
		gone -= NET_LEG;
	gone = gone < 0 ? 0 : gone > NET_LEG ? NET_LEG : gone;
	chart_limb(uv, 5, (float)row / (HEEL_ROWS + TOE_ROWS),
	    (float)gone / NET_LEG);
}

static void
foot_cells(struct net *n, const uint32_t *up, const uint32_t *down, int row)
{
	for (int m = 0; m < NET_LEG; m++) {
		int m1 = (m + 1) % NET_LEG;
		const uint32_t v[4] = { up[m], down[m], down[m1], up[m1] };
		float uv[4][2];

		for (int k = 0; k < 4; k++)
			foot_chart(uv[k], row + (k == 1 || k == 2),
			    (k >= 2 ? m + 1 : m), row, m);
		net_cell(n, 5, v, (const float (*)[2])uv);
	}
}

static void
lay_foot(struct net *n, uint32_t *ring)
{
	uint32_t next[NET_LEG];
	const int rows = HEEL_ROWS + TOE_ROWS;

	for (int r = 1; r <= rows; r++) {
		foot_ring(n, next, r);
		foot_cells(n, ring, next, r - 1);
		memcpy(ring, next, sizeof next);
	}
	uint32_t tip = net_vertex(n, FORM_FOOT, 0.088f, -0.953f, 0.150f);

	for (int m = 0; m < NET_LEG; m++) {
		const uint32_t v[3] = { ring[m], tip, ring[(m + 1) % NET_LEG] };
		float uv[3][2];

		foot_chart(uv[0], rows, m, rows, m);
		foot_chart(uv[2], rows, m + 1, rows, m);
		for (int c = 0; c < 2; c++)
			uv[1][c] = 0.5f * (uv[0][c] + uv[2][c]);
		net_triangle(n, 5, v, (const float (*)[2])uv);
	}
}

void
net_lay_leg(struct net *n)
{
	uint32_t groin[NET_LEG], ring[NET_LEG], next[NET_LEG];

	lay_groin(n, groin);
	memcpy(n->hip, groin, sizeof groin);
	memcpy(ring, groin, sizeof ring);
	for (int r = 1; r <= LEG_ROWS; r++) {
		thigh_ring(n, next, groin, (float)r / LEG_ROWS);
		leg_cells(n, ring, next, (float)(r - 1) / LEG_ROWS,
		    (float)r / LEG_ROWS, 10, 8);
		memcpy(ring, next, sizeof ring);
	}
	memcpy(n->knee, ring, sizeof ring);
	for (int r = 1; r <= LEG_ROWS; r++) {
		shin_ring(n, next, (float)r / LEG_ROWS);
		leg_cells(n, ring, next, (float)(r - 1) / LEG_ROWS,
		    (float)r / LEG_ROWS, 14, 12);
		memcpy(ring, next, sizeof ring);
	}
	memcpy(n->ankle, ring, sizeof ring);
	lay_foot(n, ring);
}
