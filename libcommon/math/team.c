/*
 * A job is over when its tasks are done: whoever comes late, because other
 * processes have the cores, finds it closed and is not waited for. (OpenMP's
 * loops end with a barrier for all threads. Several of our programs run at
 * once in a pipeline, and then most of the time went into that.)
 */
#include "math/team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/*
 * Times a thread without work looks for it before it sleeps: some 50
 * microseconds, more than lies between two layers and less than a wake costs
 * twice.
 */
#define LOOKS 1000

static struct {
	pthread_mutex_t busy;		/* held by the thread whose job it is */
	pthread_mutex_t lock;		/* of what follows */
	pthread_cond_t wake, left;
	bool open;			/* workers may come in */
	atomic_uint round;		/* jobs so far */
	atomic_size_t inside;		/* workers at work */
	size_t size, started;		/* team with the caller; workers */

	/* the job */
	void (*f)(void *, size_t, size_t);
	void *arg;
	size_t tasks;
	atomic_size_t next;
} team = {
	.busy = PTHREAD_MUTEX_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER,
	.wake = PTHREAD_COND_INITIALIZER, .left = PTHREAD_COND_INITIALIZER,
};

/* Inside a task: what it calls runs in its own thread. */
static _Thread_local bool in_task;

static size_t
cores(void)
{
	const char *s = getenv("OMP_NUM_THREADS");
	long n = s ? strtol(s, NULL, 10) : 0;
	cpu_set_t set;

	if (n > 0)
		return (size_t)n;
	return sched_getaffinity(0, sizeof set, &set) == 0 ?
	    (size_t)CPU_COUNT(&set) : 1;
}

void
team_begin(int threads)
{
	pthread_mutex_lock(&team.lock);
	team.size = threads > 0 ? (size_t)threads : cores();
	pthread_mutex_unlock(&team.lock);
}

size_t
team_size(void)
{
	if (team.size == 0)
		team_begin(0);
	return team.size;
}

static void
work(size_t thread)
{
	for (;;) {
		size_t t = atomic_fetch_add(&team.next, 1);

		if (t >= team.tasks)
			return;
		team.f(team.arg, t, thread);
	}
}

static void
pause_briefly(void)
{
#if defined __x86_64__ || defined __i386__
	__builtin_ia32_pause();
#endif
}

static void *
worker(void *arg)
{
	size_t me = (size_t)arg;
	unsigned seen = 0;

	in_task = true;
	for (;;) {
		for (int i = 0; i < LOOKS && atomic_load(&team.round) == seen;
		    i++)
			pause_briefly();
		pthread_mutex_lock(&team.lock);
		while (atomic_load(&team.round) == seen)
			pthread_cond_wait(&team.wake, &team.lock);
		seen = atomic_load(&team.round);
		bool mine = team.open && me < team.size;

		if (mine)
			atomic_fetch_add(&team.inside, 1);
		pthread_mutex_unlock(&team.lock);
		if (!mine)
			continue;
		work(me);
		pthread_mutex_lock(&team.lock);
		if (atomic_fetch_sub(&team.inside, 1) == 1)
			pthread_cond_signal(&team.left);
		pthread_mutex_unlock(&team.lock);
	}
	return NULL;
}

/* Workers are started when they are first needed, and never end. */
static void
start(size_t workers)
{
	pthread_attr_t attr;
	pthread_t t;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while (team.started < workers && pthread_create(&t, &attr, worker,
	    (void *)(team.started + 1)) == 0)
		team.started++;		/* with fewer it is only slower */
	pthread_attr_destroy(&attr);
}

void
team_run(size_t tasks, void (*f)(void *, size_t, size_t), void *arg)
{
	if (tasks <= 1 || team_size() == 1 || in_task ||
	    pthread_mutex_trylock(&team.busy) != 0) {
		for (size_t t = 0; t < tasks; t++)
			f(arg, t, 0);
		return;
	}
	pthread_mutex_lock(&team.lock);
	start(team.size - 1);
	team.f = f;
	team.arg = arg;
	team.tasks = tasks;
	atomic_store(&team.next, 0);
	team.open = true;
	atomic_fetch_add(&team.round, 1);
	pthread_cond_broadcast(&team.wake);
	pthread_mutex_unlock(&team.lock);

	in_task = true;
	work(0);
	in_task = false;

	/* All tasks are taken; those inside are at their last one. */
	for (int i = 0; i < LOOKS && atomic_load(&team.inside) > 0; i++)
		pause_briefly();
	pthread_mutex_lock(&team.lock);
	team.open = false;
	while (atomic_load(&team.inside) > 0)
		pthread_cond_wait(&team.left, &team.lock);
	pthread_mutex_unlock(&team.lock);
	pthread_mutex_unlock(&team.busy);
}

struct range {
	void (*f)(void *, size_t, size_t);
	void *arg;
	size_t n, grain;
};

static void
one_range(void *arg, size_t task, size_t thread)
{
	const struct range *r = arg;
	size_t i = task * r->grain;

	(void)thread;
	r->f(r->arg, i, r->n - i < r->grain ? r->n : i + r->grain);
}

void
team_range(size_t n, size_t grain, void (*f)(void *, size_t, size_t),
    void *arg)
{
	struct range r = { f, arg, n, grain };

	team_run(n / grain + (n % grain != 0), one_range, &r);
}

size_t
team_grain(size_t c)
{
	const size_t floats = (size_t)16 << 10;

	return c < floats ? floats / (c ? c : 1) : 1;
}
