#!/bin/sh
# Tells about this host and about $dir on it.

# avail picks what is free out of the last line of a table of df's.
avail() { df "$1" "${dir:?}" 2>/dev/null | sed -n '$s/.* \([0-9][0-9]*\)  *[0-9][0-9]*%.*/\1/p'; }

say clock "$(date +%s)"
say os "$(uname -s)"
say arch "$(uname -m)"
say home "$(pwd)"
say user "$(id -un)"
say uid "$(id -u)"
say gid "$(id -g)"
say groups "$(id -G)"
say umask "$(umask)"

if have screen; then
	say screen "$(command -v screen)"
	say screen_version "$(screen -v 2>&1 | sed 1q)"
	if find_screen; then
		say screen_works yes
		say screen_dir "${screen_dir?}"
	else
		say screen_says "$(printf '%s\n' "${screen_says?}" | sed 1q)"
	fi
fi
have setsid && say setsid yes

# The classic one is a script, which is not called just to see what it is.
if have scanslave; then
	scanslave=$(command -v scanslave)
	say scanslave "$scanslave"
	case $(od -An -tx1 -N4 "$scanslave" | tr -d ' \n') in
	2321*) say scanslave_kind script ;;
	*) say scanslave_version "$("$scanslave" --version 2>/dev/null | sed -n '1{/^scanmaster /p;}')" ;;
	esac
fi

# Of who has no session of logind's nothing is ended at the logout.
if [ -n "${XDG_SESSION_ID:-}" ] && have loginctl; then
	loginctl show-user 2>/dev/null | sed -n \
		-e 's/^KillUserProcesses=/logind_kill=/p' \
		-e 's/^KillOnlyUsers=/logind_only=/p' \
		-e 's/^KillExcludeUsers=/logind_except=/p'
	loginctl show-user "$(id -un)" -p Linger 2>/dev/null | sed -n 's/^Linger=/logind_linger=/p'
fi

if [ -d "$dir" ]; then
	say dir yes
	[ -r "$dir" ] && [ -x "$dir" ] && say dir_readable yes
	[ -w "$dir" ] && [ -x "$dir" ] && say dir_writable yes
	# shellcheck disable=SC2012 # numbers of one folder, not names
	ls -ldLn "$dir" | {
		read -r mode _ owner group _
		say dir_mode "$mode"
		say dir_uid "$owner"
		say dir_gid "$group"
	}
	say dir_kib "$(avail -Pk)"
	say dir_inodes "$(avail -Pi)"
elif [ -e "$dir" ]; then
	say dir file
fi
true
