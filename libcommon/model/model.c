#include "model/model.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/recipefile.h"
#include "nets/dual.h"
#include "nets/unet.h"
#include "weights/datafile.h"

/*
 * The thread is detached, since a program that ends on an error joins none.
 */
struct digest {
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool done;
	const struct weights *w;
	char hex[WEIGHTS_SHA_MAX];
};

static void *
compute(void *arg)
{
	struct digest *d = arg;

	weights_sha256(d->w, d->hex);
	pthread_mutex_lock(&d->lock);
	d->done = true;
	pthread_cond_broadcast(&d->change);
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static const struct tensor *
find(void *arg, const char *name)
{
	return weights_find(arg, name);
}

static enum status
bind_params(struct model *m, unsigned what)
{
	json_t *about = weights_about(m->w);
	json_t *recipe = json_object_get(about, "recipe");
	struct tally tally;

	if (!recipe)
		return fail(E_FORMAT, "no recipe in the manifest: not weights "
		    "of this suite");
	if (recipe_is_unet(recipe) != (what == MODEL_UNET))
		return fail(E_FORMAT, "weights of %s, want those of %s",
		    what == MODEL_UNET ? "the dual-domain networks" :
		    "a U-Net", what == MODEL_UNET ? "a U-Net" :
		    "the dual-domain networks");
	m->layout = json_string_value(json_object_get(about, "layout"));
	if (!m->layout)
		m->layout = "atlas24";
	TRY(params_new(&m->ps));
	if (what == MODEL_UNET) {
		TRY(unet_recipe_read(&m->u, recipe));
		TRY(unet_params(m->ps, &m->u, &tally));
	} else {
		TRY(recipe_read(&m->r, recipe));
		TRY(dual_params(m->ps, &m->r, what, 1, &tally));
	}
	TRY(params_bind(m->ps, find, m->w));
	return graph_new(&m->g, GRAPH_INFER, m->ps);
}

enum status
model_open(struct model *m, const char *path, const char *name, unsigned what)
{
	char found[4096];
	enum status s;

	*m = (struct model){ 0 };
	if (!path) {
		TRY(datafile_find(found, sizeof found, name));
		path = found;
	}
	path = datafile_or(found, sizeof found, path);
	s = weights_open(&m->w, path, WEIGHTS_F4);
	if (s == OK)
		s = bind_params(m, what);
	if (s == OK && !(m->digest = calloc(1, sizeof *m->digest)))
		s = fail(E_NOMEM, "no memory");
	if (s != OK) {
		s = fail_in(s, "%s", path);
		model_close(m);
		return s;
	}
	pthread_t thread;

	*m->digest = (struct digest){ PTHREAD_MUTEX_INITIALIZER,
	    PTHREAD_COND_INITIALIZER, .w = m->w };
	if (pthread_create(&thread, NULL, compute, m->digest) == 0)
		pthread_detach(thread);
	else
		compute(m->digest);
	return OK;
}

const char *
model_sha256(struct model *m)
{
	struct digest *d = m->digest;

	pthread_mutex_lock(&d->lock);
	while (!d->done)
		pthread_cond_wait(&d->change, &d->lock);
	pthread_mutex_unlock(&d->lock);
	return d->hex;
}

void
model_close(struct model *m)
{
	if (m->digest) {
		model_sha256(m);
		pthread_mutex_destroy(&m->digest->lock);
		pthread_cond_destroy(&m->digest->change);
	}
	free(m->digest);
	graph_free(m->g);
	params_free(m->ps);
	weights_close(m->w);
	*m = (struct model){ 0 };
}

enum status
model_sign(const struct model *m, struct sample *s)
{
	json_t *list = json_object_get(weights_manifest(m->w), "licence");
	const char *layout = json_string_value(json_object_get(s->manifest,
	    "layout"));
	const json_t *line;
	size_t i;

	if (layout && strcmp(layout, m->layout) != 0)
		return fail(E_SHAPE, "coordinates of layout \"%s\", the weights "
		    "want \"%s\"", layout, m->layout);
	json_array_foreach(list, i, line)
		if (json_is_string(line))
			TRY(sample_add_licence(s, json_string_value(line)));
	return OK;
}
