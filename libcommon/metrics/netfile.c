#include "metrics/netfile.h"

enum status
netfiles_add(struct netfiles *f, const char *path)
{
	if (f->n == NETFILE_MAX)
		return fail(E_LIMIT, "more than %d files of networks",
		    NETFILE_MAX);
	TRY(weights_open(&f->w[f->n], path, WEIGHTS_F4));
	f->path[f->n++] = path;
	return OK;
}

void
netfiles_close(struct netfiles *f)
{
	for (size_t i = 0; i < f->n; i++)
		weights_close(f->w[i]);
	f->n = 0;
}

const struct tensor *
netfiles_find(void *arg, const char *name)
{
	const struct netfiles *f = arg;
	const struct tensor *t = NULL;

	for (size_t i = 0; i < f->n && !t; i++)
		t = weights_find(f->w[i], name);
	return t;
}

enum status
netfiles_input(double mean[3], double std[3], const struct netfiles *f,
    const char *net, const char *name)
{
	size_t i = 0;

	while (i < f->n && !weights_find(f->w[i], name))
		i++;
	if (i == f->n)
		return fail(E_SHAPE, "parameter %s: missing", name);
	json_t *nets = json_object_get(weights_about(f->w[i]), "nets");

	if (json_unpack(json_object_get(nets, net), "{s{s[fff]s[fff]}}",
	    "input", "mean", &mean[0], &mean[1], &mean[2], "std", &std[0],
	    &std[1], &std[2]) != 0)
		return fail(E_FORMAT, "%s: no nets.%s.input in the manifest: "
		    "not made by weights(1)", f->path[i], net);
	for (int k = 0; k < 3; k++)
		if (!(std[k] > 0))
			return fail(E_FORMAT, "%s: nets.%s.input.std: %g, want "
			    "more than 0", f->path[i], net, std[k]);
	return OK;
}
