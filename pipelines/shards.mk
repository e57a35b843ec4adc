# Data sets as shards of training samples: the part that deepfashion.mk,
# iper.mk and fashionvideo.mk have in common, see scaling(7). It is included
# by them and expects
# LAYOUT, LISTS, and in LISTED which halves have lists of pairs.
#
#	make -f pipelines/deepfashion.mk -j8 IMAGES=img_highres ... OUT=build/df
#
# In OUT, for each shard NAME (train-00003-of-00016, test-...):
#
#	tables/NAME.tsv		its pictures: all those of a person are in one shard
#	photos/NAME.tar.zst	these, cut out; NAME.log: what was left out, and why
#	pairs/NAME.tar.zst	training samples, made of them by tspair
#	counts/NAME.tsv		how many photos and samples came of how many pictures
#	report.txt		the sum of these counts
#	textures/NAME.tar.zst	made by the target `textures`: of each photo, by PIPE
#
# Every file appears whole or not at all, so after a kill the same make goes
# on where it was. Paths must not have blanks, nor what a shell reads as more
# than a name; common.mk refuses them.

# What a user may set, beside the folders and lists of each data set:
OUT         = build/$(LAYOUT)
SHARDS      = 16
TEST_SHARDS ?= 2
SIZE        = 256
INTAKE      =# further options for intake
LABELS      =# own: key points and IUVs are made where a photo has none
CUTOUT      =# further options for cutout, with LABELS=own
TARGETS     = 1
FOREIGN     = 3
REPEAT      = 1
SEED        = 1
PIPE        = pose2heat | iuv2coord | unwrap | inpaint -j 1 --only 'texture*'
RUN         =# pipelines/slurm-run: each shard is a job of a cluster

PIPELINES := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

include $(PIPELINES)/names.mk
$(call paths,IMAGES POSE IUV KEYPOINTS $(if $(LISTS),TRAIN TEST TRAIN_PAIRS TEST_PAIRS PROTOCOL))
TABLES   := $(NAMES:%=$(OUT)/tables/%.tsv)
PHOTOS   := $(NAMES:%=$(OUT)/photos/%.tar.zst)
TEXTURES := $(NAMES:%=$(OUT)/textures/%.tar.zst)
COUNTS   := $(NAMES:%=$(OUT)/counts/%.tsv)

# Everything appears whole, so nothing is to be deleted when a command fails:
# it may be what a second make in this folder has finished.
.SECONDARY:
.PRECIOUS: $(OUT)/report.txt $(OUT)/index.tsv $(OUT)/index.set $(OUT)/photos.set $(OUT)/pairs.set $(OUT)/textures.set \
    $(TABLES) $(PHOTOS) $(PAIRS) $(TEXTURES) $(COUNTS)
.PHONY: all textures always
# What is left of killed commands goes when everything is there.
all: $(OUT)/report.txt
	@$(PIPELINES)/sweep $(OUT)
textures: $(TEXTURES)

$(OUT)/report.txt: $(OUT)/index.tsv $(COUNTS)
	$(PIPELINES)/into $@ $(PIPELINES)/datasets/report.pl $^
	@cat $@

# A folder as it is; an archive is unpacked once.
is_archive = $(filter %.zip %.tar %.tar.gz %.tgz %.tar.xz %.tar.zst,$1)
folder     = $(if $(call is_archive,$1),$(OUT)/unpacked/$(notdir $1),$1)
ARCHIVES  := $(sort $(call is_archive,$(IMAGES) $(POSE) $(IUV)))
ifneq ($(words $(ARCHIVES)),$(words $(sort $(notdir $(ARCHIVES)))))
$(error archives of one name: $(ARCHIVES))
endif
UNPACKED  := $(foreach a,$(ARCHIVES),$(OUT)/unpacked/$(notdir $a))
.PRECIOUS: $(UNPACKED)

$(UNPACKED):
	$(PIPELINES)/datasets/unpack $(filter %/$(@F) $(@F),$(ARCHIVES)) $@

# With LABELS=own: after intake, and what a sample is to have then.
ifneq ($(filter-out own,$(LABELS)),)
$(error LABELS=$(LABELS): want own, or nothing)
endif
OWN  = $(if $(LABELS), | findpose --keep-going -j 1 | cutout --keep-going --size $(SIZE) $(CUTOUT) | \
       fitbody --keep-going --strict --only '*.image' --only '*.pose' --only '*.iuv')
TAKE = intake --keep-going --table $< $(INTAKE_OPTIONS)

INDEX_OPTIONS  = --layout $(LAYOUT) --images $(call folder,$(IMAGES)) --out $(OUT)/tables \
                 $(if $(POSE),--pose $(call folder,$(POSE))) $(if $(IUV),--iuv $(call folder,$(IUV))) \
                 --shards $(SHARDS) --test-shards $(TEST_SHARDS) $(LISTS)
INTAKE_OPTIONS = $(if $(OWN),--whole,--size $(SIZE) --require pose,iuv) \
                 $(if $(LICENCE),--licence $(call quoted,$(LICENCE))) $(POINTS) $(INTAKE)
PAIR_OPTIONS   = --targets $(TARGETS) --foreign $(FOREIGN) --repeat $(REPEAT) --seed $(SEED)
$(OUT)/index.set: always
	$(call changed,$(INDEX_OPTIONS))
$(OUT)/photos.set: always
	$(call changed,$(INTAKE_OPTIONS) $(OWN))
$(OUT)/pairs.set: always
	$(call changed,$(PAIR_OPTIONS))

# The index writes the tables, those that did not change not again.
$(OUT)/index.tsv: $(OUT)/index.set $(wildcard $(LISTS)) $(UNPACKED)
	$(PIPELINES)/into $@ $(PIPELINES)/datasets/index.pl $(INDEX_OPTIONS)
$(TABLES): $(OUT)/index.tsv
	@test -f $@

# As in the paper, people without key points or IUV are left out; or these are
# made. A stage that dies writes no end mark, so the last one fails, too, and
# its status is enough: that of an earlier one which left samples out is not
# asked for.
$(PHOTOS): $(OUT)/photos/%.tar.zst: $(OUT)/tables/%.tsv $(OUT)/photos.set
	$(RUN) $(PIPELINES)/into -1 -l $(@:.tar.zst=.log) $@ \
	    $(if $(OWN),sh -c $(call quoted,$(TAKE)$(OWN)),$(TAKE))

$(PAIRS): $(OUT)/pairs/%.tar.zst: $(OUT)/photos/%.tar.zst $(OUT)/pairs.set
	$(RUN) $(PIPELINES)/into $@ tspair $(PAIR_OPTIONS) \
	    $(if $(filter $(call half,$*),$(LISTED)),--pairs $(OUT)/tables/$(call half,$*).csv --missing skip) $<

# A stage that fails writes no end mark, so the last one fails, too.
$(OUT)/textures.set: always
	$(call changed,$(PIPE))
$(TEXTURES): $(OUT)/textures/%.tar.zst: $(OUT)/photos/%.tar.zst $(OUT)/textures.set
	$(RUN) $(PIPELINES)/into $@ sh -c '<$< '$(call quoted,$(PIPE))

$(COUNTS): $(OUT)/counts/%.tsv: $(OUT)/pairs/%.tar.zst
	$(PIPELINES)/into $@ $(PIPELINES)/datasets/count.pl $(OUT) $*
