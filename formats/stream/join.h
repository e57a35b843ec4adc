/*
 * Samples of several streams into one: renaming of roles, merging of
 * fields and manifests, looking a sample up by its key. tsjoin(1).
 */
#ifndef STREAM_JOIN_H
#define STREAM_JOIN_H

#include "stream/stream.h"

/*
 * Renames field `from` and fields `from`.*; both are whole words between
 * dots. Arrays that change from the role source to target or halluc get a
 * leading axis of 1, and lose one the other way (E_SHAPE when it is not 1).
 * The manifest's `crop` of a role is renamed with it. E_FORMAT when two
 * fields get the same name. Names are allocated in the sample's arena.
 */
MUST_CHECK enum status join_rename(struct sample *s, const char *from,
    const char *to);

/*
 * Adds the fields of `from` to `to`, which must not outlive it. A field that
 * both have must be the same in both: else E_VALUE. History and licences
 * that are not in `to` yet are appended; of other members of the manifest,
 * and of objects that both have, those that `to` lacks. Two texture layouts
 * do not go together: E_VALUE.
 */
MUST_CHECK enum status join_merge(struct sample *to, const struct sample *from);

/* A stream whose samples are asked for by key. */
struct join_side {
	struct stream_in *in;	/* of the caller */
	struct sample s;	/* the one found */
	struct join_key *key;	/* sorted; NULL until it is needed */
	size_t n;
};

/*
 * The sample with this key into j->s; END when there is none. While keys are
 * asked for in the stream's own order each is simply the next sample. When
 * they are not, a file with a seek table is read through once for its keys,
 * and another stream is searched forward from where it stands. Of samples
 * with equal keys the first is found.
 */
MUST_CHECK enum status join_find(struct join_side *j, const char *key);
void join_close(struct join_side *j);	/* frees what join_find keeps */

#endif
