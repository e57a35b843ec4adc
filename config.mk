# What a builder may want to change. Everything here can be given to make: make CC=clang MARCH=x86-64-v3

CC      = cc
OPT     = -O3 -g
MARCH   = native
WERROR  =
PREFIX  = /usr/local
DESTDIR =
BINDIR  = $(PREFIX)/bin
MANDIR  = $(PREFIX)/share/man
DATADIR = $(PREFIX)/share/dualtex

# SAN=address,undefined builds into build/san instead of build/rel.
SAN     =

PKGS    = libarchive libzstd jansson libtiff-4 libjpeg libpng matio nettle blis-serial
