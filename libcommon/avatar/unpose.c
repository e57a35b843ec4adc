#include "avatar/unpose.h"

#include <math.h>
#include <string.h>

#include "body/rotate.h"

static const char *const joint_name[BODY_JOINTS] = { "pelvis", "left hip",
	"right hip", "lower spine", "left knee", "right knee", "middle spine",
	"left ankle", "right ankle", "upper spine", "left foot", "right foot",
	"neck", "left collar", "right collar", "head", "left shoulder",
	"right shoulder", "left elbow", "right elbow", "left wrist",
	"right wrist", "left hand", "right hand" };

/* Bones that are turned: those from a joint to the next of its limb. */
static const struct bone {
	enum body_joint from, to;
} bones[] = {
	{ J_L_HIP, J_L_KNEE }, { J_R_HIP, J_R_KNEE },
	{ J_L_KNEE, J_L_ANKLE }, { J_R_KNEE, J_R_ANKLE },
	{ J_L_ANKLE, J_L_FOOT }, { J_R_ANKLE, J_R_FOOT },
	{ J_L_SHOULDER, J_L_ELBOW }, { J_R_SHOULDER, J_R_ELBOW },
	{ J_L_ELBOW, J_L_WRIST }, { J_R_ELBOW, J_R_WRIST },
	{ J_L_WRIST, J_L_HAND }, { J_R_WRIST, J_R_HAND },
};
#define BONES (sizeof bones / sizeof *bones)

typedef float joints[BODY_JOINTS][3];

/*
 * Joints, but in place of those of the hands the middle of the fingers: a
 * knuckle may lie anywhere in the hand. Sums of places by weight, and of weights.
 */
struct fingers {
	double sum[2][4];
};

static void
add_vertex(struct fingers *f, int joint, float weight, const float at[3])
{
	int side = joint - J_L_HAND;

	if (side != 0 && side != 1)
		return;
	for (int c = 0; c < 3; c++)
		f->sum[side][c] += (double)weight * at[c];
	f->sum[side][3] += weight;
}

static void
put_fingers(joints at, const struct fingers *f)
{
	for (int side = 0; side < 2; side++)
		for (int c = 0; c < 3 && f->sum[side][3] > 0; c++)
			at[J_L_HAND + side][c] = (float)(f->sum[side][c] /
			    f->sum[side][3]);
}

static void
theirs_with_fingers(joints at, const struct avatar *v)
{
	struct fingers f = { { { 0 } } };

	memcpy(at, v->joint, sizeof(joints));
	for (size_t i = 0; i < v->n_vert; i++)
		for (int k = 0; k < AVATAR_INFLUENCES; k++)
			add_vertex(&f, v->by[i][k], v->weight[i][k],
			    v->vert[i]);
	put_fingers(at, &f);
}

static void
ours_with_fingers(joints at, const struct body *b)
{
	const struct sparse *s = &b->skin;
	struct fingers f = { { { 0 } } };

	memcpy(at, b->joint, sizeof(joints));
	for (size_t i = 0; i < s->n_row; i++)
		for (uint32_t k = s->row[i]; k < s->row[i + 1]; k++)
			add_vertex(&f, (int)s->col[k], s->weight[k],
			    b->mesh.vert[i]);
	put_fingers(at, &f);
}

static void
direction(double d[3], const float joint[][3], const struct bone *b)
{
	for (int c = 0; c < 3; c++)
		d[c] = (double)joint[b->to][c] - joint[b->from][c];
	/* Feet are only turned about the vertical: soles stay level. */
	if (b->from == J_L_ANKLE || b->from == J_R_ANKLE)
		d[1] = 0;
}

enum status
unpose_check(const struct avatar *v)
{
	for (int j = 0; j < BODY_JOINTS; j++)
		for (int c = 0; c < 3; c++)
			if (!(fabsf(v->joint[j][c]) < 100))
				return fail(E_VALUE, "joint %s at %g, want a "
				    "place in metres", joint_name[j],
				    (double)v->joint[j][c]);
	for (size_t i = 0; i < BONES; i++) {
		double d[3];

		direction(d, v->joint, &bones[i]);
		if (sqrt(vec3_dot(d, d)) < 0.03)
			return fail(E_VALUE, "%s and %s are less than 3 cm "
			    "apart", joint_name[bones[i].from],
			    joint_name[bones[i].to]);
	}
	static const enum body_joint up[] = { J_L_ANKLE, J_L_KNEE, J_L_HIP,
		J_NECK, J_HEAD };

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i + 1 < sizeof up / sizeof *up; i++) {
			enum body_joint lo = up[i] + (i < 3 ? side : 0);
			enum body_joint hi = up[i + 1] + (i < 2 ? side : 0);

			if (!(v->joint[hi][1] > v->joint[lo][1] + 0.01f))
				return fail(E_VALUE, "%s is not above %s",
				    joint_name[hi], joint_name[lo]);
		}
	if (!(v->joint[J_L_SHOULDER][0] > v->joint[J_R_SHOULDER][0]))
		return fail(E_VALUE, "the left shoulder is not on the left, +x");
	return OK;
}

void
unpose(float (*vert)[3], float joint[BODY_JOINTS][3], const struct avatar *v,
    const struct body *like)
{
	struct mat3 r[BODY_JOINTS];	/* in space, not to the parent */
	float move[BODY_JOINTS][3][4];
	joints theirs, ours;

	theirs_with_fingers(theirs, v);
	ours_with_fingers(ours, like);
	for (int j = 0; j < BODY_JOINTS; j++) {
		int p = like->parent[j];

		/* Hands and toes go with what they hang on. */
		r[j] = p >= 0 && (j == J_L_FOOT || j == J_R_FOOT ||
		    j == J_L_HAND || j == J_R_HAND) ? r[p] : MAT3_ONE;
		for (size_t i = 0; i < BONES; i++) {
			double from[3], to[3];

			if ((int)bones[i].from != j)
				continue;
			direction(from, theirs, &bones[i]);
			direction(to, ours, &bones[i]);
			r[j] = rotate_from_to(from, to);
		}
		for (int c = 0; c < 3; c++) {
			double bone[3] = { 0 };

			for (int e = 0; e < 3 && p >= 0; e++)
				bone[e] = (double)v->joint[j][e] -
				    v->joint[p][e];
			joint[j][c] = p < 0 ? 0 : (float)(joint[p][c] +
			    vec3_dot(r[p].m[c], bone));
		}
		for (int c = 0; c < 3; c++) {
			const double at[3] = { v->joint[j][0], v->joint[j][1],
				v->joint[j][2] };

			for (int e = 0; e < 3; e++)
				move[j][c][e] = (float)r[j].m[c][e];
			move[j][c][3] = (float)(joint[j][c] -
			    vec3_dot(r[j].m[c], at));
		}
	}
	for (size_t i = 0; i < v->n_vert; i++)
		for (int c = 0; c < 3; c++) {
			float x = 0;

			for (int k = 0; k < AVATAR_INFLUENCES; k++) {
				const float *m = move[v->by[i][k]][c];

				x += v->weight[i][k] * (m[0] * v->vert[i][0] +
				    m[1] * v->vert[i][1] +
				    m[2] * v->vert[i][2] + m[3]);
			}
			vert[i][c] = x;
		}
}
