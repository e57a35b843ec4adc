/* Tests: the networks in one process give the bytes of hallucinate | texgen. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/charts.h"
#include "model/inputs.h"
#include "model/model.h"
#include "stream/stream.h"

#include "../tap.h"

static bool
same(const struct sample *s, const char *name, const struct var *v)
{
	const struct field *f = sample_find(s, name);

	return f && v && tensor_len(&f->t) == var_len(v) &&
	    memcmp(f->t.data, v->x, tensor_bytes(&f->t)) == 0;
}

static void
compare(const char *dir, const char *recipe, const char *links, enum links l)
{
	char cmd[1024], path[512];
	struct stream_in *in;
	struct sample s;
	struct model m;
	struct dual_image_in ii;
	struct dual_texture_in ti;
	struct dual_image di;
	struct dual_texture dt;
	struct var *x, *t;
	struct charts charts;

	snprintf(cmd, sizeof cmd, "PATH=$BIN:$PATH; cd %s && "
	    "weights init -z0 --preset tiny --recipe %s >w.tar && "
	    "hallucinate -w w.tar --poses bank.tar -n 3 --keep --links %s "
	    "<in | texgen -w w.tar >out", dir, recipe, links);
	if (!ok(system(cmd) == 0, "%s, %s: two processes", recipe, links))
		return;
	snprintf(path, sizeof path, "%s/w.tar", dir);
	if (!ok(model_open(&m, path, NULL, DUAL_IMAGE | DUAL_TEXTURE |
	    DUAL_FINISH) == OK, "weights: %s", status_detail()))
		return;
	snprintf(path, sizeof path, "%s/out", dir);
	if (!ok(stream_open(&in, path, NULL) == OK && stream_next(in, &s) == OK &&
	    inputs_image(&ii, &s, &m.r, ROLE_HALLUC) == OK &&
	    inputs_texture(&ti, &s, &m.r) == OK &&
	    charts_open(&charts, "atlas24", m.r.size) == OK,
	    "input: %s", status_detail()))
		return;
	ti.mirror = charts.mirror;
	ti.valid = charts.valid;
	ok(dual_image_begin(&di, m.g, &m.r, &ii, l, true) == OK &&
	    dual_texture_begin(&dt, m.g, &m.r, &ti, l, true) == OK &&
	    (dt.traced = true) && dual_run(&di, &dt, &x, &t) == OK, "one process: %s",
	    status_detail());
	ok(same(&s, "phi_i.3", di.phi_i[0]) && same(&s, "phi_i.2", di.phi_i[1]),
	    "phi_i");
	ok(same(&s, "phi_t.3", dt.phi_t[0]) && same(&s, "phi_t.2", dt.phi_t[1]),
	    "phi_t");
	ok(same(&s, "tap.it.3", dt.trace[0].tap) &&
	    same(&s, "share.it.3", dt.trace[0].share), "traces");
	ok(same(&s, "halluc.gen", x), "pictures");
	ok(same(&s, "texture", t), "texture");
	stream_close(in);
	model_close(&m);
	charts_close(&charts);
}

int
main(void)
{
	static const char *const links[] = { "full", "i2t", "t2i", "none" };
	char dir[] = "/tmp/dualtex.XXXXXX", cmd[1024];

	if (!getenv("BIN")) {
		skip("BIN is not set: run by make check");
		return done();
	}
	if (!ok(mkdtemp(dir) != NULL, "scratch directory"))
		return done();
	snprintf(cmd, sizeof cmd, "PATH=$BIN:$PATH; f='perl -Itests/perl "
	    "tests/perl/figure.pl 64'; $f bank >%s/bank.tar && "
	    "$f | pose2heat | iuv2coord >%s/in", dir, dir);
	ok(system(cmd) == 0, "a figure and a bank");
	for (int l = 0; l < 4; l++) {
		compare(dir, "anchored", links[l], (enum links)l);
		compare(dir, "paper", links[l], (enum links)l);
	}
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	ok(system(cmd) == 0, "clean");
	return done();
}
