/*
 * Ramamoorthi and Hanrahan, An efficient representation for irradiance
 * environment maps, 2001: irradiance is radiance's spherical harmonics, each
 * order times a number that falls off so fast that order 2 is enough. A sun is
 * the exception, it would ring: it is taken out, and lights by the cosine.
 */
#include "synth/panorama.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "image/image.h"
#include "stream/npy.h"

#define BRIGHT 6	/* times the mean: what may be a lamp */
#define LAMP_COS 0.9	/* within 26 degrees of its middle */
#define MAX_FILE ((size_t)256 << 20)

/* Towards a place of the panorama: axes of struct daylight. */
static void
direction(float d[3], double azimuth, double up)
{
	d[0] = (float)(-sin(azimuth) * cos(up));
	d[1] = (float)sin(up);
	d[2] = (float)(cos(azimuth) * cos(up));
}

struct sky {
	const float *radiance;
	size_t h, w;
	double mean;		/* luminance */
};

static double
luminance(const float c[3])
{
	return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

/* Pixel i: where it is, and the solid angle that it fills. */
static double
pixel(float d[3], const struct sky *s, size_t i)
{
	double step = M_PI / (double)s->h;
	double up = M_PI / 2 - ((double)(i / s->w) + 0.5) * step;

	direction(d, ((double)(i % s->w) + 0.5) * 2 * M_PI / (double)s->w, up);
	return cos(up) * step * 2 * M_PI / (double)s->w;
}

/* What of a pixel's luminance is above BRIGHT means, as a share of it. */
static double
excess(const struct sky *s, size_t i)
{
	double y = luminance(s->radiance + 3 * i);

	return y > BRIGHT * s->mean ? 1 - BRIGHT * s->mean / y : 0;
}

/* Towards where most of the excess comes from; false if there is none. */
static bool
find_lamp(float lamp[3], const struct sky *s)
{
	double sum[3] = { 0 }, len = 0, most = 0;
	float d[3], peak[3] = { 0, 1, 0 };

	/* About the brightest pixel: of two windows, the brighter one. */
	for (size_t i = 0; i < s->h * s->w; i++)
		if (luminance(s->radiance + 3 * i) > most) {
			most = luminance(s->radiance + 3 * i);
			pixel(peak, s, i);
		}
	for (size_t i = 0; i < s->h * s->w; i++) {
		double e = excess(s, i);

		if (e == 0)
			continue;
		e *= pixel(d, s, i) * luminance(s->radiance + 3 * i);
		for (int c = 0; c < 3 && d[0] * peak[0] + d[1] * peak[1] +
		    d[2] * peak[2] > LAMP_COS; c++)
			sum[c] += e * d[c];
	}
	for (int c = 0; c < 3; c++)
		len += sum[c] * sum[c];
	for (int c = 0; c < 3; c++)
		lamp[c] = len > 0 ? (float)(sum[c] / sqrt(len)) : (float)(c == 1);
	return len > 0;
}

enum status
panorama_light(struct daylight *out, const float *radiance, size_t h, size_t w)
{
	/* Factors of Y_k squared, times A_l / pi. */
	static const double factor[9] = { 0.282095 * 0.282095,
		0.488603 * 0.488603 * 2 / 3, 0.488603 * 0.488603 * 2 / 3,
		0.488603 * 0.488603 * 2 / 3, 1.092548 * 1.092548 / 4,
		1.092548 * 1.092548 / 4, 0.315392 * 0.315392 / 4,
		1.092548 * 1.092548 / 4, 0.546274 * 0.546274 / 4 };
	struct sky s = { radiance, h, w, 0 };
	double sh[9][3] = { { 0 } }, beam[3] = { 0 };
	float d[3], y[9];

	for (size_t i = 0; i < h * w * 3; i++)
		if (!(fabsf(radiance[i]) < 1e9f))
			return fail(E_VALUE, "radiance %g in row %zu",
			    radiance[i], i / 3 / w);
	for (size_t i = 0; i < h * w; i++)
		s.mean += luminance(radiance + 3 * i) * pixel(d, &s, i) /
		    (4 * M_PI);
	if (!(s.mean > 0))
		return fail(E_VALUE, "no light in it");
	*out = (struct daylight){ .turn = { 1, 0 } };
	bool lamp = find_lamp(out->lamp, &s);

	for (size_t i = 0; i < h * w; i++) {
		double solid = pixel(d, &s, i), e = excess(&s, i);

		if (!lamp || d[0] * out->lamp[0] + d[1] * out->lamp[1] + d[2] *
		    out->lamp[2] < LAMP_COS)
			e = 0;
		daylight_basis(y, d);
		for (int c = 0; c < 3; c++) {
			double x = solid * radiance[3 * i + (size_t)c];

			beam[c] += e * x / M_PI;
			for (int k = 0; k < 9; k++)
				sh[k][c] += (1 - e) * x * y[k] * factor[k];
		}
	}
	for (int c = 0; c < 3; c++) {
		out->beam[c] = (float)beam[c];
		for (int k = 0; k < 9; k++)
			out->sh[k][c] = (float)sh[k][c];
	}
	return OK;
}

static enum status
read_light(struct daylight *d, struct arena *a, const char *path)
{
	struct tensor t;
	const char *buf;
	size_t n;

	TRY(file_read(&buf, &n, a, path, MAX_FILE));
	TRY(npy_convert(&t, a, buf, n));
	if (t.rank != 3 || t.dim[2] != 3 || t.dim[0] < 2 || t.dim[1] < 2 ||
	    (t.dtype != DT_F2 && t.dtype != DT_F4)) {
		char text[TENSOR_TEXT_MAX];

		return fail(E_SHAPE, "%s, want f2 or f4 (h,w,3)",
		    tensor_text(text, sizeof text, t.dtype, t.rank, t.dim));
	}
	float *radiance = arena_alloc(a, tensor_len(&t) * sizeof *radiance);

	if (!radiance)
		return E_NOMEM;
	tensor_to_float(radiance, &t, 0, tensor_len(&t));
	/* Filters that reduced the picture may have left less than nothing. */
	for (size_t i = 0; i < tensor_len(&t); i++)
		radiance[i] = radiance[i] < 0 ? 0 : radiance[i];
	return panorama_light(d, radiance, t.dim[0], t.dim[1]);
}

static enum status
read_picture(struct mipmap *m, struct arena *to, struct arena *a,
    const char *path)
{
	struct tensor t;
	const char *buf;
	size_t n;

	TRY(file_read(&buf, &n, a, path, IMAGE_MAX_FILE));
	TRY(image_decode(&t, NULL, a, buf, n, IMAGE_ON_WHITE));
	size_t px = t.dim[0] * t.dim[1];
	uint8_t *rgba = arena_alloc(to, 4 * px);
	const uint8_t *rgb = t.data;

	if (!rgba)
		return E_NOMEM;
	for (size_t i = 0; i < px; i++) {
		memcpy(rgba + 4 * i, rgb + 3 * i, 3);
		rgba[4 * i + 3] = 255;
	}
	return mipmap_make(m, to, rgba, t.dim[0], t.dim[1]);
}

enum status
panorama_read(struct panorama *p, struct arena *a, const char *npy)
{
	const char *slash = strrchr(npy, '/'), *base = slash ? slash + 1 : npy;
	size_t stem = strlen(npy) - strlen(".npy");
	char *jpg = arena_printf(a, "%.*s.jpg", (int)stem, npy);
	struct arena *scratch;
	enum status st;

	p->name = arena_printf(a, "%.*s", (int)(strlen(base) - 4), base);
	if (!jpg || !p->name)
		return E_NOMEM;
	TRY(arena_new(&scratch, (size_t)2 << 30));
	st = read_light(&p->light, scratch, npy);
	if (st != OK)
		st = fail_in(st, "%s", npy);
	else if ((st = read_picture(&p->picture, a, scratch, jpg)) != OK)
		st = fail_in(st, "%s", jpg);
	arena_free(scratch);
	return st;
}

/* The mean irradiance of surfaces that face the camera, more or less. */
static void
in_front(double mean[3], const struct daylight *d, const double forward[2])
{
	double weight = 0;

	for (int c = 0; c < 3; c++)
		mean[c] = 0;
	for (int i = -2; i <= 2; i++)
		for (int j = -2; j <= 2; j++) {
			double round = i * M_PI / 6, up = j * M_PI / 6;
			double w = cos(round) * cos(up) * cos(up), dot = 0;
			double x = -forward[0], z = -forward[1];
			float n[3] = { (float)(cos(up) * (x * cos(round) + z *
			    sin(round))), (float)sin(up), (float)(cos(up) * (z *
			    cos(round) - x * sin(round))) }, m[3], y[9];

			m[0] = d->turn[0] * n[0] - d->turn[1] * n[2];
			m[1] = n[1];
			m[2] = d->turn[1] * n[0] + d->turn[0] * n[2];
			daylight_basis(y, m);
			for (int c = 0; c < 3; c++)
				dot += m[c] * d->lamp[c];
			for (int c = 0; c < 3; c++) {
				double e = fmax(0, dot) * d->beam[c];

				for (int k = 0; k < 9; k++)
					e += y[k] * d->sh[k][c];
				mean[c] += w * fmax(e, 0);
			}
			weight += w;
		}
	for (int c = 0; c < 3; c++)
		mean[c] /= weight;
}

void
panorama_aim(struct daylight *d, const struct panorama *p,
    const double forward[2], double azimuth, double exposure, double cast)
{
	/* forward is turned to (-sin azimuth, cos azimuth). */
	double angle = azimuth + atan2(forward[0], forward[1]), mean[3];

	*d = p->light;
	d->turn[0] = (float)cos(angle);
	d->turn[1] = (float)sin(angle);
	in_front(mean, d, forward);
	double grey = 0.2126 * mean[0] + 0.7152 * mean[1] + 0.0722 * mean[2];

	for (int c = 0; c < 3; c++) {
		float gain = (float)(exposure / grey * pow(fmax(mean[c], 1e-6) /
		    grey, cast - 1));

		d->beam[c] *= gain;
		for (int k = 0; k < 9; k++)
			d->sh[k][c] *= gain;
	}
}

void
panorama_draw(uint8_t *rgb, size_t size, const struct panorama *p,
    double azimuth, double pitch, double fov, int blur)
{
	float half = (float)tan(fov / 2), mid = (float)(size - 1) / 2;
	float sine = (float)sin(pitch), cosine = (float)cos(pitch);
	int level = blur < p->picture.n ? blur : p->picture.n - 1;

	for (size_t i = 0; i < size * size; i++) {
		float x = half * ((float)(i % size) - mid) / mid;
		float y = half * (mid - (float)(i / size)) / mid;
		/* Looking along z, pitched down. */
		float up = y * cosine - sine, on = cosine + y * sine;
		float turns = ((float)azimuth + atan2f(x, on)) /
		    (float)(2 * M_PI);
		const float uv[2] = { turns - floorf(turns), 0.5f -
			atan2f(up, sqrtf(on * on + x * x)) / (float)M_PI };
		float c[3];

		mipmap_at(c, &p->picture, level, uv);
		for (int k = 0; k < 3; k++)
			rgb[3 * i + (size_t)k] = (uint8_t)(c[k] + 0.5f);
	}
}
