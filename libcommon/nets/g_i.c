#include "nets/g_i.h"

#include "nets/decoder.h"
#include "nets/encoder.h"

struct var *
g_i_encode(struct graph *g, const struct recipe *r, struct var *p)
{
	g_push(g, "g_i");
	struct var *x = encoder(g, r, p, NULL);

	g_pop(g);
	return x;
}

static struct var *
attend(struct graph *g, const struct recipe *r, int level, const char *site,
    struct var *q, struct var *key, struct var *f, struct var *m,
    bool relative)
{
	g_push(g, "g_i.%s%d", site, level);
	struct var *a = decoder_attend(g, r, level, q, key, f, relative,
	    NULL);
	struct var *out = g_blend(g, q, a, m);	/* eq. 2 */

	g_pop(g);
	g_done(g, a);
	g_done(g, q);
	return out;
}

struct var *
g_i_source(struct graph *g, const struct recipe *r, int level, struct var *q,
    struct var *phi_s, struct var *f_st, struct var *m_st)
{
	/* eq. 5, A^st: eqs. 1 and 2 */
	return attend(g, r, level, "st", q, phi_s, f_st, m_st, true);
}

struct var *
g_i_texture(struct graph *g, const struct recipe *r, int level, struct var *q,
    struct var *phi_t, struct var *f_ti, struct var *m_ti)
{
	/* eq. 5, A_T->I: eqs. 1 and 2 */
	return attend(g, r, level, "ti", q, phi_t, f_ti, m_ti, false);
}

struct var *
g_i_decode(struct graph *g, const struct recipe *r, int level, struct var *x)
{
	g_push(g, "g_i");
	struct var *y = decoder(g, r, level, x);

	g_pop(g);
	g_done(g, x);
	return y;
}

struct var *
g_i_out(struct graph *g, struct var *x, struct var *evidence)
{
	/* eq. 5: x^ */
	g_push(g, "g_i");
	/* eq. 5 */
	struct var *y = decoder_out(g, x, evidence, evidence != NULL);

	g_pop(g);
	return y;
}
