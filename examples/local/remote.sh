#!/bin/sh
# One line a target: kernel, machine, processors and load.
set -eu

cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo '?')
load=$(uptime | sed 's/.*load average[s]*: *//')
printf '%s %s, %s processors, load %s\n' "$(uname -sr)" "$(uname -m)" "$cores" "$load"
