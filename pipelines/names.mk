# Names of shards, and what their rules share; included by shards.mk and
# synthbody.mk after OUT, SHARDS and TEST_SHARDS are known.
numbers = $(shell seq -f "%05.0f-of-$$(printf %05d $1)" 0 $$(($1 - 1)))
NAMES  := $(addprefix train-,$(call numbers,$(SHARDS))) $(addprefix test-,$(call numbers,$(TEST_SHARDS)))
PAIRS  := $(NAMES:%=$(OUT)/pairs/%.tar.zst)

# Which half of the people a shard has: train or test.
half = $(firstword $(subst -, ,$1))

# Settings that were changed make again what depends on them: the recipe of
# a file that keeps them.
quoted  = '$(subst ','\'',$1)'
changed = @mkdir -p $(@D); echo $(call quoted,$1) | cmp -s - $@ || echo $(call quoted,$1) >$@
