/* Unfolding a body, drawing on it, and the bank of poses. */
#include "dress/outfit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "body/skin.h"
#include "body/viewbank.h"
#include "dress/drape.h"

#define T 64

static struct arena *a;
static struct body body;
static struct layout *layout;

/* The middle of each face, through the layout and back to the body. */
static void
test_unfold(const struct unfold *u)
{
	double worst = 0;
	size_t found = 0;

	for (size_t f = 0; f < body.mesh.n_face; f++) {
		float xy[2], uv[2] = { 0 }, mid[3] = { 0 };
		struct unfold_point p;

		for (int k = 0; k < 3; k++)
			for (int c = 0; c < 3; c++) {
				mid[c] += body.mesh.vert[body.mesh.face[f][k]][c] / 3;
				if (c < 2)
					uv[c] += body.part_uv[f][k][c] / 3;
			}
		if (!layout_texel(layout, T, body.part[f], uv[0], uv[1], xy) ||
		    !unfold_point(&p, u, (size_t)(UNFOLD_SS * (xy[0] + 0.5f)),
		    (size_t)(UNFOLD_SS * (xy[1] + 0.5f))))
			continue;
		if (p.part != body.part[f])
			continue;
		found++;
		worst = fmax(worst, sqrt(pow(p.at[0] - mid[0], 2) +
		    pow(p.at[1] - mid[1], 2) + pow(p.at[2] - mid[2], 2)));
	}
	/* Half a sample of the lattice is up to 3 cm on the boxes. */
	ok(found > body.mesh.n_face * 9 / 10 && worst < 0.04,
	    "the point of a texel # %zu of %zu faces, %.3f m off", found,
	    body.mesh.n_face, worst);
}

static bool
good(const float *t, const uint8_t *seen)
{
	for (size_t i = 0; i < T * T * 3; i++)
		if (!(t[i] >= -1 && t[i] <= 1) || seen[i / 3] < 1 ||
		    seen[i / 3] > 2)
			return false;
	return true;
}

static void
test_draw(const struct unfold *u)
{
	static float t[3][T * T * 3];
	static uint8_t seen[T * T];
	struct outfit o;
	bool fine = true;
	double apart = 0;

	for (uint64_t s = 0; s < 30; s += tap_stride(10)) {
		outfit_random(&o, s);
		fine = fine && outfit_draw(t[0], seen, u, &o) == OK &&
		    good(t[0], seen);
	}
	ok(fine, "thirty people: every texel has a colour");
	for (int i = 0; i < 3; i++) {
		outfit_random(&o, i == 1 ? 8 : 7);
		fine = outfit_draw(t[i], seen, u, &o) == OK && fine;
	}
	for (size_t i = 0; i < T * T * 3; i++)
		apart += fabsf(t[0][i] - t[1][i]) / (T * T * 3);
	ok(memcmp(t[0], t[2], sizeof t[0]) == 0, "same seed, same texture");
	ok(apart > 0.05, "another seed, another one # %.2f", apart);
	fine = true;
	for (int top = 0; top < TOP_COUNT; top++)
		for (int bottom = 0; bottom < BOTTOM_COUNT;
		    bottom += (int)tap_stride(BOTTOM_COUNT)) {
			outfit_random(&o, 3);
			outfit_cut_top(&o, (enum top)top, 4);
			outfit_cut_bottom(&o, (enum bottom)bottom, 5);
			outfit_weave(&o.top_fabric, (enum pattern)
			    ((top * BOTTOM_COUNT + bottom) % PAT_COUNT), 6);
			o.print = (enum print)(bottom % PRINT_COUNT);
			o.hair = (enum hair)(top % HAIR_COUNT);
			o.shoes = (enum shoes)(bottom % SHOES_COUNT);
			o.jacket = top % 2;
			fine = fine && outfit_draw(t[0], seen, u, &o) == OK &&
			    good(t[0], seen);
		}
	ok(fine, "every cut over every other");
}

/* Another shape of the same mesh, and spots that are kept. */
static void
test_share(const struct unfold *u)
{
	static float t[3][T * T * 3];
	static uint8_t seen[T * T];
	float (*v)[3] = arena_alloc(a, body.mesh.n_vert * sizeof *v);
	struct body fat = body;
	struct unfold own, shared;
	struct outfit o;

	for (size_t i = 0; v && i < body.mesh.n_vert; i++)
		for (int c = 0; c < 3; c++)
			v[i][c] = body.mesh.vert[i][c] * (c == 1 ? 1 : 1.2f);
	fat.mesh.vert = (const float (*)[3])v;
	outfit_random(&o, 5);
	bool fine = v && unfold_make(&own, a, &fat, layout, T) == OK &&
	    unfold_share(&shared, a, u, &fat) == OK &&
	    outfit_draw(t[0], seen, &own, &o) == OK &&
	    outfit_draw(t[1], seen, &shared, &o) == OK;

	ok(fine && memcmp(t[0], t[1], sizeof t[0]) == 0,
	    "another shape shares its lattice");
	fine = figure_spots(&shared, a) == OK &&
	    outfit_draw(t[2], seen, &shared, &o) == OK;
	ok(fine && memcmp(t[0], t[2], sizeof t[0]) == 0,
	    "spots that are kept are those that are computed");
}

/* Clothes lie on the skin or stand off it; skirts close; hands stay bare. */
static void
test_drape(const struct unfold *u)
{
	size_t n = body.mesh.n_vert, out = 0, still = 0, hands = 0, hung = 0;
	float g[BODY_JOINTS][3][4], rest[BODY_JOINTS][3] = { { 0 } };
	float (*v)[3] = arena_alloc(a, n * sizeof *v);
	const struct spot *spot = NULL;
	struct outfit o;
	struct drape d;
	double same = 0;

	outfit_random(&o, 12);
	outfit_cut_bottom(&o, BOTTOM_SKIRT, 3);
	o.flare = 0.3f;
	if (!ok(v && drape_spots(&spot, a, u) == OK && drape_make(&d, a, u,
	    spot, &o) == OK, "drapes # %s", status_detail()))
		return;
	for (size_t i = 0; i < n; i++) {
		double move[3], dot = 0;

		for (int c = 0; c < 3; c++) {
			move[c] = (double)d.vert[i][c] - body.mesh.vert[i][c];
			dot += move[c] * spot[i].n[c];
		}
		bool moved = fabs(move[0]) + fabs(move[1]) + fabs(move[2]) >
		    1e-5;

		hung += d.hang[i] >= 0;
		hands += spot[i].zone == ZONE_HAND && moved;
		still += !moved;
		out += moved && (d.hang[i] >= 0 || dot > 0);
	}
	ok(out + still == n && out > n / 4 && hands == 0, "outwards # %zu of "
	    "%zu, %zu as they were", out, n, still);
	ok(hung > 20 && hung < n, "a skirt hangs # by %zu", hung);
	skin_transforms(g, &body, (const float (*)[3])rest);
	drape_pose(v, &d, (const float (*)[3][4])g);
	for (size_t i = 0; i < n; i++)
		for (int c = 0; c < 3; c++)
			same = fmax(same, fabs((double)v[i][c] -
			    d.vert[i][c]));
	ok(same < 1e-5, "at rest it is where it was made # %.1e", same);
	outfit_cut_bottom(&o, BOTTOM_JEANS, 3);
	o.top = TOP_TEE;
	ok(drape_make(&d, a, u, spot, &o) == OK && !d.hang, "jeans do not");
}

static void
test_bank(void)
{
	static uint8_t iuv[8 * 8 * 3], small[4 * 4 * 3];
	static float pose[18][3], out[18][3];
	char path[] = "/tmp/dualtex.bank.XXXXXX";
	const double yaw[] = { 0, 90, 315 };
	const char *stance[] = { "stand", "walk", "stand" };
	struct stream_out *w;
	struct sample s;
	struct viewbank b;
	int fd = mkstemp(path);

	for (size_t i = 0; i < sizeof iuv; i++)
		iuv[i] = (uint8_t)i;
	pose[0][0] = 3.5f;
	pose[0][1] = 7.5f;
	pose[0][2] = 0.5f;
	pose[1][0] = NAN;
	if (fd < 0 || stream_create(&w, path, 1) != OK)
		return;
	for (int i = 0; i < 3; i++) {
		const struct tensor p = { DT_F4, 2, { 18, 3 }, pose };
		const struct tensor q = { DT_U1, 3, { 8, 8, 3 }, iuv };
		char key[] = "view0";

		key[4] = (char)('0' + i);
		if (sample_init(&s, a, key) != OK ||
		    sample_put(&s, "bank.pose", &p) != OK ||
		    sample_put(&s, "bank.iuv", &q) != OK ||
		    viewbank_stamp(&s, yaw[i], stance[i]) != OK ||
		    stream_put(w, &s) != OK)
			ok(false, "writes a bank # %s", status_detail());
		sample_clear(&s);
	}
	ok(stream_end(w) == OK && viewbank_read(&b, a, path) == OK && b.n == 3,
	    "reads it # %s", status_detail());
	ok(viewbank_nearest(&b, 350, NULL) == 0 &&
	    viewbank_nearest(&b, 330, NULL) == 2 &&
	    viewbank_nearest(&b, 100, "stand") == 0 &&
	    viewbank_nearest(&b, -200, "walk") == 1 &&
	    viewbank_nearest(&b, 0, "swim") == 3, "finds the nearest view");
	viewbank_scale(out, small, 4, &b.view[0]);
	ok(out[0][0] == 1.5f && out[0][1] == 3.5f && out[0][2] == 0.5f &&
	    isnan(out[1][0]), "halves key points");
	ok(small[0] == iuv[3 * (8 + 1)] && small[3 * 5 + 1] ==
	    iuv[3 * (3 * 8 + 3) + 1], "takes pixels, blends none");
	ok(viewbank_read(&b, a, "tests/data/robot.npz") != OK,
	    "a body is no bank # %s", status_detail());
	close(fd);
	unlink(path);
}

int
main(void)
{
	struct unfold u;

	if (arena_new(&a, (size_t)1 << 30) != OK ||
	    body_read(&body, a, "tests/data/robot.npz", NULL) != OK ||
	    layout_open(&layout, "atlas24") != OK)
		return 1;
	if (!ok(unfold_make(&u, a, &body, layout, T) == OK, "unfolds # %s",
	    status_detail()))
		return done();
	test_unfold(&u);
	test_draw(&u);
	test_share(&u);
	test_drape(&u);
	test_bank();
	layout_close(layout);
	arena_free(a);
	return done();
}
