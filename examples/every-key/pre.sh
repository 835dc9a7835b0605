#!/bin/sh
# Before anything else, on the master. Arguments: the name of the scan.
set -eu

logger -t scanmaster "$1 begins" || true
