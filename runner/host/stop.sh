#!/bin/sh
# Sends $signal to the worker and to all that belongs to it.
for pid in $(starter) $(worker); do
	kill -s "${signal:?}" -- "-$pid" 2>/dev/null || kill -s "$signal" "$pid" 2>/dev/null
done
# One that is gone by now is what is wanted.
true
