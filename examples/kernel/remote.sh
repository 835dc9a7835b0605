#!/bin/sh
# Does this host run the newest kernel that is installed, or must it be started
# anew? Kernels of another flavour, such as -rt or -cloud, don't count.
#
# 0  it runs the newest
# 3  no kernel is installed: a container, or one that boots from elsewhere
# 5  a newer one is installed, or the running one isn't any more
set -eu

LC_ALL=C
export LC_ALL

# flavour leaves of a release what stays from update to update:
# 6.1.0-21-amd64 → amd64, 5.14.0-427.13.1.el9_4.x86_64 → x86_64.
flavour() {
	printf '%s\n' "$1" | sed -E 's/^[0-9][0-9._-]*//; s/^(amzn|deb|el|fc)[0-9_.]*//; s/^[.-]//'
}

# installed says which kernels there are. This file comes and goes with a
# kernel's package, on all distributions.
installed() {
	for file in "${ROOT-}"/lib/modules/*/modules.builtin; do
		[ ! -e "$file" ] || basename "$(dirname "$file")"
	done
}

# newest sorts by what goes before .el9, since to sort letters come after digits.
newest() {
	sed -E 's/^(.*[0-9])(\.(amzn|el|fc)[0-9].*)$/\1 &/' | sort -V | tail -n 1 | sed 's/.* //'
}

running=$(uname -r)
kind=$(flavour "$running")
all=$(installed)
if [ -z "$all" ]; then
	echo "runs $running, and no kernel is installed"
	exit 3
fi
newest=$(for release in $all; do
	[ "$(flavour "$release")" != "$kind" ] || echo "$release"
done | newest)
if [ "$newest" != "$running" ]; then
	echo "runs $running, installed is ${newest:-none of its kind}"
	exit 5
fi

# Debian may replace a kernel by one of the same release; the build tells.
build=$(uname -v | sed -n 's/.* Debian \([^ ]*\).*/\1/p')
if [ -n "$build" ] && command -v dpkg-query >/dev/null; then
	# shellcheck disable=SC2016 # dpkg's own
	package=$(dpkg-query --show --showformat='${Version}' "linux-image-$running" 2>/dev/null || true)
	if [ -n "$package" ] && [ "$package" != "$build" ]; then
		echo "runs $running of $build, installed is that of $package"
		exit 5
	fi
fi
echo "runs $running, the newest"
