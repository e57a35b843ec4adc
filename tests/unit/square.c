/*
 * A turned square of a photo: places there and back, its picture against
 * values that are known in closed form, and a map's way back.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "landmarks/landmarks.h"
#include "math/team.h"

#define H 60
#define W 80
#define N 32

static uint8_t photo[H * W * 3];
static float cut[N * N * 3];

static void
places(void)
{
	const struct square q = { 30, 20, 10, 0.3 };
	double xy[2], uv[2], off = 0;

	square_out(xy, &q, 0.5, 0.5);
	ok(xy[0] == 30 && xy[1] == 20, "the middle is the middle");
	for (int i = 0; i < 25; i++) {
		double u = i % 5 / 4.0, v = i / 5 / 4.0;

		square_out(xy, &q, u, v);
		square_in(uv, &q, xy[0], xy[1]);
		off = fmax(off, fmax(fabs(uv[0] - u), fabs(uv[1] - v)));
	}
	ok(off < 1e-12, "there and back, off by %g", off);
	square_out(xy, &(struct square){ 0, 0, 2, M_PI / 2 }, 1, 0.5);
	ok(fabs(xy[0]) < 1e-12 && fabs(xy[1] - 1) < 1e-12,
	    "a quarter clockwise takes right to down: (%g, %g)", xy[0], xy[1]);
}

/* A plane of values is cut exactly, wherever the square lies and turns. */
static void
plane(double side, double turn)
{
	const struct square q = { 41.5, 28.25, side, turn };
	double worst = 0;

	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			uint8_t *p = photo + 3 * (y * W + x);

			p[0] = (uint8_t)(3 * x);
			p[1] = (uint8_t)(4 * y);
			p[2] = (uint8_t)(x + 2 * y);
		}
	square_cut(cut, N, &q, photo, H, W);
	for (int i = 0; i < N * N; i++) {
		double xy[2], want[3];

		square_out(xy, &q, (i % N + 0.5) / N, (i / N + 0.5) / N);
		if (xy[0] < 2 || xy[1] < 2 || xy[0] > W - 3 || xy[1] > H - 3)
			continue;
		want[0] = 3 * xy[0];
		want[1] = 4 * xy[1];
		want[2] = xy[0] + 2 * xy[1];
		for (int c = 0; c < 3; c++)
			worst = fmax(worst, fabs(255 * cut[3 * i + c] -
			    want[c]));
	}
	ok(worst < 1e-3, "a plane, side %g turned by %g: off by %g", side, turn,
	    worst);
}

static void
outside(void)
{
	const struct square q = { -200, 0, 50, 0 };
	float sum = 0;

	memset(photo, 255, sizeof photo);
	square_cut(cut, N, &q, photo, H, W);
	for (int i = 0; i < N * N * 3; i++)
		sum += cut[i];
	ok(sum == 0, "outside is black");
	/* Shrunk by ten, half of it white: as much light as there was. */
	square_cut(cut, N, &(struct square){ -0.5, 29.5, 10 * N, 0 }, photo, H, W);
	sum = 0;
	for (int i = 0; i < N * N * 3; i++)
		sum += cut[i] / 3;
	ok(fabsf(sum * 100 / (W * H) - 1) < 0.03f, "light is kept when it "
	    "shrinks: %g", (double)(sum * 100 / (W * H)));
}

static void
way_back(void)
{
	static float m[N * N];
	static uint8_t to[H * W];
	const struct square q = { 39.5, 29.5, 40, 0.5 };
	int wrong = 0, in = 0;

	for (int i = 0; i < N * N; i++)
		m[i] = 1;
	square_paste(to, H, W, &q, m, N);
	for (int i = 0; i < H * W; i++) {
		double uv[2];

		square_in(uv, &q, i % W, i / W);
		bool inside = fabs(uv[0] - 0.5) <= 0.5 &&
		    fabs(uv[1] - 0.5) <= 0.5;

		in += inside;
		wrong += to[i] != (inside ? 255 : 0);
	}
	ok(wrong == 0 && abs(in - 1600) < 40, "a full map is the square: %d "
	    "pixels, %d wrong", in, wrong);
	/* u itself as the map. */
	for (int i = 0; i < N * N; i++)
		m[i] = ((float)(i % N) + 0.5f) / N;
	square_paste(to, H, W, &q, m, N);
	double worst = 0;

	for (int i = 0; i < H * W; i++) {
		double uv[2];

		square_in(uv, &q, i % W, i / W);
		if (fabs(uv[0] - 0.5) < 0.45 && fabs(uv[1] - 0.5) < 0.45)
			worst = fmax(worst, fabs(to[i] / 255.0 - uv[0]));
	}
	ok(worst < 0.003, "between its pixels: off by %g", worst);
}

/* Landmarks in places of their own number. */
static void
coco(void)
{
	static const int want[POSE_POINTS] = { 0, -1, 12, 14, 16, 11, 13, 15,
		24, 26, 28, 23, 25, 27, 5, 2, 8, 7 };
	float pose[POSE_POINTS][3];
	struct found p = { .score = 1 };
	int wrong = 0;

	for (int k = 0; k < POSE_LANDMARKS; k++) {
		p.point[k][0] = (float)k;
		p.point[k][1] = (float)(k + 5);
		p.point[k][2] = 0.5f + (float)k / 100;
	}
	landmarks_coco(pose, &p, 100, 100);
	for (int k = 0; k < POSE_POINTS; k++)
		wrong += k != 1 && (pose[k][0] != (float)want[k] ||
		    pose[k][1] != (float)(want[k] + 5));
	ok(wrong == 0, "each key point is its landmark: %d wrong", wrong);
	ok(pose[1][0] == 11.5f && pose[1][2] == 0.61f,
	    "the neck between the shoulders, as sure as the worse");
	p.point[14][2] = 0.2f;
	p.point[16][0] = -1;
	landmarks_coco(pose, &p, 100, 100);
	ok(isnan(pose[3][0]) && pose[3][2] == 0, "hidden is missing");
	ok(isnan(pose[4][0]), "off the photo is missing");
	landmarks_coco(pose, &p, 10, 100);
	ok(isnan(pose[0][0]) == 0 && isnan(pose[8][1]), "below it, too");
}

int
main(void)
{
	team_begin(1);
	places();
	plane(20, 0);
	plane(40, 0.7);
	plane(64, -2);
	outside();
	way_back();
	coco();
	return done();
}
