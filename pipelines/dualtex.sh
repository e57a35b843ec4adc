#!/bin/sh
# dualtex(1): from a photo to a person who moves. Each stage is one line of
# shell, which is shown, run, and kept in the result's run.sh.
version='dualtex (dualtex) @VERSION@'
usage='usage: dualtex [options] PHOTO|FOLDER ...'

plain() {	# text as one line that may go to a terminal
	printf '%s' "$*" | LC_ALL=C tr '\001-\037\177' '?'
	echo
}
die() {
	plain "dualtex: $*" >&2
	exit 2
}
quote() {	# a word of shell that is $1
	case $1 in
	*[!A-Za-z0-9_./=,:%+-]*|'')	printf "'"; printf '%s' "$1" | sed "s/'/'\\\\''/g"; printf "'" ;;
	*)				printf '%s' "$1" ;;
	esac
}

unset CDPATH

# ---- options ------------------------------------------------------------

method=inpaint size=512 body=ours:sex=0.5 out=. licence='' force='' motions='' alone='' called=''
while [ $# -gt 0 ]; do
	case $1 in
	-h|--help)
		cat <<-END 2>/dev/null || die 'cannot write'
		$usage
		From photos to textures, bodies that move, and pages to look at them: a
		folder NAME for each NAME.jpg, with NAME.html, person.glb, texture.png,
		sheet.png, the streams between the stages, and run.sh, which makes it again.
		  -o, --out DIR        where these folders go; default here
		  -1, --one-person     all photos, folders and videos are of one person: one result
		  -n, --name NAME      what that is called; default the first one's name
		  -m, --motion FILE    a motion, BVH or AMASS, for person.glb; NAME=FILE gives
		                       the clip a name; may be repeated; default a walk and a turn
		  -M, --method NAME    what person.glb, texture.png and sheet.png are made by:
		                       unwrap, inpaint or dual; default inpaint
		  -b, --body BODY      who wears it, as for render-mesh; default ours:sex=0.5,
		                       between a man and a woman; or ours:male, ours:female
		  -s, --size PIXELS    side of photo and texture, 128 to 2048; default 512
		  -l, --licence TEXT   what the photo may be used for; stands in all files
		  -f, --force          replace the files of a result that is there already
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
	-o|--out|-n|--name|-m|--motion|-M|--method|-b|--body|-s|--size|-l|--licence)
		[ $# -gt 1 ] || die "$1: want a value" ;;
	esac
	case $1 in
	-o|--out)	out=$2; shift 2 ;;
	-1|--one-person)	alone=yes; shift ;;
	-n|--name)
		[ "$2" ] || die "$1: want a name"
		called=$2; shift 2 ;;
	-m|--motion)
		name='' file=$2
		case $2 in
		*/*=*)	;;
		?*=*)	name=${2%%=*}= file=${2#*=} ;;
		esac
		case $file in
		/*|walk|turn)	;;
		*)		file=$PWD/$file ;;
		esac
		case $file in
		walk|turn)	;;
		*)		[ -f "$file" ] || die "$2: no such file" ;;
		esac
		motions="$motions -m $(quote "$name$file")"; shift 2 ;;
	-M|--method)	method=$2; shift 2 ;;
	-b|--body)
		case $2 in
		ours*|/*)	body=$2 ;;
		*)		body=$PWD/$2 ;;
		esac
		shift 2 ;;
	-s|--size)	size=$2; shift 2 ;;
	-l|--licence)	licence=$2; shift 2 ;;
	-f|--force)	force=yes; shift ;;
	--)		shift; break ;;
	-*)		die "$1: no such option; \`dualtex --help\` lists them; a file of this name is ./$1" ;;
	*)		break ;;
	esac
done
[ $# -gt 0 ] || die "want a photo: $usage"
case $method in
unwrap|inpaint|dual)	;;
*)			die "--method $method: want unwrap, inpaint or dual" ;;
esac
[ "$alone" ] || [ -z "$called" ] || die "--name: is for --one-person; else each photo's own name is taken"
case $called in
*/*|.|..)		die "--name $called: want a name for a folder, without /" ;;
*[[:cntrl:]]*)		die "--name $called: control characters" ;;
esac
case $out in
-*)	out=./$out ;;	# `cd -` would go elsewhere
esac
case $size in
''|*[!0-9]*|?????*)	die "--size $size: want 128 to 2048" ;;
esac
[ "$size" -ge 128 ] && [ "$size" -le 2048 ] || die "--size $size: want 128 to 2048"

# ---- what is beside this script -----------------------------------------

bin=$(dirname "$(readlink -f "$0")")
share=$bin/../share/dualtex
[ -f "$share/page.html" ] || share='@DATADIR@'
for p in intake findpose cutout fitbody iuv2coord texmerge pose2heat unwrap inpaint hallucinate texgen detail tsjoin tsls render-mesh ts2img tex2mesh ts2page; do
	[ -x "$bin/$p" ] || die "$p is not in $bin, where this script is; \`make\` builds it"
done
PATH=$bin:$PATH
export PATH
if ! tex2mesh -h | grep -q -e '-m, --motion'; then
	[ -z "$motions" ] || die "--motion: the tex2mesh in $bin knows no motions"
elif [ -z "$motions" ]; then
	motions=' -m walk -m turn'
fi
page=yes
[ -f "$share/three.html" ] || {
	page=''
	plain "dualtex: no pages are made without three.js, which \`make page-library\` gets; all else is" >&2
}

new=''	# the folders that are made for the results; empty ones go again
for f in "$out" "$(dirname -- "$out")"; do
	[ -e "$f" ] || new="$new $(quote "$f")"
done
mkdir -p -- "$out" 2>/dev/null && full=$(cd -- "$out" && pwd) || die "$out: cannot write there"
# The name says whose it is, so that what a kill has left goes with the next run, or by pipelines/sweep.
mine=$full/.dualtex.tmp.$(uname -n)
for f in "$mine".*; do
	[ ! -d "$f" ] || [ -d "/proc/${f##*.}" ] || kill -0 "${f##*.}" 2>/dev/null || rm -rf "$f"
done
work=$mine.$$
mkdir "$work" 2>/dev/null || die "$out: cannot write there"
trap 'rm -rf "$work"; [ -z "$new" ] || eval "rmdir -- $new" 2>/dev/null' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# ---- one person ---------------------------------------------------------

seconds() { date +%s.%N; }
failed() {	# failed TEXT: of this photo, or person
	plain "dualtex: $photo: $*" >&2
	return 1
}

row() {	# row NAME START TEXT: the name, the seconds since START, and below each other the lines of TEXT
	took=$(echo "$(seconds) $2" | awk '{ printf "%.1f", $1 - $2 }')
	printf '%s\n' "$3" | LC_ALL=C tr '\001-\010\013-\037\177' '?' | awk -v name="$1" -v took="$took" '
		NR == 1 { printf "  %-9s%5s s  %s\n", name, took, $0 }
		NR > 1 { printf "  %-9s%5s    %s\n", "", "", $0 }'
}

# stage NAME LINE: runs LINE of shell in the result's folder. Of several
# programs that fail in a pipe the first one says why; the rest found no input.
stage() {
	printf '\n# %s\n%s\n' "$1" "$2" >>"$work/new/run.sh"
	start=$(seconds)
	if ! (cd "$work/new" && exec sh -ec "$2" </dev/null 2>"$work/said"); then
		why=$(LC_ALL=C grep -a -v -e ': the input is empty$' -e ': the input ends at byte .*before its end mark' -e 'Broken pipe$' -e 'Error .*ing.*\(pipe\|filters\)' "$work/said" | tail -n 1)
		why=${why:-$(head -n 1 "$work/said")}	# such as a video without frames
		failed "$1: ${why:-failed without a word}"
		return
	fi
	# Of the photos of one person that cannot be used each is a line, of a video's frames some.
	sed '/: [0-9]* samples left out$/d' "$work/said" | awk '
		/; left out$/ && ++n > 8 { next }
		{ print "  " $0 }
		END { if (n > 8) print "  and " n - 8 " more are left out" }' >&2
	row "$1" "$start" "$2"
}

own='run.sh sheet.png texture.png person.glb maps.tar.zst unwrap.tar.zst inpaint.tar.zst dual.tar.zst'
whole() {	# whole PATH: with all folders before it
	case $1 in
	/*)	printf '%s' "$1" ;;
	*)	printf '%s' "$PWD/$1" ;;
	esac
}
stem() {	# stem PATH: its name without ending
	stem=${1%/}
	stem=${stem##*/}
	[ -d "$1" ] || case $stem in
	?*.*)	stem=${stem%.*} ;;
	esac
	case $stem in
	.|..|'')	stem=photo ;;
	esac
	printf '%s' "$stem"
}

# make WHAT NAME LINE: the folder of the result, in which LINE makes maps.tar.zst;
# status 1 where something failed.
make() {
	photo=$1 name=$2
	to=$out/$name
	if [ -e "$work/made-$name" ]; then
		failed "another photo of these is called $name"; return
	elif [ -e "$to" ] && [ ! -d "$to" ]; then
		failed "$to is there already, and no folder"; return
	elif [ ! "$force" ] && [ -d "$to" ] && [ -n "$(ls -A -- "$to")" ]; then
		failed "$to is there already; --force replaces its files"; return
	fi
	rm -rf "$work/new"
	mkdir "$work/new" || die "$out: cannot write there"
	start_all=$(seconds)
	plain "$photo"
	cat >"$work/new/run.sh" <<-END
	#!/bin/sh
	# What dualtex ${version##* } ran to make this folder; \`sh run.sh\` does so again.
	cd "\$(dirname "\$0")" || exit 2
	PATH=$(quote "$bin"):\$PATH
	set -e
	END
	# Which texel each of the person's pixels shows.
	stage person "$3" || return
	[ ! "$alone" ] || [ -n "$(tsls "$work/new/maps.tar.zst" 2>/dev/null | head -n 1)" ] || {
		failed "person: nobody is found on any of these"; return
	}
	# What is seen, mirrored and filled. Pictures of views go no further than the maps.
	stage unwrap "unwrap${alone:+ --drop views.image} <maps.tar.zst >unwrap.tar.zst" &&
	# The networks paint small textures; detail adds what the large photo shows. Their own doubts are kept.
	stage inpaint 'inpaint --only "texture*" <maps.tar.zst >small.tar.zst
tsjoin --only texture.confidence --only texture.kind small.tar.zst >doubt.tar.zst
detail --seams --photo 0.7 -w small.tar.zst <unwrap.tar.zst | tsjoin - doubt.tar.zst >inpaint.tar.zst
rm small.tar.zst doubt.tar.zst' || return
	dual=yes views=3
	if [ "$alone" ]; then
		views=4
		[ -n "$(tsls --only photos.pose "$work/new/maps.tar.zst")" ] || dual=''
	fi
	if [ $dual ]; then
		# Up to three photos are views; the poses of the others are made up.
		stage dual "pose2heat${alone:+ --drop views.image} <maps.tar.zst | iuv2coord | hallucinate -n $views | texgen --only \"texture*\" >small.tar.zst
detail --seams --photo 0.7 -w small.tar.zst <unwrap.tar.zst >dual.tar.zst
rm small.tar.zst" || return
	elif [ $method = dual ]; then
		failed 'dual: its networks want photos with key points'; return
	else
		row dual "$(seconds)" 'left out: its networks want photos with key points'
	fi
	yaws=0,90,180,270
	[ "$alone" ] || yaws=0,45,90,180,270
	sides="render-mesh --body $(quote "$body") --texture - --pose ease --yaw $yaws --size $size --role target --background f4f4f4"
	if [ "$alone" ]; then
		sheet="$sides <$method.tar.zst | tsjoin - maps.tar.zst |
	ts2img --only texture --only target.image --only views.image --wrap 5 --cell 384 --sheet sheet.png"
	else
		sheet="$sides <$method.tar.zst |
	ts2img --only source.image --only source.iuv --only texture --only target.image --wrap 4 --cell 512 --sheet sheet.png"
	fi
	stage pictures "ts2img --only texture -o texture.png <$method.tar.zst
$sheet" &&
	stage body "tex2mesh --body $(quote "$body") --pose stand$motions -o person.glb <$method.tar.zst" || return
	if [ $page ]; then
		all="$method=$method.tar.zst"
		for m in inpaint unwrap dual; do
			[ $m = "$method" ] || [ "$dual$m" = dual ] || all="$all $m=$m.tar.zst"
		done
		html=$(quote "./$name.html")
		stage page "ts2page --glb person.glb --title $(quote "$name")${alone:+ --photos maps.tar.zst} $all >$html" || return
	fi
	chmod +x "$work/new/run.sh"
	: >"$work/made-$name"
	if [ -d "$to" ]; then
		for f in $own "$name.html"; do
			rm -f -- "$to/$f"
		done
		mv -- "$work/new"/* "$to" 2>/dev/null || { failed "$to: cannot write there"; return; }
	else
		# Another dualtex may have made it meanwhile.
		mv -T -- "$work/new" "$to" 2>/dev/null || { failed "$to: cannot write there"; return; }
	fi
	shown=$to/${page:+$name.html}
	row all "$start_all" "$(plain "${shown#./}")"
}

rights=${licence:+ --licence $(quote "$licence")}
# A photo or frame of one person that cannot be used is no end.
go=${alone:+ --keep-going}
labels="findpose$go --unlabelled | cutout$go --size $size | fitbody$go | iuv2coord$go"
one() {	# one PHOTO
	make "$1" "$(stem "$1")" "intake --whole$rights -- $(quote "$(whole "$1")") | $labels >maps.tar.zst"
}

# ---- all of them --------------------------------------------------------

is_photo() {	# by its name, and no label of another
	case $1 in
	*_IUV.*|*_INDS.*|*_mask.*)	return 1 ;;
	*.[Jj][Pp][Gg]|*.[Jj][Pp][Ee][Gg]|*.[Jj][Pp][Ee]|*.[Jj][Ff][Ii][Ff]|*.[Pp][Nn][Gg]|*.[Tt][Ii][Ff]|*.[Tt][Ii][Ff][Ff]|*.[Ww][Ee][Bb][Pp])
		return 0 ;;
	esac
	return 1
}
is_video() {
	case $1 in
	*.[Mm][Pp]4|*.[Mm]4[Vv]|*.[Mm][Oo][Vv]|*.[Ww][Ee][Bb][Mm]|*.[Mm][Kk][Vv]|*.[Aa][Vv][Ii]|*.[Mm][Pp][Gg]|*.[Mm][Pp][Ee][Gg]|*.3[Gg][Pp])
		return 0 ;;
	esac
	return 1
}

# Frames of videos come first, five a second.
if [ "$alone" ]; then
	photos='' videos=''
	video() {
		command -v ffmpeg >/dev/null || die "$1: a video wants ffmpeg, which is not there; or give a folder of its frames"
		key=$(stem "$1" | LC_ALL=C tr -c 'A-Za-z0-9_-' _)
		videos="${videos}ffmpeg -nostdin -v error -i $(quote "$(whole "$1")") -vf fps=5:eof_action=pass -f image2pipe -c:v ppm - | intake$go --whole$rights --frames $key
"
	}
	look() {	# look FOLDER: its videos, and whether it has photos; intake(1) finds those itself
		for f in "${1%/}"/*; do
			if [ -d "$f" ] && [ ! -L "$f" ]; then
				look "$f"
			elif [ -f "$f" ] && is_video "$f"; then
				video "$f"
			elif [ -f "$f" ] && is_photo "$f"; then
				any=yes
			fi
		done
	}
	for operand; do
		if [ -d "$operand" ]; then
			any=''
			look "$operand"
			[ ! "$any" ] || photos="$photos $(quote "$(whole "$operand")")"
		elif is_video "$operand"; then
			[ -f "$operand" ] || die "$operand: no such file"
			video "$operand"
		elif is_photo "$operand" || [ $# -eq 1 ] || [ ! -f "$operand" ]; then
			[ -e "$operand" ] || die "$operand: no such file"
			photos="$photos $(quote "$(whole "$operand")")"
		else
			plain "$operand: passed over, neither photo nor video by its name"
		fi
	done
	[ -n "$photos$videos" ] || die "$1: no photo and no video"
	line="${photos:+intake$go --whole$rights --$photos}"
	[ -z "$videos" ] || line="{
$videos${line:+$line
}}"
	first=$1
	[ $# -eq 1 ] || first="$1 and $(($# - 1)) more"
	make "$first" "${called:-$(stem "$1")}" "$line | $labels | texmerge --all --pictures --views 3 >maps.tar.zst" || exit 2
	exit 0
fi

good=0 bad=0
try() {
	if is_video "$1"; then
		photo=$1
		failed "a video is of one person: --one-person"
		bad=$((bad + 1))
	elif one "$1"; then
		good=$((good + 1))
	else
		bad=$((bad + 1))
	fi
}
several=$#
for operand; do
	if [ -d "$operand" ]; then
		several=2 before=$((good + bad))
		for f in "${operand%/}"/*; do
			! is_photo "$f" || [ ! -f "$f" ] || try "$f"
		done
		[ $((good + bad)) -gt $before ] || { photo=$operand; failed "no photo in this folder"; bad=$((bad + 1)); }
	elif [ "$several" -gt 1 ] && [ -f "$operand" ] && ! is_photo "$operand" && ! is_video "$operand"; then
		plain "$operand: passed over, not a photo by its name"	# as from dualtex photos/*
	else
		try "$operand"
	fi
done
[ $bad -gt 0 ] || exit 0
[ $((good + bad)) -eq 1 ] || plain "dualtex: $bad of $((good + bad)) photos failed" >&2
[ $good -gt 0 ] || exit 2
exit 1
