/*
 * Pictures of people in streams that can be searched, found by person or by
 * name: tspair(1). A picture is a sample with source.image, source.pose and
 * source.iuv, and a member `identity` in its manifest. Only keys and
 * identities are kept, the pictures stay in their files.
 */
#ifndef STREAM_ALBUM_H
#define STREAM_ALBUM_H

#include "stream/stream.h"

struct album_picture {
	const char *key, *identity;
	size_t file, at;		/* sample `at` of stream `file` */
	size_t person;
};

struct album_person {
	size_t first, n;		/* their pictures stand together */
};

struct album {
	struct stream_in **in;		/* of the caller */
	struct album_picture *picture;	/* by identity, then as they came */
	size_t n;
	struct album_person *person;	/* by identity */
	size_t people;
	size_t left_out;		/* samples that are no pictures */
	struct album_name *exact, *plain;	/* n each, sorted */
};

/*
 * Reads n streams through for what they hold; everything lies in the arena.
 * A sample that lacks a field or the identity is counted in left_out. The
 * detail of an error begins with the stream's name. E_FORMAT for a stream
 * without seek table, E_VALUE for two pictures of one key, or when there are
 * samples and none of them is a picture.
 */
MUST_CHECK enum status album_open(struct album *al, struct arena *a,
    struct stream_in **in, size_t n);

/*
 * The picture that a list calls name[0..len): the key itself, with or without
 * an extension, or the one key that is the same as listname_plain has it.
 * END when there is none, E_VALUE when there are several.
 */
MUST_CHECK enum status album_find(size_t *k, const struct album *al,
    const char *name, size_t len);

/* Picture k, valid until the next call for the same file. */
MUST_CHECK enum status album_read(struct sample *s, const struct album *al,
    size_t k);

#endif
