/* Any bytes as an archive of photos; all files are read, none decoded. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dataset/dataset.h"

int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n);

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	char path[64];
	struct dataset *d;
	struct dataset_item it;
	int fd = memfd_create("archive", MFD_CLOEXEC);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || dataset_new(&d) != OK)
		__builtin_trap();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (dataset_add(d, path) == OK && dataset_check(d) == OK)
		while (dataset_next(d, &it) == OK)
			for (int r = 0; r < DATASET_ROLES; r++)
				if (it.data[r] && ((char *)it.data[r])[it.size[r]])
					__builtin_trap();
	dataset_free(d);
	close(fd);
	return 0;
}
