/*
 * A program of several commands, each with options, operands and a summary of
 * its own: `weights init ...`. Called without one, -h shows all.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/cli.h"

struct cli_command {
	const char *name, *summary, *operands;
	void (*run)(int argc, char **argv);	/* the operands */
	const struct cli_opt *opts;		/* or NULL */
	bool out;				/* writes a stream */
};

/*
 * Runs the command that argv[1] names, of n; p: the program, whose options are
 * those of all its commands, at most 31 of different names. Reads no stream by
 * itself. Ends the program.
 */
noreturn void cli_commands(const struct cli_program *p,
    const struct cli_command *c, size_t n, int argc, char **argv);

#endif
