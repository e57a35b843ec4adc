/* Lists, makes, compares, checks, imports and exports network weights. */
#include <stdlib.h>
#include <string.h>

#include "cli/arrayfile.h"
#include "cli/cli.h"

static struct {
	bool totals;
	double abs, rel;
	struct arrayfile_import import;
} o = { .import.prefix = "" };

static void
run_ls(int argc, char **argv)
{
	arrayfile_ls(argc, argv, o.totals);
}

static void
run_diff(int argc, char **argv)
{
	arrayfile_diff(argc, argv, o.abs, o.rel);
}

static void
run_import(int argc, char **argv)
{
	arrayfile_import(argc, argv, &o.import);
}

static void
run_export(int argc, char **argv)
{
	arrayfile_export(argc, argv);
}

struct command {
	const char *name, *summary, *operands;
	void (*run)(int argc, char **argv);
	const struct cli_opt *opts;
	bool out;		/* writes a stream */
};

static void
run(const struct command *c, int argc, char **argv)
{
	char name[32] = "weights ";
	const struct cli_program p = {
		.name = strcat(name, c->name), .summary = c->summary,
		.operands = c->operands, .opts = c->opts, .no_in = true,
		.no_out = !c->out,
	};

	cli_begin(&p, &argc, &argv);
	c->run(argc, argv);
	exit(cli_finish());
}

/* No command: -h shows all of them with their options. */
static noreturn void
run_none(const struct command *c, size_t n, int argc, char **argv)
{
	struct cli_opt all[32];
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		for (const struct cli_opt *q = c[i].opts;
		    q && q->kind != CLI_K_END; q++)
			all[k++] = *q;
	all[k] = (struct cli_opt)CLI_END;
	const struct cli_program p = {
		.name = "weights", .opts = all, .no_in = true, .no_out = true,
		.summary = "list, make, compare, check, import and export "
		    "network weights",
		.operands = "ls|diff|import|export ...",
	};

	cli_begin(&p, &argc, &argv);
	if (argc > 0)
		cli_die("no command \"%s\": want %s", argv[0], p.operands);
	cli_die("no command: want %s", p.operands);
}

int
main(int argc, char **argv)
{
	const struct cli_opt ls[] = {
		CLI_FLAG(0, "totals", &o.totals,
		    "ls: only the sums, for each network"),
		CLI_END
	}, diff[] = {
		CLI_DBL(0, "abs", &o.abs, 0, 1e30, "X",
		    "diff: absolute difference that is tolerated"),
		CLI_DBL(0, "rel", &o.rel, 0, 1e30, "X",
		    "diff: relative difference that is tolerated"),
		CLI_END
	}, import[] = {
		CLI_LIST(0, "as", &o.import.as, "NET",
		    "import: the published network that the file holds"),
		CLI_STR(0, "prefix", &o.import.prefix, "PREFIX",
		    "import: take names that begin so, without it"),
		CLI_FLAG(0, "partial", &o.import.partial,
		    "import: arrays of the network may be missing"),
		CLI_STR(0, "key", &o.import.key, "KEY",
		    "import: the sample's key"),
		CLI_STR(0, "licence", &o.import.licence, "TEXT",
		    "import: what the files' licence allows"),
		CLI_END
	};
	const struct command commands[] = {
		{ "ls", "list the arrays of files", "FILE ...", run_ls, ls,
		    false },
		{ "diff", "compare two files", "FILE FILE", run_diff, diff,
		    false },
		{ "import", "make weights of files of other programs",
		    "FILE ...", run_import, import, true },
		{ "export", "make a file for other programs",
		    "FILE FILE.npz|FILE.safetensors", run_export, NULL, false },
	};
	const size_t n = sizeof commands / sizeof *commands;

	for (size_t i = 0; i < n; i++)
		if (argc > 1 && strcmp(argv[1], commands[i].name) == 0)
			run(&commands[i], argc - 1, argv + 1);
	run_none(commands, n, argc, argv);
}
