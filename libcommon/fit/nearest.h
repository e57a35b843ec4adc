/*
 * The nearest pixel of a set, for each pixel of a picture.
 */
#ifndef FIT_NEAREST_H
#define FIT_NEAREST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

#define NEAREST_NONE UINT32_MAX

/*
 * near[i]: index of the pixel of the set (set[i] is not 0) that is nearest to
 * pixel i of h x w; NEAREST_NONE where the set is empty. E_NOMEM.
 */
MUST_CHECK enum status nearest_set(uint32_t *near, const uint8_t *set, size_t h,
    size_t w, struct arena *a);

#endif
