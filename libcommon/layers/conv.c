#include "layers/conv.h"

#include <string.h>

size_t
nn_conv_ho(const struct nn_conv *s)
{
	return s->transposed ? s->h * s->stride :
	    (s->h + 2 * s->pad - s->k) / s->stride + 1;
}

size_t
nn_conv_wo(const struct nn_conv *s)
{
	return s->transposed ? s->w * s->stride :
	    (s->w + 2 * s->pad - s->k) / s->stride + 1;
}

size_t
nn_conv_packed(const struct nn_conv *s)
{
	return s->o * s->c * s->k * s->k;
}

void
nn_conv_pack(float *packed, const float *w, const struct nn_conv *s)
{
	memcpy(packed, w, nn_conv_packed(s) * sizeof *w);
}

size_t
nn_conv_packed_bwd(const struct nn_conv *s)
{
	return nn_conv_packed(s);
}

void
nn_conv_pack_bwd(float *packed, const float *w, const struct nn_conv *s)
{
	nn_conv_pack(packed, w, s);
}

size_t
nn_conv_scratch(const struct nn_conv *s)
{
	(void)s;
	return 0;
}

size_t
nn_conv_scratch_bwd(const struct nn_conv *s)
{
	(void)s;
	return 0;
}

void
nn_conv_fwd(float *out, const float *x, const float *packed,
    const struct nn_pre *pre, const struct nn_post *post,
    const struct nn_conv *s, void *scratch)
{
	(void)scratch;
	nn_conv_fwd_ref(out, x, packed, pre, post, s);
}

void
nn_conv_bwd(float *dx, float *dw, float *db, const float *dout,
    const float *x, const float *packed_bwd, const struct nn_pre *pre,
    const struct nn_conv *s, void *scratch)
{
	(void)scratch;
	nn_conv_bwd_ref(dx, dw, db, dout, x, packed_bwd, pre, s);
}
