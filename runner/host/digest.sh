#!/bin/sh
# Stands before the scripts that look for binaries.
root=.cache/scanmaster

# find_hasher sets hasher to a command for SHA-256; systems have different ones.
find_hasher() {
	for hasher in sha256sum shasum openssl ''; do
		have "$hasher" && return
	done
	echo 'there is no sha256sum, shasum or openssl to check a copy by: install coreutils there' >&2
	return 1
}

# digest prints the SHA-256 of a file.
digest() {
	case $hasher in
	sha256sum) sha256sum "$1" ;;
	shasum) shasum -a 256 "$1" ;;
	openssl) openssl dgst -sha256 -r "$1" ;;
	esac | cut -c 1-64
}

# compare tells of the binary $sum whether it is there, and is what it is
# called.
compare() {
	binary=$root/${sum:?}/scanmaster
	if [ -f "$binary" ] && [ ! -L "$binary" ] && [ -x "$binary" ]; then
		found=$(digest "$binary") || return
		say found "$found"
	fi
}
