#!/bin/sh
# Tells whether the worker runs, and in which session of screen.
# In this order: the script may become the worker in between.
say starter "$(starter)"
say pid "$(worker)"
say session "$(session)"
if find_screen; then
	say screen_dir "${screen_dir?}"
fi
