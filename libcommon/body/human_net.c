#include "body/human_net.h"

#include <math.h>
#include <string.h>

#define TAU 6.2831853f
#define HOLE_TOP 5		/* rows and columns of the arm's hole */
#define HOLE_ROWS 6
#define HOLE_LEFT (NET_FRONT - 2)
#define HOLE_COLS 4
#define LEG_ROWS 14		/* of the thigh, and of the lower leg */
#define ARM_ROWS 10		/* of the upper arm, and of the lower arm */
#define PALM_ROWS 6
#define FINGER_ROWS 6

static float
lerp(float a, float b, float t)
{
	return a + t * (b - a);
}

static float
smooth(float t)
{
	t = t < 0 ? 0 : t > 1 ? 1 : t;
	return t * t * (3 - 2 * t);
}

static uint32_t
vertex(struct net *n, enum zone_of_form z, float x, float y, float w)
{
	uint32_t i = (uint32_t)n->n_vert++;

	n->p[i][0] = x;
	n->p[i][1] = y;
	n->p[i][2] = w;
	n->zone[i] = (uint8_t)z;
	return i;
}

static void
triangle(struct net *n, int part, const uint32_t v[3], const float uv[3][2])
{
	size_t i = n->n_face++;

	memcpy(n->face[i], v, sizeof n->face[i]);
	memcpy(n->uv[i], uv, sizeof n->uv[i]);
	n->part[i] = (uint8_t)part;
}

/* Corners counter-clockwise as seen from outside. */
static void
cell(struct net *n, int part, const uint32_t v[4], const float uv[4][2])
{
	static const int cut[2][3] = { { 0, 1, 2 }, { 0, 2, 3 } };

	for (int k = 0; k < 2; k++) {
		uint32_t c[3];
		float at[3][2];

		for (int i = 0; i < 3; i++) {
			c[i] = v[cut[k][i]];
			memcpy(at[i], uv[cut[k][i]], sizeof at[i]);
		}
		triangle(n, part, c, (const float (*)[2])at);
	}
}

/* ---- trunk ----------------------------------------------------------- */

/* Heights of a row in front, at the side and at the back. */
static void
trunk_heights(float y[3], int row)
{
	static const float hole[2][3] = { { 0.462f, 0.512f, 0.500f },
		{ 0.372f, 0.380f, 0.372f } };
	const int low = HOLE_TOP + HOLE_ROWS;

	if (row <= low) {
		float t = (float)(row - HOLE_TOP) / HOLE_ROWS;

		for (int k = 0; k < 3; k++)
			y[k] = lerp(hole[0][k], hole[1][k], t);
		return;
	}
	float t = (float)(row - low) / (TRUNK_ROWS - low);

	y[0] = lerp(hole[1][0], -0.168f, t);
	y[1] = lerp(hole[1][1], -0.024f, t);
	y[2] = lerp(hole[1][2], -0.026f, t);
}

/* Angle of a column: 0 in front, 1 at the side, 2 at the back, in quarters. */
static float
column_turn(int j)
{
	return j <= NET_FRONT ? (float)j / NET_FRONT :
	    1 + (float)(j - NET_FRONT) / NET_BACK;
}

static float
trunk_y(int row, float turn)
{
	float y[3];

	trunk_heights(y, row);
	if (turn > 1)
		return lerp(y[1], y[2], smooth(turn - 1));
	/* Towards the groin the row runs straight down to the crotch. */
	float low = smooth((float)(row - 16) / (TRUNK_ROWS - 16));

	return lerp(y[0], y[1], lerp(smooth(turn), turn, low));
}

/* Piecewise linear in x over n rows of (x, value, value). */
static void
edge_at(float at[2], const float (*row)[3], int n, float x)
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
 * The edge between the halves of the arm lies above and below at the
 * shoulder, and in front and behind at the wrist. Way along the arm; degrees
 * of the edges from above towards the front.
 */
static const float arm_edge[][3] = { { 0.187f, 18, 184 }, { 0.25f, 33, 186 },
	{ 0.33f, 40, 190 }, { 0.43f, 40, 198 }, { 0.47f, 43, 220 },
	{ 0.51f, 48, 244 }, { 0.57f, 58, 260 }, { 0.65f, 75, 270 },
	{ 0.715f, 90, 272 } };

static float
arm_angle(int k, float x)
{
	float at[2], half = NET_ARM / 2, turn;

	edge_at(at, arm_edge, sizeof arm_edge / sizeof *arm_edge, x);
	turn = k <= half ? lerp(at[0], at[1], (float)k / half) :
	    lerp(at[1], at[0] + 360, ((float)k - half) / half);
	return turn * TAU / 360;
}

/* A point on the arm's hole; k as in the arm's rings. */
static void
hole_point(float p[3], int k)
{
	float a = arm_angle(k, 0.187f);

	p[0] = 0.187f;
	p[1] = 0.448f + 0.066f * cosf(a);
	p[2] = -0.038f + 0.056f * sinf(a);
}

/* The place of (row, column) in the rim of the hole, or -1. */
static int
rim_index(int row, int col)
{
	int r = row - HOLE_TOP, c = col - HOLE_LEFT;

	if (r < 0 || r > HOLE_ROWS || c < 0 || c > HOLE_COLS)
		return -1;
	if (c == 0)
		return 2 + r;
	if (r == HOLE_ROWS)
		return 2 + HOLE_ROWS + c;
	if (c == HOLE_COLS)
		return 2 + 2 * HOLE_ROWS + HOLE_COLS - r;
	if (r == 0)
		return (NET_ARM + 2 - c) % NET_ARM;
	return -1;
}

static bool
in_hole(int row, int col)
{
	return row > HOLE_TOP && row < HOLE_TOP + HOLE_ROWS &&
	    col > HOLE_LEFT && col < HOLE_LEFT + HOLE_COLS;
}

static void
trunk_guess(float p[3], const struct form *f, int row, int col)
{
	float turn = column_turn(col), a = turn * TAU / 4, mid[2], r[4];
	int rim = rim_index(row, col);

	if (row < HOLE_TOP) {
		const float neck[3] = { 0.064f * sinf(a), 0.54f -
		    0.014f * cosf(a), -0.018f + 0.064f * cosf(a) };
		float low[3];

		trunk_guess(low, f, HOLE_TOP, col);
		for (int c = 0; c < 3; c++)
			p[c] = lerp(neck[c], low[c], (float)row / HOLE_TOP);
		return;
	}
	if (rim >= 0) {
		hole_point(p, rim);
		return;
	}
	p[1] = trunk_y(row, turn);
	if (row < HOLE_TOP + HOLE_ROWS) {
		/* Columns bend aside to leave room for the hole. */
		float rest[3], end = turn < 1 ? HOLE_LEFT :
		    HOLE_LEFT + HOLE_COLS, t;

		hole_point(rest, rim_index(row, (int)end));
		t = turn < 1 ? (float)col / end :
		    (float)(NET_COLS - col) / (NET_COLS - end);
		profile_at(mid, r, &f->trunk, p[1]);
		p[0] = rest[0] * t;
		p[2] = lerp((turn < 1 ? r[3] : -r[2]), rest[2], t * t);
		p[1] = lerp(p[1], rest[1], t * t);
		return;
	}
	profile_at(mid, r, &f->trunk, p[1]);
	p[0] = fmaxf(r[1], 0.08f) * sinf(a);
	p[2] = (turn < 1 ? r[3] : r[2]) * cosf(a);
}

static void
trunk_cell(struct net *n, int i, int j)
{
	bool back = j >= NET_FRONT;
	uint32_t v[4];
	float uv[4][2];

	for (int k = 0; k < 4; k++) {
		int row = i + (k == 1 || k == 2), col = j + (k >= 2);
		float turn = column_turn(col);

		v[k] = n->trunk[row][col];
		chart_trunk(uv[k], back, row, trunk_y(row < HOLE_TOP ?
		    HOLE_TOP : row, turn), back ? 2 - turn : turn);
	}
	cell(n, back ? 1 : 2, v, (const float (*)[2])uv);
}

static void
lay_trunk(struct net *n)
{
	for (int i = 0; i <= TRUNK_ROWS; i++)
		for (int j = 0; j <= NET_COLS; j++) {
			float p[3];

			if (in_hole(i, j))
				continue;
			trunk_guess(p, n->form, i, j);
			uint32_t v = vertex(n, FORM_TRUNK, p[0], p[1], p[2]);

			n->trunk[i][j] = v;
			n->middle[v] = j == 0 || j == NET_COLS;
			n->loose[v] = true;
		}
	for (int i = 0; i < TRUNK_ROWS; i++)
		for (int j = 0; j < NET_COLS; j++)
			if (i < HOLE_TOP || i >= HOLE_TOP + HOLE_ROWS ||
			    j < HOLE_LEFT || j >= HOLE_LEFT + HOLE_COLS)
				trunk_cell(n, i, j);
}

/* ---- head ------------------------------------------------------------ */

/* Heights of the head's rows in front and at the back. */
static const float head_y[HEAD_ROWS + 1][2] = {
	{ 0.527f, 0.555f }, { 0.541f, 0.573f }, { 0.553f, 0.590f },
	{ 0.563f, 0.605f }, { 0.571f, 0.618f }, { 0.579f, 0.629f },
	{ 0.587f, 0.639f }, { 0.596f, 0.648f }, { 0.605f, 0.656f },
	{ 0.613f, 0.663f }, { 0.620f, 0.669f }, { 0.6265f, 0.675f },
	{ 0.6325f, 0.681f }, { 0.6385f, 0.687f }, { 0.645f, 0.693f },
	{ 0.652f, 0.699f }, { 0.659f, 0.705f }, { 0.666f, 0.711f },
	{ 0.674f, 0.717f }, { 0.682f, 0.723f }, { 0.689f, 0.729f },
	{ 0.696f, 0.735f }, { 0.703f, 0.741f }, { 0.710f, 0.747f },
	{ 0.718f, 0.753f }, { 0.729f, 0.760f }, { 0.742f, 0.768f },
	{ 0.756f, 0.777f }, { 0.769f, 0.785f }, { 0.781f, 0.792f },
	{ 0.792f, 0.799f }, { 0.801f, 0.805f }, { 0.808f, 0.809f }
};

/* Columns stand closer in the face and at the ear; half turns. */
static const float head_turn[NET_COLS + 1] = {
	0, 0.020f, 0.045f, 0.075f, 0.108f, 0.145f, 0.185f, 0.230f, 0.280f,
	0.330f, 0.380f, 0.425f, 0.462f, 0.488f, 0.510f, 0.532f, 0.556f, 0.585f,
	0.630f, 0.690f, 0.760f, 0.840f, 0.920f, 1
};

static void
head_place(int i, int j, float *turn, float *y)
{
	float plain = column_turn(j) / 2;

	*turn = lerp(plain, head_turn[j], smooth((float)i / 5));
	*y = lerp(head_y[i][0], head_y[i][1], smooth(1.25f * *turn - 0.15f));
}

/*
 * Rays leave the neck's axis level, and the head's from behind the mouth, so
 * that they meet the underside of the jaw.
 */
static void
head_cast(float p[3], const struct form *f, int i, int j)
{
	float turn, y, up;

	head_place(i, j, &turn, &y);
	/* On an egg, rounder above the brows. */
	up = y > 0.70f ? sqrtf(fmaxf(1 - powf((y - 0.70f) / 0.114f, 2),
	    0.01f)) : 1;
	float front = fmaxf(cosf(turn * TAU / 2), 0);
	float jaw = smooth((y - 0.545f) / lerp(0.10f, 0.05f, front));
	float r = lerp(0.060f, 0.090f, jaw) * up;
	const float from[3] = { 0, lerp(y, 0.67f, jaw), lerp(-0.022f, 0,
	    jaw) };

	p[0] = 0.85f * r * sinf(turn * TAU / 2);
	p[1] = y;
	p[2] = from[2] + 1.1f * r * cosf(turn * TAU / 2);
	form_cast(p, f, FORM_HEAD, from, 0.17f);
}

static void
head_cells(struct net *n, uint32_t crown)
{
	for (int i = 0; i <= HEAD_ROWS; i++)
		for (int j = 0; j < NET_COLS; j++) {
			uint32_t v[4];
			float uv[4][2];

			for (int k = 0; k < 4; k++) {
				int row = i + (k >= 2);
				int col = j + (k == 1 || k == 2);
				float turn, y;

				if (row > HEAD_ROWS) {
					v[k] = crown;
					uv[k][0] = 0.5f;
					uv[k][1] = 1;
					continue;
				}
				head_place(row, col, &turn, &y);
				v[k] = n->head[row][col];
				chart_head(uv[k], turn, y);
			}
			if (i < HEAD_ROWS)
				cell(n, 24, v, (const float (*)[2])uv);
			else
				triangle(n, 24, v, (const float (*)[2])uv);
		}
}

static void
lay_head(struct net *n)
{
	for (int j = 0; j <= NET_COLS; j++)
		n->head[0][j] = n->trunk[0][j];
	for (int i = 1; i <= HEAD_ROWS; i++)
		for (int j = 0; j <= NET_COLS; j++) {
			float p[3];

			head_cast(p, n->form, i, j);
			uint32_t v = vertex(n, FORM_HEAD, p[0], p[1], p[2]);

			n->head[i][j] = v;
			n->middle[v] = j == 0 || j == NET_COLS;
		}
	uint32_t crown = vertex(n, FORM_HEAD, 0, 0.812f, -0.012f);

	n->middle[crown] = true;
	head_cells(n, crown);
}

/* ---- legs ------------------------------------------------------------ */

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

	edge_at(at, edge, 5, y);
	turn = m <= NET_FRONT ? lerp(at[0], at[1], (float)m / NET_FRONT) :
	    lerp(at[1], at[0] + 360, (float)(m - NET_FRONT) /
	    (NET_LEG - NET_FRONT));
	return turn * TAU / 360;
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
		cell(n, part, v, (const float (*)[2])uv);
	}
}

static void
lay_groin(struct net *n, uint32_t ring[NET_LEG])
{
	for (int j = 0; j <= NET_COLS; j++)
		ring[j] = n->trunk[TRUNK_ROWS][j];
	for (int k = 1; k < NET_STRIP; k++) {
		float a = TAU / 4 * (float)k / NET_STRIP;
		uint32_t v = vertex(n, FORM_TRUNK, 0, -0.026f - 0.142f *
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

		from = goal + remainderf(from - goal, TAU);
		float a = lerp(from, goal, smooth(1.6f * s));
		float away = hypotf(g[0] - mid[0], g[2] - mid[1]);

		profile_at(mid, r, &n->form->leg, y);
		away = lerp(away, 0.5f * (r[0] + r[2]), smooth(4 * s));
		ring[m] = vertex(n, FORM_LEG, mid[0] + away * sinf(a), y,
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

		ring[m] = vertex(n, FORM_LEG, mid[0] + r[1] * sinf(a), y,
		    mid[1] + r[2] * cosf(a));
	}
}

#define HEEL_ROWS 6
#define TOE_ROWS 7

/* A ring of the foot: planes turn about the instep, then go forward. */
static void
foot_ring(struct net *n, uint32_t *ring, int row)
{
	float turn = fminf((float)row / HEEL_ROWS, 1) * TAU / 4;
	float on = fmaxf((float)(row - HEEL_ROWS) / TOE_ROWS, 0);
	float pivot[2] = { lerp(-0.872f, -0.910f, on), lerp(0.052f, 0.150f, on) };
	float deep = lerp(lerp(0.100f, 0.064f, turn / (TAU / 4)), 0.026f, on) +
	    0.062f * sinf(2 * turn);
	float wide = lerp(lerp(0.033f, 0.040f, turn / (TAU / 4)), 0.036f, on);
	float mid = lerp(0.093f, 0.100f, on);

	for (int m = 0; m < NET_LEG; m++) {
		float a = leg_angle(m, -0.87f);
		float h = 0.030f + deep * (1 - cosf(a)) / 2;
		/* The toes end on a slant. */
		float back = 0.015f * on * (1 + sinf(a));

		ring[m] = vertex(n, FORM_FOOT, mid + wide * sinf(a),
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
		cell(n, 5, v, (const float (*)[2])uv);
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
	uint32_t tip = vertex(n, FORM_FOOT, 0.088f, -0.953f, 0.150f);

	for (int m = 0; m < NET_LEG; m++) {
		const uint32_t v[3] = { ring[m], tip, ring[(m + 1) % NET_LEG] };
		float uv[3][2];

		foot_chart(uv[0], rows, m, rows, m);
		foot_chart(uv[2], rows, m + 1, rows, m);
		for (int c = 0; c < 2; c++)
			uv[1][c] = 0.5f * (uv[0][c] + uv[2][c]);
		triangle(n, 5, v, (const float (*)[2])uv);
	}
}

static void
lay_leg(struct net *n)
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

/* ---- arms ------------------------------------------------------------ */

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
		cell(n, part, v, (const float (*)[2])uv);
	}
}

static void
arm_ring(struct net *n, uint32_t *ring, float x)
{
	float mid[2], r[4];

	profile_at(mid, r, &n->form->arm, x);
	for (int k = 0; k < NET_ARM; k++) {
		float a = arm_angle(k, x), u = cosf(a), v = sinf(a);

		ring[k] = vertex(n, FORM_ARM, x, mid[0] + r[u > 0] * u,
		    mid[1] + r[2 + (v > 0)] * v);
		n->loose[ring[k]] = x < 0.30f;
	}
}

/* A finger from a ring of 8; e1 and e2 span its section, e1 x e2 its axis. */
static void
lay_finger(struct net *n, const uint32_t root[8], int finger,
    const uint8_t *back, int first_side)
{
	const float *f = human_finger[finger];
	float axis[3], e1[3], e2[3], len = 0, dot = 0;
	uint32_t ring[8], next[8];

	for (int c = 0; c < 3; c++) {
		axis[c] = f[4 + c] - f[c];
		len += axis[c] * axis[c];
	}
	len = sqrtf(len);
	for (int c = 0; c < 3; c++) {
		axis[c] /= len;
		e1[c] = c == first_side;
	}
	dot = axis[first_side];
	for (int c = 0; c < 3; c++)
		e1[c] -= dot * axis[c];
	len = sqrtf(e1[0] * e1[0] + e1[1] * e1[1] + e1[2] * e1[2]);
	for (int c = 0; c < 3; c++)
		e1[c] /= len;
	for (int c = 0; c < 3; c++)
		e2[c] = axis[(c + 1) % 3] * e1[(c + 2) % 3] -
		    axis[(c + 2) % 3] * e1[(c + 1) % 3];
	memcpy(ring, root, sizeof ring);
	for (int r = 1; r <= FINGER_ROWS + 1; r++) {
		float t = r >= FINGER_ROWS ? 1 : lerp(0.12f, 0.95f,
		    (float)(r - 1) / (FINGER_ROWS - 2));
		bool tip = r > FINGER_ROWS;

		for (int k = 0; k < 8; k++) {
			float a = TAU * (float)k / 8, p[3];
			float w = tip ? 0 : lerp(f[3], f[7], t), on = tip ?
			    f[7] : 0;

			/* The last ring rounds the tip off. */
			if (r == FINGER_ROWS) {
				w *= 0.75f;
				on = 0.6f * f[7];
			}
			if (tip && k > 0) {
				next[k] = next[0];
				continue;
			}
			for (int c = 0; c < 3; c++)
				p[c] = lerp(f[c], f[4 + c], t) + on * axis[c] +
				    w * (e1[c] * cosf(a) + e2[c] * sinf(a));
			p[1] += 0.003f * sinf(t * TAU / 2);
			next[k] = vertex(n, FORM_HAND, p[0], p[1], p[2]);
		}
		for (int k = 0; k < 8; k++) {
			int k1 = (k + 1) % 8;
			const uint32_t v[4] = { ring[k], ring[k1], next[k1],
				next[k] };
			float uv[4][2];

			for (int c = 0; c < 4; c++) {
				int at = (k + (c == 1 || c == 2)) % 8;

				chart_hand(uv[c], finger == 3 && at == 6 ?
				    HAND_HINGE : back[k] ? HAND_BACK :
				    HAND_PALM, n->p[v[c]]);
			}
			if (tip)
				triangle(n, 4, v, (const float (*)[2])uv);
			else
				cell(n, 4, v, (const float (*)[2])uv);
		}
		memcpy(ring, next, sizeof ring);
	}
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
			ring[r][k] = vertex(n, FORM_HAND, p[0], p[1], p[2]);
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
			cell(n, 4, v, (const float (*)[2])uv);
		}
}

static void
lay_hand(struct net *n, const uint32_t *wrist)
{
	/* Which of a finger's 8 sides are of the back of the hand. */
	static const uint8_t finger_back[8] = { 1, 1, 0, 0, 0, 0, 1, 1 };
	static const uint8_t thumb_back[8] = { 1, 1, 1, 1, 0, 0, 0, 0 };
	uint32_t ring[PALM_ROWS + 1][NET_ARM], edge[5];

	memcpy(ring[0], wrist, sizeof ring[0]);
	lay_palm(n, ring);
	const uint32_t *last = ring[PALM_ROWS];

	edge[0] = last[0];
	edge[4] = last[NET_ARM / 2];
	for (int f = 1; f < 4; f++) {
		const float *p = n->p[last[1 + 2 * f]];
		const float *q = n->p[last[NET_ARM - 1 - 2 * f]];

		edge[f] = vertex(n, FORM_HAND, (p[0] + q[0]) / 2,
		    (p[1] + q[1]) / 2, (p[2] + q[2]) / 2);
	}
	for (int f = 0; f < 4; f++) {
		const uint32_t root[8] = { last[18 - 2 * f], last[19 - 2 * f],
			edge[f], last[1 + 2 * f], last[2 + 2 * f],
			last[3 + 2 * f], edge[f + 1], last[17 - 2 * f] };

		lay_finger(n, root, f, finger_back, 1);
	}
	const uint32_t root[8] = { ring[3][0], ring[3][19], ring[2][19],
		ring[1][19], ring[1][0], ring[1][1], ring[2][1],
		ring[3][1] };

	lay_finger(n, root, 4, thumb_back, 0);
}

static void
lay_arm(struct net *n)
{
	uint32_t ring[NET_ARM], next[NET_ARM];

	for (int i = 0; i <= TRUNK_ROWS; i++)
		for (int j = 0; j <= NET_COLS; j++)
			if (rim_index(i, j) >= 0)
				ring[rim_index(i, j)] = n->trunk[i][j];
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

/* ---- all ------------------------------------------------------------- */

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
			for (int k = 0; k < 3; k++) {
				uint32_t v = n->face[i][k];
				const float *q = n->p[n->face[i][(k + 1) % 3]];

				for (int c = 0; c < 3; c++)
					sum[v][c] += q[c];
				sum[v][3]++;
			}
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
	lay_trunk(n);
	lay_head(n);
	lay_leg(n);
	lay_arm(n);
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
