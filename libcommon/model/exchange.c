#include "model/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inputs.h"
#include "model/varfield.h"

#define MSG_BYTES ((size_t)64 << 20)	/* names and manifests only */

/* Everything that the answer holds goes into s; its last history entry too. */
static enum status
take_answer(struct sample *s, const struct sample *answer, bool last)
{
	json_t *theirs = json_object_get(answer->manifest, "history");
	json_t *ours = json_object_get(s->manifest, "history");

	for (size_t i = 0; i < answer->n; i++) {
		const struct field *f = &answer->field[i];
		struct tensor t;

		if (f->is_json)
			continue;
		TRY(sample_make(&t, s, f->name, f->t.dtype, f->t.rank, f->t.dim));
		memcpy(t.data, f->t.data, tensor_bytes(&f->t));
	}
	if (last && json_array_size(theirs) > 0 && ours)
		json_array_append(ours, json_array_get(theirs,
		    json_array_size(theirs) - 1));
	return OK;
}

static enum status
turn(struct dual_image *d, struct partner *p, struct sample *s,
    struct sample *msg, int level)
{
	struct sample answer;
	struct var *phi_i = dual_image_send(d), *phi_t;

	TRY(graph_status(d->g));

	const struct tensor t = { DT_F4, 4, { phi_i->n, phi_i->h, phi_i->w,
	    phi_i->c }, phi_i->x };
	char name[16];

	snprintf(name, sizeof name, "phi_i.%d", level);
	TRY(sample_put(msg, name, &t));
	TRY(partner_send(p, msg));
	TRY(partner_receive(p, &answer, s->key));
	enum status st = varfield_get(&phi_t, d->g, &answer, "phi_t", level, 1,
	    d->r);
	if (st != OK)
		return fail_in(st, "partner \"%s\"", partner_name(p));
	TRY(take_answer(s, &answer, level == DUAL_FINE));
	/* The answer's memory is taken back by the next; s has a copy. */
	TRY(varfield_get(&phi_t, d->g, s, "phi_t", level, 1, d->r));
	dual_image_receive(d, phi_t);
	return graph_status(d->g);
}

/* One message to the partner, in an arena of its own. */
static enum status
with_message(struct dual_image *d, struct partner *p, struct sample *s,
    struct arena *a, int level)
{
	struct sample msg;
	enum status st = sample_init(&msg, a, s->key);

	if (st == OK && level == 0) {
		st = inputs_send(&msg, s, d->r);
		if (st == OK)
			st = partner_send(p, &msg);
	} else if (st == OK) {
		st = turn(d, p, s, &msg, level);
	}
	sample_clear(&msg);
	arena_reset(a);
	return st;
}

enum status
exchange_run(struct dual_image *d, struct partner *p, struct sample *s,
    struct var **x)
{
	static const int steps[] = { 0, DUAL_COARSE, DUAL_FINE };
	struct arena *a;
	enum status st = arena_new(&a, MSG_BYTES);

	if (st != OK)
		return st;
	for (size_t i = 0; i < 3 && st == OK; i++)
		st = with_message(d, p, s, a, steps[i]);
	arena_free(a);
	/* Half an exchange cannot be taken up again: never a skipped sample. */
	if (st != OK)
		return st == E_NOMEM ? st : E_IO;
	*x = dual_image_end(d);
	return graph_status(d->g);
}
