# Photos of one's own to training samples, or to textures: make -f
# pipelines/folder.mk -j8 VARIABLE=VALUE ... [textures], see scaling(7) and
# shards.mk. The programs must be in PATH.
#
#	IMAGES		a folder or an archive with a folder of photos for each
#			person in one outfit; a photo outside of these is a person
#	IUV, POSE	folders or archives with the IUV and the key points, named
#			as the photos are; default beside them
#	LABELS=own	makes what of these is missing, by findpose and fitbody;
#			without, such photos are left out
#	LICENCE		what the photos may be used for
LAYOUT      = folder
TEST_SHARDS = 0
LICENCE     =
LISTS       =
include $(dir $(lastword $(MAKEFILE_LIST)))shards.mk
