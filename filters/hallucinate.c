/* hallucinate(1): the image domain, with a texture domain as partner. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "math/team.h"
#include "model/charts.h"
#include "model/exchange.h"
#include "model/inputs.h"
#include "model/painting.h"
#include "model/photos.h"
#include "model/varfield.h"
#include "model/views.h"
#include "view/fields.h"
#include "weights/datafile.h"

struct hallucinate {
	const char *weights, *unet, *poses, *layout, *partner, *tap;
	int n, links, threads;
	double timeout;
	bool keep, target;
	struct model m;
	struct charts charts;		/* empty where nobody asks */
	struct rescale scale;
	struct painting painting;	/* opened when there is no texture */
	struct bank *bank;
	struct partner *p;
};

/* Heat maps go again unless they are to be kept: they are large. */
static const char *const heavy[] = { "halluc.heat", "halluc.texheat" };

static enum status
keep_flows(struct sample *s, const struct dual_image *d)
{
	for (int level = DUAL_COARSE; level >= DUAL_FINE; level--) {
		const int i = DUAL_INDEX(level);

		TRY(varfield_put(s, "phi_i", level, d->phi_i[i], false));
		TRY(varfield_put(s, "flow.st", level, d->f_st[i], false));
		TRY(varfield_put(s, "attn.st", level, d->m_st[i], false));
		TRY(varfield_put(s, "flow.ti", level, d->f_ti[i], false));
		TRY(varfield_put(s, "attn.ti", level, d->m_ti[i], false));
	}
	return OK;
}

static const char *
layout_of(const struct hallucinate *o)
{
	return o->layout ? o->layout : o->m.layout;
}

/* The bank is read when the first sample without poses comes. */
static enum status
need_bank(struct hallucinate *o)
{
	static char found[4096];

	if (o->bank)
		return OK;
	if (!o->poses) {
		TRY(datafile_find(found, sizeof found, "posebank.tar.zst"));
		o->poses = found;
	}
	return bank_open(&o->bank, o->poses, o->m.r.size, layout_of(o));
}

/* Opened when the first sample without a texture comes, as the bank. */
static enum status
need_unet(struct hallucinate *o)
{
	struct painting *p = &o->painting;

	if (!p->m.w) {
		enum status st = painting_open(p, o->unet, o->layout,
		    PAINTING_PHOTO, false);

		if (st != OK) {
			painting_close(p);
			return st;
		}
	}
	return strcmp(p->m.layout, o->m.layout) == 0 ? OK : fail(E_VALUE,
	    "one of layout \"%s\", the weights want \"%s\"", p->m.layout,
	    o->m.layout);
}

/*
 * The texture where the networks begin, as inpaint makes it without options:
 * to the stream and its history that program was there.
 */
static enum status
need_texture(struct sample *s, struct hallucinate *o)
{
	json_t *options;

	if (o->m.r.evidence != EVIDENCE_INPAINT || sample_find(s, "texture"))
		return OK;
	enum status st = need_unet(o);

	if (st != OK)
		return fail_in(st, "field texture: is missing, see inpaint(1), "
		    "and there is no U-Net to paint it, see --unet");
	TRY(painting_put(&o->painting, s));
	options = json_pack("{s:s*, s:s*}", "weights", o->unet, "layout",
	    o->layout);
	return sample_add_history(s, "inpaint", VERSION, options,
	    model_sha256(&o->painting.m));
}

static enum status
step_one(struct sample *s, struct hallucinate *o)
{
	struct dual_image_in in;
	struct dual_image d;
	struct var *x;

	if (!sample_find(s, "halluc.pose")) {
		TRY(need_bank(o));
		TRY(views_add(s, o->bank, (size_t)o->n));
	}
	TRY(inputs_image(&in, s, &o->m.r, ROLE_HALLUC));
	in.valid = o->charts.valid;
	TRY(dual_image_begin(&d, o->m.g, &o->m.r, &in, (enum links)o->links,
	    o->keep));
	TRY(exchange_run(&d, o->p, s, &x));
	TRY(varfield_put(s, "halluc.gen", 0, x, false));
	if (o->keep)
		return keep_flows(s, &d);
	for (size_t i = 0; i < sizeof heavy / sizeof *heavy; i++)
		sample_drop(s, heavy[i]);
	return OK;
}

static enum status
step_two(struct sample *s, struct hallucinate *o)
{
	struct dual_image_in in;
	struct dual_image d;
	struct var *phi_t[2], *x;

	TRY(inputs_image(&in, s, &o->m.r, ROLE_TARGET));
	in.valid = o->charts.valid;
	TRY(varfield_get(&phi_t[0], o->m.g, s, "phi_t", DUAL_COARSE, 1, &o->m.r));
	TRY(varfield_get(&phi_t[1], o->m.g, s, "phi_t", DUAL_FINE, 1, &o->m.r));
	TRY(dual_image_begin(&d, o->m.g, &o->m.r, &in, (enum links)o->links,
	    o->keep));
	TRY(dual_again(&d, phi_t, &x));
	TRY(varfield_put(s, "target.gen", 0, x, false));
	return o->keep ? keep_flows(s, &d) : OK;
}

/* A map of several photos is none that shows the person in a pose. */
static enum status
need_photos(const struct sample *s)
{
	return !view_is_map(s) || photos_has(s) ? OK :
	    fail(E_SHAPE, "field photos.image: is missing, see --views of "
	    "texmerge(1): source.image is a map of several photos");
}

/* On what the networks see of the sample. */
static enum status
step(struct sample *s, struct hallucinate *o)
{
	const unsigned views = o->target ? ROLE_TARGET : ROLE_HALLUC;

	TRY(need_photos(s));
	if (!o->target)
		TRY(need_texture(s, o));
	TRY(model_sign(&o->m, s));
	TRY(rescale_begin(&o->scale, s, 1u << ROLE_SOURCE | 1u << views |
	    1u << ROLE_PHOTOS));
	TRY((o->target ? step_two : step_one)(&o->scale.seen, o));
	return rescale_end(s, &o->scale);
}

/* The partner that is not asked for: `texgen -x` from where we are. */
static enum status
start_partner(struct hallucinate *o)
{
	static const char *const links[] = { "full", "i2t", "t2i", "none" };
	char program[4096] = "texgen", threads[16];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 8);
	const char *argv[16], **a = argv;

	if (o->partner)
		return partner_start(&o->p, (const char *[]){ "/bin/sh", "-c",
		    "--", o->partner, NULL }, o->timeout, o->tap);
	if (n > 0) {
		program[n] = '\0';
		strcpy(strrchr(program, '/') + 1, "texgen");
	}
	snprintf(threads, sizeof threads, "%d", o->threads);
	*a++ = n > 0 && access(program, X_OK) == 0 ? program : "texgen";
	*a++ = "-x";
	*a++ = "-z0";
	*a++ = "-j";
	*a++ = threads;
	*a++ = "--links";
	*a++ = links[o->links];
	if (o->weights) {
		*a++ = "-w";
		*a++ = o->weights;
	}
	if (o->layout) {
		*a++ = "--layout";
		*a++ = o->layout;
	}
	if (o->keep)
		*a++ = "--keep";
	*a = NULL;
	return partner_start(&o->p, argv, o->timeout, o->tap);
}

int
main(int argc, char **argv)
{
	struct hallucinate o = { .n = 2, .timeout = 60 };
	const struct cli_opt opts[] = {
		CLI_INT('n', "views", &o.n, 1, VIEWS_MAX, "N", "views"),
		CLI_STR('w', "weights", &o.weights, "FILE", "trained parameters"),
		CLI_STR(0, "unet", &o.unet, "FILE", "the U-Net that paints a "
		    "texture where there is none"),
		CLI_STR('x', "partner", &o.partner, "CMD", "the texture domain"),
		CLI_STR(0, "poses", &o.poses, "FILE", "the pose bank"),
		CLI_STR(0, "layout", &o.layout, "FILE", "table of the weights' "
		    "layout, where it is not atlas24"),
		CLI_ENUM(0, "links", &o.links, LINKS_CHOICES,
		    "which domain may look at the other"),
		CLI_FLAG(0, "keep", &o.keep, "write heat maps, features, flows "
		    "and masks too"),
		CLI_OUT(0, "tap", &o.tap, "FILE", "write all that is exchanged"),
		CLI_DBL(0, "timeout", &o.timeout, 0.01, 86400, "SECONDS",
		    "how long an answer may take"),
		CLI_FLAG('t', "target", &o.target, "step two: the poses target.*"),
		CLI_THREADS(&o.threads),
		CLI_END
	};
	const struct cli_program p = { .name = "hallucinate", .opts = opts,
		.summary = "pictures of a person from other sides" };
	struct sample s;

	cli_begin(&p, &argc, &argv);
	team_begin(o.threads);
	cli_try(model_open(&o.m, o.weights, "small.tar", DUAL_IMAGE), "weights");
	if (!o.layout)
		cli_try(layout_needs_no_table(o.m.layout), "weights");
	if (o.m.r.evidence == EVIDENCE_INPAINT)
		cli_try(charts_open(&o.charts, layout_of(&o), o.m.r.size),
		    "layout");
	o.scale = (struct rescale){ .S = o.m.r.size, .layout = layout_of(&o) };
	if (!o.target)
		cli_try(start_partner(&o), "partner");

	struct stream_in *in = cli_open("-");

	while (cli_next(in, &s)) {
		enum status st = step(&s, &o);

		cli_weights(model_sha256(&o.m));
		if (cli_ok(st, in, &s))
			cli_put(&s);
		graph_reset(o.m.g);
	}
	if (o.p)
		cli_try(partner_end(o.p), "exchange");
	model_close(&o.m);
	bank_close(o.bank);
	charts_close(&o.charts);
	rescale_close(&o.scale);
	painting_close(&o.painting);
	return cli_finish();
}
