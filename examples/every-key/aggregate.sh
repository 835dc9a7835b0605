#!/bin/sh
# After all workers are done, on the master. Arguments: the name of the scan,
# its input, and the file whose time is that of the start.
set -eu

started=$3
prefix=$(dirname "$started")
mkdir -p "$prefix/final"
find "$prefix" -path "$prefix/.*" -prune -o -name expiring -newer "$started" -exec cat {} + |
	sort -u >"$prefix/final/expiring"
