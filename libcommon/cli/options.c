#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/kernel.h"

#define MAX_OPTS 96	/* of one program, common ones and aliases included */
#define COLUMN 28	/* where -h puts the help texts */
#define LONG_ONLY 256	/* getopt's value for row i is LONG_ONLY + i */

/*
 * All rows, the program's first: a letter that the program uses itself
 * (tsjoin's -k) is not that of the common option.
 */
struct table {
	struct cli_opt row[MAX_OPTS];
	size_t n, own;		/* row[0..own) are the program's */
	struct arena *arena;	/* items of lists, for as long as we run */
};

static void
add_rows(struct table *t, const struct cli_opt *o)
{
	for (; o && o->kind != CLI_K_END; o++) {
		if (t->n == MAX_OPTS)
			cli_die("more than %d options", MAX_OPTS);
		struct cli_opt *row = &t->row[t->n++];

		*row = *o;
		for (const struct cli_opt *p = t->row; p < row; p++)
			if (p->letter == row->letter)
				row->letter = 0;
	}
}

static double
parse_number(const struct cli_opt *o, const char *arg)
{
	bool whole = o->kind == CLI_K_INT;
	char *end;

	errno = 0;
	double x = strtod(arg, &end);

	if (end == arg || *end || errno || isnan(x) || (whole && x != floor(x)))
		cli_die("--%s: \"%s\" is not a %s", o->name, arg,
		    whole ? "whole number" : "number");
	if (x < o->lo || x > o->hi)
		cli_die("--%s: %s, want %.10g to %.10g", o->name, arg, o->lo,
		    o->hi);
	return x;
}

static int
parse_choice(const struct cli_opt *o, const char *arg)
{
	size_t n = strlen(arg);
	int i = 0;

	for (const char *p = o->arg; p; i++) {
		size_t len = strcspn(p, "|");

		if (len == n && memcmp(p, arg, n) == 0)
			return i;
		p = p[len] ? p + len + 1 : NULL;
	}
	cli_die("--%s: \"%s\", want %s", o->name, arg, o->arg);
}

static void
append(struct table *t, struct cli_list *l, const char *item)
{
	const char **more = arena_alloc(t->arena, (l->n + 1) * sizeof *more);

	if (!more)
		cli_die("%s", status_detail());
	for (size_t i = 0; i < l->n; i++)
		more[i] = l->item[i];
	more[l->n++] = item;
	l->item = more;
}

/* Names of files may be no UTF-8, which a manifest is. */
static json_t *
text_json(struct table *t, const char *arg)
{
	const char *text = text_utf8(t->arena, arg);

	if (!text)
		cli_die("%s", status_detail());
	return json_string(text);
}

static json_t *
list_json(struct table *t, const struct cli_list *l)
{
	json_t *a = json_array();

	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(a, text_json(t, l->item[i]));
	return a;
}

/* Stores the argument of one option; returns it for the history. */
static json_t *
set(struct table *t, const struct cli_opt *o, const char *arg)
{
	switch (o->kind) {
	case CLI_K_FLAG:
		*(bool *)o->ptr = true;
		return json_true();
	case CLI_K_INT:
		*(int *)o->ptr = (int)parse_number(o, arg);
		return json_integer(*(int *)o->ptr);
	case CLI_K_DBL:
		*(double *)o->ptr = parse_number(o, arg);
		return json_real(*(double *)o->ptr);
	case CLI_K_STR:
		*(const char **)o->ptr = arg;
		return text_json(t, arg);
	case CLI_K_LIST:
		append(t, o->ptr, arg);
		return list_json(t, o->ptr);
	case CLI_K_ENUM:
		*(int *)o->ptr = parse_choice(o, arg);
		return json_string(arg);
	case CLI_K_ALIAS:
	case CLI_K_END:
		break;
	}
	return NULL;
}

/* ---- -h ---- */

static void
print_range(const struct cli_opt *o)
{
	if (o->kind != CLI_K_INT && o->kind != CLI_K_DBL)
		return;
	printf(", %.10g to %.10g", o->lo, o->hi);
}

/* The variable's value before anything is given; below lo it means "none". */
static void
print_default(const struct cli_opt *o)
{
	const char *p = o->arg;

	switch (o->kind) {
	case CLI_K_INT:
		if (*(const int *)o->ptr >= o->lo)
			printf(" (%d)", *(const int *)o->ptr);
		break;
	case CLI_K_DBL:
		if (*(const double *)o->ptr >= o->lo)
			printf(" (%.10g)", *(const double *)o->ptr);
		break;
	case CLI_K_STR:
		if (*(const char **)o->ptr)
			printf(" (%s)", *(const char **)o->ptr);
		break;
	case CLI_K_ENUM:
		for (int i = *(const int *)o->ptr; i > 0; i--)
			p += strcspn(p, "|") + 1;
		printf(" (%.*s)", (int)strcspn(p, "|"), p);
		break;
	default:
		break;
	}
}

static void
print_row(const struct cli_opt *o)
{
	char left[256];
	int n = snprintf(left, sizeof left, o->letter ? "  -%c, " : "      ",
	    o->letter);

	n += snprintf(left + n, sizeof left - (size_t)n, "--%s%s%s", o->name,
	    o->arg ? " " : "", o->arg ? o->arg : "");
	if (n < COLUMN)
		printf("%-*s", COLUMN, left);
	else
		printf("%s\n%*s", left, COLUMN, "");
	fputs(o->help, stdout);
	print_range(o);
	print_default(o);
	putchar('\n');
}

static void
print_help(const struct cli_program *p, const struct table *t)
{
	printf("usage: %s [options]%s%s\n%s\n\n", p->name,
	    p->operands ? " " : "", p->operands ? p->operands : "", p->summary);
	for (size_t i = 0; i < t->n; i++) {
		if (i == t->own)
			printf("%scommon options, see dualtex(7):\n",
			    i ? "\n" : "");
		if (t->row[i].kind != CLI_K_ALIAS)
			print_row(&t->row[i]);
	}
}

/* ---- --limit ---- */

/* "4G" is 4 << 30; K, M, G, T. */
static uint64_t
parse_size(const char *name, const char *arg)
{
	static const char units[] = "KMGT";
	char *end;
	double x = strtod(arg, &end);
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (unit) {
		x = ldexp(x, 10 * (int)(unit - units + 1));
		end++;
	}
	if (end == arg || *end || !(x >= 1) || x > 0x1p60)
		cli_die("--limit %s: \"%s\" is not a number of bytes", name, arg);
	return (uint64_t)x;
}

static void
set_limit(struct stream_limits *lim, const char *text)
{
	size_t n = strcspn(text, "=");
	const char *value = text + n + 1;

	if (!text[n])
		cli_die("--limit: \"%s\", want NAME=VALUE", text);
	if (strncmp(text, "rank=", 5) == 0) {
		const struct cli_opt row = { .name = "limit rank",
		    .kind = CLI_K_INT, .hi = TENSOR_MAX_RANK };

		lim->rank = (int)parse_number(&row, value);
	} else if (strncmp(text, "ratio=", 6) == 0) {
		const struct cli_opt row = { .name = "limit ratio", .lo = 1,
		    .kind = CLI_K_DBL, .hi = 1e9 };

		lim->ratio = parse_number(&row, value);
	} else if (strncmp(text, "member=", 7) == 0) {
		lim->member = parse_size("member", value);
	} else if (strncmp(text, "sample=", 7) == 0) {
		lim->sample = parse_size("sample", value);
	} else if (strncmp(text, "name=", 5) == 0) {
		lim->name = (size_t)parse_size("name", value);
	} else {
		cli_die("--limit: \"%.*s\", want rank, member, sample, name or "
		    "ratio", (int)n, text);
	}
}

/* ---- parsing ---- */

/* The row that is meant by row i: another one if that is an alias. */
static size_t
meant(const struct table *t, size_t i)
{
	const struct cli_opt *o = &t->row[i];

	if (o->kind != CLI_K_ALIAS)
		return i;
	for (size_t k = 0; k < t->n; k++)
		if (t->row[k].kind != CLI_K_ALIAS &&
		    strcmp(t->row[k].name, o->arg) == 0)
			return k;
	cli_die("--%s is an alias of --%s, which there is not", o->name, o->arg);
}

/*
 * getopt's view of the table: long options, and the letters as ":ab:". An
 * alias has its option's value, so that what begins both names is not
 * ambiguous.
 */
static void
make_getopt(const struct table *t, struct option *lng, char *letters)
{
	*letters++ = ':';
	for (size_t i = 0; i < t->n; i++) {
		const size_t k = meant(t, i);
		const struct cli_opt *o = &t->row[i];

		lng[i] = (struct option){ o->name,
		    t->row[k].kind == CLI_K_FLAG ? no_argument :
		    required_argument, NULL, LONG_ONLY + (int)k };
		if (!o->letter)
			continue;
		*letters++ = o->letter;
		if (o->kind != CLI_K_FLAG)
			*letters++ = ':';
	}
	*letters = '\0';
	lng[t->n] = (struct option){ 0 };
}

static const struct cli_opt *
row_of(const struct table *t, int c)
{
	if (c >= LONG_ONLY)
		return &t->row[c - LONG_ONLY];
	for (size_t i = 0; i < t->n; i++)
		if (t->row[i].letter == c)
			return &t->row[i];
	return NULL;
}

void
options_parse(struct options *o, const struct cli_program *p, int *argc,
    char ***argv)
{
	bool help = false, version = false;
	struct cli_list limit = { 0 };
	const struct cli_opt rows[] = {
		{ CLI_K_FLAG, 'h', "help", &help, 0, 0, NULL, "print this",
		    true },
		{ CLI_K_FLAG, 'V', "version", &version, 0, 0, NULL,
		    "print the version", true },
		{ CLI_K_FLAG, 'v', "verbose", &o->verbose, 0, 0, NULL,
		    "say what is done", true },
		{ CLI_K_INT, 'z', "level", &o->level, 0, 19, "LEVEL",
		    "zstd level of the output; 0 is a plain tar", true },
		{ CLI_K_FLAG, 'k', "keep-going", &o->keep, 0, 0, NULL,
		    "report bad samples and leave them out", true },
		CLI_LIST(0, "drop", &o->drop, "GLOB", "leave out these fields"),
		CLI_LIST(0, "only", &o->only, "GLOB", "keep only these fields"),
		{ CLI_K_FLAG, 0, "progress", &o->progress, 0, 0, NULL,
		    "show progress also when stderr is no terminal", true },
		{ CLI_K_LIST, 0, "limit", &limit, 0, 0, "NAME=VALUE",
		    "accept more or less: rank, member, sample, name, ratio",
		    true },
		CLI_END
	};
	static struct table t;	/* its arena is used as long as the program */
	struct option lng[MAX_OPTS + 1];
	char letters[2 * MAX_OPTS + 2];
	int c;

	*o = (struct options){ .level = 1, .limits = STREAM_LIMITS,
	    .history = json_object() };
	cli_try(arena_new(&t.arena, (size_t)64 << 20), "options");
	add_rows(&t, p->opts);
	t.own = t.n;
	add_rows(&t, rows);
	make_getopt(&t, lng, letters);
	opterr = 0;
	while ((c = getopt_long(*argc, *argv, letters, lng, NULL)) != -1) {
		const struct cli_opt *row = row_of(&t, c);

		if (c == ':')
			cli_die("%s wants an argument; -h lists the options",
			    (*argv)[optind - 1]);
		if (!row && optopt && optopt < LONG_ONLY)
			cli_die("there is no option -%c; -h lists the options",
			    optopt);
		if (!row)
			cli_die("there is no option %s; -h lists the options",
			    (*argv)[optind - 1]);
		json_t *value = set(&t, row, optarg);

		if (row->quiet)
			json_decref(value);
		else
			json_object_set_new(o->history, row->name, value);
		/* At once: defaults are still what they were. */
		if (help) {
			help = false;
			print_help(p, &t);
			cli_leave();
		}
	}
	if (version) {
		printf("%s (dualtex) %s%s%s\n", p->name, VERSION,
		    kernel_name() ? ", " : "", kernel_name() ? kernel_name() : "");
		cli_leave();
	}
	for (size_t i = 0; i < limit.n; i++)
		set_limit(&o->limits, limit.item[i]);
	*argc -= optind;
	*argv += optind;
	if (*argc > 0 && !p->operands)
		cli_die("operand \"%s\", but there are none; -h lists the "
		    "options", (*argv)[0]);
}
