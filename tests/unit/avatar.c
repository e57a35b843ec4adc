/*
 * A tiny made-up MakeHuman person: 24 cubes of one triangle for joints, a skin of
 * three faces, two eyes, and a cape. Joints, targets, fitted clothes, what they
 * hide, weights; colours and what is left alone by them.
 */
#include "mesh/makehuman.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "avatar/recolour.h"
#include "image/image.h"

static const char *const bone[BODY_JOINTS] = {
	"Hips", "LeftUpLeg", "RightUpLeg", "Spine", "LeftLeg", "RightLeg",
	"Spine1", "LeftFoot", "RightFoot", "Spine2", "LeftToeBase",
	"RightToeBase", "Neck", "LeftShoulder", "RightShoulder", "Head",
	"LeftArm", "RightArm", "LeftForeArm", "RightForeArm", "LeftHand",
	"RightHand", "LeftHandMiddle1", "RightHandMiddle1"
};

static char obj[16384], rig[16384], weights[4096];

__attribute__((format(printf, 2, 3)))
static void
add(char *to, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsprintf(to + strlen(to), fmt, ap);
	va_end(ap);
}

/* Skin: vertices 0..4; eyes 5..10; then three a joint, and three an eye's. */
#define FIRST_JOINT 11
#define N_BASE (FIRST_JOINT + 3 * (BODY_JOINTS + 2))

static void
make_base(int left_out)
{
	obj[0] = rig[0] = weights[0] = 0;
	add(obj, "v 0 0 0\nv 2 0 0\nv 0 2 0\nv 2 2 0\nv 1 4 0\n");
	for (int e = 0; e < 2; e++)
		for (int i = 0; i < 3; i++)
			add(obj, "v %g %g 1\n", (e ? -1 : 1) + 0.1 * (i == 1),
			    5 + 0.1 * (i == 2));
	for (int j = 0; j < BODY_JOINTS + 2; j++)
		for (int i = 0; i < 3; i++)
			add(obj, "v %g %g %d\n", j < BODY_JOINTS ? j : j ==
			    BODY_JOINTS ? 1. : -1., 10. * (i == 1), 3 * (i == 2));
	add(obj, "vt 0 0\nvt 1 0\nvt 0 1\ng body\nf 1/1 2/2 4/3 3/1\nf 3/1 4/2 5/3\n"
	    "g helper-l-eye\nf 6/1 7/2 8/3\ng helper-r-eye\nf 9/1 10/2 11/3\n");
	add(rig, "{\"bones\": {\"mixamorig:LeftHandPinky1\": {}");
	for (int j = 0; j < BODY_JOINTS + 2; j++) {
		int v = FIRST_JOINT + 3 * j;

		if (j < BODY_JOINTS)
			add(obj, "g joint-%d\n", j);
		else
			add(obj, "g joint-%s-eye\n", j == BODY_JOINTS ? "l" : "r");
		add(obj, "f %d/1 %d/2 %d/3\n", v + 1, v + 2, v + 3);
		if (j == left_out || j >= BODY_JOINTS)
			continue;
		if (j % 2)
			add(rig, ", \"mixamorig:%s\": {\"head\": {\"strategy\": "
			    "\"MEAN\", \"vertex_indices\": [%d, %d]}}", bone[j], v,
			    v + 1);
		else
			add(rig, ", \"mixamorig:%s\": {\"head\": {\"strategy\": "
			    "\"CUBE\", \"cube_name\": \"joint-%d\"}}", bone[j], j);
	}
	add(rig, "}}");
	add(weights, "{\"weights\": {\"mixamorig:Hips\": [[0, 1], [1, 0.5]], "
	    "\"mixamorig:LeftHandRing3\": [[1, 0.5], [2, 1], [3, 1], [4, 1]], "
	    "\"mixamorig:Head\": [[5, 1], [6, 1], [7, 1], [8, 1], [9, 1], "
	    "[10, 1]]}}");
}

static enum status
parse(struct makehuman *m, struct arena *a)
{
	const char *text[3] = { obj, rig, weights };
	size_t n[3] = { strlen(obj), strlen(rig), strlen(weights) };

	return makehuman_parse(m, a, text, n);
}

static void
test_names(void)
{
	bool is;

	for (int j = 0; j < BODY_JOINTS; j++)
		if (avatar_joint(bone[j], &is) != j || !is)
			ok(false, "%s is joint %d", bone[j], j);
	ok(avatar_joint("mixamorig:LeftHandIndex2", &is) == J_L_HAND && !is,
	    "a finger is the hand's");
	ok(avatar_joint("RightEye", &is) == J_HEAD && !is, "an eye the head's");
	ok(avatar_joint("LeftFingerBase", &is) == J_L_WRIST, "the palm the wrist's");
	ok(avatar_joint("Tail", &is) == -1, "a tail nobody's");

	float sum[BODY_JOINTS] = { [1] = 2, [3] = 3, [7] = 1, [9] = 0.5f,
		[20] = 4 }, w[4], none[BODY_JOINTS] = { 0 };
	uint8_t by[4];

	ok(avatar_reduce(by, w, sum) && by[0] == 20 && by[1] == 3 &&
	    by[2] == 1 && by[3] == 7 && fabsf(w[0] - 0.4f) < 1e-6f &&
	    fabsf(w[3] - 0.1f) < 1e-6f, "the four largest, sum 1");
	ok(!avatar_reduce(by, w, none), "nothing is refused");
}

static void
test_base(struct arena *a)
{
	struct makehuman m;

	make_base(-1);
	ok(parse(&m, a) == OK, "a base mesh: %s", status_detail());
	ok(m.joint[2].n == 3 && m.joint[2].vert[0] == FIRST_JOINT + 6 &&
	    m.joint[3].n == 2, "joints by cube and by mean");
	ok(m.by[1][0] == J_PELVIS && m.by[1][1] == J_L_HAND &&
	    fabsf(m.weight[1][0] - 0.5f) < 1e-6f, "weights by bone");
	make_base(J_L_KNEE);
	ok(parse(&m, a) == E_SHAPE && strstr(status_detail(), "joint 4"),
	    "a bone that is missing: %s", status_detail());
	make_base(-1);
	memcpy(strstr(obj, "joint-l-eye"), "joint-L-eye", 11);
	ok(parse(&m, a) == E_SHAPE && strstr(status_detail(), "joint-l-eye"),
	    "a group that is missing: %s", status_detail());
	make_base(-1);
	memcpy(strstr(weights, "[4, 1]"), "[999,1]", 6);
	ok(parse(&m, a) != OK, "weights that are broken: %s", status_detail());
}

static void
test_target(void)
{
	float v[3][3] = { { 1, 1, 1 } };

	ok(makehuman_parse_target(v, 3, "# x\n\n0 1 2 -4\r\n2 0 .5 0", 0.5f) ==
	    OK && v[0][0] == 1.5f && v[0][2] == -1 && v[2][1] == 0.25f,
	    "a target, by share");
	ok(makehuman_parse_target(v, 3, "0 1 2 3\n3 0 0 0", 1) == E_VALUE &&
	    strstr(status_detail(), "line 2: vertex 3"), "beyond: %s",
	    status_detail());
	ok(makehuman_parse_target(v, 3, "0 1 2", 1) == E_FORMAT, "short");
	ok(makehuman_parse_target(v, 3, "0 1 2 3x", 1) == E_FORMAT, "letters");
	ok(makehuman_parse_target(v, 3, "0 1 2 nan", 1) == E_FORMAT, "nan");
}

static const char cape[] = "name cape\nobj_file cape.obj\nx_scale 0 1 4\n"
    "verts 0\nmaterial x\n4\n0 1 2 .5 .25 .25 1 1 1\n3\n\ndelete_verts\n2 - 4\n";

static void
test_clothes(struct arena *a)
{
	struct clothes c;

	ok(clothes_parse(&c, a, cape, N_BASE) == OK && c.n_vert == 3 &&
	    c.vert[0].vert[0] == 4 && c.vert[0].weight[0] == 1 &&
	    c.vert[1].off[2] == 1 && c.length[0] == 4 && c.length[1] == 0 &&
	    !c.hides[1] && c.hides[2] && c.hides[4] && !c.hides[5],
	    "clothes: %s", status_detail());
	ok(clothes_parse(&c, a, cape, 4) == E_VALUE && strstr(status_detail(),
	    "the base mesh has 4"), "for another base mesh: %s", status_detail());
	ok(clothes_parse(&c, a, "obj_file ../x.obj\nverts 0\n1\n", 9) == E_FORMAT,
	    "a mesh elsewhere");
	ok(clothes_parse(&c, a, "verts 0\n1\n", 9) == E_FORMAT, "no mesh");
	ok(clothes_parse(&c, a, "obj_file x\nverts 0\n1 2\n", 9) == E_FORMAT,
	    "two numbers: %s", status_detail());
}

static const char *
write_file(struct arena *a, const char *folder, const char *name,
    const char *text)
{
	const char *path = arena_printf(a, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		ok(false, "%s", path);
	return path;
}

static const char *
write_picture(struct arena *a, const char *folder, const char *name,
    uint8_t alpha)
{
	const char *path = arena_printf(a, "%s/%s", folder, name);
	uint8_t px[8][8][4];
	struct tensor t = { DT_U1, 3, { 8, 8, 4 }, px };

	for (int i = 0; i < 64; i++)
		memcpy(px[i / 8][i % 8], (uint8_t[]){ 120, 80, 60,
		    i % 2 ? alpha : 255 }, 4);
	if (image_write(path, &t) != OK)
		ok(false, "%s: %s", path, status_detail());
	return path;
}

static void
test_build(struct arena *a)
{
	char folder[] = "/tmp/dualtex-avatar-XXXXXX";
	struct makehuman m;
	struct avatar v, w;

	make_base(-1);
	if (!mkdtemp(folder) || parse(&m, a) != OK)
		ok(false, "%s", status_detail());
	write_file(a, folder, "cape.obj", "v 0 0 0\nv 0 0 0\nv 0 0 0\nvt 0 0\n"
	    "vt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n");
	struct makehuman_figure f = { .n_target = 1, .n_item = 1,
		.target = { { write_file(a, folder, "wide.target",
		    "1 6 0 0\n"), 1 } },
		.skin = write_picture(a, folder, "skin.png", 255),
		.item = { { write_file(a, folder, "cape.mhclo", cape),
		    write_picture(a, folder, "cape.png", 0), AVATAR_HAIR } } };

	f.eyes = f.skin;
	ok(makehuman_build(&v, a, &m, &f) == OK, "a person: %s",
	    status_detail());
	ok(v.n_part == 3 && v.part[0].kind == AVATAR_SKIN && v.part[0].n == 2 &&
	    v.part[1].n == 2 && v.part[2].first == 4 && v.part[2].n == 1 &&
	    v.n_face == 5, "the face that is hidden wholly is gone");
	ok(strcmp(v.part[2].name, "cape") == 0 && v.part[2].cut &&
	    !v.part[0].cut, "what is transparent is cut out");
	/* .5 (0,0,0) + .25 (8,0,0) + .25 (0,2,0), and 1 by a ruler of 8 for 4. */
	const float *p = v.vert[v.face[4][1]];

	ok(fabsf(p[0] - 0.4f) < 1e-6f && fabsf(p[1] - 0.15f) < 1e-6f &&
	    fabsf(p[2] - 0.1f) < 1e-6f, "fitted to (%g, %g, %g)", p[0], p[1],
	    p[2]);
	ok(v.by[v.face[4][1]][0] == J_PELVIS && fabsf(v.weight[v.face[4][1]][0] -
	    0.625f) < 1e-6f, "with their weights");
	ok(fabsf(v.joint[2][0] - 0.2f) < 1e-6f && fabsf(v.joint[2][1] - 1 / 3.f) <
	    1e-6f, "joints in metres");
	ok(fabsf(v.uv[0][2][1] - 0) < 1e-6f, "v goes down");

	struct rng d = rng_seed(1, 1), e = d, g = rng_seed(2, 1);
	uint8_t eyes[256], cloth[256], *now = v.part[2].map.data;

	memcpy(eyes, v.part[1].map.data, sizeof eyes);
	memcpy(cloth, now, sizeof cloth);
	bool same = true, alpha = true, differs = false;

	for (int k = 0; k < 8; k++) {	/* some leave it as it is */
		if (makehuman_build(&v, a, &m, &f) != OK ||
		    makehuman_build(&w, a, &m, &f) != OK)
			ok(false, "%s", status_detail());
		recolour_avatar(&v, NULL, 0, &d);
		recolour_avatar(&w, NULL, 0, &e);
		same = same && memcmp(v.part[2].map.data, w.part[2].map.data,
		    sizeof cloth) == 0;
		recolour_avatar(&w, NULL, 0, &g);
		differs = differs || memcmp(v.part[2].map.data, cloth,
		    sizeof cloth) != 0;
		now = v.part[2].map.data;
		for (int i = 3; i < 256; i += 4)
			alpha = alpha && now[i] == cloth[i];
		same = same && memcmp(eyes, v.part[1].map.data, sizeof eyes) == 0;
	}
	ok(same, "the same colours of a seed, and eyes as they are");
	ok(differs && alpha, "other colours, the same holes");
	f.eyes = "/no/such";
	ok(makehuman_build(&v, a, &m, &f) == E_IO, "no picture: %s",
	    status_detail());
	const char *rm = arena_printf(a, "rm -r %s", folder);

	ok(system(rm) == 0, "%s", rm);
}

int
main(void)
{
	struct arena *a;

	if (arena_new(&a, (size_t)1 << 30) != OK)
		return 2;
	test_names();
	test_base(a);
	test_target();
	test_clothes(a);
	test_build(a);
	arena_free(a);
	return done();
}
