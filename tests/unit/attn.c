/* The rewritten attention against the mosaic definition, nn_attn_fwd_ref. */
#include <string.h>

#include "layers/attn.h"
#include "math/team.h"

#include "../numbers.h"
#include "../tap.h"

static void
check(const char *name, struct nn_attn s, double far, struct rng *r)
{
	size_t rad = s.k / 2, hw = s.h * s.w, kk = s.k * s.k;
	size_t wl = s.hid * s.c * kk, out_len = s.n * hw * s.c;
	struct nn_conv ck = nn_attn_key(&s), cq = nn_attn_query(&s);
	float *key = randoms(r, s.keys * s.kh * s.kw * s.c, 1);
	float *query = randoms(r, s.queries * hw * s.c, 1);
	float *wk = randoms(r, wl, 0.2), *wq = randoms(r, wl, 0.2);
	float *bias = randoms(r, s.hid, 0.3), *b1 = randoms(r, kk, 0.3);
	float *w1 = randoms(r, kk * s.hid, 0.3);
	float *pos = randoms(r, s.n * hw * 2, far);
	float *hk = zeros(s.keys * (s.kh + 2 * rad) * (s.kw + 2 * rad) *
	    s.hid), *hq = zeros(s.queries * hw * s.hid);
	float *pk = zeros(nn_conv_packed(&ck)), *pq =
	    zeros(nn_conv_packed(&cq));
	float *got = randoms(r, out_len, 1), *want = zeros(out_len);
	const struct nn_post post = { .bias = bias };

	pos[2] = 1e9f;
	pos[5] = -1e30f;
	pos[6] = NAN;
	nn_conv_pack(pk, wk, &ck);
	nn_conv_pack(pq, wq, &cq);
	nn_conv_fwd(hk, key, pk, NULL, NULL, &ck, scratch(nn_conv_scratch(
	    &ck)));
	nn_conv_fwd(hq, query, pq, NULL, &post, &cq, scratch(nn_conv_scratch(
	    &cq)));
	nn_attn_fwd(got, NULL, key, hk, hq, pos, w1, b1, &s,
	    scratch(nn_attn_scratch(&s)));
	nn_attn_fwd_ref(want, key, query, pos, wk, wq, bias, w1, b1, &s);
	double e = residual(got, want, out_len);

	ok(e < 1e-4, "%s # %.1e of the rms", name, e);
}

/* Forward and backward, the same bytes with 1, 2 and 3 threads. */
static void
check_team(struct nn_attn s, struct rng *r)
{
	size_t rad = s.k / 2, hw = s.h * s.w, kk = s.k * s.k;
	size_t len[] = { s.n * hw * s.c, s.n * hw * kk,
	    s.keys * s.kh * s.kw * s.c, s.keys * (s.kh + 2 * rad) *
	    (s.kw + 2 * rad) * s.hid, s.queries * hw * s.hid, s.n * hw * 2,
	    kk * s.hid, kk };
	enum { N = sizeof len / sizeof *len };
	float *in[N], *got[3][N];
	bool same = true;

	for (size_t i = 0; i < N; i++)
		in[i] = randoms(r, len[i], i == 5 ? 5 : 1);
	for (int t = 0; t < 3; t++) {
		float **g = got[t];

		team_begin(t + 1);
		for (size_t i = 0; i < N; i++)
			g[i] = zeros(len[i]);
		void *f = scratch(nn_attn_scratch(&s));
		void *b = scratch(nn_attn_scratch_bwd(&s));

		nn_attn_fwd(g[0], g[1], in[2], in[3], in[4], in[5], in[6],
		    in[7], &s, f);
		nn_attn_bwd(g[2], g[3], g[4], g[5], g[6], g[7], in[0], in[2],
		    in[3], in[4], in[5], g[1], in[6], &s, b);
		for (size_t i = 0; i < N; i++)
			same &= !memcmp(got[0][i], g[i],
			    len[i] * sizeof (float));
		free(f);
		free(b);
	}
	team_begin(0);
	ok(same, "the same bytes with 1, 2 and 3 threads");
}

int
main(void)
{
	struct rng r = rng_seed(3, 0);

	check("k 3, flow", (struct nn_attn){ 2, 2, 2, 5, 6, 5, 6, 7, 9, 3,
	    1 / 9.f, true }, 2, &r);
	check("k 5, positions far outside", (struct nn_attn){ 1, 1, 1, 6, 5,
	    7, 4, 6, 10, 5, 1 / 25.f, false }, 9, &r);
	check("one key for three views", (struct nn_attn){ 3, 1, 3, 4, 5, 6,
	    6, 8, 5, 3, 1, false }, 4, &r);
	check("one query for three views", (struct nn_attn){ 3, 3, 1, 4, 5, 6,
	    6, 8, 5, 5, 1, false }, 4, &r);
	check("1x1 key", (struct nn_attn){ 1, 1, 1, 3, 3, 1, 1, 4, 5, 3, 1,
	    false }, 1, &r);
	check("wide", (struct nn_attn){ 1, 1, 1, 7, 9, 9, 8, 70, 128, 3, 1,
	    true }, 3, &r);
	check_team((struct nn_attn){ 3, 1, 1, 14, 15, 16, 12, 72, 128, 5, 1,
	    true }, &r);
	return done();
}
