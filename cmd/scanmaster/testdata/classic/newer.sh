#!/bin/sh
# An aggregator: gathers the results, a file each kind, of those folders alone
# that have changed since the scan started, and there of such files.
# usage, as a master calls it in PREFIX/input/MIN: newer.sh NAME INPUT STARTED
set -eu
started=$3
cd "$(dirname "$started")"
rm -rf gathered
mkdir gathered
find . -mindepth 1 -maxdepth 1 -name '[!.]*' -type d -newer "$started" | while read -r folder; do
	find "$folder" -type f -name 'hosts_*' -newer "$started" | while read -r file; do
		cat "$file" >>"gathered/all.$(basename "$file" | sed s/hosts_//)"
	done
done
