/*
 * Our threads: one team for the life of the program. Work is cut into tasks
 * by the shape of the data alone, never by the number of threads, and tasks
 * write to disjoint places; so results are the same bytes for any number of
 * threads, and BLIS below us stays serial.
 */
#ifndef MATH_TEAM_H
#define MATH_TEAM_H

#include <stddef.h>

/*
 * Sets the number of threads for all team_run calls that follow; 0 means all
 * cores that we may use, or OMP_NUM_THREADS. Call it at start, before any
 * scratch size is asked for: the scratch of many kernels is so much for each
 * thread.
 */
void team_begin(int threads);

/* Threads in the team, >= 1. */
size_t team_size(void);

/*
 * Calls f(arg, task, thread) once for each task in 0..tasks-1, in any order,
 * with thread in 0..team_size()-1; returns when all are done. A task that
 * calls the team, or a second thread that does while it is busy, works alone.
 */
void team_run(size_t tasks, void (*f)(void *arg, size_t task, size_t thread),
    void *arg);

/*
 * As team_run over the ranges [i, j) that n items split into, `grain` items
 * each (the last may be shorter).
 */
void team_range(size_t n, size_t grain,
    void (*f)(void *arg, size_t i, size_t j), void *arg);

/*
 * A grain for team_range over items of c floats each, such as pixels: large
 * enough that handing it out costs nothing, small enough for a cache.
 */
size_t team_grain(size_t c);

#endif
