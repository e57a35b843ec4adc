# Made-up people as shards of training samples: make -f
# pipelines/synthbody.mk -j8 VARIABLE=VALUE ..., see scaling(7). The programs
# must be in PATH. The shards lie in OUT/pairs, like those of a data set.
#
#	SYNTH		options for synthbody
#	SAMPLES		in each shard
OUT         = build/synthbody
SHARDS      = 16
TEST_SHARDS = 2
SAMPLES     = 1000
SYNTH       = --halluc 3 -j 1
RUN         =

PIPELINES := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

include $(PIPELINES)/names.mk

# The number of a shard's first sample.
first = $(shell expr $(word 2,$(subst -, ,$1)) '*' $(SAMPLES))

.PRECIOUS: $(OUT)/pairs.set $(PAIRS)
.PHONY: all always
all: $(PAIRS)

$(OUT)/pairs.set: always
	$(call changed,$(SAMPLES) $(SYNTH))
$(PAIRS): $(OUT)/pairs/%.tar.zst: $(OUT)/pairs.set
	$(RUN) $(PIPELINES)/into $@ synthbody --split $(call half,$*) --first $(call first,$*) --count $(SAMPLES) $(SYNTH)
