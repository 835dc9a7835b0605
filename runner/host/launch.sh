#!/bin/sh
# Writes the files that the start needs, each whole or not at all.
umask 077

# put writes a file with a mode.
put() {
	printf '%s' "$2" >"$1.new" && chmod "$3" "$1.new" && mv -f "$1.new" "$1"
}

# What is there already is no trace of this start.
say log "$(size)"
rm -f "${pid_file?}"
mkdir -p "$(dirname "${script:?}")" && put "$script" "${script_text?}" 0700 || return
if [ -n "${rc?}" ]; then
	put "$rc" "${rc_text?}" 0600 || return
	find_screen || {
		printf 'screen: %s\n' "${screen_says:-not found}" >&2
		return 1
	}
	say screen_dir "${screen_dir?}"
fi
