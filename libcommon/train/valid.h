/*
 * How good the networks are by now: the same few samples, looked at again
 * and again. Measured are the texture against the true one and its render
 * against the target, beside unwrap(1)'s on the same samples; and a contact
 * sheet shows them.
 */
#ifndef TRAIN_VALID_H
#define TRAIN_VALID_H

#include "train/trainer.h"

/*
 * PSNR in dB over all samples (of values 0..255), NaN where there is nothing
 * to measure: of the true texture's valid texels that the source shows and
 * of the others; of the render and of x^ on the body in the target view.
 */
struct valid_score {
	double seen, unseen, render, image;
};
struct valid_told {
	struct valid_score net, unwrap;
	double truth;		/* of the true texture's render: light is not in it */
};

struct valid;

/*
 * The first n samples of path, prepared as `o` says but with all that is
 * left to chance fixed; fewer where there are fewer. E_VALUE for none.
 */
MUST_CHECK enum status valid_open(struct valid **v, const char *path,
    size_t n, const struct feed_options *o, const struct trainer *t);
void valid_close(struct valid *v);

/*
 * All ranks: runs the networks with the values that would be exported, each
 * rank on its part of the samples.
 */
MUST_CHECK enum status valid_run(struct valid *v, const struct trainer *t,
    struct valid_told *told);

/*
 * Rank 0: what valid_run saw last as a picture file: a row for each sample; source,
 * unwrap's texture, the network's, the true one, x^, x~ and the target.
 */
MUST_CHECK enum status valid_sheet(const struct valid *v, const char *path);

#endif
