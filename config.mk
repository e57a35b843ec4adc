# What a builder may want to change. Each can be given to make as well:
#	make CC=clang MARCH=x86-64-v3 OPT='-O1 -g'

CC      = cc
OPT     = -O3 -g
MARCH   = native

PREFIX  = /usr/local
DESTDIR =
BINDIR  = $(PREFIX)/bin
MANDIR  = $(PREFIX)/share/man
DATADIR = $(PREFIX)/share/dualtex

# SAN=address,undefined builds into build/san, VALGRIND=1 into build/vg,
# everything else into build/rel. WERROR=1 turns warnings into errors, V=1
# shows the commands.
SAN      =
VALGRIND =
WERROR   =
V        =
