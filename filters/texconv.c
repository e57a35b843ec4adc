/* texconv: a texture to another layout or size, or from a picture file into a stream. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "image/image.h"
#include "tensor/pixel.h"
#include "texture/convert.h"
#include "texture/stamp.h"
#include "view/fields.h"

struct options {
	const char *from, *to;	/* layouts: name or table */
	int size;		/* 0: as it was */

	struct layout *old, *new;
};

/* Puts the texture, and its codes if it has some, over in the new layout. */
static enum status
convert(struct sample *s, struct options *o)
{
	const struct tensor *texture, *seen = NULL;
	struct tensor out, codes, scratch;

	TRY(stamp_texture(&texture, s, "texture", DT_F4));
	const size_t T = texture->dim[0], N = o->size ? (size_t)o->size : T;
	const struct convert_side from = { o->old, T }, to = { o->new, N };
	const float *src = texture->data;

	TRY(layout_takes(o->old, T));
	TRY(layout_takes(o->new, N));
	if (sample_find(s, "texture.seen")) {
		TRY(view_want(&seen, NULL, s, ROLE_SOURCE,
		    VIEW_TEXTURE_SEEN, view_square(T)));
		const uint8_t *old = seen->data;

		TRY(sample_make(&codes, s, "texture.seen", DT_U1,
		    TENSOR_DIMS(N, N)));
		TRY(tensor_alloc(&scratch, s->arena, DT_U1,
		    TENSOR_DIMS(T, T)));
		convert_seen(codes.data, to, old, from, scratch.data);
	}
	TRY(sample_make(&out, s, "texture", DT_F4, TENSOR_DIMS(N, N, 3)));
	TRY(convert_texture(out.data, to, src, from, s->arena));
	return stamp_put(s, o->new);
}

/* Coordinates in the old layout are of no use beside the new texture. */
static void
drop_coordinates(struct sample *s)
{
	static const char *const field[] = { "surf", "coord", "seen",
		"texheat" };
	char name[ROLE_NAME_MAX];

	for (enum role r = 0; r < ROLES; r++)
		for (size_t i = 0; i < sizeof field / sizeof *field; i++)
			sample_drop(s, role_name(name, r, field[i]));
}

static enum status
filter_sample(struct sample *s, void *arg)
{
	struct options *o = arg;

	TRY(stamp_open(&o->old, s));
	drop_coordinates(s);
	return convert(s, o);
}

/* "a/b.c.png" -> "b_c", as a key has no dots. */
static const char *
key_of(char *buf, size_t n, const char *path)
{
	const char *slash = strrchr(path, '/');

	snprintf(buf, n, "%s", slash ? slash + 1 : path);
	char *dot = strrchr(buf, '.');

	if (dot && dot != buf)
		*dot = 0;
	for (char *c = buf; *c; c++)
		if (*c == '.')
			*c = '_';
	return buf;
}

/* DensePose's atlas is 2 to 3; what a map has beside it stays 0. */
static size_t
missing_columns(const struct tensor *image, const struct layout *l)
{
	const size_t h = image->dim[0], w = image->dim[1];

	return strcmp(layout_name(l), "densepose24") == 0 && 3 * w == 2 * h ?
	    h - w : 0;
}

static enum status
read_picture(struct sample *s, struct options *o, const char *path)
{
	struct tensor image, texture;
	const char *buf;
	size_t n;

	TRY(file_read(&buf, &n, s->arena, path, IMAGE_MAX_FILE));
	TRY(image_decode(&image, NULL, s->arena, buf, n, IMAGE_NO_ALPHA));
	const size_t h = image.dim[0], w = image.dim[1];
	const size_t T = w + missing_columns(&image, o->old);

	if (h != T || T < 2)
		return fail(E_SHAPE, "%zu x %zu pixels, want a square", w, h);
	TRY(sample_make(&texture, s, "texture", DT_F4, TENSOR_DIMS(T, T, 3)));
	for (size_t y = 0; y < T; y++)
		pixels_signed((float *)texture.data + y * T * 3,
		    (const uint8_t *)image.data + y * w * 3, w * 3);
	return stamp_put(s, o->old);
}

int
main(int argc, char **argv)
{
	struct options o = { .to = "atlas24" };
	const struct cli_opt opts[] = {
		CLI_STR('f', "from", &o.from, "NAME|FILE",
		    "layout of the texture: atlas24, densepose24, or a table of uvlut"),
		CLI_STR('t', "to", &o.to, "NAME|FILE",
		    "layout wanted, of the same; default atlas24"),
		CLI_INT('T', "texture", &o.size, 2, 16384, "SIZE",
		    "side of the new texture, instead of the old one's"),
		CLI_END
	};
	const struct cli_program p = {
		.name = "texconv", .opts = opts,
		.operands = "[PICTURE ...]",
		.summary = "bring a texture into another layout or size",
	};
	struct sample s;
	char key[256];
	int said = 0;

	cli_begin(&p, &argc, &argv);
	cli_try(layout_open(&o.new, o.to), "--to");
	if (o.from || argc > 0)
		cli_try(layout_open(&o.old, o.from ? o.from : "atlas24"),
		    "--from");
	for (int i = 0; i < argc; i++) {
		if (!cli_make_called(&s, key_of(key, sizeof key, argv[i])))
			continue;
		enum status st = read_picture(&s, &o, argv[i]);

		if (st != OK)
			st = fail_in(st, "%s", argv[i]);
		else if (!o.from && !said++)
			cli_warn("%s: taken to be in the layout atlas24; --from "
			    "says another", argv[i]);
		if (cli_ok(st, NULL, &s) && cli_ok(filter_sample(&s, &o), NULL, &s))
			cli_put(&s);
	}
	int status = argc > 0 ? cli_finish() : cli_each(filter_sample, &o);

	layout_close(o.old);
	layout_close(o.new);
	return status;
}
