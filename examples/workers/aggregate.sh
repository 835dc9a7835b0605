#!/bin/sh
# After all workers are done, on the master, in the folder of the chunks.
# Arguments: the name of the scan, its input, and the file whose time is that
# of the start. What it makes goes to PREFIX/final.
set -eu

name=$1 started=$3
prefix=$(dirname "$started")
mkdir -p "$prefix/final"

# Folders whose names begin with a dot are of earlier runs.
find "$prefix" -path "$prefix/.*" -prune -o -name packages -newer "$started" -exec cat {} + |
	awk '{ waiting[$2] += $1 } END { for (p in waiting) print waiting[p], p }' |
	sort -rn >"$prefix/final/packages"
echo "$name: $(wc -l <"$prefix/final/packages") packages await an update"
