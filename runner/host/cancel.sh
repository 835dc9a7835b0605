#!/bin/sh
# Sends $signal to all that belongs to the run $run: its workers, the scripts
# that start them and the sessions that they are in, but nobody who merely looks
# at its files. Tells how many processes that were.
members() {
	processes "${run:?}" | while read -r pid args; do
		case "$args " in
		*' -A '*"/.run-$run/"* | \
			"sh .cache/scanmaster/run.$run."* | */"sh .cache/scanmaster/run.$run."* | \
			SCREEN*"/.screenrc.scanslave.$run."* | SCREEN*" .screenrc.scanslave.$run."*)
			printf '%s\n' "$pid"
			;;
		esac
	done
}
found=0
for pid in $(members); do
	found=$((found + 1))
	kill -s "${signal:?}" -- "-$pid" 2>/dev/null || kill -s "$signal" "$pid" 2>/dev/null
done
say found "$found"
