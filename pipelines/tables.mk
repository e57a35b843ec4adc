# The paper's tables 2 and 3, its figures beside ours, on made-up people or on
# yours:
#
#	make -f pipelines/tables.mk [STEPS=20000] [NETS=squeeze.tar] ...
#
# The programs must be in PATH. Seven networks are trained from nothing, all
# with the same seed, samples and steps: n_h = 1 to 4 with all links, and
# n_h = 3 with some links between the domains cut. Each is then evaluated on
# new views of people whose motions and clothes were not in training: G_I is
# x^, G_T is x~. After an interruption the same command goes on where it was.
# One of them alone, with a field of the recipe changed:
#
#	make -f pipelines/tables.mk OUT=k5 SET='kernel=[5,5]' k5/full-2.score
#
#	OUT		where all of it goes
#	STEPS, BATCH	of the optimiser, for each network
#	RATE, BETA1	of Adam; the rate falls over the last half of the steps
#	PRESET, RECIPE	as in weights(1)
#	SIZE		of pictures and textures, if not the preset's
#	SET		other values of the recipe: FIELD=VALUE ..., see weights(5)
#	DATA, VALID	shards of training samples, and a stream of other people
#			to evaluate on; without these, people are made up:
#	PEOPLE, TEST	samples to train and to evaluate on
#	BODY		bodies of the people, options of synthbody(1)
#	NETS		networks of LPIPS, see metrics(1); without, no LPIPS
#	VGG		of the losses perc, styl and cor, see textrain(1)
#	LOSSES		weights of losses, options of textrain(1)
OUT    = build/tables
STEPS  = 2000
BATCH  = 4
RATE   = 4e-4
PRESET = small
RECIPE = anchored
SET    =
DATA   =
VALID  =
PEOPLE = 4000
TEST   = 200
BODY   =
NETS   =
VGG    =
LOSSES =

SIZE_tiny  = 64
SIZE_small = 128
SIZE_base  = 256
SIZE   = $(SIZE_$(PRESET))
BETA1  = 0.5
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk
$(call paths,OUT VALID NETS VGG)
$(call globs,DATA)
PAPER := $(dir $(lastword $(MAKEFILE_LIST)))paper.tsv
RUNS   = full-1 full-2 full-3 full-4 none-3 t2i-3 i2t-3

$(OUT)/tables.txt: $(PAPER) $(RUNS:%=$(OUT)/%.score) $(RUNS:%=$(OUT)/%.png)
	@printf '$(if $(DATA),People of yours,Made-up people), %s at %s, %s steps of %s. Lower LPIPS, higher SSIM is better.\n' \
	    '$(RECIPE)' '$(SIZE)' '$(STEPS)' '$(BATCH)' >$(PART)
	@cat $(RUNS:%=$(OUT)/%.score) | awk -F '\t' -f $(dir $(PAPER))tables.awk - $(PAPER) >>$(PART)
	@mv $(PART) $@
	@cat $@

# ---- people ------------------------------------------------------------

PAIRS = $(or $(DATA),$(OUT)/train.tar.zst)

$(OUT)/train.tar.zst: | $(OUT)
	synthbody --split train -n $(PEOPLE) -s $(SIZE) $(BODY) >$(PART)
	@mv $(PART) $@
$(OUT)/test.tar.zst: $(VALID) | $(OUT)
	$(if $(VALID),cat $(VALID),synthbody --split test --seed 2 -n $(TEST) -s $(SIZE) $(BODY)) | pose2heat | iuv2coord >$(PART)
	@mv $(PART) $@
$(OUT):
	mkdir -p $@

# ---- networks: LINKS-VIEWS ---------------------------------------------

LINK  = $(firstword $(subst -, ,$*))
VIEWS = $(lastword $(subst -, ,$*))
$(OUT)/begin.tar: | $(OUT)
	weights init -z0 --preset $(PRESET) --recipe $(RECIPE) --set size=$(SIZE) $(SET:%=--set '%') >$(PART)
	@mv $(PART) $@
# Weights are written at each checkpoint; `done` says that training has ended.
$(OUT)/%.done: $(OUT)/begin.tar $(PAIRS)
	textrain -r -w $< -d $(OUT)/$* --links $(LINK) -n $(VIEWS) -s $(STEPS) -b $(BATCH) --rate $(RATE) --beta1 $(BETA1) \
	    --decay $$(($(STEPS) / 2)) $(if $(VGG),--vgg $(VGG)) $(LOSSES) $(PAIRS)
	@touch $@
$(OUT)/%.tar.zst: $(OUT)/%.done $(OUT)/test.tar.zst
	hallucinate -n $(VIEWS) --links $(LINK) -w $(OUT)/$*/weights.tar <$(OUT)/test.tar.zst | \
	    texgen -w $(OUT)/$*/weights.tar | hallucinate -t --links $(LINK) -w $(OUT)/$*/weights.tar | render-warp >$(PART)
	@mv $(PART) $@
$(OUT)/%.score: $(OUT)/%.tar.zst
	$(dir $(PAPER))score $* $< $(NETS) >$(PART)
	@mv $(PART) $@
# A sheet: each person's photo, texture, x^, x~ and x.
$(OUT)/%.png: $(OUT)/%.tar.zst
	ts2img --only source.image --only texture --only target.gen --only target.render --only target.image \
	    -c 128 -s $(PART).png <$< && mv $(PART).png $@
.PRECIOUS: $(OUT)/%.done $(OUT)/%.tar.zst
