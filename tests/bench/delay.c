/*
 * delay MICROSECONDS A B [A B ...]: cables of TAP devices, made here, each
 * from A to B: a frame comes out at the other end so much later. Says "ready"
 * when they are there, and runs until it is killed; for tests/bench/hosts,
 * where the kernel has no netem. Frames have virtio's header, so that they
 * may be as long as TCP makes them.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_tun.h>

#define ENDS 32
#define LONGEST (70 << 10)	/* of a frame: TCP's 64 KB and headers */
#define HELD 1024		/* frames on their way in a direction, at most */

/* What came in at an end and leaves at the other, oldest first. */
struct end {
	int fd;
	size_t from, to;	/* frames; their places modulo HELD */
	struct {
		char *data;
		size_t n;
		long long due;	/* ns */
	} frame[HELD];
};

static struct end end[ENDS];

static void
die(const char *what)
{
	fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
	exit(2);
}

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int
tap(const char *name)
{
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) < 0 || ioctl(fd, TUNSETOFFLOAD,
	    TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) < 0)
		die(name);
	return fd;
}

static void
take(struct end *e, long long delay)
{
	char data[LONGEST];

	while (e->to - e->from < HELD) {
		ssize_t n = read(e->fd, data, sizeof data);
		size_t i = e->to % HELD;

		if (n <= 0)
			return;
		e->frame[i].data = malloc((size_t)n);
		if (!e->frame[i].data)
			die("memory");
		memcpy(e->frame[i].data, data, (size_t)n);
		e->frame[i].n = (size_t)n;
		e->frame[i].due = now() + delay;
		e->to++;
	}
}

/* What a cable cannot take is lost. */
static void
give(struct end *e, int fd)
{
	for (; e->from < e->to && e->frame[e->from % HELD].due <= now();
	    e->from++) {
		char *data = e->frame[e->from % HELD].data;

		if (write(fd, data, e->frame[e->from % HELD].n) < 0 &&
		    errno != EIO && errno != EAGAIN && errno != EINVAL)
			die("a frame");
		free(data);
	}
}

/* Until something comes, or is due. */
static void
wait_for(size_t n)
{
	struct pollfd p[ENDS];
	long long first = now() + 1000000000, left;

	for (size_t i = 0; i < n; i++) {
		bool full = end[i].to - end[i].from == HELD;

		p[i] = (struct pollfd){ .fd = full ? -1 : end[i].fd,
			.events = POLLIN };
		if (end[i].from < end[i].to &&
		    end[i].frame[end[i].from % HELD].due < first)
			first = end[i].frame[end[i].from % HELD].due;
	}
	left = first - now();
	if (left > 0)
		ppoll(p, n, &(struct timespec){ left / 1000000000,
		    left % 1000000000 }, NULL);
}

int
main(int argc, char **argv)
{
	const size_t n = argc > 2 ? (size_t)argc - 2 : 0;
	const long long delay = argc > 1 ? 1000 * atoll(argv[1]) : -1;

	if (n == 0 || n % 2 != 0 || n > ENDS || delay < 0) {
		fprintf(stderr, "usage: delay MICROSECONDS A B [A B ...]\n");
		return 2;
	}
	prctl(PR_SET_TIMERSLACK, 1UL);
	for (size_t i = 0; i < n; i++)
		end[i].fd = tap(argv[2 + i]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		wait_for(n);
		for (size_t i = 0; i < n; i++) {
			take(&end[i], delay);
			give(&end[i], end[i ^ 1].fd);
		}
	}
}
