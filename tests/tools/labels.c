/*
 * labels [-a FIELD] [-b FIELD] <stream: how far two IUVs of a picture are
 * apart, in centimetres on the body at rest, over all pixels of the second,
 * the true one; where the first has no label that counts as a metre. One line
 * for each sample and #mean: median, 90th percentile; IoU of the masks; both
 * again where both have labels; share of pixels on the wrong side, front for
 * back or left for right; medians by part where both have labels; and
 * how far the heading is off, in degrees, where the manifest has yaw and there
 * is a source.fit.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "human/human.h"
#include "body/rotate.h"
#include "cli/cli.h"
#include "fit/place.h"

enum { TRUNK, HEAD, ARM, HAND, LEG, FOOT, GROUPS };
static const char *const group_name[GROUPS] = { "trunk", "head", "arm", "hand",
	"leg", "foot" };

static int
group(int part)
{
	return part <= 2 ? TRUNK : part <= 4 ? HAND : part <= 6 ? FOOT :
	    part <= 14 ? LEG : part <= 22 ? ARM : HEAD;
}

static int
by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double
quantile(float *v, size_t n, double q)
{
	if (n == 0)
		return NAN;
	qsort(v, n, sizeof *v, by_value);
	return v[(size_t)(q * (double)(n - 1) + 0.5)];
}

enum { C_MED, C_P90, C_IOU, C_BOTH, C_BOTH90, C_WRONG, C_YAW, C_GROUP, COLS = C_GROUP +
	GROUPS };

static enum status
compare(double out[COLS], const struct sample *s, const char *na,
    const char *nb, const struct places *p, struct arena *arena)
{
	const struct tensor *a, *b, *fit;
	size_t n = 0, both = 0, either = 0, wrong = 0, ng[GROUPS] = { 0 };
	float *all, *part[GROUPS], *on;

	TRY(sample_want(&b, s, nb, DT_U1, TENSOR_DIMS(0, 0, 3)));
	TRY(sample_want(&a, s, na, DT_U1, TENSOR_DIMS(b->dim[0], b->dim[1], 3)));
	size_t px = b->dim[0] * b->dim[1];

	arena_reset(arena);
	all = arena_calloc(arena, px, sizeof *all);
	on = arena_calloc(arena, px, sizeof *on);
	for (int g = 0; g < GROUPS; g++)
		part[g] = arena_calloc(arena, px, sizeof *all);
	for (size_t i = 0; i < px; i++) {
		const uint8_t *x = (uint8_t *)a->data + 3 * i;
		const uint8_t *y = (uint8_t *)b->data + 3 * i;

		either += x[0] || y[0];
		if (!y[0])
			continue;
		if (!x[0]) {
			all[n++] = 100;
			continue;
		}
		const float *u = places_find(p, x), *v = places_find(p, y);
		float d2 = 0;
		int g = group(y[0]);

		for (int c = 0; c < 3; c++)
			d2 += (u[c] - v[c]) * (u[c] - v[c]);
		all[n++] = 100 * sqrtf(d2);
		part[g][ng[g]++] = 100 * sqrtf(d2);
		on[both++] = 100 * sqrtf(d2);
		/* Same kind of part, the other side, well beyond the middle. */
		wrong += g == group(x[0]) && d2 > 0.0225f && (u[0] * v[0] <
		    -0.0009f || (g == TRUNK && x[0] != y[0]));
	}
	out[C_MED] = quantile(all, n, 0.5);
	out[C_P90] = quantile(all, n, 0.9);
	out[C_IOU] = either ? (double)both / (double)either : NAN;
	out[C_BOTH] = quantile(on, both, 0.5);
	out[C_BOTH90] = quantile(on, both, 0.9);
	out[C_WRONG] = n ? (double)wrong / (double)n : NAN;
	for (int g = 0; g < GROUPS; g++)
		out[C_GROUP + g] = ng[g] > 20 ? quantile(part[g], ng[g], 0.5) :
		    NAN;
	const json_t *yaw = json_object_get(s->manifest, "yaw");

	out[C_YAW] = NAN;
	if (json_is_number(yaw) && sample_find(s, "source.fit")) {
		TRY(sample_want(&fit, s, "source.fit", DT_F4, TENSOR_DIMS(24,
		    3)));
		const float *t = fit->data;
		struct mat3 r = rotate_exp((const double[3]){ t[0], t[1], t[2] });
		double d = atan2(r.m[0][2], r.m[2][2]) * 180 / M_PI -
		    json_number_value(yaw);

		out[C_YAW] = fabs(remainder(d, 360));
	}
	return OK;
}

static void
line(const char *key, const double v[COLS])
{
	printf("%-24s median %5.1f p90 %5.1f iou %.3f labelled %4.1f "
	    "p90 %5.1f wrong %.3f yaw %5.1f |", key, v[C_MED], v[C_P90],
	    v[C_IOU], v[C_BOTH], v[C_BOTH90], v[C_WRONG], v[C_YAW]);
	for (int g = 0; g < GROUPS; g++)
		printf(" %s %.1f", group_name[g], v[C_GROUP + g]);
	printf("\n");
}

int
main(int argc, char **argv)
{
	const char *fa = "source.iuv", *fb = "true.iuv", *body = NULL;
	bool quiet = false;
	const struct cli_opt opts[] = {
		CLI_STR('a', "labels", &fa, "FIELD", "what is judged"),
		CLI_STR('b', "true", &fb, "FIELD", "what it should be"),
		CLI_STR(0, "body", &body, "FILE|ours:...", "whose places"),
		CLI_FLAG('q', "quiet", &quiet, "the mean only"),
		CLI_END
	};
	const struct cli_program p = { .name = "labels", .opts = opts,
		.no_out = true, .summary = "how far labels are apart, cm" };
	double sum[COLS] = { 0 }, v[COLS], most = 0;
	int n[COLS] = { 0 };
	struct arena *a, *scratch;
	struct body b;
	struct places places;
	struct sample s;

	cli_begin(&p, &argc, &argv);
	cli_try(arena_new(&a, (size_t)1 << 30), "memory");
	cli_try(arena_new(&scratch, (size_t)8 << 30), "memory");
	cli_try(human_open(&b, a, body, NULL), "--body");
	cli_try(places_make(&places, a, &b), "--body");
	struct stream_in *in = cli_open("-");

	while (cli_next(in, &s)) {
		if (!cli_ok(compare(v, &s, fa, fb, &places, scratch), in, &s))
			continue;
		if (!quiet)
			line(s.key, v);
		for (int c = 0; c < COLS; c++)
			if (!isnan(v[c])) {
				sum[c] += v[c];
				n[c]++;
			}
		if (!isnan(v[C_YAW]))
			most = fmax(most, v[C_YAW]);
	}
	for (int c = 0; c < COLS; c++)
		sum[c] = n[c] ? sum[c] / n[c] : NAN;
	line("#mean", sum);
	printf("#yaw at most %.1f\n", most);
	arena_free(a);
	arena_free(scratch);
	return cli_finish();
}
