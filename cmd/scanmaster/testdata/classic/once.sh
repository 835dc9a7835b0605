#!/bin/sh
# Compares what an aggregator has gathered with the input: each target is there
# once, among those that were taken in hand and among those with an outcome. The
# same goes for what post.chunk.sh has left in the workers' folders.
# usage: once.sh INPUT GATHERED FOLDERS
set -eu
input=$1 gathered=$2 folders=$3
names() { cut -d, -f1 "$@" | cut -d' ' -f1 | sort; }
same() {
	[ "$1" = "$2" ] && return
	printf '%s: want\n%s\ngot\n%s\n' "$3" "$1" "$2" >&2
	exit 1
}

want=$(names "$input")
same "$want" "$(names "$gathered/all.checked")" "in hand"
same "$(names "$gathered/all.ok")" "$(sort "$folders"/[0-9]*.x*/output/well)" "post-chunk"
set --
for file in "$gathered"/all.*; do
	[ "$file" = "$gathered/all.checked" ] || set -- "$@" "$file"
done
same "$want" "$(names "$@")" "with an outcome"
