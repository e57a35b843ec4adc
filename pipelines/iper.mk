# iPER to training samples: make -f pipelines/iper.mk -j8 VARIABLE=VALUE ...,
# see scaling(7) and shards.mk. The programs must be in PATH.
#
#	IMAGES		images_HD, with PERSON/OUTFIT/MOTION/0000.jpg, or
#			images_HD.tar.gz
#	IUV, POSE	folders or archives with the IUV and the key points, named
#			as the frames are; default beside them
#	LABELS=own	makes what of these is missing, by findpose and fitbody;
#			without, such photos are left out
#	PROTOCOL	iPER_protocol.json: its people and source frames are the
#			test set; or TEST = val.txt, a list of videos
#	TRAIN		train.txt
#	STEP		of each video every STEPth frame
LAYOUT      = iper
STEP        = 10
PROTOCOL    =
TRAIN       =
TEST        =
LICENCE     = iPER: non-commercial research
LISTS       = --step $(STEP) $(if $(PROTOCOL),--protocol $(PROTOCOL)) \
              $(if $(TRAIN),--train $(TRAIN)) $(if $(TEST),--test $(TEST))
LISTED      = $(if $(PROTOCOL),test)
include $(dir $(lastword $(MAKEFILE_LIST)))shards.mk
