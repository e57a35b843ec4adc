/*
 * One sample of a stream in memory: a key, a manifest and named fields in
 * order. Everything a sample points to lives in its arena, which the reader
 * resets before the next sample.
 */
#ifndef STREAM_SAMPLE_H
#define STREAM_SAMPLE_H

#include <jansson.h>

#include "tensor/tensor.h"

struct field {
	const char *name;	/* "source.image"; may hold dots, never '/' */
	bool is_json;		/* text instead of t */
	struct tensor t;
	const char *text;	/* JSON, text_len bytes, as it was read */
	size_t text_len;
};

struct sample {
	struct arena *arena;
	const char *key;	/* "p317"; may hold '/', never a dot */
	size_t ordinal;		/* 0, 1, ... in the stream it came from */
	json_t *manifest;	/* object: fields, history, licence, ...; owned */
	struct field *field;	/* n of them, in stream order */
	size_t n, room;
};

#define SAMPLE_MAX_FIELDS 10000	/* more are refused by reader and writer */

/*
 * Details of errors about a field begin with "field NAME: ", which cli/
 * turns into `sample 41 "p317", field NAME: ...`.
 */

/*
 * An empty sample that allocates from a (kept by the caller). key is copied.
 * sample_clear drops the manifest; the arena is left to its owner. A sample
 * that came from stream_next belongs to the stream and is not cleared.
 */
MUST_CHECK enum status sample_init(struct sample *s, struct arena *a,
    const char *key);
void sample_clear(struct sample *s);

/* The field, or NULL. */
struct field *sample_find(const struct sample *s, const char *name);

/*
 * The tensor of a field that must be there with this dtype and shape; a dim
 * of 0 matches any, dtype DT_COUNT any dtype, rank -1 any shape. The error
 * reads `field phi_t.3: f4 (32,32,128), want f4 (32,32,256)`.
 * sample_want(&t, s, "source.iuv", DT_U1, TENSOR_DIMS(0, 0, 3))
 */
MUST_CHECK enum status sample_want(const struct tensor **t,
    const struct sample *s, const char *name, enum dtype d, int rank,
    const size_t *dim);

/*
 * Replaces the field of that name where it stands, or appends it. name is
 * copied; the data is not, and must live as long as the sample.
 * E_FORMAT for a name that stream.5 does not allow.
 */
MUST_CHECK enum status sample_put(struct sample *s, const char *name,
    const struct tensor *t);
MUST_CHECK enum status sample_put_json(struct sample *s, const char *name,
    const char *text, size_t len);

/* Allocates in the sample's arena, puts, and gives the tensor to fill. */
MUST_CHECK enum status sample_make(struct tensor *t, struct sample *s,
    const char *name, enum dtype d, int rank, const size_t *dim);

/* Removes the field if it is there. */
void sample_drop(struct sample *s, const char *name);

/* True when pattern (fnmatch(3), '*' matches dots too) matches the name. */
bool field_matches(const char *name, const char *pattern);

/*
 * *list: the member of that name of a manifest as a list, empty where there
 * is none; owned by the manifest. Foreign manifests may have one value in
 * its place, which becomes a list of one. texts: what is no text becomes one, as it
 * stands in JSON. E_NOMEM.
 */
MUST_CHECK enum status sample_list(json_t **list, json_t *manifest,
    const char *name, bool texts);

/* Adds licence lines to the manifest that are not there yet. */
MUST_CHECK enum status sample_add_licence(struct sample *s, const char *text);

/*
 * Appends an entry to the manifest's history. options: JSON object, its
 * reference is stolen. weights: SHA-256 of the parameters that were used, or
 * NULL.
 */
MUST_CHECK enum status sample_add_history(struct sample *s,
    const char *program, const char *version, json_t *options,
    const char *weights);

/* Whether key and field names are what stream.5 allows; E_FORMAT with the reason. */
MUST_CHECK enum status sample_check_key(const char *key);
MUST_CHECK enum status sample_check_field(const char *name);

#endif
