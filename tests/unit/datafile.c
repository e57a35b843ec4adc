/*
 * Tests: files that come with the suite are found from a program beside
 * them. This program, copied to where a program would be, answers for it.
 */
#include "weights/datafile.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"

static char root[] = "/tmp/datafile-unit-XXXXXX";

/* What the copy of this program, self, at root/program finds. */
static const char *
found_by(const char *program, const char *self, const char *name)
{
	static char answer[4096];
	char command[8192];

	snprintf(command, sizeof command, "p='%s/%s'; mkdir -p \"${p%%/*}\" && "
	    "cp '%s' \"$p\" && \"$p\" %s", root, program, self, name);
	FILE *f = popen(command, "r");

	if (!f || !fgets(answer, sizeof answer, f))
		*answer = '\0';
	if (f)
		pclose(f);
	answer[strcspn(answer, "\n")] = '\0';
	/* Below root, so that the test knows it. */
	return strncmp(answer, root, strlen(root)) == 0 ?
	    answer + strlen(root) : answer;
}

int
main(int argc, char **argv)
{
	char path[4096], command[4096];
	const char *got;

	if (argc > 1) {
		puts(datafile_find(path, sizeof path, argv[1]) == OK ? path :
		    status_detail());
		return 0;
	}
	if (!ok(mkdtemp(root) != NULL, "a folder"))
		return done();
	snprintf(command, sizeof command, "cd %s && mkdir -p share/dualtex && "
	    "touch share/dualtex/a", root);
	ok(system(command) == 0, "a file");
	got = found_by("bin/prog", argv[0], "a");
	ok(!strcmp(got, "/share/dualtex/a"), "beside the program: %s", got);
	got = found_by("bin/prog", argv[0], "b");
	ok(strstr(got, "b is neither in ") && strstr(got, "/share/dualtex nor"),
	    "missing: %s", got);
	snprintf(command, sizeof command, "rm -rf %s", root);
	ok(system(command) == 0, "cleaned up");
	return done();
}
