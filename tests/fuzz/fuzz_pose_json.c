/* Any bytes as key points in JSON: OpenPose, DressCode, AlphaPose. */
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
	if (pose_parse_json(&pose, a, p, n, n & 1 ? "1.jpg" : NULL) == OK &&
	    pose_largest(&pose) >= pose.n)
		__builtin_trap();
	return 0;
}
