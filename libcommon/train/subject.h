/*
 * One sample of training data as it waits in the shuffle buffer: the fields
 * that training reads, in one piece of memory, small because what can be
 * computed of them is not there yet. What a training sample is stands in
 * textrain(1), FIELDS.
 */
#ifndef TRAIN_SUBJECT_H
#define TRAIN_SUBJECT_H

#include "stream/sample.h"

struct subject {
	struct sample s;	/* no arena; manifest a copy of licence alone */
	const char *identity;	/* the person; the key where nothing is said */
	char *memory;
};

/* What samples must be. */
struct subject_want {
	size_t size;		/* of pictures and textures */
	const char *layout;	/* of textures */
	bool target;		/* target.image is needed */
};

/*
 * Copies s; what *to held before is freed. E_SHAPE, E_VALUE with the field
 * that is missing or wrong.
 */
MUST_CHECK enum status subject_take(struct subject *to,
    const struct sample *s, const struct subject_want *want);
void subject_free(struct subject *sub);

#endif
