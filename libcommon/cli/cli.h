/*
 * What all programs share: options from one table, streams in and out,
 * messages, exit status. Only this module (and filters/) prints or exits.
 *
 * A filter's main is a declaration:
 *
 *	static enum status
 *	filter_sample(struct sample *s, void *arg) { ... }
 *
 *	int
 *	main(int argc, char **argv)
 *	{
 *		struct heat_options o = { .sigma = 6 };
 *		const struct cli_opt opts[] = {
 *			CLI_DBL('s', "sigma", &o.sigma, 0.1, 256, "PIXELS",
 *			    "standard deviation in a picture of 256 x 256"),
 *			CLI_END
 *		};
 *		const struct cli_program p = {
 *			.name = "pose2heat", .opts = opts,
 *			.summary = "key points to heat maps",
 *		};
 *		return cli_filter(&p, argc, argv, filter_sample, &o);
 *	}
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <signal.h>
#include <stdnoreturn.h>

#include "stream/stream.h"

enum cli_kind { CLI_K_END, CLI_K_FLAG, CLI_K_INT, CLI_K_DBL, CLI_K_STR,
	CLI_K_LIST, CLI_K_ENUM, CLI_K_ALIAS };

/* Repeatable option: values in order. */
struct cli_list {
	const char **item;
	size_t n;
};

struct cli_opt {
	enum cli_kind kind;
	char letter;		/* 0: no short form */
	const char *name;	/* long form, always there */
	void *ptr;
	double lo, hi;
	const char *arg, *help;	/* arg: "FILE"; for an enum "crop|pad|stretch" */
	bool quiet;		/* changes no result: not in the history */
};

/* ptr, which must be a type *; constant where ptr is, for static tables. */
#define CLI_TYPED(ptr, type) ((void *)(1 ? (ptr) : (type *)0))
#define CLI_FLAG(l, n, p, help) \
	{ CLI_K_FLAG, l, n, CLI_TYPED(p, bool), 0, 0, NULL, help, false }
#define CLI_INT(l, n, p, lo, hi, arg, help) \
	{ CLI_K_INT, l, n, CLI_TYPED(p, int), lo, hi, arg, help, false }
#define CLI_DBL(l, n, p, lo, hi, arg, help) \
	{ CLI_K_DBL, l, n, CLI_TYPED(p, double), lo, hi, arg, help, false }
#define CLI_STR(l, n, p, arg, help) \
	{ CLI_K_STR, l, n, CLI_TYPED(p, const char *), 0, 0, arg, help, false }
#define CLI_LIST(l, n, p, arg, help) \
	{ CLI_K_LIST, l, n, CLI_TYPED(p, struct cli_list), 0, 0, arg, help, false }
/* *p is an int: the index of the word in choices, "crop|pad|stretch". */
#define CLI_ENUM(l, n, p, choices, help) \
	{ CLI_K_ENUM, l, n, CLI_TYPED(p, int), 0, 0, choices, help, false }
/* A list of what to read: no more part of the history than operands are. */
#define CLI_NAMES(l, n, p, arg, help) \
	{ CLI_K_STR, l, n, CLI_TYPED(p, const char *), 0, 0, arg, help, true }
/* A name to write to: changes no result either. */
#define CLI_OUT(l, n, p, arg, help) \
	{ CLI_K_STR, l, n, CLI_TYPED(p, const char *), 0, 0, arg, help, true }
/* The same in every program that has threads; changes no result. */
#define CLI_THREADS(p) \
	{ CLI_K_INT, 'j', "threads", CLI_TYPED(p, int), 0, 1024, "N", \
	    "threads; 0: all cores", true }
/*
 * The option `now` under the name that it had in an earlier release: accepted,
 * in the history as `now`, and shown nowhere.
 */
#define CLI_ALIAS(old, now) \
	{ CLI_K_ALIAS, 0, old, NULL, 0, 0, now, NULL, true }
#define CLI_END { CLI_K_END, 0, NULL, NULL, 0, 0, NULL, NULL, false }

struct cli_program {
	const char *name, *summary;
	const char *operands;		/* "[FILE ...]" or NULL: none allowed */
	const struct cli_opt *opts;
	bool no_in, no_out;		/* reads, writes no stream */
};

/*
 * Parses options (the program's and the common ones: -h -V -v -z -k --drop
 * --only --progress --limit), leaves the operands in argv[0..argc).
 * -h and -V print and exit 0; a wrong option exits 2 with one line.
 */
void cli_begin(const struct cli_program *p, int *argc, char ***argv);

/*
 * The whole of a filter: cli_begin, then `filter` and stdout for every sample
 * of stdin, then the verdict. A sample for which it fails ends the program
 * with exit 2 and `name: <stdin>: sample 41 "p317", field x: reason`; with -k
 * it is reported, left out, and the program ends with 1.
 */
int cli_filter(const struct cli_program *p, int argc, char **argv,
    enum status (*filter)(struct sample *, void *), void *arg);

/* cli_filter after cli_begin, for programs that have something to open first. */
int cli_each(enum status (*filter)(struct sample *, void *), void *arg);

/*
 * For other loop shapes. cli_open: "-" is stdin. cli_next is false at the
 * end and dies on an error. cli_put applies --drop and --only, adds the
 * history entry, and dies on an error. cli_make starts a fresh sample for
 * programs that make their own (its arena is reset each time).
 */
struct stream_in *cli_open(const char *path);
void cli_close(struct stream_in *in);	/* or left to cli_finish */
bool cli_next(struct stream_in *in, struct sample *s);
void cli_make(struct sample *s, const char *key);
/*
 * The same for a key that somebody else has chosen, as the name of a file: one
 * that cannot be a key is an error of this sample, as for cli_filter.
 */
#define CLI_LONGEST_KEY 200	/* bytes: members of a tar have 255, with the field */
MUST_CHECK bool cli_make_called(struct sample *s, const char *key);
/* What messages say such samples come from, e.g. a file; kept by the caller. */
void cli_made_from(const char *source);
void cli_put(struct sample *s);

/*
 * The same for other outputs than stdout ("-" is stdout, path a file that
 * appears when cli_finish has written its end mark), and without the data
 * of the arrays. cli_finish ends and closes all streams. A program with
 * no_out writes to stdout only if it says cli_create("-").
 */
struct stream_out *cli_create(const char *path);
void cli_put_to(struct stream_out *out, struct sample *s);
bool cli_next_headers(struct stream_in *in, struct sample *s);

/*
 * For the status of another stream function: true when OK, false at END;
 * dies with the place in the stream on an error.
 */
bool cli_got(enum status st, const struct stream_in *in);

/*
 * The path of the file NAME with this ending that comes with the suite, in the
 * arena, where a name is a bare word and there is one; else the name itself.
 */
const char *cli_shipped(struct arena *a, const char *name, const char *ending);

int cli_level(void);	/* -z, for names of files */

/* For programs that open streams on threads of their own: --limit. */
const struct stream_limits *cli_limits(void);

/*
 * The given options that change a result, name -> value, as the history
 * has them; borrowed.
 */
const json_t *cli_options(void);

/* This text instead of the count of samples, where progress is shown. */
void cli_progress(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * The SHA-256 of the weights that the program works with: from now on part
 * of its history entries, as "weights". NULL: none. Copied.
 */
void cli_weights(const char *sha256);

/* What --only and --drop say of a field: for programs that print. */
bool cli_wants(const char *name);

/*
 * The status of work on s, read from `in` (NULL for a program that makes samples):
 * true when OK; otherwise dies, or with -k reports, counts and returns false.
 */
bool cli_ok(enum status st, const struct stream_in *in, const struct sample *s);

/*
 * For long runs: from now on SIGINT and SIGTERM only make *cli_stop() true,
 * and the second of them ends the program at once.
 */
const volatile sig_atomic_t *cli_stop(void);

/* Remember a defined "no": cli_finish will return 1. */
void cli_no(void);

/* Ends the output stream, checks stdout, prints the count of skipped samples; the exit status. */
int cli_finish(void);

/* For what prints and has no streams, as -h: checks stdout; exit status 0. */
noreturn void cli_leave(void);

/* `name: message` on stderr; cli_die exits 2 and removes unfinished output. */
noreturn void cli_die(const char *fmt, ...) PRINTF_LIKE(1, 2);
void cli_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);
void cli_say(const char *fmt, ...) PRINTF_LIKE(1, 2);	/* only with -v */

/*
 * Of processes that work as one, before cli_begin: a silent one prints no
 * message; end, or NULL, is called by cli_die before it exits.
 */
void cli_one_of(bool silent, void (*end)(void));

/* The same of the sample that cli_next or cli_make gave last: `KEY: message`. */
void cli_tell(bool warn, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Dies with `name: what: detail` unless the status is OK. */
void cli_try(enum status st, const char *what);

#endif
