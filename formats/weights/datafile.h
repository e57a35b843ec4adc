/*
 * Where the files lie that come with the suite: default weights, the pose
 * bank. They are in share/dualtex beside the program's own folder, where
 * both make and `make install` put them, or in DATADIR. No environment
 * variable changes this; each program has an option to name another file.
 */
#ifndef WEIGHTS_DATAFILE_H
#define WEIGHTS_DATAFILE_H

#include <stddef.h>

#include "base/status.h"

/*
 * Full path of the file `name` ("small.tar.zst", "posebank.tar.zst") into
 * buf[0..n). E_IO, with the folders that were tried, when none has it.
 */
MUST_CHECK enum status datafile_find(char *buf, size_t n, const char *name);

/*
 * What an option says: `path`, or, where that is a name alone of which there
 * is no file here but one of the suite's, the path of that, in buf[0..n).
 */
const char *datafile_or(char *buf, size_t n, const char *path);

#endif
