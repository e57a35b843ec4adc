# Trained weights from nothing: make -f pipelines/train.mk [unet | small]
# [VARIABLE=VALUE ...]. The programs must be in PATH. After an interruption the
# same command goes on where it was. `unet` makes the U-Net of inpaint(1);
# `small` also the dual-domain networks, which correct its texture. Both then
# evaluate the weights on people that were not in training; the lines
# gain_METHOD are of the same textures with render-warp --gain.
#
#	OUT		where all of it goes: unet.tar.zst, small.tar.zst and the
#			tables score-photo.tsv, score-clear.tsv are the results;
#			split.tsv says who was in training and who is for tests
#	PRESET		as in weights(1)
#	SAMPLES, TEST	people in a shard, and people in each test set
#	PHOTO, SHARDS	options of synthbody for people under lamps with errors in
#			their labels, as photos have them, and their shards
#	CLEAR, CLEAR_SHARDS	the same for people in even light, with few errors
#	RANDOMIZED, RANDOMIZED_SHARDS	for people with randomized textures,
#			else like PHOTO
#	RANDOMIZED_CLEAR, RANDOMIZED_CLEAR_SHARDS	the same, else like CLEAR;
#			used in the last steps of the U-Net only
#	EVEN		options of synthbody for even light and few errors
#	MORE, MORE_SHARDS	for people of your own files: -b, -m, -t FILE
#	SYNTH		options of synthbody for all of them
#	UNET, UNET_STEPS, UNET_DECAY	options of textrain for the U-Net, number
#			of steps, and over how many of them the rate falls
#	LAST, LAST_STEPS	the same for its last steps, in which three of five
#			samples are RANDOMIZED or RANDOMIZED_CLEAR: without them
#			the U-Net replaces clothes unlike those of training
#	DUAL, DUAL_STEPS, DUAL_DECAY	the same for the dual-domain networks
#	DUAL_EVERY	these learn from every so many-th shard of each kind
#	VGG, PERC	VGG19 for the loss perc of these, see weights import, and
#			its weight; without VGG, no such loss
#	NETS		networks of LPIPS, see metrics(1); without, no LPIPS
OUT                     = build/train-small
PRESET                  = small
SAMPLES                 = 5000
TEST                    = 200
PHOTO                   =
SHARDS                  = 10
EVEN                    = --light 0.33 --label-noise 0.15 --degrade 0.2 --yaw uniform
CLEAR                   = --seed 11 $(EVEN)
CLEAR_SHARDS            = 8
RANDOMIZED              = --seed 31 --randomize 1
RANDOMIZED_SHARDS       = 4
RANDOMIZED_CLEAR        = --seed 41 --randomize 1 $(EVEN)
RANDOMIZED_CLEAR_SHARDS = 2
MORE                    =
MORE_SHARDS             = 0
SYNTH                   =
UNET                    = --batch 8 --rate 1e-3 --beta1 0.9 --warmup 500 --clip 3 --rec 2 --valid-every 2500
UNET_STEPS              = 48000
UNET_DECAY              = $(UNET_STEPS)
LAST                    = --batch 8 --rate 7e-4 --beta1 0.9 --warmup 100 --clip 3 --rec 2 --valid-every 1000
LAST_STEPS              = 3000
DUAL                    = --batch 4 --rate 5e-4 --beta1 0.9 --warmup 200 --clip 20 --rec 8 --gain --background-weight 0.1 --cor 0 --vary --views 3 --valid-every 1000
DUAL_STEPS              = 4000
DUAL_DECAY              = $(DUAL_STEPS)
DUAL_EVERY              = 8
VGG                     =
PERC                    = 0.7
NETS                    =

SIZE_tiny  = 64
SIZE_small = 128
SIZE_base  = 256
SIZE      := $(SIZE_$(PRESET))
PIPELINES := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
include $(PIPELINES)/common.mk
$(call paths,OUT VGG NETS)
# What both networks are trained with.
TRAIN      = --ema 0.999 --jitter 0.07 --buffer 512 --tex 5 --berhu 0.25 --source 0 --valid-samples 96
KINDS      = photo clear randomized $(if $(MORE),more)
TESTS      = photo clear
# In OUT, where textrain runs: the names become part of the weights' history.
# They are found by the shell: make remembers what a folder held before.
people     = $(KINDS:%=%/pairs/train-*.tar.zst)
rand_clear = randomized-clear/pairs/train-*.tar.zst
last       = $(KINDS:%=%/pairs/train-00000-*.tar.zst) $(rand_clear)
textured   = $(KINDS:%=%/textured/train-*.tar.zst)

.PHONY: unet small people
unet: $(OUT)/split.tsv $(OUT)/unet.tar.zst $(TESTS:%=$(OUT)/score-%-unet.tsv)
	@tail -n +1 $(filter %-unet.tsv,$^)
small: $(OUT)/split.tsv $(OUT)/small.tar.zst $(TESTS:%=$(OUT)/score-%.tsv)
	@tail -n +1 $(filter $(OUT)/score%,$^)

# ---- people ------------------------------------------------------------

SHARDS_OF = $(MAKE) --no-print-directory -f $(PIPELINES)/synthbody.mk OUT=$(OUT)/$1 SHARDS=$2 TEST_SHARDS=0 \
            SAMPLES=$(SAMPLES) SYNTH=$(call nested,--size $(SIZE) -j 1 $3 $(SYNTH))
people:
	+@$(call SHARDS_OF,photo,$(SHARDS),$(PHOTO))
	+@$(call SHARDS_OF,clear,$(CLEAR_SHARDS),$(CLEAR))
	+@$(call SHARDS_OF,randomized,$(RANDOMIZED_SHARDS),$(RANDOMIZED))
	+@$(call SHARDS_OF,randomized-clear,$(RANDOMIZED_CLEAR_SHARDS),$(RANDOMIZED_CLEAR))
	+@$(if $(MORE),$(call SHARDS_OF,more,$(MORE_SHARDS),$(MORE)))

# Under lamps with errors in the labels, and in even light with exact labels.
TEST_photo = --seed 2 $(PHOTO)
TEST_clear = --seed 2 --light 0.33 --label-noise 0 --degrade 0 --yaw uniform
$(OUT)/test-%.tar.zst: | people
	synthbody --split test --exact -n $(TEST) --size $(SIZE) $(TEST_$*) $(SYNTH) >$(PART)
	@mv $(PART) $@
# Validation is on other people than the tests, of both kinds.
$(OUT)/valid.tar.zst: | people
	synthbody --split test -n 48 --size $(SIZE) $(TEST_photo) --seed 3 $(SYNTH) >$(PART)
	synthbody --split test -n 48 --size $(SIZE) $(TEST_clear) --seed 4 $(SYNTH) >>$(PART)
	@mv $(PART) $@

# People and motions of training and of tests; none may be in both.
WHO = tsls -H --json --only none $1 | grep -oE '"(identity|motion)":"[^"]*"' | tr -d '"' | tr : '\t' | LC_ALL=C sort -u
$(OUT)/split.tsv: $(TESTS:%=$(OUT)/test-%.tar.zst)
	$(call WHO,$(addprefix $(OUT)/,$(people) $(rand_clear))) >$(PART).train
	$(call WHO,$^) >$(PART).test
	@if LC_ALL=C comm -12 $(PART).train $(PART).test | grep .; then echo 'split.tsv: of both sides' >&2; exit 1; fi
	{ sed 's/$$/\ttrain/' $(PART).train; sed 's/$$/\ttest/' $(PART).test; } >$(PART)
	@rm $(PART).train $(PART).test; mv $(PART) $@

# ---- the U-Net ---------------------------------------------------------

$(OUT)/unet-begin.tar $(OUT)/small-begin.tar: | people
	weights init -z0 --preset $(PRESET) $(if $(findstring unet,$@),--net unet,--set evidence=raw+inpaint) >$(PART)
	@mv $(PART) $@

# textrain ends with 0 when the last step is done, and only then.
$(OUT)/unet.tar: $(OUT)/unet-begin.tar $(OUT)/valid.tar.zst
	cd $(OUT) && textrain -r -w $(<F) -d run-unet -s $(UNET_STEPS) --decay $(UNET_DECAY) $(TRAIN) $(UNET) \
	    --valid valid.tar.zst $(people)
	cd $(OUT) && textrain -r -w run-unet/weights.tar -d run-last -s $(LAST_STEPS) --decay $(LAST_STEPS) $(TRAIN) $(LAST) \
	    --valid valid.tar.zst $(last)
	@cp $(OUT)/run-last/weights.tar $@

# ---- the dual-domain networks ------------------------------------------

# People with the texture of inpaint, which the dual-domain networks correct.
define TEXTURED
@mkdir -p $(@D)
iuv2coord <$< | inpaint -j 1 -w $(OUT)/unet.tar --drop '*.surf' --drop '*.mask' --drop '*.coord' --drop '*.seen' >$(PART)
@mv $(PART) $@
endef
$(OUT)/textured/valid.tar.zst: $(OUT)/valid.tar.zst $(OUT)/unet.tar
	$(TEXTURED)
$(foreach k,$(KINDS),$(eval $(OUT)/$k/textured/%.tar.zst: $(OUT)/$k/pairs/%.tar.zst $(OUT)/unet.tar ; $$(TEXTURED)))
.PRECIOUS: $(foreach k,$(KINDS),$(OUT)/$k/textured/%.tar.zst)

.PHONY: textured
textured: $(OUT)/unet.tar $(OUT)/textured/valid.tar.zst
	+@$(MAKE) --no-print-directory -f $(PIPELINES)/train.mk $$(for k in $(KINDS); do \
	    ls $(OUT)/$$k/pairs/train-*.tar.zst | awk 'NR % $(DUAL_EVERY) == 1 % $(DUAL_EVERY)'; done | sed 's,/pairs/,/textured/,')

$(OUT)/small.tar: $(OUT)/small-begin.tar | textured
	$(if $(VGG),ln -sf $(abspath $(VGG)) $(OUT)/vgg.tar)
	cd $(OUT) && textrain -r -w $(<F) -d run-small -s $(DUAL_STEPS) --decay $(DUAL_DECAY) $(TRAIN) $(DUAL) \
	    $(if $(VGG),--vgg vgg.tar --perc $(PERC)) --valid textured/valid.tar.zst $(textured)
	@cp $(OUT)/run-small/weights.tar $@

# As it ships.
$(OUT)/%.tar.zst: $(OUT)/%.tar
	weights half -z0 $< >$(PART)
	zstd -qf -19 --rm $(PART) -o $(PART).zst && mv $(PART).zst $@

# ---- how good they are -------------------------------------------------

$(OUT)/unwrap-%.tar.zst: $(OUT)/test-%.tar.zst
	pose2heat <$< | iuv2coord | unwrap | render-warp -b grey >$(PART)
	@mv $(PART) $@
$(OUT)/truth-%.tar.zst: $(OUT)/unwrap-%.tar.zst
	render-warp -b grey --texture true.texture --drop texture <$< >$(PART)
	@mv $(PART) $@
$(OUT)/inpaint-%.tar.zst: $(OUT)/unwrap-%.tar.zst $(OUT)/unet.tar
	inpaint -w $(OUT)/unet.tar <$< | render-warp -b grey >$(PART)
	@mv $(PART) $@
# With all links between the domains, and with I->T cut, by the same weights.
DUAL_OF = hallucinate -n 2 -w $(OUT)/small.tar --links $1 <$< | texgen -w $(OUT)/small.tar | \
          hallucinate -t -w $(OUT)/small.tar --links $1 | render-warp -b grey >$(PART)
$(OUT)/dual-%.tar.zst: $(OUT)/inpaint-%.tar.zst $(OUT)/small.tar
	$(call DUAL_OF,full)
	@mv $(PART) $@
$(OUT)/cut-%.tar.zst: $(OUT)/inpaint-%.tar.zst $(OUT)/small.tar
	$(call DUAL_OF,t2i)
	@mv $(PART) $@
# Scaled to the brightness of the body in the photo.
$(OUT)/gain_%.tar.zst: $(OUT)/%.tar.zst
	render-warp -b grey --gain $(if $(findstring truth,$*),--texture true.texture) <$< >$(PART)
	@mv $(PART) $@
$(OUT)/%.score: $(OUT)/%.tar.zst
	$(PIPELINES)/score $(firstword $(subst -, ,$*)) $< $(NETS) >$(PART)
	@mv $(PART) $@
HEAD = printf 'method\tseen\tunseen\tx~\tturned\tSSIM\tLPIPS\tx^\tSSIM\tLPIPS\n'
$(OUT)/score-%-unet.tsv: $(OUT)/unwrap-%.score $(OUT)/inpaint-%.score $(OUT)/gain_inpaint-%.score \
    $(OUT)/truth-%.score $(OUT)/gain_truth-%.score
	@{ $(HEAD); cat $^; } >$@
$(OUT)/score-%.tsv: $(OUT)/unwrap-%.score $(OUT)/inpaint-%.score $(OUT)/gain_inpaint-%.score \
    $(OUT)/dual-%.score $(OUT)/gain_dual-%.score $(OUT)/cut-%.score $(OUT)/truth-%.score $(OUT)/gain_truth-%.score
	@{ $(HEAD); cat $^; } >$@
# Intermediate streams are large, and are removed when they have been scored.
.PRECIOUS: $(OUT)/%.score
