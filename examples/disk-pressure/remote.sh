#!/bin/sh
# Which local file systems run out of space or inodes? DISK_PERCENT and
# INODE_PERCENT are how much of each may be in use (90).
#
# 0  none
# 3  there is no df, or no list of what is mounted
# 4  df says nothing
# 5  space runs out
# 6  inodes run out
# 7  both
#
# One line, the fullest first: 97% of space on /var; 93% of inodes on /srv
set -eu

LC_ALL=C
export LC_ALL

mounts=${ROOT-}/proc/mounts
if ! command -v df >/dev/null || [ ! -r "$mounts" ]; then
	echo "no df, or no /proc/mounts"
	exit 3
fi

# Only local file systems that can be written to are looked at, each once: df
# would hang on a dead NFS server. What is in memory, such as /run, counts, too;
# of overlays only the root of a container.
places() {
	awk '
		$4 ~ /(^|,)ro(,|$)/ { next }
		$3 == "overlay" && $2 != "/" { next }
		$3 !~ /^(ext[234]|xfs|btrfs|zfs|f2fs|jfs|reiserfs|vfat|tmpfs|overlay)$/ { next }
		$2 ~ /^\/(dev|sys|proc)(\/|$)/ { next }
		($1 ~ /^\//) && seen[$1]++ { next }
		{ print $2 }' "$mounts"
}

# full says which of its lines are at or over a limit, as "97% of space on /var".
full() {
	awk -v limit="$1" -v what="$2" '
		match($0, /[0-9]+% /) {
			if (substr($0, RSTART) + 0 >= limit) print substr($0, RSTART, RLENGTH) "of " what " on " substr($0, RSTART + RLENGTH)
		}'
}

# each runs df with its arguments on each place.
each() {
	places | while read -r place; do
		# Blanks in names stand as \040.
		place=$(printf '%b' "$(printf '%s' "$place" | sed 's/\\/\\0/g')")
		df "$@" "$place" </dev/null | sed 1d
	done
}

space=$(each -P)
inodes=$(each -P -i)
if [ -z "$space" ]; then
	echo "df says nothing"
	exit 4
fi
space=$(printf '%s\n' "$space" | full "${DISK_PERCENT:-90}" space)
inodes=$(printf '%s\n' "$inodes" | full "${INODE_PERCENT:-90}" inodes)
if [ -z "$space$inodes" ]; then
	echo none
	exit 0
fi
printf '%s\n%s\n' "$space" "$inodes" | sort -rn | awk 'NF { printf "%s%s", sep, $0; sep = "; " } END { print "" }'
[ -n "$inodes" ] || exit 5
[ -n "$space" ] || exit 6
exit 7
