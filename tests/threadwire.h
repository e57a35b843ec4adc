/*
 * Ranks as threads of one process, for tests: a wire that never waits to
 * send. ranks_by_threads(n, f, arg) calls f(r, arg) in n threads, r the rank.
 */
#ifndef TESTS_THREADWIRE_H
#define TESTS_THREADWIRE_H

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "train/ranks.h"

#define WIRE_MOST 8

struct message {
	struct message *next;
	size_t n;
	char data[];
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct message *first[WIRE_MOST][WIRE_MOST];	/* from, to */
} wire_post = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, { { NULL } } };

/* What a rank waits for; x NULL: nothing. */
static struct {
	size_t from, n;
	void *x;
} wire_wanted[WIRE_MOST][RANKS_SLOTS];

static void
wire_send(const struct ranks *r, unsigned slot, size_t to, const void *x,
    size_t n)
{
	struct message *m = malloc(sizeof *m + n), **at;

	(void)slot;
	if (!m)
		exit(2);
	m->next = NULL;
	m->n = n;
	memcpy(m->data, x, n);
	pthread_mutex_lock(&wire_post.lock);
	for (at = &wire_post.first[r->rank][to]; *at; at = &(*at)->next)
		;
	*at = m;
	pthread_cond_broadcast(&wire_post.change);
	pthread_mutex_unlock(&wire_post.lock);
}

static void
wire_recv(const struct ranks *r, unsigned slot, size_t from, void *x, size_t n)
{
	wire_wanted[r->rank][slot].from = from;
	wire_wanted[r->rank][slot].n = n;
	wire_wanted[r->rank][slot].x = x;
}

static bool
wire_done(const struct ranks *r, unsigned slot)
{
	void **x = &wire_wanted[r->rank][slot].x;
	struct message **at =
	    &wire_post.first[wire_wanted[r->rank][slot].from][r->rank], *m;

	if (!*x)
		return true;
	pthread_mutex_lock(&wire_post.lock);
	m = *at;
	if (m)
		*at = m->next;
	pthread_mutex_unlock(&wire_post.lock);
	if (!m)
		return false;
	if (m->n != wire_wanted[r->rank][slot].n)	/* the other says something else */
		abort();
	memcpy(*x, m->data, m->n);
	free(m);
	*x = NULL;
	return true;
}

static void
wire_rest(const struct ranks *r, bool soon)
{
	struct timespec t;

	(void)r;
	(void)soon;
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	pthread_mutex_lock(&wire_post.lock);
	pthread_cond_timedwait(&wire_post.change, &wire_post.lock, &t);
	pthread_mutex_unlock(&wire_post.lock);
}

static const struct ranks_wire thread_wire = { wire_send, wire_recv, wire_done,
	wire_rest };

struct wire_thread {
	struct ranks r;
	void (*f)(struct ranks *r, void *arg);
	void *arg;
};

static void *
wire_run(void *arg)
{
	struct wire_thread *t = arg;

	t->f(&t->r, t->arg);
	return NULL;
}

static void
ranks_by_threads(size_t n, void (*f)(struct ranks *r, void *arg), void *arg)
{
	struct wire_thread t[WIRE_MOST];
	pthread_t id[WIRE_MOST];

	for (size_t i = 0; i < n; i++) {
		t[i] = (struct wire_thread){ { .rank = i, .size = n,
			.wire = &thread_wire }, f, arg };
		if (pthread_create(&id[i], NULL, wire_run, &t[i]) != 0)
			exit(2);
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(id[i], NULL);
}

#endif
