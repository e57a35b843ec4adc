#include "math/team.h"

#include <omp.h>

static int team;	/* 0: not yet chosen */

void
team_begin(int threads)
{
	team = threads > 0 ? threads : omp_get_max_threads();
}

size_t
team_size(void)
{
	if (team == 0)
		team_begin(0);
	return (size_t)team;
}

void
team_run(size_t tasks, void (*f)(void *, size_t, size_t), void *arg)
{
	size_t threads = team_size();

	if (tasks < threads)
		threads = tasks;
	if (threads <= 1) {
		for (size_t t = 0; t < tasks; t++)
			f(arg, t, 0);
		return;
	}
	#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
	for (size_t t = 0; t < tasks; t++)
		f(arg, t, (size_t)omp_get_thread_num());
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
