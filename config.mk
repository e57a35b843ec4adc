# What a builder may want to change. Each can be given to make as well:
#	make CC=clang MARCH=x86-64-v3 OPT='-O1 -g'

CC      = cc
OPT     = -O3 -g
MARCH   = native

# To build for another machine: CC, MARCH, and where its libraries are.
PKG_CONFIG = pkg-config
SYSROOT =

PREFIX  = /usr/local
DESTDIR =
BINDIR  = $(PREFIX)/bin
MANDIR  = $(PREFIX)/share/man
DATADIR = $(PREFIX)/share/dualtex
COMPDIR = $(PREFIX)/share/bash-completion/completions
# Where the programs of SHARED=1 look for their library: beside BINDIR.
LIBDIR  = $(BINDIR)/../lib/dualtex
STRIP   = strip

# SHARED=1 builds into build/shared, for any x86-64 since 2009: programs for the
# first of KERNELS, and a library for each of them, of which the loader takes
# the last that the processor can run. libcommon/cli/kernel.c knows their names.
SHARED  =
KERNELS = x86-64-v2 x86-64-v3 x86-64-v4

# MPI=1: textrain can be one of several, started by mpirun or srun (Debian:
# openmpi-bin and libopenmpi-dev, or mpich and libmpich-dev).
MPI   =
MPICC = mpicc

# SAN=address,undefined builds into build/san, VALGRIND=1 into build/vg,
# everything else into build/rel. WERROR=1 turns warnings into errors, V=1
# shows the commands.
SAN      =
VALGRIND =
WERROR   =
V        =
