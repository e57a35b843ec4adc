/*
 * The mesh ("net") of tubes that is laid over a form: vertices, triangles,
 * and the chart of each. Only the left half of the body, with the midline.
 * Internal to human_make.
 */
#ifndef HUMAN_HUMAN_NET_H
#define HUMAN_HUMAN_NET_H

#include "human/human_form.h"

#define NET_VERTS 5000
#define NET_FACES 9000

/* Columns of half the trunk and the head, from the front to the back. */
#define NET_FRONT 14
#define NET_BACK 9
#define NET_COLS (NET_FRONT + NET_BACK)	/* NET_COLS + 1 vertices */
#define NET_STRIP 5			/* between the legs */
#define NET_LEG (NET_COLS + NET_STRIP)	/* vertices of a ring */
#define NET_ARM 20
#define TRUNK_ROWS 26
#define HEAD_ROWS 32

struct net {
	const struct form *form;
	size_t n_vert, n_face;
	float (*p)[3];
	uint8_t *zone;		/* enum zone_of_form */
	bool *middle;		/* on the plane x = 0 */
	bool *loose;		/* may be moved along the surface */
	uint32_t (*face)[3];
	uint8_t *part;
	float (*uv)[3][2];
	/* Rings by which key points and joints are found. */
	uint32_t trunk[TRUNK_ROWS + 1][NET_COLS + 1];
	uint32_t head[HEAD_ROWS + 1][NET_COLS + 1];
	uint32_t elbow[NET_ARM], wrist[NET_ARM], shoulder[NET_ARM];
	uint32_t knee[NET_LEG], ankle[NET_LEG], hip[NET_LEG];
};

/* Lays the net, from the arena. The topology does not depend on the form. */
MUST_CHECK enum status net_make(struct net *n, struct arena *a,
    const struct form *f);

/* Fits the net to the form, which has changed a little. E_NOMEM. */
MUST_CHECK enum status net_fit(struct net *n, struct arena *a);

/* ---- what the tubes are laid with ------------------------------------- */

#define NET_TURN 6.2831853f

uint32_t net_vertex(struct net *n, enum zone_of_form z, float x, float y,
    float w);
/* Corners counter-clockwise as seen from outside, with their U and V. */
void net_triangle(struct net *n, int part, const uint32_t v[3],
    const float uv[3][2]);
void net_cell(struct net *n, int part, const uint32_t v[4],
    const float uv[4][2]);

/* Piecewise linear in x over n rows of (x, value, value). */
void net_edge(float at[2], const float (*row)[3], int n, float x);

/*
 * Angle of vertex k of the arm's ring at x, in radians from above towards the
 * front.
 */
float net_arm_angle(int k, float x);

/*
 * The place of the trunk's (row, column) in the rim of the arm's hole, which
 * is the arm's first ring; or -1.
 */
int net_rim(int row, int col);

void net_lay_trunk(struct net *n);
void net_lay_head(struct net *n);
void net_lay_leg(struct net *n);
void net_lay_arm(struct net *n);

/* ---- charts ------------------------------------------------------------ */

/*
 * Charts: place (u, v) of a point of a limb's part at fraction s along it and
 * t across; see human_chart.c.
 */
void chart_limb(float uv[2], int part, float s, float t);
/* Of the trunk: row 0..TRUNK_ROWS, height y of the row there, column. */
void chart_trunk(float uv[2], bool back, int row, float y, float t);
/* Of the head: turn from the front in half turns, height above the floor. */
void chart_head(float uv[2], float turn, float y);
/* Of the hand: a point of palm or back, or of the edge between them. */
enum hand_side { HAND_PALM, HAND_BACK, HAND_HINGE };
void chart_hand(float uv[2], enum hand_side side, const float p[3]);
/* From where these lie to where DensePose has it. */
void chart_bend(float uv[2], int part);

#endif
