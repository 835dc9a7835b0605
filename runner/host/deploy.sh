#!/bin/sh
# Makes the folder of the binary $sum, and tells what is there by now.
umask 077
find_hasher || return
mkdir -p "${root:?}/${sum:?}" && chmod 700 "$root" "$root/$sum" && touch "$root/$sum" || return
say folder "$(pwd)/$root/$sum"
compare
