/*
 * posed [options]: made-up people as findpose would see them, with exact
 * labels. Each sample has true.iuv, exact, true.yaw and true.fit in its
 * manifest, and source.image (grey), .pose, .pose3, .matte with the errors
 * that networks make.
 */
#include <math.h>
#include <string.h>

#include "../blaze.h"
#include "human/human.h"
#include "body/motion.h"
#include "body/render.h"
#include "body/skin.h"
#include "body/stance.h"
#include "cli/cli.h"
#include "fit/keypoints.h"
#include "math/rng.h"

struct options {
	int n, seed, size, crop;
	double noise2, noise3;
	bool flat;		/* no pose3 */
	const char *motion;
};

enum { CROP_NONE, CROP_HIPS, CROP_BUST, CROP_HEAD };

static const int blaze[33] = { P_NOSE, P_L_EYE, P_L_EYE, P_L_EYE, P_R_EYE,
	P_R_EYE, P_R_EYE, P_L_EAR, P_R_EAR, P_NOSE, P_NOSE, P_L_SHOULDER,
	P_R_SHOULDER, P_L_ELBOW, P_R_ELBOW, P_L_WRIST, P_R_WRIST, KP_L_PINKY,
	KP_R_PINKY, KP_L_INDEX, KP_R_INDEX, KP_L_INDEX, KP_R_INDEX, P_L_HIP,
	P_R_HIP, P_L_KNEE, P_R_KNEE, P_L_ANKLE, P_R_ANKLE, KP_L_HEEL,
	KP_R_HEEL, KP_L_TOE, KP_R_TOE };

/* Parents of pose3's points, so that an error turns what hangs on it. */
static const int blaze_up[33] = { 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23, 24, 11,
	12, 13, 14, 15, 16, 15, 16, 15, 16, -1, -1, 23, 24, 25, 26, 27, 28, 27,
	28 };

static void
jitter(double d[3], struct rng *r, double degrees)
{
	double axis[3];

	for (int c = 0; c < 3; c++)
		axis[c] = rng_normal(r) * degrees * M_PI / 180 / sqrt(2);
	struct mat3 m = rotate_exp(axis);

	mat3_apply(d, &m, (const double[3]){ d[0], d[1], d[2] });
}

/* Camera axes of the world points, and errors of the directions. */
static void
make_pose3(float (*out)[4], const struct placed *at, const struct camera *c,
    struct rng *r, const struct options *o)
{
	static const int order[33] = { 23, 24, 11, 12, 0, 1, 2, 3, 4, 5, 6, 7,
		8, 9, 10, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 25, 26, 27, 28,
		29, 30, 31, 32 };
	double p[33][3], q[33][3];

	for (int i = 0; i < 33; i++)
		for (int e = 0; e < 3; e++) {
			p[i][e] = 0;
			for (int k = 0; k < 3; k++)
				p[i][e] += c->rot[e][k] * (at->x[blaze[i]][k] -
				    at->x[KP_HIPS][k]);
		}
	blaze_hips(p);
	for (int k = 0; k < 33; k++) {
		int i = order[k], up = blaze_up[i];
		double d[3];

		for (int e = 0; e < 3; e++)
			d[e] = p[i][e] - (up < 0 ? 0 : p[up][e]);
		jitter(d, r, o->noise3);
		for (int e = 0; e < 3; e++) {
			q[i][e] = d[e] + (up < 0 ? 0 : q[up][e]);
			out[i][e] = (float)q[i][e];
		}
		out[i][3] = 0.95f;
	}
}

/* Rows that stay. */
static void
crop_rows(size_t row[2], int crop, const float (*pose)[3], size_t h)
{
	float neck = pose[P_NECK][1], hip = (pose[P_R_HIP][1] +
	    pose[P_L_HIP][1]) / 2;
	float cut = crop == CROP_BUST ? (2 * neck + 3 * hip) / 5 :
	    hip + 0.15f * (hip - neck);

	row[0] = 0;
	row[1] = h;
	if (crop == CROP_HEAD)
		row[0] = (size_t)fmaxf(0, neck);
	else if (crop != CROP_NONE)
		row[1] = (size_t)fminf((float)h, fmaxf(cut, 16));
}

static enum status
make(struct sample *s, const struct options *o, uint64_t n,
    const struct motion *m)
{
	struct rng r = rng_seed((uint64_t)o->seed, n);
	struct human h;
	struct keypoints *k = arena_alloc(s->arena, sizeof *k);
	struct posture p = { .build = { 0 } };
	struct placed at;
	float pose[BODY_JOINTS][3], g[BODY_JOINTS][3][4];
	struct render d = { .closed = true };
	struct viewpoint v = VIEWPOINT_DEFAULT;
	size_t side = (size_t)o->size, row[2];
	struct tensor image, iuv, mask, key, key3, full, fullmask;

	if (!k)
		return E_NOMEM;
	human_random(&h, (uint64_t)o->seed * 1000 + n);
	TRY(keypoints_make(k, s->arena, &h));
	if (m->n_frame)
		memcpy(pose, m->pose[rng_below(&r, m->n_frame)], sizeof pose);
	else
		stance_pose(pose, 1 + (enum stance)rng_below(&r, 3));
	v.yaw = 30 * (double)(n % 12) + rng_range(&r, -10, 10);
	v.pitch = rng_range(&r, -10, 15);
	v.fov = rng_range(&r, 20, 50);
	v.w = v.h = side;
	float (*vert)[3] = arena_calloc(s->arena, k->body.mesh.n_vert,
	    sizeof *vert);

	if (!vert)
		return E_NOMEM;
	skin_transforms(g, &k->body, (const float (*)[3])pose);
	skin_vertices(vert, &k->body, (const float (*)[3][4])g);
	d.body = &k->body;
	d.vert = (const float (*)[3])vert;
	TRY(camera_place(&d.camera, &v, d.vert, k->body.mesh.n_vert, 0));
	TRY(tensor_alloc(&full, s->arena, DT_U1, TENSOR_DIMS(side, side, 3)));
	TRY(tensor_alloc(&fullmask, s->arena, DT_U1, TENSOR_DIMS(side, side)));
	TRY(sample_make(&key, s, "source.pose", DT_F4, TENSOR_DIMS(18, 3)));
	float (*q)[3] = key.data;
	const struct rendering out = { .iuv = full.data, .mask = fullmask.data,
		.pose = key.data };

	TRY(render_draw(&out, &d, s->arena));
	crop_rows(row, o->crop, (const float (*)[3])q, side);
	size_t rows = row[1] - row[0];

	TRY(sample_make(&image, s, "source.image", DT_U1,
	    TENSOR_DIMS(rows, side, 3)));
	TRY(sample_make(&iuv, s, "true.iuv", DT_U1, TENSOR_DIMS(rows, side,
	    3)));
	TRY(sample_make(&mask, s, "source.matte", DT_U1, TENSOR_DIMS(rows,
	    side)));
	memcpy(iuv.data, (uint8_t *)full.data + row[0] * side * 3,
	    rows * side * 3);
	for (size_t i = 0; i < rows * side; i++) {
		uint8_t on = ((uint8_t *)iuv.data)[3 * i] > 0;

		((uint8_t *)mask.data)[i] = on ? 255 : 0;
		memset((uint8_t *)image.data + 3 * i, on ? 150 : 220, 3);
	}
	for (int j = 0; j < BODY_JOINTS; j++)
		p.turn[j] = rotate_exp((const double[3]){ pose[j][0],
		    pose[j][1], pose[j][2] });
	keypoints_place(&at, k, &p);
	if (!o->flat) {
		TRY(sample_make(&key3, s, "source.pose3", DT_F4,
		    TENSOR_DIMS(33, 4)));
		make_pose3(key3.data, &at, &d.camera, &r, o);
	}
	for (int i = 0; i < 18; i++) {
		double tall = (double)side * (1 - 2 * v.margin);

		for (int c = 0; c < 2; c++)
			q[i][c] += (float)(rng_normal(&r) * o->noise2 / 100 *
			    tall / sqrt(2));
		q[i][1] -= (float)row[0];
		if (!(q[i][1] >= 0 && q[i][1] <= (float)rows - 1)) {
			q[i][0] = q[i][1] = NAN;
			q[i][2] = 0;
		}
	}
	return json_object_set_new(s->manifest, "yaw", json_real(v.yaw)) ?
	    E_NOMEM : OK;
}

int
main(int argc, char **argv)
{
	struct options o = { .n = 24, .seed = 1, .size = 384, .noise2 = 1.5,
		.noise3 = 10 };
	const struct cli_opt opts[] = {
		CLI_INT('n', "people", &o.n, 1, 100000, "N", "samples"),
		CLI_INT('s', "seed", &o.seed, 0, 1000000, "N", "of it all"),
		CLI_INT('S', "size", &o.size, 32, 4096, "PIXELS", "side"),
		CLI_ENUM('c', "crop", &o.crop, "none|hips|bust|head",
		    "what is cut off"),
		CLI_DBL(0, "noise2", &o.noise2, 0, 50, "PERCENT",
		    "of the height, error of key points"),
		CLI_DBL(0, "noise3", &o.noise3, 0, 90, "DEGREES",
		    "error of directions"),
		CLI_FLAG('f', "flat", &o.flat, "no source.pose3"),
		CLI_STR('m', "motion", &o.motion, "FILE", "poses"),
		CLI_END
	};
	const struct cli_program p = { .name = "posed", .opts = opts,
		.no_in = true, .summary = "people as findpose sees them" };
	struct motion m = { 0 };
	struct arena *a;
	struct body body;
	struct sample s;

	cli_begin(&p, &argc, &argv);
	cli_try(arena_new(&a, (size_t)1 << 30), "memory");
	if (o.motion) {
		cli_try(human_open(&body, a, NULL, NULL), "body");
		cli_try(motion_read(&m, a, o.motion, &body), "--motion");
	}
	for (int i = 0; i < o.n; i++) {
		char key[32];

		snprintf(key, sizeof key, "p%05d", i);
		cli_make(&s, key);
		if (cli_ok(make(&s, &o, (uint64_t)i, &m), NULL, &s))
			cli_put(&s);
	}
	arena_free(a);
	return cli_finish();
}
