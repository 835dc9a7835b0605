#!/bin/sh
# After all workers are done, on the master. Arguments: the name of the scan,
# its input, and the file whose time is that of the start. What it makes goes to
# PREFIX/final: a certificate a line, the soonest to run out first.
set -eu

name=$1 started=$3
prefix=$(dirname "$started")
mkdir -p "$prefix/final"

# A record is HOST,IP,DATE WHERE; DATE WHERE. Folders whose names begin with a
# dot are of earlier runs.
find "$prefix" -path "$prefix/.*" -prune -o -path '*/output/*' \
	\( -name hosts_ok -o -name 'hosts_exit_[456]' \) -newer "$started" -exec cat {} + |
	awk '{
		host = $0; sub(/,.*/, "", host)
		sub(/^[^,]*,[^,]*,/, "")
		n = split($0, certificate, "; ")
		for (i = 1; i <= n; i++) if (certificate[i] ~ / /) {
			split(certificate[i], part, " ")
			print part[1], host, substr(certificate[i], length(part[1]) + 2)
		}
	}' | sort >"$prefix/final/expiring"
echo "$name: $(wc -l <"$prefix/final/expiring") certificates"
