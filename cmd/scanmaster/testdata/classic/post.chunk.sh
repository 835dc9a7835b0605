#!/bin/sh
# A post-chunk helper: the newest entry of output/ is the folder of the results;
# of all sub-chunks in it the names of those that are well go to one file.
# usage: post.chunk.sh FOLDER
set -eu
cd "$1"
# shellcheck disable=SC2012 # by time, as such helpers have it
newest=$(ls -t output | head -1)
for sub in "output/$newest"/*/; do
	[ ! -e "$sub/hosts_ok" ] || cut -d, -f1 "$sub/hosts_ok"
done >output/well
