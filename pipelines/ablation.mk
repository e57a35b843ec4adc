# The paper's tables 2 and 3 on one's own data: make -f pipelines/ablation.mk
# DATA='train-*.tar.zst' VALID=test.tar.zst ... OUT=build/ablation, see
# training(7). The programs must be in PATH.
#
# A training for each number of hallucinated poses and for each cut of the
# links between the domains, all else the same, of which OUT/table.tsv tells
# the end: PSNR of the texels that are seen and of the others, of the render
# x~ and of the picture x^. After a kill the same make goes on.
OUT     = build/ablation
DATA    =# shards of training samples
VALID   =# one more, of other people
PRESET  = small
RECIPE  = anchored
STEPS   = 5000
BATCH   = 4
VIEWS   = 3# with which the links are cut
SEED    = 1
OPTIONS =# further ones of textrain: --vgg, --adv, ...

RUNS   := $(foreach n,1 2 3 4,views-$n) $(foreach l,full i2t t2i none,links-$l)
EVERY  := $(shell expr $(STEPS) / 10 '|' 1)

.DELETE_ON_ERROR:
$(OUT)/table.tsv: $(RUNS:%=$(OUT)/%/done)
	{ printf 'run\tsamples\tseen\tunseen\trender\timage\n'; for r in $(RUNS); do \
	    printf '%s\t' $$r; tail -n 1 $(OUT)/$$r/valid.tsv | cut -f 2-6; done; } | \
	    awk 'BEGIN { FS = OFS = "\t" } { print $$1, $$2, $$3, $$4, $$5, $$6 }' >$@.tmp
	mv $@.tmp $@

$(OUT)/init.tar:
	@mkdir -p $(OUT)
	weights init --recipe $(RECIPE) --preset $(PRESET) --seed $(SEED) >$@.tmp
	mv $@.tmp $@

TRAIN = textrain -r -w $(OUT)/init.tar -d $(@D) -s $(STEPS) -b $(BATCH) --seed $(SEED) --rate 5e-4 --beta1 0.5 \
        --decay $(shell expr $(STEPS) / 2) --valid $(VALID) --valid-every $(EVERY) --save-every $(EVERY) $(OPTIONS)
$(OUT)/views-%/done: $(OUT)/init.tar
	$(TRAIN) -n $* $(DATA)
	touch $@
$(OUT)/links-%/done: $(OUT)/init.tar
	$(TRAIN) -n $(VIEWS) --links $* $(DATA)
	touch $@
