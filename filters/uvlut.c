/* uvlut: the table of the smpl layout, from DensePose's charts and a SMPL mesh. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "iuv/iuv.h"
#include "texture/uvtable.h"

#define ENOUGH 0.97		/* of the pixels of real people are covered */

/* Ways in which u and v could be meant; the first is how they are. */
enum { WAYS = 8 };
static const char *const way[WAYS] = { "u,v", "v,u", "1-u,v", "u,1-v",
	"1-u,1-v", "1-v,u", "v,1-u", "1-v,1-u" };

static bool
covers(const struct uvtable *t, const uint8_t iuv[3], int w)
{
	const float u = (float)iuv[1] / 255, v = (float)iuv[2] / 255;
	const float way_uv[WAYS][2] = { { u, v }, { v, u }, { 1 - u, v },
		{ u, 1 - v }, { 1 - u, 1 - v }, { 1 - v, u }, { v, 1 - u },
		{ 1 - v, 1 - u } };

	return uvtable_covers(t, iuv[0], way_uv[w][0], way_uv[w][1]);
}

/* Adds the pixels of one IUV picture, says how many of them are covered. */
static enum status
check_file(size_t hit[WAYS], size_t *pixels, const struct uvtable *t,
    struct arena *a, const char *path)
{
	const size_t mark = arena_mark(a);
	struct iuv_note note;
	struct tensor iuv;
	const char *buf;
	size_t len, body = 0, right = 0;

	TRY(file_read(&buf, &len, a, path, IUV_MAX_FILE));
	enum status st = iuv_decode(&iuv, &note, a, buf, len);

	if (st != OK)
		return fail_in(st, "%s", path);
	for (size_t i = 0; i < tensor_len(&iuv) / 3; i++) {
		const uint8_t *p = (const uint8_t *)iuv.data + 3 * i;

		if (!p[0])
			continue;
		body++;
		right += covers(t, p, 0);
		for (int w = 0; w < WAYS; w++)
			hit[w] += covers(t, p, w);
	}
	*pixels += body;
	cli_warn("%s: %.2f %% of %zu pixels are on the charts", path,
	    100 * (double)right / (double)(body ? body : 1), body);
	arena_pop(a, mark);
	return OK;
}

static void
check_orientation(const struct uvtable *t, struct arena *a,
    const struct cli_list *files)
{
	size_t hit[WAYS] = { 0 }, pixels = 0;
	char text[256] = "";
	int best = 0;

	for (size_t i = 0; i < files->n; i++)
		cli_try(check_file(hit, &pixels, t, a, files->item[i]),
		    "check");
	if (pixels == 0)
		return;
	for (int w = 0; w < WAYS; w++) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof text - n, "%s%s %.2f %%",
		    w ? ", " : "", way[w],
		    100 * (double)hit[w] / (double)pixels);
		best = hit[w] > hit[best] ? w : best;
	}
	cli_warn("orientation: %s", text);
	if (best == 0 && (double)hit[0] >= ENOUGH * (double)pixels)
		return;
	cli_warn("orientation: %s fits best; want u,v on at least %g %% "
	    "of the pixels",
	    way[best], 100 * ENOUGH);
	cli_no();
}

static enum status
write_table(struct sample *s, const struct uvtable *t)
{
	TRY(uvtable_put(s, t));
	TRY(sample_add_licence(s, "DensePose UV_Processed.mat: CC BY-NC 4.0"));
	TRY(sample_add_licence(s, "SMPL-Body mesh and texture coordinates: "
	    "CC BY 4.0"));
	if (json_object_set_new(s->manifest, "layout", json_string("smpl")))
		return fail(E_NOMEM, "no memory for a manifest");
	return OK;
}

int
main(int argc, char **argv)
{
	const char *mat = NULL, *body = NULL;
	struct cli_list check = { 0 };
	const struct cli_opt opts[] = {
		CLI_STR('m', "mat", &mat, "FILE",
		    "DensePose's UV_Processed.mat"),
		CLI_STR('b', "body", &body, "FILE",
		    "the SMPL mesh, an OBJ with texture coordinates"),
		CLI_LIST('c', "check", &check, "FILE",
		    "an IUV picture to test the orientation with"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "uvlut", .opts = opts, .no_in = true,
		.summary = "make the table of the smpl texture layout",
	};
	struct arena *a;
	struct uvmat charts;
	struct uvtable table;
	struct mesh mesh;
	struct sample s;

	cli_begin(&p, &argc, &argv);
	if (!mat || !body)
		cli_die("want --mat and --body");
	cli_try(arena_new(&a, (size_t)8 << 30), "memory");
	cli_try(uvmat_read(&charts, a, mat), "charts");
	cli_try(mesh_read_obj(&mesh, a, body), "body");
	cli_try(uvtable_make(&table, a, &charts, &mesh), body);
	check_orientation(&table, a, &check);
	cli_make(&s, "smpl");
	cli_try(write_table(&s, &table), "smpl");
	cli_put(&s);
	arena_free(a);
	return cli_finish();
}
