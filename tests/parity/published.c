/*
 * Published networks and what is measured with them against torchvision's
 * code and PyTorch: every tap of LPIPS' three networks and the distance
 * itself, in sizes that do and do not divide. Weights went through
 * torch.save and `weights import`. Files by make_published.py.
 */
#include "parity.h"

#include "math/team.h"
#include "metrics/lpips.h"

#define KEEP 61		/* every KEEPth value of a map is in the file */

static struct arena *arena;

/* Largest difference from the kept values, relative to their rms. */
static double
off(const float *got, size_t len, const struct tensor *want)
{
	double err = 0, sq = 0;
	size_t n = want ? tensor_len(want) : 0;

	if (n != (len + KEEP - 1) / KEEP)
		return INFINITY;
	for (size_t i = 0; i < n; i++) {
		double w = ((const float *)want->data)[i];
		double e = fabs(got[i * KEEP] - w);

		err = e <= err ? err : isnan(e) ? INFINITY : e;
		sq += w * w;
	}
	return err / sqrt(sq / (double)n);
}

/* The pictures of a case, (n,h,w,3) u1, as a pair of planes. */
static struct pair
pair_of(const struct sample *s)
{
	const struct tensor *x = array(s, "x");
	struct pair_prep prep = { 0 };
	struct tensor a = *x, b = *x;
	struct pair p;

	a.rank = b.rank = 3;
	memmove(a.dim, x->dim + 1, 3 * sizeof *a.dim);
	memmove(b.dim, x->dim + 1, 3 * sizeof *b.dim);
	b.data = (uint8_t *)x->data + tensor_len(&a);
	if (pair_make(&p, arena, &a, &b, 0, NULL, NULL, &prep) != OK)
		bail("pictures");
	return p;
}

/* The taps by a graph of our own: of the same pictures in ImageNet's scale. */
static void
test_taps(const struct sample *s, enum trunk t, struct netfiles *f)
{
	static const double mean[] = { .485, .456, .406 };
	static const double std[] = { .229, .224, .225 };
	const struct tensor *x = array(s, "x");
	struct params *ps;
	struct graph *dry, *g;
	struct var *tap[TRUNK_TAPS];
	float *in = arena_calloc(arena, tensor_len(x), sizeof *in);

	if (!in || params_new(&ps) != OK || graph_new(&dry, GRAPH_DRY, ps) !=
	    OK || graph_new(&g, GRAPH_INFER, ps) != OK)
		bail("graph");
	trunk_run(dry, t, g_input(dry, 2, 64, 64, 3, NULL, false), tap);
	graph_free(dry);
	if (params_bind(ps, netfiles_find, f) != OK)
		bail("params_bind");
	for (size_t i = 0; i < tensor_len(x); i++)
		in[i] = (float)((((const uint8_t *)x->data)[i] / 255. -
		    mean[i % 3]) / std[i % 3]);
	size_t taps = trunk_run(g, t, g_input(g, 2, x->dim[1], x->dim[2], 3,
	    in, false), tap);

	for (size_t i = 0; i < taps; i++) {
		char name[16];

		snprintf(name, sizeof name, "tap%zu", i);
		double e = off(tap[i]->x, var_len(tap[i]), array(s, name));

		ok(e < 1e-4, "%s: tap %zu, %zux%zux%zu, is off by %.1e",
		    s->key, i, tap[i]->h, tap[i]->w, tap[i]->c, e);
	}
	graph_free(g);
	params_free(ps);
}

static void
test_lpips(const struct sample *s, const char *name)
{
	enum trunk t = strcmp(name, "lpips-alex") == 0 ? TRUNK_ALEXNET :
	    strcmp(name, "lpips-vgg") == 0 ? TRUNK_VGG16 : TRUNK_SQUEEZENET;
	double want = *(const float *)array(s, "lpips")->data, d[3] = { 0 };
	struct netfiles f = { 0 };
	struct lpips *l;
	char path[128];
	struct pair p;

	snprintf(path, sizeof path, "tests/parity/%s.weights.tar.zst", name);
	if (netfiles_add(&f, path) != OK || lpips_open(&l, t, &f) != OK)
		bail(path);
	test_taps(s, t, &f);
	p = pair_of(s);
	for (int i = 0; i < 2; i++) {
		team_begin(i + 1);
		if (lpips_pair(&d[i], l, &p, arena) != OK)
			bail("lpips_pair");
	}
	ok(fabs(d[0] - want) < 1e-4 * want, "%s: %.7f, want %.7f", s->key,
	    d[0], want);
	ok(d[0] == d[1], "the same for two threads");
	p.b = p.a;
	ok(lpips_pair(&d[2], l, &p, arena) == OK && d[2] == 0,
	    "equal pictures: %g", d[2]);
	lpips_close(l);
	netfiles_close(&f);
}

int
main(void)
{
	struct stream_in *in;
	struct sample s;
	enum status st;

	if (arena_new(&arena, (size_t)1 << 30) != OK || stream_open(&in,
	    "tests/parity/published.tar.zst", NULL) != OK)
		bail("published.tar.zst");
	while ((st = stream_next(in, &s)) == OK) {
		json_t *net = object(&s, "net");

		arena_reset(arena);
		test_lpips(&s, json_string_value(json_object_get(net,
		    "lpips")));
		json_decref(net);
	}
	ok(st == END, "to the end of the file: %s", st == END ? "yes" :
	    status_detail());
	stream_close(in);
	arena_free(arena);
	return done();
}
