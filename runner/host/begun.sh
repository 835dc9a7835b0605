#!/bin/sh
# Tells how far the worker of the chunk $chunk is. Its process is looked for
# first: one that has finished in between has left .done by then. The script that
# starts it is looked for before it: one that has become the worker in between is
# found as that.
say starter "$(starter)"
say pid "$(worker)"
for folder in "${prefix:?}"/[0-9]*."${chunk:?}"; do
	[ -d "$folder" ] || continue
	say folder "${folder##*/}"
	[ -e "$folder/.done" ] && say finished yes
	[ -e "$folder/.slave" ] && say slave yes
	break
done
[ -d "$prefix" ] || say apart yes
if [ -f "${log:?}" ]; then
	tail -c "+${from:?}" "$log" | tail -c 1000 | tr -d '\000\r' | sed 's/^/words=/'
fi
