#include "view/seen.h"

const float seen_colour[SEEN_TEXGEN + 1][3] = {
	[SEEN_NOT] = { 0, 0, 0 },
	[SEEN_YES] = { .20f, .70f, .25f },
	[SEEN_DILATED] = { .95f, .80f, .20f },
	[SEEN_MIRROR] = { .25f, .45f, .95f },
	[SEEN_INPAINT] = { .75f, .30f, .85f },
	[SEEN_TEXGEN] = { .95f, .45f, .10f },
};
