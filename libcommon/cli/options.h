/*
 * Inside of cli/: the program's option table and the common one, parsed
 * with getopt_long and printed by -h.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"

/* What the common options say. */
struct options {
	bool verbose, keep, progress;
	int level;
	struct cli_list drop, only;
	struct stream_limits limits;
	json_t *history;	/* object: options given that change a result */
};

/* Fills o and the program's variables; operands are left in argv[0..argc). */
void options_parse(struct options *o, const struct cli_program *p, int *argc,
    char ***argv);

#endif
