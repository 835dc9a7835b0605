#!/bin/sh
# Tells whether the binary $sum is there, and touches nothing.
find_hasher || return
say folder "$(pwd)/${root:?}/${sum:?}"
compare
