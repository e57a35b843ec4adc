#include "body/rignames.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PREFIXES 4	/* words before the names: Bip01, m_avg, J_Bip */
#define MANY(n) ((n) * 3 / 5 + 1)	/* of the joints have that word */

/*
 * Names by which rigs call our joints, without side, blanks, dots, dashes
 * and underscores, in lower case; the better name first.
 */
static const struct {
	enum body_joint joint;
	int side;		/* 1 left, -1 right, 0 middle */
	const char *name[10];
} names[] = {
	{ J_PELVIS, 0, { "hips", "pelvis", "root", "hip", "hipcenter",
	    "spinebase" } },
	{ J_L_HIP, 1, { "upperleg01", "thigh", "upleg", "upperleg", "hip",
	    "thighbend", "femur" } },
	{ J_L_KNEE, 1, { "lowerleg01", "calf", "loleg", "leg", "knee",
	    "shin", "lowerleg", "tibia" } },
	/* SMPL has both, and its foot is where the toes begin. */
	{ J_L_ANKLE, 1, { "ankle", "foot" } },
	{ J_L_FOOT, 1, { "toes", "toe", "toebase", "toe1-1", "toe0", "ball",
	    "foot" } },
	{ J_NECK, 0, { "neck01", "lowerneck", "neck", "necklower", "neck1" } },
	{ J_HEAD, 0, { "head" } },
	{ J_L_COLLAR, 1, { "clavicle", "collar", "scapula", "thorax",
	    "shoulder" } },
	{ J_L_SHOULDER, 1, { "upperarm01", "upperarm", "uparm", "arm",
	    "shldrbend", "shldr", "humerus", "shoulder" } },
	{ J_L_ELBOW, 1, { "lowerarm01", "lowerarm", "loarm", "forearm",
	    "elbow", "forearmbend", "radius" } },
	{ J_L_WRIST, 1, { "wrist", "hand" } },
};

/* SMPL's hands end in the palm, where others have the middle finger. */
static const char *const joint_names[][BODY_JOINTS] = {
	[RIG_SMPL] = { "pelvis", "left_hip", "right_hip", "spine1", "left_knee",
	    "right_knee", "spine2", "left_ankle", "right_ankle", "spine3",
	    "left_foot", "right_foot", "neck", "left_collar", "right_collar",
	    "head", "left_shoulder", "right_shoulder", "left_elbow",
	    "right_elbow", "left_wrist", "right_wrist", "left_hand",
	    "right_hand" },
#define MX "mixamorig:"
	[RIG_MIXAMO] = { MX "Hips", MX "LeftUpLeg", MX "RightUpLeg", MX "Spine",
	    MX "LeftLeg", MX "RightLeg", MX "Spine1", MX "LeftFoot",
	    MX "RightFoot", MX "Spine2", MX "LeftToeBase", MX "RightToeBase",
	    MX "Neck", MX "LeftShoulder", MX "RightShoulder", MX "Head",
	    MX "LeftArm", MX "RightArm", MX "LeftForeArm", MX "RightForeArm",
	    MX "LeftHand", MX "RightHand", MX "LeftHandMiddle1",
	    MX "RightHandMiddle1" },
#undef MX
	[RIG_VRM] = { "hips", "leftUpperLeg", "rightUpperLeg", "spine",
	    "leftLowerLeg", "rightLowerLeg", "chest", "leftFoot", "rightFoot",
	    "upperChest", "leftToes", "rightToes", "neck", "leftShoulder",
	    "rightShoulder", "head", "leftUpperArm", "rightUpperArm",
	    "leftLowerArm", "rightLowerArm", "leftHand", "rightHand",
	    "leftMiddleProximal", "rightMiddleProximal" },
};

const char *const *
rig_joint_names(enum rig_names kind)
{
	return joint_names[kind];
}

/* A joint's name as it is compared. */
struct plain {
	int side;
	char name[64];
};

/* Right-hand partner of a left joint. */
static enum body_joint
partner(enum body_joint j)
{
	return j + 1;
}

/* ---- what stands before a name -------------------------------------- */

static const char *
behind_namespace(const char *name)
{
	static const char mixamo[] = "mixamorig";
	const char *s = name + strlen(name);

	while (s > name && s[-1] != ':' && s[-1] != '|')
		s--;
	name = *s ? s : name;
	/* Programs that take no colon leave it out. */
	if (strncasecmp(name, mixamo, strlen(mixamo)) == 0 &&
	    name[strlen(mixamo)])
		for (name += strlen(mixamo); isdigit((unsigned char)*name) ||
		    *name == '_'; name++)
			;
	return name;
}

/* Length of the first word, when something stands behind it; else 0. */
static size_t
first_word(const char *s)
{
	size_t n = strcspn(s, " _-.");

	return s[n] && s[n + 1] ? n : 0;
}

static bool
is_side(const char *s, size_t n)
{
	return (n == 1 && strchr("lLrR", *s)) ||
	    (n == 4 && !strncasecmp(s, "left", n)) ||
	    (n == 5 && !strncasecmp(s, "right", n));
}

static bool
has_word(const char *s, const char *word, size_t n)
{
	return first_word(s) == n && memcmp(s, word, n) == 0;
}

/* Cuts off one word that most of the names begin with. */
static bool
cut_prefix(const char **name, size_t n)
{
	for (size_t i = 0; i + MANY(n) <= n + 1 && i < n; i++) {
		const char *word = name[i];
		size_t len = first_word(word), k = 0;

		if (len == 0 || is_side(word, len))
			continue;
		for (size_t j = 0; j < n; j++)
			k += has_word(name[j], word, len);
		if (k < MANY(n))
			continue;
		for (size_t j = 0; j < n; j++)
			if (has_word(name[j], word, len) && j != i)
				name[j] += len + 1;
		name[i] += len + 1;
		return true;
	}
	return false;
}

/* ---- names ---------------------------------------------------------- */

static int
side_of(char c)
{
	return c == 'l' || c == 'L' ? 1 : c == 'r' || c == 'R' ? -1 : 0;
}

static bool
is_separator(char c)
{
	return c && strchr(" _-.", c);
}

static bool
is_upper(char c)
{
	return isupper((unsigned char)c);
}

/* Takes n letters off the front. */
static void
take_front(char *s, size_t n)
{
	memmove(s, s + n, strlen(s + n) + 1);
}

/* The side that is written as one letter: l_hip, Hip.L, lShin, LHip, Root_M. */
static int
letter_side(char *out, size_t n, const char *name)
{
	size_t len = strlen(name);
	char a = *name, b = len > 1 ? name[1] : 0, c = len > 2 ? name[2] : 0;
	char last = len > 2 ? name[len - 1] : 0;
	bool behind = last && is_separator(name[len - 2]);
	bool camel = (a == 'l' || a == 'r') ? is_upper(b) :
	    is_upper(b) && islower((unsigned char)c);

	if (behind && (side_of(last) || strchr("mMcC", last))) {
		out[n - 1] = 0;
		return side_of(last);
	}
	if (is_separator(b) && (side_of(a) || strchr("mMcC", a))) {
		take_front(out, 1);
		return side_of(a);
	}
	if (camel && side_of(a)) {
		take_front(out, 1);
		return side_of(a);
	}
	return 0;
}

/* "LeftUpLeg", "thigh_L", "upperleg01.R", "HipLeft" to ("upleg", 1), ... */
static void
plain_name(struct plain *p, const char *name)
{
	static const struct { const char *word; int side; } word[] = {
		{ "left", 1 }, { "right", -1 } };
	char *out = p->name;
	size_t n = 0;

	for (const char *s = name; *s && n < sizeof p->name - 1; s++)
		if (isalnum((unsigned char)*s))
			out[n++] = (char)tolower((unsigned char)*s);
	out[n] = 0;
	p->side = 0;
	for (int i = 0; i < 2; i++) {
		size_t len = strlen(word[i].word);

		if (n <= len)
			continue;
		if (strncmp(out, word[i].word, len) == 0) {
			take_front(out, len);
			p->side = word[i].side;
			return;
		}
		if (strcmp(out + n - len, word[i].word) == 0) {
			out[n - len] = 0;
			p->side = word[i].side;
			return;
		}
	}
	if (n > 1)
		p->side = letter_side(out, n, name);
}

/* Index of the joint of this name and side, or -1. "__x" are helpers. */
static int
find_name(const struct bvh *f, const struct plain *p, const char *want,
    int side)
{
	for (size_t i = 0; i < f->n_joint; i++)
		if (strncmp(f->joint[i].name, "__", 2) != 0 &&
		    p[i].side == side && strcmp(p[i].name, want) == 0)
			return (int)i;
	/* Acclaim's lfemur */
	for (size_t i = 0; i < f->n_joint && side; i++)
		if (p[i].side == 0 && side_of(*p[i].name) == side &&
		    strcmp(p[i].name + 1, want) == 0)
			return (int)i;
	return -1;
}

/* The first of several names that the file has. */
static int
find_any(const struct bvh *f, const struct plain *p, const char *const *want,
    int side)
{
	int i = -1;

	for (size_t k = 0; want[k] && i < 0; k++)
		i = find_name(f, p, want[k], side);
	return i;
}

static bool
is_below(const struct bvh *f, int i, int top)
{
	while (i >= 0 && i != top)
		i = f->joint[i].parent;
	return i >= 0;
}

/*
 * Rigs number their spines upwards or downwards and have one to five: take
 * what lies between neck and hips, whatever it is called, and give its
 * lowest, middle and highest joint to ours.
 */
static void
map_spine(int map[BODY_JOINTS], const struct bvh *f)
{
	int chain[3] = { -1, -1, -1 }, n = 0, top = map[J_NECK];

	top = top >= 0 ? top : map[J_HEAD];
	for (int pass = 0; pass < 2 && top >= 0 && map[J_L_HIP] >= 0; pass++) {
		int k = 0;

		for (int i = f->joint[top].parent; i >= 0 &&
		    !is_below(f, map[J_L_HIP], i); i = f->joint[i].parent, k++)
			if (pass == 1) {
				if (k == 0)
					chain[2] = i;
				if (k == n / 2)
					chain[1] = i;
				if (k == n - 1)
					chain[0] = i;
			}
		n = k;
	}
	map[J_SPINE1] = chain[0];
	map[J_SPINE2] = n > 2 ? chain[1] : -1;
	map[J_SPINE3] = n > 1 ? chain[2] : -1;
}

/* Where the ways from i and j to the root meet. */
static int
meet(const struct bvh *f, int i, int j)
{
	while (i >= 0 && !is_below(f, j, i))
		i = f->joint[i].parent;
	return i;
}

static void
map_joints(int map[BODY_JOINTS], const struct bvh *f, const struct plain *p)
{
	for (int j = 0; j < BODY_JOINTS; j++)
		map[j] = -1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		enum body_joint j = names[i].joint;

		map[j] = find_any(f, p, names[i].name, names[i].side);
		if (names[i].side != 0)
			map[partner(j)] = find_any(f, p, names[i].name,
			    -names[i].side);
	}
	/* Rigs that call the upper arm "shoulder" have no other collar. */
	for (int k = 0; k < 2; k++) {
		if (map[J_L_COLLAR + k] == map[J_L_SHOULDER + k])
			map[J_L_COLLAR + k] = -1;
		if (map[J_L_FOOT + k] == map[J_L_ANKLE + k])
			map[J_L_FOOT + k] = -1;
	}
	if (map[J_PELVIS] < 0 && map[J_L_HIP] >= 0 && map[J_R_HIP] >= 0)
		map[J_PELVIS] = meet(f, map[J_L_HIP], map[J_R_HIP]);
	map_spine(map, f);
}

/* Those of the file, as far as they go into a message. */
static void
list_names(char *text, size_t room, const struct bvh *f)
{
	size_t at = 0;

	*text = 0;
	for (size_t i = 0; i < f->n_joint; i++) {
		if (at + strlen(f->joint[i].name) + 8 > room) {
			snprintf(text + at, room - at, ", ...");
			return;
		}
		at += (size_t)snprintf(text + at, room - at, "%s%s",
		    i ? ", " : "", f->joint[i].name);
	}
}

enum status
rig_map(int map[BODY_JOINTS], struct arena *a, const struct bvh *f)
{
	static const struct { enum body_joint joint; const char *called; }
	    needed[] = { { J_PELVIS, "pelvis" }, { J_L_HIP, "left hip" },
		{ J_R_HIP, "right hip" }, { J_L_KNEE, "left knee" },
		{ J_R_KNEE, "right knee" }, { J_L_SHOULDER, "left shoulder" },
		{ J_R_SHOULDER, "right shoulder" }, { J_L_ELBOW, "left elbow" },
		{ J_R_ELBOW, "right elbow" } };
	struct plain *p = arena_calloc(a, f->n_joint, sizeof *p);
	const char **name = arena_calloc(a, f->n_joint, sizeof *name);
	char text[360];

	if (!p || !name)
		return E_NOMEM;
	for (size_t i = 0; i < f->n_joint; i++)
		name[i] = behind_namespace(f->joint[i].name);
	for (int k = 0; k < PREFIXES && cut_prefix(name, f->n_joint); k++)
		;
	for (size_t i = 0; i < f->n_joint; i++)
		plain_name(&p[i], name[i]);
	map_joints(map, f, p);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (map[needed[i].joint] < 0) {
			list_names(text, sizeof text, f);
			return fail(E_FORMAT, "no joint with a known name for "
			    "the %s; there are %s", needed[i].called, text);
		}
	return OK;
}
