/*
 * Weights of VGG19 as the feature losses read them: files that end early,
 * what the input becomes, what is kept, that frozen parameters stay frozen,
 * and files that are wrong.
 */
#include "model/features.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "losses/loss.h"
#include "math/team.h"
#include "stream/stream.h"
#include "weights/published.h"

static char path[] = "/tmp/features-unit-XXXXXX";

static float *
add(struct sample *s, const char *name, int rank, const size_t *dim)
{
	struct tensor t;

	if (sample_make(&t, s, name, DT_F4, rank, dim) != OK)
		exit(2);
	memset(t.data, 0, tensor_bytes(&t));
	return t.data;
}

/*
 * conv1_1's first output is its first input, conv1_2's the sum over all
 * inputs of the pixel on the left. `say`: with the manifest's input.
 */
static void
make(bool say, size_t c, bool bias)
{
	struct arena *a;
	struct sample s;
	struct stream_out *out;
	json_t *about = say ? json_pack("{s{s{s{s[fff]s[fff]}}}}", "nets",
	    "vgg19", "input", "mean", .5, .25, 0., "std", .01, .01, .01) :
	    json_object();

	if (arena_new(&a, (size_t)1 << 28) != OK ||
	    sample_init(&s, a, "vgg19") != OK)
		exit(2);
	add(&s, "vgg19.conv1_1.weight", TENSOR_DIMS(64, 3, 3, 3))[4] = 1;
	add(&s, "vgg19.conv1_1.bias", TENSOR_DIMS(64));
	float *w = add(&s, "vgg19.conv1_2.weight", TENSOR_DIMS(64, c, 3, 3));

	for (size_t i = 0; i < c; i++)
		w[i * 9 + 3] = 1;
	if (bias)
		add(&s, "vgg19.conv1_2.bias", TENSOR_DIMS(64));
	if (json_object_set_new(s.manifest, "weights", about) != 0 ||
	    stream_create(&out, path, 0) != OK || stream_put(out, &s) != OK ||
	    stream_end(out) != OK)
		exit(2);
	sample_clear(&s);
	arena_free(a);
}

static void
refuses(const char *what, const char *detail)
{
	struct params *ps;
	struct features f;

	if (params_new(&ps) != OK)
		exit(2);
	enum status s = features_open(&f, ps, path);

	ok(s != OK && strstr(status_detail(), detail) &&
	    strncmp(status_detail(), path, strlen(path)) == 0, "%s: %s", what,
	    s == OK ? "opened" : status_detail());
	if (s == OK)
		features_close(&f);
	params_free(ps);
}

static void
small(void)
{
	enum { H = 4, W = 6 };
	struct params *ps;
	struct features f;
	struct graph *g;
	struct vgg19_maps m;
	float x[H * W * 3];
	char text[64];
	bool one = true, two = true;

	if (params_new(&ps) != OK)
		return;
	make(true, 64, true);
	if (!ok(features_open(&f, ps, path) == OK && f.net.maps == 2 &&
	    strcmp(vgg19_text(&f.net, text, sizeof text), "conv1_1 to conv1_2")
	    == 0, "a file of two layers"))
		return;
	ok(fabs(f.net.unit - 22.6) < 1e-4, "features are %g times those of "
	    "pictures of deviation 1", f.net.unit);
	ok(params_total(ps, "") == 0 && params_init(ps, 1) == OK &&
	    params_grads(ps) == OK && params_count(ps) == 4 &&
	    !params_at(ps, 0)->dx && params_at(ps, 0)->x[4] == 1,
	    "nobody trains, counts or initialises its parameters");
	for (size_t i = 0; i < H * W * 3; i++)
		x[i] = (float)cos((double)i);
	if (graph_new(&g, GRAPH_TRAIN, ps) != OK)
		return;
	vgg19_run(g, &f.net, g_input(g, 1, H, W, 3, x, false),
	    LOSS_PERC_MAPS | LOSS_STYL_MAPS | VGG19_BIT(RELU1_2), &m);
	ok(graph_status(g) == OK && m.map[RELU1_1] && m.map[RELU1_2] &&
	    !m.map[RELU2_1] && !m.map[RELU2_2], "the maps that there are");
	for (size_t p = 0; p < H * W; p++) {
		double r = fmax(0, ((x[p * 3] + 1) / 2. - .5) / .01);
		double left = p % W ? m.map[RELU1_1]->x[(p - 1) * 64] : 0;

		one &= fabs(m.map[RELU1_1]->x[p * 64] - r) < 1e-4;
		two &= fabs(m.map[RELU1_2]->x[p * 64] - left) < 1e-4;
	}
	ok(one, "conv1_1 sees (x - mean) / deviation");
	ok(two, "conv1_2 reads it, with zeros around");
	ok(!loss_cor_map(g, &m, 2) && !loss_cor_map(g, &m, 3),
	    "no map for the sampling loss in a file so short");
	double v = loss_perc(g, &m, &m, 1);

	ok(v == 0 && graph_status(g) == OK, "perc of equal pictures is 0");
	size_t bytes = graph_packed(g);

	graph_params_changed(g);
	ok(bytes > 0 && graph_packed(g) == bytes, "packed once and for all");
	graph_free(g);
	params_free(ps);
	features_close(&f);
}

static const struct tensor *
find(void *arg, const char *name)
{
	const struct field *f = arrays_find(arg, name);

	return f ? &f->t : NULL;
}

static void
real(void)
{
	enum { S = 64, LEN = S * S * 3 };
	static const double mean[] = { .5, .5, .5 }, std[] = { 1 / 255.,
	    1 / 255., 1 / 255. };
	static float x[LEN];
	const char *file = "../shared/data/nets/vgg19_conv1_1_to_conv3_4.npz";
	struct arrays *in, out = { 0 };
	struct params *ps;
	struct graph *g;
	struct vgg19 net;
	struct vgg19_maps a, b;
	struct published_count n;
	json_t *about = json_object();

	if (access(file, R_OK) != 0) {
		skip("no weights of VGG19 in ../shared/data/nets");
		json_decref(about);
		return;
	}
	if (arrays_open(&in, file) != OK || params_new(&ps) != OK)
		exit(2);
	out.arena = in->arena;
	ok(published_import(&out, about, in, "vgg19", "", true, false, &n) == OK &&
	    vgg19_bind(&net, ps, find, &out, mean, std) == OK &&
	    net.maps == RELU3_4 + 1, "published weights as far as conv3_4");
	for (size_t i = 0; i < LEN; i++)
		x[i] = (float)sin((double)i / 50);
	if (graph_new(&g, GRAPH_TRAIN, ps) != OK)
		exit(2);
	vgg19_run(g, &net, g_input(g, 1, S, S, 3, x, false), LOSS_COR_MAPS,
	    &a);
	size_t little = graph_peak(g);

	ok(a.map[RELU3_1] && a.map[RELU3_4] && !a.map[RELU1_1] &&
	    a.map[RELU3_4]->h == S / 4, "as asked for");
	struct var *pool = loss_cor_map(g, &a, 3);

	ok(pool && pool->h == S / 8 && pool->c == 256,
	    "the pool behind conv3_4 stands in for relu4_1");
	for (size_t i = 0; i < LEN; i++)
		x[i] = -x[i];
	struct var *y = g_input(g, 1, S, S, 3, x, true);

	vgg19_run(g, &net, y, LOSS_PERC_MAPS | LOSS_STYL_MAPS, &b);
	vgg19_run(g, &net, g_input(g, 1, S, S, 3, x, false), LOSS_PERC_MAPS |
	    LOSS_STYL_MAPS, &a);
	ok(loss_perc(g, &b, &a, 1) == 0 && loss_styl(g, &b, &a, 1) == 0,
	    "with and without the tape: the same bits");
	ok(graph_backward(g) == OK && little < 3 * graph_peak(g) / 4,
	    "%zu kB for maps alone, %zu kB in all", little >> 10,
	    graph_peak(g) >> 10);
	graph_free(g);
	params_free(ps);
	arrays_close(in);
	json_decref(out.manifest);
	json_decref(about);
}

int
main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 2;
	close(fd);
	team_begin(1);
	small();
	make(false, 64, true);
	refuses("no input in the manifest", "nets.vgg19.input");
	make(true, 32, true);
	refuses("another shape", "vgg19.conv1_2.weight: f4 (64,32,3,3), want f4 "
	    "(64,64,3,3)");
	make(true, 64, false);
	refuses("no bias", "parameter vgg19.conv1_2.bias: missing");
	unlink(path);
	refuses("no file", "No such file");
	real();
	return done();
}
