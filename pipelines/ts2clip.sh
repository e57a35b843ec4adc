#!/bin/sh
# ts2clip(1): a video of a texture on a moving body. Frames go through pipes to
# ffmpeg, so any length takes the same memory.
version='ts2clip (dualtex) @VERSION@'
usage='usage: ts2clip [-f] [-r FPS] [-s PIXELS] [-y YAWS] STREAM MOTION OUT [RENDER-MESH OPTIONS]'
say() {
	printf 'ts2clip: %s' "$*" | LC_ALL=C tr '\001-\037\177' '?' >&2
	echo >&2
	exit 2
}
force='' rate='' size=512 yaws=30,210
while [ $# -gt 0 ]; do
	case $1 in
	-h|--help)
		cat <<-END 2>/dev/null || say 'cannot write'
		$usage
		A video of a texture on a moving body: .mp4, .webm, .gif or .webp.
		  -f, --force          replace OUT where there is one
		  -r, --rate FPS       frames a second; default 30, 25 in a .gif
		  -s, --size PIXELS    side of a view; default 512
		  -y, --yaw LIST       where the body faces in the views; default 30,210
		  -h, --help           this text
		  -V, --version        name and version
		END
		exit ;;
	-V|--version)
		cat <<-END 2>/dev/null || say 'cannot write'
		$version
		END
		exit ;;
	--rate=*|--size=*|--yaw=*)
		option=$1; shift; set -- "${option%%=*}" "${option#*=}" "$@" ;;
	-r|--rate|-s|--size|-y|--yaw)
		[ $# -gt 1 ] || say "$1: want a value" ;;
	esac
	case $1 in
	-f|--force)	force=1; shift ;;
	-r|--rate)	rate=$2; shift 2 ;;
	-s|--size)	size=$2; shift 2 ;;
	-y|--yaw)	yaws=$2; shift 2 ;;
	--)		shift; break ;;
	-?*)		say "$1: no such option; $usage" ;;
	*)		break ;;
	esac
done
[ $# -ge 3 ] || say "$usage"
stream=$1 motion=$2 out=$3
shift 3
PATH=$(dirname "$(readlink -f "$0")"):$PATH

# A step: frames of one size, `views` beside each other, even sides for video.
views=$(printf %s "$yaws" | tr -cd , | wc -c)
views=$((views + 1))
filter="tile=${views}x1"
case $out in
*.mp4)	set_of="-c:v libx264 -preset veryfast -crf 18 -pix_fmt yuv420p -movflags +faststart -f mp4"
	filter="$filter,pad=ceil(iw/2)*2:ceil(ih/2)*2" ;;
*.webm)	set_of="-c:v libvpx-vp9 -crf 30 -b:v 0 -deadline realtime -cpu-used 6 -row-mt 1 -pix_fmt yuv420p -f webm"
	filter="$filter,pad=ceil(iw/2)*2:ceil(ih/2)*2" ;;
*.webp)	set_of="-c:v libwebp_anim -quality 85 -compression_level 4 -loop 0 -f webp" ;;
*.gif)	set_of="-loop 0 -f gif"
	rate=${rate:-25}
	# A palette for each frame: one for all would need all of them first.
	filter="$filter,split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=bayer:bayer_scale=4" ;;
*)	say "$out: want a name that ends in .mp4, .webm, .gif or .webp" ;;
esac
rate=${rate:-30}
case $rate in ''|*[!0-9]*|0*|?????*) say "-r: \"$rate\", want a whole number of frames a second" ;; esac
for option; do	# ffmpeg puts views together of which it is told the number
	case $option in
	-y*|--y*|--ra*|-s*|--si*)
		say "$option: want this before STREAM" ;;
	-n*|--tu*|-r*|--ro*)
		say "$option: not for a video; -y before STREAM says what views it has" ;;
	esac
done
command -v ffmpeg >/dev/null || say 'there is no ffmpeg, which makes the video; on Debian: apt-get install ffmpeg'
[ "$stream" = - ] || [ -r "$stream" ] || say "$stream: cannot be read"
[ -n "$force" ] || [ ! -e "$out" ] || say "$out is there already; --force replaces it"
[ ! -d "$out" ] || say "$out is a folder"
[ ! -e "$out" ] || [ -f "$out" ] || say "$out is no file"
target=$(readlink -f -- "$out") || target=$out	# a link stays a link
folder=$(dirname -- "$target")
if ! { [ -d "$folder" ] && [ -w "$folder" ]; }; then
	say "$folder: not a folder that can be written to"
fi

tmp=$folder/.clip.tmp.$(uname -n).$$	# as pipelines/sweep knows them
mkdir "$tmp" 2>/dev/null || say "$folder: cannot write there"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' INT TERM HUP

progress='' told=$tmp/render-mesh
[ ! -t 2 ] || progress=--progress told=/dev/stderr
# What goes wrong before ffmpeg would only make the video shorter: it is noted,
# and said by the first that failed by itself.
failed() {	# failed STATUS PROGRAM; 141: it had nobody to write to
	[ "$1" -eq 141 ] || echo "$2" >>"$tmp/failed"
}
# shellcheck disable=SC2086	# $set_of is a list of options, $progress one or none
{ render-mesh -z0 $progress --only source.image --texture "$stream" --motion "$motion" --rate "$rate" \
	--yaw "$yaws" --size "$size" --floor --light 0.35 --background ececec,dedede "$@" 2>>"$told" || failed $? render-mesh; } |
	{ ts2img --only source.image -o - 2>"$tmp/ts2img" || failed $? ts2img; } |
	{ ffmpeg -nostdin -hide_banner -loglevel error -f image2pipe -c:v ppm -framerate $((rate * views)) -i - \
		-filter_complex "$filter" $set_of "$tmp/clip" 2>"$tmp/ffmpeg" || failed $? ffmpeg; }
for p in render-mesh ts2img ffmpeg; do
	if grep -qx "$p" "$tmp/failed" 2>/dev/null; then
		why=$(head -n 1 "$tmp/$p" 2>/dev/null)
		why=${why:-failed: no video}
		say "$p: ${why#"$p: "}"
	fi
done
[ ! -s "$tmp/render-mesh" ] || cat "$tmp/render-mesh" >&2
mv -f -- "$tmp/clip" "$target" 2>/dev/null || say "$out: cannot be written"
