#!/bin/sh
# Runs on the master before anything else; gets the name of the scan.
echo "about to scan $1: $(grep -vc "^#" "$(dirname "$0")/targets.txt") targets are listed"
