#!/bin/sh
# Runs on each worker after its chunk, in the chunk's folder: counts the
# results of every kind.
wc -l output/*/*/hosts_* > counts.txt
