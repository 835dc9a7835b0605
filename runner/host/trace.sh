#!/bin/sh
# Tells whether there is a trace of what was launched: a process, or what it
# leaves at its start.
say starter "$(starter)"
say log "$(size)"
if [ -n "${pid_file?}" ] && [ -e "$pid_file" ]; then
	say pid_file yes
fi
