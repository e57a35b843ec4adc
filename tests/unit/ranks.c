/*
 * Ranks: the sum is that of one process to the last bit, however lanes are
 * divided and however long it is, for at most twice its bytes; what one says
 * all know, and who is different is named. A feed of several gives each what
 * it computes, and in sum what it gives one.
 */
#include "train/ranks.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../numbers.h"
#include "../tap.h"
#include "../threadwire.h"
#include "model/charts.h"
#include "train/feed.h"
#include "train/shuffle.h"

#define LANES 7

/* ---- what all know ---------------------------------------------------- */

static bool all_right;

static void
share(struct ranks *r, void *arg)
{
	size_t n = *(size_t *)arg;
	char *x = calloc(r->size, n);

	memset(x + r->rank * n, (int)(65 + r->rank), n);
	ranks_share(r, x, n);
	for (size_t i = 0; i < r->size * n; i++)
		if (x[i] != (char)(65 + i / n))
			all_right = false;
	free(x);
	if (ranks_any(r, false) || !ranks_any(r, r->rank == r->size - 1))
		all_right = false;
}

/* Of five ranks those in the mask fail. */
static char said[WIRE_MOST][512];
static enum status got[WIRE_MOST];

static void
agree(struct ranks *r, void *arg)
{
	unsigned mask = *(unsigned *)arg;

	got[r->rank] = ranks_agree(r, mask >> r->rank & 1 ?
	    fail(E_VALUE, "no %s", r->rank == 2 ? "bread" : "milk") : OK);
	snprintf(said[r->rank], sizeof said[0], "%s", status_detail());
}

static bool
all_say(enum status st, const char *text)
{
	for (size_t i = 0; i < 5; i++)
		if (got[i] != st || (st != OK && strcmp(said[i], text) != 0))
			return false;
	return true;
}

static void
same(struct ranks *r, void *arg)
{
	uint64_t hash = ranks_hash(0, "a text of some length", 21);

	if (r->rank == *(size_t *)arg)
		hash = ranks_hash(0, "a text of some lengtH", 21);
	got[r->rank] = ranks_same(r, hash, "weights");
	snprintf(said[r->rank], sizeof said[0], "%s", status_detail());
}

static void
test_words(void)
{
	size_t n = 13, odd = 3;
	unsigned mask = 0;

	all_right = true;
	for (size_t k = 1; k <= 5; k++)
		ranks_by_threads(k, share, &n);
	ok(all_right, "what is shared is everywhere");
	ranks_by_threads(5, agree, &mask);
	ok(all_say(OK, ""), "all are well");
	mask = 4 + 8;
	ranks_by_threads(5, agree, &mask);
	ok(all_say(E_VALUE, "rank 2: no bread"), "the first that is not is named "
	    "# %s", said[0]);
	mask = 31;
	ranks_by_threads(5, agree, &mask);
	ok(all_say(E_VALUE, "no milk"), "and none, where all say it # %s", said[4]);
	ranks_by_threads(5, same, &odd);
	ok(all_say(E_VALUE, "rank 3 has other weights than rank 0"),
	    "who has something else is named # %s", said[1]);
	odd = 9;
	ranks_by_threads(5, same, &odd);
	ok(all_say(OK, ""), "nobody has");
}

/* ---- the sum ---------------------------------------------------------- */

struct lanes {
	size_t n;
	const float *lane[LANES];
	float *want;		/* of one rank */
	uint64_t most;		/* bytes sent by one */
	bool good;
	pthread_mutex_t lock;
};

struct own {
	const struct lanes *l;
	float *x;
	size_t from, to, whole, asked;
	bool early;		/* what was not whole has been added */
};

static void
add(void *arg, const float *before, size_t from, size_t to)
{
	struct own *o = arg;

	o->early |= to > o->whole;
	for (size_t k = from; k < to; k++) {
		size_t l = o->from;

		o->x[k] = before ? before[k - from] + o->l->lane[l][k] :
		    o->l->lane[l][k];
		while (++l < o->to)
			o->x[k] += o->l->lane[l][k];
	}
}

/* Some more each time it is asked, so that it is ready sooner or later. */
static bool
ready(void *arg, size_t to)
{
	struct own *o = arg;

	if (o->asked++ % (3 + o->from) == 0)
		o->whole += o->l->n / 5 + 1 + o->from;
	return o->whole >= to;
}

static void
sum(struct ranks *r, void *arg)
{
	struct lanes *l = arg;
	struct own o = { l, malloc((l->n + 1) * sizeof *o.x),
		ranks_first(r, r->rank, LANES),
		ranks_first(r, r->rank + 1, LANES), 0, r->rank, false };
	float *room = malloc((ranks_room(r, l->n) + 1) * sizeof *room);

	ranks_sum(r, &(struct ranks_sum){ o.x, l->n, add, ready, &o, room });
	pthread_mutex_lock(&l->lock);
	if (memcmp(o.x, l->want, l->n * sizeof *o.x) != 0 || o.early)
		l->good = false;
	if (r->sent > l->most)
		l->most = r->sent;
	pthread_mutex_unlock(&l->lock);
	free(room);
	free(o.x);
}

static void
test_sum(void)
{
	static const size_t length[] = { 1, 5, 16384, 16385, 32768, 100003,
		1 << 20 };
	struct rng r = rng_seed(3, 0);

	for (size_t i = 0; i < sizeof length / sizeof *length; i++) {
		struct lanes l = { .n = length[i], .good = true,
			.lock = PTHREAD_MUTEX_INITIALIZER };
		struct own o = { &l, zeros(l.n), 0, LANES, 0, 0, false };

		for (size_t k = 0; k < LANES; k++) {
			float *x = zeros(l.n);

			rng_fill_normal(&r, x, l.n, 1);
			l.lane[k] = x;
		}
		l.want = o.x;
		ranks_sum(&ranks_alone, &(struct ranks_sum){ o.x, l.n, add,
		    NULL, &o, NULL });
		for (size_t k = 2; k <= LANES; k++)
			ranks_by_threads(k, sum, &l);
		ok(l.good, "the sum of %zu numbers, by 2 to %d ranks", l.n, LANES);
		ok(l.most <= 8 * l.n, "of which none sends more than two each "
		    "# %g", (double)l.most / (double)l.n / 4);
	}
}

/* ---- the feed --------------------------------------------------------- */

#define S 32
#define STEP 10			/* samples of a step */
#define BUFFER 5
#define DRAWS (12 * STEP)

static char dir[] = "/tmp/dualtex-ranks.XXXXXX";
static char path[2][64];
static struct charts charts;

static void
make_file(size_t i, size_t n)
{
	struct arena *a;
	struct stream_out *out;
	struct tensor t;

	snprintf(path[i], sizeof path[i], "%s/%zu", dir, i);
	if (arena_new(&a, 1 << 24) != OK || stream_create(&out, path[i], 1) != OK)
		exit(2);
	for (size_t k = 0; k < n; k++) {
		struct sample s;
		char key[32];

		snprintf(key, sizeof key, "%zu/%zu", i, k);
		if (sample_init(&s, a, key) != OK || sample_make(&t, &s,
		    "source.image", DT_U1, TENSOR_DIMS(S, S, 3)) != OK)
			exit(2);
		memset(t.data, (int)(1 + k), S * S * 3);
		if (sample_make(&t, &s, "source.iuv", DT_U1,
		    TENSOR_DIMS(S, S, 3)) != OK)
			exit(2);
		memset(t.data, 0, S * S * 3);
		if (stream_put(out, &s) != OK)
			exit(2);
		sample_clear(&s);
		arena_reset(a);
	}
	if (stream_end(out) != OK)
		exit(2);
	arena_free(a);
}

/*
 * What is given from sample `drawn` on to lanes from..to-1 of `lanes`, at its
 * place in key[DRAWS]; with all there must be no gap.
 */
static bool
gives(char key[DRAWS][32], uint64_t drawn, size_t lanes, size_t from, size_t to)
{
	static const char *const files[] = { path[0], path[1] };
	struct feed_options o = { .path = files, .n = 2, .seed = 4,
		.buffer = BUFFER, .most = to - from, .limits = STREAM_LIMITS,
		.step = from == 0 && to == lanes ? 0 : STEP, .lanes = lanes,
		.from = from, .to = to, .want = { .size = S, .layout = "atlas24" },
		.prepare = { .size = S, .layout = charts.layout, .jitter = 0.1 } };
	struct feed *f;

	if (feed_open(&f, &o, drawn) != OK)
		return false;
	for (size_t d = drawn; d < DRAWS; d++) {
		const struct sample *s;
		size_t lane = (d - drawn) % STEP % lanes;

		if (lane < from || lane >= to)
			continue;
		if (feed_next(f, 1, &s) != OK)
			return false;
		const uint8_t *x = sample_find(s, "source.image")->t.data;

		/* The colours, too, are drawn for this place. */
		snprintf(key[d], sizeof key[d], "%s %d", s->key, x[0]);
	}
	feed_close(f);
	return true;
}

static void
test_feed(void)
{
	static char whole[DRAWS][32], parts[DRAWS][32];
	static const size_t lanes = 4, cut[] = { 0, 1, 3, 4 };
	bool good = true;

	if (charts_open(&charts, "atlas24", S) != OK || !mkdtemp(dir))
		exit(2);
	make_file(0, 7);
	make_file(1, 16);
	ok(gives(whole, 0, lanes, 0, lanes), "a feed of one");
	for (uint64_t drawn = 0; drawn <= 5 * STEP; drawn += 5 * STEP) {
		memset(parts, 0, sizeof parts);
		for (size_t i = 0; i < 3; i++)
			good &= gives(parts, drawn, lanes, cut[i], cut[i + 1]);
		ok(good && memcmp(whole[drawn], parts[drawn],
		    sizeof whole - drawn * sizeof *whole) == 0,
		    "three parts of it are the whole, from sample %d",
		    (int)drawn);
	}
	for (size_t i = 0; i < 2; i++)
		unlink(path[i]);
	rmdir(dir);
	charts_close(&charts);
}

static void
test_due(void)
{
	struct shuffle s;
	uint64_t due[9];
	bool good = true;

	if (shuffle_new(&s, 9, 6) != OK)
		exit(2);
	for (int i = 0; i < 200; i++) {
		size_t now = shuffle_slot(&s);

		shuffle_due_all(&s, due);
		for (size_t k = 0; k < 9; k++)
			good &= due[k] == shuffle_due(&s, k) &&
			    (due[k] == s.draws) == (k == now);
		shuffle_refill(&s, now);
	}
	ok(good, "when a slot is drawn again");
	shuffle_free(&s);
}

int
main(void)
{
	test_words();
	test_sum();
	test_due();
	test_feed();
	return done();
}
