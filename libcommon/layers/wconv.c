/*
 * Convolution with any window, by the panels of math/panel.h: the window of an
 * output pixel is kh runs of kw c floats, in the map itself where no zeros
 * are needed and in a copied band where they are. With a 1x1 window and
 * stride 1 a band is one product of all its pixels.
 */
#include <string.h>

#include "layers/bands.h"
#include "layers/window.h"
#include "math/panel.h"
#include "math/team.h"

#define TASKS 8			/* wanted at least, if there are panels */
#define MAX_KH 64		/* rows of the window */

/* Whether all windows lie inside the map. */
static bool
inside(const struct nn_window *s)
{
	return s->top == 0 && s->left == 0 &&
	    (s->ho - 1) * s->sh + s->kh <= s->h &&
	    (s->wo - 1) * s->sw + s->kw <= s->w;
}

size_t
nn_wconv_packed(const struct nn_window *s, size_t o)
{
	return panel_count(o) * s->kh * s->kw * s->c * PANEL;
}

void
nn_wconv_pack(float *packed, const float *w, const struct nn_window *s,
    size_t o)
{
	size_t taps = s->kh * s->kw;

	for (size_t o0 = 0; o0 < o; o0 += PANEL)
		for (size_t t = 0; t < taps; t++)
			for (size_t c = 0; c < s->c; c++)
				for (size_t j = 0; j < PANEL; j++)
					*packed++ = o0 + j < o ? w[((o0 + j) *
					    s->c + c) * taps + t] : 0;
}

size_t
nn_wconv_scratch(const struct nn_window *s)
{
	return inside(s) ? 0 : team_size() * bands_of(s).room * sizeof (float);
}

struct job {
	float *out, *scratch;
	const float *x, *packed, *bias;
	struct nn_clip clip;
	const struct nn_window *s;
	struct bands b;
	size_t o, group, groups;	/* panels of a task; tasks of a band */
};

/* m pixels from `to` on, in one panel; `from` is the first one's window. */
static void
pixels(float *to, const float *from, size_t line, size_t m, size_t panel,
    const struct job *g)
{
	const struct nn_window *s = g->s;
	size_t seg[MAX_KH], k = s->kh * s->kw * s->c, o0 = panel * PANEL;
	size_t n = g->o - o0 < PANEL ? g->o - o0 : PANEL;

	for (size_t i = 0; i < s->kh; i++)
		seg[i] = i * line;
	struct panel_rows in = { from, s->sw * s->c, 1, seg, s->kh,
		s->kw * s->c, NULL };

	panel_mul(to + o0, g->o, &in, g->packed + panel * k * PANEL, m, n,
	    g->bias ? g->bias + o0 : NULL, NULL);
	for (size_t p = 0; p < m; p++)
		for (size_t j = 0; j < n; j++) {
			float *v = to + p * g->o + o0 + j;

			*v = *v < g->clip.lo ? g->clip.lo : *v;
			*v = *v > g->clip.hi ? g->clip.hi : *v;
		}
}

static void
band_task(void *arg, size_t task, size_t thread)
{
	const struct job *g = arg;
	const struct nn_window *s = g->s;
	size_t first = task % g->groups * g->group, panels = panel_count(g->o);
	size_t last = first + g->group < panels ? first + g->group : panels;
	size_t y0 = task / g->groups * g->b.rows;
	size_t y1 = y0 + g->b.rows < s->ho ? y0 + g->b.rows : s->ho;
	size_t line = s->w * s->c;
	const float *x = g->x + y0 * s->sh * line;

	if (!inside(s)) {
		float *band = g->scratch + thread * g->b.room;

		bands_copy(band, g->x, y0, y1, s, &g->b);
		x = band;
		line = g->b.line;
	}
	/* Rows of pixels that follow each other as one. */
	bool flat = s->kh == 1 && s->kw == 1 && s->sh == 1 && s->sw == 1;
	size_t step = flat ? y1 - y0 : 1;

	for (size_t j = first; j < last; j++)
		for (size_t y = y0; y < y1; y += step)
			pixels(g->out + y * s->wo * g->o, x + (y - y0) *
			    s->sh * line, line, step * s->wo, j, g);
}

void
nn_wconv_fwd(float *out, const float *x, const float *packed,
    const float *bias, struct nn_clip clip, const struct nn_window *s,
    size_t o, void *scratch)
{
	struct job g = { out, scratch, x, packed, bias, clip, s, bands_of(s),
		o, 0, 0 };
	size_t panels = panel_count(o);

	g.groups = (TASKS + g.b.count - 1) / g.b.count;
	if (g.groups > panels)
		g.groups = panels;
	g.group = (panels + g.groups - 1) / g.groups;
	g.groups = (panels + g.group - 1) / g.group;
	team_run(g.b.count * g.groups, band_task, &g);
}

void
nn_wconv_fwd_ref(float *out, const float *x, const float *w,
    const float *bias, struct nn_clip clip, const struct nn_window *s,
    size_t o)
{
	for (size_t q = 0; q < s->ho * s->wo * o; q++) {
		size_t at_x = q / o % s->wo * s->sw;
		size_t at_y = q / o / s->wo * s->sh, taps = s->kh * s->kw;
		double sum = bias ? bias[q % o] : 0;

		for (size_t t = 0; t < taps; t++) {
			size_t y = at_y + t / s->kw - s->top;	/* may wrap */
			size_t z = at_x + t % s->kw - s->left;

			if (y >= s->h || z >= s->w)
				continue;
			for (size_t c = 0; c < s->c; c++)
				sum += (double)w[(q % o * s->c + c) * taps +
				    t] * x[(y * s->w + z) * s->c + c];
		}
		float v = (float)sum < clip.lo ? clip.lo : (float)sum;

		out[q] = v > clip.hi ? clip.hi : v;
	}
}
