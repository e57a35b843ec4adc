#include "layers/warp.h"

void
nn_warp_fwd(float *out, const float *x, const float *pos,
    const struct nn_warp *s)
{
	nn_warp_fwd_ref(out, x, pos, s);
}

void
nn_warp_bwd(float *dx, float *dpos, const float *dout, const float *x,
    const float *pos, const struct nn_warp *s)
{
	nn_warp_bwd_ref(dx, dpos, dout, x, pos, s);
}
