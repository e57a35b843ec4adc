/*
 * The trunk, whose rows run from the neck down to the groin and leave a hole
 * for each arm, and the head, whose columns go on from the trunk's.
 */
#include "human/human_net.h"

#include <math.h>

#define HOLE_LEFT (NET_FRONT - 2)	/* first column and top row of it */
#define HOLE_COLS 4
#define HOLE_TOP 5
#define HOLE_ROWS 6

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

/* A point on the arm's hole; k as in the arm's rings. */
static void
hole_point(float p[3], int k)
{
	float a = net_arm_angle(k, 0.187f);

	p[0] = 0.187f;
	p[1] = 0.448f + 0.066f * cosf(a);
	p[2] = -0.038f + 0.056f * sinf(a);
}

int
net_rim(int row, int col)
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
	float turn = column_turn(col), a = turn * NET_TURN / 4, mid[2], r[4];
	int rim = net_rim(row, col);

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

		hole_point(rest, net_rim(row, (int)end));
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
	net_cell(n, back ? 1 : 2, v, (const float (*)[2])uv);
}

void
net_lay_trunk(struct net *n)
{
	for (int i = 0; i <= TRUNK_ROWS; i++)
		for (int j = 0; j <= NET_COLS; j++) {
			float p[3];

			if (in_hole(i, j))
				continue;
			trunk_guess(p, n->form, i, j);
			uint32_t v = net_vertex(n, FORM_TRUNK, p[0], p[1], p[2]);

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
	float front = fmaxf(cosf(turn * NET_TURN / 2), 0);
	float jaw = smooth((y - 0.545f) / lerp(0.10f, 0.05f, front));
	float r = lerp(0.060f, 0.090f, jaw) * up;
	const float from[3] = { 0, lerp(y, 0.67f, jaw), lerp(-0.022f, 0,
	    jaw) };

	p[0] = 0.85f * r * sinf(turn * NET_TURN / 2);
	p[1] = y;
	p[2] = from[2] + 1.1f * r * cosf(turn * NET_TURN / 2);
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
				net_cell(n, 24, v, (const float (*)[2])uv);
			else
				net_triangle(n, 24, v, (const float (*)[2])uv);
		}
}

void
net_lay_head(struct net *n)
{
	for (int j = 0; j <= NET_COLS; j++)
		n->head[0][j] = n->trunk[0][j];
	for (int i = 1; i <= HEAD_ROWS; i++)
		for (int j = 0; j <= NET_COLS; j++) {
			float p[3];

			head_cast(p, n->form, i, j);
			uint32_t v = net_vertex(n, FORM_HEAD, p[0], p[1], p[2]);

			n->head[i][j] = v;
			n->middle[v] = j == 0 || j == NET_COLS;
		}
	uint32_t crown = net_vertex(n, FORM_HEAD, 0, 0.812f, -0.012f);

	n->middle[crown] = true;
	head_cells(n, crown);
}
