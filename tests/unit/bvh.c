/* Reads BVH; fits skeletons of other names, axes and rest poses to a body. */
#include "mesh/bvh.h"

#include <math.h>
#include <string.h>

#include "../tap.h"
#include "body/motion.h"
#include "body/skin.h"

static struct arena *a;

static enum status
parse(struct bvh *b, const char *s)
{
	return bvh_parse(b, a, s, strlen(s));
}

static void
refused(const char *what, const char *text, const char *reason)
{
	struct bvh b;
	enum status s = parse(&b, text);

	ok(s != OK && strstr(status_detail(), reason), "%s # %s", what,
	    s == OK ? "accepted" : status_detail());
}

#define SMALL "HIERARCHY\nROOT Hips\n{\n OFFSET 1 2 3\n" \
	" CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation\n" \
	" JOINT Knee\n {\n OFFSET 0 -4 0\n CHANNELS 3 Zrotation Xrotation " \
	"Yrotation\n End Site\n {\n OFFSET 0 -1 0\n }\n }\n}\nMOTION\n"

static void
test_parse(void)
{
	struct bvh b;

	ok(parse(&b, SMALL "Frames: 2\r\nFrame Time: .5\r\n"
	    "1 2 3 4 5 6 7 8 9\n10 11 12 13 14 15 16 17 1.5e1") == OK &&
	    b.n_joint == 2 && b.n_frame == 2 && b.n_column == 9 &&
	    b.frame_time == 0.5, "a small file # %s", status_detail());
	ok(strcmp(b.joint[1].name, "Knee") == 0 && b.joint[1].parent == 0 &&
	    b.joint[1].first == 6 && b.joint[1].channel[1] == BVH_XROT &&
	    b.joint[1].offset[1] == -4 && b.data[17] == 15, "its joints");
	refused("empty", "", "HIERARCHY");
	refused("no number", SMALL "Frames: two\n", "number of frames");
	refused("short", SMALL "Frames: 2\nFrame Time: .5\n1 2 3",
	    "too short");
	refused("letters", SMALL "Frames: 1\nFrame Time: 1\n1 2 3 4 5 6 7 8 x",
	    "\"x\"");
	refused("many frames", SMALL "Frames: 999999999\nFrame Time: 1\n1",
	    "at most");
	refused("no time", SMALL "Frames: 1\nFrame Time: 0\n1", "above 0");
	refused("unclosed", "HIERARCHY ROOT r { OFFSET 0 0 0", "ends");
	refused("channel", "HIERARCHY ROOT r { CHANNELS 1 Wrotation",
	    "Wrotation");
	refused("channels", "HIERARCHY ROOT r { CHANNELS 7", "at most 6");
	refused("nan", "HIERARCHY ROOT r { OFFSET nan 0 0", "OFFSET");
}

/* Where a joint of the posed body lies. */
static void
joint_at(double out[3], const struct body *b, const float (*pose)[3], int j)
{
	float g[BODY_JOINTS][3][4];

	skin_transforms(g, b, pose);
	for (int r = 0; r < 3; r++)
		out[r] = g[j][r][0] * b->joint[j][0] + g[j][r][1] *
		    b->joint[j][1] + g[j][r][2] * b->joint[j][2] + g[j][r][3];
}

/*
 * A rig of other names, z up, looking along -y, its arms hanging at rest. Its
 * left is then +x, its front -y. In frame 0 nothing turns: arms must hang
 * though the body's own rest pose has them out. In frame 1 the left upper
 * arm turns by 90 degrees about the rig's x: from hanging (-z) to -y... by
 * hand: Rx(90) takes (0,0,-1) to (0,1,0), backwards. In frame 2 the hips turn by
 * 90 degrees about z; heading is taken out, so nothing may move.
 */
static const char rig[] =
    "HIERARCHY ROOT pelvis { OFFSET 0 0 9 CHANNELS 3 Zrotation Xrotation "
    "Yrotation "
    "JOINT thigh_L { OFFSET 1 0 -1 CHANNELS 0 JOINT calf_L { OFFSET 0 0 -4 "
    "CHANNELS 0 End Site { OFFSET 0 0 -4 } } } "
    "JOINT thigh_R { OFFSET -1 0 -1 CHANNELS 0 JOINT calf_R { OFFSET 0 0 -4 "
    "CHANNELS 0 End Site { OFFSET 0 0 -4 } } } "
    "JOINT spine01 { OFFSET 0 0 2 CHANNELS 0 JOINT neck { OFFSET 0 0 3 "
    "CHANNELS 0 "
    "JOINT upperarm_L { OFFSET 2 0 0 CHANNELS 1 Xrotation JOINT lowerarm_L { "
    "OFFSET 0 0 -3 CHANNELS 0 JOINT hand_L { OFFSET 0 0 -3 CHANNELS 0 } } } "
    "JOINT upperarm_R { OFFSET -2 0 0 CHANNELS 0 JOINT lowerarm_R { "
    "OFFSET 0 0 -3 CHANNELS 0 JOINT hand_R { OFFSET 0 0 -3 CHANNELS 0 } } } "
    "} } } MOTION Frames: 3 Frame Time: 1 0 0 0 0  0 0 0 90  90 0 0 0";

static void
test_fit(void)
{
	struct body b;
	struct bvh f;
	struct motion m;
	double elbow[3], wrist[3], at[3];

	if (body_read(&b, a, "tests/data/robot.npz", NULL) != OK ||
	    parse(&f, rig) != OK ||
	    !ok(motion_from_bvh(&m, a, &f, &b) == OK && m.n_frame == 3,
	    "fits a rig # %s", status_detail()))
		return;
	joint_at(elbow, &b, m.pose[0], J_L_ELBOW);
	joint_at(wrist, &b, m.pose[0], J_L_WRIST);
	ok(fabs(elbow[0] - 0.19) < 1e-5 && fabs(elbow[1] - (0.44 - 0.25)) <
	    1e-5 && fabs(wrist[1] - (0.44 - 0.51)) < 1e-5,
	    "arms hang # elbow %.3f %.3f %.3f", elbow[0], elbow[1], elbow[2]);
	joint_at(at, &b, m.pose[0], J_R_ELBOW);
	ok(fabs(at[0] + 0.19) < 1e-5 && fabs(at[1] - 0.19) < 1e-5,
	    "both of them");
	joint_at(at, &b, m.pose[1], J_L_ELBOW);
	ok(fabs(at[2] + 0.25) < 1e-5 && fabs(at[1] - 0.44) < 1e-5,
	    "the left one swings back # %.3f %.3f %.3f", at[0], at[1], at[2]);
	joint_at(at, &b, m.pose[2], J_L_ELBOW);
	ok(fabs(at[0] - elbow[0]) + fabs(at[1] - elbow[1]) + fabs(at[2] -
	    elbow[2]) < 1e-5, "heading is taken out");
	ok(parse(&f, SMALL "Frames: 1\nFrame Time: 1\n1 2 3 4 5 6 7 8 9") == OK
	    && motion_from_bvh(&m, a, &f, &b) == E_FORMAT &&
	    strstr(status_detail(), "left hip"),
	    "a rig without known names # %s", status_detail());
}

static void
test_amass(void)
{
	struct body b;
	struct motion m;
	double at[3];

	if (body_read(&b, a, "tests/data/robot.npz", NULL) != OK ||
	    !ok(motion_read(&m, a, "tests/data/robot_motion.npz", &b) == OK &&
	    m.n_frame == 3, "AMASS # %s", status_detail()))
		return;
	ok(fabsf(m.pose[0][0][0]) < 1e-6f, "z up is set upright");
	joint_at(at, &b, m.pose[1], J_L_ELBOW);
	ok(fabs(at[1] - 0.19) < 1e-5, "the left arm is lowered # %.3f", at[1]);
	ok(motion_read(&m, a, "tests/data/robot.npz", &b) == E_SHAPE,
	    "a body is no motion # %s", status_detail());
	ok(motion_read(&m, a, "x.txt", &b) == E_FORMAT, "ending # %s",
	    status_detail());
}

static void
test_body(void)
{
	struct body b;

	ok(body_read(&b, a, "tests/data/robot.npz", NULL) == OK && b.has_rig &&
	    b.part && b.points.n_row == POSE_POINTS && b.mesh.uv,
	    "a body with everything # %s", status_detail());
	ok(b.parent[J_L_KNEE] == J_L_HIP && b.joint[J_L_HIP][0] > 0 &&
	    b.joint[J_R_HIP][0] < 0, "its joints");

	float key[POSE_POINTS][3];

	sparse_apply(key, &b.points, b.mesh.vert);
	ok(key[P_L_WRIST][0] > 0.6f && key[P_R_WRIST][0] < -0.6f &&
	    key[P_L_EYE][0] > 0 && key[P_R_ANKLE][1] < -0.8f,
	    "key points in COCO's order");
	ok(body_read(&b, a, "tests/data/robot_motion.npz", NULL) == E_SHAPE &&
	    strstr(status_detail(), "no array vertices"),
	    "a motion is no body # %s", status_detail());
	ok(body_read(&b, a, "tests/unit/bvh.c", NULL) == E_FORMAT,
	    "neither is a C file # %s", status_detail());
}

int
main(void)
{
	if (arena_new(&a, (size_t)1 << 28) != OK)
		return 1;
	test_parse();
	test_body();
	test_fit();
	test_amass();
	arena_free(a);
	return done();
}
