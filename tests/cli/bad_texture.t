#!/bin/sh
# Input that programs of textures must refuse, tests/bad/texture: exit 2 with
# the words of tests/bad/texture/reasons (file, command, words; @ in a command
# is the file, else it comes on standard input), and no whole stream left
# behind. make.py beside them has made them.
. tests/lib.sh
bad=tests/bad/texture

run() {	# run FILE COMMAND...: what the reasons mean
	f=$bad/$1; shift
	case " $* " in
	*' @ '*)
		# shellcheck disable=SC2046	# words of a command
		set -- $(echo "$*" | sed "s,@,$f,")
		"$@" </dev/null ;;
	*)	"$@" <"$f" ;;
	esac >"$tmp/stream"
}

tab=$(printf '\t')
while IFS=$tab read -r file command words; do
	# shellcheck disable=SC2086	# words of a command
	exits "$file: $command: $words" 2 "$words" run "$file" $command
	exits "$file: $command: no end mark" 2 '' tsls "$tmp/stream"
done <$bad/reasons
is 'every file has a reason' "$(cut -f1 $bad/reasons | sort -u)" \
    "$(find $bad -type f ! -name reasons ! -name make.py | sed 's,.*/,,' | sort)"

# With -k the sample is left out, and the others come through.
cat $bad/iuv-with-part-200.tar.zst tests/golden/person.tar.zst >"$tmp/two"
exits '-k leaves a bad sample out' 1 'part 200.*; left out' iuv2coord -k <"$tmp/two"
is 'and writes the other' "$(iuv2coord -k <"$tmp/two" 2>/dev/null | tsls | grep -c 'source.coord')" 1

for p in iuv2coord unwrap render-warp pose2heat texconv; do
	exits "$p: an option that it does not have" 2 "$p: " "$p" --no-such-option
	exits "$p: an operand too many" 2 '' "$p" /no/such/file
done
exits 'uvlut without its files' 2 'want --mat and --body' uvlut
exits 'iuv2coord: a size out of range' 2 'texture' iuv2coord -T 1
done_testing
