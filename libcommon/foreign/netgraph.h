/*
 * Networks that others have trained, run by the graph in their weights' file:
 * what `weights import` makes of a .tflite (weights.5 describes the graph).
 * Nothing of any network is in the code; all shapes are inferred from the
 * input's when the file is opened, and checked against what it says.
 *
 *	struct netgraph *g;
 *	TRY(netgraph_open(&g, w));		w: opened with WEIGHTS_F4
 *	fill netgraph_input(g)->data		(1, h, w, c) f4
 *	netgraph_run(g);
 *	TRY(netgraph_want(&t, g, "Identity", TENSOR_DIMS(1, 195)));
 *	netgraph_close(g);
 *
 * Weights are packed when the file is opened, so it may be closed then. All
 * memory is taken then, too: one buffer in which a map's place is used again
 * as soon as nothing reads the map any more. Inference only. One netgraph may
 * not be run by two threads at once; the team works inside, and outputs are
 * the same bytes for any number of threads.
 *
 * What pose_landmark_{lite,full,heavy} of MediaPipe give (`make pose-weights`
 * imports one as pose.tar). The input is (1,256,256,3), RGB, 0 to 1: a square
 * of the photo with the person upright in it. Coordinates are pixels of that
 * square, edges at 0 and 256. By their names:
 *
 *	Identity	(1,195)	39 points of x, y, z, visibility, presence: the
 *			last two before the sigmoid; z in pixels, 0 at the hips'
 *			middle, smaller is nearer. 0..32 are the body's 33
 *			landmarks; 33, 34 span the square that a next frame
 *			would be cut by (the hips' middle; a point on the
 *			circle round the person); 35..38 are of no use here
 *	Identity_1	(1,1)	how likely there is a person, 0 to 1
 *	Identity_2	(1,256,256,1) the person's mask, before the sigmoid
 *	Identity_3	(1,64,64,39) heat maps of the points, before the
 *			sigmoid: where each is, in cells of 4 pixels
 *	Identity_4	(1,117)	39 points of x, y, z in metres, from the hips'
 *			middle: x right on the picture, y down, z away
 *
 * The 33 landmarks: 0 nose; 1-3 left eye from the inner corner, 4-6 right;
 * 7 left ear, 8 right; 9 left corner of the mouth, 10 right; then left, right:
 * 11, 12 shoulders; 13, 14 elbows; 15, 16 wrists; 17, 18 little fingers;
 * 19, 20 index fingers; 21, 22 thumbs; 23, 24 hips; 25, 26 knees; 27, 28
 * ankles; 29, 30 heels; 31, 32 toes. Left and right are the person's own.
 */
#ifndef FOREIGN_NETGRAPH_H
#define FOREIGN_NETGRAPH_H

#include "weights/weights.h"

struct netgraph;

/*
 * Call team_begin first: scratch is so much for each thread. E_FORMAT where
 * the file has no graph, or one that is none; E_SHAPE for a parameter, or an
 * output, of another shape; E_LIMIT, E_NOMEM. Details name the operator.
 */
MUST_CHECK enum status netgraph_open(struct netgraph **g,
    const struct weights *w);
void netgraph_close(struct netgraph *g);

/* The only input; fill its data before each run, which may overwrite it. */
const struct tensor *netgraph_input(const struct netgraph *g);

void netgraph_run(struct netgraph *g);

/* Outputs in file order, i < netgraph_count; data stay until the next run. */
size_t netgraph_count(const struct netgraph *g);
const struct tensor *netgraph_output(const struct netgraph *g, size_t i);
const char *netgraph_name(const struct netgraph *g, size_t i);

/*
 * The output of that name, of this shape (0 matches any); E_SHAPE otherwise:
 * `output Identity: f4 (1,195), want f4 (1,99)`, or `...: missing`.
 */
MUST_CHECK enum status netgraph_want(const struct tensor **t,
    const struct netgraph *g, const char *name, int rank, const size_t *dim);

double netgraph_macs(const struct netgraph *g);	/* multiply-adds of a run */
size_t netgraph_bytes(const struct netgraph *g);	/* that it takes */

#endif
