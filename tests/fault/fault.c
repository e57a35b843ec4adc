/*
 * For LD_PRELOAD: one call of the C library fails, or many are cut short, as
 * these do on a bad day.
 *
 *	FAULT=malloc:17		the 17th malloc, calloc or realloc fails; also
 *				mmap mprotect read write open close rename fork
 *				socketpair thread opendir ftruncate fsync;
 *				FAULT=write:3+ from the 3rd on
 *	FAULT_IN=texgen		in programs of this name alone, not in those that
 *				start them or are started by them
 *	FAULT_SHORT=1		read and write do one byte at a time
 *	FAULT_EINTR=3		every third of them is interrupted
 *	FAULT_COUNT=FILE	at the end: how many calls there were of each kind
 *
 * Standard error is left alone, or nobody could be told.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { MALLOC, MMAP, MPROTECT, READ, WRITE, OPEN, CLOSE, RENAME, FORK,
	SOCKETPAIR, THREAD, OPENDIR, FTRUNCATE, FSYNC, KINDS };
static const char *const names[KINDS] = { "malloc", "mmap", "mprotect", "read",
	"write", "open", "close", "rename", "fork", "socketpair", "thread",
	"opendir", "ftruncate", "fsync" };
static const int errors[KINDS] = { ENOMEM, ENOMEM, ENOMEM, EIO, ENOSPC, EMFILE,
	EIO, EACCES, EAGAIN, EMFILE, EAGAIN, EMFILE, EIO, EIO };

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static long count[KINDS], fails_at, turn;
static int fails = -1, onwards, bytes, interrupt, ready;
static const char *to;

__attribute__((constructor)) static void
begin(void)
{
	const char *s = getenv("FAULT"), *v;
	const char *only = getenv("FAULT_IN");

	if (only && strcmp(only, program_invocation_short_name) != 0)
		return;
	for (int k = 0; s && k < KINDS; k++) {
		size_t n = strlen(names[k]);

		if (strncmp(s, names[k], n) == 0 && s[n] == ':') {
			fails = k;
			fails_at = atol(s + n + 1);
			onwards = strchr(s, '+') != NULL;
		}
	}
	bytes = (v = getenv("FAULT_SHORT")) ? atoi(v) : 0;
	interrupt = (v = getenv("FAULT_EINTR")) ? atoi(v) : 0;
	to = getenv("FAULT_COUNT");
	ready = 1;
}

/* Raw system calls: the ones below are counted. */
static void
tell(void)
{
	char text[512];
	int n = 0, fd;

	if (!to || (fd = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY |
	    O_CREAT | O_TRUNC, 0666)) < 0)
		return;
	for (int k = 0; k < KINDS; k++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s %ld\n",
		    names[k], count[k]);
	syscall(SYS_write, fd, text, n);
	to = NULL;
}

__attribute__((destructor)) static void
end(void)
{
	tell();
}

static int
hit(enum kind k)
{
	if (!ready)
		return 0;
	long n = __atomic_add_fetch(&count[k], 1, __ATOMIC_RELAXED);

	if (fails != (int)k || (onwards ? n < fails_at : n != fails_at))
		return 0;
	errno = errors[k];
	return 1;
}

static int
interrupted(void)
{
	if (!interrupt || __atomic_add_fetch(&turn, 1, __ATOMIC_RELAXED) % interrupt)
		return 0;
	errno = EINTR;
	return 1;
}

static size_t
cut(size_t n)
{
	return bytes && n > (size_t)bytes ? (size_t)bytes : n;
}

void *
malloc(size_t n)
{
	return hit(MALLOC) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return hit(MALLOC) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return hit(MALLOC) ? NULL : __libc_realloc(p, n);
}

/* The next function of this name, as a variable `real` of its type. */
#define REAL(name) \
	static __typeof__(name) *real; \
	if (!real) \
		*(void **)&real = dlsym(RTLD_NEXT, #name)

void *
mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	REAL(mmap);
	return hit(MMAP) ? MAP_FAILED : real(at, n, prot, flags, fd, off);
}

int
mprotect(void *at, size_t n, int prot)
{
	REAL(mprotect);
	return hit(MPROTECT) ? -1 : real(at, n, prot);
}

ssize_t
read(int fd, void *p, size_t n)
{
	REAL(read);
	return hit(READ) || interrupted() ? -1 : real(fd, p, cut(n));
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	REAL(pread);
	return hit(READ) || interrupted() ? -1 : real(fd, p, cut(n), at);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	REAL(write);
	if (fd == 2)
		return real(fd, p, n);
	return hit(WRITE) || interrupted() ? -1 : real(fd, p, cut(n));
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	REAL(writev);
	if (fd == 2)
		return real(fd, v, n);
	if (hit(WRITE) || interrupted())
		return -1;
	for (int i = 0; bytes && i < n; i++)
		if (v[i].iov_len > 0)
			return syscall(SYS_write, fd, v[i].iov_base,
			    cut(v[i].iov_len));
	return real(fd, v, n);
}

int
open(const char *path, int flags, ...)
{
	REAL(open);
	va_list ap;

	va_start(ap, flags);
	int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, int) : 0;

	va_end(ap);
	return hit(OPEN) ? -1 : real(path, flags, mode);
}

int
close(int fd)
{
	REAL(close);
	if (!hit(CLOSE))
		return real(fd);
	real(fd);		/* it is closed all the same */
	errno = EIO;
	return -1;
}

int
rename(const char *from, const char *name)
{
	REAL(rename);
	return hit(RENAME) ? -1 : real(from, name);
}

pid_t
fork(void)
{
	REAL(fork);
	return hit(FORK) ? -1 : real();
}

int
socketpair(int domain, int type, int protocol, int fd[2])
{
	REAL(socketpair);
	return hit(SOCKETPAIR) ? -1 : real(domain, type, protocol, fd);
}

int
pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *),
    void *arg)
{
	REAL(pthread_create);
	return hit(THREAD) ? EAGAIN : real(t, a, f, arg);
}

DIR *
opendir(const char *name)
{
	REAL(opendir);
	return hit(OPENDIR) ? NULL : real(name);
}

int
ftruncate(int fd, off_t n)
{
	REAL(ftruncate);
	return hit(FTRUNCATE) ? -1 : real(fd, n);
}

int
fsync(int fd)
{
	REAL(fsync);
	return hit(FSYNC) ? -1 : real(fd);
}

void
_exit(int status)
{
	tell();
	syscall(SYS_exit_group, status);
	__builtin_unreachable();
}
