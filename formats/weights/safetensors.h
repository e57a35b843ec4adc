/*
 * Hugging Face's .safetensors: a u64 length, a JSON header { name: { dtype,
 * shape, data_offsets }, "__metadata__": {text: text} }, then the arrays,
 * without holes. Written from the format's public description.
 * Our manifest is kept as the text of __metadata__.manifest.
 */
#ifndef WEIGHTS_SAFETENSORS_H
#define WEIGHTS_SAFETENSORS_H

#include "weights/arrays.h"

bool safetensors_is(const void *buf, size_t n);

/* E_FORMAT for offsets that overlap, leave holes or leave the file. */
MUST_CHECK enum status safetensors_read(struct arrays *set, const void *buf,
    size_t n);

/* Written beside path and renamed. Data start at multiples of 8 bytes. */
MUST_CHECK enum status safetensors_write(const char *path,
    const struct arrays *set);

#endif
