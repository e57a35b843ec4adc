/*
 * The measures by name and the published protocols that use them: which
 * formula, on which values, with which range. man/metrics.1 has the same
 * tables in words.
 */
#ifndef METRICS_MEASURE_H
#define METRICS_MEASURE_H

#include "metrics/fid.h"
#include "metrics/lpips.h"
#include "metrics/ssim.h"

enum measure_values { V_UNIT, V_BYTE, V_SIGNED };	/* 0..1 0..255 -1..1 */
/* M_FID is of two sets, all others of two pictures. */
enum measure_kind { M_L1, M_MAE, M_PSNR, M_SSIM, M_LPIPS, M_FID };

struct measure {
	const char *name;		/* "ssim-sk51" */
	enum measure_kind kind;
	enum measure_values values;
	double range;			/* L; 0: max - min of the generated */
	struct ssim_window win;		/* only of M_SSIM */
	enum trunk trunk;		/* only of M_LPIPS */
	enum inception inception;	/* only of M_FID */
	struct lpips *lpips;		/* measure_open's */
	struct fid *fid;
};

#define MEASURE_MAX 12

struct protocol {
	const char *name;
	const char *measures;		/* "l1,psnr,ssim-wang" */
	const char *learned;		/* those that need networks, or NULL */
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
 * and range, into m; *n of them, those of sets behind the others. E_VALUE
 * for a name that there is not.
 */
MUST_CHECK enum status measure_list(struct measure m[MEASURE_MAX], size_t *n,
    const char *names, const struct protocol *p);

/*
 * Appends those of the protocol's learned measures whose networks are in the
 * files; left_out gets the names of the others, with commas.
 */
MUST_CHECK enum status measure_learned(struct measure m[MEASURE_MAX],
    size_t *n, char left_out[64], const struct protocol *p,
    struct netfiles *f);

/*
 * Opens the networks of the measures that have one. E_VALUE with the way to
 * get it where the files have it not, and where only some pixels are to be
 * averaged, which such a measure cannot. measure_close takes what was opened.
 */
MUST_CHECK enum status measure_open(struct measure *m, size_t n,
    struct netfiles *f, bool where);
void measure_close(struct measure *m, size_t n);

/* Range of all ssim in m: text is "auto", or 8-bit steps: "255" is the full scale. */
MUST_CHECK enum status measure_set_range(struct measure *m, size_t n,
    const char *text);

/* "11x11 Gaussian 1.5, inside, mean of channels, values 0..255, range auto" */
char *measure_text(char *buf, size_t n, const struct measure *m);
#define MEASURE_TEXT_MAX 160

/* How many of them, from the first, are of pictures. */
size_t measure_pairs(const struct measure *m, size_t n);

/* A measure of pictures; NaN where nothing is averaged. */
MUST_CHECK enum status measure_pair(double *out, const struct measure *m,
    const struct pair *p, struct arena *scratch);

#endif
