#!/bin/sh
# ts2page(1): textures on a moving body as one page that opens from disk.
# The page is share/dualtex/page.html, whose lines @title@, @library@ and
# @data@ are replaced here; everything it shows is in it as base64.
version='ts2page (dualtex) @VERSION@'
usage='usage: ts2page -g FILE [-p STREAM] [-t TEXT] [-o FILE] NAME=STREAM ...'
die() {
	printf 'ts2page: %s' "$*" | LC_ALL=C tr '\001-\037\177' '?' >&2
	echo >&2
	exit 2
}

glb='' title=person out='' photos=''
while [ $# -gt 0 ]; do
	case $1 in
	-h|--help)
		cat <<-END 2>/dev/null || die 'cannot write'
		$usage
		Textures on a body as one HTML page that needs no network.
		  -g, --glb FILE       the body, made by tex2mesh; what it can do is played
		  -p, --photos STREAM  the photos, where texmerge made one of several:
		                       what it wrote with -p
		  -t, --title TEXT     what the page is called; default person
		  -o, --output FILE    where to; default, or -, standard output
		  -h, --help           this text
		  -V, --version        name and version
		END
		exit ;;
	-V|--version)
		cat <<-END 2>/dev/null || die 'cannot write'
		$version
		END
		exit ;;
	--*=*)
		option=$1; shift; set -- "${option%%=*}" "${option#*=}" "$@" ;;
	esac
	case $1 in
	-g|--glb|-p|--photos|-t|--title|-o|--output)
		[ $# -gt 1 ] || die "$1: want a value" ;;
	esac
	case $1 in
	-g|--glb)	glb=$2; shift 2 ;;
	-p|--photos)	photos=$2; shift 2 ;;
	-t|--title)	title=$2; shift 2 ;;
	-o|--output)	out=$2; shift 2 ;;
	--)		shift; break ;;
	-*)		die "$1: no such option; $usage" ;;
	*)		break ;;
	esac
done
[ -n "$glb" ] && [ $# -gt 0 ] || die "$usage"
[ "$out" != - ] || out=''
[ -n "$out" ] || [ ! -t 1 ] || die "a page is not for a terminal: -o FILE"

here=$(dirname "$(readlink -f "$0")")
share=$here/../share/dualtex
[ -f "$share/page.html" ] || share='@DATADIR@'
[ -f "$share/page.html" ] || die "page.html is neither in $here/../share/dualtex nor in $share"
[ -f "$share/three.html" ] || die "three.js, which \`make page-library\` gets: three.html is not in $share"
PATH=$here:$PATH
dir=$(mktemp -d 2>/dev/null) || die "${TMPDIR:-/tmp}: cannot write there"
new=''
trap 'rm -rf "$dir"; [ -z "$new" ] || rm -f -- "$new"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

file() { base64 -w 0 <"$1" || exit 2; }
field() {	# field STREAM FIELD: its .npy; status 1 where there is none
	tsjoin -z 0 --only "$2" -- "$1" >"$dir/field.tar" || exit 2
	tar -tf "$dir/field.tar" | grep -q "[.]$2[.]npy\$" || return 1
	tar -xOf "$dir/field.tar" --wildcards "*.$2.npy"
}
packed() {	# packed STREAM FIELD: that as an element of the page
	field "$1" "$2" >"$dir/field.npy" || return 0
	printf '<script type="data" data-name="%s" data-field="%s">' "$name" "$2"
	gzip -9nc "$dir/field.npy" | base64 -w 0
	echo '</script>'
}

[ "$(head -c 4 -- "$glb" 2>/dev/null)" = glTF ] || die "$glb: no GLB"
{
	printf '<script type="data" data-field="glb">'
	file "$glb"
	echo '</script>'
} >"$dir/data"
if [ -n "$photos" ]; then
	[ -f "$photos" ] || die "$photos: no such file"
	field "$photos" views.image >"$dir/field.npy" || die "$photos: no field views.image, which texmerge --pictures writes"
	# Not by $dir, whose name a pattern could have.
	(cd "$dir" && ts2img --only views.image -o %f.jpg) <"$photos" || exit 2
	i=0
	while [ -f "$dir/views.image.$i.jpg" ]; do
		printf '<img hidden alt="" class="photo" src="data:image/jpeg;base64,'
		file "$dir/views.image.$i.jpg"
		echo '">'
		i=$((i + 1))
	done >>"$dir/data" || exit 2
fi
first=yes
for operand; do
	name=${operand%%=*} stream=${operand#*=}
	case $operand in
	*=*)	;;
	*)	die "$operand: want NAME=STREAM" ;;
	esac
	case $name in
	''|*[!A-Za-z0-9_-]*)	die "$operand: a name has letters, digits, - and _" ;;
	esac
	[ -f "$stream" ] || die "$stream: no such file"
	{
		# The first one's texture is in the GLB. With its gutters, so that smaller versions do not mix the charts.
		[ $first ] || {
			(cd "$dir" && tex2mesh -o texture.obj) <"$stream" || exit 2
			printf '<img hidden alt="" class="texture" data-name="%s" src="data:image/png;base64,' "$name"
			file "$dir/texture.png"
			echo '">'
		}
		# A manifest is JSON, where < stands in texts alone.
		printf '<script type="application/json" data-name="%s">' "$name"
		tsjoin -z 0 --only texture.seen -- "$stream" >"$dir/field.tar" || exit 2
		tar -xOf "$dir/field.tar" --wildcards '*.json' | sed 's/</\\u003c/g'
		echo '</script>'
		for f in texture.seen texture.confidence texture.kind; do
			packed "$stream" $f
		done
		if [ $first ] && [ -n "$photos" ]; then
			packed "$stream" texture.view
			packed "$stream" texture.pixel
		elif [ $first ] && field "$stream" source.image >"$dir/field.npy"; then
			packed "$stream" source.coord
			(cd "$dir" && ts2img --only source.image -o photo.png) <"$stream" || exit 2
			printf '<img hidden alt="" class="photo" src="data:image/png;base64,'
			file "$dir/photo.png"
			echo '">'
		fi
	} >>"$dir/data" || exit 2
	first=''
done

while IFS= read -r line; do
	case $line in
	@title@)	printf '%s\n' "$title" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' ;;
	@library@)	cat "$share/three.html" ;;
	@data@)		cat "$dir/data" ;;
	*)		printf '%s\n' "$line" ;;
	esac
done <"$share/page.html" >"$dir/page" || exit 2
if [ -z "$out" ]; then
	cat "$dir/page" 2>/dev/null || die 'cannot write'
	exit
fi
[ ! -d "$out" ] || die "$out: is a folder"
if [ -e "$out" ] && [ ! -f "$out" ]; then	# a device, or a pipe, stays what it is
	cat "$dir/page" 2>/dev/null >"$out" || die "$out: cannot be written"
	exit
fi
# Whole or not at all, and a link stays a link.
target=$(readlink -f -- "$out") || die "$out: cannot be written"
new=$(dirname -- "$target")/.page.tmp.$(uname -n).$$
{ cat "$dir/page" >"$new" && mv -f -- "$new" "$target"; } 2>/dev/null || die "$out: cannot be written"
