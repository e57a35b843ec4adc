/*
 * Sizes below are fractions of the picture's side, chosen by comparison with
 * what OpenPose and DensePose give on real photos: outlines are off by a pixel
 * or two in 128, U and V by some hundredths.
 */
#include "synth/mislabel.h"

#include <math.h>
#include <string.h>

#include "dress/noise.h"
#include "mesh/body.h"

enum status
mislabel_faults(unsigned *set, const char *list)
{
	static const char *const names[] = { "drop", "move", "drift", "rim",
		"gap", "swap" };
	const size_t n = sizeof names / sizeof *names;

	*set = 0;
	if (strcmp(list, "none") == 0)
		return OK;
	for (const char *p = list; *p;) {
		size_t len = strcspn(p, ","), k = 0;

		while (k < n && (strlen(names[k]) != len ||
		    memcmp(names[k], p, len) != 0))
			k++;
		if (k == n)
			return fail(E_VALUE, "\"%.*s\", want none, or of %s",
			    (int)len, p, FAULT_NAMES);
		*set |= 1u << k;
		p += len + (p[len] == ',');
	}
	return *set ? OK : fail(E_VALUE, "no fault named");
}

static bool
happens(struct rng *d, double share)
{
	return rng_unit(d) < share;
}

static void
forget(float p[3])
{
	p[0] = p[1] = NAN;
	p[2] = 0;
}

static void
exchange(float (*pose)[3], int a, int b)
{
	float t[3];

	memcpy(t, pose[a], sizeof t);
	memcpy(pose[a], pose[b], sizeof t);
	memcpy(pose[b], t, sizeof t);
}

void
mislabel_pose(float (*pose)[3], size_t size, double strength,
    unsigned faults, struct rng *d)
{
	double side = (double)size;
	bool all = happens(d, 0.04 * strength);
	bool legs = happens(d, 0.04 * strength);
	bool arms = happens(d, 0.02 * strength);

	for (int i = 0; i < POSE_POINTS; i++) {
		float *p = pose[i];
		bool hidden = p[2] < 0.75f;
		double off = strength * side * (hidden ? 0.014 : 0.005);
		double x = rng_normal(d), y = rng_normal(d);
		double low = rng_unit(d);
		bool gone = happens(d, strength * (hidden ? 0.35 : 0.03));
		bool far_off = happens(d, 0.006 * strength);

		if (isnan(p[0])) {
			forget(p);
			continue;
		}
		if (faults & FAULT_MOVE) {
			off *= far_off ? 8 : 1;
			p[0] += (float)(off * x);
			p[1] += (float)(off * y);
			p[2] *= (float)(1 - 0.35 * strength * low);
		}
		if (faults & FAULT_DROP && (gone || all || p[0] < -0.5f ||
		    p[1] < -0.5f || p[0] > (float)side - 0.5f || p[1] >
		    (float)side - 0.5f))
			forget(p);
	}
	for (int i = 0; i < 3 && faults & FAULT_SWAP; i++) {
		if (legs && i > 0)
			exchange(pose, P_R_HIP + i, P_L_HIP + i);
		if (arms && i > 0)
			exchange(pose, P_R_SHOULDER + i, P_L_SHOULDER + i);
	}
}

/* A field of smooth noise on a lattice of G x G, in [-1,1] at its knots. */
#define G 17

struct field {
	float at[G * G];
};

static void
field_make(struct field *f, struct rng *d)
{
	for (int i = 0; i < G * G; i++)
		f->at[i] = (float)(2 * rng_unit(d) - 1);
}

/* At (x, y) in lattice units, 0 <= x, y <= G - 1. */
static float
field_at(const struct field *f, float x, float y)
{
	int i = (int)x, j = (int)y;
	float a, b;

	i = i > G - 2 ? G - 2 : i;
	j = j > G - 2 ? G - 2 : j;
	a = x - (float)i;
	b = y - (float)j;
	const float *p = &f->at[j * G + i];

	return (1 - b) * ((1 - a) * p[0] + a * p[1]) +
	    b * ((1 - a) * p[G] + a * p[G + 1]);
}

/* Takes every pixel from a place a little off, which moves outlines. */
static void
wander(uint8_t *out, const uint8_t *iuv, size_t size, double reach,
    struct rng *d)
{
	struct field fx, fy;
	float r = (float)reach, last = (float)(size - 1);
	float f = (float)(G - 1) / (last > 0 ? last : 1);

	field_make(&fx, d);
	field_make(&fy, d);
	for (size_t i = 0; i < size * size; i++) {
		float x = (float)(i % size), y = (float)(i / size);
		float u = x + r * field_at(&fx, f * x, f * y);
		float v = y + r * field_at(&fy, f * x, f * y);

		u = u < 0 ? 0 : u > last ? last : u;
		v = v < 0 ? 0 : v > last ? last : v;
		memcpy(out + 3 * i, iuv + 3 * ((size_t)(v + 0.5f) * size +
		    (size_t)(u + 0.5f)), 3);
	}
}

/* The part most frequent among nine pixels; the first of equals. */
static size_t
commonest(const uint8_t *const at[9])
{
	size_t best = 0;
	int most = 0;

	for (size_t i = 0; i < 9 - (size_t)most; i++) {
		int n = 0;

		for (size_t k = i; k < 9; k++)
			n += at[k][0] == at[i][0];
		if (n > most) {
			most = n;
			best = i;
		}
	}
	return best;
}

/*
 * Detectors see a person on a coarse grid: what is thinner than it, such as
 * fingers, is lost, and corners become round. Each pixel becomes of the
 * part most frequent among nine places r pixels apart round it.
 */
static void
coarsen(uint8_t *out, const uint8_t *iuv, size_t size, size_t r)
{
	for (size_t i = 0; i < size * size; i++) {
		size_t x = i % size, y = i / size;
		size_t xs[3] = { x, x > r ? x - r : 0,
			x + r < size ? x + r : size - 1 };
		size_t ys[3] = { y, y > r ? y - r : 0,
			y + r < size ? y + r : size - 1 };
		const uint8_t *at[9];
		bool same = true;

		at[0] = iuv + 3 * i;	/* the pixel itself comes first */
		for (size_t k = 1; k < 9; k++) {
			at[k] = iuv + 3 * (ys[k / 3] * size + xs[k % 3]);
			same = same && at[k][0] == at[0][0];
		}
		memcpy(out + 3 * i, at[same ? 0 : commonest(at)], 3);
	}
}

static void
drift(uint8_t *iuv, size_t size, double smooth, double fine, struct rng *d)
{
	struct field f[2];
	float k = (float)(G - 1) / (float)(size > 1 ? size - 1 : 1);
	float s = (float)(255 * smooth), g = (float)(255 * fine / 147.8);

	field_make(&f[0], d);
	field_make(&f[1], d);
	for (size_t i = 0; i < size * size; i++) {
		uint8_t *p = iuv + 3 * i;

		if (p[0] == 0)
			continue;
		uint64_t bits = rng_u64(d);

		for (int c = 0; c < 2; c++, bits >>= 32) {
			int sum = (int)(bits & 255) + (int)(bits >> 8 & 255) +
			    (int)(bits >> 16 & 255) + (int)(bits >> 24 & 255);
			float v = (float)p[1 + c] + s * field_at(&f[c], k *
			    (float)(i % size), k * (float)(i / size)) + g *
			    (float)(sum - 510);

			p[1 + c] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 :
			    v + 0.5f);
		}
	}
}

/* Round patches on the body, and whole parts, become background. */
static void
gaps(uint8_t *iuv, size_t size, double strength, struct rng *d)
{
	bool gone[256] = { false };
	double side = (double)size;
	double cx = rng_unit(d) * side, cy = rng_unit(d) * side;
	double r = side * (0.02 + 0.06 * rng_unit(d));
	bool patch = happens(d, 0.08 * strength);

	for (int part = 1; part <= 24; part++)
		gone[part] = happens(d, strength * (part <= 2 ? 0.002 :
		    part == 3 || part == 4 ? 0.02 : 0.005));
	for (size_t i = 0; i < size * size; i++) {
		double x = (double)(i % size) - cx, y = (double)(i / size) - cy;

		if (gone[iuv[3 * i]] || (patch && x * x + y * y < r * r))
			memset(iuv + 3 * i, 0, 3);
	}
}

/* Legs or arms of the other side: parts 2k + 1 and 2k + 2 are a pair. */
static void
swap_sides(uint8_t *iuv, size_t size, double strength, struct rng *d)
{
	bool legs = happens(d, 0.03 * strength);
	bool arms = happens(d, 0.01 * strength);

	if (!legs && !arms)
		return;
	for (size_t i = 0; i < size * size; i++) {
		uint8_t *p = iuv + 3 * i;
		bool leg = p[0] >= 5 && p[0] <= 14;
		bool arm = p[0] == 3 || p[0] == 4 || (p[0] >= 15 && p[0] <= 22);

		if ((legs && leg) || (arms && arm))
			p[0] = (uint8_t)(((p[0] - 1) ^ 1) + 1);
	}
}

enum status
mislabel_iuv(uint8_t *iuv, size_t size, double strength, unsigned faults,
    struct rng *d, struct arena *a)
{
	size_t mark = arena_mark(a);
	uint8_t *copy = arena_alloc(a, 3 * size * size);

	if (!copy)
		return E_NOMEM;
	if (strength > 0 && faults & FAULT_RIM) {
		size_t r = size < 256 ? 1 : size / 128;

		wander(copy, iuv, size, 0.02 * strength * (double)size, d);
		for (int k = 0; k < (strength > 0.7 ? 3 : 1); k++) {
			coarsen(iuv, copy, size, r);
			memcpy(copy, iuv, 3 * size * size);
		}
	}
	if (strength > 0 && faults & FAULT_DRIFT)
		drift(iuv, size, 0.04 * strength, 0.002 * strength, d);
	if (strength > 0 && faults & FAULT_GAP)
		gaps(iuv, size, strength, d);
	if (strength > 0 && faults & FAULT_SWAP)
		swap_sides(iuv, size, strength, d);
	arena_pop(a, mark);
	return OK;
}

/* Three taps along rows, or down columns. */
static void
soften(uint8_t *out, const uint8_t *in, size_t size, size_t step)
{
	for (size_t i = 0; i < size * size; i++) {
		size_t at = step == 1 ? i % size : i / size;
		unsigned sum = 2u * in[i] + in[at > 0 ? i - step : i] +
		    in[at + 1 < size ? i + step : i];

		out[i] = (uint8_t)((sum + 2) / 4);
	}
}

enum status
mislabel_matte(uint8_t *matte, size_t size, double strength, unsigned faults,
    struct rng *d, struct arena *a)
{
	size_t mark = arena_mark(a), last = size - 1;
	uint8_t *copy, level[256];
	float r = (float)(0.008 * strength * (double)size);
	float f = (float)(G - 1) / (float)(last > 0 ? last : 1);
	double slope = 1 + strength * rng_range(d, 0, 1);
	double middle = 128 + 80 * strength * rng_range(d, -1, 1);
	struct field fx, fy;

	if (strength <= 0 || !(faults & FAULT_RIM))
		return OK;
	copy = arena_alloc(a, size * size);
	if (!copy)
		return E_NOMEM;
	field_make(&fx, d);
	field_make(&fy, d);
	for (size_t i = 0; i < size * size; i++) {
		float x = (float)(i % size), y = (float)(i / size);
		float u = x + r * field_at(&fx, f * x, f * y) + 0.5f;
		float v = y + r * field_at(&fy, f * x, f * y) + 0.5f;
		size_t p = u < 0 ? 0 : (size_t)u, q = v < 0 ? 0 : (size_t)v;

		copy[i] = matte[(q > last ? last : q) * size +
		    (p > last ? last : p)];
	}
	for (size_t k = 0; k < 1 + (size_t)(strength * (double)size / 128);
	    k++) {
		soften(matte, copy, size, 1);
		soften(copy, matte, size, size);
	}
	for (int v = 0; v < 256; v++)
		level[v] = (uint8_t)lrint(fmin(255, fmax(0, 127.5 + slope *
		    (v - middle))));
	/* Nothing stays nothing, and all stays all. */
	level[0] = 0;
	level[255] = 255;
	for (size_t i = 0; i < size * size; i++)
		matte[i] = level[copy[i]];
	arena_pop(a, mark);
	return OK;
}
