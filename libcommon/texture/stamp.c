#include "texture/stamp.h"

#include <string.h>

#include "tensor/stats.h"
#include "texture/texmap.h"
#include "view/fields.h"

enum status
stamp_open(struct layout **l, const struct sample *s)
{
	const char *said = json_string_value(json_object_get(s->manifest,
	    "layout"));

	if (!said && !*l)
		return fail(E_SHAPE, "the manifest names no layout: give one "
		    "with an option");
	if (!*l && layout_needs_no_table(said) != OK)
		return fail(E_SHAPE, "layout \"%s\" needs its table, made by "
		    "uvlut: give it with an option", said);
	if (!*l)
		TRY(layout_open(l, said));
	if (said && strcmp(layout_name(*l), said) != 0)
		return fail(E_VALUE, "layout \"%s\", want \"%s\"", said,
		    layout_name(*l));
	return OK;
}

enum status
stamp_texture(const struct tensor **t, const struct sample *s,
    const char *name, enum dtype d)
{
	TRY(view_need(s, name));
	TRY(sample_want(t, s, name, d, TENSOR_DIMS(0, 0, 3)));
	const size_t T = (*t)->dim[0];

	TRY(sample_want(t, s, name, d, TENSOR_DIMS(T, T, 3)));
	if (T < 2)
		return fail(E_SHAPE, "field %s: %zu texels, want at least 2 x 2",
		    name, T);
	enum status st = tensor_check_signed(*t);

	return st == OK ? OK : fail_in(st, "field %s", name);
}

enum status
stamp_gutter(struct tensor *texture, const struct sample *s,
    const struct layout *l, int n)
{
	const size_t T = texture->dim[0], mark = arena_mark(s->arena);
	uint8_t *chart = arena_alloc(s->arena, T * T);
	uint8_t *scratch = arena_alloc(s->arena, T * T);

	if (!chart || !scratch)
		return E_NOMEM;
	layout_charts(l, T, chart);
	texmap_gutter(texture->data, chart, T, 3, n, scratch);
	arena_pop(s->arena, mark);
	return OK;
}

enum status
stamp_put(struct sample *s, const struct layout *l)
{
	if (json_object_set_new(s->manifest, "layout",
	    json_string(layout_name(l))) != 0)
		return fail(E_NOMEM, "no memory for a manifest");
	return OK;
}
