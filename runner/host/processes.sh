#!/bin/sh
# Stands before the scripts that ask what runs. $script is the script that was
# launched, below the home folder, $chunk_file the chunk, $rc the screenrc.

# processes prints those that name a word, as "PID ARGUMENT ARGUMENT " with
# newlines for the blanks that no argument can be told from.
processes() {
	if [ -r /proc/self/cmdline ]; then
		grep -lF -- "$1" /proc/[0-9]*/cmdline 2>/dev/null | while read -r file; do
			pid=${file#/proc/}
			printf '%s ' "${pid%/cmdline}"
			tr '\n\000' '? ' 2>/dev/null <"$file"
			echo
		done
	else
		# shellcheck disable=SC2009 # pgrep is no more common than ps
		ps -A -o pid= -o args= | grep -F -- "$1" | sed 's/^ *//; s/$/ /'
	fi
}

# starter prints the process id of the script, before it has become the worker
# or while it waits for it.
starter() {
	processes "${script:?}" | while read -r pid args; do
		case "$args " in
		"sh $script "* | */"sh $script "*)
			printf '%s\n' "$pid"
			break
			;;
		esac
	done
}

# worker prints the process ids of the worker. Who else reads the chunk is not
# given a mode of authentication.
worker() {
	processes "${chunk_file:?}" | while read -r pid args; do
		case "$args " in
		*' -A '*" $chunk_file "*)
			printf '%s\n' "$pid"
			break
			;;
		esac
	done
}

# session prints the process id of the screen session, which begins its name.
session() {
	processes "${rc:?}" | while read -r pid args; do
		case "$args " in
		SCREEN*" -c $rc "*)
			printf '%s\n' "$pid"
			break
			;;
		esac
	done
}
