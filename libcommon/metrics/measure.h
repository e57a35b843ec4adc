/*
 * The measures by name and the published protocols that use them: which
 * formula, on which values, with which range. man/metrics.1 has the same
 * tables in words.
 */
#ifndef METRICS_MEASURE_H
#define METRICS_MEASURE_H

#include "metrics/ssim.h"

enum measure_values { V_UNIT, V_BYTE, V_SIGNED };	/* 0..1 0..255 -1..1 */
enum measure_kind { M_L1, M_MAE, M_PSNR, M_SSIM };

struct measure {
	const char *name;		/* "ssim-sk51" */
	enum measure_kind kind;
	enum measure_values values;
	double range;			/* L; 0: max - min of the generated */
	struct ssim_window win;		/* only of M_SSIM */
};

#define MEASURE_MAX 8

struct protocol {
	const char *name;
	const char *measures;		/* "l1,psnr,ssim-wang" */
	enum measure_values values;	/* of its ssim, with range */
	double range;			/* < 0: both as the measure has them */
	size_t height;			/* of the pictures; 0: any */
	struct pair_prep prep;
	bool needs_mask;
	const char *source;
};

/* "wang|gfla|patn|...", the order of protocol_at. */
#define PROTOCOL_NAMES "wang|gfla|patn|hpbtt|texformer|lwg"
const struct protocol *protocol_at(int i);

/* Whether a picture, checked by pair_check, has the size that it is for. */
MUST_CHECK enum status protocol_check(const struct protocol *p,
    const struct tensor *t);

/*
 * The measures named in a comma-separated list, with the protocol's values
 * and range, into m; *n of them. E_VALUE for a name that there is not.
 */
MUST_CHECK enum status measure_list(struct measure m[MEASURE_MAX], size_t *n,
    const char *names, const struct protocol *p);

/* Range of all ssim in m: text is "auto", or 8-bit steps: "255" is the full scale. */
MUST_CHECK enum status measure_set_range(struct measure *m, size_t n,
    const char *text);

/* "11x11 Gaussian 1.5, inside, mean of channels, values 0..255, range auto" */
char *measure_text(char *buf, size_t n, const struct measure *m);
#define MEASURE_TEXT_MAX 160

/* The measure of a pair; NaN where nothing is averaged. */
MUST_CHECK enum status measure_pair(double *out, const struct measure *m,
    const struct pair *p, struct arena *scratch);

#endif
