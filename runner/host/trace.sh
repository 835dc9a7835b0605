#!/bin/sh
# Tells whether there is a trace of what was launched: a process, or what it
# leaves. One that is quick and has nothing to say leaves but its folder.
say starter "$(starter)"
say log "$(size)"
for left in "${pid_file?}" "${prefix:?}"/[0-9]*."${chunk:?}"; do
	if [ -e "$left" ]; then
		say left yes
		break
	fi
done
