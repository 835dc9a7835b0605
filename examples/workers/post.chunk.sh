#!/bin/sh
# After each chunk, on its worker. Arguments: the chunk's folder, which is the
# working directory too. Counts the packages that await an update.
set -eu

cd "$1"
find output -name hosts_ok -exec sed 's/^[^,]*,[^,]*,//' {} + |
	awk 'NF { waiting[$1]++ } END { for (p in waiting) print waiting[p], p }' |
	sort -rn >packages
