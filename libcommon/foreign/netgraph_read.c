#include "foreign/netgraph_plan.h"

#include <math.h>
#include <string.h>

enum status
netgraph_text(const char **s, const json_t *o, const char *key)
{
	*s = json_string_value(json_object_get(o, key));
	return *s ? OK : fail(E_FORMAT, "no text \"%s\"", key);
}

enum status
netgraph_sizes(size_t *x, size_t n, const json_t *list, const char *key,
    size_t least)
{
	bool good = json_array_size(list) == n;

	for (size_t i = 0; good && i < n; i++) {
		const json_t *e = json_array_get(list, i);
		json_int_t v = json_integer_value(e);

		good = json_is_integer(e) && v >= (json_int_t)least &&
		    v <= NETGRAPH_SIDE_MOST;
		x[i] = (size_t)v;
	}
	return good ? OK : fail(E_FORMAT, "\"%s\" is not %zu numbers of %zu "
	    "to %d", key, n, least, NETGRAPH_SIDE_MOST);
}

enum status
netgraph_pair(size_t *a, size_t *b, const json_t *o, const char *key)
{
	size_t x[2];

	TRY(netgraph_sizes(x, 2, json_object_get(o, key), key, 1));
	*a = x[0];
	*b = x[1];
	return OK;
}

enum status
netgraph_shape(struct tensor *t, const json_t *list)
{
	*t = (struct tensor){ .dtype = DT_F4 };
	if (json_array_size(list) > TENSOR_MAX_RANK)
		return fail(E_LIMIT, "a shape of %zu dimensions",
		    json_array_size(list));
	t->rank = (int)json_array_size(list);
	return netgraph_sizes(t->dim, (size_t)t->rank, list, "shape", 1);
}

enum status
netgraph_clip(struct nn_clip *clip, const json_t *o)
{
	const char *s;

	TRY(netgraph_text(&s, o, "activation"));
	if (strcmp(s, "NONE") == 0)
		*clip = (struct nn_clip){ -INFINITY, INFINITY };
	else if (strcmp(s, "RELU") == 0)
		*clip = (struct nn_clip){ 0, INFINITY };
	else if (strcmp(s, "RELU6") == 0)
		*clip = (struct nn_clip){ 0, 6 };
	else
		return fail(E_FORMAT, "activation %s, want NONE, RELU or RELU6",
		    s);
	return OK;
}
