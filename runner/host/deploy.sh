#!/bin/sh
# Makes the folder of the binary $sum, and tells what is there by now.
umask 077
root=.cache/scanmaster

# digest prints the SHA-256 of a file; systems have different commands for it.
digest() {
	case $hasher in
	sha256sum) sha256sum "$1" ;;
	shasum) shasum -a 256 "$1" ;;
	openssl) openssl dgst -sha256 -r "$1" ;;
	esac | cut -c 1-64
}

hasher=
for hasher in sha256sum shasum openssl ''; do
	have "$hasher" && break
done
if [ -z "$hasher" ]; then
	echo 'there is no sha256sum, shasum or openssl to check a copy by' >&2
	return 1
fi
mkdir -p "$root/${sum:?}" && chmod 700 "$root" "$root/$sum" && touch "$root/$sum" || return
say folder "$(pwd)/$root/$sum"
binary=$root/$sum/scanmaster
if [ -f "$binary" ] && [ ! -L "$binary" ] && [ -x "$binary" ]; then
	found=$(digest "$binary") || return
	say found "$found"
fi
