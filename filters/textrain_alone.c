/* textrain where it is built without MPI: alone, and says so to mpirun(1). */
#include "textrain.h"

#include <stdlib.h>

#include "cli/cli.h"

static bool several;

static long
number(const char *name)
{
	const char *s = getenv(name);

	return s ? strtol(s, NULL, 10) : 0;
}

struct ranks *
launch(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	several = number("OMPI_COMM_WORLD_SIZE") > 1 || number("PMI_SIZE") > 1;
	cli_one_of(several && (number("OMPI_COMM_WORLD_RANK") > 0 ||
	    number("PMI_RANK") > 0), NULL);
	return &ranks_alone;
}

void
launch_watch(int seconds)
{
	(void)seconds;
	if (several)
		cli_die("started as one of several ranks, but built without "
		    "MPI: see make MPI=1");
}

void
launch_end(void)
{
}
