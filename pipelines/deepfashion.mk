# DeepFashion In-shop to training samples: make -f pipelines/deepfashion.mk
# -j8 VARIABLE=VALUE ..., see scaling(7) and shards.mk. The programs must be
# in PATH.
#
#	IMAGES		img_highres with WOMEN/Dresses/id_00000002/02_1_front.jpg,
#			or files named fashionWOMENDressesid0000000202_1front.jpg;
#			a folder or an archive
#	IUV, POSE	folders or archives with the IUV and the key points, named
#			as the pictures are; default beside them
#	LABELS=own	makes what of these is missing, by findpose and fitbody;
#			without, such photos are left out
#	KEYPOINTS	instead of POSE, a published table of key points,
#			fasion-annotation-train.csv; on pictures of POINTS_SIZE
#	TRAIN, TEST	train.lst and test.lst
#	TRAIN_PAIRS	fasion-pairs-train.csv, instead of drawing pairs
#	TEST_PAIRS	fasion-pairs-test.csv: then its people are the test set
LAYOUT      = deepfashion
KEYPOINTS   =
POINTS_SIZE = 176x256
TRAIN       =
TEST        =
TRAIN_PAIRS =
TEST_PAIRS  =
LICENCE     = DeepFashion: non-commercial research
LISTS       = $(if $(TRAIN),--train $(TRAIN)) $(if $(TEST),--test $(TEST)) \
              $(if $(TRAIN_PAIRS),--train-pairs $(TRAIN_PAIRS)) \
              $(if $(TEST_PAIRS),--test-pairs $(TEST_PAIRS))
POINTS      = $(if $(KEYPOINTS),--csv $(KEYPOINTS) --pose-size $(POINTS_SIZE))
LISTED      = $(if $(TRAIN_PAIRS),train) $(if $(TEST_PAIRS),test)
include $(dir $(lastword $(MAKEFILE_LIST)))shards.mk
