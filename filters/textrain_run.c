/* The loop of textrain: steps, and the files that they leave. */
#include "textrain.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/cli.h"

noreturn void
launch_die(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cli_warn("%s", text);
	/* Whoever exits first may be the end of those who have not said it. */
	launch_end();
	cli_one_of(true, NULL);
	cli_die("%s", text);
}

void
launch_try(struct ranks *r, enum status st, const char *what)
{
	if (ranks_agree(r, st) != OK)
		launch_die("%s: %s", what, status_detail());
}

/* A line that cannot be written is no reason to stop; rank 0 writes them. */
static void
check_record(enum status st)
{
	if (st == E_IO)
		cli_warn("%s; the table lacks this line", status_detail());
	else if (st != OK)
		launch_die("--valid: %s", status_detail());
}

static void
show_progress(const struct training *g, const struct trainer_told *l)
{
	double left = record_left(g->r, &g->t);

	cli_progress("step %" PRIu64 " of %" PRIu64 ", loss %.4g, %.0f:%02d:%02d "
	    "left", g->t.steps, g->t.o.steps, l->v.total, floor(left / 3600),
	    (int)(left / 60) % 60, (int)left % 60);
}

/* True when the files are there; what fails now may work next time. */
static bool
save(struct training *g, bool last)
{
	enum status st = trainer_save(&g->t, g->dir, g->keep);

	/* Of ranks that part there is no way on. */
	if (st != OK && (last || (st == E_VALUE && g->t.ranks->size > 1)))
		launch_die("no checkpoint at step %" PRIu64 ": %s", g->t.steps,
		    status_detail());
	if (st != OK)
		cli_warn("no checkpoint at step %" PRIu64 ": %s", g->t.steps,
		    status_detail());
	return st == OK;
}

/* False at the end of the data, or when it is time to stop. */
static bool
step(struct training *g, const volatile sig_atomic_t *stop)
{
	struct trainer *t = &g->t;
	struct trainer_told l;

	if (ranks_any(t->ranks, *stop))
		return false;
	enum status st = trainer_step(t, g->f, stop, &l);

	if (st == END)
		return false;
	if (st != OK)
		launch_die("step %" PRIu64 ": %s", t->steps + 1, status_detail());
	show_progress(g, &l);
	check_record(record_step(g->r, t, &l, g->log_every));
	if (t->steps % g->valid_every == 0)
		check_record(record_valid(g->r, t));
	return true;
}

void
training_run(struct training *g)
{
	struct trainer *t = &g->t;
	const volatile sig_atomic_t *stop = cli_stop();
	const uint64_t begun = t->steps, sent = t->ranks->sent;
	uint64_t saved = t->steps;

	while (t->steps < t->o.steps && step(g, stop))
		if (t->steps % g->save_every == 0 && t->steps < t->o.steps &&
		    save(g, false))
			saved = t->steps;
	if (t->steps > begun && t->ranks->size > 1)
		cli_say("%zu ranks: rank 0 sent %.6f MB a step, and waited %.4f s "
		    "for the sum", t->ranks->size, 1e-6 * (double)(t->ranks->sent -
		    sent) / (double)(t->steps - begun), t->ranks->waited /
		    (double)(t->steps - begun));
	if (saved != t->steps || t->steps == 0 || t->o.resume)
		save(g, true);
	if (t->steps < t->o.steps) {
		bool told = ranks_any(t->ranks, *stop);

		cli_warn("stopped at step %" PRIu64 " of %" PRIu64 "%s", t->steps,
		    t->o.steps, told ? "" : ": the data has ended");
		cli_no();
	}
}
