#!/bin/sh
# Runs on every target. What it prints is in final/output, the first line in
# final/ok too; its exit status sorts the target: ok, exit_1, exit_2 …
# This one tells the system and since when it is up, and ends with 3 where it
# waits for a reboot.
set -eu

os=$(sed -n 's/^PRETTY_NAME="*\([^"]*\).*/\1/p' /etc/os-release 2>/dev/null || uname -s)
up=$(uptime | sed -e 's/.* up *//' -e 's/, *[0-9]* user.*//')
printf '%s, %s %s, up %s\n' "$os" "$(uname -r)" "$(uname -m)" "$up"

if [ -e /var/run/reboot-required ]; then
	exit 3
fi
