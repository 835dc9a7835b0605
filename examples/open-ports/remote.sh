#!/bin/sh
# Which ports are open to others that should not be? The arguments are those that
# may be: 22/tcp, or a range, 33434-33523/udp. Ports on loopback are of no account.
#
# 0  none: all that are open may be
# 3  there is neither ss nor netstat
# 4  they were asked, and fail
# 5  those that may not be, with the programs behind them as far as ss tells root
set -eu

LC_ALL=C PATH=$PATH:${ROOT-}/usr/sbin:${ROOT-}/sbin
export LC_ALL PATH

# The column of the local address comes first, then what is asked.
if command -v ss >/dev/null; then
	column=5
	set -- "$@" -- ss -ltunp
elif command -v netstat >/dev/null; then
	column=4
	set -- "$@" -- netstat -ltun
else
	echo "neither ss nor netstat"
	exit 3
fi

allowed=
while [ "$1" != -- ]; do
	allowed="$allowed $1"
	shift
done
shift
listening=$("$@" 2>/dev/null) || {
	echo "$1 ends with $?"
	exit 4
}

found=$(printf '%s\n' "$listening" | awk -v column="$column" -v allowed="$allowed" '
	BEGIN {
		n = split(allowed, rule, " ")
		for (i = 1; i <= n; i++) {
			split(rule[i], part, "/")
			last[i] = first[i] = part[1]
			if (split(part[1], range, "-") == 2) { first[i] = range[1]; last[i] = range[2] }
			protocol[i] = part[2]
		}
	}
	!/^(tcp|udp)/ { next }
	{
		port = address = $column
		sub(/.*:/, "", port)
		sub(/:[^:]*$/, "", address)
		if (address ~ /^(\[?::ffff:)?127\./ || address ~ /^(\[::1\]|::1)$/) next
		kind = substr($1, 1, 3)
		verdict = "bad"
		for (i = 1; i <= n; i++)
			if (kind == protocol[i] && port + 0 >= first[i] + 0 && port + 0 <= last[i] + 0) verdict = "good"
		program = ""
		if (verdict == "bad" && match($0, /users:\(\("[^"]*"/)) program = " (" substr($0, RSTART + 9, RLENGTH - 10) ")"
		print verdict, port "/" kind program
	}' | sort -u -k 2n -k 1)

# list says the ports of one verdict on one line.
list() {
	printf '%s\n' "$found" | awk -v verdict="$1" '
		$1 == verdict { printf "%s%s", sep, substr($0, length(verdict) + 2); sep = ", " }'
}

bad=$(list bad)
if [ -n "$bad" ]; then
	echo "not allowed: $bad"
	exit 5
fi
open=$(list good)
echo "open, as allowed: ${open:-none}"
