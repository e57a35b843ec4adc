/*
 * The ranks of textrain by MPI. Messages are begun and asked after, never
 * waited for in MPI: a thread beside looks every second whether the rank
 * before this one is still there, and MPI is called by one thread at a time.
 */
#include "textrain.h"

#include <mpi.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

#define TICK_S 1		/* between two beats */
#define SPINS 2000		/* some milliseconds: then others may work */
#define NAP_NS 50000
#define HOST_MAX 64
#define LAST_S 60		/* for all to leave */

/* What a beat says. */
enum { HERE, LEAVING };

static struct ranks ranks = { .size = 1 };
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t quit_now = PTHREAD_COND_INITIALIZER;
static MPI_Request under_way[RANKS_SLOTS];
static enum status met;		/* whether all were given the same */
static char met_detail[128];
static bool inside;		/* between MPI_Init and MPI_Finalize */
static bool together;		/* who exits ends all */

static struct {
	MPI_Comm comm;
	pthread_t thread;
	bool runs, quit;	/* quit: under the lock */
	int limit;		/* ticks */
	char host[HOST_MAX];	/* of the rank that is listened to */
} watch;

/* ---- the wire --------------------------------------------------------- */

static void
lock(void)
{
	pthread_mutex_lock(&one_at_a_time);
}

static void
unlock(void)
{
	pthread_mutex_unlock(&one_at_a_time);
}

static void
wire_send(const struct ranks *r, unsigned slot, size_t to, const void *x,
    size_t n)
{
	(void)r;
	lock();
	MPI_Isend(x, (int)n, MPI_BYTE, (int)to, 0, MPI_COMM_WORLD,
	    &under_way[slot]);
	unlock();
}

static void
wire_recv(const struct ranks *r, unsigned slot, size_t from, void *x, size_t n)
{
	(void)r;
	lock();
	MPI_Irecv(x, (int)n, MPI_BYTE, (int)from, 0, MPI_COMM_WORLD,
	    &under_way[slot]);
	unlock();
}

static bool
over(MPI_Request *r)
{
	int done;

	lock();
	MPI_Test(r, &done, MPI_STATUS_IGNORE);
	unlock();
	return done;
}

/* Since the last message was over. */
static int rests;

static bool
wire_done(const struct ranks *r, unsigned slot)
{
	bool was = under_way[slot] != MPI_REQUEST_NULL;

	(void)r;
	if (!over(&under_way[slot]))
		return false;
	if (was)
		rests = 0;
	return true;
}

static void
rest(bool soon)
{
	if (soon && rests++ < SPINS)
		sched_yield();
	else
		nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
}

/* MPI carries on with what is under way whenever it is asked something. */
static void
wire_rest(const struct ranks *r, bool soon)
{
	int any;

	(void)r;
	lock();
	MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &any,
	    MPI_STATUS_IGNORE);
	unlock();
	rest(soon);
}

static const struct ranks_wire wire = { wire_send, wire_recv, wire_done,
	wire_rest };

/* ---- who is lost ------------------------------------------------------ */

static size_t
before(void)
{
	return (ranks.rank + ranks.size - 1) % ranks.size;
}

/* The rank before this one: MPI itself does not see a machine that stands. */
static void
give_up(void)
{
	fprintf(stderr, "textrain: rank %zu on %s has said nothing for %d s: "
	    "all end; --resume goes on\n", before(), watch.host,
	    watch.limit * TICK_S);
	/* Where not even MPI_Abort comes through. */
	signal(SIGALRM, SIG_DFL);
	alarm(5);
	MPI_Abort(MPI_COMM_WORLD, 2);
}

static void
finish(MPI_Request *r)
{
	while (!over(r))
		nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
}

/* To all that has been said; what is said next comes into *heard. */
static void
listen(MPI_Request *in, char *heard, int *silent)
{
	int done = 1;

	for (++*silent; *heard != LEAVING; *silent = 0) {
		MPI_Test(in, &done, MPI_STATUS_IGNORE);
		if (!done)
			break;
		if (*heard != LEAVING)
			MPI_Irecv(heard, 1, MPI_BYTE, (int)before(), 0, watch.comm,
			    in);
	}
	if (*heard != LEAVING && *silent > watch.limit)
		give_up();
}

static void
tick(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += TICK_S;
	while (!watch.quit && pthread_cond_timedwait(&quit_now, &one_at_a_time,
	    &t) == 0)
		;
}

/*
 * A beat to the rank behind every tick, and listening to the one before. Ticks
 * are counted, not seconds: who was stopped and goes on has missed none.
 */
static void *
beat(void *arg)
{
	const int next = (int)((ranks.rank + 1) % ranks.size);
	char here = HERE, bye = LEAVING, heard = HERE;
	MPI_Request out = MPI_REQUEST_NULL, last, in = MPI_REQUEST_NULL;
	int silent = 0;

	(void)arg;
	lock();
	while (!watch.quit) {
		int done;

		MPI_Test(&out, &done, MPI_STATUS_IGNORE);
		if (done)
			MPI_Isend(&here, 1, MPI_BYTE, next, 0, watch.comm, &out);
		listen(&in, &heard, &silent);
		tick();
	}
	MPI_Isend(&bye, 1, MPI_BYTE, next, 0, watch.comm, &last);
	unlock();
	/* All come here at the same time: what is on its way arrives. */
	while (heard != LEAVING) {
		finish(&in);
		lock();
		listen(&in, &heard, &silent);
		unlock();
	}
	finish(&out);
	finish(&last);
	return NULL;
}

/* ---- from launch to end ----------------------------------------------- */

static uint64_t
hash_of(int argc, char **argv)
{
	uint64_t h = 0;

	for (int i = 1; i < argc; i++)
		h = ranks_hash(h, argv[i], strlen(argv[i]) + 1);
	return h;
}

/* For cli_die: of a rank alone the end of all. */
static void
leave(void)
{
	if (together)
		MPI_Abort(MPI_COMM_WORLD, 2);
	launch_end();
}

/* Before cli_begin, where ranks with other arguments may end. */
static void
meet(int argc, char **argv)
{
	char *host = calloc(ranks.size, HOST_MAX);

	if (!host)
		cli_die("no memory for %zu ranks", ranks.size);
	gethostname(host + ranks.rank * HOST_MAX, HOST_MAX - 1);
	ranks_share(&ranks, host, HOST_MAX);
	memcpy(watch.host, host + before() * HOST_MAX, HOST_MAX);
	free(host);
	met = ranks_same(&ranks, hash_of(argc, argv), "arguments");
	snprintf(met_detail, sizeof met_detail, "%s", status_detail());
}

struct ranks *
launch(int *argc, char ***argv)
{
	static const char *const launched[] = { "OMPI_COMM_WORLD_SIZE",
		"PMIX_RANK", "PMI_RANK", "PMI_SIZE" };
	int given, rank, size;
	bool any = false;

	for (size_t i = 0; i < sizeof launched / sizeof *launched; i++)
		any = any || getenv(launched[i]);
	if (!any)	/* MPI would take a second to find that we are alone */
		return &ranks_alone;
	MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &given);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	MPI_Comm_dup(MPI_COMM_WORLD, &watch.comm);
	inside = true;
	for (size_t i = 0; i < RANKS_SLOTS; i++)
		under_way[i] = MPI_REQUEST_NULL;
	atexit(launch_end);
	cli_one_of(rank > 0, leave);
	if (given < MPI_THREAD_SERIALIZED)
		cli_die("this MPI allows no threads");
	/* What -h says is said once. */
	if (rank > 0 && !freopen("/dev/null", "w", stdout))
		cli_die("no /dev/null");
	ranks = (struct ranks){ .rank = (size_t)rank, .size = (size_t)size,
		.wire = &wire };
	meet(*argc, *argv);
	return &ranks;
}

void
launch_watch(int seconds)
{
	if (met != OK)
		launch_die("%s", met_detail);
	if (ranks.size == 1)
		return;
	watch.limit = seconds / TICK_S;
	together = true;

	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	watch.runs = pthread_create(&watch.thread, NULL, beat, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!watch.runs)
		cli_die("cannot start a thread");
}

void
launch_end(void)
{
	if (!inside)
		return;
	together = inside = false;
	/* Should somebody be lost even now. */
	signal(SIGALRM, SIG_DFL);
	alarm(LAST_S);
	if (watch.runs) {
		lock();
		watch.quit = true;
		pthread_cond_signal(&quit_now);
		unlock();
		pthread_join(watch.thread, NULL);
	}
	MPI_Finalize();
	alarm(0);
}
