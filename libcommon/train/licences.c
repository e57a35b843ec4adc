#include "train/licences.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX

static enum status
add_list(json_t *manifest, const json_t *list)
{
	struct sample to = { .manifest = manifest };
	const json_t *line;
	size_t i;

	if (json_is_string(list))
		return sample_add_licence(&to, json_string_value(list));
	json_array_foreach(list, i, line)
		if (json_is_string(line))
			TRY(sample_add_licence(&to, json_string_value(line)));
	return OK;
}

static enum status
add_samples(json_t *manifest, const struct sample *const *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(add_list(manifest, json_object_get(s[i]->manifest,
		    "licence")));
	return OK;
}

/* Those of our samples that the manifest lacks, as a list; NULL: none. */
static enum status
news(char **text, const json_t *manifest, const struct sample *const *s,
    size_t n)
{
	json_t *trial = json_object(), *list, *fresh;
	enum status st;

	*text = NULL;
	json_object_set_new(trial, "licence", json_deep_copy(json_object_get(
	    manifest, "licence")));
	st = sample_list(&list, trial, "licence", true);

	size_t had = st == OK ? json_array_size(list) : 0;

	if (st == OK)
		st = add_samples(trial, s, n);
	fresh = json_deep_copy(json_object_get(trial, "licence"));
	for (size_t i = 0; i < had; i++)
		json_array_remove(fresh, 0);
	if (st == OK && json_array_size(fresh) > 0)
		*text = json_dumps(fresh, JSON_COMPACT);
	json_decref(fresh);
	json_decref(trial);
	return st;
}

/* The texts of all ranks, which are seldom there; NONE of one that failed. */
static enum status
take_all(json_t *manifest, struct ranks *r, enum status st, const char *own)
{
	size_t *length = calloc(r->size, sizeof *length), most = 0;

	if (!length)
		return fail(E_NOMEM, "no memory for %zu ranks", r->size);
	length[r->rank] = st != OK ? NONE : own ? strlen(own) + 1 : 0;
	ranks_share(r, length, sizeof *length);
	for (size_t k = 0; k < r->size; k++)
		most = length[k] > most ? length[k] : most;
	if (most == NONE) {
		free(length);
		return st != OK ? st : fail(E_FORMAT, "licences that another "
		    "rank cannot add");
	}

	char *text = most ? calloc(r->size, most) : NULL;

	if (text) {
		if (own)
			memcpy(text + r->rank * most, own, length[r->rank]);
		ranks_share(r, text, most);
	}
	for (size_t k = 0; text && st == OK && k < r->size; k++) {
		json_t *list = json_loads(text + k * most, 0, NULL);

		st = add_list(manifest, list);
		json_decref(list);
	}
	free(text);
	free(length);
	return st;
}

enum status
licences_take(json_t *manifest, struct ranks *r, const struct sample *const *s,
    size_t n)
{
	char *own;

	if (r->size == 1)
		return add_samples(manifest, s, n);
	enum status st = news(&own, manifest, s, n);

	st = take_all(manifest, r, st, own);

	free(own);
	return st;
}
