#!/bin/sh
# Says which package updates a target is waiting for; status 3 where it isn't
# known how to ask.
set -eu

if command -v apt-get >/dev/null; then
	apt-get --simulate --quiet=2 upgrade | sed -n 's/^Inst \([^ ]*\) \[\([^]]*\)\] (\([^ ]*\).*/\1 \2 -> \3/p'
elif command -v dnf >/dev/null; then
	# Status 100 tells that there are updates.
	dnf --quiet check-update || [ $? -eq 100 ]
else
	echo "neither apt-get nor dnf" >&2
	exit 3
fi
