/*
 * The arm: rings from the hole in the trunk to the wrist; the palm; fingers,
 * each a tube of eight sides.
 */
#include "human/human_net.h"

#include <math.h>
#include <string.h>

#define ARM_ROWS 10	/* of the upper arm, and of the lower arm */
#define PALM_ROWS 6
#define FINGER_ROWS 6
#define SIDES 8		/* of a finger */

/*
 * The edge between the halves of the arm lies above and below at the
 * shoulder, and in front and behind at the wrist. Way along the arm; degrees
 * of the edges from above towards the front.
 */
static const float arm_edge[][3] = { { 0.187f, 18, 184 }, { 0.25f, 33, 186 },
	{ 0.33f, 40, 190 }, { 0.43f, 40, 198 }, { 0.47f, 43, 220 },
	{ 0.51f, 48, 244 }, { 0.57f, 58, 260 }, { 0.65f, 75, 270 },
	{ 0.715f, 90, 272 } };

float
net_arm_angle(int k, float x)
{
	float at[2], half = NET_ARM / 2, turn;

	net_edge(at, arm_edge, sizeof arm_edge / sizeof *arm_edge, x);
	turn = k <= half ? lerp(at[0], at[1], (float)k / half) :
	    lerp(at[1], at[0] + 360, ((float)k - half) / half);
	return turn * NET_TURN / 360;
}

static void
arm_cells(struct net *n, const uint32_t *up, const uint32_t *down, float s0,
    float s1, int inside, int outside)
{
	for (int k = 0; k < NET_ARM; k++) {
		bool out = k >= NET_ARM / 2;
		int part = out ? outside : inside, k1 = (k + 1) % NET_ARM;
		const uint32_t v[4] = { up[k], up[k1], down[k1], down[k] };
		float uv[4][2];

		for (int c = 0; c < 4; c++) {
			int at = k + (c == 1 || c == 2) - (out ? NET_ARM / 2 : 0);

			chart_limb(uv[c], part, c >= 2 ? s1 : s0,
			    2 * (float)at / NET_ARM);
		}
		net_cell(n, part, v, (const float (*)[2])uv);
	}
}

static void
arm_ring(struct net *n, uint32_t *ring, float x)
{
	float mid[2], r[4];

	profile_at(mid, r, &n->form->arm, x);
	for (int k = 0; k < NET_ARM; k++) {
		float a = net_arm_angle(k, x), u = cosf(a), v = sinf(a);

		ring[k] = net_vertex(n, FORM_ARM, x, mid[0] + r[u > 0] * u,
		    mid[1] + r[2 + (v > 0)] * v);
		n->loose[ring[k]] = x < 0.30f;
	}
}

/* A finger: its root, axis and length; e1 and e2 span its section. */
struct finger {
	int index;		/* 4 the thumb */
	const float *f;		/* of human_finger */
	const uint8_t *back;	/* which sides are of the back of the hand */
	float axis[3], e1[3], e2[3];
};

/* e1 is near axis `first` of space; e1 x e2 is the finger's axis. */
static void
aim_finger(struct finger *g, int first)
{
	float len = 0, lean;

	for (int c = 0; c < 3; c++) {
		g->axis[c] = g->f[4 + c] - g->f[c];
		len += g->axis[c] * g->axis[c];
	}
	for (int c = 0; c < 3; c++)
		g->axis[c] /= sqrtf(len);
	lean = g->axis[first];
	for (int c = 0; c < 3; c++)
		g->e1[c] = ((c == first) - lean * g->axis[c]) /
		    sqrtf(1 - lean * lean);
	for (int c = 0; c < 3; c++)
		g->e2[c] = g->axis[(c + 1) % 3] * g->e1[(c + 2) % 3] -
		    g->axis[(c + 2) % 3] * g->e1[(c + 1) % 3];
}

/* A vertex at t of the length, `on` beyond it, `away` from the axis. */
static uint32_t
finger_vertex(struct net *n, const struct finger *g, float t, float on,
    float away, int side)
{
	float a = NET_TURN * (float)side / SIDES, p[3];

	for (int c = 0; c < 3; c++)
		p[c] = lerp(g->f[c], g->f[4 + c], t) + on * g->axis[c] +
		    away * (g->e1[c] * cosf(a) + g->e2[c] * sinf(a));
	/* A little arched. */
	return net_vertex(n, FORM_HAND, p[0], p[1] + 0.003f * sinf(t *
	    NET_TURN / 2), p[2]);
}

/* Ring 1..FINGER_ROWS; the last rounds the tip off. */
static void
finger_ring(uint32_t ring[SIDES], struct net *n, const struct finger *g,
    int row)
{
	bool last = row == FINGER_ROWS;
	float t = last ? 1 : lerp(0.12f, 0.95f, (float)(row - 1) /
	    (FINGER_ROWS - 2));
	float r = lerp(g->f[3], g->f[7], t);

	for (int k = 0; k < SIDES; k++)
		ring[k] = finger_vertex(n, g, t, last ? 0.6f * r : 0,
		    last ? 0.75f * r : r, k);
}

/* Cells between two rings, or triangles where `down` is the tip alone. */
static void
finger_cells(struct net *n, const struct finger *g, const uint32_t up[SIDES],
    const uint32_t down[SIDES], bool tip)
{
	for (int k = 0; k < SIDES; k++) {
		int k1 = (k + 1) % SIDES;
		const uint32_t v[4] = { up[k], up[k1], down[k1], down[k] };
		float uv[4][2];

		for (int c = 0; c < 4; c++) {
			bool edge = (c == 1 || c == 2 ? k1 : k) == 6;

			chart_hand(uv[c], g->index == 3 && edge ? HAND_HINGE :
			    g->back[k] ? HAND_BACK : HAND_PALM, n->p[v[c]]);
		}
		if (tip)
			net_triangle(n, 4, v, (const float (*)[2])uv);
		else
			net_cell(n, 4, v, (const float (*)[2])uv);
	}
}

static void
lay_finger(struct net *n, const uint32_t root[SIDES], struct finger *g)
{
	uint32_t ring[SIDES], next[SIDES];

	aim_finger(g, g->index == 4 ? 0 : 1);
	memcpy(ring, root, sizeof ring);
	for (int r = 1; r <= FINGER_ROWS; r++) {
		finger_ring(next, n, g, r);
		finger_cells(n, g, ring, next, false);
		memcpy(ring, next, sizeof ring);
	}
	next[0] = finger_vertex(n, g, 1, g->f[7], 0, 0);
	for (int k = 1; k < SIDES; k++)
		next[k] = next[0];
	finger_cells(n, g, ring, next, true);
}

/* Where a palm's vertex is first put, and what its chart is a function of. */
static void
palm_place(float p[3], int row, int k)
{
	float t = (float)row / PALM_ROWS;
	bool back = k > NET_ARM / 2;
	float c = (float)(back ? NET_ARM - k : k) / (NET_ARM / 2);
	float end = 0.822f + 0.012f * sinf(c * 2.2f) - 0.018f * c;
	float side = k == 0 || k == NET_ARM / 2 ? 0 : back ? 1 : -1;

	p[0] = lerp(0.715f, end, t);
	p[1] = 0.459f + 0.016f * side;
	p[2] = lerp(lerp(-0.027f, -0.083f, c), lerp(-0.024f, -0.119f, c), t);
}

/* Two cells on the edge make way for the thumb, in two rows. */
static bool
in_thumb(int row, int k)
{
	return (k == 0 || k == NET_ARM - 1) && (row == 1 || row == 2);
}

static void
lay_palm(struct net *n, uint32_t (*ring)[NET_ARM])
{
	for (int r = 1; r <= PALM_ROWS; r++)
		for (int k = 0; k < NET_ARM; k++) {
			float p[3];

			if (r == 2 && k == 0)
				continue;
			palm_place(p, r, k);
			ring[r][k] = net_vertex(n, FORM_HAND, p[0], p[1], p[2]);
		}
	for (int r = 0; r < PALM_ROWS; r++)
		for (int k = 0; k < NET_ARM; k++) {
			uint32_t v[4];
			float uv[4][2];

			if (in_thumb(r, k))
				continue;
			for (int c = 0; c < 4; c++) {
				int row = r + (c >= 2);
				int at = (k + (c == 1 || c == 2)) % NET_ARM;
				float p[3];

				v[c] = ring[row][at];
				palm_place(p, row, at);
				chart_hand(uv[c], at == NET_ARM / 2 ?
				    HAND_HINGE : k >= NET_ARM / 2 ? HAND_BACK :
				    HAND_PALM, p);
			}
			net_cell(n, 4, v, (const float (*)[2])uv);
		}
}

/* Between two fingers a vertex joins palm and back; at the ends the edge. */
static void
lay_webs(uint32_t web[5], struct net *n, const uint32_t last[NET_ARM])
{
	web[0] = last[0];
	web[4] = last[NET_ARM / 2];
	for (int f = 1; f < 4; f++) {
		const float *p = n->p[last[1 + 2 * f]];
		const float *q = n->p[last[NET_ARM - 1 - 2 * f]];

		web[f] = net_vertex(n, FORM_HAND, (p[0] + q[0]) / 2,
		    (p[1] + q[1]) / 2, (p[2] + q[2]) / 2);
	}
}

static void
lay_hand(struct net *n, const uint32_t *wrist)
{
	static const uint8_t finger_back[SIDES] = { 1, 1, 0, 0, 0, 0, 1, 1 };
	static const uint8_t thumb_back[SIDES] = { 1, 1, 1, 1, 0, 0, 0, 0 };
	uint32_t ring[PALM_ROWS + 1][NET_ARM], web[5];
	const uint32_t *last = ring[PALM_ROWS];

	memcpy(ring[0], wrist, sizeof ring[0]);
	lay_palm(n, ring);
	lay_webs(web, n, last);
	for (int f = 0; f < 4; f++) {
		struct finger g = { f, human_finger[f], finger_back, { 0 },
			{ 0 }, { 0 } };
		const uint32_t root[SIDES] = { last[18 - 2 * f],
			last[19 - 2 * f], web[f], last[1 + 2 * f],
			last[2 + 2 * f], last[3 + 2 * f], web[f + 1],
			last[17 - 2 * f] };

		lay_finger(n, root, &g);
	}
	struct finger thumb = { 4, human_finger[4], thumb_back, { 0 }, { 0 },
		{ 0 } };
	const uint32_t root[SIDES] = { ring[3][0], ring[3][19], ring[2][19],
		ring[1][19], ring[1][0], ring[1][1], ring[2][1], ring[3][1] };

	lay_finger(n, root, &thumb);
}

void
net_lay_arm(struct net *n)
{
	uint32_t ring[NET_ARM], next[NET_ARM];

	for (int i = 0; i <= TRUNK_ROWS; i++)
		for (int j = 0; j <= NET_COLS; j++)
			if (net_rim(i, j) >= 0)
				ring[net_rim(i, j)] = n->trunk[i][j];
	memcpy(n->shoulder, ring, sizeof ring);
	for (int r = 1; r <= 2 * ARM_ROWS; r++) {
		bool low = r > ARM_ROWS;
		int from = low ? ARM_ROWS : 0;
		float s1 = (float)(r - from) / ARM_ROWS;

		arm_ring(n, next, low ? lerp(0.445f, 0.715f, s1) :
		    lerp(0.187f, 0.445f, s1));
		arm_cells(n, ring, next, s1 - 1.0f / ARM_ROWS, s1,
		    low ? 19 : 15, low ? 21 : 17);
		memcpy(ring, next, sizeof ring);
		if (r == ARM_ROWS)
			memcpy(n->elbow, ring, sizeof ring);
	}
	memcpy(n->wrist, ring, sizeof ring);
	lay_hand(n, ring);
}
