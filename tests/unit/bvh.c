/* Reads BVH; fits skeletons of other names, axes and rest poses to a body. */
#include "mesh/bvh.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "base/file.h"
#include "body/motion.h"
#include "body/skin.h"
#include "weights/npz.h"

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
	ok(parse(&b, "\xef\xbb\xbfHIERARCHY ROOT Bip01 L Thigh \r\n{ OFFSET 0 0 0 "
	    "CHANNELS 1 Xrotation } MOTION Frames: 1 Frame Time: 1 0") == OK &&
	    strcmp(b.joint[0].name, "Bip01 L Thigh") == 0,
	    "a byte order mark, a name with blanks # %s", status_detail());
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

/* ---- rigs of other programs ----------------------------------------- */

/* Parents and places from them of a figure that stands, y up, arms out. */
enum { HIPS, THIGH_L, SHIN_L, FOOT_L, TOE_L, THIGH_R, SHIN_R, FOOT_R, TOE_R,
	SPINE, CHEST, NECK, HEAD, COLLAR_L, ARM_L, FOREARM_L, HAND_L, COLLAR_R,
	ARM_R, FOREARM_R, HAND_R, N_RIG };
static const struct { int parent; double off[3]; } bones[N_RIG] = {
	{ -1, { 0, 9, 0 } }, { HIPS, { 1, -1, 0 } }, { THIGH_L, { 0, -4, 0 } },
	{ SHIN_L, { 0, -4, 0 } }, { FOOT_L, { 0, -0.5, 1.5 } },
	{ HIPS, { -1, -1, 0 } }, { THIGH_R, { 0, -4, 0 } },
	{ SHIN_R, { 0, -4, 0 } }, { FOOT_R, { 0, -0.5, 1.5 } },
	{ HIPS, { 0, 2, 0 } }, { SPINE, { 0, 2, 0 } }, { CHEST, { 0, 2, 0 } },
	{ NECK, { 0, 1, 0 } }, { CHEST, { 0.5, 1.5, 0 } },
	{ COLLAR_L, { 1.5, 0, 0 } }, { ARM_L, { 3, 0, 0 } },
	{ FOREARM_L, { 3, 0, 0 } }, { CHEST, { -0.5, 1.5, 0 } },
	{ COLLAR_R, { -1.5, 0, 0 } }, { ARM_R, { -3, 0, 0 } },
	{ FOREARM_R, { -3, 0, 0 } },
};

/* Children follow their parents in bones[], but BVH nests them. */
static void
nest(char *out, int j, const char *const *name, const double (*off)[3])
{
	sprintf(out + strlen(out), "%s %s\n{ OFFSET %g %g %g CHANNELS 3 "
	    "Xrotation Yrotation Zrotation\n", j ? "JOINT" : "ROOT", name[j],
	    off[j][0], off[j][1], off[j][2]);
	for (int k = j + 1; k < N_RIG; k++)
		if (bones[k].parent == j)
			nest(out, k, name, off);
	strcat(out, "}\n");
}

/* One or more frames in which joint k is turned by turn[k], x then y then z. */
static enum status
fit_rig(struct motion *m, const struct body *b, const char *const *name,
    const double (*off)[3], const double (*turn)[3])
{
	char *out = arena_calloc(a, 1, 20000);
	struct bvh f;

	strcpy(out, "HIERARCHY\n");
	nest(out, 0, name, off);
	sprintf(out + strlen(out), "MOTION\nFrames: 2\nFrame Time: 1\n");
	/* nest() writes the joints in the order of bones[]. */
	for (int i = 0; i < 2; i++, strcat(out, "\n"))
		for (int k = 0; k < N_RIG; k++)
			sprintf(out + strlen(out), "%g %g %g ", turn[k][0],
			    turn[k][1], turn[k][2]);
	enum status s = parse(&f, out);

	return s == OK ? motion_from_bvh(m, a, &f, b) : s;
}

/* The left upper arm hangs, the right forearm is raised, the rest rests. */
static bool
is_posed(const struct body *b, const struct motion *m)
{
	double knee[3], neck[3], elbow[3], wrist[3], shoulder[3];

	joint_at(knee, b, m->pose[1], J_L_KNEE);
	joint_at(neck, b, m->pose[1], J_NECK);
	joint_at(shoulder, b, m->pose[1], J_L_SHOULDER);
	joint_at(elbow, b, m->pose[1], J_L_ELBOW);
	bool ok = neck[1] - knee[1] > 0.5 && fabs(neck[0]) < 0.01 &&
	    shoulder[1] - elbow[1] > 0.2 && fabs(shoulder[0] - elbow[0]) < 0.01;

	joint_at(elbow, b, m->pose[1], J_R_ELBOW);
	joint_at(wrist, b, m->pose[1], J_R_WRIST);
	return ok && wrist[1] - elbow[1] > 0.2 &&
	    fabs(wrist[0] - elbow[0]) < 0.01;
}

static void
standing(double (*off)[3], double (*turn)[3])
{
	for (int k = 0; k < N_RIG; k++)
		for (int c = 0; c < 3; c++) {
			off[k][c] = bones[k].off[c];
			turn[k][c] = 0;
		}
	turn[ARM_L][2] = -90;		/* from +x down */
	turn[FOREARM_R][2] = -90;	/* from -x up */
}

#define MAYA(p) { p "Hips", p "LeftUpLeg", p "LeftLeg", p "LeftFoot", \
	p "LeftToeBase", p "RightUpLeg", p "RightLeg", p "RightFoot", \
	p "RightToeBase", p "Spine", p "Spine1", p "Neck", p "Head", \
	p "LeftShoulder", p "LeftArm", p "LeftForeArm", p "LeftHand", \
	p "RightShoulder", p "RightArm", p "RightForeArm", p "RightHand" }
#define SMPL(p) { p "Pelvis", p "L_Hip", p "L_Knee", p "L_Ankle", p "L_Foot", \
	p "R_Hip", p "R_Knee", p "R_Ankle", p "R_Foot", p "Spine1", p "Spine3", \
	p "Neck", p "Head", p "L_Collar", p "L_Shoulder", p "L_Elbow", \
	p "L_Wrist", p "R_Collar", p "R_Shoulder", p "R_Elbow", p "R_Wrist" }
static const char *const rigs[][N_RIG] = {
	MAYA("mixamorig:"), MAYA("mixamorig1:"), MAYA("mixamorig"), MAYA(""),
	MAYA("Character1_"), MAYA("Ann:Bob|"), SMPL(""), SMPL("m_avg_"),
	{ "Bip01", "Bip01 L Thigh", "Bip01 L Calf", "Bip01 L Foot",
	  "Bip01 L Toe0", "Bip01 R Thigh", "Bip01 R Calf", "Bip01 R Foot",
	  "Bip01 R Toe0", "Bip01 Spine", "Bip01 Spine1", "Bip01 Neck",
	  "Bip01 Head", "Bip01 L Clavicle", "Bip01 L UpperArm",
	  "Bip01 L Forearm", "Bip01 L Hand", "Bip01 R Clavicle",
	  "Bip01 R UpperArm", "Bip01 R Forearm", "Bip01 R Hand" },
	{ "hip", "lThighBend", "lShin", "lFoot", "lToe", "rThighBend", "rShin",
	  "rFoot", "rToe", "abdomenLower", "chestUpper", "neckLower", "head",
	  "lCollar", "lShldrBend", "lForearmBend", "lHand", "rCollar",
	  "rShldrBend", "rForearmBend", "rHand" },
	{ "pelvis", "thigh_l", "calf_l", "foot_l", "ball_l", "thigh_r", "calf_r",
	  "foot_r", "ball_r", "spine_01", "spine_03", "neck_01", "head",
	  "clavicle_l", "upperarm_l", "lowerarm_l", "hand_l", "clavicle_r",
	  "upperarm_r", "lowerarm_r", "hand_r" },
	{ "spine", "DEF-thigh.L", "DEF-shin.L", "DEF-foot.L", "DEF-toe.L",
	  "DEF-thigh.R", "DEF-shin.R", "DEF-foot.R", "DEF-toe.R", "spine.001",
	  "spine.002", "neck", "DEF-head", "DEF-shoulder.L", "DEF-upper_arm.L",
	  "DEF-forearm.L", "DEF-hand.L", "DEF-shoulder.R", "DEF-upper_arm.R",
	  "DEF-forearm.R", "DEF-hand.R" },
	{ "J_Bip_C_Hips", "J_Bip_L_UpperLeg", "J_Bip_L_LowerLeg",
	  "J_Bip_L_Foot", "J_Bip_L_ToeBase", "J_Bip_R_UpperLeg",
	  "J_Bip_R_LowerLeg", "J_Bip_R_Foot", "J_Bip_R_ToeBase",
	  "J_Bip_C_Spine", "J_Bip_C_Chest", "J_Bip_C_Neck", "J_Bip_C_Head",
	  "J_Bip_L_Shoulder", "J_Bip_L_UpperArm", "J_Bip_L_LowerArm",
	  "J_Bip_L_Hand", "J_Bip_R_Shoulder", "J_Bip_R_UpperArm",
	  "J_Bip_R_LowerArm", "J_Bip_R_Hand" },
	{ "HipCenter", "HipLeft", "KneeLeft", "AnkleLeft", "FootLeft",
	  "HipRight", "KneeRight", "AnkleRight", "FootRight", "Spine",
	  "SpineShoulder", "Neck", "Head", "CollarLeft", "ShoulderLeft",
	  "ElbowLeft", "WristLeft", "CollarRight", "ShoulderRight",
	  "ElbowRight", "WristRight" },
	{ "root", "lfemur", "ltibia", "lfoot", "ltoes", "rfemur", "rtibia",
	  "rfoot", "rtoes", "lowerback", "thorax", "lowerneck", "head",
	  "lclavicle", "lhumerus", "lradius", "lwrist", "rclavicle",
	  "rhumerus", "rradius", "rwrist" },
	{ "Root_M", "Hip_L", "Knee_L", "Ankle_L", "Toes_L", "Hip_R", "Knee_R",
	  "Ankle_R", "Toes_R", "Spine1_M", "Chest_M", "Neck_M", "Head_M",
	  "Scapula_L", "Shoulder_L", "Elbow_L", "Wrist_L", "Scapula_R",
	  "Shoulder_R", "Elbow_R", "Wrist_R" },
};

static void
test_names(void)
{
	double off[N_RIG][3], turn[N_RIG][3];
	struct body b;
	struct motion m;

	if (body_read(&b, a, "tests/data/robot.npz", NULL) != OK)
		return;
	standing(off, turn);
	for (size_t i = 0; i < sizeof rigs / sizeof *rigs; i++) {
		enum status s = fit_rig(&m, &b, rigs[i],
		    (const double (*)[3])off, (const double (*)[3])turn);

		ok(s == OK && is_posed(&b, &m) && !m.remark, "%s, %s # %s",
		    rigs[i][HIPS], rigs[i][THIGH_L],
		    s == OK ? "" : status_detail());
	}
	const char *strange[N_RIG];

	memcpy(strange, rigs[0], sizeof strange);
	strange[SHIN_R] = "Gamba";
	ok(fit_rig(&m, &b, strange, (const double (*)[3])off,
	    (const double (*)[3])turn) == E_FORMAT &&
	    strstr(status_detail(), "right knee; there are mixamorig:Hips, ") &&
	    strstr(status_detail(), "Gamba"), "%s", status_detail());
}

/* Which way is up, when the rest pose says something else. */
static void
test_up(void)
{
	double off[N_RIG][3], turn[N_RIG][3];
	struct body b;
	struct motion m;

	if (body_read(&b, a, "tests/data/robot.npz", NULL) != OK)
		return;
	/* At rest along z; in all frames the root brings it to y. */
	standing(off, turn);
	for (int k = 0; k < N_RIG; k++) {
		double y = off[k][1];

		off[k][1] = -off[k][2];
		off[k][2] = y;
	}
	turn[HIPS][0] = -90;
	/* About -y, what is z in the standing rig. */
	turn[ARM_L][1] = 90;
	turn[FOREARM_R][1] = 90;
	turn[ARM_L][2] = turn[FOREARM_R][2] = 0;
	enum status s = fit_rig(&m, &b, rigs[3], (const double (*)[3])off,
	    (const double (*)[3])turn);

	ok(s == OK && is_posed(&b, &m) && m.remark &&
	    strstr(m.remark, "along y in most frames, and along z"),
	    "up of the frames, not of the rest # %s", m.remark);

	standing(off, turn);
	turn[HIPS][2] = 180;
	s = fit_rig(&m, &b, rigs[3], (const double (*)[3])off,
	    (const double (*)[3])turn);
	ok(s == OK && is_posed(&b, &m) && m.remark &&
	    strstr(m.remark, "along -y in most"), "a camera's frame # %s",
	    m.remark);

	/*
	 * As LAFAN's: every bone along x in its own frame, and the frames turned
	 * so that the body stands.
	 */
	standing(off, turn);
	for (int k = 1; k < N_RIG; k++) {
		double n = sqrt(off[k][0] * off[k][0] + off[k][1] * off[k][1] +
		    off[k][2] * off[k][2]);
		bool side = k == THIGH_L || k == THIGH_R;

		off[k][0] = side ? -1 : n;
		off[k][1] = k == THIGH_L || k == COLLAR_L ? -1 :
		    k == THIGH_R || k == COLLAR_R ? 1 : 0;
		off[k][2] = 0;
		turn[k][0] = turn[k][1] = turn[k][2] = 0;
	}
	turn[HIPS][2] = 90;		/* x to y, -y to x */
	turn[THIGH_L][2] = turn[THIGH_R][2] = 180;
	turn[COLLAR_L][2] = -90;
	turn[COLLAR_R][2] = 90;
	turn[ARM_L][2] = -90;
	turn[FOREARM_R][2] = -90;
	s = fit_rig(&m, &b, rigs[3], (const double (*)[3])off,
	    (const double (*)[3])turn);
	ok(s == OK && is_posed(&b, &m) && !m.remark,
	    "all bones along x at rest # %s", m.remark ? m.remark : "");
}

/* ---- arrays --------------------------------------------------------- */

/* What an .npz of these arrays is as a motion. */
static enum status
npz_parse(struct motion *m, const struct arrays *set)
{
	char path[] = "/tmp/bvh.XXXXXX";
	int fd = mkstemp(path);
	const char *buf;
	size_t len;

	if (fd < 0 || close(fd) != 0 || npz_write(path, set) != OK ||
	    file_read(&buf, &len, a, path, 1 << 20) != OK)
		return E_IO;
	unlink(path);
	return motion_parse_amass(m, a, buf, len);
}

/* An npz of one frame: named arrays of n columns each, root first. */
static enum status
npz_motion(struct motion *m, const char *name, size_t n, const float root[3],
    const char *root_name, bool amass)
{
	struct arrays set = { .arena = a, .format = "npz" };
	float *p = arena_calloc(a, n, sizeof *p);
	size_t first = n == 63 || n == 69 ? 0 : 3;

	/* The left shoulder, joint 16, turned down about z. */
	if (first + 15 * 3 + 2 < n)
		p[first + 15 * 3 + 2] = (float)-M_PI / 2;
	if (first)
		memcpy(p, root, 3 * sizeof *p);
	if (arrays_add_raw(&set, name, EL_F4, TENSOR_DIMS(1, n), p) != OK ||
	    (root_name && arrays_add_raw(&set, root_name, EL_F4,
	    TENSOR_DIMS(1, 3), root) != OK) ||
	    (amass && arrays_add_raw(&set, "mocap_framerate", EL_F4,
	    TENSOR_DIMS(1), root) != OK))
		return E_IO;
	return npz_parse(m, &set);
}

/* Upright, and the left arm hangs. */
static bool
is_right(const struct body *b, const struct motion *m)
{
	double neck[3], knee[3], at[3];

	joint_at(neck, b, m->pose[0], J_NECK);
	joint_at(knee, b, m->pose[0], J_L_KNEE);
	joint_at(at, b, m->pose[0], J_L_ELBOW);
	return neck[1] - knee[1] > 0.5 && fabs(at[1] - 0.19) < 1e-4;
}

/* An npz of one array, and where `also` is a name of another of (n,3). */
static enum status
npz_arrays(struct motion *m, const char *name, int rank, const size_t *dim,
    const float *p, const char *also, size_t n, const float *q)
{
	struct arrays set = { .arena = a };

	if (arrays_add_raw(&set, name, EL_F4, rank, dim, p) != OK ||
	    (also && arrays_add_raw(&set, also, EL_F4, TENSOR_DIMS(n, 3), q) != OK))
		return E_IO;
	return npz_parse(m, &set);
}

/* One frame, and its rate by that name. */
static enum status
npz_rate(struct motion *m, const char *name, float rate)
{
	static float zero[72];
	struct arrays set = { .arena = a };

	if (arrays_add_raw(&set, "poses", EL_F4, TENSOR_DIMS(1, 72), zero) != OK ||
	    arrays_add_raw(&set, name, EL_F4, TENSOR_DIMS(1), &rate) != OK)
		return E_IO;
	return npz_parse(m, &set);
}

/* Turns in half precision: the left knee bent by 1. */
static enum status
npz_half(struct motion *m)
{
	static const uint16_t row[72] = { [3 * J_L_KNEE] = 0x3c00 };
	struct arrays set = { .arena = a };

	if (arrays_add_raw(&set, "poses", EL_F2, TENSOR_DIMS(1, 72), row) != OK)
		return E_IO;
	return npz_parse(m, &set);
}

/* (1,24,3), as models of SMPL have it. */
static enum status
npz_joints(struct motion *m, int rank, const size_t *dim)
{
	static float zero[24 * 9];

	return npz_arrays(m, "poses", rank, dim, zero, NULL, 0, NULL);
}

static void
test_joints(void)
{
	struct motion m;

	ok(npz_half(&m) == OK && m.pose[0][J_L_KNEE][0] == 1,
	    "half precision # %s", status_detail());
	ok(npz_joints(&m, TENSOR_DIMS(1, 24, 3)) == OK && m.n_frame == 1,
	    "(n,24,3) # %s", status_detail());
	ok(npz_joints(&m, TENSOR_DIMS(1, 22, 3)) == OK, "(n,22,3)");
	ok(npz_joints(&m, TENSOR_DIMS(1, 25, 3)) == E_SHAPE, "%s",
	    status_detail());
	ok(npz_joints(&m, TENSOR_DIMS(1, 24, 3, 3)) == E_SHAPE &&
	    strstr(status_detail(), "rotation matrices"), "%s",
	    status_detail());
	ok(npz_joints(&m, TENSOR_DIMS(1, 24, 6)) == E_SHAPE, "%s",
	    status_detail());
}

/* Stands along y at rest; in its frame turned to lie along z, or that to be up. */
#define LYING "HIERARCHY ROOT Hips { OFFSET 0 0 0 CHANNELS 6 Xposition " \
	"Yposition Zposition Zrotation Xrotation Yrotation " \
	"JOINT LeftUpLeg { OFFSET 1 -1 0 CHANNELS 0 JOINT LeftLeg { OFFSET 0 -4 0 " \
	"CHANNELS 0 JOINT LeftFoot { OFFSET 0 -4 0 CHANNELS 0 } } } " \
	"JOINT RightUpLeg { OFFSET -1 -1 0 CHANNELS 0 JOINT RightLeg { OFFSET 0 -4 " \
	"0 CHANNELS 0 JOINT RightFoot { OFFSET 0 -4 0 CHANNELS 0 } } } " \
	"JOINT Spine { OFFSET 0 2 0 CHANNELS 0 JOINT Neck { OFFSET 0 3 0 CHANNELS 0 " \
	"JOINT LeftArm { OFFSET 2 0 0 CHANNELS 0 JOINT LeftForeArm { OFFSET 3 0 0 " \
	"CHANNELS 0 JOINT LeftHand { OFFSET 3 0 0 CHANNELS 0 } } } " \
	"JOINT RightArm { OFFSET -2 0 0 CHANNELS 0 JOINT RightForeArm { OFFSET -3 0 " \
	"0 CHANNELS 0 JOINT RightHand { OFFSET -3 0 0 CHANNELS 0 } } } } } } " \
	"MOTION Frames: 1 Frame Time: 1 "

static void
test_lying(void)
{
	static const struct {
		const char *frame, *said;
		bool lies;
	} t[] = {
		{ "3 0.7 -40 0 90 0", "the body lies in most frames", true },
		{ "3 0.7 8.5 0 90 0", "stands along z", false },
		{ "3 20 0 0 90 0", "stands along z", false },
		{ "3 8 40 0 0 0", NULL, false },
	};
	struct body b;
	struct bvh f;
	struct motion m;
	double neck[3], knee[3];

	if (body_read(&b, a, "tests/data/robot.npz", NULL) != OK)
		return;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		if (!ok(parse(&f, arena_printf(a, "%s%s", LYING, t[i].frame)) ==
		    OK && motion_from_bvh(&m, a, &f, &b) == OK, "frame %s",
		    t[i].frame))
			continue;
		joint_at(neck, &b, m.pose[0], J_NECK);
		joint_at(knee, &b, m.pose[0], J_L_KNEE);
		ok(t[i].lies == (fabs(neck[1] - knee[1]) < 0.1) &&
		    (t[i].said ? m.remark && strstr(m.remark, t[i].said) :
		    !m.remark), "%s: %s", t[i].lies ? "lies" : "stands",
		    m.remark ? m.remark : "");
	}
}

static void
test_columns(void)
{
	static const float y_up[3], z_up[3] = { (float)M_PI / 2, 0, 0 },
	    y_down[3] = { (float)M_PI, 0, 0 },
	    z_down[3] = { (float)-M_PI / 2, 0, 0 };
	static const size_t known[] = { 66, 72, 156, 165 }, bare[] = { 63, 69 },
	    other[] = { 3, 60, 64, 75, 135, 168 };
	struct body b;
	struct motion m;

	if (body_read(&b, a, "tests/data/robot.npz", NULL) != OK)
		return;
	for (size_t i = 0; i < 4; i++)
		ok(npz_motion(&m, "poses", known[i], z_up, NULL, false) == OK &&
		    is_right(&b, &m) && !m.remark, "%zu columns", known[i]);
	for (size_t i = 0; i < 2; i++) {
		ok(npz_motion(&m, i ? "body_pose" : "pose_body", bare[i], z_up,
		    i ? "global_orient" : "root_orient", false) == OK &&
		    is_right(&b, &m) && !m.remark, "%zu and a root", bare[i]);
		ok(npz_motion(&m, "poses", bare[i], z_up, NULL, false) == OK &&
		    is_right(&b, &m) && m.remark && strstr(m.remark, "no array "
		    "root_orient"), "%zu columns without one", bare[i]);
	}
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		ok(npz_motion(&m, "poses", other[i], z_up, NULL, false) ==
		    E_SHAPE && strstr(status_detail(), "165 (SMPL-X)"), "%s",
		    status_detail());
	ok(npz_motion(&m, "poses", 72, y_up, NULL, false) == OK &&
	    is_right(&b, &m) && !m.remark, "y up");
	ok(npz_motion(&m, "poses", 72, y_down, NULL, false) == OK &&
	    is_right(&b, &m) && m.remark && strstr(m.remark, "y points down"),
	    "y down is turned, and said");
	ok(npz_motion(&m, "poses", 72, z_down, NULL, false) == OK &&
	    is_right(&b, &m) && m.remark && strstr(m.remark, "z points down"),
	    "z down is turned, and said");
	bool lies = npz_motion(&m, "poses", 72, y_up, NULL, true) == OK &&
	    m.remark && strstr(m.remark, "z is up, as AMASS");
	double neck[3], knee[3];

	joint_at(neck, &b, m.pose[0], J_NECK);
	joint_at(knee, &b, m.pose[0], J_L_KNEE);
	ok(lies && fabs(neck[1] - knee[1]) < 0.1,
	    "who lies in AMASS goes on lying, and it is said");
}

/* What a writer of BVH files got wrong: heads and frames behind LYING's own. */
static void
test_writers(void)
{
	static const struct {
		const char *frames, *said;
	} t[] = {
		{ "Frames: 2 Frame Time: 0.04 0 8 0 0 1.5 0 0 8 0 0 0 3.1", "radians" },
		{ "Frames: 2 Frame Time: 0.04 0 8 0 0 9 0 0 8 0 0 0 3.1", NULL },
		{ "Frames: 2 Frame Time: 0.04 0 8 0 0 0 0 0 8 0 0 0 0", NULL },
		{ "Frames: 1 Frame Time: 30 0 8 0 0 0 0", "a frame time of 30" },
		{ "Frames: 1 Frame Time: 0.04 0 8 0 0 0 0 0 8 0 0 0 0",
		    "1 frames are announced, more follow" },
		{ "Frames: 3 Frame Time: 0.04 0 8 0 0 0 0 90 9 0 0 0 0 180 8 0 0 "
		    "9 0", "metres a second" },
		{ "Frames: 3 Frame Time: 0.04 0 8 0 0 0 0 .5 8 0 0 0 0 1 8 0 0 9 0",
		    NULL },
	};
	const size_t head = (size_t)(strstr(LYING, "Frames:") - LYING);
	struct body b;
	struct bvh f;
	struct motion m;

	if (body_read(&b, a, "tests/data/robot.npz", NULL) != OK)
		return;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const char *text = arena_printf(a, "%.*s%s", (int)head, LYING,
		    t[i].frames);

		m.remark = NULL;
		enum status s = parse(&f, text);

		if (s == OK)
			s = motion_from_bvh(&m, a, &f, &b);
		ok(s == OK && (t[i].said ? m.remark && strstr(m.remark, t[i].said) :
		    !m.remark), "%s: %s", t[i].frames,
		    m.remark ? m.remark : "nothing to say");
	}
	const int before = (int)(strstr(LYING, "MOTION") - LYING);

	ok(parse(&f, arena_printf(a, "%.*sROOT Prop { OFFSET 0 0 0 CHANNELS 1 "
	    "Xposition } %.*sFrames: 1 Frame Time: 0.04 0 8 0 0 0 0 5", before, LYING,
	    (int)head - before, LYING + before)) == OK &&
	    motion_from_bvh(&m, a, &f, &b) == OK && m.remark &&
	    strstr(m.remark, "2 skeletons"), "two skeletons # %s", status_detail());
}

/* Degrees, x up, a rate that is none, places in millimetres. */
static void
test_units(void)
{
	static const float y_up[3], x_up[3] = { 0, 0, (float)-M_PI / 2 };
	static float degrees[72] = { [40] = 30 }, round[72] = { [1] = 30 };
	static float places[9] = { 0, 900, 0, 60, 901, 0, 120, 900, 0 };
	static float still[3 * 72];
	struct motion m;

	ok(npz_arrays(&m, "poses", TENSOR_DIMS(1, 72), degrees, NULL, 0, NULL) ==
	    E_VALUE && strstr(status_detail(), "joint 13 is turned by 30 in frame "
	    "0, want radians"), "%s", status_detail());
	ok(npz_arrays(&m, "poses", TENSOR_DIMS(1, 72), round, NULL, 0, NULL) == OK,
	    "a root may go round and round");
	ok(npz_motion(&m, "poses", 72, x_up, NULL, false) == OK && m.remark &&
	    strstr(m.remark, "points along x"), "x up is said");
	ok(npz_motion(&m, "poses", 72, y_up, NULL, true) == OK && m.remark &&
	    strstr(m.remark, "frame rate cannot be used"), "so is no rate");
	ok(npz_arrays(&m, "poses", TENSOR_DIMS(3, 72), still, "trans", 3, places) ==
	    OK && m.remark && strstr(m.remark, "1800 metres a second"),
	    "and places in millimetres");
	for (int i = 0; i < 9; i++)	/* on the spot, in centimetres */
		places[i] = i % 3 == 1 ? (float)(90 + (i == 4) * 4) : 0;
	ok(npz_arrays(&m, "poses", TENSOR_DIMS(3, 72), still, "trans", 3, places) ==
	    OK && m.remark && strstr(m.remark, "up and down by 120 metres"),
	    "or in centimetres # %s", m.remark ? m.remark : "");
	ok(npz_rate(&m, "fps", 25) == OK && m.rate == 25 && !m.remark,
	    "a rate by another name");
	ok(npz_rate(&m, "framerate", 0) == OK && m.rate == 0 && m.remark,
	    "and one that is none");
	ok(npz_arrays(&m, "thetas", TENSOR_DIMS(1, 72), still, "trans", 1, places) ==
	    E_SHAPE && strstr(status_detail(), "there are thetas, trans"), "%s",
	    status_detail());
}

/* Joints that are turned as they can be, and as they cannot. */
static void
test_limbs(void)
{
	static const struct {
		int joint, axis;
		float turn;
		const char *said;
	} t[] = {
		{ J_L_KNEE, 0, 1.2f, NULL }, { J_R_KNEE, 0, -0.8f, "(knees)" },
		{ J_L_KNEE, 2, 0.8f, "(knees)" }, { J_L_KNEE, 1, 1.2f, "(knees)" },
		{ J_R_KNEE, 0, -0.4f, NULL }, { J_L_ELBOW, 1, -2, NULL },
		{ J_R_ELBOW, 1, 2, NULL }, { J_L_ELBOW, 1, 1.2f, "(elbows)" },
		{ J_R_ELBOW, 1, -1.2f, "(elbows)" }, { J_R_ELBOW, 2, 1.5f, NULL },
		{ J_L_COLLAR, 2, 1.6f, "(collars)" }, { J_SPINE2, 0, 1.6f, "(spine)" },
		{ J_HEAD, 1, 1.3f, NULL }, { J_HEAD, 1, 2.2f, "(neck)" },
		{ J_R_ANKLE, 0, 2, "(ankles)" }, { J_L_WRIST, 2, 1.6f, NULL },
		{ J_L_WRIST, 0, 2.5f, "(wrists)" }, { J_L_WRIST, 0, 6, NULL },
	};
	static float places[6] = { 0, 90, 0, 0, 90.1f, 0 }, still[2 * 72];
	struct motion m;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		float pose[2][72] = { 0 };

		pose[0][3 * t[i].joint + t[i].axis] = t[i].turn;
		enum status s = npz_arrays(&m, "poses", TENSOR_DIMS(2, 72), pose[0],
		    NULL, 0, NULL);

		ok(s == OK && (t[i].said ? m.remark && strstr(m.remark, t[i].said) :
		    !m.remark), "joint %d by %g about %d: %s", t[i].joint,
		    (double)t[i].turn, t[i].axis, m.remark ? m.remark : "");
	}
	ok(npz_arrays(&m, "poses", TENSOR_DIMS(2, 72), still, "trans", 2, places) ==
	    OK && m.remark && strstr(m.remark, "at a height of 90 metres"),
	    "as high as a house # %s", m.remark ? m.remark : "");
}

/* Where joints are, under the name of how they are turned. */
static void
test_places(void)
{
	static float pose[2][BODY_JOINTS][3] = { [0][1][0] = -0.6f, [0][5][0] = 0.9f,
	    [0][16][2] = -1.2f, [1][2][0] = -0.8f, [1][4][0] = 0.7f,
	    [1][17][1] = 0.5f };
	static float row[2 * 72];
	struct body b;
	struct motion m;
	double at[3];

	if (body_read(&b, a, "tests/data/robot.npz", NULL) != OK)
		return;
	for (int i = 0; i < 2 * BODY_JOINTS; i++) {
		joint_at(at, &b, pose[i / BODY_JOINTS], i % BODY_JOINTS);
		for (int c = 0; c < 3; c++)
			row[3 * i + c] = (float)at[c];
	}
	ok(npz_arrays(&m, "poses", TENSOR_DIMS(2, 24, 3), row, NULL, 0, NULL) ==
	    E_VALUE && strstr(status_detail(), "holds places of joints"), "%s",
	    status_detail());
	ok(npz_arrays(&m, "poses", TENSOR_DIMS(1, 24, 3), row, NULL, 0, NULL) ==
	    E_VALUE, "one frame is enough");
	for (int i = 0; i < 2 * 72; i++)
		row[i] *= 1000;
	ok(npz_arrays(&m, "poses", TENSOR_DIMS(2, 72), row, NULL, 0, NULL) ==
	    E_VALUE && strstr(status_detail(), "holds places of joints"),
	    "millimetres are not degrees # %s", status_detail());
	ok(npz_arrays(&m, "poses", TENSOR_DIMS(2, 72), pose[0][0], NULL, 0, NULL) ==
	    OK, "how they are turned is read");
}

static void
test_aist(void)
{
	struct body b;
	struct motion m;
	double at[3];

	if (body_read(&b, a, "tests/data/robot.npz", NULL) != OK ||
	    !ok(motion_read(&m, a, "tests/data/robot_motion.pkl", &b) == OK &&
	    m.n_frame == 3 && m.rate == 60 && !m.remark, "a pickle of AIST++ # %s",
	    status_detail()))
		return;
	joint_at(at, &b, m.pose[1], J_L_ELBOW);
	ok(fabs(at[1] - 0.19) < 1e-5, "the left arm is lowered # %.3f", at[1]);
	ok(m.place && fabsf(m.place[1][0] - 0.1f) < 1e-5f &&
	    fabsf(m.place[1][1] - 0.91f) < 1e-5f, "places in metres");
	ok(motion_read(&m, a, "tests/data/dump/not-a-dump.pkl", &b) == E_FORMAT &&
	    strstr(status_detail(), "without smpl_poses"), "%s",
	    status_detail());
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
	test_names();
	test_up();
	test_columns();
	test_joints();
	test_lying();
	test_writers();
	test_units();
	test_limbs();
	test_amass();
	test_places();
	test_aist();
	arena_free(a);
	return done();
}
