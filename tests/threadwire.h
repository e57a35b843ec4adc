/*
 * Ranks as threads of one process, for tests: a wire that never waits to
 * send. ranks_by_threads(n, f, arg) calls f(r, arg) in n threads, r the rank.
 */
#ifndef TESTS_THREADWIRE_H
#define TESTS_THREADWIRE_H

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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

/* Of this thread: its rank, and what it waits for. */
static _Thread_local size_t wire_me;
static _Thread_local struct {
	size_t from, n;
	void *x;
} wire_wanted[RANKS_WAYS];

static void
wire_send(enum ranks_way w, size_t to, const void *x, size_t n)
{
	struct message *m = malloc(sizeof *m + n), **at;

	(void)w;
	if (!m)
		exit(2);
	m->next = NULL;
	m->n = n;
	memcpy(m->data, x, n);
	pthread_mutex_lock(&wire_post.lock);
	for (at = &wire_post.first[wire_me][to]; *at; at = &(*at)->next)
		;
	*at = m;
	pthread_cond_broadcast(&wire_post.change);
	pthread_mutex_unlock(&wire_post.lock);
}

static void
wire_sent(enum ranks_way w)
{
	(void)w;
}

static void
wire_recv(enum ranks_way w, size_t from, void *x, size_t n)
{
	wire_wanted[w].from = from;
	wire_wanted[w].n = n;
	wire_wanted[w].x = x;
}

static void
wire_received(enum ranks_way w)
{
	struct message **at = &wire_post.first[wire_wanted[w].from][wire_me];

	pthread_mutex_lock(&wire_post.lock);
	while (!*at)
		pthread_cond_wait(&wire_post.change, &wire_post.lock);
	struct message *m = *at;

	*at = m->next;
	pthread_mutex_unlock(&wire_post.lock);
	if (m->n != wire_wanted[w].n)	/* the other says something else */
		abort();
	memcpy(wire_wanted[w].x, m->data, m->n);
	free(m);
}

static const struct ranks_wire thread_wire = { wire_send, wire_sent, wire_recv,
	wire_received };

struct wire_thread {
	struct ranks r;
	void (*f)(struct ranks *r, void *arg);
	void *arg;
};

static void *
wire_run(void *arg)
{
	struct wire_thread *t = arg;

	wire_me = t->r.rank;
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
