#!/bin/sh
# deps.sh [-n] [GROUP ...]: installs the Debian packages that dualtex needs
# and that are not here yet; quiet when nothing is missing.
#	build	the library and the programs, their man pages, their tests
#	lint	more eyes for `make lint`
#	fuzz	clang for `make fuzz`, valgrind for `make check VALGRIND=1`
#	interop	numpy, against which some of the tests compare
#	mpi	an MPI for `make MPI=1`
#	pose	npm, for `make pose-weights` and `make page-library` alone: it is large
# -n only says what is missing and exits 1.
build='gcc libc6-dev make pkg-config perl mandoc zstd libarchive-dev
	libzstd-dev zlib1g-dev libjansson-dev libtiff-dev libjpeg62-turbo-dev
	libpng-dev libwebp-dev liblcms2-dev nettle-dev libcairo2-dev libblis-serial-dev
	liblapack-dev'
lint='shellcheck cppcheck groff-base python3-minimal'
fuzz='clang libclang-rt-14-dev valgrind'
interop='python3-numpy'
mpi='openmpi-bin libopenmpi-dev'
pose='npm'

install=yes
[ "$1" != -n ] || { install=; shift; }
want=
for group in "${@:-build}"; do
	case $group in
	build)		want="$want $build" ;;
	lint)		want="$want $lint" ;;
	fuzz)		want="$want $fuzz" ;;
	interop)	want="$want $interop" ;;
	mpi)		want="$want $mpi" ;;
	pose)		want="$want $pose" ;;
	*)		echo "deps.sh: $group: want build, lint, fuzz, interop, mpi or pose" >&2; exit 2 ;;
	esac
done

if ! command -v dpkg-query >/dev/null; then
	# Not Debian: the builder brings the same libraries, or is told which.
	[ -z "$install" ] || exit 0
	echo "dualtex: a library is missing. Under Debian's names all of these are needed:" >&2
	echo "$want" | fmt >&2
	exit 1
fi

# Names of what is installed, and the names that stands in for.
here=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' |
    sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr -s ', ' '\n')
missing=
for p in $want; do
	echo "$here" | grep -qx "$p" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
command="apt-get install --no-install-recommends$missing"
if [ -z "$install" ]; then
	echo "dualtex: missing:$missing" >&2
	echo "dualtex: \`make deps\` gets them, or: ${sudo:+$sudo }$command" >&2
	exit 1
fi
if ! command -v apt-get >/dev/null || ! command -v ${sudo:-true} >/dev/null; then
	echo "dualtex: missing:$missing" >&2
	echo "dualtex: there is no apt-get, or no sudo, here; as root: $command" >&2
	exit 1
fi

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
apt() {		# asks nothing, needs no terminal, shows only what goes wrong
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" </dev/null >"$log" 2>&1
}
echo "dualtex: installing$missing" >&2
# A list of words:
# shellcheck disable=SC2086
{
	find /var/lib/apt/lists -name '*Packages*' 2>/dev/null | grep -q . || apt update
} && apt install -y --no-install-recommends $missing || {
	tail -20 "$log" >&2
	echo "dualtex: apt-get failed. Try: ${sudo:+$sudo }apt-get update && make deps" >&2
	exit 1
}
