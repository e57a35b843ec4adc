/*
 * A second program that works in step with this one: started on a socket
 * pair, spoken to in the stream format (uncompressed), strictly in turn.
 * That is how hallucinate(1) and `texgen -x` exchange features; the protocol
 * is in dualtex(7), EXCHANGE.
 *
 * Nobody is left behind: a partner that dies, hangs, stops early or answers
 * about another sample is one error, and its whole process group is ended.
 */
#ifndef CLI_PARTNER_H
#define CLI_PARTNER_H

#include "stream/stream.h"

struct partner;

/*
 * Starts argv (found by PATH unless argv[0] has a slash) with the socket as
 * its stdin and stdout; stderr is shared. An answer that is not complete
 * after timeout seconds is an error. tap, a path or NULL, gets every sample
 * that is exchanged. E_IO.
 */
MUST_CHECK enum status partner_start(struct partner **p,
    const char *const argv[], double timeout, const char *tap);

/* For messages: the command's first word. */
const char *partner_name(const struct partner *p);

/* Sends a sample. E_IO, with how the partner ended where it has. */
MUST_CHECK enum status partner_send(struct partner *p,
    const struct sample *s);

/*
 * The partner's answer, valid until the next call on p. E_FORMAT when it is
 * about another key than `key`.
 */
MUST_CHECK enum status partner_receive(struct partner *p, struct sample *s,
    const char *key);

/*
 * Says goodbye and waits; E_IO when the partner did not end with exit 0 or
 * the tap could not be written. Frees p in every case.
 */
MUST_CHECK enum status partner_end(struct partner *p);

/* Ends the partner at once and frees p; NULL is allowed. */
void partner_abort(struct partner *p);

/* For a program that is about to die; async-signal-safe. */
void partner_kill_all(void);

#endif
