#!/bin/sh
# Before anything else, on the master. Arguments: the name of the scan.
# A failure here stops the scan before anything is touched.
set -eu

name=$1
if ! mountpoint -q /mnt/scanmaster; then
	echo "$name: the share is not mounted at /mnt/scanmaster" >&2
	exit 1
fi
