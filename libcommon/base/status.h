/*
 * How functions below cli/ say that something went wrong: a status as the
 * return value and one sentence of detail, kept per thread like errno.
 * They never print and never exit; cli/ adds program, source, sample and
 * field in front of the sentence, once.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

enum status {
	OK = 0,
	END,		/* no more input; not an error */
	E_IO,		/* the system refused: open, read, write, close */
	E_TRUNC,	/* the input stops before its end mark */
	E_FORMAT,	/* bytes that the format does not allow */
	E_SUM,		/* a checksum does not agree */
	E_LIMIT,	/* allowed by the format, above a limit of ours */
	E_SHAPE,	/* a field is missing, or of the wrong dtype or shape */
	E_VALUE,	/* a value outside its range */
	E_NOMEM		/* no memory */
};

/*
 * Stores the sentence (printf-like, no full stop, no program name) as this
 * thread's detail and returns s, so that `return fail(E_FORMAT, ...)` reads
 * well. At most 511 bytes are kept.
 */
enum status fail(enum status s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* As fail, with ": " and the text of errno at the time of the call added. */
enum status fail_errno(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Puts "fmt: " in front of the present detail; returns s. */
enum status fail_in(enum status s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The detail of the last fail() of this thread; "" if there was none. */
const char *status_detail(void);

/* Calls f; returns from the caller with its status unless that is OK. */
#define TRY(f) do { \
	enum status try_s_ = (f); \
	if (try_s_ != OK) \
		return try_s_; \
} while (0)

#endif
