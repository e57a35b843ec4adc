#include "model/features.h"

#include <jansson.h>

static const struct tensor *
find(void *arg, const char *name)
{
	return weights_find(arg, name);
}

static enum status
bind_vgg19(struct features *f, struct params *ps)
{
	double mean[3], deviation[3];
	json_t *about = weights_about(f->w);

	if (json_unpack(about, "{s{s{s{s[fff]s[fff]}}}}", "nets", "vgg19",
	    "input", "mean", &mean[0], &mean[1], &mean[2], "std",
	    &deviation[0], &deviation[1], &deviation[2]) != 0)
		return fail(E_FORMAT, "no nets.vgg19.input in the manifest: "
		    "not weights of VGG19 by weights(1)");
	for (int k = 0; k < 3; k++)
		if (!(deviation[k] > 0))
			return fail(E_FORMAT, "nets.vgg19.input.std: %g, want "
			    "more than 0", deviation[k]);
	return vgg19_bind(&f->net, ps, find, f->w, mean, deviation);
}

enum status
features_open(struct features *f, struct params *ps, const char *path)
{
	enum status s;

	*f = (struct features){ 0 };
	s = weights_open(&f->w, path, WEIGHTS_F4);
	if (s == OK)
		s = bind_vgg19(f, ps);
	if (s != OK) {
		s = fail_in(s, "%s", path);
		features_close(f);
	}
	return s;
}

void
features_close(struct features *f)
{
	if (f->w)
		weights_close(f->w);
	*f = (struct features){ 0 };
}
