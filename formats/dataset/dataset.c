#include "dataset/dataset.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "dataset/packed.h"
#include "dataset/phototable.h"

/* A file that has a role: found by name, not read yet. */
struct entry {
	const char *path;	/* in the file system, or in the archive */
	const char *stem;
	enum dataset_role role;
	size_t item;		/* index, once grouped */
};

/* Files of folders and archives that are neither photo nor companion. */
struct passed {
	char end[12];		/* of their names, with its dot, lower case */
	const char *first;	/* of them */
	size_t n;
};
#define PASSED_MOST 24		/* endings told apart */

/* One operand. */
struct source {
	const char *path;
	bool archive;
	size_t first, n;	/* its items */
	struct entry *entry;	/* an archive's, sorted by path */
	size_t entries;
};

struct dataset {
	struct arena *arena;	/* all names */
	struct dataset_item *item;
	size_t n, room;
	struct source *source;
	size_t sources;
	/* of the operand being listed */
	struct entry *found;
	size_t found_n, found_room;
	struct passed passed[PASSED_MOST + 1];	/* the last: all other endings */
	size_t passed_n, orphans;
	const char *orphan;	/* the first companion without a photo */
	size_t broken;		/* links to nowhere that are called as photos are */
	const char *broke;	/* the first of them */
	const char *columns;	/* of tables that are passed over, or NULL */
	/* where dataset_next stands */
	size_t at_source, at_item, last;
	struct packed *packed;
	size_t held;
};

#define NOBODY ((size_t)-1)

static const char *const role_name[] = { "photo", "key points", "IUV", "INDS",
	"mask" };

/* How the names of companions end: what is behind the dot in any case. */
static const struct {
	const char *word, *ext;
	enum dataset_role role;
} ends[] = {
	{ "_keypoints", ".json", DATASET_POSE },
	{ "_IUV", ".png", DATASET_IUV }, { "_IUV", ".npy", DATASET_IUV },
	{ "_IUV", ".tif", DATASET_IUV }, { "_IUV", ".tiff", DATASET_IUV },
	{ "_IUV", ".jpg", DATASET_IUV }, { "_IUV", ".pkl", DATASET_IUV },
	{ "_IUV", ".pt", DATASET_IUV },
	{ "_iuv", ".png", DATASET_IUV }, { "_iuv", ".npy", DATASET_IUV },
	{ "_INDS", ".png", DATASET_INDS }, { "_mask", ".png", DATASET_MASK },
};
#define ENDS (sizeof ends / sizeof *ends)
static const char *const photo_ext[] = { ".jpg", ".jpeg", ".jpe", ".jfif",
	".png", ".tif", ".tiff", ".webp" };
static const char *const no_photo[] = { "_mask", "_rendered" };
/* Nobody takes these for photos: they are not worth a warning. */
static const char *const no_picture[] = { ".txt", ".md", ".json", ".csv",
	".tsv", ".xml", ".yml", ".yaml", ".html", ".htm", ".log", ".ini", ".db",
	".py", ".sh", ".mk", ".npy", ".npz", ".pkl", ".pt", ".mat", ".zst" };

static bool
is_one_of(const char *ext, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(ext, list[i]) == 0)
			return true;
	return false;
}
#define ONE_OF(ext, list) is_one_of(ext, list, sizeof list / sizeof *list)

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool
ends_with(const char *s, size_t n, const char *end, size_t *stem)
{
	size_t m = strlen(end);

	*stem = n - m;
	return n > m && !memcmp(s + n - m, end, m);
}

/* What a file of a folder or archive is, by its name. */
enum sort { SORT_NONE, SORT_PASSED, SORT_TAKEN };

static enum sort
classify(const char *name, enum dataset_role *role, size_t *stem)
{
	const char *dot = strrchr(name, '.');

	if (*name == '.')	/* hidden, ._NAME of macOS among them */
		return SORT_NONE;
	if (!dot)
		return SORT_PASSED;
	const size_t n = (size_t)(dot - name);
	size_t k;

	for (size_t i = 0; i < ENDS; i++)
		if (strcasecmp(dot, ends[i].ext) == 0 &&
		    ends_with(name, n, ends[i].word, stem)) {
			*role = ends[i].role;
			return SORT_TAKEN;
		}
	*stem = n;
	*role = DATASET_PHOTO;
	if (!ONE_OF(dot, photo_ext))
		return SORT_PASSED;
	for (size_t i = 0; i < sizeof no_photo / sizeof *no_photo; i++)
		if (ends_with(name, n, no_photo[i], &k))
			return SORT_NONE;
	return SORT_TAKEN;
}

/* Counts a file that is passed over, by the ending of its name. */
static enum status
pass_over(struct dataset *d, const char *path)
{
	const char *dot = strrchr(base_name(path), '.');
	char end[sizeof d->passed->end] = "";
	struct passed *p = &d->passed[PASSED_MOST];

	if (dot && strlen(dot) < sizeof end)
		for (size_t i = 0; dot[i]; i++)
			end[i] = (char)(dot[i] >= 'A' && dot[i] <= 'Z' ?
			    dot[i] | 0x20 : dot[i]);
	for (size_t i = 0; i < d->passed_n; i++)
		if (strcmp(d->passed[i].end, end) == 0)
			p = &d->passed[i];
	if (p == &d->passed[PASSED_MOST] && d->passed_n < PASSED_MOST) {
		p = &d->passed[d->passed_n++];
		memcpy(p->end, end, sizeof end);
	}
	if (p->n++ == 0)
		p->first = arena_strdup(d->arena, path);
	return p->first ? OK : E_NOMEM;
}

/* One more item in a growing array of `size` each. */
static enum status
grow(void *array, size_t *room, size_t n, size_t size)
{
	void **p = array;

	if (n < *room)
		return OK;
	size_t more = *room ? 2 * *room : 64;
	void *q = reallocarray(*p, more, size);

	if (!q)
		return fail(E_NOMEM, "no memory for %zu names", more);
	*p = q;
	*room = more;
	return OK;
}

static enum status
note_file(struct dataset *d, const char *path, enum dataset_role role,
    size_t stem)
{
	if (d->found_n >= DATASET_MAX_FILES)
		return fail(E_LIMIT, "more than %d files", DATASET_MAX_FILES);
	TRY(grow(&d->found, &d->found_room, d->found_n, sizeof *d->found));
	struct entry e = { .path = arena_strdup(d->arena, path), .role = role,
	    .stem = arena_printf(d->arena, "%.*s", (int)stem, base_name(path)),
	    .item = NOBODY };

	if (!e.path || !e.stem)
		return E_NOMEM;
	d->found[d->found_n++] = e;
	return OK;
}

/* A companion of the photo, its ending in lower or upper case. */
static enum status
look_beside(struct dataset *d, const char *path, size_t folder, size_t stem,
    size_t i)
{
	char *beside = arena_printf(d->arena, "%.*s%s%s", (int)(folder + stem),
	    path, ends[i].word, ends[i].ext);

	if (!beside)
		return E_NOMEM;
	for (int upper = 0; upper < 2; upper++) {
		if (access(beside, F_OK) == 0)
			return note_file(d, beside, ends[i].role, stem);
		for (char *p = strrchr(beside, '.'); *p; p++)
			*p = (char)(*p >= 'a' && *p <= 'z' ? *p & 0x5f : *p);
	}
	return OK;
}

/* A photo that was named: any name will do; its companions lie beside it. */
static enum status
list_photo(struct dataset *d, const char *path)
{
	const char *name = base_name(path), *dot = strrchr(name, '.');
	size_t stem = dot && dot != name ? (size_t)(dot - name) : strlen(name);

	if (stem == 0)
		return fail(E_VALUE, "want the name of a file");
	TRY(note_file(d, path, DATASET_PHOTO, stem));
	for (size_t i = 0; i < ENDS; i++)
		TRY(look_beside(d, path, (size_t)(name - path), stem, i));
	return OK;
}

/* A file of a folder or archive. */
static enum status
list_file(struct dataset *d, const char *path, const char *name)
{
	enum dataset_role role;
	size_t stem;

	switch (classify(name, &role, &stem)) {
	case SORT_TAKEN:
		return note_file(d, path, role, stem);
	case SORT_PASSED:
		return pass_over(d, path);
	case SORT_NONE:
		break;
	}
	return OK;
}

/* As in a git-annex whose files have not been got. */
static enum status
note_broken(struct dataset *d, const char *path, const char *name)
{
	enum dataset_role role;
	size_t stem;

	if (classify(name, &role, &stem) == SORT_TAKEN && d->broken++ == 0)
		d->broke = arena_strdup(d->arena, path);
	return d->broken && !d->broke ? E_NOMEM : OK;
}

static enum status
list_folder(struct dataset *d, const char *path)
{
	char *roots[] = { (char *)path, NULL };
	FTS *fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	enum status s = OK;
	struct stat link;

	if (!fts)
		return fail_errno("cannot list");
	for (FTSENT *e; s == OK && (errno = 0, e = fts_read(fts));) {
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR ||
		    e->fts_info == FTS_NS) {
			errno = e->fts_errno;
			s = fail_errno("%s", e->fts_path);
		} else if (e->fts_info == FTS_D && e->fts_level > 0 &&
		    (*e->fts_name == '.' || !strcmp(e->fts_name, "__MACOSX"))) {
			fts_set(fts, e, FTS_SKIP);
		} else if (e->fts_info == FTS_D && e->fts_level > 0 &&
		    lstat(e->fts_path, &link) == 0 && S_ISLNK(link.st_mode)) {
			/* To all of /proc, say. */
			s = fail(E_VALUE, "%s: a link to a folder: name that "
			    "folder itself", e->fts_path);
		} else if (e->fts_info == FTS_F) {
			s = list_file(d, e->fts_path, e->fts_name);
		} else if (e->fts_info == FTS_SLNONE) {
			s = note_broken(d, e->fts_path, e->fts_name);
		}
	}
	if (s == OK && errno)
		s = fail_errno("cannot list");
	fts_close(fts);
	return s;
}

static enum status
list_archive(struct dataset *d, const char *path)
{
	struct packed *p;
	const char *name;
	enum status s;

	TRY(packed_open(&p, path));
	while ((s = packed_next(p, &name)) == OK) {
		if (strstr(name, "__MACOSX/"))
			continue;
		s = list_file(d, name, base_name(name));
		if (s != OK)
			break;
	}
	packed_close(p);
	return s == END ? OK : s;
}

static int
by_stem(const void *a, const void *b)
{
	const struct entry *p = a, *q = b;
	int order = strcmp(p->stem, q->stem);

	if (order)
		return order;
	return p->role != q->role ? (p->role < q->role ? -1 : 1) :
	    strcmp(p->path, q->path);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->path,
	    ((const struct entry *)b)->path);
}

static const char *
key_of(struct dataset *d, const char *stem)
{
	char *key = arena_strdup(d->arena, stem);

	for (char *p = key; p && *p; p++)
		if (*p == '.')
			*p = '_';
	return key;
}

/* Entries of one stem, found[from..to): an item if there is a photo. */
static enum status
make_item(struct dataset *d, const struct source *src, size_t from, size_t to)
{
	struct entry *e = d->found;

	if (e[from].role != DATASET_PHOTO) {
		d->orphan = d->orphans ? d->orphan : e[from].path;
		d->orphans += to - from;
		return OK;
	}
	TRY(grow(&d->item, &d->room, d->n, sizeof *d->item));
	struct dataset_item *it = &d->item[d->n];

	*it = (struct dataset_item){ .key = key_of(d, e[from].stem) };
	if (!it->key)
		return E_NOMEM;
	for (size_t i = from; i < to; i++) {
		const char **file = &it->file[e[i].role];

		if (*file)
			return fail(E_VALUE, "%s and %s: both are the %s of \"%s\"",
			    *file, e[i].path, role_name[e[i].role], it->key);
		*file = src->archive ? arena_printf(d->arena, "%s: %s", src->path,
		    e[i].path) : e[i].path;
		if (!*file)
			return E_NOMEM;
		e[i].item = d->n;
	}
	d->n++;
	return OK;
}

/*
 * "2 .heic (a.heic, ...), 1 .gif (b.gif)" and how to convert them, or "".
 * pictures: what may be meant as a photo; else all that is not.
 */
static enum status
passed_text(const char **out, const struct dataset *d, bool pictures)
{
	const char *text = "";
	bool heic = false;

	for (size_t i = 0; text && i <= PASSED_MOST; i++) {
		const struct passed *p = &d->passed[i];
		const bool heif = !strncmp(p->end, ".hei", 4);

		if (!p->n || pictures == ONE_OF(p->end, no_picture))
			continue;
		text = arena_printf(d->arena, "%s%s%zu %s (%s%s)", text,
		    *text ? ", " : "", p->n, i == PASSED_MOST ? "others" :
		    *p->end ? p->end : "without a known ending", p->first,
		    p->n > 1 ? ", ..." : "");
		heic |= heif;
	}
	if (text && *text && pictures)
		text = arena_printf(d->arena, "%s; photos are JPEG, PNG, TIFF and "
		    "WebP%s", text, !heic ? "" : ", and heif-convert IN.heic "
		    "OUT.jpg makes them of HEIC");
	*out = text;
	return text ? OK : E_NOMEM;
}

enum status
dataset_tell(const struct dataset *d, void (*tell)(bool, const char *, ...))
{
	const char *text;

	TRY(passed_text(&text, d, true));
	if (*text)
		tell(true, "passed over: %s", text);
	TRY(passed_text(&text, d, false));
	if (*text)
		tell(false, "passed over: %s", text);
	if (d->orphans)
		tell(true, "%zu file%s to no photo that is read: %s%s",
		    d->orphans, d->orphans > 1 ? "s belong" : " belongs",
		    d->orphan, d->orphans > 1 ? ", ..." : "");
	if (d->broken)
		tell(true, "%zu link%s nowhere: %s%s", d->broken,
		    d->broken > 1 ? "s lead" : " leads", d->broke,
		    d->broken > 1 ? ", ..." : "");
	if (d->columns)
		tell(true, "columns of the table that are not known are passed over: "
		    "%s", d->columns);
	return OK;
}

static enum status
no_photo_in(const struct dataset *d)
{
	const char *text;

	TRY(passed_text(&text, d, true));
	if (d->broken)
		return fail(E_VALUE, "no photo in it: %zu link%s nowhere, such as "
		    "%s", d->broken, d->broken > 1 ? "s lead" : " leads", d->broke);
	return fail(E_VALUE, "no photo in it%s%s", *text ? ": passed over " :
	    "", text);
}

/* What was found becomes items; an archive keeps it to know its members. */
static enum status
group(struct dataset *d, struct source *src)
{
	src->first = d->n;
	if (d->found_n == 0)
		return no_photo_in(d);
	qsort(d->found, d->found_n, sizeof *d->found, by_stem);
	for (size_t i = 0, k; i < d->found_n; i = k) {
		for (k = i + 1; k < d->found_n &&
		    !strcmp(d->found[i].stem, d->found[k].stem); k++)
			;
		TRY(make_item(d, src, i, k));
	}
	src->n = d->n - src->first;
	if (src->n == 0)
		return no_photo_in(d);
	if (src->archive) {
		qsort(d->found, d->found_n, sizeof *d->found, by_path);
		src->entry = d->found;
		src->entries = d->found_n;
		d->found = NULL;
		d->found_room = 0;
	}
	return OK;
}

static enum status
list(struct dataset *d, struct source *src)
{
	struct stat st;

	d->found_n = 0;
	if (stat(src->path, &st) != 0)
		return fail_errno("cannot open");
	if (S_ISDIR(st.st_mode)) {
		TRY(list_folder(d, src->path));
	} else if (packed_is(src->path)) {
		src->archive = true;
		TRY(list_archive(d, src->path));
	} else {
		TRY(list_photo(d, src->path));
	}
	return group(d, src);
}

enum status
dataset_new(struct dataset **out)
{
	struct dataset *d = calloc(1, sizeof *d);

	if (!d)
		return fail(E_NOMEM, "no memory for a list of photos");
	d->last = NOBODY;
	if (arena_new(&d->arena, (size_t)16 << 30) != OK) {
		free(d);
		return E_NOMEM;
	}
	*out = d;
	return OK;
}

static enum status
add_source(struct dataset *d, const char *path)
{
	struct source *more = reallocarray(d->source, d->sources + 1,
	    sizeof *more);

	if (!more)
		return fail(E_NOMEM, "no memory for a list of photos");
	d->source = more;
	more[d->sources] = (struct source){
	    .path = arena_strdup(d->arena, path) };
	return more[d->sources++].path ? OK : E_NOMEM;
}

enum status
dataset_add(struct dataset *d, const char *path)
{
	TRY(add_source(d, path));
	enum status s = list(d, &d->source[d->sources - 1]);

	return s == OK ? OK : fail_in(s, "%s", path);
}

enum status
dataset_add_table(struct dataset *d, const char *path)
{
	struct dataset_item *item = NULL;
	const char *text, *passed;
	size_t bytes, n;

	TRY(add_source(d, path));
	TRY(file_read(&text, &bytes, d->arena, path, DATASET_MAX_TABLE));
	enum status s = phototable_parse(&item, &n, &passed, d->arena,
	    (char *)text, bytes);

	if (s != OK)
		return fail_in(s, "%s", path);
	if (*passed)
		d->columns = passed;
	struct source *src = &d->source[d->sources - 1];

	*src = (struct source){ .path = src->path, .first = d->n, .n = n };
	for (size_t i = 0; i < n; i++) {
		TRY(grow(&d->item, &d->room, d->n, sizeof *d->item));
		d->item[d->n++] = item[i];
	}
	return OK;
}

static int
by_key(const void *a, const void *b)
{
	const struct dataset_item *const *p = a, *const *q = b;

	return strcmp((*p)->key, (*q)->key);
}

enum status
dataset_check(struct dataset *d)
{
	const struct dataset_item **it = calloc(d->n + 1, sizeof *it);
	enum status s = OK;

	if (!it)
		return fail(E_NOMEM, "no memory for %zu names", d->n);
	for (size_t i = 0; i < d->n; i++)
		it[i] = &d->item[i];
	qsort(it, d->n, sizeof *it, by_key);
	for (size_t i = 1; s == OK && i < d->n; i++)
		if (!strcmp(it[i - 1]->key, it[i]->key))
			s = fail(E_VALUE, "%s and %s: both would be sample \"%s\"",
			    it[i - 1]->file[0], it[i]->file[0], it[i]->key);
	free(it);
	return s;
}

size_t
dataset_count(const struct dataset *d)
{
	return d->n;
}

static void
drop_data(struct dataset *d, struct dataset_item *it)
{
	for (int r = 0; r < DATASET_ROLES; r++) {
		d->held -= it->size[r];
		free(it->data[r]);
		it->data[r] = NULL;
		it->size[r] = 0;
	}
}

static bool
complete(const struct dataset_item *it)
{
	for (int r = 0; r < DATASET_ROLES; r++)
		if (it->file[r] && !it->data[r])
			return false;
	return true;
}

/* Reads on in the archive until one of its photos has all its files. */
static enum status
next_packed(struct dataset *d, const struct source *src, size_t *k)
{
	const char *name;

	if (!d->packed)
		TRY(packed_open(&d->packed, src->path));
	for (;;) {
		enum status s = packed_next(d->packed, &name);

		if (s == END)
			return fail(E_FORMAT, "it changed while it was read");
		if (s != OK)
			return s;
		const struct entry key = { .path = name };
		const struct entry *e = bsearch(&key, src->entry, src->entries,
		    sizeof *e, by_path);

		if (!e || e->item == NOBODY)
			continue;
		struct dataset_item *it = &d->item[e->item];

		if (it->data[e->role])
			return fail(E_FORMAT, "%s: it changed while it was read",
			    name);
		TRY(packed_data(d->packed, &it->data[e->role],
		    &it->size[e->role]));
		d->held += it->size[e->role];
		if (d->held > DATASET_MAX_HELD)
			return fail(E_LIMIT, "the files of one photo lie too far "
			    "apart (more than %zu bytes between them); unpack it "
			    "and give the folder", DATASET_MAX_HELD);
		if (complete(it)) {
			*k = e->item;
			return OK;
		}
	}
}

enum status
dataset_next(struct dataset *d, struct dataset_item *it)
{
	if (d->last != NOBODY)
		drop_data(d, &d->item[d->last]);
	while (d->at_source < d->sources &&
	    d->at_item == d->source[d->at_source].n) {
		packed_close(d->packed);
		d->packed = NULL;
		d->at_source++;
		d->at_item = 0;
	}
	if (d->at_source == d->sources)
		return END;
	const struct source *src = &d->source[d->at_source];

	d->last = src->first + d->at_item++;
	if (src->archive) {
		enum status s = next_packed(d, src, &d->last);

		if (s != OK)
			return fail_in(s, "%s", src->path);
	}
	*it = d->item[d->last];
	return OK;
}

void
dataset_replace(struct dataset_item *it, enum dataset_role role,
    const char *path)
{
	it->file[role] = path;
	it->data[role] = NULL;	/* d->item still has it, and frees it */
	it->size[role] = 0;
}

enum status
dataset_read(const void **buf, size_t *n, struct arena *a,
    const struct dataset_item *it, enum dataset_role role)
{
	const char *text;

	*n = it->size[role];
	*buf = it->data[role];
	if (*buf)
		return OK;
	TRY(file_read(&text, n, a, it->file[role], DATASET_MAX_FILE));
	*buf = text;
	return OK;
}

void
dataset_free(struct dataset *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		drop_data(d, &d->item[i]);
	for (size_t i = 0; i < d->sources; i++)
		free(d->source[i].entry);
	packed_close(d->packed);
	free(d->item);
	free(d->source);
	free(d->found);
	arena_free(d->arena);
	free(d);
}
