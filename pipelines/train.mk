# Weights of the U-Net of inpaint(1) from nothing: make -f pipelines/train.mk
# [VARIABLE=VALUE ...]. The programs must be in PATH. What is stopped goes on
# where it was when it is called again.
#
#	OUT		where all of it goes; its unet.tar.zst is the result
#	PRESET		as in weights(1)
#	SHARDS, SAMPLES	made-up people to learn from: shards, and how many in each
#	SYNTH		options for synthbody
#	TEST		people to judge by, whose clothes and motions are not in there
#	STEPS, DECAY	of the optimiser, and over how many the rate falls
#	TRAIN		options for textrain
#	NETS		networks of LPIPS, see metrics(1); without, no LPIPS
OUT     = build/train-unet
PRESET  = small
SHARDS  = 32
SAMPLES = 500
SYNTH   =
TEST    = 200
STEPS   = 6000
DECAY   = 3000
TRAIN   = --batch 8 --rate 1e-3 --beta1 0.5 --ema 0.999 --clip 50 --jitter 0.05 --buffer 512
NETS    =

SIZE_tiny  = 64
SIZE_small = 128
SIZE_base  = 256
PIPELINES := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
people     = $(sort $(wildcard $(OUT)/pairs/train-*.tar.zst))

.PHONY: all people
all: $(OUT)/unet.tar.zst $(OUT)/score.tsv
	@cat $(OUT)/score.tsv

people:
	@$(MAKE) --no-print-directory -f $(PIPELINES)/synthbody.mk OUT=$(OUT) SHARDS=$(SHARDS) TEST_SHARDS=1 \
	    SAMPLES=$(SAMPLES) SYNTH='--size $(SIZE_$(PRESET)) -j 1 $(SYNTH)'
$(OUT)/begin.tar: | people
	weights init -z0 --net unet --preset $(PRESET) >$@.part
	@mv $@.part $@
$(OUT)/test.tar.zst: | people
	synthbody --split test --seed 2 -n $(TEST) --size $(SIZE_$(PRESET)) $(SYNTH) >$@.part
	@mv $@.part $@

# textrain ends with 0 when the last step is done, and only then.
$(OUT)/unet.tar.zst: $(OUT)/begin.tar $(OUT)/test.tar.zst
	textrain -r -w $< -d $(OUT)/run -s $(STEPS) --decay $(DECAY) $(TRAIN) --valid $(OUT)/test.tar.zst \
	    --valid-samples 32 $(people)
	zstd -qf -19 $(OUT)/run/weights.tar -o $@.part
	@mv $@.part $@

$(OUT)/score.tsv: $(OUT)/unet.tar.zst
	pose2heat <$(OUT)/test.tar.zst | iuv2coord | unwrap | render-warp -b grey >$(OUT)/unwrap.tar.zst
	inpaint -w $(OUT)/run/weights.tar <$(OUT)/unwrap.tar.zst | render-warp -b grey >$(OUT)/inpaint.tar.zst
	printf 'method\tseen\tunseen\tnew views\tturned\tSSIM\tLPIPS\n' >$@.part
	for m in unwrap inpaint; do $(PIPELINES)/score $$m $(OUT)/$$m.tar.zst $(NETS) || exit; done | cut -f 1-7 >>$@.part
	@mv $@.part $@
