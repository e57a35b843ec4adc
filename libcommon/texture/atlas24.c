#include "texture/atlas24.h"

/* Which way a chart's axis runs: P along, M against, U or V. */
enum axis { PU, MU, PV, MV };

/*
 * Per part: left, top, width, height in the unit square; which chart axis
 * runs right and which down. Made by tests/ref/atlas24.py from the surface
 * and the charts' proportions (see there), not to be edited by hand.
 */
static const struct rect {
	float x, y, w, h;
	enum axis right, down;
} rect[25] = {
	[1] = { 0.008071f, 0.359008f, 0.224134f, 0.297902f, PV, PU },
	[2] = { 0.615174f, 0.008071f, 0.279631f, 0.377092f, MV, PU },
	[3] = { 0.599049f, 0.665708f, 0.196432f, 0.117518f, MU, PV },
	[4] = { 0.795497f, 0.874411f, 0.196432f, 0.117518f, MU, PV },
	[5] = { 0.832247f, 0.401304f, 0.159682f, 0.192561f, PV, PU },
	[6] = { 0.619674f, 0.799368f, 0.159682f, 0.192561f, MV, MU },
	[7] = { 0.811623f, 0.610007f, 0.180307f, 0.248262f, PV, PU },
	[8] = { 0.615174f, 0.401304f, 0.180307f, 0.248262f, MV, PU },
	[9] = { 0.248347f, 0.359008f, 0.167272f, 0.253541f, PV, MU },
	[10] = { 0.431760f, 0.359008f, 0.167272f, 0.253541f, MV, MU },
	[11] = { 0.376495f, 0.628691f, 0.080983f, 0.195729f, PV, MU },
	[12] = { 0.910947f, 0.175580f, 0.080983f, 0.195729f, MV, MU },
	[13] = { 0.251066f, 0.628691f, 0.109288f, 0.195729f, MV, PU },
	[14] = { 0.473619f, 0.628691f, 0.109288f, 0.195729f, PV, PU },
	[15] = { 0.105011f, 0.673052f, 0.102399f, 0.151368f, PV, PU },
	[16] = { 0.251066f, 0.840562f, 0.102399f, 0.151368f, MV, PU },
	[17] = { 0.473619f, 0.840562f, 0.129913f, 0.151368f, MV, PU },
	[18] = { 0.105011f, 0.840562f, 0.129913f, 0.151368f, PV, PU },
	[19] = { 0.008071f, 0.840562f, 0.074380f, 0.151368f, MV, MU },
	[20] = { 0.917549f, 0.008071f, 0.074380f, 0.151368f, PV, MU },
	[21] = { 0.369606f, 0.840562f, 0.080799f, 0.151368f, MV, PU },
	[22] = { 0.008071f, 0.673052f, 0.080799f, 0.151368f, PV, PU },
	[23] = { 0.008071f, 0.008071f, 0.287410f, 0.334796f, PU, MV },
	[24] = { 0.311623f, 0.008071f, 0.287410f, 0.334796f, PU, MV },
};

/* Rounding of a texel on a chart's rim must not drop it: 1e-3 texel at 4096. */
#define RIM 2.5e-7f

static float
along(enum axis a, float u, float v)
{
	switch (a) {
	case PU:
		return u;
	case MU:
		return 1 - u;
	case PV:
		return v;
	default:
		return 1 - v;
	}
}

void
atlas24_place(int part, float u, float v, float xy[2])
{
	const struct rect *r = &rect[part];

	xy[0] = r->x + r->w * along(r->right, u, v);
	xy[1] = r->y + r->h * along(r->down, u, v);
}

int
atlas24_hand(int part)
{
	const enum axis r = rect[part].right, d = rect[part].down;
	const int along_both = (r == PU || r == PV) == (d == PU || d == PV);

	return ((r == PU || r == MU) == along_both) ? 1 : -1;
}

static float
clamp01(float a)
{
	return a < 0 ? 0 : a > 1 ? 1 : a;
}

bool
atlas24_find(float x, float y, int *part, float *u, float *v)
{
	for (int p = 1; p < 25; p++) {
		const struct rect *r = &rect[p];
		const enum axis ax[2] = { r->right, r->down };

		if (!(x >= r->x - RIM && x <= r->x + r->w + RIM &&
		    y >= r->y - RIM && y <= r->y + r->h + RIM))
			continue;
		const float a[2] = { clamp01((x - r->x) / r->w),
			clamp01((y - r->y) / r->h) };

		for (int i = 0; i < 2; i++) {
			if (ax[i] == PU || ax[i] == MU)
				*u = ax[i] == PU ? a[i] : 1 - a[i];
			else
				*v = ax[i] == PV ? a[i] : 1 - a[i];
		}
		*part = p;
		return true;
	}
	return false;
}
