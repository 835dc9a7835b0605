#!/bin/sh
# Which security updates does this host wait for? Nothing is changed by asking.
# MAX_AGE is how many days old apt's package lists may be (7).
#
# 0  none
# 3  there is none of apt-get, dnf, yum, zypper, apk
# 4  they were asked, and can't say
# 5  some wait: how many, and which
# 6  none that is known of, but the package lists are too old to tell
set -eu

LC_ALL=C
export LC_ALL

cannot() {
	echo "can't say: $1"
	exit 4
}

# Those with a newer version in a security archive, whichever archive the
# candidate is from: a later update may hold the fix, too.
apt() {
	lists=${ROOT-}/var/lib/apt/lists
	set -- "$lists"/*_Packages*
	[ -e "$1" ] || cannot "no package lists, apt-get update brings them"
	# A held package is held back, not safe. Standard input is this script: whoever
	# reads it has the rest.
	said=$(apt-get --simulate --quiet=2 --ignore-hold dist-upgrade </dev/null) || cannot "apt-get ends with $?"
	# shellcheck disable=SC2046 # a word a name
	set -- $(printf '%s\n' "$said" | awk '$1 == "Inst" { print $2 }')
	[ $# -gt 0 ] || return 0
	said=$(apt-cache policy "$@") || cannot "apt-cache ends with $?"
	printf '%s\n' "$said" | awk '
		/^[^ ]/ { name = $1; sub(/:.*/, "", name); newer = 1 }
		/^ \*\*\*/ { newer = 0 }
		newer && /^ +-?[0-9]+ / && (/-security\// || /\/updates\/main/) { print name }'
}

# apt touches this folder whenever it fetches the lists.
stale() {
	command -v apt-get >/dev/null && [ -n "$(find "${ROOT-}/var/lib/apt/lists/partial" -prune -mtime +"${MAX_AGE:-7}")" ]
}

dnf_or_yum() {
	# Without advisories to go by none would ever wait.
	! grep -Eqs '^ID="?centos"?$' "${ROOT-}/etc/os-release" || cannot "the repositories of CentOS have no advisories"
	status=0
	said=$("$1" --quiet --security check-update </dev/null) || status=$?
	case $status in
	0 | 100) ;; # 100: there are updates
	*) cannot "$1 ends with $status" ;;
	esac
	printf '%s\n' "$said" | awk '/^Obsoleting/ { exit } /^[^ ]+\.[^ .]+( |$)/ { sub(/\.[^.]*$/, "", $1); print $1 }'
}

# On SUSE the patches are named, since one may be for many packages.
suse() {
	said=$(zypper --non-interactive --quiet list-patches --category security </dev/null) || cannot "zypper ends with $?"
	printf '%s\n' "$said" | awk -F ' *[|] *' '
		!name { for (i = 1; i <= NF; i++) if ($i == "Name") name = i; next }
		/[|] *needed *[|]/ { print $name }'
}

# Alpine doesn't tell security updates apart: all count.
alpine() {
	said=$(apk version -l '<') || cannot "apk ends with $?"
	printf '%s\n' "$said" | awk '$2 == "<" { sub(/-[0-9][^-]*-r[0-9]+$/, "", $1); print $1 }'
}

if command -v apt-get >/dev/null; then
	waiting=apt
elif command -v dnf >/dev/null; then
	waiting="dnf_or_yum dnf"
elif command -v yum >/dev/null; then
	waiting="dnf_or_yum yum"
elif command -v zypper >/dev/null; then
	waiting=suse
elif command -v apk >/dev/null; then
	waiting=alpine
else
	echo "none of apt-get, dnf, yum, zypper, apk"
	exit 3
fi

found=$($waiting) || {
	status=$?
	echo "$found"
	exit "$status"
}
# Sorted, so that hosts that wait for the same say the same.
# shellcheck disable=SC2046 # a word a name
set -- $(printf '%s\n' "$found" | sort -u)
if [ $# -gt 0 ]; then
	echo "$# wait: $*"
	exit 5
elif stale; then
	echo "none known, but the package lists are over ${MAX_AGE:-7} days old"
	exit 6
fi
echo none
