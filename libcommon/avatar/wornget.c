#include "avatar/worn.h"

enum status
worn_get(struct worn *w, const struct sample *s)
{
	const struct tensor *t;

	*w = (struct worn){ 0 };
#define GET(member, n_out, name, dtype, ...) \
	do { \
		TRY(sample_want(&t, s, name, dtype, TENSOR_DIMS(__VA_ARGS__))); \
		n_out = t->dim[0]; \
		w->member = t->data; \
	} while (0)
	GET(vert, w->n_vert, "avatar.vert", DT_F4, 0, 3);
	GET(face, w->n_face, "avatar.face", DT_I4, 0, 3);
	GET(uv, w->n_face, "avatar.uv", DT_F4, w->n_face, 3, 2);
	GET(by, w->n_vert, "avatar.by", DT_U1, w->n_vert, AVATAR_INFLUENCES);
	GET(weight, w->n_vert, "avatar.weight", DT_F4, w->n_vert,
	    AVATAR_INFLUENCES);
	GET(image, w->h, "avatar.image", DT_U1, 0, 0, 4);
	w->w = t->dim[1];
	GET(kind, w->h, "avatar.kind", DT_U1, w->h, w->w);
	GET(inside, w->n_body, "avatar.inside", DT_F4, 0, 3);
	GET(hull, w->n_body, "avatar.hull", DT_F4, w->n_body, 3);
	TRY(sample_want(&t, s, "avatar.joint", DT_F4, TENSOR_DIMS(BODY_JOINTS,
	    3)));
	for (size_t i = 0; i < BODY_JOINTS * 3; i++)
		w->joint[i / 3][i % 3] = ((const float *)t->data)[i];
	GET(texture, w->T, "true.texture", DT_U1, 0, 0, 3);
	GET(valid, w->T, "true.valid", DT_U1, w->T, w->T);
	GET(texkind, w->T, "true.kind", DT_U1, w->T, w->T);
#undef GET
	return OK;
}
