#!/bin/sh
# completion.bash: what it offers is what the programs' -h says.
. tests/lib.sh

cat >"$tmp/try" <<'B'
. pipelines/completion.bash "$1"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_dualtex "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
echo "${COMPREPLY[@]}"
B
offers() { bash "$tmp/try" "$@"; }

is 'an option' "$(offers cutout --fi)" '--fit'
is 'its words' "$(offers cutout --fit '')" 'crop pad stretch'
is 'the same by its letter' "$(offers cutout -f s)" 'stretch'
is 'a file: bash finds it' "$(offers hallucinate -w '')" ''
is 'a number: nothing' "$(offers cutout -s '')" ''
is 'the common options, too' "$(offers tscmp --keep)" '--keep-going'
is 'a command' "$(offers weights i)" 'init import'
is 'an option of a command' "$(offers weights init --pre)" '--preset'
is 'its words ' "$(offers weights init --preset '')" 'base small tiny'
is 'behind a flag comes anything' "$(offers cutout -v --mar)" '--margin'
is 'a flag of a digit' "$(offers dualtex -)" "$(dualtex -h | grep -oE '^ +-[a-zA-Z0-9], --[a-z-]+' | tr -d ',' | xargs)"
is 'no program, no offer' "$(offers "$tmp/none" --x)" ''
for p in "$BIN"/*; do
	p=${p##*/}
	"$p" -h >"$tmp/h" 2>/dev/null || continue
	want=$(grep -oE '^ +(-[a-zA-Z0-9], )?--[a-z0-9-]+' "$tmp/h" | grep -oE -- '--[a-z0-9-]+' | tr '\n' ' ')
	is "all of $p" "$(offers "$p" -- | tr ' ' '\n' | grep '^--' | tr '\n' ' ')" "$want"
done

# As bash-completion loads it: by a link with the program's name.
ln -s "$PWD/pipelines/completion.bash" "$tmp/cutout"
is 'a link is for its program' "$(bash -c ". '$tmp/cutout'; complete -p cutout")" 'complete -o default -F _dualtex cutout'
done_testing
