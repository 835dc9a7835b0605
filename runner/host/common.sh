#!/bin/sh
# Stands before every script that is sent to a host.

export LC_ALL=C

# say prints one thing that is known, as key=value.
say() { printf '%s=%s\n' "$1" "$2"; }

# have tells whether there is a command.
have() { command -v "$1" >/dev/null 2>&1; }

# lists tells whether screen can list its sessions, and so keep one.
lists() {
	screen_says=$(screen -ls 2>&1)
	case $screen_says in
	*'No Sockets found'* | *'There is a screen'* | *'There are screens'*) ;;
	*) return 1 ;;
	esac
}

# find_screen finds where screen can keep its sessions: where it does by itself,
# else in a folder that screen sees to be ours alone. It exports SCREENDIR then,
# and sets screen_dir.
find_screen() {
	screen_dir=
	have screen || return 1
	lists && return
	screen_refused=$screen_says
	screen_dir=/tmp/.screen-scanmaster-$(id -u)
	mkdir -m 700 "$screen_dir" 2>/dev/null
	export SCREENDIR="$screen_dir"
	lists && return
	screen_says=$screen_refused
	return 1
}

# size prints that of the log, or nothing where there is none.
size() { [ ! -f "${log:-}" ] || wc -c <"$log" | tr -d ' '; }
