#include "dataset/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dataset/packed.h"

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
pass_over(struct listing *l, const char *path)
{
	const char *dot = strrchr(base_name(path), '.');
	char end[sizeof l->passed->end] = "";
	struct listing_passed *p = &l->passed[LISTING_ENDINGS];

	if (dot && strlen(dot) < sizeof end)
		for (size_t i = 0; dot[i]; i++)
			end[i] = (char)(dot[i] >= 'A' && dot[i] <= 'Z' ?
			    dot[i] | 0x20 : dot[i]);
	for (size_t i = 0; i < l->endings; i++)
		if (strcmp(l->passed[i].end, end) == 0)
			p = &l->passed[i];
	if (p == &l->passed[LISTING_ENDINGS] && l->endings < LISTING_ENDINGS) {
		p = &l->passed[l->endings++];
		memcpy(p->end, end, sizeof end);
	}
	if (p->n++ == 0)
		p->first = arena_strdup(l->arena, path);
	return p->first ? OK : E_NOMEM;
}

/* One more item in a growing array of `size` each. */
enum status
listing_grow(void *array, size_t *room, size_t n, size_t size)
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

/* The folder of a path; that of the entry before it is mostly the same. */
static const char *
folder_of(const struct listing *l, const char *path)
{
	const char *last = l->n ? l->entry[l->n - 1].folder : NULL;
	const size_t n = (size_t)(base_name(path) - path);

	if (last && strlen(last) == n && memcmp(last, path, n) == 0)
		return last;
	return arena_printf(l->arena, "%.*s", (int)n, path);
}

static enum status
note_file(struct listing *l, const char *path, enum dataset_role role,
    size_t stem)
{
	if (l->n >= DATASET_MAX_FILES)
		return fail(E_LIMIT, "more than %d files", DATASET_MAX_FILES);
	TRY(listing_grow(&l->entry, &l->room, l->n, sizeof *l->entry));
	struct listing_entry e = { .path = arena_strdup(l->arena, path),
	    .folder = folder_of(l, path), .own = "", .role = role,
	    .stem = arena_printf(l->arena, "%.*s", (int)stem, base_name(path)),
	    .item = LISTING_NOBODY };

	if (!e.path || !e.folder || !e.stem)
		return E_NOMEM;
	l->entry[l->n++] = e;
	return OK;
}

/* A companion of the photo, its ending in lower or upper case. */
static enum status
look_beside(struct listing *l, const char *path, size_t folder, size_t stem,
    size_t i)
{
	char *beside = arena_printf(l->arena, "%.*s%s%s", (int)(folder + stem),
	    path, ends[i].word, ends[i].ext);

	if (!beside)
		return E_NOMEM;
	for (int upper = 0; upper < 2; upper++) {
		if (access(beside, F_OK) == 0)
			return note_file(l, beside, ends[i].role, stem);
		for (char *p = strrchr(beside, '.'); *p; p++)
			*p = (char)(*p >= 'a' && *p <= 'z' ? *p & 0x5f : *p);
	}
	return OK;
}

/* A photo that was named: any name will do; its companions lie beside it. */
enum status
listing_photo(struct listing *l, const char *path)
{
	const char *name = base_name(path), *dot = strrchr(name, '.');
	size_t stem = dot && dot != name ? (size_t)(dot - name) : strlen(name);

	if (stem == 0)
		return fail(E_VALUE, "want the name of a file");
	TRY(note_file(l, path, DATASET_PHOTO, stem));
	for (size_t i = 0; i < ENDS; i++)
		TRY(look_beside(l, path, (size_t)(name - path), stem, i));
	return OK;
}

/* A file of a folder or archive. */
static enum status
list_file(struct listing *l, const char *path, const char *name)
{
	enum dataset_role role;
	size_t stem;

	switch (classify(name, &role, &stem)) {
	case SORT_TAKEN:
		return note_file(l, path, role, stem);
	case SORT_PASSED:
		return pass_over(l, path);
	case SORT_NONE:
		break;
	}
	return OK;
}

/* As in a git-annex whose files have not been got. */
static enum status
note_broken(struct listing *l, const char *path, const char *name)
{
	enum dataset_role role;
	size_t stem;

	if (classify(name, &role, &stem) == SORT_TAKEN && l->broken++ == 0)
		l->broke = arena_strdup(l->arena, path);
	return l->broken && !l->broke ? E_NOMEM : OK;
}

enum status
listing_folder(struct listing *l, const char *path)
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
			s = list_file(l, e->fts_path, e->fts_name);
		} else if (e->fts_info == FTS_SLNONE) {
			s = note_broken(l, e->fts_path, e->fts_name);
		}
	}
	if (s == OK && errno)
		s = fail_errno("cannot list");
	fts_close(fts);
	return s;
}

enum status
listing_archive(struct listing *l, const char *path)
{
	struct packed *p;
	const char *name;
	enum status s;

	TRY(packed_open(&p, path));
	while ((s = packed_next(p, &name)) == OK) {
		if (strstr(name, "__MACOSX/"))
			continue;
		s = list_file(l, name, base_name(name));
		if (s != OK)
			break;
	}
	packed_close(p);
	return s == END ? OK : s;
}

/*
 * "2 .heic (a.heic, ...), 1 .gif (b.gif)" and how to convert them, or "".
 * pictures: what may be meant as a photo; else all that is not.
 */
static enum status
passed_text(const char **out, const struct listing *l, bool pictures)
{
	const char *text = "";
	bool heic = false;

	for (size_t i = 0; text && i <= LISTING_ENDINGS; i++) {
		const struct listing_passed *p = &l->passed[i];
		const bool heif = !strncmp(p->end, ".hei", 4);

		if (!p->n || pictures == ONE_OF(p->end, no_picture))
			continue;
		text = arena_printf(l->arena, "%s%s%zu %s (%s%s)", text,
		    *text ? ", " : "", p->n, i == LISTING_ENDINGS ? "others" :
		    *p->end ? p->end : "without a known ending", p->first,
		    p->n > 1 ? ", ..." : "");
		heic |= heif;
	}
	if (text && *text && pictures)
		text = arena_printf(l->arena, "%s; photos are JPEG, PNG, TIFF and "
		    "WebP%s", text, !heic ? "" : ", and heif-convert IN.heic "
		    "OUT.jpg makes them of HEIC");
	*out = text;
	return text ? OK : E_NOMEM;
}

enum status
listing_tell(const struct listing *l, void (*tell)(bool, const char *, ...))
{
	const char *text;

	TRY(passed_text(&text, l, true));
	if (*text)
		tell(true, "passed over: %s", text);
	TRY(passed_text(&text, l, false));
	if (*text)
		tell(false, "passed over: %s", text);
	if (l->orphans)
		tell(true, "%zu file%s to no photo that is read: %s%s",
		    l->orphans, l->orphans > 1 ? "s belong" : " belongs",
		    l->orphan, l->orphans > 1 ? ", ..." : "");
	if (l->broken)
		tell(true, "%zu link%s nowhere: %s%s", l->broken,
		    l->broken > 1 ? "s lead" : " leads", l->broke,
		    l->broken > 1 ? ", ..." : "");
	return OK;
}

enum status
listing_none(const struct listing *l)
{
	const char *text;

	TRY(passed_text(&text, l, true));
	if (l->broken)
		return fail(E_VALUE, "no photo in it: %zu link%s nowhere, such as "
		    "%s", l->broken, l->broken > 1 ? "s lead" : " leads", l->broke);
	return fail(E_VALUE, "no photo in it%s%s", *text ? ": passed over " :
	    "", text);
}
