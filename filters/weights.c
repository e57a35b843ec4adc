/* Lists, makes, compares, checks, imports and exports network weights. */
#include <limits.h>
#include <stdio.h>

#include "cli/command.h"
#include "foreign/netgraph.h"
#include "model/blueprint.h"
#include "model/recipefile.h"
#include "tensor/stats.h"
#include "weights/datafile.h"
#include "weights/import.h"
#include "weights_files.h"

enum { NET_DUAL, NET_UNET };

static struct {
	double abs, rel;
	struct files_import import;
	int depth, net, views, seed;
	const char *preset, *recipe, *layout, *from;
	struct cli_list set;
	/* Held here, so that valgrind finds them when the program dies. */
	struct weights *opened;
	json_t *made;
} o = { .import.prefix = "", .views = 2, .seed = 1, .preset = "small",
	.recipe = "anchored", .layout = "atlas24" };

/* ---- our networks ---- */

/* The recipe of the weights to begin with, and their layout. */
static void
begin_from(void)
{
	static char found[4096];
	char sha[WEIGHTS_SHA_MAX];

	o.from = datafile_or(found, sizeof found, o.from);
	cli_try(weights_open(&o.opened, o.from, WEIGHTS_F4), o.from);
	weights_sha256(o.opened, sha);
	cli_weights(sha);

	const json_t *about = weights_about(o.opened);
	const char *layout = json_string_value(json_object_get(about, "layout"));

	cli_try(recipe_renew(&o.made, json_object_get(about, "recipe")), o.from);
	if (layout)
		o.layout = layout;
}

static void
make_recipe(void)
{
	if (o.from)
		begin_from();
	else
		cli_try(recipe_of_preset(&o.made, o.net == NET_UNET, o.recipe,
		    o.preset), o.net == NET_UNET ? "--preset" : "--recipe");
	for (size_t i = 0; i < o.set.n; i++)
		if (recipe_set(o.made, o.set.item[i]) != OK)
			cli_die("--set %s: %s", o.set.item[i], status_detail());
}

static void
run_init(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	struct blueprint b;
	struct sample s;

	make_recipe();
	cli_try(blueprint_read(&b, o.made, true, 1), "init");
	cli_make(&s, o.import.key ? o.import.key : o.preset);
	cli_try(blueprint_init(&s, &b, o.layout, (uint64_t)o.seed,
	    o.opened), "init");
	cli_put(&s);
	blueprint_free(&b);
	weights_close(o.opened);
	json_decref(o.made);
}

static struct weights *
open_weights(int argc, char **argv)
{
	if (argc != 1)
		cli_die("%d files, want 1", argc);
	cli_try(weights_open(&o.opened, argv[0], WEIGHTS_F4), argv[0]);
	return o.opened;
}

static void
tell(const char *path, const char *problem)
{
	printf("%s: %s\n", path, problem);
}

static void
print_totals(const struct blueprint *b)
{
	double macs = 0;

	printf("network\tparameters\tGMAC\n");
	for (size_t i = 0; i < b->tally.n; i++) {
		char prefix[32];

		snprintf(prefix, sizeof prefix, "%s.", b->tally.row[i].net);
		printf("%s\t%zu\t%.2f\n", b->tally.row[i].net,
		    params_total(b->ps, prefix), b->tally.row[i].macs * 1e-9);
		macs += b->tally.row[i].macs;
	}
	printf("total\t%zu\t%.2f\n", params_total(b->ps, ""), macs * 1e-9);
}

/* A network by its graph: that all shapes fit is proved when it is opened. */
static void
check_graph(const struct weights *w, const char *path)
{
	struct netgraph *g;
	size_t values = 0;

	cli_try(netgraph_open(&g, w), path);
	for (size_t i = 0; i < weights_count(w); i++) {
		const struct field *f = weights_at(w, i);

		values += tensor_len(&f->t);
		if (tensor_not_finite(&f->t) > 0) {
			printf("%s: %s: not finite\n", path, f->name);
			cli_no();
		}
	}
	printf("network\tparameters\tGMAC\n%s\t%zu\t%.2f\n",
	    weights_key(w), values, netgraph_macs(g) * 1e-9);
	netgraph_close(g);
}

static void
run_check(int argc, char **argv)
{
	struct weights *w = open_weights(argc, argv);
	struct blueprint b;

	if (json_object_get(weights_about(w), "graph")) {
		check_graph(w, argv[0]);
		weights_close(w);
		return;
	}

	cli_try(blueprint_of(&b, w, (size_t)o.views), argv[0]);
	if (blueprint_check(&b, w, tell, argv[0]) > 0)
		cli_no();
	print_totals(&b);
	blueprint_free(&b);
	weights_close(w);
}

static void
run_fold(int argc, char **argv)
{
	struct weights *w = open_weights(argc, argv);
	struct sample s;

	cli_make(&s, weights_key(w));
	cli_try(blueprint_fold(&s, w), argv[0]);
	cli_put(&s);
	weights_close(w);
}

/* ---- files ---- */

static void
run_ls(int argc, char **argv)
{
	files_ls(argc, argv, o.depth);
}

static void
run_diff(int argc, char **argv)
{
	files_diff(argc, argv, o.abs, o.rel);
}

static void
run_import(int argc, char **argv)
{
	files_import(argc, argv, &o.import);
}

static void
run_export(int argc, char **argv)
{
	files_export(argc, argv);
}

static void
run_half(int argc, char **argv)
{
	files_half(argc, argv);
}

int
main(int argc, char **argv)
{
	const struct cli_opt init[] = {
		CLI_ENUM(0, "net", &o.net, "dual|unet",
		    "init: the dual-domain model, or inpaint's U-Net"),
		CLI_STR(0, "preset", &o.preset, "base|small|tiny",
		    "init: the sizes"),
		CLI_STR(0, "recipe", &o.recipe, "paper|anchored",
		    "init: the choices"),
		CLI_LIST(0, "set", &o.set, "FIELD=VALUE",
		    "init: another value of a field of the recipe"),
		CLI_STR(0, "from", &o.from, "FILE",
		    "init: weights to begin with, in place of --recipe"),
		CLI_STR(0, "layout", &o.layout, "NAME",
		    "init: the texture layout"),
		CLI_INT(0, "seed", &o.seed, 0, INT_MAX, "N",
		    "init: of the random numbers"),
		CLI_STR(0, "key", &o.import.key, "KEY",
		    "init, import: the sample's key"),
		CLI_END
	}, check[] = {
		CLI_INT('n', "views", &o.views, 1, 64, "N",
		    "check: views for which to count multiply-adds"),
		CLI_END
	}, ls[] = {
		CLI_INT('d', "depth", &o.depth, 0, 16, "N",
		    "ls: only sums, by the first N parts of the names"),
		CLI_END
	}, diff[] = {
		CLI_DBL('a', "abs", &o.abs, 0, 1e30, "X",
		    "diff: absolute difference that is allowed"),
		CLI_DBL('r', "rel", &o.rel, 0, 1e30, "X",
		    "diff: relative difference that is allowed"),
		CLI_END
	}, import[] = {
		CLI_LIST(0, "as", &o.import.as, "NET",
		    "import: the published network that the file holds"),
		CLI_STR(0, "prefix", &o.import.prefix, "PREFIX",
		    "import: take names that begin so, without it"),
		CLI_ENUM(0, "input", &o.import.input, IMPORT_INPUT_NAMES,
		    "import: whose a VGG in torchvision's names is"),
		CLI_FLAG(0, "partial", &o.import.partial,
		    "import: arrays of the network may be missing"),
		CLI_STR(0, "key", &o.import.key, "KEY",
		    "init, import: the sample's key"),
		CLI_STR(0, "licence", &o.import.licence, "TEXT",
		    "import: what the files' licence allows"),
		CLI_END
	};
	const struct cli_command commands[] = {
		{ "init", "make weights to begin training with", NULL,
		    run_init, init, true },
		{ "check", "prove names, shapes and values; count", "FILE",
		    run_check, check, false },
		{ "fold", "fold the constant of G_T with its encoder", "FILE",
		    run_fold, NULL, true },
		{ "half", "store the values as f2", "FILE", run_half, NULL,
		    true },
		{ "ls", "list the arrays of files", "FILE ...", run_ls, ls,
		    false },
		{ "diff", "compare two files", "FILE FILE", run_diff, diff,
		    false },
		{ "import", "make weights of files of other programs",
		    "FILE ...", run_import, import, true },
		{ "export", "make a file for other programs",
		    "FILE FILE.npz|FILE.safetensors", run_export, NULL, false },
	};
	const struct cli_program p = {
		.name = "weights", .summary = "list, make, compare, check, "
		    "import and export network weights",
		.operands = "init|ls|check|fold|half|diff|import|export ...",
	};

	cli_commands(&p, commands, sizeof commands / sizeof *commands, argc,
	    argv);
}
