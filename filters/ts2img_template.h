/*
 * ts2img --template: a texture map to paint on, with the charts of a layout,
 * their names, and lines round a body of ours.
 */
#ifndef TS2IMG_TEMPLATE_H
#define TS2IMG_TEMPLATE_H

#include <stddef.h>

#include "base/status.h"

/* Writes it to path, T x T; layout is a name or a table, see layout_open. */
MUST_CHECK enum status template_write(const char *path, const char *layout,
    size_t T);

#endif
