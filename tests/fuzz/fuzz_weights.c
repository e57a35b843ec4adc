/* libFuzzer entry: any bytes as a file of weights, mapped. */
#include "weights/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile unsigned sink;	/* reads may not be left out */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct weights *w;
	char path[32];
	int fd = memfd_create("weights", 0);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (weights_open(&w, path, WEIGHTS_F4) == OK) {
		for (size_t i = 0; i < weights_count(w); i++) {
			const struct tensor *t = &weights_at(w, i)->t;
			const uint8_t *p = t->data;

			for (size_t k = tensor_bytes(t); k-- > 0;)
				sink += p[k];
		}
		weights_close(w);
	}
	close(fd);
	return 0;
}
