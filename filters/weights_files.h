/*
 * The commands of weights(1) that know no network of ours: files of named
 * arrays are listed, compared, imported, exported. They print, and die on an
 * error; argv[0..argc) are the operands.
 */
#ifndef WEIGHTS_FILES_H
#define WEIGHTS_FILES_H

#include "cli/cli.h"

/* depth > 0: only sums, for each first `depth` parts of the names. */
void files_ls(int argc, char **argv, int depth);

/* Prints what differs, judged as tensor_diff does; cli_no() if anything. */
void files_diff(int argc, char **argv, double abs, double rel);

struct files_import {
	struct cli_list as;		/* published networks, one per file */
	const char *prefix;		/* of names; "" takes all */
	bool partial;
	int input;			/* enum import_input */
	const char *key, *licence;	/* or NULL */
};

/* Puts one sample on stdout. */
void files_import(int argc, char **argv,
    const struct files_import *o);

void files_export(int argc, char **argv);

/* Puts the weights on stdout with f4 arrays as f2; dies where one overflows. */
void files_half(int argc, char **argv);

#endif
