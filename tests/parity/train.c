/*
 * Training against PyTorch: one sample through both steps, D and every loss;
 * the gradient of every parameter; and then ten steps of Adam, D and the
 * generators by turns, in which no loss may come off course. Files by
 * make_parity.py; the weights are those of the recipe's own test.
 */
#include "hashed.h"

#include "math/team.h"
#include "model/recipefile.h"
#include "nets/dual.h"
#include "train/optim.h"
#include "train/step.h"
#include "weights/weights.h"

#define ROW 8		/* as in nets.c: norm, largest, entries */

static bool
generators(const struct param *p)
{
	return !step_is_discriminator(p);
}

/* Values of our own, as Adam writes them; the texture discriminator's are in s. */
static void
load(struct params *ps, const struct recipe *r, const struct sample *s)
{
	struct weights *w;
	struct tally tally;

	if (dual_params(ps, r, DUAL_ALL | DUAL_TEXTURE_DISCRIMINATOR, 2, &tally) !=
	    OK ||
	    params_init(ps, 0) != OK || params_grads(ps) != OK ||
	    weights_open(&w, "tests/parity/anchored.weights.tar.zst",
	    WEIGHTS_F4) != OK)
		bail("weights");
	for (size_t i = 0; i < params_count(ps); i++) {
		struct param *p = params_at(ps, i);
		char name[128];

		snprintf(name, sizeof name, "w.%s", p->name);
		const struct tensor *own = array(s, name), *t = own ? own :
		    weights_find(w, p->name);

		if (!t || tensor_len(t) != p->len)
			bail(p->name);
		memcpy(p->x, t->data, p->len * sizeof *p->x);
	}
	weights_close(w);
}

/* The largest gradient of the layer: see nets.c. */
static double
layer_scale(const json_t *names, const float *row, const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t n = (size_t)(dot - name), k;
	const json_t *other;
	double most = 0;

	json_array_foreach(names, k, other) {
		const char *o = json_string_value(other);

		if (strncmp(o, name, n) == 0 && strrchr(o, '.') == o + n)
			most = fmax(most, row[k * ROW + 1]);
	}
	return most;
}

static void
compare_grads(const struct params *ps, const json_t *names, const float *row)
{
	double worst = 0, all = 0;
	const char *what = "";
	size_t k, have = 0, found = 0;
	const json_t *name;

	json_array_foreach(names, k, name)
		all = fmax(all, row[k * ROW + 1]);
	for (size_t i = 0; i < params_count(ps); i++) {
		const struct param *p = params_at(ps, i);

		for (size_t j = 0; p->dx && j < p->len; j++)
			if (p->dx[j] != 0) {
				have++;
				break;
			}
	}
	json_array_foreach(names, k, name) {
		const char *n = json_string_value(name);
		const struct param *p = params_find(ps, n);
		const float *w = row + k * ROW;
		double norm = 0, most = 0, e = 0;

		if (!p || !p->dx)
			bail(n);
		found++;
		for (size_t i = 0; i < p->len; i++) {
			norm += (double)p->dx[i] * p->dx[i];
			most = fmax(most, fabs(p->dx[i]));
		}
		size_t every = p->len / (ROW - 2) ? p->len / (ROW - 2) : 1;

		for (size_t i = 0; i < ROW - 2 && i * every < p->len; i++)
			e = fmax(e, fabs((double)p->dx[i * every] - w[2 + i]));
		e = fmax(e, fabs(most - w[1]));
		e = fmax(e, fabs(sqrt(norm) - w[0]) / sqrt((double)p->len));
		double scale = layer_scale(names, row, n);

		e /= scale > 1e-6 * all ? scale : 0.1 * all;
		if (!(e <= worst)) {
			worst = isnan(e) ? INFINITY : e;
			what = n;
		}
	}
	ok(have <= found, "no gradient where the reference has none # %zu of "
	    "%zu", have, found);
	ok(worst <= 1e-3, "gradients of %zu parameters, the worst %s off by "
	    "%.1e", found, what, worst);
}

static void
run(struct sample *s)
{
	json_t *c = object(s, "case");
	const json_t *names = json_object_get(c, "losses");
	const json_t *weights = json_object_get(c, "weights");
	const struct tensor *log = array(s, "log");
	const struct optim_options adam = { .beta1 = 0, .beta2 = .999 };
	struct hashed h = { .last = "conv3_4" };
	struct vgg19 vgg;
	struct params *ps;
	const struct charts charts = { .mirror = array(s, "mirror")->data,
	    .valid = array(s, "valid")->data };
	struct step st = { .vgg = &vgg, .links = LINKS_FULL,
	    .background_weight = 1, .charts = &charts };
	struct optim gen, discriminator;

	if (recipe_read(&st.r, json_object_get(c, "recipe")) != OK ||
	    params_new(&ps) != OK)
		bail("recipe");
	load(ps, &st.r, s);
	st.ps = ps;
	if (hashed_bind(&vgg, ps, &h) != OK ||
	    graph_new(&st.g, GRAPH_TRAIN, ps) != OK ||
	    graph_new(&st.d, GRAPH_TRAIN, ps) != OK ||
	    optim_new(&gen, ps, generators, &adam) != OK ||
	    optim_new(&discriminator, ps, step_is_discriminator, &adam) != OK)
		bail("networks");
	for (int i = 0; i < LOSSES; i++)
		st.weight[i] = json_number_value(json_object_get(weights,
		    loss_names[i]));
	size_t columns = json_array_size(names);
	const float *value = log->data;

	/* A loss that the twin does not have is not compared. */
	ok(columns > 1 && columns <= LOSSES + 1, "%zu of %d losses, and D's own",
	    columns - 1, LOSSES);
	for (size_t t = 0; t < log->dim[0]; t += tap_stride(log->dim[0])) {
		struct step_values v = { .total = 0 };
		double worst = 0, norm;
		const char *what = "";

		if (step_sample(&st, s, 1, &v) != OK)
			bail("step");
		if (t == 0)
			compare_grads(ps, json_object_get(c, "params"),
			    array(s, "grads")->data);
		for (size_t k = 0; k < columns; k++) {
			const char *n = json_string_value(json_array_get(names,
			    k));
			double want = value[t * columns + k], got =
			    v.discriminator;

			for (int i = 0; i < LOSSES; i++)
				if (strcmp(n, loss_names[i]) == 0)
					got = v.loss[i];
			double e = fabs(got - want) / fabs(want);

			if (!(e <= worst)) {
				worst = isnan(e) ? INFINITY : e;
				what = n;
			}
		}
		ok(worst <= 1e-3, "step %zu: the worst loss, %s, off by %.1e",
		    t + 1, what, worst);
		optim_step(&gen, json_number_value(json_object_get(c, "rate")),
		    &norm);
		optim_step(&discriminator, json_number_value(json_object_get(c,
		    "rate_critic")), &norm);
		graph_params_changed(st.g);
		graph_params_changed(st.d);
	}
	optim_free(&gen);
	optim_free(&discriminator);
	graph_free(st.g);
	graph_free(st.d);
	params_free(ps);
	hashed_free(&h);
	json_decref(c);
}

int
main(void)
{
	struct stream_in *in;
	struct sample s;

	team_begin(2);
	if (stream_open(&in, "tests/parity/train.tar.zst", NULL) != OK ||
	    stream_next(in, &s) != OK)
		bail("train.tar.zst");
	run(&s);
	stream_close(in);
	return done();
}
