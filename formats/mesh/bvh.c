#include "mesh/bvh.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"

#define MAX_FILE ((size_t)1 << 30)

struct parser {
	const char *at, *end;
	size_t line;
	const char *word;	/* the last token, len bytes */
	int len;
	struct arena *a;
	struct bvh_joint *joint;	/* room for BVH_MAX_JOINTS */
	size_t n_joint, n_column;
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' ||
	    c == '\v';
}

/* The next token; an empty one at the end. */
static void
next(struct parser *p)
{
	while (p->at < p->end && is_space(*p->at))
		p->line += *p->at++ == '\n';
	p->word = p->at;
	while (p->at < p->end && !is_space(*p->at))
		p->at++;
	p->len = (int)(p->at - p->word < 64 ? p->at - p->word : 64);
}

static bool
is(const struct parser *p, const char *s)
{
	return strlen(s) == (size_t)p->len &&
	    strncasecmp(p->word, s, (size_t)p->len) == 0;
}

static enum status
wrong(const struct parser *p, const char *want)
{
	if (p->len == 0)
		return fail(E_TRUNC, "line %zu: the file ends, want %s",
		    p->line, want);
	return fail(E_FORMAT, "line %zu: \"%.*s\", want %s", p->line, p->len,
	    p->word, want);
}

static enum status
expect(struct parser *p, const char *s)
{
	next(p);
	return is(p, s) ? OK : wrong(p, s);
}

static enum status
number(struct parser *p, double *out, const char *what)
{
	char *end;

	next(p);
	*out = p->len ? strtod(p->word, &end) : 0;
	if (p->len == 0 || end != p->at || !(fabs(*out) <= 1e9))
		return wrong(p, what);
	return OK;
}

static enum status
count(struct parser *p, size_t *out, size_t most, const char *what)
{
	double x;

	TRY(number(p, &x, what));
	if (x < 0 || x != floor(x))
		return wrong(p, what);
	if (x > (double)most)
		return fail(E_LIMIT, "line %zu: %.0f, want at most %zu as %s",
		    p->line, x, most, what);
	*out = (size_t)x;
	return OK;
}

static enum status
offset(struct parser *p, float out[3])
{
	for (int i = 0; i < 3; i++) {
		double x;

		TRY(number(p, &x, "three numbers after OFFSET"));
		out[i] = (float)x;
	}
	return OK;
}

static enum status
channels(struct parser *p, struct bvh_joint *j)
{
	static const char *const name[] = { "Xposition", "Yposition",
		"Zposition", "Xrotation", "Yrotation", "Zrotation" };
	size_t n;

	TRY(count(p, &n, BVH_MAX_CHANNELS, "a number of channels"));
	j->n_channel = (int)n;
	j->first = p->n_column;
	p->n_column += n;
	for (size_t i = 0; i < n; i++) {
		int c = 0;

		next(p);
		while (c < 6 && !is(p, name[c]))
			c++;
		if (c == 6)
			return wrong(p, "a channel such as Xrotation");
		j->channel[i] = (enum bvh_channel)c;
	}
	return OK;
}

/* After ROOT or JOINT: name up to the end of the line, braces come later. */
static enum status
new_joint(struct parser *p, int parent)
{
	next(p);
	if (p->len == 0 || is(p, "{"))
		return wrong(p, "a joint's name");
	/* 3ds Max has blanks in its names: "Bip01 L Thigh". */
	const char *end = p->at;

	while (p->at < p->end && !strchr("{\r\n", *p->at))
		if (!is_space(*p->at++))
			end = p->at;
	p->len = (int)(end - p->word < 64 ? end - p->word : 64);
	if (p->n_joint == BVH_MAX_JOINTS)
		return fail(E_LIMIT, "line %zu: more than %d joints", p->line,
		    BVH_MAX_JOINTS);
	p->joint[p->n_joint++] = (struct bvh_joint){
		.name = arena_printf(p->a, "%.*s", p->len, p->word),
		.parent = parent,
	};
	return p->joint[p->n_joint - 1].name ? expect(p, "{") : E_NOMEM;
}

/*
 * One joint after another with the open one in `at`, rather than recursion:
 * a hostile file may nest as deep as it likes.
 */
static enum status
hierarchy(struct parser *p)
{
	int at = -1;
	double skip;

	TRY(expect(p, "HIERARCHY"));
	TRY(expect(p, "ROOT"));
	TRY(new_joint(p, -1));
	at = 0;
	for (;;) {
		next(p);
		if (is(p, "OFFSET") && at >= 0) {
			TRY(offset(p, p->joint[at].offset));
		} else if (is(p, "CHANNELS") && at >= 0 &&
		    p->joint[at].n_channel == 0) {
			TRY(channels(p, &p->joint[at]));
		} else if (is(p, "JOINT") && at >= 0) {
			TRY(new_joint(p, at));
			at = (int)p->n_joint - 1;
		} else if (is(p, "ROOT") && at < 0) {
			TRY(new_joint(p, -1));
			at = (int)p->n_joint - 1;
		} else if (is(p, "End") && at >= 0) {
			TRY(expect(p, "Site"));
			TRY(expect(p, "{"));
			TRY(expect(p, "OFFSET"));
			for (int i = 0; i < 3; i++)
				TRY(number(p, &skip, "an offset"));
			TRY(expect(p, "}"));
		} else if (is(p, "}") && at >= 0) {
			at = p->joint[at].parent;
		} else if (is(p, "MOTION") && at < 0) {
			return OK;
		} else {
			return wrong(p, at < 0 ? "MOTION" :
			    "OFFSET, CHANNELS, JOINT, End Site or }");
		}
	}
}

static enum status
motion(struct parser *p, struct bvh *b)
{
	size_t n;

	TRY(expect(p, "Frames:"));
	TRY(count(p, &b->n_frame, (size_t)1 << 24, "a number of frames"));
	TRY(expect(p, "Frame"));
	TRY(expect(p, "Time:"));
	TRY(number(p, &b->frame_time, "seconds"));
	if (!(b->frame_time > 0))
		return wrong(p, "a frame time above 0");
	if (b->n_frame == 0 || b->n_column == 0)
		return fail(E_FORMAT, "%zu frames of %zu channels",
		    b->n_frame, b->n_column);
	TRY(size_mul(&n, b->n_frame, b->n_column));
	/* Each number takes two bytes of text, so this bounds what we allocate. */
	if (n > (size_t)(p->end - p->at) / 2 + 1)
		return fail(E_TRUNC, "%zu frames of %zu channels announced, "
		    "the file is too short for them", b->n_frame, b->n_column);
	float *data = arena_calloc(p->a, n, sizeof *data);

	if (!data)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		double x;

		TRY(number(p, &x, "a number for every channel"));
		data[i] = (float)x;
	}
	b->data = data;
	next(p);
	b->more = p->len > 0;
	return OK;
}

enum status
bvh_parse(struct bvh *b, struct arena *a, const char *buf, size_t n)
{
	struct parser p = { .at = buf, .end = buf + n, .line = 1, .a = a };

	*b = (struct bvh){ 0 };
	if (n >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0)
		p.at += 3;	/* a byte order mark */
	p.joint = arena_calloc(a, BVH_MAX_JOINTS, sizeof *p.joint);
	if (!p.joint)
		return E_NOMEM;
	TRY(hierarchy(&p));
	b->joint = p.joint;
	b->n_joint = p.n_joint;
	b->n_column = p.n_column;
	return motion(&p, b);
}

enum status
bvh_read(struct bvh *b, struct arena *a, const char *path)
{
	const char *buf;
	size_t n;

	TRY(file_read(&buf, &n, a, path, MAX_FILE));
	enum status s = bvh_parse(b, a, buf, n);

	return s == OK ? OK : fail_in(s, "%s", path);
}
