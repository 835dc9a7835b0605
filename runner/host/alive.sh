#!/bin/sh
# Tells whether the worker runs, and in which session of screen.
say pid "$(worker)"
say starter "$(starter)"
say session "$(session)"
if find_screen; then
	say screen_dir "${screen_dir?}"
fi
