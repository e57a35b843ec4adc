/*
 * Pictures of several samples as the views of one: a source, then targets of
 * the same person, and poses of other people to hallucinate. tspair(1).
 */
#ifndef STREAM_GATHER_H
#define STREAM_GATHER_H

#include "stream/role.h"

/*
 * All fields of `from` and its manifest into the empty sample s, whose arena
 * gets copies: `from` may be the next sample of a stream that reads on.
 */
MUST_CHECK enum status gather_source(struct sample *s,
    const struct sample *from);

/*
 * Room for n views of role r, shaped as the source's fields: as a target, of
 * all source.* arrays with names below ROLE_NAME_MAX; as halluc, of pose and
 * iuv. None for n = 0. The data is uninitialised.
 */
MUST_CHECK enum status gather_room(struct sample *s, enum role r, size_t n);

/*
 * source.* of `from` as view v of role r. E_SHAPE when image, pose or iuv is
 * missing or not of the source's shape; other fields of the role are dropped
 * then, for not all views have them. Licences and history are united, of a
 * target all members of the manifest as join_merge does.
 */
MUST_CHECK enum status gather_view(struct sample *s, enum role r, size_t v,
    const struct sample *from);

#endif
