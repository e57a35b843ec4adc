/*
 * A reader for the pickles inside PyTorch files, and for nothing else. A
 * pickle is a program for a stack machine that may call any Python function;
 * this machine has no functions. It knows numbers, texts, tuples, lists,
 * dicts, and, by name, collections.OrderedDict, torch.*Storage and
 * torch._utils._rebuild_tensor, _rebuild_tensor_v2, _rebuild_parameter,
 * torch.storage._load_from_bytes, each of which makes a value of the closed
 * set below. Any other class (an argparse.Namespace, a numpy scalar) makes an
 * object of which the name is kept, with what it was made of and its state:
 * nothing of it is run. Functions that no
 * checkpoint needs (os.system, eval), calls with tensors that are not known,
 * and every other opcode end the reading with their name in the message.
 */
#ifndef WEIGHTS_PICKLE_H
#define WEIGHTS_PICKLE_H

#include "weights/arrays.h"

enum pv_kind { PV_NONE, PV_INT, PV_FLOAT, PV_STR, PV_TUPLE, PV_LIST, PV_DICT,
	PV_GLOBAL, PV_STORAGE, PV_TENSOR, PV_OBJECT, PV_MARK };

/* A block of elements that tensors look into; whoever has the file fills data and have. */
struct pickle_storage {
	const char *key;
	enum elem elem;
	size_t len;		/* elements, as the pickle says */
	const void *data;	/* NULL until found */
	struct pickle_storage *next;
};

struct pv {
	enum pv_kind kind;
	union {
		int64_t i;			/* PV_INT; booleans are 0, 1 */
		double f;
		/* Without embedded 0; of PV_OBJECT its class */
		const char *str;
		struct {			/* dict: key, value, key, ... */
			struct pv **at;
			size_t n, room;
		} seq;
		int global;
		struct {		/* PV_OBJECT; as str, its class */
			const char *class;
			const void *bytes;	/* "bytes": n of them */
			size_t n;
			struct pv *args, *state;	/* NULL: none */
		} object;
		struct pickle_storage *storage;
		struct {
			const struct pickle_storage *storage;
			size_t offset;		/* elements */
			int rank;
			size_t dim[TENSOR_MAX_RANK];
			size_t stride[TENSOR_MAX_RANK];	/* elements */
		} tensor;
	} u;
};

/*
 * Reads one pickle at buf[0..n); *used is its length, *top its value. Values
 * may be shared and may contain themselves. Storages are put in front of
 * *storages, each key once. All memory is from a, at most some 300 times n.
 * E_FORMAT, E_TRUNC, E_LIMIT.
 */
MUST_CHECK enum status pickle_read(struct pv **top, size_t *used,
    struct pickle_storage **storages, struct arena *a, const void *buf,
    size_t n);

/* The value of a text key in a dict, or in an object whose state is one; or NULL. */
const struct pv *pickle_get(const struct pv *dict, const char *key);

#endif
