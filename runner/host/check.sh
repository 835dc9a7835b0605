#!/bin/sh
# Has the worker look at its own set-up, by the command $line, which is quoted.
words=$(eval "${line:?}" 2>&1)
say status $?
printf '%s\n' "$words" | sed 's/^/words=/'
