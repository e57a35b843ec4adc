/*
 * Tests: weights files mapped and read, what is aligned and shared, look-up,
 * and that no cut of a file is taken for a whole one.
 */
#include "weights/weights.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "stream/stream.h"
#include "weights/datafile.h"

static char path[] = "/tmp/weights-unit-XXXXXX";

/* A sample of f4, f2, i8 and JSON fields, to path. */
static bool
make(struct arena *a, int level)
{
	struct sample s;
	struct stream_out *out;
	struct tensor t;
	bool good = sample_init(&s, a, "tiny") == OK;

	good = good && sample_make(&t, &s, "e_s.enc0.weight", DT_F4,
	    TENSOR_DIMS(3, 5)) == OK;
	for (size_t i = 0; good && i < 15; i++)
		((float *)t.data)[i] = (float)i / 3;
	good = good && sample_make(&t, &s, "e_s.enc0.bias", DT_F2,
	    TENSOR_DIMS(3)) == OK;
	for (size_t i = 0; good && i < 3; i++)
		((uint16_t *)t.data)[i] = float_to_half((float)i - 1);
	good = good && sample_make(&t, &s, "step", DT_I8, 0, NULL) == OK;
	if (good)
		*(int64_t *)t.data = (int64_t)1 << 40;
	good = good && sample_put_json(&s, "log", "[1]", 3) == OK;
	good = good && json_object_set_new(s.manifest, "weights",
	    json_pack("{ss}", "preset", "tiny")) == 0;
	good = good && stream_create(&out, path, level) == OK;
	good = good && stream_put(out, &s) == OK && stream_end(out) == OK;
	sample_clear(&s);
	return good;
}

static void
check(const char *how)
{
	struct weights *w;
	const struct tensor *t;
	bool good = true;

	if (!ok(weights_open(&w, path, WEIGHTS_F4) == OK, "%s: open", how))
		return;
	ok(weights_count(w) == 3 && !strcmp(weights_key(w), "tiny") &&
	    !strcmp(weights_at(w, 0)->name, "e_s.enc0.weight"), "%s: list", how);
	ok(weights_want(&t, w, "e_s.enc0.weight", TENSOR_DIMS(3, 0)) == OK &&
	    (uintptr_t)t->data % 64 == 0, "%s: found and aligned", how);
	for (int i = 0; t && i < 15; i++)
		good &= ((const float *)t->data)[i] == (float)i / 3;
	ok(good, "%s: values", how);
	ok(weights_want(&t, w, "e_s.enc0.bias", TENSOR_DIMS(3)) == OK &&
	    ((const float *)t->data)[0] == -1 && (uintptr_t)t->data % 64 == 0,
	    "%s: f2 is widened", how);
	ok((t = weights_find(w, "step")) != NULL && t->dtype == DT_I8 &&
	    *(const int64_t *)t->data == (int64_t)1 << 40,
	    "%s: i8 stays", how);
	ok(!weights_find(w, "log") && !weights_find(w, "e_s.enc0"),
	    "%s: JSON and half a name are no parameters", how);
	ok(weights_want(&t, w, "e_s.enc0.weight", TENSOR_DIMS(3, 6)) ==
	    E_SHAPE, "%s: %s", how, status_detail());
	ok(weights_want(&t, w, "e_s.enc1.weight", TENSOR_DIMS(3, 6)) ==
	    E_SHAPE, "%s: %s", how, status_detail());
	ok(!strcmp(json_string_value(json_object_get(weights_about(w),
	    "preset")), "tiny"), "%s: manifest", how);
	weights_close(w);
	if (ok(weights_open(&w, path, WEIGHTS_AS_STORED) == OK, "%s: again", how))
		ok(weights_find(w, "e_s.enc0.bias")->dtype == DT_F2,
		    "%s: f2 as stored", how);
	weights_close(w);
}

/* Every file that is shorter by some bytes must be refused. */
static int
accepted_cuts(size_t *cuts)
{
	char buf[65536];
	int fd = open(path, O_RDWR), accepted = 0;
	ssize_t n = read(fd, buf, sizeof buf);

	*cuts = 0;
	for (ssize_t k = n - 1; k >= 0; k -= k > n - 700 ? 1 : 37) {
		struct weights *w;

		if (ftruncate(fd, k) != 0)
			break;
		++*cuts;
		if (weights_open(&w, path, WEIGHTS_F4) == OK) {
			accepted++;
			weights_close(w);
		}
	}
	close(fd);
	return accepted;
}

int
main(void)
{
	struct arena *a;
	char file[4096], hex[WEIGHTS_SHA_MAX];
	struct weights *w;
	int fd = mkstemp(path);
	size_t cuts;

	if (!ok(fd >= 0 && arena_new(&a, (size_t)1 << 20) == OK, "set up"))
		return done();
	for (int level = 0; level < 2; level++) {
		const char *how = level ? "zstd" : "tar";

		ok(make(a, level), "%s: written", how);
		check(how);
		int bad = accepted_cuts(&cuts);

		ok(bad == 0 && cuts > 100, "%s: %d of %zu cuts accepted", how,
		    bad, cuts);
		arena_reset(a);
	}
	ok(ftruncate(fd, 0) == 0 && weights_open(&w, path, WEIGHTS_F4) ==
	    E_TRUNC, "empty: %s", status_detail());
	digest_sha256(hex, "abc", 3);	/* FIPS 180-2, appendix B.1 */
	ok(!strcmp(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff"
	    "61f20015ad"), "SHA-256 of abc");
	ok(datafile_find(file, sizeof file, "nobody.has.this") == E_IO &&
	    strstr(status_detail(), "share/dualtex nor in "), "%s",
	    status_detail());
	close(fd);
	unlink(path);
	arena_free(a);
	return done();
}
