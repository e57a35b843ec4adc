/*
 * The weights files that `weights import` makes of published networks, and
 * from which the learned measures take theirs. Several files act as one: a
 * parameter is taken from the first that has it.
 */
#ifndef METRICS_NETFILE_H
#define METRICS_NETFILE_H

#include "weights/weights.h"

#define NETFILE_MAX 8

struct netfiles {
	struct weights *w[NETFILE_MAX];
	const char *path[NETFILE_MAX];	/* borrowed */
	size_t n;
};

MUST_CHECK enum status netfiles_add(struct netfiles *f, const char *path);
void netfiles_close(struct netfiles *f);

/* A parameter of any of them, or NULL; f is a struct netfiles. */
const struct tensor *netfiles_find(void *f, const char *name);

/*
 * What the network `net` wants, (x - mean) / std of RGB x in [0,1]: as the
 * manifest of the file with its parameter `name` says, else E_FORMAT.
 */
MUST_CHECK enum status netfiles_input(double mean[3], double std[3],
    const struct netfiles *f, const char *net, const char *name);

#endif
