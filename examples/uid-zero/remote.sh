#!/bin/sh
# Who else is root here, and who gets in without a password? The arguments are
# the accounts that may have uid 0 (root). Passwords only root can see; directories
# such as LDAP aren't asked.
#
# 0  none
# 3  there is no /etc/passwd
# 4  none with uid 0, but of passwords nothing can be seen
# 5  others have uid 0
# 6  some have an empty password
# 7  both
set -eu

LC_ALL=C
export LC_ALL

passwd=${ROOT-}/etc/passwd shadow=${ROOT-}/etc/shadow
if [ ! -r "$passwd" ]; then
	echo "no /etc/passwd"
	exit 3
fi
[ $# -gt 0 ] || set -- root

zero=$(awk -F : -v allowed=" $* " '$3 ~ /^0+$/ && !index(allowed, " " $1 " ") { print $1 }' "$passwd")
# An empty second field is no password at all, here as there.
empty=$(awk -F : '!/^[+-]/ && NF > 1 && $2 == "" { print $1 }' "$passwd")
seen=
if [ -r "$shadow" ]; then
	seen=1
	empty="$empty $(awk -F : 'NF > 1 && $2 == "" { print $1 }' "$shadow")"
fi

# list puts names on one line, sorted.
list() {
	printf '%s\n' "$@" | tr -s ' ' '\n' | sort -u | awk 'NF { printf "%s%s", sep, $0; sep = ", " }'
}
zero=$(list "$zero") empty=$(list "$empty")

case ${zero:+uid}${empty:+password} in
uid) echo "uid 0: $zero" && exit 5 ;;
password) echo "empty password: $empty" && exit 6 ;;
uidpassword) echo "uid 0: $zero; empty password: $empty" && exit 7 ;;
esac
if [ -z "$seen" ]; then
	echo "none with uid 0, but /etc/shadow can't be read"
	exit 4
fi
echo none
