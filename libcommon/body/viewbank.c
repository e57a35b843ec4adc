#include "body/viewbank.h"

#include <math.h>
#include <string.h>

#include "pose/coco.h"
#include "view/fields.h"

static enum status
keep_view(struct bank_view *v, struct arena *a, const struct sample *s)
{
	const struct tensor *pose, *iuv;
	const json_t *yaw = json_object_get(s->manifest, "yaw");
	const char *stance = json_string_value(json_object_get(s->manifest,
	    "stance"));

	TRY(view_want(&pose, NULL, s, ROLE_SOURCE, VIEW_BANK_POSE,
	    view_square(0)));
	TRY(view_want(&iuv, NULL, s, ROLE_SOURCE, VIEW_BANK_IUV,
	    view_square(0)));
	if (!json_is_number(yaw))
		return fail(E_FORMAT, "no yaw in the manifest: not a pose bank");
	if (iuv->dim[0] == 0 || iuv->dim[1] == 0)
		return fail(E_SHAPE, "field bank.iuv: empty");
	float *p = arena_alloc(a, tensor_bytes(pose));
	uint8_t *i = arena_alloc(a, tensor_bytes(iuv));

	*v = (struct bank_view){ json_number_value(yaw),
	    arena_strdup(a, stance ? stance : ""), iuv->dim[0], iuv->dim[1],
	    (const float (*)[3])p, i };
	if (!p || !i || !v->stance)
		return E_NOMEM;
	memcpy(p, pose->data, tensor_bytes(pose));
	memcpy(i, iuv->data, tensor_bytes(iuv));
	return OK;
}

static enum status
keep_licence(struct viewbank *b, struct arena *a, const struct sample *s)
{
	const json_t *lines = json_object_get(s->manifest, "licence"), *line;
	size_t i;

	b->licence = arena_calloc(a, json_array_size(lines),
	    sizeof *b->licence);
	if (!b->licence)
		return E_NOMEM;
	json_array_foreach(lines, i, line) {
		const char *text = json_string_value(line);

		b->licence[b->n_licence] = arena_strdup(a, text ? text : "");
		if (!b->licence[b->n_licence++])
			return E_NOMEM;
	}
	return OK;
}

static enum status
read_views(struct viewbank *b, struct arena *a, struct stream_in *in)
{
	struct sample s;
	enum status st;

	while ((st = stream_next(in, &s)) == OK) {
		if (b->n == BANK_MAX)
			return fail(E_LIMIT, "more than %d views", BANK_MAX);
		if (b->n == 0)
			TRY(keep_licence(b, a, &s));
		st = keep_view(&b->view[b->n++], a, &s);
		if (st != OK)
			return fail_in(st, "sample \"%s\"", s.key);
	}
	if (st != END)
		return st;
	return b->n ? OK : fail(E_FORMAT, "an empty pose bank");
}

enum status
viewbank_read(struct viewbank *b, struct arena *a, const char *path)
{
	struct stream_in *in;

	*b = (struct viewbank){ .view = arena_calloc(a, BANK_MAX,
	    sizeof *b->view) };
	if (!b->view)
		return E_NOMEM;
	enum status st = stream_open(&in, path, NULL);

	if (st == OK) {
		st = read_views(b, a, in);
		stream_close(in);
	}
	return st == OK ? OK : fail_in(st, "%s", path);
}

size_t
viewbank_nearest(const struct viewbank *b, double yaw, const char *stance)
{
	size_t best = b->n;
	double least = 1e9;

	for (size_t i = 0; i < b->n; i++) {
		double off = fabs(remainder(b->view[i].yaw - yaw, 360));

		if (stance && strcmp(b->view[i].stance, stance) != 0)
			continue;
		if (off < least - 1e-6) {
			least = off;
			best = i;
		}
	}
	return best;
}

void
viewbank_scale(float (*pose)[3], uint8_t *iuv, size_t size,
    const struct bank_view *v)
{
	float kx = (float)size / (float)v->w, ky = (float)size / (float)v->h;

	for (int i = 0; i < POSE_POINTS; i++) {
		pose[i][0] = (v->pose[i][0] + 0.5f) * kx - 0.5f;
		pose[i][1] = (v->pose[i][1] + 0.5f) * ky - 0.5f;
		pose[i][2] = v->pose[i][2];
	}
	for (size_t y = 0; y < size; y++)
		for (size_t x = 0; x < size; x++) {
			size_t from = (2 * y + 1) * v->h / (2 * size) * v->w +
			    (2 * x + 1) * v->w / (2 * size);

			memcpy(iuv + 3 * (y * size + x), v->iuv + 3 * from, 3);
		}
}

enum status
viewbank_stamp(struct sample *s, double yaw, const char *stance)
{
	if (json_object_set_new(s->manifest, "yaw", json_real(yaw)) != 0 ||
	    json_object_set_new(s->manifest, "stance",
	    json_string(stance)) != 0)
		return fail(E_NOMEM, "no memory for a manifest");
	return OK;
}
