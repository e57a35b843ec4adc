/* SHA-256 as sha256sum(1) prints it, for provenance. */
#ifndef WEIGHTS_DIGEST_H
#define WEIGHTS_DIGEST_H

#include <stddef.h>

#define DIGEST_MAX 65	/* 64 hex digits and a 0 */

void digest_sha256(char hex[DIGEST_MAX], const void *buf, size_t n);

#endif
