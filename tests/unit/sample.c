/*
 * Tests: fields of a sample, wanted shapes and their messages, names,
 * manifest, renaming and merging.
 */
#include "stream/sample.h"

#include <string.h>

#include "../tap.h"
#include "stream/join.h"

static struct arena *arena;

static bool
says(const char *text)
{
	bool same = strcmp(status_detail(), text) == 0;

	if (!same)
		printf("# %s\n", status_detail());
	return same;
}

static void
names(void)
{
	static const char *const good[] = { "a", "p317", "d/e/f", "\303\251",
		"a b", "-" };
	static const char *const bad[] = { "a\302\23331m", "", "/a", "a/", "a//b", "a.b", "..",
		"a\n", "\377", "a\177" };
	static const char *const bad_field[] = { "", "a/b", ".a", "a.", "a..b",
		"a\t", "\300\200" };
	int wrong = 0;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		wrong += sample_check_key(good[i]) != OK;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		wrong += sample_check_key(bad[i]) != E_FORMAT;
	ok(wrong == 0, "keys");
	wrong = sample_check_field("a") != OK || sample_check_field("a.b.3") != OK;
	for (size_t i = 0; i < sizeof bad_field / sizeof *bad_field; i++)
		wrong += sample_check_field(bad_field[i]) != E_FORMAT;
	ok(wrong == 0, "field names");
	ok(field_matches("source.image", "source.*") &&
	    field_matches("a.b.c", "a*c") && field_matches("x", "[wx]") &&
	    !field_matches("source.image", "source"), "globs");
}

static void
fields(struct sample *s)
{
	const struct tensor *w;
	struct tensor t, u;
	char name[16];
	int wrong = 0;

	ok(sample_make(&t, s, "a.b", DT_U1, TENSOR_DIMS(2, 3, 3)) == OK &&
	    s->n == 1 && sample_find(s, "a.b")->t.data == t.data, "make");
	ok(sample_want(&w, s, "a.b", DT_U1, TENSOR_DIMS(0, 0, 3)) == OK &&
	    w->data == t.data, "want");
	ok(sample_want(&w, s, "a.b", DT_COUNT, -1, NULL) == OK, "want any");
	ok(sample_want(&w, s, "a.b", DT_U1, TENSOR_DIMS(0, 0, 4)) == E_SHAPE &&
	    says("field a.b: u1 (2,3,3), want u1 (*,*,4)"), "another shape");
	ok(sample_want(&w, s, "a.b", DT_F4, -1, NULL) == E_SHAPE &&
	    says("field a.b: u1 (2,3,3), want dtype f4"), "another dtype");
	ok(sample_want(&w, s, "a.b", DT_COUNT, TENSOR_DIMS(2, 3)) == E_SHAPE,
	    "another rank");
	ok(sample_want(&w, s, "c", DT_F4, -1, NULL) == E_SHAPE &&
	    says("field c: is missing"), "missing");
	ok(sample_put_json(s, "c", "{}", 2) == OK &&
	    sample_want(&w, s, "c", DT_F4, -1, NULL) == E_SHAPE &&
	    says("field c: JSON, want an array"), "JSON");
	ok(sample_make(&u, s, "a.b", DT_F4, TENSOR_DIMS(1)) == OK && s->n == 2 &&
	    s->field[0].t.data == u.data, "replaced where it stands");
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "f%d", i);
		wrong += sample_put(s, name, &u) != OK;
	}
	ok(wrong == 0 && s->n == 102 && sample_find(s, "f99"), "many fields");
	sample_drop(s, "c");
	sample_drop(s, "nothing");
	ok(s->n == 101 && !strcmp(s->field[1].name, "f0"), "drop");
	ok(sample_put(s, "a/b", &u) == E_FORMAT && s->n == 101, "a bad name");
}

static void
manifest(struct sample *s)
{
	json_t *o = json_pack("{s:i}", "size", 256);

	ok(sample_add_licence(s, "A") == OK && sample_add_licence(s, "B") == OK &&
	    sample_add_licence(s, "A") == OK &&
	    json_array_size(json_object_get(s->manifest, "licence")) == 2,
	    "a licence once");
	ok(sample_add_history(s, "intake", "1", o, NULL) == OK &&
	    json_integer_value(json_object_get(json_object_get(json_array_get(
	    json_object_get(s->manifest, "history"), 0), "options"), "size")) ==
	    256, "history");
	json_object_set_new(s->manifest, "licence", json_string("mine"));
	ok(sample_add_licence(s, "B") == OK && json_array_size(json_object_get(
	    s->manifest, "licence")) == 2, "a licence that was a string");
}

static void
joins(void)
{
	struct sample a, b;
	struct tensor t;
	const struct tensor *w;

	if (sample_init(&a, arena, "k") != OK || sample_init(&b, arena, "k") != OK ||
	    sample_make(&t, &a, "source.x", DT_U1, TENSOR_DIMS(2)) != OK ||
	    sample_make(&t, &a, "sourcex", DT_U1, TENSOR_DIMS(2)) != OK ||
	    sample_make(&t, &a, "source.full", DT_U1,
	    TENSOR_DIMS(1, 1, 1, 1, 1, 1)) != OK) {
		ok(false, "samples");
		return;
	}
	ok(join_rename(&a, "source", "target") == E_LIMIT, "no room: %s",
	    status_detail());
	sample_drop(&a, "source.full");
	sample_drop(&a, "target.x");
	if (sample_make(&t, &a, "source.x", DT_U1, TENSOR_DIMS(2)) != OK)
		return;
	memset(t.data, 1, 2);
	ok(join_rename(&a, "source", "halluc") == OK &&
	    sample_want(&w, &a, "halluc.x", DT_U1, TENSOR_DIMS(1, 2)) == OK &&
	    sample_find(&a, "sourcex"), "whole words, leading axis");
	ok(join_rename(&a, "halluc.x", "target.x") == OK &&
	    sample_want(&w, &a, "target.x", DT_U1, TENSOR_DIMS(1, 2)) == OK,
	    "from many to many");
	ok(sample_make(&t, &b, "target.x", DT_U1, TENSOR_DIMS(2, 2)) == OK &&
	    join_rename(&b, "target", "source") == E_SHAPE, "not one: %s",
	    status_detail());
	ok(join_merge(&a, &b) == E_VALUE, "differs: %s", status_detail());
	if (sample_make(&t, &b, "target.x", DT_U1, TENSOR_DIMS(1, 2)) != OK)
		return;
	memset(t.data, 1, 2);
	ok(sample_put_json(&b, "n", "1", 1) == OK && join_merge(&a, &b) == OK &&
	    a.n == 3 && sample_find(&a, "n"), "merge: %s", status_detail());
	json_object_set_new(a.manifest, "crop", json_pack("{s:{s:i}}", "source",
	    "x", 1));
	json_object_set_new(b.manifest, "crop", json_pack("{s:{s:i}}", "source",
	    "x", 2));
	json_t *want = json_pack("{s:{s:i},s:{s:i}}", "source", "x", 1,
	    "target", "x", 2);

	ok(join_rename(&b, "source", "target") == OK && join_merge(&a, &b) ==
	    OK && json_equal(json_object_get(a.manifest, "crop"), want),
	    "crops of two roles");
	json_decref(want);
	json_object_set_new(a.manifest, "layout", json_string("atlas24"));
	json_object_set_new(b.manifest, "layout", json_string("smpl"));
	ok(join_merge(&a, &b) == E_VALUE, "two layouts: %s", status_detail());
	sample_clear(&a);
	sample_clear(&b);
}

int
main(void)
{
	struct sample s;

	if (!ok(arena_new(&arena, 1 << 20) == OK, "arena"))
		return done();
	names();
	if (ok(sample_init(&s, arena, "k") == OK, "init")) {
		fields(&s);
		manifest(&s);
		sample_clear(&s);
	}
	ok(sample_init(&s, arena, "k.") == E_FORMAT, "a bad key");
	joins();
	arena_free(arena);
	return done();
}
