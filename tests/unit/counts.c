/*
 * Parameters and multiply-adds of the base preset against the figures of the
 * networks it is built from: GFLA's paper reports 14.04 M parameters, its code
 * run once gave the table below.
 */
#include <math.h>
#include <string.h>

#include "../tap.h"
#include "nets/dual.h"
#include "nets/unet.h"

static double
gmac(const struct tally *t, const char *net)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->row[i].net, net) == 0)
			return t->row[i].macs / 1e9;
	return 0;
}

static double
million(const struct params *ps, const char *prefix)
{
	return (double)params_total(ps, prefix) / 1e6;
}

static void
near(const char *what, double got, double want, double tol)
{
	ok(fabs(got - want) <= tol, "%s: %.4f, want %.4f", what, got, want);
}

static double
all(const struct tally *t)
{
	double sum = 0;

	for (size_t i = 0; i < t->n; i++)
		sum += t->row[i].macs / 1e9;
	return sum - gmac(t, "d");
}

static void
paper_base(void)
{
	struct recipe r;
	struct params *ps;
	struct tally t, u;

	if (!ok(recipe_preset(&r, "paper", "base") == OK &&
	    params_new(&ps) == OK &&
	    dual_params(ps, &r, DUAL_ALL, 1, &t) == OK,
	    "paper, base: dry run %s", status_detail()))
		return;
	near("E_s, M parameters", million(ps, "e_s."), 1.435, 5e-4);
	near("G_I with one attention set", million(ps, "g_i.") -
	    million(ps, "g_i.ti"), 6.004, 5e-4);
	near("one attention set", million(ps, "g_i.ti"), 1.414, 5e-4);
	near("F_st", million(ps, "f_st."), 6.608, 5e-4);
	near("GFLA in all", million(ps, "e_s.") + million(ps, "g_i.") -
	    million(ps, "g_i.ti") + million(ps, "f_st."), 14.047, 5e-4);
	near("D", million(ps, "d."), 0.665, 5e-4);
	/* 18 for 39 input channels of 4x4 to 32; 384 to 128 of 3x3. */
	near("F_TI against F_st", million(ps, "f_ti.") - million(ps, "f_st."),
	    (-21 * (16 * 32 + 2) + 128 * (384 * 9 + 1)) / 1e6, 1e-9);
	near("F_IT against F_st", million(ps, "f_it.") - million(ps, "f_st."),
	    (128 * 9 + 1 + 64 * 9 + 1) / 1e6, 1e-9);
	/* The constant, and two merges of four views. */
	near("G_T against GFLA's generator", million(ps, "g_t.") - 6.004425,
	    (18 * 256 * 256 + 256 * (4 * 256 + 1) + 128 * (4 * 128 + 1)) /
	    1e6, 1e-6);
	near("E_s, GMAC", gmac(&t, "e_s"), 2.94, 5e-3);
	near("G_I less an attention set", gmac(&t, "g_i") - 4.11, 15.27, 1e-2);
	near("F_st, GMAC", gmac(&t, "f_st"), 2.39, 5e-3);
	near("D, GMAC", gmac(&t, "d"), 1.14, 5e-3);
	/* A view more costs the same again, and nothing of E_s or G_T's body. */
	if (ok(dual_params(ps, &r, DUAL_ALL, 3, &u) == OK, "n = 3")) {
		near("a view more", (all(&u) - all(&t)) / 2, gmac(&t, "f_st") +
		    gmac(&t, "g_i") + gmac(&t, "f_ti") + gmac(&t, "f_it") +
		    4.11, 1e-2);
		near("E_s for any n", gmac(&u, "e_s"), gmac(&t, "e_s"), 0);
	}
	params_free(ps);
}

/* Every recipe and preset lists the same parameters twice over. */
static void
lists(const char *name, const char *preset, enum recipe_evidence e)
{
	struct recipe r;
	struct params *ps;

	if (recipe_preset(&r, name, preset) != OK || params_new(&ps) != OK)
		return;
	r.evidence = e;
	enum status s = dual_params(ps, &r, DUAL_ALL, 2, NULL);
	size_t n = params_count(ps), total = params_total(ps, "");

	ok(s == OK && dual_params(ps, &r, DUAL_ALL, 4, NULL) == OK &&
	    params_count(ps) == n, "%s %s, evidence %d: %zu parameters, %zu "
	    "values %s", name, preset, (int)e, n, total,
	    s == OK ? "" : status_detail());
	params_free(ps);
}

int
main(void)
{
	struct unet_recipe u;
	struct params *ps;

	paper_base();
	for (enum recipe_evidence e = 0; e <= EVIDENCE_INPAINT; e++)
		for (int i = 0; i < 6; i++)
			lists(i % 2 ? "paper" : "anchored", (const char *[]){
			    "base", "small", "tiny" }[i / 2], e);
	/* The prototype's U-Net has 0.69 M parameters at 64x64. */
	u = (struct unet_recipe){ .size = 64, .width = 24, .halvings = 3,
	    .constant = 8 };
	if (ok(params_new(&ps) == OK && unet_params(ps, &u, NULL) == OK,
	    "U-Net")) {
		near("U-Net, M parameters", million(ps, ""), 0.69, 5e-3);
		params_free(ps);
	}
	return done();
}
