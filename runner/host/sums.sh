#!/bin/sh
# Stands before lines such as: sum 100 'the path of a file' || return
find_hasher || return

# sum prints the SHA-256 of the first so many bytes of a file.
sum() {
	# An input redirection gives the size without what wc pads it with.
	if [ -f "$2" ] && [ ! -L "$2" ] && [ "$(wc -c <"$2")" -ge "$1" ]; then
		head -c "$1" "$2" | case ${hasher:?} in
		sha256sum) sha256sum ;;
		shasum) shasum -a 256 ;;
		openssl) openssl dgst -sha256 -r ;;
		esac | sed 's/^\([0-9a-f]*\).*/words=\1/'
	else
		say words -
	fi
}
