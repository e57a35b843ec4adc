#include "metrics/fid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE INCEPTION_SIDE
#define FIRST "inception.Conv2d_1a_3x3.conv.weight"
#define LAST "inception.Mixed_7c.branch_pool.conv.weight"

static const char *const name_of[] = {
	[INCEPTION_TF] = "fid", [INCEPTION_TORCHVISION] = "fid-gfla",
};

struct fid {
	enum inception kind;
	struct params *ps;
	struct arena *weights;
	struct graph *g;
	double mean[3], std[3];
	struct gauss *real, *generated;
	char sha[DIGEST_MAX];	/* of an array that tells networks apart */
};

bool
fid_there(struct netfiles *f)
{
	return netfiles_find(f, FIRST) && netfiles_find(f, LAST);
}

static enum status
bind(struct fid *f, struct netfiles *files)
{
	const struct tensor *last = netfiles_find(files, LAST);

	digest_sha256(f->sha, last->data, tensor_bytes(last));
	TRY(netfiles_input(f->mean, f->std, files, "inception", FIRST));
	/*
	 * GFLA feeds torchvision's network pictures of 0..1 after the map
	 * that turns normalised ones into -1..1: as its script does.
	 */
	if (f->kind == INCEPTION_TORCHVISION) {
		memcpy(f->std, (const double[]){ .5 / .229, .5 / .224,
		    .5 / .225 }, sizeof f->std);
		memcpy(f->mean, (const double[]){ .015 / .229, .044 / .224,
		    .094 / .225 }, sizeof f->mean);
	}
	TRY(params_new(&f->ps));
	TRY(arena_new(&f->weights, (size_t)128 << 20));
	TRY(inception_bind(f->ps, f->weights, netfiles_find, files));
	TRY(gauss_new(&f->real, INCEPTION_FEATURES));
	TRY(gauss_new(&f->generated, INCEPTION_FEATURES));
	return graph_new(&f->g, GRAPH_INFER, f->ps);
}

enum status
fid_open(struct fid **out, enum inception kind, struct netfiles *files)
{
	struct fid *f;
	enum status st;

	if (!fid_there(files))
		return fail(E_VALUE, "%s needs its network; after `weights "
		    "import --as inception %s >nets.tar.zst` give --nets "
		    "nets.tar.zst (metrics(1), NETWORKS)", name_of[kind],
		    kind == INCEPTION_TF ? "pt_inception-2015-12-05-*.pth" :
		    "inception_v3_google-*.pth");
	if ((f = calloc(1, sizeof *f)) == NULL)
		return fail(E_NOMEM, "no memory for %s", name_of[kind]);
	f->kind = kind;
	if ((st = bind(f, files)) != OK) {
		fid_close(f);
		return st;
	}
	*out = f;
	return OK;
}

void
fid_close(struct fid *f)
{
	if (f == NULL)
		return;
	graph_free(f->g);
	params_free(f->ps);
	arena_free(f->weights);
	gauss_free(f->real);
	gauss_free(f->generated);
	free(f);
}

/* Where sample i of SIDE lies in a line of n: between two neighbours. */
struct place {
	size_t at, next;
	double share;		/* of next */
};

static struct place
place(size_t i, size_t n)
{
	double x = ((double)i + .5) * (double)n / SIDE - .5;
	struct place p = { x > 0 ? (size_t)x : 0, 0, 0 };

	p.next = p.at + 1 < n ? p.at + 1 : p.at;
	p.share = x > 0 ? x - (double)p.at : 0;
	return p;
}

void
fid_picture(float *to, const double *from, size_t h, size_t w, size_t c,
    const double mean[3], const double std[3])
{
	for (size_t i = 0; i < SIDE * SIDE * 3; i++) {
		size_t k = i % 3;
		const double *plane = from + (k < c ? k : 0) * h * w;
		struct place y = place(i / 3 / SIDE, h), x = place(i / 3 % SIDE,
		    w);
		const double *up = plane + y.at * w, *low = plane + y.next * w;
		double a = up[x.at] + x.share * (up[x.next] - up[x.at]);
		double b = low[x.at] + x.share * (low[x.next] - low[x.at]);

		to[i] = (float)((a + y.share * (b - a) - mean[k]) / std[k]);
	}
}

enum status
fid_add(struct fid *f, const struct pair *p, bool real, bool generated,
    struct arena *scratch)
{
	size_t n = (size_t)real + generated, one = SIDE * SIDE * 3;
	size_t mark = arena_mark(scratch);
	float *x = arena_alloc(scratch, n * one * sizeof *x);

	if (x == NULL)
		return E_NOMEM;
	if (real)
		fid_picture(x, p->a, p->h, p->w, p->c, f->mean, f->std);
	if (generated)
		fid_picture(x + real * one, p->b, p->h, p->w, p->c, f->mean,
		    f->std);
	graph_reset(f->g);
	struct var *y = inception_run(f->g, f->kind, g_input(f->g, n, SIDE,
	    SIDE, 3, x, false));

	TRY(graph_status(f->g));
	if (real)
		TRY(gauss_add(f->real, y->x));
	if (generated)
		TRY(gauss_add(f->generated, y->x + real * y->c));
	arena_pop(scratch, mark);
	return OK;
}

void
fid_settle(struct fid *f, bool keep)
{
	gauss_settle(f->real, keep);
	gauss_settle(f->generated, keep);
}

enum status
fid_save(struct sample *s, const struct fid *f)
{
	json_object_set_new(s->manifest, "statistics", json_pack("{ssss}",
	    "measure", name_of[f->kind], "network", f->sha));
	return gauss_put(s, f->real);
}

enum status
fid_load(struct fid *f, const struct sample *s)
{
	const char *measure = NULL, *network = NULL;

	if (json_unpack(s->manifest, "{s{ssss}}", "statistics", "measure",
	    &measure, "network", &network) != 0)
		return fail(E_FORMAT, "no statistics of pictures");
	if (strcmp(measure, name_of[f->kind]) != 0)
		return fail(E_VALUE, "statistics for %s, want those for %s",
		    measure, name_of[f->kind]);
	if (strcmp(network, f->sha) != 0)
		return fail(E_VALUE, "statistics by another network than that "
		    "of --nets");
	gauss_free(f->real);
	f->real = NULL;
	return gauss_get(&f->real, INCEPTION_FEATURES, s);
}

void
fid_count(size_t *real, size_t *generated, const struct fid *f)
{
	*real = gauss_count(f->real);
	*generated = gauss_count(f->generated);
}

enum status
fid_distance(double *d, const struct fid *f)
{
	return gauss_distance(d, f->real, f->generated);
}
