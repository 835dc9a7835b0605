#!/bin/sh
# An aggregator: gathers the results of all folders, a file each kind, counts
# them, and moves everything to a history, where earlier ones stay.
# usage, as a master calls it in PREFIX/input/MIN: move-away.sh NAME INPUT STARTED
set -eu
name=$1 input=$2 started=$3
[ "$(pwd)" = "$(cd "$(dirname "$started")" && pwd)/input/$(basename "$(pwd)")" ]
cd ../..

until day=.old/$(date +%Y%m%d%H%M%S) && mkdir -p .old && mkdir "$day" 2>/dev/null; do sleep 1; done
find ./* -type f -name 'hosts_*' | sed 's,.*/hosts_,,' | sort -u | while read -r kind; do
	find ./* -type f -name "hosts_$kind" -exec cat {} + >"all.$kind"
done
{
	date
	echo "$name: $(wc -l <"$input") lines of input"
	wc -l all.*
} >counts
for entry in *; do
	mv "$entry" "$day"
done
