/* What made-up photos are made of: poses, backgrounds, degradation, faults, splits. */
#include "synth/synth.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../tap.h"
#include "body/skin.h"
#include "dress/outfit.h"
#include "image/image.h"
#include "synth/backdrop.h"
#include "synth/degrade.h"
#include "synth/mislabel.h"
#include "synth/posture.h"

#define N 64		/* side of pictures */

static struct arena *a;
static struct body body;

static void
posed_joints(float out[BODY_JOINTS][3], const float (*pose)[3])
{
	float g[BODY_JOINTS][3][4];

	skin_transforms(g, &body, pose);
	for (int j = 0; j < BODY_JOINTS; j++)
		for (int r = 0; r < 3; r++) {
			out[j][r] = g[j][r][3];
			for (int c = 0; c < 3; c++)
				out[j][r] += g[j][r][c] * body.joint[j][c];
		}
}

/* People stand on their feet, look ahead, and bend knees and elbows one way. */
static void
test_posture(void)
{
	static float pose[2][BODY_JOINTS][3];
	int upright = 0, n = 400, low = 0, apart = 0, knees = 0;

	for (int i = 0; i < n; i++) {
		struct rng d = rng_seed((uint64_t)i, 0), e = d;
		float at[BODY_JOINTS][3];

		posture_random(pose[0], &d);
		posture_random(pose[1], &e);
		if (memcmp(pose[0], pose[1], sizeof pose[0]) != 0)
			break;
		posed_joints(at, (const float (*)[3])pose[0]);
		upright += at[J_HEAD][1] - at[J_PELVIS][1] > 0.3f;
		low += fminf(at[J_L_ANKLE][1], at[J_R_ANKLE][1]) <
		    at[J_PELVIS][1] - 0.25f;
		knees += pose[0][J_L_KNEE][0] > -0.1f &&
		    pose[0][J_R_KNEE][0] > -0.1f;
		posture_random(pose[1], &d);
		apart += memcmp(pose[0], pose[1], sizeof pose[0]) != 0;
	}
	ok(upright == n && low == n && knees == n, "four hundred poses: upright "
	    "%d, feet below %d, knees bend backwards %d", upright, low, knees);
	ok(apart == n, "no two alike # %d", apart);
}

static void
test_backdrop(void)
{
	static uint8_t rgb[2][N * N * 3], photo[40 * 60 * 3];
	struct tensor t = { DT_U1, 3, { 40, 60, 3 }, photo };
	unsigned set;

	memset(photo, 77, sizeof photo);
	for (int k = 0; k < BACKDROPS; k++) {
		struct rng d = rng_seed(3, 0), e = d;

		memset(rgb[0], 1, sizeof rgb[0]);
		memset(rgb[1], 2, sizeof rgb[1]);
		backdrop_draw(rgb[0], N, 1u << k, &t, 1, &d);
		backdrop_draw(rgb[1], N, 1u << k, &t, 1, &e);
		ok(memcmp(rgb[0], rgb[1], sizeof rgb[0]) == 0 &&
		    (k != BACK_PHOTO || rgb[0][5] == 77),
		    "background %d fills the picture, twice alike", k);
	}
	ok(backdrop_kinds(&set, "room,plain") == OK && set ==
	    (1u << BACK_ROOM | 1u << BACK_PLAIN), "names of backgrounds");
	ok(backdrop_kinds(&set, "") == E_VALUE, "none is an error");
}

static double
psnr(const uint8_t *x, const uint8_t *y, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += ((double)x[i] - y[i]) * ((double)x[i] - y[i]);
	return 10 * log10(255 * 255 / (sum / (double)n + 1e-9));
}

static void
test_lens(void)
{
	static uint8_t sharp[N * N * 3], rgb[N * N * 3];
	struct tensor t = { DT_U1, 3, { N, N, 3 }, sharp }, back;
	double lo = 99, hi = 0;
	const void *file;
	size_t n = 0;

	for (size_t i = 0; i < N * N; i++)
		for (size_t c = 0; c < 3; c++)
			sharp[3 * i + c] = (uint8_t)(128 + 60 * sin(0.2 *
			    (double)(i % N) + (double)c) + 40 * cos(0.15 *
			    (double)(i / N)));
	struct rng d = rng_seed(1, 0);

	memcpy(rgb, sharp, sizeof rgb);
	ok(degrade(rgb, N, 0, &d, a) == OK && memcmp(rgb, sharp,
	    sizeof rgb) == 0, "nothing degraded, no change");
	for (int i = 0; i < 60; i++) {
		memcpy(rgb, sharp, sizeof rgb);
		if (degrade(rgb, N, 1, &d, a) != OK)
			break;
		lo = fmin(lo, psnr(rgb, sharp, sizeof rgb));
		hi = fmax(hi, psnr(rgb, sharp, sizeof rgb));
	}
	ok(lo > 12 && hi < 45, "a poor one spoils, and leaves a picture "
	    "# %.1f to %.1f dB", lo, hi);
	bool fine = image_encode_jpeg(&file, &n, a, &t, 90) == OK &&
	    image_decode(&back, NULL, a, file, n, IMAGE_ON_WHITE) == OK;

	ok(fine && back.dim[0] == N && n < sizeof sharp / 4 &&
	    psnr(back.data, sharp, sizeof sharp) > 30,
	    "JPEG in memory # %zu bytes", n);
}

static void
test_faults(void)
{
	static uint8_t right[N * N * 3], iuv[N * N * 3];
	float pose[POSE_POINTS][3], was[POSE_POINTS][3];
	size_t lost = 0, blank = 0, rim = 0, drift = 0, inside = 0;
	double moved = 0, n_moved = 0;
	unsigned set;
	struct rng d = rng_seed(4, 0);
	bool fine = true;
	int n = 2000;

	/* A disc of part 1 within one of part 2. */
	for (size_t i = 0; i < N * N; i++) {
		double r = hypot((double)(i % N) - 32, (double)(i / N) - 32);

		right[3 * i] = r < 12 ? 1 : r < 24 ? 2 : 0;
		right[3 * i + 1] = right[3 * i + 2] = r < 24 ? 100 : 0;
	}
	for (int i = 0; i < POSE_POINTS; i++) {
		was[i][0] = (float)(10 + i);
		was[i][1] = 30;
		was[i][2] = i % 2 ? 1 : 0.5f;
	}
	for (int k = 0; k < n; k++) {
		size_t gone = 0;

		memcpy(pose, was, sizeof pose);
		mislabel_pose(pose, N, 1, FAULT_DROP | FAULT_MOVE, &d);
		for (int i = 0; i < POSE_POINTS; i++) {
			bool missing = isnan(pose[i][0]);

			fine = fine && missing == isnan(pose[i][1]) &&
			    missing == (pose[i][2] == 0);
			gone += missing;
			moved += missing ? 0 : fabs((double)pose[i][0] -
			    was[i][0]);
			n_moved += !missing;
		}
		lost += gone;
		blank += gone == POSE_POINTS;
	}
	ok(fine, "a missing point has no place and no confidence");
	ok(lost > 18u * (size_t)n / 10 && lost < 18u * (size_t)n / 3 &&
	    blank > (size_t)n / 50 && blank < (size_t)n / 14,
	    "points are lost, at times all # %.2f, %.3f",
	    (double)lost / n / 18, (double)blank / n);
	ok(moved / n_moved > 0.1 && moved / n_moved < 1,
	    "and moved # %.2f pixels", moved / n_moved);
	memcpy(pose, was, sizeof pose);
	mislabel_pose(pose, N, 0, FAULT_ALL, &d);
	ok(memcmp(pose, was, sizeof pose) == 0, "no noise, no change");
	for (int k = 0; k < 20; k++) {
		memcpy(iuv, right, sizeof iuv);
		fine = mislabel_iuv(iuv, N, 1, FAULT_DRIFT | FAULT_RIM, &d,
		    a) == OK;
		for (size_t i = 0; fine && i < N * N; i++) {
			rim += iuv[3 * i] != right[3 * i];
			if (iuv[3 * i] == 0 || right[3 * i] == 0)
				continue;
			inside++;
			drift += (size_t)abs(iuv[3 * i + 1] - 100);
		}
	}
	ok(rim > 20 * 20 && rim < 20 * 400, "rims are ragged # %.0f of 1809 "
	    "pixels", (double)rim / 20);
	ok(drift > 2 * inside && drift < 12 * inside,
	    "U drifts # by %.1f of 255", (double)drift / (double)inside);
	memcpy(iuv, right, sizeof iuv);
	ok(mislabel_iuv(iuv, N, 0, FAULT_ALL, &d, a) == OK && memcmp(iuv,
	    right, sizeof iuv) == 0, "no noise, no change of the IUV");
	ok(mislabel_faults(&set, "swap,drop") == OK && set == (FAULT_SWAP |
	    FAULT_DROP) && mislabel_faults(&set, "none") == OK && set == 0 &&
	    mislabel_faults(&set, "") == E_VALUE, "names of faults");
}

static void
test_split(void)
{
	int test = 0, n = 20000;
	bool either = true;

	for (int i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof name, "drawn%08d", i);
		test += split_has(SPLIT_TEST, name);
		either = either && split_has(SPLIT_TEST, name) !=
		    split_has(SPLIT_TRAIN, name) && split_has(SPLIT_ALL, name);
	}
	ok(either && test > n / 11 && test < n / 9,
	    "one name in ten is for tests # %d of %d", test, n);
}

/* The person of a sample is that of drawtex with the seed in the name. */
static bool
is_drawn(const struct sample *s, const struct cast *c)
{
	static float t[N * N * 3];
	static uint8_t seen[N * N];
	const char *name = json_string_value(json_object_get(s->manifest,
	    "identity"));
	const uint8_t *rgb = sample_find(s, "true.texture")->t.data;
	const uint8_t *valid = sample_find(s, "true.valid")->t.data;
	struct outfit o;
	bool same = true;

	outfit_random(&o, strtoull(name + 5, NULL, 10));
	if (outfit_draw(t, seen, &c->body[0].unfold, &o) != OK)
		return false;
	for (size_t i = 0; i < N * N; i++) {
		same = same && valid[i] == (seen[i] == 1);
		for (size_t k = 3 * i; k < 3 * i + 3; k++)
			same = same && fabs(rgb[k] - (t[k] + 1.0) * 127.5) < 1;
	}
	return same;
}

/* Key points are the projected joints, and the IUV is there around them. */
static void
test_sample(void)
{
	struct synth o = { .seed = 3, .size = N, .n_target = 1, .yaw =
		YAW_UNIFORM, .backdrops = 1, .frame = FRAMES_FULL };
	struct layout *l = NULL;
	struct cast c;
	size_t on = 0, all = 0, wide = 0;
	bool same = true;

	o.cast = &c;
	bool fine = layout_open(&l, "atlas24") == OK &&
	    cast_begin(&c, a, l, N, SPLIT_ALL) == OK &&
	    cast_add_body(&c, "tests/data/robot.npz") == OK;

	for (uint64_t i = 0; fine && i < 20; i++) {
		size_t mark = arena_mark(a), px = 0;
		struct sample s;

		fine = sample_init(&s, a, "x") == OK &&
		    synth_sample(&s, &o, i) == OK;
		if (!fine)
			break;
		const float *p = sample_find(&s, "source.pose")->t.data;
		const uint8_t *iuv = sample_find(&s, "source.iuv")->t.data;

		for (size_t k = 0; k < N * N; k++)
			px += iuv[3 * k] != 0;
		same = same && is_drawn(&s, &c);
		wide += px > N * N / 40 && px < N * N / 2;
		for (int k = P_R_SHOULDER; k <= P_L_ANKLE; k++) {
			if (isnan(p[3 * k]))
				continue;
			all++;
			on += iuv[3 * ((size_t)(p[3 * k + 1] + 0.5f) * N +
			    (size_t)(p[3 * k] + 0.5f))] != 0;
		}
		sample_clear(&s);
		arena_pop(a, mark);
	}
	ok(fine, "twenty samples # %s", status_detail());
	ok(all > 200 && on == all, "key points lie on the body # %zu of %zu",
	    on, all);
	ok(wide == 20, "which fills some of the picture # %zu", wide);
	ok(same, "people wear what is drawn for the number in their name");
	layout_close(l);
}

/* Bodies of ours: of one mesh, each another, women and men. */
static void
test_humans(void)
{
	struct layout *l = NULL;
	struct cast c;
	int sex = 0, apart = 0, n = 4;
	bool fine = layout_open(&l, "atlas24") == OK &&
	    cast_begin(&c, a, l, 32, SPLIT_ALL) == OK &&
	    cast_add_humans(&c, (size_t)n) == OK && c.n_body == (size_t)n;

	for (int k = 0; fine && k < n; k++) {
		const struct cast_body *b = &c.body[k];

		sex += b->sex;
		apart += b->body.mesh.vert[100][1] !=
		    c.body[(k + 1) % n].body.mesh.vert[100][1];
		fine = b->unfold.lattice.face == c.body[0].unfold.lattice.face;
	}
	ok(fine && sex == 0 && apart == n, "four of ours # %s",
	    status_detail());

	/* Their backs, which are not drawn, are not seen. */
	static uint8_t iuv[2][N * N * 3];
	struct synth o = { .seed = 3, .size = N, .n_target = 1, .backdrops = 1,
		.cast = &c };
	size_t differ = 0;

	for (uint64_t i = 0; fine && i < 6; i++) {
		for (int k = 0; k < 2 && fine; k++) {
			size_t mark = arena_mark(a);
			struct sample s;

			for (int b = 0; b < n; b++) {
				fine = fine && (k == 1 || c.body[b].closed);
				c.body[b].closed = k == 0;
			}
			fine = fine && sample_init(&s, a, "x") == OK &&
			    synth_sample(&s, &o, i) == OK;
			if (!fine)
				break;
			memcpy(iuv[k], sample_find(&s, "source.iuv")->t.data,
			    sizeof iuv[k]);
			sample_clear(&s);
			arena_pop(a, mark);
		}
		for (int b = 0; b < n; b++)
			c.body[b].closed = true;
		for (size_t k = 0; k < N * N; k++)
			differ += memcmp(iuv[0] + 3 * k, iuv[1] + 3 * k, 3) != 0;
	}
	ok(fine && differ < 6 * N * N / 1000, "they are closed # %zu of %d "
	    "pixels differ", differ, 6 * N * N);
	layout_close(l);
}

int
main(void)
{
	if (arena_new(&a, (size_t)1 << 30) != OK ||
	    body_read(&body, a, "tests/data/robot.npz", NULL) != OK)
		return 1;
	test_posture();
	test_backdrop();
	test_lens();
	test_faults();
	test_split();
	test_sample();
	test_humans();
	arena_free(a);
	return done();
}
