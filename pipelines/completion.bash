# Completion for bash: options, their words and commands, as `PROGRAM -h` prints them, so
# that there is no second table of options.
#
#	. pipelines/completion.bash PROGRAM...
#
# `make install` puts a link to this file for each program where bash-completion looks.

_dualtex() {	# PROGRAM WORD WORD-BEFORE, as `complete -F` calls it
	local program=$1 word=$2 before=$3 line names arg words=
	local option='^ +((-[a-zA-Z0-9]), )?(--[a-z0-9-]+)( ([^ ]+))?'
	local command=${COMP_WORDS[1]}

	COMPREPLY=()
	[[ $COMP_CWORD -gt 1 && $command == [a-z]* ]] || command=
	while IFS= read -r line; do
		if [[ $line == usage:* && $COMP_CWORD -eq 1 && $word != -* ]]; then
			[[ $line =~ \ ([a-z]+(\|[a-z]+)+)(\ |$) ]] && words=${BASH_REMATCH[1]//|/ }
		elif [[ $line =~ $option ]]; then
			names="${BASH_REMATCH[2]} ${BASH_REMATCH[3]}" arg=${BASH_REMATCH[5]}
			if [[ " $names " == *" $before "* && $before == -* && -n $arg ]]; then
				[[ $arg != *'|'* ]] || words=${arg//|/ }
				mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
				return
			fi
			[[ $word != -* ]] || words+=" $names"
		fi
	done < <("$program" ${command:+"$command"} -h 2>/dev/null || "$program" -h 2>/dev/null)
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

# Without words of ours bash completes names of files.
if [ "${BASH_SOURCE[0]##*/}" != completion.bash ]; then
	complete -o default -F _dualtex "${BASH_SOURCE[0]##*/}"
elif [ $# -gt 0 ]; then
	complete -o default -F _dualtex "$@"
fi
