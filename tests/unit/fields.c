/*
 * The table of a view's fields against fields(7), both ways, and what who
 * lacks a field is told.
 */
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "view/fields.h"

#define S 8

static char *page;
static struct arena *arena;

static void
read_page(void)
{
	FILE *f = fopen("man/fields.7", "r");
	size_t n;

	page = calloc(1, 1 << 20);
	if (!f || !page || (n = fread(page, 1, (1 << 20) - 1, f)) == 0) {
		printf("Bail out! man/fields.7 cannot be read\n");
		exit(2);
	}
	fclose(f);
}

/* As the page's list has it. */
static void
item(char *buf, size_t n, enum view_field f)
{
	char text[32];
	const char *name = view_name(f);

	view_text(text, f);
	if (!view_has_role(f))
		snprintf(buf, n, "\n.It Sy %s Pq %s\n", name, text);
	else if (view_has_source(f))
		snprintf(buf, n, "\n.It Sy role.%s Pq %s\n", name, text);
	else	/* those have an axis of views */
		snprintf(buf, n, "\n.It Sy halluc.%s , target.%s Pq %.5sn,%s\n",
		    name, name, text, text + 5);
}

static void
in_the_page(void)
{
	char want[128];

	for (enum view_field f = 0; f < VIEW_FIELDS; f++) {
		item(want, sizeof want, f);
		ok(strstr(page, want) != NULL, "the page has%.*s",
		    (int)strlen(want) - 9, want + 8);
	}
}

static void
in_the_table(void)
{
	static const char begins[] = "\n.It Sy role.";
	const char *p = page;
	size_t items = 0, strange = 0;

	while ((p = strstr(p, begins))) {
		bool known = false;
		size_t n = strcspn(p += sizeof begins - 1, " \n");

		for (enum view_field f = 0; f < VIEW_FIELDS; f++)
			known |= view_has_role(f) && strlen(view_name(f)) == n &&
			    memcmp(view_name(f), p, n) == 0;
		if (!known)
			printf("# role.%.*s\n", (int)n, p);
		strange += !known;
		items++;
	}
	ok(items > 8 && strange == 0, "%zu fields of the page, %zu of them not "
	    "in the table", items, strange);
}

static void
sizes(void)
{
	const struct view_size size = { .h = 2, .w = 3, .T = 5 };
	size_t dim[3] = { 0 };

	ok(view_dims(dim, VIEW_HEAT, size) == 3 && dim[0] == 2 && dim[1] == 3 &&
	    dim[2] == 18 && view_bytes(VIEW_HEAT, size) == 2 * 3 * 18 * 4,
	    "heat: %zu %zu %zu", dim[0], dim[1], dim[2]);
	ok(view_dims(dim, VIEW_SEEN, size) == 2 && dim[0] == 5 && dim[1] == 5 &&
	    view_bytes(VIEW_SEEN, size) == 25, "seen: %zu %zu", dim[0], dim[1]);
	ok(view_dims(dim, VIEW_POSE, size) == 2 && dim[0] == 18 && dim[1] == 3,
	    "pose: %zu %zu", dim[0], dim[1]);
}

static void
whole_photo(void)
{
	const struct view_size size = { .h = 4, .w = 6, .k = 2 };
	size_t dim[3] = { 0 };

	ok(view_dims(dim, VIEW_POSES, size) == 3 && dim[0] == 2 && dim[1] == 18 &&
	    dim[2] == 3, "poses: %zu %zu %zu", dim[0], dim[1], dim[2]);
	ok(view_dims(dim, VIEW_BOXES, size) == 2 && dim[0] == 2 && dim[1] == 4,
	    "boxes: %zu %zu", dim[0], dim[1]);
	ok(view_bytes(VIEW_PHOTO, size) == 72 && view_bytes(VIEW_INDS, size) ==
	    24 && view_bytes(VIEW_MATTE, size) == 24, "photo, inds, matte");
}

static void
says(enum status st, const char *want)
{
	ok(st == E_SHAPE && strcmp(status_detail(), want) == 0, "%s # %s", want,
	    st == OK ? "no error" : status_detail());
}

static void
missing(void)
{
	const struct tensor *t;
	struct view_size is;
	struct tensor made;
	struct sample s;
	size_t n = 0;

	if (arena_new(&arena, 1 << 20) != OK ||
	    sample_init(&s, arena, "a") != OK)
		return;
	says(view_want(&t, &n, &s, ROLE_TARGET, VIEW_SURF, view_square(S)),
	    "field target.surf: is missing, see iuv2coord(1)");
	says(view_want(&t, NULL, &s, ROLE_SOURCE, VIEW_IUV, view_square(S)),
	    "field source.iuv: is missing, see intake(1) and fitbody(1)");
	says(view_want(&t, NULL, &s, ROLE_TARGET, VIEW_IUV, view_square(S)),
	    "field target.iuv: is missing, see tspair(1)");
	says(view_want(&t, NULL, &s, ROLE_SOURCE, VIEW_TEXTURE, view_square(S)),
	    "field texture: is missing, see unwrap(1) and inpaint(1)");
	says(view_need(&s, "halluc.heat"),
	    "field halluc.heat: is missing, see pose2heat(1)");
	says(view_want(&t, NULL, &s, ROLE_SOURCE, VIEW_PHOTO, view_square(0)),
	    "field source.photo: is missing, see intake(1) with --whole");
	says(view_need(&s, "target.matte"), "field target.matte: is missing, "
	    "see intake(1) and findpose(1)");
	says(view_need(&s, "no.such"), "field no.such: is missing");
	says(view_need_any(&s, VIEW_POSE), "field source.pose: is missing, and "
	    "so are halluc.pose and target.pose, see intake(1) and findpose(1)");
	says(view_picture_size(&is, &n, &s, ROLE_SOURCE), "field source.image: "
	    "is missing: it says how large the picture is");
	ok(view_make(&made, &s, ROLE_SOURCE, VIEW_PHOTO, 1,
	    (struct view_size){ .h = 5, .w = 7 }) == OK &&
	    view_picture_size(&is, &n, &s, ROLE_SOURCE) == OK && is.h == 5 &&
	    is.w == 7 && view_make(&made, &s, ROLE_SOURCE, VIEW_IUV, 1,
	    (struct view_size){ .h = 3, .w = 4 }) == OK &&
	    view_picture_size(&is, &n, &s, ROLE_SOURCE) == OK && is.h == 3 &&
	    is.w == 4, "the size is that of iuv, then of photo");
	n = 0;
	ok(view_make(&made, &s, ROLE_TARGET, VIEW_SURF, 3, view_square(S)) == OK &&
	    view_want(&t, &n, &s, ROLE_TARGET, VIEW_SURF, view_square(S)) == OK &&
	    n == 3 && view_want(&t, NULL, &s, ROLE_TARGET, VIEW_SURF,
	    view_square(0)) == OK, "%zu views of any size", n);
	says(view_want(&t, &n, &s, ROLE_TARGET, VIEW_SURF, view_square(9)),
	    "field target.surf: f4 (3,8,8,2), want f4 (3,9,9,2)");
	ok(view_make(&made, &s, ROLE_TARGET, VIEW_TEXTURE, 3, view_square(S)) ==
	    OK && made.rank == 3 && sample_find(&s, "texture"),
	    "a texture has no views");
	sample_clear(&s);
	arena_free(arena);
}

int
main(void)
{
	read_page();
	in_the_page();
	in_the_table();
	sizes();
	whole_photo();
	missing();
	free(page);
	return done();
}
