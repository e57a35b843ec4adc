# What the make files of this folder share: names that may reach a shell, and
# files that appear whole.

# A recipe is text of a shell, so the settings that name files and folders
# must not have what a shell, or make, reads as anything but a name:
#	$(call paths,OUT IMAGES)	each is one such name, or nothing
#	$(call globs,DATA)		or several, with * and ?
empty  :=
dollar := $$
hash   := \#
closes := )
opens  := (
marks  := ; & | < > ` ' " \ ~ [ ] $(dollar) $(hash) $(opens) $(closes)
odd     = $(strip $(foreach c,$(marks) $2,$(if $(findstring $c,$1),$c)))
refuse  = $(error $1: want a path without blanks and without $(marks)$(if $2, $2): $($1))
paths   = $(foreach v,$1,$(if $(or $(word 2,$($v)),$(call odd,$($v),* ?)),$(call refuse,$v,* ?)))
globs   = $(foreach v,$1,$(if $(call odd,$($v)),$(call refuse,$v)))

# Any text as one word of a shell; and of one that a make within make starts.
quoted  = '$(subst ','\'',$1)'
nested  = $(call quoted,$(subst $(dollar),$(dollar)$(dollar),$1))

# Where a recipe writes until its file is whole: the same name in all of its
# lines, and another one in a second make in the same folder (pipelines/into).
# What is left of makes that are gone, pipelines/sweep removes.
HOST   := $(shell uname -n)
PART    = $@.tmp.$(HOST).$$PPID

# Settings that were changed make again what depends on them: the recipe of
# a file that keeps them.
changed = @mkdir -p $(@D); echo $(call quoted,$1) | cmp -s - $@ || { echo $(call quoted,$1) >$(PART) && mv $(PART) $@; }
