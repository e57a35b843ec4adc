/*
 * DensePose's charts: which way U and V run in each part, and where its
 * corners lie. A part is unrolled at its true proportions, so a limb's
 * chart is a quadrilateral, given by its corners as (u, v) at s = 0, t = 0;
 * s = 0, t = 1; and so on down the limb, in rounded numbers.
 *
 * Parts are those of the left side; the right is mirrored in human.c.
 */
#include "human/human_net.h"

#include <math.h>

#define NODES 6

struct chart {
	int rows, cols;
	float s[NODES], t[NODES];
	float uv[NODES][NODES][2];
};

static const struct chart charts[25] = {
	[5] = { 5, 5, { 0, 0.25f, 0.5f, 0.8f, 1 },
	    { 0, 0.25f, 0.5f, 0.75f, 1 }, {
	    { { 0.07f, 0.70f }, { 0.28f, 0.66f }, { 0.42f, 0.62f },
	      { 0.34f, 0.40f }, { 0.19f, 0.26f } },
	    { { 0.05f, 0.90f }, { 0.38f, 0.80f }, { 0.53f, 0.62f },
	      { 0.42f, 0.29f }, { 0.35f, 0.09f } },
	    { { 0.54f, 0.91f }, { 0.55f, 0.75f }, { 0.66f, 0.51f },
	      { 0.71f, 0.34f }, { 0.80f, 0.18f } },
	    { { 0.63f, 0.95f }, { 0.67f, 0.79f }, { 0.77f, 0.60f },
	      { 0.83f, 0.43f }, { 0.90f, 0.20f } },
	    { { 0.72f, 0.98f }, { 0.80f, 0.82f }, { 0.89f, 0.66f },
	      { 0.95f, 0.47f }, { 0.97f, 0.28f } } } },
	[8] = { 2, 3, { 0, 1 }, { 0, NET_BACK / (NET_BACK + (float)NET_STRIP), 1 }, {
	    { { 0.08f, 1.00f }, { 0.02f, 0.42f }, { 0.35f, 0.05f } },
	    { { 0.98f, 0.72f }, { 0.97f, 0.47f }, { 0.95f, 0.33f } } } },
	[10] = { 3, 3, { 0, 0.5f, 1 }, { 0, 0.5f, 1 }, {
	    { { 0.60f, 0.98f }, { 0.90f, 0.58f }, { 1.00f, 0.09f } },
	    { { 0.30f, 0.87f }, { 0.46f, 0.46f }, { 0.55f, 0.03f } },
	    { { 0.00f, 0.63f }, { 0.05f, 0.37f }, { 0.10f, 0.06f } } } },
	[12] = { 3, 2, { 0, 0.33f, 1 }, { 0, 1 }, {
	    { { 1.00f, 0.85f }, { 1.00f, 0.12f } },
	    { { 0.67f, 1.00f }, { 0.67f, 0.00f } },
	    { { 0.00f, 0.78f }, { 0.00f, 0.20f } } } },
	[14] = { 2, 2, { 0, 1 }, { 0, 1 }, {
	    { { 0.02f, 0.03f }, { 0.00f, 0.98f } },
	    { { 1.00f, 0.20f }, { 1.00f, 0.68f } } } },
	[15] = { 2, 2, { 0, 1 }, { 0, 1 }, {
	    { { 0.00f, 0.96f }, { 0.05f, 0.03f } },
	    { { 0.97f, 0.80f }, { 1.00f, 0.19f } } } },
	[17] = { 2, 2, { 0, 1 }, { 0, 1 }, {
	    { { 0.00f, 0.02f }, { 0.08f, 1.00f } },
	    { { 0.93f, 0.17f }, { 1.00f, 0.70f } } } },
	[19] = { 2, 2, { 0, 1 }, { 0, 1 }, {
	    { { 1.00f, 0.00f }, { 0.93f, 0.98f } },
	    { { 0.06f, 0.14f }, { 0.02f, 0.68f } } } },
	[21] = { 2, 2, { 0, 1 }, { 0, 1 }, {
	    { { 0.00f, 0.00f }, { 0.10f, 1.00f } },
	    { { 1.00f, 0.09f }, { 1.00f, 0.68f } } } },
};

/*
 * DensePose's charts are not quite so straight: what U and V have to be added,
 * in hundredths, at u, v = 0, 1/4, .. 1, of the trunk v = 0, 1/8, .. 1/2.
 * Measured with our body carried onto SMPL's (avatar/carry.h): how far the
 * charts of a place on one are from those on the other. Without it trunk and
 * thighs are 2 to 4 cm off, with it half a centimetre.
 */
#define BENDS 5
static const int8_t bend[25][BENDS][BENDS][2] = {
	[1] = {
	    { { -4, -4 }, { -4, -2 }, { -3, -1 }, { -1, -1 }, { 0, 0 } },
	    { { 2, -5 }, { 3, -6 }, { 4, -5 }, { 4, -2 }, { 4, 0 } },
	    { { 6, -6 }, { 8, -6 }, { 9, -6 }, { 9, -3 }, { 8, 0 } },
	    { { 9, -5 }, { 9, -3 }, { 8, -2 }, { 8, -1 }, { 9, 0 } },
	    { { 11, -5 }, { 9, -4 }, { 8, -2 }, { 8, 0 }, { 10, 0 } } },
	[2] = {
	    { { -3, 9 }, { -1, 8 }, { 0, 6 }, { 1, 3 }, { 2, 0 } },
	    { { -1, 6 }, { -1, 3 }, { 0, 2 }, { 1, 2 }, { 2, 0 } },
	    { { 0, 5 }, { 0, 2 }, { 0, 0 }, { 1, -1 }, { 2, 0 } },
	    { { 1, 2 }, { 1, -1 }, { 1, -2 }, { 2, -3 }, { 3, 0 } },
	    { { 1, -2 }, { 1, -3 }, { 1, -3 }, { 1, -3 }, { 3, 0 } } },
	[8] = {
	    { { 7, 8 }, { 5, 6 }, { 4, 6 }, { 4, 10 }, { 5, 13 } },
	    { { 5, 7 }, { 4, 5 }, { 2, 1 }, { 2, 4 }, { 2, 7 } },
	    { { 3, 6 }, { 3, 3 }, { 1, -1 }, { 0, 0 }, { 0, 3 } },
	    { { 3, 4 }, { 3, 2 }, { 0, 0 }, { 0, 1 }, { 0, 1 } },
	    { { 3, 2 }, { 2, 2 }, { 0, 3 }, { 0, 3 }, { -1, 1 } } },
	[10] = {
	    { { 7, -7 }, { 6, -3 }, { 4, 1 }, { 3, 0 }, { 2, -2 } },
	    { { 5, 0 }, { 3, 1 }, { 1, 3 }, { 0, 1 }, { 1, 0 } },
	    { { 3, 5 }, { 0, 6 }, { -3, 7 }, { -3, 6 }, { -1, 4 } },
	    { { 2, 10 }, { -2, 8 }, { -7, 8 }, { -7, 8 }, { -6, 7 } },
	    { { 1, 14 }, { -3, 10 }, { -8, 8 }, { -10, 8 }, { -12, 9 } } },
	[12] = {
	    { { 0, -7 }, { 1, -7 }, { 1, -6 }, { 1, -4 }, { 1, -3 } },
	    { { 0, -4 }, { 0, -3 }, { 1, -3 }, { 0, -2 }, { -1, -2 } },
	    { { -1, -2 }, { -1, -2 }, { -1, -2 }, { -1, -1 }, { -2, -2 } },
	    { { -1, -3 }, { -1, -2 }, { -2, -2 }, { -1, -1 }, { -2, 0 } },
	    { { -1, -7 }, { -2, -9 }, { -2, -7 }, { -1, -1 }, { -1, 5 } } },
	[14] = {
	    { { -2, -1 }, { -3, -1 }, { -4, -2 }, { -2, -1 }, { 0, 3 } },
	    { { -1, -5 }, { -3, -3 }, { -3, -1 }, { -2, 4 }, { 0, 8 } },
	    { { -1, -5 }, { -3, -2 }, { -3, 1 }, { -2, 6 }, { 0, 10 } },
	    { { -1, 1 }, { -2, 3 }, { -2, 3 }, { -1, 5 }, { -1, 9 } },
	    { { -1, 7 }, { -1, 7 }, { -2, 6 }, { -2, 6 }, { -2, 6 } } },
	[17] = {
	    { { 2, 11 }, { 0, 6 }, { 0, 2 }, { 2, -2 }, { 4, -4 } },
	    { { 1, 9 }, { 2, 7 }, { 3, 1 }, { 4, -6 }, { 6, -10 } },
	    { { -2, 4 }, { 0, 3 }, { 2, 0 }, { 4, -6 }, { 6, -11 } },
	    { { -5, -2 }, { -3, -3 }, { 0, -4 }, { 1, -6 }, { 4, -9 } },
	    { { -8, -7 }, { -5, -7 }, { -3, -7 }, { -1, -5 }, { 2, -5 } } },
	[21] = {
	    { { 1, 3 }, { 0, -3 }, { 0, -7 }, { 0, -7 }, { 0, -4 } },
	    { { -2, 6 }, { -2, 3 }, { -2, 0 }, { -1, -2 }, { 1, -2 } },
	    { { -5, 5 }, { -4, 3 }, { -3, 2 }, { -1, 0 }, { 1, -2 } },
	    { { -8, 2 }, { -7, 0 }, { -5, -1 }, { -2, -1 }, { 1, -2 } },
	    { { -12, -3 }, { -9, -5 }, { -6, -4 }, { -2, -3 }, { 2, -2 } } },
	[24] = {
	    { { 2, 2 }, { 2, 4 }, { 3, 1 }, { 1, -5 }, { -3, -10 } },
	    { { 4, -2 }, { 2, 2 }, { 3, 1 }, { 2, -4 }, { -1, -9 } },
	    { { 5, -5 }, { 1, -2 }, { 0, -1 }, { 1, -4 }, { 0, -7 } },
	    { { 4, -4 }, { 2, -2 }, { 0, -3 }, { -1, -3 }, { -5, -3 } },
	    { { 0, -1 }, { -1, 0 }, { -2, -1 }, { -5, 1 }, { -9, 4 } } },
};

/* Interval of x among n ascending knots, and the fraction in it. */
static int
interval(float *fraction, const float *knot, int n, float x)
{
	int i = 0;

	while (i + 2 < n && x > knot[i + 1])
		i++;
	*fraction = clamp01((x - knot[i]) / (knot[i + 1] - knot[i]));
	return i;
}

void
chart_limb(float uv[2], int part, float s, float t)
{
	const struct chart *c = &charts[part];
	float fs, ft;
	int i = interval(&fs, c->s, c->rows, s);
	int j = interval(&ft, c->t, c->cols, t);

	for (int k = 0; k < 2; k++) {
		float a = c->uv[i][j][k] + ft * (c->uv[i][j + 1][k] -
		    c->uv[i][j][k]);
		float b = c->uv[i + 1][j][k] + ft * (c->uv[i + 1][j + 1][k] -
		    c->uv[i + 1][j][k]);

		uv[k] = a + fs * (b - a);
	}
}

void
chart_bend(float uv[2], int part)
{
	static const float quarter[BENDS] = { 0, 0.25f, 0.5f, 0.75f, 1 };
	bool trunk = part == 1 || part == 2;
	float fu, fv;
	int i = interval(&fu, quarter, BENDS, uv[0]);
	int j = interval(&fv, quarter, BENDS, trunk ? 2 * uv[1] : uv[1]);

	for (int k = 0; k < 2; k++)
		uv[k] = clamp01(uv[k] + 0.01f * lerp(
		    lerp(bend[part][i][j][k], bend[part][i][j + 1][k], fv),
		    lerp(bend[part][i + 1][j][k], bend[part][i + 1][j + 1][k],
		    fv), fu));
}

/* U goes down the trunk, V from the left side to the right. */
void
chart_trunk(float uv[2], bool back, int row, float y, float t)
{
	static const int top = 5;	/* rows that slope down the shoulder */
	float u = back ? 0.11f + (0.515f - y) * 1.472f :
	    0.11f + (0.495f - y) * 1.28f;
	float half = back ? 0.46f : 0.45f;

	if (row < top) {
		float down = (float)row / (float)top;
		float from = 0.06f * (1 - t);

		u = from + down * (u - from);
		half = 0.14f + down * (half - 0.14f);
	}
	uv[0] = clamp01(u);
	uv[1] = 0.5f - half * t;
}

/* U goes round from the front, V up; over the crown the chart narrows. */
void
chart_head(float uv[2], float turn, float y)
{
	float v = clamp01((y - 0.527f) / 0.283f), d = (v - 0.80f) / 0.205f;
	float wide = d > 0 ? sqrtf(fmaxf(1 - d * d, 0)) : 1;

	uv[0] = 0.5f + (turn - 0.5f) * wide;
	uv[1] = v;
}

/*
 * A hand's chart is a glove that is cut open on the thumb's side: palm and
 * back are joined at the little finger.
 */
void
chart_hand(float uv[2], enum hand_side side, const float p[3])
{
	float x = p[0] - 0.753f, z = p[2] + 0.045f;
	const float palm[2] = { 0.31f - 1.65f * x - 2.9f * z,
		0.265f + 3.5f * x - 3.6f * z };
	const float back[2] = { 0.67f + 1.3f * x + 2.8f * z,
		0.33f + 3.8f * x - 2.6f * z };

	for (int k = 0; k < 2; k++)
		uv[k] = clamp01(side == HAND_PALM ? palm[k] :
		    side == HAND_BACK ? back[k] : (palm[k] + back[k]) / 2);
}
