/*
 * PyTorch's torch.save: a zip with a pickle and one member per storage (since
 * 1.6), or the older sequence of pickles followed by the storages. Dicts
 * and lists become dotted names (`state_dict.conv1.weight`, `0.bias`);
 * numbers, texts and None beside the tensors are left out. Strides and
 * offsets are honoured: arrays are C order here.
 */
#ifndef WEIGHTS_PTH_H
#define WEIGHTS_PTH_H

#include "weights/arrays.h"
#include "weights/pickle.h"
#include "weights/zip.h"

bool pth_is_zip(const struct zip *z);
bool pth_is_legacy(const void *buf, size_t n);

/* E_FORMAT (also for everything that pickle.h refuses), E_TRUNC, E_LIMIT. */
MUST_CHECK enum status pth_read_zip(struct arrays *set, const struct zip *z);
MUST_CHECK enum status pth_read_legacy(struct arrays *set, const void *buf,
    size_t n);

/*
 * What a file of torch.save, or a pickle alone, holds, for readers of other
 * things than weights: its value, with all storages found. buf must stay.
 */
bool pth_is_values(const void *buf, size_t n);
MUST_CHECK enum status pth_values(struct pv **top, struct arena *a,
    const void *buf, size_t n);

#endif
