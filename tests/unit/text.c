/* text_plain: what would steer a terminal or end a line, and what would not. */
#include "base/text.h"

#include <stdint.h>
#include <string.h>

#include "../tap.h"

static void
shorten(void)
{
	static const struct {
		const char *in, *out;
		size_t most;
	} t[] = {
		{ "0123456789abcdef", "0123456789abcdef", 16 },
		{ "0123456789abcdefg", "01234 ... bcdefg", 16 },
		{ "0123\xc3\xa4" "6789abcde\xc3\xa4" "hijkl", "0123 ... hijkl", 16 },
	};
	char text[64];

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		strcpy(text, t[i].in);
		text_shorten(text, t[i].most);
		ok(strcmp(text, t[i].out) == 0, "\"%s\" in %zu bytes: \"%s\"",
		    t[i].in, t[i].most, text);
	}
}

static void
utf8(struct arena *a)
{
	static const char *const good[] = { "", "a/b.tar", "\xc3\xa4",
		"\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf",
		"\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\xe9", "\xc0\xaf", "\xe0\x80\xaf",
		"\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xe2\x82", "\x80" };
	const char *got = text_utf8(a, "\xe9.t\xc3\xa4");

	ok(got && strcmp(got, "\\xe9.t\\xc3\\xa4") == 0, "escaped: %s", got);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ok(text_utf8(a, good[i]) == good[i], "UTF-8 %zu stays", i);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		got = text_utf8(a, bad[i]);
		ok(got && *got == '\\', "no UTF-8: %s", got ? got : "");
	}
}

static void
parts(void)
{
	static const struct {
		const char *in;
		size_t n, read;		/* characters; 0: no number */
	} t[] = {
		{ "0", 0, 1 }, { "12-", 12, 2 }, { "18446744073709551615",
		SIZE_MAX, 20 }, { "18446744073709551616", 0, 0 }, { "-1", 0, 0 },
		{ "+1", 0, 0 }, { " 1", 0, 0 }, { "", 0, 0 }, { "x", 0, 0 },
	};
	static const char *const bad[] = { "", "12345", "-1e999", "1e-400",
		"+12345", " 12345", "0x1234", "gg0000" };
	unsigned char rgb[3] = { 0 };
	const char *p = "c8fFa0,";
	size_t n = 0;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const char *s = t[i].in;
		bool is = text_number(&n, &s);

		ok(is == (t[i].read > 0) && s == t[i].in + t[i].read &&
		    (!is || n == t[i].n), "number \"%s\": %zu", t[i].in, n);
	}
	bool is = text_colour(rgb, &p);

	ok(is && *p == ',' && rgb[0] == 0xc8 && rgb[1] == 0xff && rgb[2] == 0xa0,
	    "a colour: %d %d %d", rgb[0], rgb[1], rgb[2]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		p = bad[i];
		ok(!text_colour(rgb, &p) && p == bad[i], "no colour: %s", p);
	}
}

int
main(void)
{
	static const struct {
		const char *in, *out;
	} t[] = {
		{ "", "" }, { "CC0; it's \"M\\x\"", NULL },
		{ "\xc3\x84\xe2\x82\xac\xf0\x9f\x98\x80", NULL },
		{ "a\nb\tc", "a\\nb\\tc" }, { "\033[2J", "\\u001b[2J" },
		{ "\177", "\\u007f" }, { "\xc2\x9b" "31m", "\\u009b31m" },
		{ "\xc2\xa9 2020", NULL },
		{ "\xe2\x80\xa8v 9 9 9", "\\u2028v 9 9 9" },
		{ "\xe2\x80\xae" "cba", "\\u202ecba" },
		{ "\xe2\x81\xa6x", "\\u2066x" }, { "\xe2\x80\xaf", NULL },
		{ "\xe2\x80", NULL }, { "\xc2", NULL },
	};
	struct arena *a;

	if (!ok(arena_new(&a, 1 << 20) == OK, "arena"))
		return done();
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const char *got = text_plain(a, t[i].in);

		ok(got && strcmp(got, t[i].out ? t[i].out : t[i].in) == 0 &&
		    (t[i].out || got == t[i].in), "text %zu: %s", i, got);
	}
	shorten();
	utf8(a);
	parts();
	arena_free(a);
	return done();
}
