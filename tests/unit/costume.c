/*
 * A body of ours drawn as an avatar, its own surface the costume: under every
 * light the person is as bright as when the body itself is drawn, since the two
 * ways share shades and shadows but neither normals nor colours.
 */
#include "body/costume.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "body/render.h"
#include "body/skin.h"
#include "human/human.h"
#include "synth/posture.h"

#define PX 96
#define TEX 32
#define GREY 180
/*
 * Of the mean over the person. A costume is moved by four joints at most with
 * weights in 255ths, and shares colours between samples elsewhere: that made
 * 0.2 % where nearly all is in shadow, 0.1 % elsewhere.
 */
#define TOLERANCE 0.004

static struct arena *a;
static struct body body;
static struct costume costume;
static struct layout *layout;
static float texture[3 * TEX * TEX];

static void
must(enum status s)
{
	if (s != OK) {
		printf("Bail out! %s\n", status_detail());
		exit(2);
	}
}

/* The body's surface, of one grey, moved by the four joints that move it most. */
static void
make_costume(void)
{
	const struct sparse *s = &body.skin;
	size_t n = body.mesh.n_vert, m = body.mesh.n_face;
	uint8_t (*by)[AVATAR_INFLUENCES] = arena_calloc(a, n, sizeof *by);
	float (*weight)[AVATAR_INFLUENCES] = arena_calloc(a, n, sizeof *weight);
	float (*uv)[3][2] = arena_calloc(a, m, sizeof *uv);
	static uint8_t image[TEX * TEX * 4], kind[TEX * TEX];

	if (!by || !weight || !uv)
		must(E_NOMEM);
	for (size_t i = 0; i < n; i++) {
		float sum[BODY_JOINTS] = { 0 };

		for (uint32_t e = s->row[i]; e < s->row[i + 1]; e++)
			sum[s->col[e]] += s->weight[e];
		avatar_reduce(by[i], weight[i], sum);
	}
	for (size_t i = 0; i < m; i++)
		for (int k = 0; k < 6; k++)
			uv[i][k / 2][k % 2] = k == 2 || k == 5 ? 0.9f : 0.1f;
	memset(image, GREY, sizeof image);
	memset(kind, AVATAR_SKIN, sizeof kind);
	for (size_t i = 0; i < TEX * TEX; i++)
		image[4 * i + 3] = 255;
	must(costume_make(&costume, a, &(struct costume_mesh){ .n_vert = n,
	    .n_face = m, .h = TEX, .w = TEX, .vert = body.mesh.vert,
	    .uv = (const float (*)[3][2])uv, .face = body.mesh.face,
	    .by = (const uint8_t (*)[AVATAR_INFLUENCES])by,
	    .weight = (const float (*)[AVATAR_INFLUENCES])weight,
	    .image = image, .kind = kind }));
	for (size_t i = 0; i < 3 * TEX * TEX; i++)
		texture[i] = GREY / 127.5f - 1;
}

/* Means of the pixels that show nothing but the person, in grey levels. */
static void
draw(double mean[3], const struct render *r)
{
	static uint8_t image[PX * PX * 3], matte[PX * PX];
	double n = 0;

	must(render_draw(&(struct rendering){ .image = image, .matte = matte },
	    r, a));
	memset(mean, 0, 3 * sizeof *mean);
	for (size_t i = 0; i < PX * PX; i++) {
		if (matte[i] < 255)
			continue;
		n++;
		for (size_t c = 0; c < 3; c++)
			mean[c] += image[3 * i + c];
	}
	for (size_t c = 0; c < 3; c++)
		mean[c] /= n;
}

int
main(void)
{
	/* A bright sky that is blue on one side, and a sun. */
	static const struct daylight day = { .sh = { { 0.5f, 0.6f, 0.8f },
		{ 0.2f, 0.2f, 0.3f }, { 0.1f, 0, 0 }, { -0.1f, 0.1f, 0.2f } },
		.lamp = { 0.6f, 0.64f, 0.48f }, .beam = { 0.5f, 0.4f, 0.3f },
		.turn = { 1, 0 } };
	static const struct {
		const char *what;
		float lamp[3];
		double light, yaw;
		const struct daylight *day;
	} of[] = {
		{ "in no light", { 0, 0, 0 }, 0, 30, NULL },
		{ "by a lamp from above", { 0, -1, 0 }, 0.7, 0, NULL },
		{ "by one from the side", { -1, 0, 0 }, 0.7, 100, NULL },
		{ "by one from behind", { 0.1f, -0.3f, 0.95f }, 0.9, 200, NULL },
		{ "by day", { 0, 0, 0 }, 1, -40, &day },
	};
	float pose[BODY_JOINTS][3], g[BODY_JOINTS][3][4], (*vert)[3], (*worn)[3];
	struct rng d = rng_seed(4, 0);
	struct human h;

	must(arena_new(&a, (size_t)1 << 30));
	human_usual(&h, 0.5);
	must(human_make(&body, a, &h));
	must(layout_open(&layout, "atlas24"));
	make_costume();
	vert = arena_calloc(a, body.mesh.n_vert, sizeof *vert);
	worn = arena_calloc(a, body.mesh.n_vert, sizeof *worn);
	if (!vert || !worn)
		must(E_NOMEM);
	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		struct viewpoint v = VIEWPOINT_DEFAULT;
		struct render r = { .body = &body, .closed = true,
			.vert = (const float (*)[3])vert, .layout = layout,
			.T = TEX, .texture = texture, .light = of[i].light,
			.daylight = of[i].day, .shadows = true };
		double drawn[3], dressed[3], off = 0;

		posture_random(pose, &d);
		skin_transforms(g, &body, (const float (*)[3])pose);
		skin_vertices(vert, &body, (const float (*)[3][4])g);
		costume_pose(worn, &costume, (const float (*)[3][4])g);
		v.yaw = of[i].yaw;
		v.w = v.h = PX;
		must(camera_place(&r.camera, &v, r.vert, body.mesh.n_vert, 0));
		memcpy(r.lamp, of[i].lamp, sizeof r.lamp);
		draw(drawn, &r);
		r.costume = &costume;
		r.worn = (const float (*)[3])worn;
		draw(dressed, &r);
		for (int c = 0; c < 3; c++)
			off = fmax(off, fabs(dressed[c] / drawn[c] - 1));
		ok(off < TOLERANCE, "%s: %.2f and %.2f, %.3f %% apart",
		    of[i].what, drawn[0], dressed[0], 100 * off);
		ok(of[i].light == 0 || drawn[0] < 0.95 * GREY,
		    "and the light is seen");
	}
	layout_close(layout);
	arena_free(a);
	return done();
}
