/*
 * Published networks and what is measured with them against torchvision's
 * code and PyTorch: every tap of LPIPS' three networks and the distance
 * itself, in sizes that do and do not divide; Inception's features in both
 * of its kinds, the Frechet distance of drawn features and of pictures
 * against scipy. Weights went through torch.save and `weights import`.
 * Files by make_published.py.
 */
#include "parity.h"

#include "math/team.h"
#include "metrics/fid.h"
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

/* Pictures i and j of a case, (n,h,w,3) u1, as a pair of planes. */
static struct pair
pair_of(const struct sample *s, size_t i, size_t j)
{
	const struct tensor *x = array(s, "x");
	struct pair_prep prep = { 0 };
	struct tensor a = *x, b = *x;
	struct pair p;

	a.rank = b.rank = 3;
	memmove(a.dim, x->dim + 1, 3 * sizeof *a.dim);
	memmove(b.dim, x->dim + 1, 3 * sizeof *b.dim);
	a.data = (uint8_t *)x->data + i * tensor_len(&a);
	b.data = (uint8_t *)x->data + j * tensor_len(&a);
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
		char name[32];

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
	p = pair_of(s, 0, 1);
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

/* ---- FID -------------------------------------------------------------- */

#define INCEPTION "tests/parity/inception.weights.tar.zst"

/* Features of both pictures, of their own size or, if small, of 299x299. */
static void
test_features(const struct sample *s, enum inception kind)
{
	const struct tensor *want = array(s, "features");
	static const double shift[] = { -.015 / .5, -.044 / .5, -.094 / .5 };
	static const double scale[] = { .229 / .5, .224 / .5, .225 / .5 };
	double mean[3], std[3], err = 0, sq = 0;
	struct pair p = pair_of(s, 0, 1);
	bool resize = p.h < 75;
	size_t h = resize ? INCEPTION_SIDE : p.h;
	size_t w = resize ? INCEPTION_SIDE : p.w, len = 3 * h * w;
	float *x = arena_calloc(arena, 2 * len, sizeof *x);
	struct netfiles f = { 0 };
	struct params *ps;
	struct graph *g;

	if (!x || netfiles_add(&f, INCEPTION) != OK || params_new(&ps) != OK ||
	    inception_bind(ps, arena, netfiles_find, &f) != OK || graph_new(&g,
	    GRAPH_INFER, ps) != OK)
		bail("inception");
	for (int k = 0; k < 3; k++) {	/* x scale + shift */
		mean[k] = kind == INCEPTION_TF ? .5 : -shift[k] / scale[k];
		std[k] = kind == INCEPTION_TF ? .5 : 1 / scale[k];
	}
	for (size_t i = 0; i < 2 * len; i++)
		x[i] = (float)(((i < len ? p.a : p.b)[i % 3 * p.h * p.w +
		    i % len / 3 % (p.h * p.w)] - mean[i % 3]) / std[i % 3]);
	for (int k = 0; resize && k < 2; k++)
		fid_picture(x + (size_t)k * len, k ? p.b : p.a, p.h, p.w, 3,
		    mean, std);
	struct var *y = inception_run(g, kind, g_input(g, 2, h, w, 3, x,
	    false));

	if (graph_status(g) != OK)
		bail("inception_run");
	for (size_t i = 0; i < var_len(y); i++) {
		double v = ((const float *)want->data)[i];

		err = fmax(err, fabs(y->x[i] - v));
		sq += v * v;
	}
	err /= sqrt(sq / (double)var_len(y));
	ok(err < 2e-4, "%s: features off by %.1e", s->key, err);
	graph_free(g);
	params_free(ps);
	netfiles_close(&f);
}

/* The first half of the pictures is real; half of all by way of a stream. */
static void
test_set(const struct sample *s, enum inception kind, double want)
{
	size_t n = array(s, "x")->dim[0], real, generated;
	struct netfiles f = { 0 };
	struct fid *fid, *saved;
	struct sample keep;
	double d = NAN, again = NAN, self = NAN;
	struct pair p;

	if (netfiles_add(&f, INCEPTION) != OK || fid_open(&fid, kind, &f) !=
	    OK || fid_open(&saved, kind, &f) != OK ||
	    sample_init(&keep, arena, "statistics") != OK)
		bail("fid_open");
	netfiles_close(&f);
	for (size_t i = 0; i < n / 2; i++) {
		p = pair_of(s, i, n / 2 + i);
		if (fid_add(fid, &p, true, true, arena) != OK)
			bail("fid_add");
		fid_settle(fid, true);
		/* what a sample that failed had added does not count */
		if (i == 0 && fid_add(fid, &p, true, false, arena) != OK)
			bail("fid_add");
		fid_settle(fid, i != 0);
	}
	if (fid_distance(&d, fid) != OK)
		bail("fid_distance");
	fid_count(&real, &generated, fid);
	ok(real == n / 2 && generated == n / 2 && fabs(d - want) < 1e-5 * want,
	    "%s: %.6f, want %.6f", s->key, d, want);
	if (fid_save(&keep, fid) != OK || fid_load(saved, &keep) != OK)
		bail("fid_save");
	for (size_t i = 0; i < n / 2; i++) {
		p = pair_of(s, n / 2 + i, n / 2 + i);
		if (fid_add(saved, &p, false, true, arena) != OK)
			bail("fid_add");
		fid_settle(saved, true);
	}
	if (fid_distance(&again, saved) != OK)
		bail("fid_distance");
	ok(fabs(again - d) < 1e-9 * d, "with saved statistics: %.12f, before "
	    "%.12f", again, d);
	fid_close(saved);
	if (netfiles_add(&f, INCEPTION) != OK || fid_open(&saved, kind, &f) !=
	    OK || fid_load(saved, &keep) != OK)
		bail("fid_load");
	for (size_t i = 0; i < n / 2; i++) {
		p = pair_of(s, i, i);
		if (fid_add(saved, &p, false, true, arena) != OK)
			bail("fid_add");
		fid_settle(saved, true);
	}
	if (fid_distance(&self, saved) != OK)
		bail("fid_distance");
	ok(fabs(self) < 1e-9 * d, "of a set and itself: %.2e", self);
	netfiles_close(&f);
	sample_clear(&keep);
	fid_close(saved);
	fid_close(fid);
}

static struct gauss *
set_of(const struct tensor *x)
{
	struct gauss *g;

	if (gauss_new(&g, x->dim[1]) != OK)
		bail("gauss_new");
	for (size_t i = 0; i < x->dim[0]; i++) {
		if (gauss_add(g, (const float *)x->data + i * x->dim[1]) != OK)
			bail("gauss_add");
		gauss_settle(g, true);
	}
	return g;
}

static void
test_frechet(const struct sample *s, double want)
{
	struct gauss *a = set_of(array(s, "a")), *b = set_of(array(s, "b"));
	double d = NAN, self = NAN;

	if (gauss_distance(&d, a, b) != OK || gauss_distance(&self, a, a) !=
	    OK)
		bail("gauss_distance");
	ok(fabs(d - want) < 1e-5 * want, "%s: %.9f, scipy has %.9f", s->key, d, want);
	ok(fabs(self) < 1e-11, "of a set and itself: %.1e", self);
	gauss_free(a);
	gauss_free(b);
}

int
main(void)
{
	struct stream_in *in;
	struct sample s;
	enum status st;
	bool quick = tap_stride(2) == 1;	/* not under valgrind */

	if (arena_new(&arena, (size_t)1 << 30) != OK || stream_open(&in,
	    "tests/parity/published.tar.zst", NULL) != OK)
		bail("published.tar.zst");
	while ((st = stream_next(in, &s)) == OK) {
		json_t *net = object(&s, "net");

		arena_reset(arena);
		const char *lpips = json_string_value(json_object_get(net,
		    "lpips"));
		const char *fid = json_string_value(json_object_get(net,
		    "fid"));
		json_t *set = json_object_get(net, "set");
		enum inception kind = strstr(s.key, "gfla") ?
		    INCEPTION_TORCHVISION : INCEPTION_TF;

		if (lpips)
			test_lpips(&s, lpips);
		else if (fid && (array(&s, "x")->dim[1] > 75 || quick))
			test_features(&s, kind);
		else if (set && quick)
			test_set(&s, kind, json_real_value(set));
		else if (fid || set)
			skip("pictures of 299x299 take an hour under "
			    "valgrind");
		else
			test_frechet(&s, json_real_value(json_object_get(net,
			    "frechet")));
		json_decref(net);
	}
	ok(st == END, "to the end of the file: %s", st == END ? "yes" :
	    status_detail());
	stream_close(in);
	arena_free(arena);
	return done();
}
