/*
 * A posed body of boxes, rendered: IUV, mask, surf and key points against
 * rays cast from the camera's definition through every pixel's centre; a
 * texture's colour comes back.
 */
#include "body/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "body/skin.h"
#include "body/stance.h"

#define PX 72
#define TEX 64

static struct arena *a;
static struct body body;
static struct layout *layout;
static float vert[8000][3];	/* posed */

static void
pose_vertices(enum stance s)
{
	float pose[BODY_JOINTS][3], g[BODY_JOINTS][3][4];

	stance_pose(pose, s);
	skin_transforms(g, &body, (const float (*)[3])pose);
	skin_vertices(vert, &body, (const float (*)[3][4])g);
}

/* Point of the surface on the ray of pixel (x, y): face, and weights of its corners. */
static uint32_t
cast(const struct camera *c, double x, double y, double w[3])
{
	double eye[3], d[3], best = 1e9;
	const double q[3] = { (x - c->cx) / c->focal, (y - c->cy) / c->focal,
		1 };
	uint32_t who = UINT32_MAX;

	/* World = R^T (camera - t). */
	for (int i = 0; i < 3; i++) {
		eye[i] = d[i] = 0;
		for (int k = 0; k < 3; k++) {
			eye[i] -= c->rot[k][i] * c->t[k];
			d[i] += c->rot[k][i] * q[k];
		}
	}
	for (uint32_t f = 0; f < body.mesh.n_face; f++) {
		const uint32_t *v = body.mesh.face[f];
		double m[3][4];		/* [e1 e2 -d | eye - a] */

		for (int i = 0; i < 3; i++) {
			m[i][0] = (double)vert[v[1]][i] - vert[v[0]][i];
			m[i][1] = (double)vert[v[2]][i] - vert[v[0]][i];
			m[i][2] = -d[i];
			m[i][3] = eye[i] - vert[v[0]][i];
		}
		double r[3], det = 0;

		/* Cramer's rule. */
		for (int k = -1; k < 3; k++) {
			double n[3][3], e;

			for (int i = 0; i < 3; i++)
				for (int j = 0; j < 3; j++)
					n[i][j] = m[i][j == k ? 3 : j];
			e = n[0][0] * (n[1][1] * n[2][2] - n[1][2] * n[2][1]) -
			    n[0][1] * (n[1][0] * n[2][2] - n[1][2] * n[2][0]) +
			    n[0][2] * (n[1][0] * n[2][1] - n[1][1] * n[2][0]);
			if (k < 0)
				det = e;
			else
				r[k] = e / det;
		}
		if (fabs(det) < 1e-14 || r[0] < 0 || r[1] < 0 ||
		    r[0] + r[1] > 1 || r[2] <= 0 || r[2] >= best)
			continue;
		best = r[2];
		who = f;
		w[0] = 1 - r[0] - r[1];
		w[1] = r[0];
		w[2] = r[1];
	}
	return who;
}

static struct sample sample;
static struct camera camera;

static const void *
data(const char *name)
{
	struct field *f = sample_find(&sample, name);

	return f ? f->t.data : NULL;
}

static void
test_labels(void)
{
	const uint8_t *iuv = data("source.iuv"), *mask = data("source.mask");
	const float *surf = data("source.surf");
	size_t judged = 0, on = 0, bad_part = 0, bad_uv = 0, bad_surf = 0;

	for (size_t i = 0; i < PX * PX; i++) {
		double w[3] = { 0 }, x = (double)(i % PX), y = (double)(i / PX);
		uint32_t f = cast(&camera, x, y, w);
		double by[3];
		bool edge = false;

		for (int k = 0; k < 4; k++)
			edge |= cast(&camera, x + (k & 1 ? 0.02 : -0.02),
			    y + (k & 2 ? 0.02 : -0.02), by) != f;
		if (edge)
			continue;
		judged++;
		int part = f == UINT32_MAX ? 0 : body.part[f];

		bad_part += iuv[3 * i] != part || mask[i] != (part > 0);
		if (part == 0) {
			bad_surf += !isnan(surf[2 * i]);
			continue;
		}
		on++;
		float uv[2] = { 0 }, xy[2];

		for (int c = 0; c < 2; c++) {
			double s = 0;

			for (int k = 0; k < 3; k++)
				s += w[k] * body.part_uv[f][k][c];
			uv[c] = (float)s;
			bad_uv += fabs(iuv[3 * i + 1 + (size_t)c] - 255 * s) >
			    0.6;
		}
		bad_surf += !layout_texel(layout, TEX, part, uv[0], uv[1], xy) ||
		    hypot(surf[2 * i] - xy[0], surf[2 * i + 1] - xy[1]) > 0.05;
	}
	ok(judged > PX * PX * 8 / 10 && on > 400, "rays # %zu judged, %zu hits",
	    judged, on);
	ok(bad_part == 0, "part and mask # %zu wrong", bad_part);
	ok(bad_uv == 0, "U and V, rounded # %zu wrong", bad_uv);
	ok(bad_surf == 0, "surf # %zu wrong", bad_surf);
}

static void
test_points(void)
{
	const float *pose = data("source.pose");
	float at[POSE_POINTS][3];
	double worst = 0;

	sparse_apply(at, &body.points, (const float (*)[3])vert);
	for (int i = 0; i < POSE_POINTS; i++) {
		double q[3];

		for (int r = 0; r < 3; r++)
			q[r] = camera.rot[r][0] * at[i][0] + camera.rot[r][1] *
			    at[i][1] + camera.rot[r][2] * at[i][2] +
			    camera.t[r];
		worst = fmax(worst, hypot(pose[3 * i] - (camera.cx +
		    camera.focal * q[0] / q[2]), pose[3 * i + 1] -
		    (camera.cy + camera.focal * q[1] / q[2])));
	}
	ok(worst < 1e-3, "key points # %.1e px off", worst);
	ok(pose[3 * P_L_WRIST] > pose[3 * P_NOSE] &&
	    pose[3 * P_R_WRIST] < pose[3 * P_NOSE] &&
	    pose[3 * P_NOSE + 1] < pose[3 * P_L_ANKLE + 1],
	    "left is right, up is up, facing the camera");
}

static enum status
render(struct scene *c, double yaw, enum stance s)
{
	float pose[BODY_JOINTS][3];
	const struct shot shot = { .pose = (const float (*)[3])pose,
	    .yaw = yaw };

	stance_pose(pose, s);
	sample_clear(&sample);
	TRY(sample_init(&sample, a, "x"));
	return scene_put(&sample, ROLE_SOURCE, c, &shot, 1);
}

static bool
all(const char *name)
{
	return name[0] == 's';
}

int
main(void)
{
	struct scene c = { .body = &body, .viewpoint = VIEWPOINT_DEFAULT,
		.T = TEX };
	float *texture = malloc(TEX * TEX * 12);

	if (!texture || arena_new(&a, (size_t)1 << 30) != OK ||
	    body_read(&body, a, "tests/data/robot.npz", NULL) != OK ||
	    layout_open(&layout, "atlas24") != OK || body.mesh.n_vert > 8000)
		return 1;
	c.layout = layout;
	c.viewpoint.w = c.viewpoint.h = PX;
	for (size_t i = 0; i < TEX * TEX * 3; i++)
		texture[i] = (const float[]){ 0.5f, -0.25f, 1 }[i % 3];
	c.texture = texture;
	scene_choose(&c, ROLE_SOURCE, all);
	ok(scene_background(&c, "000000,0000ff") == OK, "background");
	if (!ok(render(&c, 20, STANCE_WALK) == OK, "renders # %s",
	    status_detail()))
		return done();
	pose_vertices(STANCE_WALK);
	struct viewpoint v = c.viewpoint;

	v.yaw = 20;
	ok(camera_place(&camera, &v, (const float (*)[3])vert,
	    body.mesh.n_vert, 0) == OK, "camera");
	test_labels();
	test_points();

	const uint8_t *image = data("source.image"), *mask = data("source.mask");
	size_t plain = 0, inside = 0;

	for (size_t y = 1; y + 1 < PX; y++)
		for (size_t x = 1; x + 1 < PX; x++) {
			size_t i = y * PX + x;

			if (!mask[i] || !mask[i - 1] || !mask[i + 1] ||
			    !mask[i - PX] || !mask[i + PX])
				continue;
			inside++;
			plain += image[3 * i] == 191 && image[3 * i + 1] == 96
			    && image[3 * i + 2] == 255;
		}
	ok(plain > inside * 9 / 10, "the texture's colour # %zu of %zu",
	    plain, inside);
	ok(image[2] == 0 && image[3 * (PX * PX - 1) + 2] == 255,
	    "background from top to bottom");

	/* From behind no detector finds a nose. */
	ok(render(&c, 180, STANCE_STAND) == OK, "from behind");
	const float *pose = data("source.pose");

	ok(isnan(pose[3 * P_NOSE]) && pose[3 * P_L_EYE + 2] == 0 &&
	    pose[3 * P_L_WRIST] < pose[3 * P_R_WRIST] &&
	    pose[3 * P_L_KNEE + 2] == 1, "nose and eyes are hidden, knees not");
	ok(render(&c, 90, STANCE_REST) == OK, "from its right");
	pose = data("source.pose");
	ok(pose[3 * P_R_HIP + 2] == 1 && pose[3 * P_L_HIP + 2] == 0.5f,
	    "the far hip is hidden # %g %g", pose[3 * P_R_HIP + 2],
	    pose[3 * P_L_HIP + 2]);
	c.viewpoint.framing = FRAME_UPPER;
	ok(render(&c, 0, STANCE_STAND) == OK &&
	    isnan(((const float *)data("source.pose"))[3 * P_L_ANKLE]) &&
	    !isnan(((const float *)data("source.pose"))[3 * P_NECK]),
	    "framing upper leaves the ankles out");

	size_t first, last, step;

	ok(scene_frames(&first, &last, &step, 50, "3-20/5") == OK &&
	    first == 3 && last == 20 && step == 5 &&
	    scene_frames(&first, &last, &step, 50, "50") == E_VALUE &&
	    scene_frames(&first, &last, &step, 50, "9-3") == E_VALUE &&
	    scene_frames(&first, &last, &step, 50, "1-") == E_VALUE, "frames");

	double yaw[3];
	size_t n;

	ok(scene_yaws(yaw, &n, 3, "0,-45,90.5") == OK && n == 3 &&
	    yaw[2] == 90.5 && scene_yaws(yaw, &n, 3, "1,2,3,4") == E_LIMIT &&
	    scene_yaws(yaw, &n, 3, "1,,2") == E_VALUE &&
	    scene_yaws(yaw, &n, 3, "") == E_VALUE, "yaws");
	ok(scene_background(&c, "12345") == E_VALUE &&
	    scene_background(&c, "123456,zz") == E_VALUE, "colours");
	sample_clear(&sample);
	layout_close(layout);
	arena_free(a);
	free(texture);
	return done();
}
