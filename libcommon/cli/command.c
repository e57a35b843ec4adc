#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static noreturn void
run(const struct cli_program *all, const struct cli_command *c, int argc,
    char **argv)
{
	char name[64];
	const struct cli_program p = {
		.name = name, .summary = c->summary, .operands = c->operands,
		.opts = c->opts, .no_in = true, .no_out = !c->out,
	};

	snprintf(name, sizeof name, "%s %s", all->name, c->name);
	cli_begin(&p, &argc, &argv);
	c->run(argc, argv);
	exit(cli_finish());
}

static bool
known(const struct cli_opt *all, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].name, name) == 0)
			return true;
	return false;
}

/* No command: -h shows all of them with their options. */
static noreturn void
run_none(struct cli_program p, const struct cli_command *c, size_t n, int argc,
    char **argv)
{
	struct cli_opt all[32];
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		for (const struct cli_opt *q = c[i].opts;
		    q && q->kind != CLI_K_END; q++)
			if (!known(all, k, q->name))
				all[k++] = *q;
	all[k] = (struct cli_opt)CLI_END;
	p.opts = all;
	p.no_in = p.no_out = true;
	cli_begin(&p, &argc, &argv);
	if (argc > 0)
		cli_die("no command \"%s\": want %s", argv[0], p.operands);
	cli_die("no command: want %s", p.operands);
}

void
cli_commands(const struct cli_program *p, const struct cli_command *c, size_t n,
    int argc, char **argv)
{
	for (size_t i = 0; i < n; i++)
		if (argc > 1 && strcmp(argv[1], c[i].name) == 0)
			run(p, &c[i], argc - 1, argv + 1);
	run_none(*p, c, n, argc, argv);
}
