/* Bytes that a stream reads or writes at once. */
#ifndef STREAM_IOBUF_H
#define STREAM_IOBUF_H

/*
 * `make fuzz` has small ones: clearing them would be most of its work, and what
 * lies across their ends is then tried as well. At least 4096.
 */
#ifdef SMALL_BUFFERS
#define STREAM_BUF ((size_t)4096)
#else
#define STREAM_BUF ((size_t)256 << 10)
#endif

#endif
