#!/bin/sh
# Is sshd set up as it should be? The arguments are what "sshd -T" must say, a
# line each. CONNECTION is whom Match blocks are tried with, as sshd -C takes it
# (user=root,host=localhost,addr=127.0.0.1). sshd says it to root alone.
#
# 0  as it should be; a digest of all settings tells which hosts are alike
# 3  there is no sshd
# 4  sshd doesn't say
# 5  what differs, and what it should be
set -eu

LC_ALL=C PATH=$PATH:${ROOT-}/usr/sbin:${ROOT-}/sbin
export LC_ALL PATH

if ! command -v sshd >/dev/null; then
	echo "no sshd"
	exit 3
fi
# sshd wants to be called by its whole path.
if ! says=$("$(command -v sshd)" -T -C "${CONNECTION:-user=root,host=localhost,addr=127.0.0.1}" 2>&1 </dev/null); then
	echo "sshd doesn't say: $(printf '%s\n' "$says" | tail -n 1)"
	exit 4
fi

drift=
for want; do
	printf '%s\n' "$says" | grep -qixF -e "$want" && continue
	key=$(printf '%s\n' "${want%% *}" | tr '[:upper:]' '[:lower:]')
	is=$(printf '%s\n' "$says" | awk -v key="$key" '$1 == key { printf "%s%s", sep, substr($0, length(key) + 2); sep = ", " }')
	drift="$drift${drift:+; }$key is ${is:-not known}, not ${want#* }"
done
if [ -n "$drift" ]; then
	echo "$drift"
	exit 5
fi
# Addresses differ from host to host.
digest=$(printf '%s\n' "$says" | grep -v '^listenaddress ' | sort | sha256sum)
printf 'as it should be, in all %.12s\n' "$digest"
