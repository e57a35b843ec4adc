/*
 * The commands of weights(1) that know no network of ours: files of named
 * arrays are listed, compared, imported, exported. Like everything in cli/
 * they print, and die on an error; argv[0..argc) are the operands.
 */
#ifndef CLI_ARRAYFILE_H
#define CLI_ARRAYFILE_H

#include "cli/cli.h"

/* depth > 0: only sums, for each first `depth` parts of the names. */
void arrayfile_ls(int argc, char **argv, int depth);

/* Prints what differs, judged as tensor_diff does; cli_no() if anything. */
void arrayfile_diff(int argc, char **argv, double abs, double rel);

struct arrayfile_import {
	struct cli_list as;		/* published networks, one per file */
	const char *prefix;		/* of names; "" takes all */
	bool partial;
	const char *key, *licence;	/* or NULL */
};

/* Puts one sample on stdout. */
void arrayfile_import(int argc, char **argv,
    const struct arrayfile_import *o);

void arrayfile_export(int argc, char **argv);

/* Puts the weights on stdout with f4 arrays as f2; dies where one overflows. */
void arrayfile_half(int argc, char **argv);

#endif
