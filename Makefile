# dualtex: one flat Makefile. `make help` lists the targets.
include config.mk

ifeq ($(SAN),)
B       = build/rel
else
B       = build/san
SANFLAG = -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

VERSION := $(shell cat VERSION)

# Debian's serial BLIS has no pkg-config file; all others have one.
PKG_CFLAGS := $(shell pkg-config --cflags libarchive libzstd jansson libtiff-4 libjpeg libpng matio nettle 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs libarchive libzstd jansson libtiff-4 libjpeg libpng matio nettle 2>/dev/null)
BLIS_DIR   := $(firstword $(wildcard /usr/lib/*/blis-serial))
BLIS_INC   := $(firstword $(wildcard /usr/include/*/blis-serial))

CPPFLAGS += -Ilibcommon -Iformats -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DDATADIR='"$(DATADIR)"' \
            $(PKG_CFLAGS) $(BLIS_INC:%=-isystem %)
CFLAGS   += -std=c11 $(OPT) -march=$(MARCH) -fopenmp -Wall -Wextra -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 \
            $(if $(WERROR),-Werror) $(SANFLAG)
LDFLAGS  += $(SANFLAG)
LDLIBS   += $(PKG_LIBS) $(BLIS_DIR:%=%/libblis.a) -lm

LIBSRC   := $(wildcard libcommon/*/*.c formats/*/*.c)
LIBOBJ   := $(LIBSRC:%.c=$B/%.o)
LIB      := $B/libdualtex.a
PROGS    := $(patsubst filters/%.c,$B/bin/%,$(wildcard filters/*.c))
UNITS    := $(patsubst %.c,$B/%,$(wildcard tests/unit/*.c))

.PHONY: all
all: $(PROGS)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIBOBJ)
	@rm -f $@
	$(AR) rcs $@ $^

# Only ts2img draws text.
$B/bin/ts2img: LDLIBS += $(shell pkg-config --libs cairo)
$B/filters/ts2img.o: CPPFLAGS += $(shell pkg-config --cflags cairo)

$B/bin/%: $B/filters/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$B/tests/%: $B/tests/%.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: units
units: $(UNITS)

# One program, many TAP files: compiled unit tests and shell scripts alike. prove's last line is the verdict.
TESTS = $(sort $(wildcard tests/*/*.t)) $(UNITS)
.PHONY: check
check: deps all units
	BIN=$(abspath $B/bin) prove -j2 --timer -e '' $(TESTS)

.PHONY: deps
deps:
	@pipelines/deps.sh

.PHONY: clean
clean:
	rm -rf build

-include $(LIBOBJ:.o=.d) $(PROGS:$B/bin/%=$B/filters/%.d) $(UNITS:=.d)
