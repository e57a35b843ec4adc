/*
 * The whole dual-domain step against PyTorch: both recipes, one to four
 * views, every --links, flows that leave the picture, key points that are
 * missing; step one and step two; outputs, exchanged features, flows, masks,
 * and the gradient of every parameter. Then D and the U-Net. Inference must
 * give the bits of training. Files by make_parity.py; those of what a U-Net
 * says beside the texture are of a twin in numpy, by make_said.py.
 */
#include "parity.h"

#include "math/team.h"
#include "model/recipefile.h"
#include "nets/d.h"
#include "nets/dual.h"
#include "nets/unet.h"
#include "weights/weights.h"

/* Kept of each parameter's gradient: norm, largest, some entries. */
#define ROW 8

/* The weights of one recipe and the inputs that its cases share. */
struct set {
	struct weights *w;
	struct params *ps;
	struct arena *arena;	/* copies of the inputs */
	struct recipe r;
	struct unet_recipe u;
	struct sample in;
};

static const struct tensor *
find(void *arg, const char *name)
{
	return weights_find(arg, name);
}

/* A parameter that is state is written in training: it needs a copy. */
static void
own_state(struct set *t)
{
	for (size_t i = 0; i < params_count(t->ps); i++) {
		struct param *p = params_at(t->ps, i);

		if (!p->state)
			continue;
		float *x = arena_alloc(t->arena, p->len * sizeof *x);

		if (!x)
			bail(p->name);
		p->x = memcpy(x, p->x, p->len * sizeof *x);
	}
}

static void
copy_inputs(struct set *t, const struct sample *s)
{
	if (sample_init(&t->in, t->arena, "inputs") != OK)
		bail("inputs");
	for (size_t i = 0; i < s->n; i++) {
		struct tensor x;

		if (s->field[i].is_json)
			continue;
		if (sample_make(&x, &t->in, s->field[i].name,
		    s->field[i].t.dtype, s->field[i].t.rank,
		    s->field[i].t.dim) != OK)
			bail(s->field[i].name);
		memcpy(x.data, s->field[i].t.data, tensor_bytes(&x));
	}
}

/* ---- one case --------------------------------------------------------- */

struct names {
	const char *name;
	struct var *v;
};

struct outs {
	struct names o[32];
	size_t n;
};

static void
put(struct outs *o, const char *name, struct var *v)
{
	if (v)
		o->o[o->n++] = (struct names){ name, v };
}

static struct var *
get(const struct outs *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->o[i].name, name) == 0)
			return o->o[i].v;
	return NULL;
}

/* The first n views of a field. */
static const struct tensor *
first(const struct set *t, const char *name, size_t n, struct tensor *cut)
{
	const struct tensor *x = array(&t->in, name);

	if (!x)
		bail(name);
	*cut = *x;
	if (n)
		cut->dim[0] = n;
	return cut;
}

static enum status
step(struct graph *g, const struct set *t, size_t n, enum links links,
    struct outs *o)
{
	struct tensor c[16];
	const struct dual_image_in ii = {
		.x_s = first(t, "source.image", 0, &c[0]),
		.p_s = first(t, "source.heat", 0, &c[1]),
		.c_s = first(t, "source.coord", 0, &c[2]),
		.seen_s = first(t, "source.seen", 0, &c[3]),
		.p = first(t, "halluc.heat", n, &c[4]),
		.s = first(t, "halluc.surf", n, &c[5]),
		.m = first(t, "halluc.mask", n, &c[6]),
		.texture = first(t, "texture", 0, &c[10]),
		.valid = first(t, "valid", 0, &c[12])->data,
	};
	struct dual_image_in again = ii;
	const struct dual_texture_in ti = {
		.p = ii.p, .x_s = ii.x_s, .c_s = ii.c_s, .seen_s = ii.seen_s,
		.b = first(t, "halluc.texheat", n, &c[7]),
		.c = first(t, "halluc.coord", n, &c[8]),
		.seen = first(t, "halluc.seen", n, &c[9]),
		.texture = ii.texture, .valid = ii.valid,
		.mirror = first(t, "mirror", 0, &c[11])->data,
	};
	struct dual_image di, d2;
	struct dual_texture dt;
	struct var *x, *tex, *xt;
	struct tensor finished;

	again.p = first(t, "target.heat", 0, &c[13]);
	again.s = first(t, "target.surf", 0, &c[14]);
	again.m = first(t, "target.mask", 0, &c[15]);
	TRY(dual_image_begin(&di, g, &t->r, &ii, links, true));
	TRY(dual_texture_begin(&dt, g, &t->r, &ti, links, true));
	TRY(dual_run(&di, &dt, &x, &tex));
	finished = (struct tensor){ DT_F4, 3, { tex->h, tex->w, 3 }, tex->x };
	again.texture = &finished;
	TRY(dual_image_begin(&d2, g, &t->r, &again, links, true));
	TRY(dual_again(&d2, dt.phi_t, &xt));
	put(o, "halluc.gen", x);
	put(o, "texture", tex);
	put(o, "target.gen", xt);
	for (int i = 0; i < 2; i++) {
#define PUT(name, v) put(o, i ? name ".2" : name ".3", (v)[i])
		PUT("phi_i", di.phi_i);
		PUT("phi_t", dt.phi_t);
		PUT("flow.st", di.f_st);
		PUT("attn.st", di.m_st);
		PUT("flow.ti", di.f_ti);
		PUT("attn.ti", di.m_ti);
		PUT("flow.it", dt.f_it);
		PUT("attn.it", dt.m_it);
		PUT("attn.a", dt.a);
		PUT("target.flow.st", d2.f_st);
		PUT("target.flow.ti", d2.f_ti);
#undef PUT
	}
	/* Training keeps all values; what is kept must also survive backward. */
	for (size_t i = 0; i < o->n; i++)
		g_keep(o->o[i].v);
	return OK;
}

static bool
same_bits(const struct outs *a, const struct outs *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = memcmp(a->o[i].v->x, b->o[i].v->x,
		    var_len(a->o[i].v) * sizeof(float)) == 0;
	return same;
}

/* The loss of make_parity.py: its gradient to every output. */
static void
seed(struct graph *g, const json_t *names, const struct outs *o)
{
	size_t k;
	const json_t *name;

	json_array_foreach(names, k, name) {
		struct var *v = get(o, json_string_value(name));
		size_t len = v ? var_len(v) : 0;
		float *d = malloc((len + 1) * sizeof *d);

		if (!d)
			bail("memory");
		for (size_t i = 0; i < len; i++)
			d[i] = (float)cos(1 + (double)k + 0.37 * (double)i);
		if (v)
			g_seed(g, v, d);
		free(d);
	}
}

static void
compare(const char *key, const struct sample *s, const json_t *names,
    const struct outs *o)
{
	double worst = 0;
	const char *what = "";
	size_t k;
	const json_t *name;

	json_array_foreach(names, k, name) {
		const char *n = json_string_value(name);
		struct var *v = get(o, n);
		struct diff d = differ(v ? v->x : NULL, v ? var_len(v) : 0,
		    array(s, n));
		double e = d.same_size ? d.err / d.max : INFINITY;

		if (e >= worst) {
			worst = e;
			what = n;
		}
	}
	ok(worst <= 1e-4, "%s: %zu outputs, the worst %s off by %.1e",
	    key, json_array_size(names), what, worst);
}

/*
 * The largest gradient of the layer that a parameter belongs to: a bias
 * before a norm has none of its own but rounding.
 */
static double
layer_scale(const json_t *names, const float *row, const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t n = dot ? (size_t)(dot - name) : 0, k;
	const json_t *other;
	double most = 0;

	json_array_foreach(names, k, other)
		if (strncmp(json_string_value(other), name, n) == 0 &&
		    strrchr(json_string_value(other), '.') ==
		    json_string_value(other) + n)
			most = fmax(most, row[k * ROW + 1]);
	return most;
}

static void
compare_grads(const char *key, const struct sample *s, const json_t *names,
    const struct params *ps)
{
	const struct tensor *t = array(s, "grads");
	const float *row = t->data;
	double all = 0, worst = 0;
	const char *what = "";
	size_t k, have = 0;
	const json_t *name;

	for (size_t i = 0; i < t->dim[0]; i++)
		all = fmax(all, row[i * ROW + 1]);
	json_array_foreach(names, k, name) {
		const char *n = json_string_value(name);
		const struct param *p = params_find(ps, n);
		const float *w = row + k * ROW;
		double e = 0, norm = 0, most = 0;

		if (!p || !p->dx) {
			ok(false, "%s: parameter %s is missing", key, n);
			return;
		}
		have++;
		for (size_t i = 0; i < p->len; i++) {
			norm += (double)p->dx[i] * p->dx[i];
			most = fmax(most, fabs(p->dx[i]));
		}
		size_t every = p->len / (ROW - 2) ? p->len / (ROW - 2) : 1;

		for (size_t i = 0; i < ROW - 2; i++)
			if (i * every < p->len)
				e = fmax(e, fabs((double)p->dx[i * every] -
				    w[2 + i]));
		e = fmax(e, fabs(most - w[1]));
		e = fmax(e, fabs(sqrt(norm) - w[0]) / sqrt((double)p->len));
		/* Before the norm of a map of one pixel only rounding is left. */
		double scale = layer_scale(names, row, n);

		e /= scale > 1e-6 * all ? scale : 0.1 * all;
		if (!(e <= worst)) {
			worst = isnan(e) ? INFINITY : e;
			what = n;
		}
	}
	/* What the reference does not use must have no gradient here. */
	for (size_t i = 0; i < params_count(ps); i++) {
		const struct param *p = params_at(ps, i);
		bool any = false;

		for (size_t j = 0; p->dx && j < p->len; j++)
			any |= p->dx[j] != 0;
		have -= any;
	}
	ok(have == 0 || have < json_array_size(names), "%s: no gradient where "
	    "the reference has none", key);
	ok(worst <= 1e-4, "%s: gradients of %zu parameters, the worst %s off "
	    "by %.1e", key, json_array_size(names), what, worst);
}

static void
zero_grads(struct params *ps)
{
	if (params_grads(ps) != OK)
		bail("gradients");
}

static enum links
links_of(const json_t *c)
{
	const char *s = json_string_value(json_object_get(c, "links"));
	const char *all[] = { "full", "i2t", "t2i", "none" };

	for (int i = 0; i < 4; i++)
		if (s && strcmp(s, all[i]) == 0)
			return (enum links)i;
	bail("links");
}

/*
 * What graph_backward says is whole, as it was then: gradients from parameter
 * `from` on, and how many numbers it said that of each time.
 */
struct whole {
	struct params *ps;
	float **was;
	size_t from, times, told[4096];
};

static size_t
from_on(const struct params *ps, size_t i)
{
	size_t n = 0;

	for (; i < params_count(ps); i++)
		n += params_at(ps, i)->dx ? params_at(ps, i)->len : 0;
	return n;
}

static void
note_whole(void *arg, size_t i)
{
	struct whole *w = arg;

	for (; w->from > i; w->from--) {
		const struct param *p = params_at(w->ps, w->from - 1);

		if (!p->dx)
			continue;
		float *x = w->was[p->index] = malloc(p->len * sizeof *x);

		if (!x)
			bail("memory");
		memcpy(x, p->dx, p->len * sizeof *x);
	}
	if (w->times < sizeof w->told / sizeof *w->told)
		w->told[w->times++] = from_on(w->ps, i);
}

static void
back(const char *name, struct graph *g, struct params *ps)
{
	struct whole w = { .ps = ps, .from = params_count(ps),
		.was = calloc(params_count(ps), sizeof *w.was) };
	bool same = true;

	if (!w.was)
		bail("memory");
	graph_tell(g, note_whole, &w);
	if (graph_backward(g) != OK)
		bail(name);
	for (size_t i = 0; i < params_count(ps); i++) {
		const struct param *p = params_at(ps, i);

		same &= !p->dx || (w.was[i] && memcmp(w.was[i], p->dx,
		    p->len * sizeof *p->dx) == 0);
		free(w.was[i]);
	}
	free(w.was);
	ok(same, "%s: a gradient is whole when that is told", name);
	size_t late = w.told[w.times * 3 / 4], all = from_on(ps, 0);

	ok(late > all / 16 && late < all, "%s: it is told on the way # of %.2f "
	    "behind three quarters of it", name, (double)late / (double)all);
}

static void
dual_case(struct set *t, const struct sample *s)
{
	json_t *c = object(s, "case");
	const json_t *names = json_object_get(c, "outs");
	size_t n = (size_t)json_integer_value(json_object_get(c, "n"));
	enum links links = links_of(c);
	struct graph *train, *infer;
	struct outs a = { .n = 0 }, b = { .n = 0 };

	zero_grads(t->ps);
	if (graph_new(&train, GRAPH_TRAIN, t->ps) != OK ||
	    graph_new(&infer, GRAPH_INFER, t->ps) != OK)
		bail(s->key);
	if (step(train, t, n, links, &a) != OK ||
	    step(infer, t, n, links, &b) != OK)
		bail(s->key);
	compare(s->key, s, names, &a);
	ok(same_bits(&a, &b), "%s: inference gives the bits of training",
	    s->key);
	size_t peak = graph_peak(infer);

	graph_reset(infer);
	b.n = 0;
	if (step(infer, t, n, links, &b) != OK)
		bail(s->key);
	ok(graph_peak(infer) == peak, "%s: a second sample takes no new memory",
	    s->key);
	seed(train, names, &a);
	back(s->key, train, t->ps);
	compare_grads(s->key, s, json_object_get(c, "params"), t->ps);
	graph_free(train);
	graph_free(infer);
	json_decref(c);
}

static void
critic_case(struct set *t, const struct sample *s)
{
	json_t *c = object(s, "case");
	const json_t *names = json_object_get(c, "outs");
	const struct tensor *x = array(s, "x");
	struct graph *g;
	struct outs o = { .n = 0 };

	zero_grads(t->ps);
	if (graph_new(&g, GRAPH_TRAIN, t->ps) != OK)
		bail("critic");
	struct var *in = g_input(g, x->dim[0], x->dim[1], x->dim[2],
	    x->dim[3], x->data, true);

	put(&o, "logits", d_run(g, &t->r, in));
	if (graph_status(g) != OK)
		bail("critic");
	g_keep(o.o[0].v);
	compare(s->key, s, names, &o);
	seed(g, names, &o);
	if (graph_backward(g) != OK)
		bail("critic");
	compare_grads(s->key, s, json_object_get(c, "params"), t->ps);
	struct diff d = differ(in->dx, var_len(in), array(s, "dx"));

	ok(d.same_size && d.err <= 1e-4 * d.max, "%s: gradient of the image "
	    "off by %.1e", s->key, d.err / d.max);
	graph_free(g);
	json_decref(c);
}

static enum status
unet_outs(struct outs *o, struct graph *g, const struct set *t)
{
	struct tensor cut[7];
	const struct evidence_in in = {
		.x = first(t, "source.image", 0, &cut[0]),
		.c = first(t, "source.coord", 0, &cut[1]),
		.seen = first(t, "source.seen", 0, &cut[2]),
		.mirror = first(t, "mirror", 0, &cut[3])->data,
		.valid = first(t, "valid", 0, &cut[4])->data,
		.texture = t->u.unwrap ? first(t, "texture", 0, &cut[5]) : NULL,
		.behind = t->u.behind ? first(t, "behind", 0, &cut[6])->data :
		    NULL,
	};
	const struct unet_out out = unet(g, &t->u, &in);

	put(o, "texture", out.t);
	put(o, "doubt", out.doubt);
	put(o, "kinds", out.kinds);
	for (size_t i = 0; i < o->n; i++)
		g_keep(o->o[i].v);
	return graph_status(g);
}

static void
unet_case(const char *name, struct set *t, const struct sample *s)
{
	json_t *c = object(s, "case");
	const json_t *names = json_object_get(c, "outs");
	struct graph *train, *infer;
	struct outs a = { .n = 0 }, b = { .n = 0 };

	zero_grads(t->ps);
	if (graph_new(&train, GRAPH_TRAIN, t->ps) != OK ||
	    graph_new(&infer, GRAPH_INFER, t->ps) != OK ||
	    unet_outs(&a, train, t) != OK || unet_outs(&b, infer, t) != OK)
		bail(name);
	compare(name, s, names, &a);
	ok(same_bits(&a, &b), "%s: inference gives the bits of training", name);
	seed(train, names, &a);
	back(name, train, t->ps);
	compare_grads(name, s, json_object_get(c, "params"), t->ps);
	graph_free(train);
	graph_free(infer);
	json_decref(c);
}

/* The list by dry run and the mirror's own must be the same. */
static void
same_list(const char *name, const struct set *t)
{
	size_t more = 0;

	for (size_t i = 0; i < weights_count(t->w); i++) {
		const struct field *f = weights_at(t->w, i);

		more += !f->is_json && !params_find(t->ps, f->name);
	}
	ok(more == 0, "%s: %zu parameters, %zu more in the mirror", name,
	    params_count(t->ps), more);
}

static void
open_set(struct set *t, const char *name, const struct sample *s)
{
	char path[128];
	json_t *r = object(s, "recipe");
	enum status st;

	snprintf(path, sizeof path, "tests/parity/%s.weights.tar.zst", name);
	if (weights_open(&t->w, path, WEIGHTS_F4) != OK ||
	    params_new(&t->ps) != OK || arena_new(&t->arena, 1 << 30) != OK)
		bail(path);
	if (recipe_is_unet(r)) {
		if (unet_recipe_read(&t->u, r) != OK)
			bail(name);
		st = unet_params(t->ps, &t->u, NULL);
	} else {
		if (recipe_read(&t->r, r) != OK)
			bail(name);
		st = dual_params(t->ps, &t->r, DUAL_ALL, 1, NULL);
	}
	if (st != OK || params_bind(t->ps, find, t->w) != OK)
		bail(name);
	own_state(t);
	copy_inputs(t, s);
	same_list(name, t);
	json_decref(r);
}

static void
file(const char *name)
{
	char path[128];
	struct stream_in *in;
	struct sample s;
	struct set t = { 0 };
	enum status st;

	snprintf(path, sizeof path, "tests/parity/%s.tar.zst", name);
	if (stream_open(&in, path, NULL) != OK || stream_next(in, &s) != OK)
		bail(path);
	open_set(&t, name, &s);
	while ((st = stream_next(in, &s)) == OK)
		if (strcmp(s.key, "critic") == 0)
			critic_case(&t, &s);
		else if (strcmp(s.key, "unet") == 0)
			unet_case(name, &t, &s);
		else
			dual_case(&t, &s);
	if (st != END)
		bail(path);
	stream_close(in);
	params_free(t.ps);
	weights_close(t.w);
	sample_clear(&t.in);
	arena_free(t.arena);
}

int
main(void)
{
	team_begin(1);	/* these maps are too small to share */
	file("inpaint");
	/* Slow under valgrind, which has no address space for two files. */
	if (tap_stride(2) == 1) {
		file("paper");
		file("anchored");
		file("unet");
		file("prior");
		file("said");
		file("fine");
	}
	return done();
}
