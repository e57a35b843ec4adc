/* phototable_parse: what it reads of a table of photos. */
#include <string.h>

#include "dataset/phototable.h"
#include "../tap.h"

static struct arena *a;
static struct dataset_item *it;
static const char *passed;
static size_t n;

static enum status
parse(const char *text)
{
	return phototable_parse(&it, &n, &passed, a, arena_strdup(a, text),
	    strlen(text));
}

static bool
is(const char *got, const char *want)
{
	return got == want || (got && want && strcmp(got, want) == 0);
}

int
main(void)
{
	if (arena_new(&a, (size_t)1 << 24) != OK)
		return 2;
	enum status st = parse("identity\tphoto\tage\tkey\tpose\r\n"
	    "p1\ta/b.jpg\t7\tk/1\t-\r\n"
	    "\n"
	    "\tc.jpg\t\tk/2\tc.json");

	ok(st == OK && n == 2, "columns in any order, CRLF, an empty line, no last newline");
	ok(is(it[0].key, "k/1") && is(it[0].identity, "p1") &&
	    is(it[0].file[DATASET_PHOTO], "a/b.jpg"), "the first row");
	ok(!it[0].file[DATASET_POSE] && !it[1].identity &&
	    !it[0].file[DATASET_IUV] && !it[0].motion, "a hyphen, nothing and no column are none");
	ok(is(it[1].file[DATASET_POSE], "c.json") && is(it[1].key, "k/2"),
	    "the last row");

	ok(is(passed, "age"), "the column that is passed over");
	st = parse("\xef\xbb\xbfkey\tphoto\tlicence\tlisence\tx\rk/1\ta.jpg\tCC0\t-\t\r"
	    "k/2\tb.jpg\t\t-\t");
	ok(st == OK && n == 2 && is(it[0].key, "k/1") && is(it[0].licence, "CC0") &&
	    !it[1].licence && is(it[1].key, "k/2"),
	    "lines that end in CR, a byte order mark: %zu rows", n);
	ok(is(passed, "lisence, x"), "two columns: %s", passed);
	st = parse("key\tphoto\n");
	ok(st == OK && n == 0, "no rows are no error");
	st = parse("key\tphoto\tpose\tiuv\tinds\tmask\tidentity\tmotion\nk\tp\tj\ti\td\ta\tw\tm\n");
	ok(st == OK && is(it[0].file[DATASET_INDS], "d") && is(it[0].motion, "m") &&
	    is(it[0].file[DATASET_IUV], "i") && is(it[0].file[DATASET_MASK], "a"),
	    "all columns");

	char wide[512] = "key\tphoto";

	for (int i = 0; i < 63; i++)
		strcat(wide, "\tx");
	st = parse(wide);
	ok(st == E_LIMIT, "65 columns: %s", status_detail());
	st = parse("");
	ok(st == E_FORMAT, "nothing at all: %s", status_detail());
	arena_free(a);
	return done();
}
