/*
 * Training samples by number: every one once in an epoch, files side by side
 * by their shares, the same from the middle as from the front, of few files
 * and of more than are open at a time, with seek tables and without.
 */
#include "train/shards.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"

#define MOST 40

static char dir[] = "/tmp/dualtex-shards.XXXXXX";
static char name[MOST][64];
static const char *path[MOST];
static size_t count[MOST], total;

/* File i with samples "i/k"; a plain tar has no seek table. */
static void
make_file(size_t i, size_t n, int level)
{
	struct arena *a;
	struct stream_out *out;
	struct tensor t;

	snprintf(name[i], sizeof name[i], "%s/%zu", dir, i);
	path[i] = name[i];
	count[i] = n;
	total += n;
	if (arena_new(&a, 1 << 24) != OK ||
	    stream_create(&out, path[i], level) != OK)
		exit(2);
	for (size_t k = 0; k < n; k++) {
		struct sample s;
		char key[32];

		snprintf(key, sizeof key, "%zu/%zu", i, k);
		if (sample_init(&s, a, key) != OK ||
		    sample_make(&t, &s, "texture", DT_F4, TENSOR_DIMS(2)) != OK)
			exit(2);
		((float *)t.data)[0] = (float)i;
		((float *)t.data)[1] = (float)k;
		if (stream_put(out, &s) != OK)
			exit(2);
		sample_clear(&s);
		arena_reset(a);
	}
	if (stream_end(out) != OK)
		exit(2);
	arena_free(a);
}

/* Which file and sample a number is; false after an error. */
static bool
look(struct shards *sh, uint64_t number, size_t *i, size_t *k)
{
	struct sample s;

	return shards_read(sh, number, &s) == OK &&
	    sscanf(s.key, "%zu/%zu", i, k) == 2 &&
	    ((const float *)s.field[0].t.data)[0] == (float)*i &&
	    ((const float *)s.field[0].t.data)[1] == (float)*k;
}

/* The samples of epoch e in their order, as file * 1000 + sample. */
static bool
epoch(struct shards *sh, uint64_t e, size_t *seen)
{
	for (size_t p = 0; p < total; p++) {
		size_t i, k;

		if (!look(sh, e * total + p, &i, &k))
			return false;
		seen[p] = 1000 * i + k;
	}
	return true;
}

static int
sizes(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

static bool
every_one(const size_t *seen)
{
	size_t *sorted = malloc(total * sizeof *sorted), p = 0;
	bool good = true;

	memcpy(sorted, seen, total * sizeof *sorted);
	qsort(sorted, total, sizeof *sorted, sizes);
	for (size_t i = 0; p < total; i++)
		for (size_t k = 0; k < count[i]; k++)
			good &= sorted[p++] == 1000 * i + k;
	free(sorted);
	return good;
}

static void
check(const char *what, size_t n, uint64_t seed)
{
	static const struct stream_limits limits = STREAM_LIMITS;
	size_t *first = malloc(total * sizeof *first);
	size_t *other = malloc(total * sizeof *other);
	struct shards *sh;
	size_t i, k;
	bool same = true;

	if (shards_open(&sh, path, n, seed, &limits) != OK) {
		ok(false, "%s: %s", what, status_detail());
		return;
	}
	ok(shards_total(sh) == total && epoch(sh, 0, first) &&
	    every_one(first), "%s: every sample once", what);
	ok(epoch(sh, 1, other) && every_one(other), "  and in the next epoch");
	ok(epoch(sh, 0, other) && memcmp(first, other, total *
	    sizeof *first) == 0, "  the first again");
	shards_close(sh);
	for (size_t p = 0; p < total; p += 5) {
		if (shards_open(&sh, path, n, seed, &limits) != OK)
			exit(2);
		same &= look(sh, p, &i, &k) && first[p] == 1000 * i + k;
		same &= p + 1 == total || (look(sh, p + 1, &i, &k) &&
		    first[p + 1] == 1000 * i + k);
		shards_close(sh);
	}
	ok(same, "  the same from the middle");
	if (n <= SHARDS_WAYS) {
		double worst = 0;

		for (i = 0; i < n; i++) {
			double had = 0;

			for (size_t p = 0; p < total; p++) {
				had += first[p] / 1000 == i;
				double due = (double)(p + 1) * (double)count[i] /
				    (double)total;

				worst = had - due > worst ? had - due :
				    due - had > worst ? due - had : worst;
			}
		}
		ok(worst <= 1.5, "  side by side # off by %.2f turns", worst);
	}
	free(first);
	free(other);
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 2;
	make_file(0, 7, 3);
	make_file(1, 3, 0);
	make_file(2, 24, 3);
	check("three files", 3, 1);
	for (size_t i = 3; i < MOST; i++)
		make_file(i, 1 + i % 4, i % 3 ? 3 : 0);
	check("forty files", MOST, 2);
	for (size_t i = 0; i < MOST; i++)
		unlink(path[i]);
	rmdir(dir);
	return done();
}
