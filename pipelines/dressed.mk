# The U-Net of inpaint(1) goes on with dressed people of others: make -f
# pipelines/dressed.mk [VARIABLE=VALUE ...]. The programs must be in PATH.
# After an interruption the same command goes on where it was. Of the
# settings that find files only MAKEHUMAN and CHARACTERS are needed, and one
# of the two is enough; avatar2tex(1) and synthbody(1) say what is in them.
#
#	OUT		where all of it goes; unet.tar.zst is the result
#	UNET		weights to begin with: those of make train-unet
#	CHARACTERS	dressed figures, NAME.npz with their pictures
#	MAKEHUMAN, BASE	MakeHuman's clothes, skins and targets, and its base mesh
#	CHARACTERS_LICENCE, MAKEHUMAN_LICENCE, LIGHT_LICENCE, PHOTOS_LICENCE
#			for the manifests, and so for all that is made with the
#			weights
#	FABRIC, LIGHT, PHOTOS	folders of cloth, of panoramas' light, of
#			backgrounds
#	COPIES, PEOPLE	each figure so many times more, in other colours; and
#			people of MakeHuman's parts
#	VARY		how far our bodies are put off the figures
#	SAMPLES, SHARDS	pairs in a shard, and shards of each kind of TRAIN_KINDS,
#			as KIND:NUMBER
#	SIZE		side of pictures and textures
#	SET		what the U-Net gets that UNET has not, see weights(1)
#	TRAIN, STEPS	options of textrain, and number of steps
#
# Of the kinds, hull and mixed are photos of the figures, with exact labels
# and with those that detectors give; found the same with those that
# findpose(1) and fitbody(1) find (256 x 256 at the least; make pose-weights);
# worn are our bodies painted with their textures; drawn and randomized are
# made up: with fewer of them than a third, what the U-Net knew of other people
# is lost. X-clear is X in even light.
OUT                = build/train-dressed
UNET               = build/train-small/unet.tar.zst
CHARACTERS         =
MAKEHUMAN          =
BASE               = $(MAKEHUMAN)
CHARACTERS_LICENCE = VALID avatars, MIT, Copyright 2022 Tiffany Do
MAKEHUMAN_LICENCE  = MakeHuman assets, CC0; ambientCG fabrics, CC0
LIGHT_LICENCE      = Poly Haven panoramas, CC0
PHOTOS_LICENCE     = GroceryStoreDataset photos, MIT, Copyright 2019 Marcus Klasson
FABRIC             =
LIGHT              =
PHOTOS             =
COPIES             = 5
PEOPLE             = 220
VARY               = 1
SAMPLES            = 1000
SHARDS             = hull:3 mixed:3 worn:5 worn-clear:1 drawn:4 drawn-clear:3 randomized:2 randomized-clear:2
SIZE               = 128
SET                = --set behind=true --set doubt=true --set kinds=6
STEPS              = 7500
TRAIN              = --batch 8 --rate 4e-4 --beta1 0.9 --warmup 60 --clip 3 --rec 2 --tex 5 --berhu 0.25 --source 0 \
                     --ema 0.998 --jitter 0.05 --buffer 512 --valid-samples 48 --valid-every 500

PIPELINES := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
include $(PIPELINES)/common.mk
$(call paths,OUT UNET CHARACTERS MAKEHUMAN BASE FABRIC LIGHT PHOTOS)
SETS       = $(strip $(if $(CHARACTERS),characters) $(if $(MAKEHUMAN),people))
avatars    = $(SETS:%=$(OUT)/%-$1.tar.zst)
KINDS      = $(foreach k,$(SHARDS),$(firstword $(subst :, ,$k)))
pairs      = $(KINDS:%=%/pairs/train-*.tar.zst)

.PHONY: all
all: $(OUT)/unet.tar.zst
$(if $(SETS),,$(error pipelines/dressed.mk: CHARACTERS or MAKEHUMAN has to be set))

# ---- figures -----------------------------------------------------------

AVATAR2TEX = avatar2tex --vary $(VARY) --test-names $(PIPELINES)/avatars.test $(if $(FABRIC),-f $(FABRIC))
$(OUT)/characters-train.tar.zst:
	$(PIPELINES)/into $@ $(AVATAR2TEX) --split train -a $(COPIES) --licence $(call quoted,$(CHARACTERS_LICENCE)) $(CHARACTERS)/*.npz
$(OUT)/characters-test.tar.zst:
	$(PIPELINES)/into $@ $(AVATAR2TEX) --split test --licence $(call quoted,$(CHARACTERS_LICENCE)) $(CHARACTERS)/*.npz
$(OUT)/people-train.tar.zst:
	$(PIPELINES)/into $@ $(AVATAR2TEX) --split train -m $(MAKEHUMAN) -b $(BASE) -n $(PEOPLE) --licence $(call quoted,$(MAKEHUMAN_LICENCE))
$(OUT)/people-test.tar.zst:
	$(PIPELINES)/into $@ $(AVATAR2TEX) --split test -m $(MAKEHUMAN) -b $(BASE) -n 24 --first 5000 \
	    --licence $(call quoted,$(MAKEHUMAN_LICENCE))

# ---- pairs -------------------------------------------------------------

# The figures are divided already; so --split all is for them.
PLACES = $(if $(LIGHT),--light-maps $(LIGHT) --licence $(call quoted,$(LIGHT_LICENCE))) \
         $(if $(PHOTOS),--photos $(PHOTOS) --licence $(call quoted,$(PHOTOS_LICENCE)))
AS_SEEN  = --split all $(foreach a,$(call avatars,train),--avatars $a) $(PLACES) --remix 0.7
AS_PAINT = --split all $(foreach a,$(call avatars,train),-t $a) $(PLACES) --remix 0.7
EVEN     = --light 0.33 --label-noise 0.15 --degrade 0.2 --yaw uniform
SYNTH_hull             = --seed 61 --labels hull $(AS_SEEN)
SYNTH_mixed            = --seed 63 $(AS_SEEN)
SYNTH_worn             = --seed 62 $(AS_PAINT)
SYNTH_worn-clear       = --seed 64 $(AS_PAINT) $(EVEN)
SYNTH_drawn            = --seed 1
SYNTH_drawn-clear      = --seed 11 $(EVEN)
SYNTH_randomized       = --seed 31 --randomize 1
SYNTH_randomized-clear = --seed 41 --randomize 1 $(EVEN)
define PAIRS_OF
.PHONY: pairs-$1
pairs-$1: $(call avatars,train)
	+@$(MAKE) --no-print-directory -f $(PIPELINES)/synthbody.mk OUT=$(OUT)/$1 SHARDS=$2 TEST_SHARDS=0 \
	    SAMPLES=$(SAMPLES) SYNTH=$$(call nested,--size $(SIZE) -j 1 --matte 0.5 $$(SYNTH_$1))
endef
$(foreach k,$(filter-out found:%,$(SHARDS)),$(eval $(call PAIRS_OF,$(firstword $(subst :, ,$k)),$(lastword $(subst :, ,$k)))))
# One in a hundred is not recognised, and left out.
FOUND = findpose -u -k | fitbody -k | \
        tsjoin --drop "*.pose3" --drop "*.fit" --drop "*.build" --drop "*.camera" --drop source.mask
found = $(patsubst found:%,%,$(filter found:%,$(SHARDS)))
found_shards = $(foreach n,$(if $(found),$(shell seq -f %05.0f 0 $$(($(found) - 1)))),$(OUT)/found/pairs/train-$n.tar.zst)
.PHONY: pairs-found
pairs-found: $(found_shards)
$(found_shards): $(OUT)/found/pairs/train-%.tar.zst: $(call avatars,train)
	$(PIPELINES)/into $@ sh -c $(call quoted,synthbody -n $(SAMPLES) --first $$(expr $* \* $(SAMPLES)) \
	    --size $(SIZE) --seed 65 -j 1 $(AS_SEEN) --drop source.iuv --drop source.pose --drop source.matte | $(FOUND))
$(OUT)/valid.tar.zst: $(call avatars,test)
	$(PIPELINES)/into $@ synthbody -n 64 --size $(SIZE) --seed 70 $(foreach a,$^,--avatars $a) $(PLACES)

# ---- training ----------------------------------------------------------

$(OUT)/begin.tar: $(UNET)
	$(PIPELINES)/into $@ weights init -z0 --from $(UNET) $(SET)
# textrain ends with 0 when the last step is done, and only then.
$(OUT)/unet.tar: $(OUT)/begin.tar $(OUT)/valid.tar.zst | $(KINDS:%=pairs-%)
	cd $(OUT) && textrain -r -w begin.tar -d run -s $(STEPS) --decay $(STEPS) $(TRAIN) --valid valid.tar.zst $(pairs)
	@cp $(OUT)/run/weights.tar $@
$(OUT)/unet.tar.zst: $(OUT)/unet.tar
	weights half -z0 $< >$(PART)
	zstd -qf -19 --rm $(PART) -o $(PART).zst && mv $(PART).zst $@
