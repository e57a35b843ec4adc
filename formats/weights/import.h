/*
 * Files of other programs as one sample of weights: what `weights import` does.
 * Their manifests are added up, and each file's name and SHA-256 noted.
 *
 *	import_begin(&m, &s);
 *	TRY(import_add(&m, set, "vgg19.pth", &how, &count));	for each file
 *	TRY(import_end(&m));
 */
#ifndef WEIGHTS_IMPORT_H
#define WEIGHTS_IMPORT_H

#include "weights/published.h"

struct import {
	struct sample *s;
	struct arrays out;
};

/* Whose a VGG in torchvision's names is, see published_import. */
enum import_input { INPUT_BY_SUM, INPUT_TORCHVISION, INPUT_CAFFE };
#define IMPORT_INPUT_NAMES "auto|torchvision|caffe"

struct import_how {
	const char *net;	/* published network that it is; NULL: any arrays */
	const char *prefix;	/* of names that count, taken off; "": none */
	bool partial;		/* arrays of net may be missing */
	enum import_input input;
};

void import_begin(struct import *m, struct sample *s);

/*
 * Takes net's parameters as published_import does, or all arrays with the
 * prefix, slashes in names as dots. A graph goes with all arrays of its file
 * and with no other graph. set must stay until the sample is written; *count is set
 * where there is a net; its as_torch only where the file's checksum does not
 * tell. E_VALUE, and what published_import returns; details do not repeat the path.
 */
MUST_CHECK enum status import_add(struct import *m, const struct arrays *set,
    const char *path, const struct import_how *how,
    struct published_count *count);

/* Puts what was added into the sample; E_VALUE for an array that is twice. */
MUST_CHECK enum status import_end(struct import *m);

#endif
