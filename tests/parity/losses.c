/*
 * Every loss against PyTorch, its value and its gradients; those of VGG19's
 * maps through the whole network, with weights that both sides compute. Files
 * by make_parity.py; those of what a U-Net says beside the texture are of a
 * twin in numpy, by make_said.py.
 */
#include "parity.h"

#include "hashed.h"
#include "losses/loss.h"
#include "math/team.h"

#define MOST_INPUTS 4

static bool
word(const json_t *c, const char *key, const char *w)
{
	const char *s = json_string_value(json_object_get(c, key));

	return s && strcmp(s, w) == 0;
}

static double
by_vgg19(struct graph *g, const struct vgg19 *net, const json_t *c,
    struct var **x)
{
	struct vgg19_maps a, b;
	int level = (int)json_integer_value(json_object_get(c, "level"));

	if (word(c, "op", "cor-vgg19")) {
		vgg19_run(g, net, x[1], LOSS_COR_MAPS, &a);
		vgg19_run(g, net, x[2], LOSS_COR_MAPS, &b);
		return loss_cor(g, x[0], loss_cor_map(g, &a, level),
		    loss_cor_map(g, &b, level), 1);
	}
	vgg19_run(g, net, x[0], LOSS_PERC_MAPS | LOSS_STYL_MAPS, &a);
	vgg19_run(g, net, x[1], LOSS_PERC_MAPS | LOSS_STYL_MAPS, &b);
	return word(c, "op", "perc") ? loss_perc(g, &a, &b, 1) :
	    loss_styl(g, &a, &b, 1);
}

static double
run(struct graph *g, const struct vgg19 *net, const json_t *c, struct var **x,
    const struct tensor *want)
{
	if (net)
		return by_vgg19(g, net, c, x);
	if (word(c, "op", "rec"))
		return loss_rec(g, x[0], x[1], x[2], 1);
	if (word(c, "op", "tex"))
		return loss_tex(g, x[0], x[1], x[2], json_number_value(
		    json_object_get(c, "bend")), 1);
	if (word(c, "op", "adv"))
		return loss_adv(g, x[0], 1);
	if (word(c, "op", "critic"))
		return loss_discriminator(g, x[0], x[1], 1);
	if (word(c, "op", "cor"))
		return loss_cor(g, x[0], x[1], x[2], 1);
	if (word(c, "op", "coord"))
		return loss_coord(g, x[0], x[1], x[2], 1);
	if (word(c, "op", "flow"))
		return loss_flow(g, x[0], x[1], x[2], true, 1);
	if (word(c, "op", "cons"))
		return loss_cons(g, x[0], x[1], x[2], x[3], 1);
	if (word(c, "op", "reg"))
		return loss_reg(g, x[0], (size_t)json_integer_value(
		    json_object_get(c, "k")), 1);
	if (word(c, "op", "doubt"))
		return loss_doubt(g, x[0], x[1], x[2], x[3], 1);
	if (word(c, "op", "kind") && want)
		return loss_kind(g, x[0], want->data, 1);
	bail("a loss that this test does not know");
}

static void
one(struct sample *s)
{
	json_t *c = object(s, "case");
	double want = json_real_value(json_object_get(c, "value")), off = 0;
	size_t wants = (size_t)json_integer_value(json_object_get(c, "wants"));
	struct hashed h = { .last = json_string_value(json_object_get(c,
	    "last")) };
	struct params *ps;
	struct graph *g;
	struct var *x[MOST_INPUTS] = { NULL };
	struct vgg19 net;

	if (params_new(&ps) != OK || graph_new(&g, GRAPH_TRAIN, ps) != OK ||
	    (h.last && hashed_bind(&net, ps, &h) != OK))
		bail(s->key);
	for (size_t i = 0; i < MOST_INPUTS; i++) {
		char name[32];

		snprintf(name, sizeof name, "x%zu", i);
		const struct tensor *t = array(s, name);

		if (t)
			x[i] = g_input(g, t->dim[0], t->dim[1], t->dim[2],
			    t->dim[3], t->data, i < wants);
	}
	double value = run(g, h.last ? &net : NULL, c, x, array(s, "want"));

	if (graph_backward(g) != OK)
		bail(s->key);
	for (size_t i = 0; i < wants; i++) {
		char name[32];

		snprintf(name, sizeof name, "dx%zu", i);
		struct diff d = differ(x[i]->dx ? x[i]->dx : x[i]->x,
		    var_len(x[i]), array(s, name));
		double e = d.same_size && x[i]->dx ? d.err / d.max : INFINITY;

		off = e > off ? e : off;
	}
	ok(fabs(value - want) <= 1e-5 * fabs(want), "%s: %.7g, want %.7g",
	    s->key, value, want);
	ok(off <= 1e-4, "%s: %zu gradients off by %.1e of the largest", s->key,
	    wants, off);
	graph_free(g);
	params_free(ps);
	hashed_free(&h);
	json_decref(c);
}

int
main(void)
{
	team_begin(2);
	each("losses.tar.zst", one);
	each("said-losses.tar.zst", one);
	return done();
}
