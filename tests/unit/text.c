/* text_plain: what would steer a terminal or end a line, and what would not. */
#include "base/text.h"

#include <string.h>

#include "../tap.h"

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
	arena_free(a);
	return done();
}
