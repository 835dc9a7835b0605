#!/bin/sh
# After each chunk, on its worker, in the chunk's folder, which is the argument
# too. Keeps the certificates that run out soon, sorted.
set -eu

cd "$1"
find output -name hosts_exit_2 -exec cat {} + | sort >expiring
