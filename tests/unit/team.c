/* Every task runs once, whoever calls and however many threads there are. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "math/team.h"

#include "../tap.h"

#define TASKS 1000

struct count {
	atomic_int done[TASKS];
	atomic_int strangers;	/* thread numbers beyond the team */
	size_t size;
};

static void
task(void *arg, size_t t, size_t thread)
{
	struct count *c = arg;

	atomic_fetch_add(&c->done[t], 1);
	if (thread >= c->size)
		atomic_fetch_add(&c->strangers, 1);
}

static bool
all_once(size_t size)
{
	struct count *c = calloc(1, sizeof *c);
	bool good = c;

	if (!c)
		return false;
	c->size = size;
	team_run(TASKS, task, c);
	for (int t = 0; t < TASKS; t++)
		good &= atomic_load(&c->done[t]) == 1;
	good &= atomic_load(&c->strangers) == 0;
	free(c);
	return good;
}

static void
nested(void *arg, size_t t, size_t thread)
{
	atomic_int *good = arg;

	(void)t;
	(void)thread;
	atomic_fetch_add(good, all_once(1));
}

static void *
caller(void *arg)
{
	bool good = true;

	(void)arg;
	for (int i = 0; i < 50; i++)
		good &= all_once(team_size());
	return good ? arg : NULL;
}

static void
range(void *arg, size_t i, size_t end)
{
	for (; i < end; i++)
		((int *)arg)[i]++;
}

int
main(void)
{
	atomic_int good = 0;
	int hits[101] = { 0 };
	pthread_t other;
	void *said = NULL;
	bool once = true;

	for (int n = 1; n <= 5; n++) {
		team_begin(n);
		ok(team_size() == (size_t)n && all_once((size_t)n),
		    "each of %d tasks once, %d threads", TASKS, n);
	}
	team_begin(2);
	ok(all_once(2), "again with fewer threads");
	team_begin(3);
	for (int i = 0; i < 5000; i++)
		once &= all_once(3);
	ok(once, "5000 jobs one after the other");
	team_run(20, nested, &good);
	ok(good == 20, "a task that calls the team works alone");
	if (pthread_create(&other, NULL, caller, &good) == 0) {
		once = caller(&good) != NULL;
		pthread_join(other, &said);
		ok(once && said, "two threads call at once");
	}
	team_range(101, 7, range, hits);
	for (int i = 0; i < 101; i++)
		once &= hits[i] == 1;
	ok(once, "ranges cover all, once");
	return done();
}
