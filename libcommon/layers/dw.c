#include "layers/dw.h"

size_t
dw_scratch(const struct dw *s)
{
	return dw_fits_winograd(s) ? dw_winograd_scratch(s) :
	    dw_direct_scratch(s);
}

void
dw_run(float *dw, const struct dw_in *in, const struct dw *s, void *scratch)
{
	(dw_fits_winograd(s) ? dw_winograd_run : dw_direct_run)(dw, in, s,
	    scratch);
}
