# FashionVideo to training samples: make -f pipelines/fashionvideo.mk -j8
# VARIABLE=VALUE ..., see scaling(7) and shards.mk. The programs must be in
# PATH.
#
#	IMAGES		a folder for each video, 91M3UFSKn8S.mp4 or 91M3UFSKn8S,
#			with frame_00000000.png and so on; or an archive of them
#	IUV, POSE	folders or archives with the IUV and the key points, named
#			as the frames are; default beside them
#	LABELS=own	makes what of these is missing, by findpose and fitbody;
#			without, such photos are left out
#	PROTOCOL	fashionvideo_protocol.json: its people and source frames
#			are the test set; or TEST = fashion_test.txt, a list of
#			videos or URLs
#	TRAIN		fashion_train.txt
#	STEP		of each video every STEPth frame
LAYOUT      = fashionvideo
STEP        = 10
PROTOCOL    =
TRAIN       =
TEST        =
LICENCE     = FashionVideo: research
LISTS       = --step $(STEP) $(if $(PROTOCOL),--protocol $(PROTOCOL)) \
              $(if $(TRAIN),--train $(TRAIN)) $(if $(TEST),--test $(TEST))
LISTED      = $(if $(PROTOCOL),test)
include $(dir $(lastword $(MAKEFILE_LIST)))shards.mk
