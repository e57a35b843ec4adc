/*
 * The key points of a person everywhere in the suite: COCO-18, in the order
 * that fields(7) gives for role.pose. This is their number, for files, heat
 * maps and bodies alike; it is alone in its header so that the networks,
 * which know of no file, can include it.
 */
#ifndef POSE_COCO_H
#define POSE_COCO_H

#define POSE_POINTS 18

/* Those of BlazePose, role.pose3: landmarks/landmarks.h says which is which. */
#define POSE_LANDMARKS 33

#endif
