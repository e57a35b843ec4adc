/*
 * Training samples of made-up people: a person of the cast in several poses,
 * seen by cameras here and there, with the labels that detectors would give.
 *
 * Sample i is a function of the options and i alone, so that samples can be
 * made in any order, by any number of threads and programs.
 */
#ifndef SYNTH_SYNTH_H
#define SYNTH_SYNTH_H

#include "synth/cast.h"

enum synth_yaw { YAW_PHOTO, YAW_UNIFORM };
#define SYNTH_YAWS "photo|uniform"
/* Labels of avatars: of the body in the clothes, or of their hull. */
enum synth_labels { LABELS_INSIDE, LABELS_HULL, LABELS_MIXED };
#define SYNTH_LABELS "inside|hull|mixed"
enum synth_frame { FRAMES_MIXED, FRAMES_FULL, FRAMES_KNEES, FRAMES_UPPER };
#define SYNTH_FRAMES "mixed|full|knees|upper"

struct synth {
	const struct cast *cast;
	uint64_t seed;
	size_t size;			/* of the pictures */
	size_t n_target, n_halluc;
	/*
	 * Which way people look: as in photos, mostly front and side, or all
	 * ways alike; how much of them is seen.
	 */
	int yaw, frame;			/* enum synth_yaw, synth_frame */
	unsigned backdrops;		/* 1 << enum backdrop */
	double light;			/* 0: none, 1: one strong lamp */
	double degrade;			/* see degrade.h */
	double label_noise;		/* see mislabel_pose */
	unsigned faults;		/* enum fault */
	double avatars;			/* chance of one, where there are some */
	int labels;			/* enum synth_labels */
	double matte;			/* chance of a source.matte */
	/* Chance of a texture made of several, and of an avatar's other colours. */
	double remix;
	double randomize;		/* chance of one that nobody wears */
	bool exact;			/* exact mask and surf, too */
};

/*
 * Fields source.image, .pose, .iuv; target.* alike, n_target views; with
 * n_halluc > 0 halluc.pose and .iuv of somebody else; true.texture u1
 * (T,T,3) and true.valid u1 (T,T), of an avatar true.kind u1 (T,T), too; with
 * `exact` .mask and .surf of source and target, of an avatar those of its hull;
 * of some samples source.matte. Manifest: identity, motion, yaw (source first), layout, licence.
 * Memory and scratch from the sample's arena. E_NOMEM.
 */
MUST_CHECK enum status synth_sample(struct sample *s, const struct synth *o,
    uint64_t i);

#endif
