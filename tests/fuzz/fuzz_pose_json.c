/* Any bytes as key points in JSON, read, scaled to a photo and judged. */
#include "pose/pose.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct arena *a;
	struct pose pose;

	if (!a && arena_new(&a, (size_t)1 << 30) != OK)
		return 0;
	arena_reset(a);
	if (pose_parse_json(&pose, a, p, n, n & 1 ? "1.jpg" : NULL) != OK ||
	    pose_to_photo(&pose, a, 0, 0, 300, 400) != OK)
		return 0;
	if (pose_largest(&pose) >= pose.n || pose_mend_necks(&pose) > pose.n)
		__builtin_trap();
	for (size_t i = 0; i < pose.n; i++)
		if (pose_doubt(&pose.person[i]) && pose.person[i].found < 3)
			__builtin_trap();
	return 0;
}
