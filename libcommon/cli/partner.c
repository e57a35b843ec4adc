#include "cli/partner.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GRACE_S 1.0	/* how long one that has closed its end may take to exit */
#define SOCKET_BYTES (4 << 20)

struct partner {
	pid_t pid;
	int fd;
	char *name;
	double timeout;
	struct stream_in *in;
	struct stream_out *out, *tap;
};

/*
 * The watchdog: while an answer is due, SIGALRM ends the partner's process
 * group, and reading then meets the end of the input. One partner at a time.
 */
static volatile sig_atomic_t running;	/* its process group, or 0 */
static volatile sig_atomic_t child;	/* itself, until it is waited for, or 0 */
static volatile sig_atomic_t talking = -1;	/* our end of the socket */
static volatile sig_atomic_t timed_out;

void
partner_kill_all(void)
{
	if (running > 0)
		kill(-(pid_t)running, SIGKILL);
	if (child > 0)
		kill((pid_t)child, SIGKILL);	/* it may be in another group */
}

static void
on_alarm(int sig)
{
	(void)sig;
	timed_out = 1;
	partner_kill_all();
	/* Whoever else has the other end may live on, and hold it open. */
	if (talking >= 0)
		shutdown((int)talking, SHUT_RDWR);
}

static void
watch(const struct partner *p, bool on)
{
	double whole, part = modf(p->timeout, &whole);
	struct itimerval t = { 0 };

	if (on) {
		t.it_value.tv_sec = (time_t)whole;
		t.it_value.tv_usec = (suseconds_t)(part * 1e6);
		timed_out = 0;
	}
	setitimer(ITIMER_REAL, &t, NULL);
}

/* Whether the partner has ended, after at most `wait` seconds. */
static bool
ended(struct partner *p, int *status, double wait)
{
	const struct timespec nap = { .tv_nsec = 2000000 };

	for (; wait >= 0; wait -= 2e-3) {
		pid_t got = waitpid(p->pid, status, WNOHANG);

		if (got == p->pid || (got < 0 && errno == ECHILD)) {
			p->pid = got < 0 ? -1 : p->pid;
			child = 0;
			return true;
		}
		nanosleep(&nap, NULL);
	}
	return false;
}

/* What became of the partner, in front of what we noticed of it. */
static enum status
fate(struct partner *p, enum status s)
{
	int how = 0;

	if (timed_out) {
		fail(s, "no complete answer after %g s, ended it", p->timeout);
	} else if (p->pid > 0 && ended(p, &how, GRACE_S)) {
		if (WIFSIGNALED(how))
			fail(s, "it was killed by signal %d (%s)",
			    WTERMSIG(how), strsignal(WTERMSIG(how)));
		else if (WIFEXITED(how) && WEXITSTATUS(how) == 127)
			fail(s, "the command was not found");
		else
			fail(s, "it ended with exit status %d before its "
			    "answer was complete", WEXITSTATUS(how));
		p->pid = -1;
	}
	return fail_in(s, "partner \"%s\"", p->name);
}

/* In the child: the socket becomes stdin and stdout. Never returns. */
static void
become(const char *const argv[], int fd, pid_t parent)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent && dup2(fd, 0) == 0 && dup2(fd, 1) == 1) {
		close(fd);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	}
	_exit(127);
}

enum status
partner_start(struct partner **out, const char *const argv[], double timeout,
    const char *tap)
{
	struct partner *p = calloc(1, sizeof *p);
	struct sigaction act = { .sa_handler = on_alarm };
	const int bytes = SOCKET_BYTES;
	int fd[2];

	if (!p || !(p->name = strdup(argv[0]))) {
		free(p);
		return fail(E_NOMEM, "no memory");
	}
	p->timeout = timeout;
	p->pid = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0) {
		free(p->name);
		free(p);
		return fail_errno("cannot make a socket pair");
	}
	p->fd = fd[0];
	for (int i = 0; i < 2; i++)	/* as much as the system allows */
		setsockopt(fd[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);

	pid_t parent = getpid();

	p->pid = fork();
	if (p->pid == 0)
		become(argv, fd[1], parent);
	if (p->pid > 0) {
		setpgid(p->pid, p->pid);	/* whoever is first */
		running = child = p->pid;
		talking = p->fd;
	}
	close(fd[1]);

	enum status s = p->pid > 0 ? OK : fail_errno("cannot fork");

	if (s == OK)
		s = stream_open_fd(&p->in, p->fd, p->name, NULL);
	if (s == OK)
		s = stream_create_fd(&p->out, p->fd, p->name, 0);
	if (s == OK && tap)
		s = stream_create(&p->tap, tap, 1);
	sigaction(SIGALRM, &act, NULL);
	if (s != OK) {
		partner_abort(p);
		return s;
	}
	*out = p;
	return OK;
}

const char *
partner_name(const struct partner *p)
{
	return p->name;
}

/*
 * Writing to a partner that is gone raises SIGPIPE, which would end us
 * quietly as a closed stdout should; here it is to be an error.
 */
static enum status
without_sigpipe(struct partner *p, const struct sample *s)
{
	const struct timespec now = { 0 };
	sigset_t pipe, old, pending;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe, &old);

	enum status st = s ? stream_put(p->out, s) : stream_end(p->out);

	if (!sigismember(&pending, SIGPIPE))
		while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR)
			continue;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return st;
}

enum status
partner_send(struct partner *p, const struct sample *s)
{
	if (p->tap)
		TRY(stream_put(p->tap, s));
	watch(p, true);		/* one that does not read holds us up too */

	enum status st = without_sigpipe(p, s);

	watch(p, false);
	return st == OK ? OK : fate(p, st);
}

enum status
partner_receive(struct partner *p, struct sample *s, const char *key)
{
	watch(p, true);

	enum status st = stream_next(p->in, s);

	watch(p, false);
	if (st == END)
		st = fail(E_TRUNC, "it ended the exchange where an answer was "
		    "due");
	if (st != OK)
		return st == E_FORMAT || st == E_LIMIT ?
		    fail_in(st, "partner \"%s\"", p->name) : fate(p, st);
	if (strcmp(s->key, key) != 0)
		return fail(E_FORMAT, "partner \"%s\": it answered about "
		    "sample \"%s\", want \"%s\"", p->name, s->key, key);
	return p->tap ? stream_put(p->tap, s) : OK;
}

enum status
partner_end(struct partner *p)
{
	struct sample s;
	int how = 0;

	watch(p, true);
	enum status st = without_sigpipe(p, NULL);

	p->out = NULL;
	shutdown(p->fd, SHUT_WR);
	/* What counts is that nothing more comes and that it ends well. */
	if (st == OK && stream_next(p->in, &s) == OK)
		st = fail(E_FORMAT, "partner \"%s\": it sent more than was "
		    "asked for", p->name);
	watch(p, false);
	if (st == E_IO || timed_out)
		st = fate(p, E_IO);
	else if (st == OK && !ended(p, &how, p->timeout))
		st = fail(E_IO, "partner \"%s\": it does not end", p->name);
	else if (st == OK && how != 0)
		st = fail(E_IO, "partner \"%s\": it ended with exit status %d",
		    p->name, WIFEXITED(how) ? WEXITSTATUS(how) :
		    128 + WTERMSIG(how));
	if (st == OK || how != 0)
		p->pid = -1;
	if (p->tap) {
		enum status t = stream_end(p->tap);

		p->tap = NULL;
		if (st == OK)
			st = t;
	}
	partner_abort(p);
	return st;
}

void
partner_abort(struct partner *p)
{
	if (!p)
		return;
	partner_kill_all();	/* whom it may have left behind, too */
	running = 0;
	talking = -1;
	if (p->pid > 0)
		waitpid(p->pid, NULL, 0);
	child = 0;
	if (p->in)
		stream_close(p->in);
	if (p->out)
		stream_abort(p->out);
	if (p->tap)
		stream_abort(p->tap);
	close(p->fd);
	free(p->name);
	free(p);
}
