/* nn_attn_bwd against directional derivatives of nn_attn_fwd. */
#include "layers/attn.h"

#include "../gradcheck.h"

struct net {
	struct nn_attn s;
	float *key, *hk, *hq, *pos, *w1, *b1, *tap, *out, *proj;
	void *scratch;
	size_t out_len;
};

static double
loss(void *arg)
{
	struct net *t = arg;

	nn_attn_fwd(t->out, t->tap, t->key, t->hk, t->hq, t->pos, t->w1, t->b1,
	    &t->s, t->scratch);
	return inner(t->out, t->proj, t->out_len);
}

/*
 * Positions with fractions away from whole numbers, where the gather has a
 * kink; some lie outside the map.
 */
static void
fill_pos(float *pos, const struct nn_attn *s, struct rng *r)
{
	for (size_t p = 0; p < s->n * s->h * s->w * 2; p++) {
		double size = (double)(p % 2 ? s->kh : s->kw);
		double whole = floor(rng_unit(r) * (size + 8)) - 4;

		pos[p] = (float)(whole + 0.2 + 0.6 * rng_unit(r));
		if (s->relative)
			pos[p] -= (float)(p % 2 ? p / 2 / s->w % s->h :
			    p / 2 % s->w);
	}
}

static void
check(const char *name, struct nn_attn s, struct rng *r)
{
	size_t rad = s.k / 2, hw = s.h * s.w, kk = s.k * s.k;
	size_t key_len = s.keys * s.kh * s.kw * s.c;
	size_t hk_len = s.keys * (s.kh + 2 * rad) * (s.kw + 2 * rad) * s.hid;
	size_t hq_len = s.queries * hw * s.hid, pos_len = s.n * hw * 2;
	size_t out_len = s.n * hw * s.c;
	size_t sf = nn_attn_scratch(&s), sb = nn_attn_scratch_bwd(&s);
	struct net t = { .s = s, .key = randoms(r, key_len, 1),
	    .hk = randoms(r, hk_len, 0.2), .hq = randoms(r, hq_len, 1),
	    .pos = zeros(pos_len), .w1 = randoms(r, kk * s.hid, 1),
	    .b1 = randoms(r, kk, 0.3), .tap = zeros(s.n * hw * kk),
	    .out = zeros(out_len), .proj = randoms(r, out_len, 1),
	    .out_len = out_len,
	    .scratch = scratch(sf > sb ? sf : sb) };
	float *dkey = zeros(key_len), *dhk = zeros(hk_len);
	float *dhq = zeros(hq_len), *dpos = zeros(pos_len);
	float *dw1 = zeros(kk * s.hid), *db1 = zeros(kk);
	const struct grad v[] = { { "dkey", t.key, dkey, key_len }, { "dhk", t.hk, dhk,
	    hk_len }, { "dhq", t.hq, dhq, hq_len }, { "dpos", t.pos, dpos,
	    pos_len }, { "dw1", t.w1, dw1, kk * s.hid }, { "db1", t.b1, db1,
	    kk }, { 0 } };

	fill_pos(t.pos, &s, r);
	/* hidden = lrelu(hq + gather(hk)) stays away from its kink */
	for (size_t i = 0; i < hq_len; i++)
		t.hq[i] += t.hq[i] < 0 ? -1 : 1;
	loss(&t);
	nn_attn_bwd(dkey, dhk, dhq, dpos, dw1, db1, t.proj, t.key, t.hk, t.hq,
	    t.pos, t.tap, t.w1, &s, t.scratch);
	gradcheck_all(name, loss, &t, v, r);
}

int
main(void)
{
	struct rng r = rng_seed(2, 0);

	check("k 3, flow", (struct nn_attn){ 1, 1, 1, 5, 6, 5, 6, 7, 9, 3,
	    1 / 9.f, true }, &r);
	check("k 5, positions", (struct nn_attn){ 2, 2, 2, 4, 5, 6, 7, 5, 8,
	    5, 1, false }, &r);
	check("one key, three views", (struct nn_attn){ 3, 1, 3, 3, 4, 5, 5,
	    34, 33, 3, 1, false }, &r);
	check("one query, three views", (struct nn_attn){ 3, 3, 1, 3, 4, 5,
	    5, 6, 5, 3, 1, false }, &r);
	return done();
}
