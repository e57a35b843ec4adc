# Names of shards, and what their rules share; included by shards.mk and
# synthbody.mk after OUT, SHARDS and TEST_SHARDS are known.
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk
$(call paths,OUT)

numbers = $(shell seq -f "%05.0f-of-$$(printf %05d $1)" 0 $$(($1 - 1)))
NAMES  := $(addprefix train-,$(call numbers,$(SHARDS))) $(addprefix test-,$(call numbers,$(TEST_SHARDS)))
PAIRS  := $(NAMES:%=$(OUT)/pairs/%.tar.zst)

# Which half of the people a shard has: train or test.
half = $(firstword $(subst -, ,$1))
