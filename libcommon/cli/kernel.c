#include "cli/kernel.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

#define ENV "DUALTEX_KERNEL"

#ifndef KERNEL

const char *
kernel_name(void)
{
	return NULL;
}

void
kernel_choose(char **argv)
{
	const char *want = getenv(ENV);

	(void)argv;
	if (want && *want)
		cli_die(ENV ": %s: want none, this was built for one kind of "
		    "processor alone; make SHARED=1 builds for several", want);
}

#else

/*
 * What the loader and the C library are told not to use. The loader then takes
 * our library of that kind, and exp() and others their variant without
 * fused multiply and add, which has other last bits, as they do on a processor
 * of that kind.
 */
static const struct {
	const char *name, *without;
} kernels[] = {
	{ "x86-64-v2", "-AVX,-AVX2,-FMA,-FMA4" },
	{ "x86-64-v3", "-AVX512F" },
	{ "x86-64-v4", "" },
};

#define KERNELS (sizeof kernels / sizeof *kernels)
#define TUNABLES "GLIBC_TUNABLES"
#define HWCAPS "glibc.cpu.hwcaps="

const char *
kernel_name(void)
{
	return KERNEL;
}

static bool
runs_here(size_t k)
{
	__builtin_cpu_init();
	switch (k) {
	case 1:
		return __builtin_cpu_supports("x86-64-v3");
	case 2:
		return __builtin_cpu_supports("x86-64-v4");
	default:	/* or the loader would not have started us */
		return true;
	}
}

/* The user's tunables, with ours in the place of theirs of that name. */
static void
tunables(char *out, size_t n, const char *have, const char *without)
{
	size_t len = 0;

	out[0] = '\0';
	while (*have) {
		size_t item = strcspn(have, ":");

		if (strncmp(have, HWCAPS, strlen(HWCAPS)) != 0 && item > 0 &&
		    len < n)
			len += (size_t)snprintf(out + len, n - len, "%s%.*s",
			    len ? ":" : "", (int)item, have);
		have += item + (have[item] == ':');
	}
	if (*without && len < n)
		len += (size_t)snprintf(out + len, n - len, "%s%s%s",
		    len ? ":" : "", HWCAPS, without);
	if (len >= n)
		cli_die(TUNABLES ": longer than %zu bytes", n - 1);
}

void
kernel_choose(char **argv)
{
	const char *want = getenv(ENV), *have = getenv(TUNABLES);
	char set[1024], self[4096];
	size_t k = 0;

	if (!want || !*want)
		return;
	while (k < KERNELS && strcmp(kernels[k].name, want) != 0)
		k++;
	if (k == KERNELS)
		cli_die(ENV ": %s: want x86-64-v2, x86-64-v3 or x86-64-v4", want);
	if (!runs_here(k))
		cli_die(ENV ": %s: this processor cannot run it", want);
	have = have ? have : "";
	tunables(set, sizeof set, have, kernels[k].without);
	if (strcmp(set, have) != 0) {
		ssize_t n = readlink("/proc/self/exe", self, sizeof self);

		if (n < 0 || (size_t)n >= sizeof self)
			cli_die("/proc/self/exe: cannot read: %s",
			    strerror(n < 0 ? errno : ENAMETOOLONG));
		self[n] = '\0';
		if (setenv(TUNABLES, set, 1) == 0)
			execv(self, argv);
		cli_die("%s: cannot start again: %s", self, strerror(errno));
	}
	if (strcmp(want, KERNEL) != 0)
		cli_die(ENV ": %s: the loader took the library for %s: is the "
		    "other one missing?", want, KERNEL);
}

#endif
