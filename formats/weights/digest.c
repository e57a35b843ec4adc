#include "weights/digest.h"

#include <nettle/sha2.h>
#include <stdio.h>

void
digest_sha256(char hex[DIGEST_MAX], const void *buf, size_t n)
{
	struct sha256_ctx sha;
	uint8_t sum[SHA256_DIGEST_SIZE];

	sha256_init(&sha);
	sha256_update(&sha, n, buf);
	sha256_digest(&sha, sizeof sum, sum);
	for (size_t i = 0; i < sizeof sum; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}
