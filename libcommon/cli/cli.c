#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/text.h"
#include "cli/kernel.h"
#include "cli/memory.h"
#include "cli/options.h"
#include "cli/partner.h"
#include "weights/datafile.h"

#define PROGRESS_S 0.25		/* seconds between two progress lines */
#define LOCATED 8192		/* bytes of a message with path, key, member, reason */

static const struct cli_program *prog;
static struct options opt;

/* Every stream that was opened, for cli_finish. */
static struct item {
	struct item *next;
	struct stream_in *in;
	struct stream_out *out;
} *items;
static struct stream_out *std_out;

static struct arena *made_arena;	/* cli_make's */
static struct sample made;
static const char *made_from = "<made>";
static const char *at_hand = "";	/* key of the sample that is worked on */

static size_t n_read, n_made, n_left_out;
static char weights_sha[65];	/* cli_weights */
static bool ended;	/* as we meant it to, see on_exit_of_others */
static bool said_no, progress_on, progress_shown;
static double progress_at;
static volatile sig_atomic_t stopped;	/* cli_stop */
static bool silent;		/* cli_one_of */
static void (*at_end)(void);

/* ---- messages ---- */

static void PRINTF_LIKE(1, 0)
message(const char *fmt, va_list ap)
{
	char text[4 * LOCATED];

	if (silent)
		return;
	vsnprintf(text, sizeof text, fmt, ap);
	text_shorten(text, 4096);
	/* Names from files must not steer the terminal, or fake a line. */
	for (char *p = text; *p; p++)
		for (size_t n = text_control(p); n > 0; n--)
			p[n - 1] = '?';
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
	fprintf(stderr, "%s: %s\n", prog ? prog->name : "dualtex", text);
}

void
cli_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(fmt, ap);
	va_end(ap);
	outfile_remove_all();
	partner_kill_all();
	fflush(stdout);
	ended = true;
	if (at_end)
		at_end();
	/* Not exit(3): no handler may run on a half-finished state. */
	_exit(2);
}

void
cli_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(fmt, ap);
	va_end(ap);
}

void
cli_one_of(bool quiet, void (*end)(void))
{
	silent = quiet;
	at_end = end;
}

void
cli_say(const char *fmt, ...)
{
	va_list ap;

	if (!opt.verbose)
		return;
	va_start(ap, fmt);
	message(fmt, ap);
	va_end(ap);
}

void
cli_tell(bool warn, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(warn ? cli_warn : cli_say)("%s%s%s", at_hand, *at_hand ? ": " : "",
	    text);
}

void
cli_try(enum status st, const char *what)
{
	if (st != OK)
		cli_die("%s: %s", what, status_detail());
}

void
cli_no(void)
{
	said_no = true;
}

/*
 * `source: sample 41 "p317", member m: reason`, or with a reason that
 * itself starts with a field: `source: sample 41 "p317", field x: reason`.
 */
static const char *
located(char *buf, size_t n, const char *source, size_t ordinal,
    const char *key, const char *member)
{
	const char *reason = status_detail();
	bool field = strncmp(reason, "field ", 6) == 0;

	snprintf(buf, n, "%s: sample %zu%s%s%s%s%s%s%s", source, ordinal,
	    *key ? " \"" : "", key, *key ? "\"" : "",
	    *member ? ", member " : "", member, field ? ", " : ": ", reason);
	return buf;
}

bool
cli_ok(enum status st, const struct stream_in *in, const struct sample *s)
{
	char text[LOCATED];

	if (st == OK)
		return true;
	located(text, sizeof text, in ? stream_source(in) : made_from,
	    s->ordinal, s->key, "");
	/* The next sample will not do better without disk or memory. */
	if (!opt.keep || st == E_IO || st == E_NOMEM)
		cli_die("%s", text);
	cli_warn("%s; left out", text);
	n_left_out++;
	return false;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void
cli_progress(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (silent || !progress_on || seconds() < progress_at + PROGRESS_S)
		return;
	progress_at = seconds();
	progress_shown = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\r%s: %s\033[K", prog->name, text);
}

/* ---- start ---- */

static void
on_signal(int sig)
{
	outfile_remove_all();
	partner_kill_all();
	signal(sig, SIG_DFL);
	raise(sig);
}

/* The second ends the program at once. */
static void
on_stop(int sig)
{
	if (stopped)
		on_signal(sig);
	stopped = 1;
}

static noreturn void
on_no_memory(size_t n)
{
	cli_die("no memory for %zu bytes%s%s%s", n, *at_hand ? " (sample \"" : "",
	    at_hand, *at_hand ? "\")" : "");
}

/*
 * A library that ends the program by itself, as libarchive does, has said why
 * in words of its own; what is half done goes, and the status is ours.
 */
static void
on_exit_of_others(void)
{
	if (!ended)
		cli_die("ended by a library");
}

/* One that a parent made us ignore (nohup) stays ignored. */
static void
catch_signal(int sig, void (*handler)(int))
{
	struct sigaction old;

	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		signal(sig, handler);
}

static void
catch_signals(void)
{
	static const int all[] = { SIGHUP, SIGINT, SIGTERM, SIGXFSZ, SIGQUIT,
		SIGXCPU, SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2, SIGABRT,
#ifndef __SANITIZE_ADDRESS__	/* which reports these */
		SIGSEGV, SIGBUS, SIGFPE, SIGILL,
#endif
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		catch_signal(all[i], on_signal);
	/* But a closed pipe ends every filter, quietly. */
	signal(SIGPIPE, on_signal);
}

const volatile sig_atomic_t *
cli_stop(void)
{
	catch_signal(SIGINT, on_stop);
	catch_signal(SIGTERM, on_stop);
	return &stopped;
}

/*
 * Of the programs of a pipe that share a terminal only the last one shows
 * its progress.
 */
static bool
wants_progress(void)
{
	struct stat st;

	return opt.progress || (isatty(2) && !(fstat(1, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))));
}

/* Ends the program well, or says that stdout could not be written. */
static void
end_stdout(void)
{
	if (fflush(stdout) != 0 || ferror(stdout) || close(1) != 0)
		cli_die("<stdout>: cannot write: %s", strerror(errno));
	ended = true;
}

noreturn void
cli_leave(void)
{
	end_stdout();
	exit(0);
}

/*
 * Where a parent has closed 0, 1 or 2, the first file that is opened would be
 * taken for it: what is put there can be neither read nor written. And signals
 * that a parent has blocked are ours to catch.
 */
static void
own_descriptors(void)
{
	static const int how[] = { O_WRONLY, O_RDONLY, O_WRONLY };
	sigset_t all;

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", how[fd]) != fd)
			_exit(2);
	sigfillset(&all);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
}

void
cli_begin(const struct cli_program *p, int *argc, char ***argv)
{
	prog = p;
	own_descriptors();
	kernel_choose(*argv);
	/* Keys are UTF-8 whatever the user's locale is; libarchive asks. */
	setlocale(LC_CTYPE, "C.UTF-8");
	catch_signals();
	memory_guard(on_no_memory);
	if (atexit(on_exit_of_others) != 0)
		cli_die("no memory");
	options_parse(&opt, p, argc, argv);
	progress_on = wants_progress();
	progress_at = seconds();
}

/* ---- streams ---- */

static void
remember(struct stream_in *in, struct stream_out *out)
{
	struct item *i = malloc(sizeof *i);

	if (!i)
		cli_die("no memory");
	*i = (struct item){ items, in, out };
	items = i;
}

struct stream_in *
cli_open(const char *path)
{
	struct stream_in *in;

	if (strcmp(path, "-") == 0) {
		if (isatty(0))
			cli_die("<stdin>: a terminal, want a stream");
		cli_try(stream_open_fd(&in, 0, "<stdin>", &opt.limits),
		    "<stdin>");
	} else {
		cli_try(stream_open(&in, path, &opt.limits), path);
	}
	remember(in, NULL);
	return in;
}

struct stream_out *
cli_create(const char *path)
{
	struct stream_out *out;

	if (strcmp(path, "-") != 0) {
		cli_try(stream_create(&out, path, opt.level), path);
		remember(NULL, out);
		return out;
	}
	if (std_out)
		return std_out;
	if (isatty(1))
		cli_die("<stdout>: a terminal, where a stream is of no use; "
		    "send it to a file, or to tsls");
	cli_try(stream_create_fd(&std_out, 1, "<stdout>", opt.level),
	    "<stdout>");
	remember(NULL, std_out);
	return std_out;
}

void
cli_close(struct stream_in *in)
{
	for (struct item **p = &items; *p; p = &(*p)->next) {
		struct item *i = *p;

		if (i->in != in)
			continue;
		*p = i->next;
		free(i);
		break;
	}
	stream_close(in);
}

const char *
cli_shipped(struct arena *a, const char *name, const char *ending)
{
	char path[PATH_MAX];
	const char *file = strpbrk(name, "./") ? NULL :
	    arena_printf(a, "%s%s", name, ending), *found;

	if (!file || datafile_find(path, sizeof path, file) != OK)
		return name;
	found = arena_strdup(a, path);
	return found ? found : name;
}

int
cli_level(void)
{
	return opt.level;
}

const struct stream_limits *
cli_limits(void)
{
	return &opt.limits;
}

const json_t *
cli_options(void)
{
	return opt.history;
}

bool
cli_got(enum status st, const struct stream_in *in)
{
	char text[LOCATED];

	if (st != OK && st != END)
		cli_die("%s", located(text, sizeof text, stream_source(in),
		    stream_ordinal(in), stream_key(in), stream_member(in)));
	return st == OK;
}

static bool
took(const struct stream_in *in, enum status st)
{
	bool more = cli_got(st, in);

	if (more)
		cli_progress("%zu samples", ++n_read);
	return more;
}

bool
cli_next(struct stream_in *in, struct sample *s)
{
	bool more = took(in, stream_next(in, s));

	at_hand = more ? s->key : "";
	return more;
}

bool
cli_next_headers(struct stream_in *in, struct sample *s)
{
	return took(in, stream_next_headers(in, s));
}

void
cli_made_from(const char *source)
{
	made_from = source;
}

static enum status
make(struct sample *s, const char *key)
{
	if (!made_arena)
		cli_try(arena_new(&made_arena, 2 * opt.limits.sample),
		    "a sample");
	sample_clear(&made);
	arena_reset(made_arena);
	at_hand = "";
	TRY(sample_init(&made, made_arena, key));
	made.ordinal = n_made++;
	at_hand = made.key;
	*s = made;
	return OK;
}

void
cli_make(struct sample *s, const char *key)
{
	if (make(s, key) != OK)
		cli_die("%s: sample %zu: %s", made_from, n_made,
		    status_detail());
}

bool
cli_make_called(struct sample *s, const char *key)
{
	struct sample none = { .ordinal = n_made, .key = "" };
	enum status st = strlen(key) <= CLI_LONGEST_KEY ? make(s, key) :
	    fail(E_LIMIT, "a key of %zu bytes, want at most %d", strlen(key),
	    CLI_LONGEST_KEY);

	return cli_ok(st, NULL, &none);
}

void
cli_weights(const char *sha256)
{
	snprintf(weights_sha, sizeof weights_sha, "%s", sha256 ? sha256 : "");
}

bool
cli_wants(const char *name)
{
	bool wanted = opt.only.n == 0;

	for (size_t i = 0; i < opt.only.n; i++)
		wanted |= field_matches(name, opt.only.item[i]);
	for (size_t i = 0; i < opt.drop.n; i++)
		wanted &= !field_matches(name, opt.drop.item[i]);
	return wanted;
}

void
cli_put_to(struct stream_out *out, struct sample *s)
{
	char text[LOCATED];

	for (size_t i = s->n; i-- > 0;)
		if (!cli_wants(s->field[i].name))
			sample_drop(s, s->field[i].name);
	enum status st = sample_add_history(s, prog->name, VERSION,
	    json_incref(opt.history), *weights_sha ? weights_sha : NULL);

	if (st == OK)
		st = stream_put(out, s);
	if (st != OK)
		cli_die("%s", located(text, sizeof text, stream_sink(out),
		    s->ordinal, s->key, ""));
}

void
cli_put(struct sample *s)
{
	cli_put_to(cli_create("-"), s);
}

int
cli_each(enum status (*filter)(struct sample *, void *), void *arg)
{
	struct stream_in *in = cli_open("-");
	struct sample s;

	if (!prog->no_out)
		cli_create("-");
	while (cli_next(in, &s))
		if (cli_ok(filter(&s, arg), in, &s) && !prog->no_out)
			cli_put(&s);
	return cli_finish();
}

int
cli_filter(const struct cli_program *p, int argc, char **argv,
    enum status (*filter)(struct sample *, void *), void *arg)
{
	cli_begin(p, &argc, &argv);
	return cli_each(filter, arg);
}

static void
end_stream(struct stream_out *out)
{
	char *name = strdup(stream_sink(out));

	cli_try(stream_end(out), name ? name : "output");
	free(name);
}

int
cli_finish(void)
{
	if (!prog->no_out)
		cli_create("-");
	while (items) {
		struct item *i = items;

		items = i->next;
		stream_close(i->in);
		if (i->out)
			end_stream(i->out);
		free(i);
	}
	sample_clear(&made);
	arena_free(made_arena);
	json_decref(opt.history);
	end_stdout();
	if (progress_shown)
		fputs("\r\033[K", stderr);
	if (n_left_out)
		cli_warn("%zu samples left out", n_left_out);
	return said_no || n_left_out > 0;
}
