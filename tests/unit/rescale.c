/* What networks of one size see of a sample of another, and what comes back. */
#include "model/rescale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "texture/derive.h"

#define N 32

static struct arena *arena;
static struct layout *layout;
static struct sample s;

static void *
put(enum role role, enum view_field f, size_t n, struct view_size size)
{
	struct tensor t;

	if (view_make(&t, &s, role, f, n, size) != OK) {
		printf("Bail out! %s\n", status_detail());
		exit(2);
	}
	memset(t.data, 0, tensor_bytes(&t));
	return t.data;
}

/*
 * n views of side x side pixels: a square body of one part whose U and V run with x
 * and y, and a picture that runs with x; maps for T x T texels.
 */
static void
put_role(enum role role, size_t n, size_t side, size_t T)
{
	const struct view_size size = { .h = side, .w = side, .T = T };
	uint8_t *image = put(role, VIEW_IMAGE, n, size);
	uint8_t *iuv = put(role, VIEW_IUV, n, size);
	uint8_t *matte = put(role, VIEW_MATTE, n, size);
	float (*pose)[3] = put(role, VIEW_POSE, n, size);

	for (size_t i = 0; i < n * side * side; i++) {
		const double x = ((double)(i % side) + 0.5) / (double)side;
		const double y = ((double)(i / side % side) + 0.5) / (double)side;
		const bool body = fabs(x - 0.5) < 0.375 && fabs(y - 0.5) < 0.375;

		for (size_t k = 0; k < 3; k++)
			image[3 * i + k] = (uint8_t)lrint(255 * x);
		matte[i] = body ? 255 : 0;
		iuv[3 * i] = body ? 2 : 0;
		iuv[3 * i + 1] = body ? (uint8_t)lrint(255 * x) : 0;
		iuv[3 * i + 2] = body ? (uint8_t)lrint(255 * y) : 0;
	}
	for (size_t i = 0; i < 18 * n; i++)
		pose[i][0] = pose[i][1] = (float)side / 4 - 0.5f, pose[i][2] = 0.75f;
	for (enum view_field f = VIEW_SURF; f <= VIEW_TEXHEAT; f++)
		put(role, f, n, size);
}

static void
begin(size_t n)
{
	sample_clear(&s);
	arena_reset(arena);
	if (sample_init(&s, arena, "a") != OK)
		exit(2);
	put_role(ROLE_SOURCE, 1, n * N, n * N);
}

static const struct tensor *
of(const struct sample *in, const char *name)
{
	return &sample_find(in, name)->t;
}

static const float *
floats(const struct sample *in, const char *name)
{
	return of(in, name)->data;
}

static void
same_size(void)
{
	struct rescale r = { .S = N, .layout = "atlas24" };
	bool all = true;

	begin(1);
	put(ROLE_SOURCE, VIEW_TEXTURE, 1, view_square(N));
	ok(rescale_begin(&r, &s, 1u << ROLE_SOURCE) == OK && !r.opened,
	    "the size of the networks: no layout is read");
	for (size_t i = 0; i < s.n; i++)
		all &= of(&r.seen, s.field[i].name)->data == s.field[i].t.data;
	ok(all && r.seen.n == s.n, "and all stays where it is");
	rescale_close(&r);
}

/* How far a map of texels is from where the body was drawn, in pixels of N. */
static double
off_place(const struct sample *in)
{
	const float *c = floats(in, "source.coord");
	const uint8_t *seen = of(in, "source.seen")->data;
	double worst = 0;
	size_t any = 0;

	for (size_t t = 0; t < (size_t)N * N; t++) {
		int part;
		float u, v;

		if (!seen[t] || !layout_surface(layout, N, (float)(t % N),
		    (float)(t / N), &part, &u, &v))
			continue;
		worst = fmax(worst, fabs(c[2 * t] - (u * N - 0.5)));
		worst = fmax(worst, fabs(c[2 * t + 1] - (v * N - 0.5)));
		any++;
	}
	return any ? worst : INFINITY;
}

static void
other_size(size_t n)
{
	struct rescale r = { .S = N, .layout = "atlas24" };
	double worst = 0;

	begin(n);
	put_role(ROLE_TARGET, 2, N * n, 17);
	put_role(ROLE_HALLUC, 2, N, N);
	ok(rescale_begin(&r, &s, 1u << ROLE_SOURCE | 1u << ROLE_TARGET) == OK,
	    "from %zu times the size %s", n, status_detail());
	const uint8_t *x = of(&r.seen, "source.image")->data;

	for (size_t i = 0; i < (size_t)N * N; i++)
		worst = fmax(worst, fabs(x[3 * i] - 255 *
		    ((double)(i % N) + 0.5) / N));
	ok(worst < 1.6, "x%zu: the picture, within %g", n, worst);
	const float *p = floats(&r.seen, "source.pose");

	ok(fabsf(p[0] - (N / 4.0f - 0.5f)) < 1e-5f && p[2] == 0.75f,
	    "x%zu: key points, %g", n, (double)p[0]);
	const float *heat = floats(&r.seen, "source.heat");

	ok(heat[18 * (N + 1) * 7] > 0.9f, "x%zu: heat maps there, %g", n,
	    (double)heat[18 * (N + 1) * 7]);
	worst = off_place(&r.seen);
	ok(worst < 0.2, "x%zu: each texel at its place, within %g pixels", n,
	    worst);
	ok(of(&r.seen, "target.surf")->dim[1] == N &&
	    of(&r.seen, "target.coord")->dim[1] == N &&
	    memcmp((const char *)of(&r.seen, "target.coord")->data + N * N * 8,
	    of(&r.seen, "source.coord")->data, N * N * 8) == 0,
	    "x%zu: the second target is as the source", n);
	ok(of(&s, "source.coord")->dim[0] == N * n &&
	    of(&r.seen, "halluc.image")->data == of(&s, "halluc.image")->data,
	    "x%zu: the sample keeps its own, and what is not read too", n);
	rescale_close(&r);
}

static void
texture(void)
{
	struct rescale r = { .S = N, .layout = "atlas24" };

	begin(2);
	float *t = put(ROLE_SOURCE, VIEW_TEXTURE, 1, view_square(100));

	for (size_t i = 0; i < 30000; i++)
		t[i] = 0.25f;
	if (rescale_begin(&r, &s, 1u << ROLE_SOURCE) != OK)
		exit(2);
	const struct tensor *out = of(&r.seen, "texture");

	ok(out->dim[0] == N && fabsf(floats(&r.seen, "texture")[3 * (N * N / 4 +
	    N / 4)] - 0.25f) < 1e-6f, "a texture");
	ok(rescale_begin(&r, &s, 1u << ROLE_HALLUC) == OK &&
	    of(&r.seen, "texture")->dim[0] == 100,
	    "which stays where the source is not read");
	rescale_close(&r);
}

static void
back(void)
{
	struct rescale r = { .S = N, .layout = "atlas24" };
	struct tensor t;

	begin(2);
	put_role(ROLE_TARGET, 1, 50, 50);
	if (rescale_begin(&r, &s, 1u << ROLE_SOURCE | 1u << ROLE_TARGET) != OK)
		exit(2);
	sample_drop(&r.seen, "target.heat");
	if (view_make(&t, &r.seen, ROLE_TARGET, VIEW_GEN, 1, view_square(N)) !=
	    OK || sample_make(&t, &r.seen, "phi_t.3", DT_F4,
	    TENSOR_DIMS(4, 4, 8)) != OK)
		exit(2);
	float *gen = of(&r.seen, "target.gen")->data;

	for (size_t i = 0; i < (size_t)3 * N * N; i++)
		gen[i] = (float)(i / 3 % N);
	ok(rescale_end(&s, &r) == OK && sample_find(&s, "phi_t.3") &&
	    !sample_find(&s, "target.heat"), "what was written and dropped");
	ok(of(&s, "source.image")->dim[0] == 2 * N &&
	    of(&s, "target.coord")->dim[1] == 50, "and nothing of the copy");
	ok(of(&s, "target.gen")->dim[1] == 50 &&
	    fabsf(floats(&s, "target.gen")[3 * (50 * 25 + 25)] -
	    (25.5f * N / 50 - 0.5f)) < 1e-4f,
	    "generated pictures are as large as their role's");
	rescale_close(&r);
}

static void
says(unsigned roles, const char *detail)
{
	struct rescale r = { .S = N, .layout = "atlas24" };
	enum status st = rescale_begin(&r, &s, roles);

	ok(st == E_SHAPE && strcmp(status_detail(), detail) == 0, "%s # %s",
	    detail, st == OK ? "no error" : status_detail());
	rescale_close(&r);
}

static void
refusals(void)
{
	const unsigned source = 1u << ROLE_SOURCE;

	begin(2);
	sample_drop(&s, "source.iuv");
	says(source, "field source.iuv: is missing, see intake(1) and fitbody(1)");
	begin(2);
	sample_drop(&s, "source.pose");
	says(source, "field source.pose: is missing, see intake(1) and findpose(1)");
	begin(2);
	put(ROLE_SOURCE, VIEW_IMAGE, 1, (struct view_size){ .h = 20, .w = 30 });
	says(source, "field source.image: pictures of 30 x 20, want square ones, "
	    "see cutout(1)");
	begin(2);
	put(ROLE_SOURCE, VIEW_IMAGE, 1, view_square(40));
	says(source, "field source.iuv: u1 (64,64,3), want u1 (40,40,3)");
}

int
main(void)
{
	if (arena_new(&arena, (size_t)1 << 28) != OK ||
	    layout_open(&layout, "atlas24") != OK)
		return 2;
	same_size();
	other_size(2);
	other_size(3);
	texture();
	back();
	refusals();
	sample_clear(&s);
	layout_close(layout);
	arena_free(arena);
	return done();
}
