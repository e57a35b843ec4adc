/*
 * Tests: what is written is read again, at every level; the same input gives
 * the same bytes; a stream cut at any byte, or with any byte changed, is
 * noticed; seeking; concatenated streams; lock step.
 */
#include "stream/stream.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tap.h"

#define SAMPLES 3

static struct arena *arena;

static const char *
key_of(size_t k)
{
	static const char *const keys[SAMPLES] = { "a", "set/b", "c" };

	return keys[k];
}

/* Sample k: a few dtypes and shapes, values that depend on k. */
static enum status
make(struct sample *s, size_t k)
{
	struct tensor t;

	arena_reset(arena);
	TRY(sample_init(s, arena, key_of(k)));
	TRY(sample_make(&t, s, "source.image", DT_U1, TENSOR_DIMS(5, 7, 3)));
	for (size_t i = 0; i < 105; i++)
		((uint8_t *)t.data)[i] = (uint8_t)(i * 37 + k * 11);
	TRY(sample_make(&t, s, "x.scalar", DT_I8, 0, NULL));
	*(int64_t *)t.data = -(int64_t)k - ((int64_t)1 << 40);
	TRY(sample_make(&t, s, "empty", DT_F4, TENSOR_DIMS(0, 4)));
	TRY(sample_make(&t, s, "zeros", DT_F2, TENSOR_DIMS(1000)));
	memset(t.data, 0, tensor_bytes(&t));
	TRY(sample_put_json(s, "note", "{\"a\": [1, 2]}", 13));
	TRY(sample_add_licence(s, "CC0"));
	return sample_add_history(s, "test", "1", json_object(), NULL);
}

static bool
same(const struct sample *a, const struct sample *b)
{
	if (strcmp(a->key, b->key) != 0 || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct field *f = &a->field[i], *g = &b->field[i];

		if (strcmp(f->name, g->name) != 0 || f->is_json != g->is_json)
			return false;
		if (f->is_json ? f->text_len != g->text_len ||
		    memcmp(f->text, g->text, f->text_len) != 0 :
		    !tensor_is(&f->t, g->t.dtype, g->t.rank, g->t.dim) ||
		    memcmp(f->t.data, g->t.data, tensor_bytes(&f->t)) != 0)
			return false;
	}
	return json_equal(json_object_get(a->manifest, "history"),
	    json_object_get(b->manifest, "history"));
}

static int
write_stream(int level, size_t n)
{
	int fd = memfd_create("stream", 0);
	struct stream_out *out;
	struct sample s;
	bool good = stream_create_fd(&out, fd, "memory", level) == OK;

	for (size_t k = 0; good && k < n; k++) {
		good = make(&s, k) == OK && stream_put(out, &s) == OK;
		sample_clear(&s);
	}
	good = good && stream_end(out) == OK;
	if (!good)
		printf("# %s\n", status_detail());
	return good ? fd : -1;
}

/* Reads to the end; returns the last status and counts what agrees. */
static enum status
read_stream(int fd, size_t *n)
{
	struct stream_in *in;
	struct sample got, want;
	enum status st;

	*n = 0;
	lseek(fd, 0, SEEK_SET);
	if (stream_open_fd(&in, fd, "memory", NULL) != OK)
		return E_NOMEM;
	while ((st = stream_next(in, &got)) == OK) {
		bool good = make(&want, *n % SAMPLES) == OK &&
		    same(&got, &want);

		sample_clear(&want);
		if (!good)
			break;
		++*n;
	}
	stream_close(in);
	return st;
}

static int
copy(int fd, size_t n)
{
	static char buf[1 << 20];
	int to = memfd_create("copy", 0);
	ssize_t got = pread(fd, buf, n, 0);

	return got == (ssize_t)n && write(to, buf, n) == got ? to : -1;
}

static void
cuts(int fd, size_t size, const char *what)
{
	size_t wrong = 0, n;

	for (size_t cut = 0; cut < size; cut += tap_stride(61)) {
		int part = copy(fd, cut);
		enum status st = read_stream(part, &n);

		if (st != E_TRUNC && wrong++ < 5)
			printf("# cut at %zu of %zu: status %d, %zu samples, "
			    "%s\n", cut, size, (int)st, n, status_detail());
		close(part);
	}
	ok(wrong == 0, "%s: cut at each of %zu bytes", what, size);
}

/* A changed byte of a compressed stream never passes as another stream. */
static void
changes(int fd, size_t size)
{
	size_t wrong = 0, n;

	for (size_t at = 0; at < size; at += tap_stride(61)) {
		int part = copy(fd, size);
		unsigned char c;

		if (pread(part, &c, 1, (off_t)at) != 1)
			break;
		c ^= 1 << at % 8;
		if (pwrite(part, &c, 1, (off_t)at) != 1)
			break;
		enum status st = read_stream(part, &n);

		/* Frame headers have unused bits; then all is as it was. */
		if ((st == OK || (st == END && n != SAMPLES)) && wrong++ < 5)
			printf("# bit at %zu: status %d, %zu samples\n", at,
			    (int)st, n);
		close(part);
	}
	ok(wrong == 0, "one bit changed in each of %zu bytes", size);
}

static void
levels(void)
{
	static const int level[] = { 0, 1, 19 };

	for (size_t i = 0; i < 3; i++) {
		size_t n;
		int fd = write_stream(level[i], SAMPLES), again, cat;
		size_t size = (size_t)lseek(fd, 0, SEEK_END);
		enum status st = read_stream(fd, &n);

		ok(st == END && n == SAMPLES,
		    "level %d: %zu samples come back: %s", level[i], n,
		    status_detail());
		again = write_stream(level[i], SAMPLES);
		static char a[1 << 20], b[1 << 20];

		ok((size_t)lseek(again, 0, SEEK_END) == size &&
		    pread(fd, a, size, 0) == (ssize_t)size &&
		    pread(again, b, size, 0) == (ssize_t)size &&
		    memcmp(a, b, size) == 0, "level %d: the same bytes again",
		    level[i]);
		close(again);
		if (level[i] == 1) {
			cuts(fd, size, "zstd");
			changes(fd, size);
		}
		cat = copy(fd, size);
		lseek(cat, 0, SEEK_END);
		st = write(cat, a, size) == (ssize_t)size ?
		    read_stream(cat, &n) : E_IO;
		ok(st == END && n == 2 * SAMPLES,
		    "level %d: two streams one after the other: %zu", level[i],
		    n);
		close(cat);
		close(fd);
		fd = write_stream(level[i], 0);
		st = read_stream(fd, &n);
		ok(st == END && n == 0, "level %d: no samples", level[i]);
		close(fd);
	}
}

/* One sample will do: a tar has no frames. */
static void
plain_cuts(void)
{
	int fd = write_stream(0, 1);

	cuts(fd, (size_t)lseek(fd, 0, SEEK_END), "plain");
	close(fd);
}

static void
seeks(void)
{
	static const size_t order[] = { 2, 0, 1, 1, 2 };
	int fd = write_stream(1, SAMPLES);
	struct stream_in *in;
	struct sample s;
	size_t n = 0, good = 0;

	lseek(fd, 0, SEEK_SET);
	if (!ok(stream_open_fd(&in, fd, "memory", NULL) == OK, "open"))
		return;
	ok(stream_count(in, &n) == OK && n == SAMPLES, "count: %zu", n);
	for (size_t i = 0; i < 5; i++)
		good += stream_seek(in, order[i]) == OK &&
		    stream_next(in, &s) == OK &&
		    strcmp(s.key, key_of(order[i])) == 0 &&
		    s.ordinal == order[i];
	ok(good == 5, "seek");
	ok(stream_next(in, &s) == END, "the end after a seek: %s",
	    status_detail());
	ok(stream_seek(in, 4) == E_VALUE, "no such sample: %s",
	    status_detail());
	stream_close(in);
	close(fd);
	fd = write_stream(0, SAMPLES);
	lseek(fd, 0, SEEK_SET);
	if (!ok(stream_open_fd(&in, fd, "memory", NULL) == OK, "open"))
		return;
	ok(stream_count(in, &n) == E_FORMAT, "a plain tar: %s",
	    status_detail());
	stream_close(in);
	close(fd);
}

/* One turn: a sample goes out, the same sample comes back. */
static bool
turn(struct stream_out *out, struct stream_in *in, size_t k)
{
	struct sample mine, back;

	if (make(&mine, k) != OK || stream_put(out, &mine) != OK)
		return false;
	bool good = stream_next(in, &back) == OK && same(&mine, &back);

	sample_clear(&mine);
	return good;
}

static void
lock_step(int level)
{
	int fd[2];
	struct stream_in *in;
	struct stream_out *out;
	struct sample s;
	size_t good = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
		return;
	fflush(stdout);		/* valgrind makes the child print it again */
	pid_t pid = fork();

	if (pid == 0) {			/* echo */
		close(fd[0]);
		if (stream_open_fd(&in, fd[1], "socket", NULL) != OK ||
		    stream_create_fd(&out, fd[1], "socket", level) != OK)
			_exit(1);
		while (stream_next(in, &s) == OK)
			if (stream_put(out, &s) != OK)
				_exit(1);
		_exit(stream_end(out) == OK ? 0 : 1);
	}
	alarm(60);			/* a hang is a failure */
	close(fd[1]);
	if (stream_open_fd(&in, fd[0], "socket", NULL) == OK &&
	    stream_create_fd(&out, fd[0], "socket", level) == OK) {
		for (size_t k = 0; k < 20; k++)
			good += turn(out, in, k % SAMPLES);
		good += stream_end(out) == OK;
		shutdown(fd[0], SHUT_WR);
		good += stream_next(in, &s) == END;
		stream_close(in);
	}
	int status = 1;

	ok(waitpid(pid, &status, 0) == pid && status == 0 && good == 22,
	    "level %d: %zu turns in lock step", level, good);
	alarm(0);
	close(fd[0]);
}

int
main(void)
{
	if (!ok(arena_new(&arena, 1 << 20) == OK, "arena"))
		return done();
	levels();
	plain_cuts();
	seeks();
	lock_step(0);
	lock_step(1);
	arena_free(arena);
	return done();
}
