#!/bin/sh
# Table 1 of the paper for pictures of any method:
#
#	pipelines/methods.sh OUT PAIRS TRUE NAME=FOLDER|STREAM:FIELD...
#
# PAIRS is a list of FROM,TO: pictures of a person, and in which of their
# poses they were generated (DeepFashion's has a first line "from,to"). TRUE
# is the folder of all pictures. Each FOLDER has what a method made of each
# pair, by one of these names, with any of the endings of JPEG, PNG and TIFF:
#
#	FROM_2_TO_vis, FROM_2_TO	Global-Flow-Local-Attention
#	FROM___TO_vis, FROM___TO	Pose-Transfer and what goes back to it
#	FROM__TO, FROM_TO, FROM/TO, TO	others
#
# Ours is a STREAM of tspair(1)'s test pairs with target.gen (G_I) or
# target.render (G_T), as FIELD; its true pictures are its own, target.image.
# FROM and TO are those of the list, with or without their own endings. All
# pictures must have the size of the true ones: what brings them to it changes
# the figures. Of every measure of the protocol the means are printed, and FID,
# LPIPS and SSIM once more beside the paper's. OUT/NAME.tsv and OUT/NAME.metrics
# keep the files and the figures of each picture.
#
#	PROTOCOL	of metrics(1); default gfla
#	NETS		weights of LPIPS and FID, as weights(1) import makes them from
#			the files of others: AlexNet and its heads, and Inception;
#			without, the columns say nan
#	REAL		statistics of the real pictures of FID, see metrics(1)
#	PAPER		deepfashion (default) or iper: which columns of the paper
set -e
usage='usage: pipelines/methods.sh OUT PAIRS TRUE NAME=FOLDER|STREAM:FIELD...'
out=${1:?$usage} pairs=${2:?$usage} true=${3:?$usage}
shift 3
: "${1:?$usage}"
here=${0%/*} tab=$(printf '\t')
protocol=${PROTOCOL:-gfla} paper=${PAPER:-deepfashion}
case $paper in
deepfashion|iper) ;;
*) echo "methods.sh: PAPER is $paper, want deepfashion or iper" >&2; exit 2 ;;
esac

die() { echo "methods.sh: $*" >&2; exit 2; }

# picture BASE: the file of this name with some ending.
picture() {
	for e in "" .png .jpg .jpeg .tif .tiff .PNG .JPG .JPEG .TIF .TIFF; do
		[ -f "$1$e" ] && printf '%s\n' "$1$e" && return
	done
	return 1
}
stem() { case $1 in *.[jJpPtT][pPnNiI]*) printf '%s\n' "${1%.*}" ;; *) printf '%s\n' "$1" ;; esac; }
# names FROM TO: under which a method may have the pair.
names() {
	for f in "$1" "$(stem "$1")"; do
		for t in "$2" "$(stem "$2")"; do
			printf '%s\n' "${f}_2_${t}_vis" "${f}_2_$t" "${f}___${t}_vis" "${f}___$t" "${f}__$t" "${f}_$t" "$f/$t" "$t"
		done
	done
}

[ -f "$pairs" ] || die "$pairs: no such list"
[ -d "$true" ] || die "$true: no such folder"
mkdir -p "$out"
trap 'rm -f "$out"/*.part' EXIT
tr -d '\r' <"$pairs" | sed '/^$/d; 1{/^[Ff]rom,[Tt]o$/d;}' >"$out/pairs.part"
mv "$out/pairs.part" "$out/pairs"
[ -s "$out/pairs" ] || die "$pairs: names no pairs, want lines FROM,TO"
! grep -q "$tab" "$out/pairs" || die "$pairs: has tabs, which no table can hold"

# table NAME FOLDER: $out/NAME.tsv. The first pair says how its files are called.
table() {
	which='' n=0
	printf 'key\ttrue.image\tmethod.image\n'
	while IFS=, read -r from to rest; do
		n=$((n + 1))
		[ -n "$from" ] && [ -n "$to" ] && [ -z "$rest" ] || die "$pairs: line $n: want FROM,TO"
		a=$(picture "$true/$to") || a=$(picture "$true/$(stem "$to")") || die "$true: no picture of $to"
		if [ -z "$which" ]; then
			i=0
			names "$from" "$to" >"$out/names.part"
			while read -r b; do
				i=$((i + 1))
				picture "$2/$b" >/dev/null && which=$i && break
			done <"$out/names.part"
			[ -n "$which" ] || die "$2: no picture of the pair $from,$to; tried $(head -n 8 "$out/names.part" | tr '\n' ' ')"
		fi
		b=$2/$(names "$from" "$to" | sed -n "${which}p")
		p=$(picture "$b") || die "no picture of the pair $from,$to, want $b and an ending"
		printf '%08d\t%s\t%s\n' "$n" "$a" "$p"
	done <"$out/pairs"
}

nets() { for w in $NETS; do printf ' --nets %s' "$w"; done; }
for m; do
	name=${m%%=*} folder=${m#*=}
	case $m in [!=]*=?*) ;; *) die "\"$m\", want NAME=FOLDER or NAME=STREAM:FIELD" ;; esac
	case $name in *[!A-Za-z0-9_.+-]*|.*) die "\"$name\", want a name of letters, digits and _.+-" ;; esac
	if [ -f "${folder%:*}" ]; then
		stream=${folder%:*} a=target.image b=${folder##*:}
	else
		[ -d "$folder" ] || die "$folder: no such folder, nor a STREAM:FIELD"
		table "$name" "$folder" >"$out/$name.tsv.part"
		mv "$out/$name.tsv.part" "$out/$name.tsv"
		img2ts "$out/$name.tsv" >"$out/pictures.part"
		stream=$out/pictures.part a=true.image b=method.image
	fi
	# NETS are several words.
	# shellcheck disable=SC2046
	metrics -a "$a" -b "$b" -p "$protocol" $(nets) ${REAL:+--real "$REAL"} <"$stream" >"$out/$name.part"
	mv "$out/$name.part" "$out/$name.metrics"
	awk -v name="$name" '
		/^# (protocol|not measured)/ { note = note $0 "\n" }
		/^key\t/ { split($0, head, "\t") }
		/^#n\t/ { n = $3 }
		/^#mean\t/ { cols = split($0, mean, "\t") }
		END {
			printf "%s", note
			for (i = 3; i <= cols; i++)
				print name "\t" head[i] "\t" mean[i] "\t" n
		}' "$out/$name.metrics" >"$out/$name.mean"
done
for m; do
	cat "$out/${m%%=*}.mean"
done | awk -F'\t' -v paper="$paper" -v file="$here/methods.tsv" '
	function show(name, fid, lpips, ssim) {
		printf "%-20s  %8s %8s %8s\n", name, fid, lpips, ssim
	}
	function ours(name, kind) {
		return (name, kind) in best ? sprintf("%.3f", best[name, kind]) : "nan"
	}
	/^#/ { if (!said[$0]++) print; next }
	{
		if (!($1 in seen)) { seen[$1] = 1; order[++methods] = $1 }
		if (!($2 in column)) { column[$2] = 1; what[++measures] = $2 }
		value[$1, $2] = $3
		count[$1] = $4
		kind = $2
		sub(/-.*/, "", kind)
		if (!(($1, kind) in best)) best[$1, kind] = $3
	}
	END {
		printf "%-20s  %8s", "", "pairs"
		for (k = 1; k <= measures; k++) printf " %12s", what[k]
		print ""
		for (m = 1; m <= methods; m++) {
			printf "%-20s  %8d", order[m], count[order[m]]
			for (k = 1; k <= measures; k++) printf " %12.4f", value[order[m], what[k]]
			print ""
		}
		print "\nTable 1, " (paper == "iper" ? "iPER" : "DeepFashion") "; the paper names no protocol"
		show("", "FID", "LPIPS", "SSIM")
		while ((getline line <file) > 0) {
			if (line ~ /^#/) continue
			split(line, p, "\t")
			if (paper == "iper") show("paper: " p[1], "nan", p[5], p[6])
			else show("paper: " p[1], p[2], p[3], p[4])
		}
		for (m = 1; m <= methods; m++)
			show("here: " order[m], ours(order[m], "fid"), ours(order[m], "lpips"), ours(order[m], "ssim"))
	}'
