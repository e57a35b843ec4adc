/*
 * A set of named parameters in memory. A weights file is a stream (see
 * weights.5) of one sample: field names are parameter names such as
 * `g_i.dec3.res.conv1.weight`, arrays are f4 or f2, kernels are OIHW, and the
 * manifest carries "weights": { preset, recipe, layout, ... } next to
 * history and licence.
 *
 * A plain tar is mapped and its f4 arrays are used in place, so that a
 * program starts at once and several programs share the pages. A compressed
 * one is read into memory. Nothing here knows any network.
 *
 * Writers need nothing of this module: they fill a struct sample, set
 * manifest "weights" and use stream_create, stream_put, stream_end (or
 * cli_put). With level 0 the file can be mapped.
 */
#ifndef WEIGHTS_WEIGHTS_H
#define WEIGHTS_WEIGHTS_H

#include "stream/sample.h"
#include "weights/digest.h"

enum weights_mode {
	WEIGHTS_F4,		/* f2 arrays are widened to f4; others stay */
	WEIGHTS_AS_STORED	/* for tools that list, compare, convert */
};

struct weights;

/*
 * Opens a regular file. Read-only from then on, so threads may share it.
 * Every f4 array starts at a multiple of 64 bytes. Errors: E_IO, E_FORMAT
 * (not a stream; more than one sample; a name twice), E_TRUNC, E_SUM,
 * E_LIMIT, E_NOMEM; details do not repeat the path. Freed by weights_close.
 */
MUST_CHECK enum status weights_open(struct weights **w, const char *path,
    enum weights_mode mode);
void weights_close(struct weights *w);

/* The parameter, or NULL. Its data may be a read-only mapping: never write. */
const struct tensor *weights_find(const struct weights *w, const char *name);

/*
 * The parameter, which must be f4 with this shape; a dim of 0 matches any.
 * E_SHAPE: `parameter g_i.x: f4 (64,3,3,3), want f4 (32,3,3,3)`, or `...:
 * missing`.
 */
MUST_CHECK enum status weights_want(const struct tensor **t,
    const struct weights *w, const char *name, int rank, const size_t *dim);

/* All arrays in file order, 0 <= i < weights_count(w). */
size_t weights_count(const struct weights *w);
const struct field *weights_at(const struct weights *w, size_t i);

/* The sample's key, e.g. "small". */
const char *weights_key(const struct weights *w);

/*
 * The whole manifest and its "weights" object; both borrowed, never NULL
 * (empty objects where the file has none).
 */
json_t *weights_manifest(const struct weights *w);
json_t *weights_about(const struct weights *w);

/*
 * w's manifest and arrays into s, f4 as f2. E_VALUE for a value that is finite
 * and too large for that.
 */
MUST_CHECK enum status weights_half(struct sample *s,
    const struct weights *w);

/*
 * SHA-256 of the file's bytes, what sha256sum(1) prints: 64 hex digits. It is
 * computed anew at each call (about 1 GB/s): callers that put it into
 * history do so once.
 */
#define WEIGHTS_SHA_MAX DIGEST_MAX
void weights_sha256(const struct weights *w, char hex[WEIGHTS_SHA_MAX]);

#endif
