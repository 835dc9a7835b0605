#!/bin/sh
# A stand-in for the classic master: deals INPUT out to workers, starts them as
# that one does, and waits for their .done files.
# With ATTENDED its user sits in each session in turn, and detaches by ^W d.
# usage: [AGGREGATE=HOOK] [ATTENDED=yes] master.sh DIR NAME INPUT REMOTE POST KEY WORKER...
set -eu
dir=$1 name=$2 input=$3 remote=$4 post=$5 key=$6
shift 6
prefix=$dir/chunked/$name
min=${MIN:-$(date +%Y%m%d%H%M)}
auth=pubkey detached=-dm
[ -z "${ATTENDED-}" ] || auth='password -H' detached=

to() { ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -i "$key" "$@"; }

mkdir -p "$prefix"
rm -rf "${prefix:?}"/*
date >"$prefix/started"
printf '%s\n' "$@" >"$prefix/.whosts"
mkdir -p "$prefix/input/$min"
lines=$(wc -l <"$input")
cd "$prefix/input/$min"
split -l $(((lines + $# - 1) / $#)) "$input"

for chunk in x*; do
	worker=$1
	shift
	command="scanslave  -A $auth   -d $dir  -r $remote  -p $post -n  20  $name  $prefix/input/$min/$chunk  --  -I"
	to "root@$worker" "echo 'screen sh -c \"$command\"' > ~/.screenrc.scanslave"
	run="env LANG=C SSHOPTS='-l root -i $TARGETKEY -o StrictHostKeyChecking=accept-new' screen $detached -c ~/.screenrc.scanslave -e^Ww"
	if [ -z "$detached" ]; then
		to -t "root@$worker" "$run"
	else
		# Without a terminal of ours -t gives none there either, as from cron.
		to -t "root@$worker" "$run" </dev/null
	fi
done

chunks=$(find . -type f | wc -l)
tries=0
until [ "$(find "$prefix" -mindepth 2 -maxdepth 2 -name .done | wc -l)" -eq "$chunks" ]; do
	tries=$((tries + 1))
	[ $tries -lt 120 ] || { echo "waited in vain for $chunks workers" >&2; exit 1; }
	sleep .5
done
date >"$prefix/ended"
# What aggregators gather.
find "$prefix" -name '.?*' -prune -o -path '*/output/*' -name 'hosts_ok' -newer "$prefix/started" -exec cat {} +
[ -z "${AGGREGATE-}" ] || "$AGGREGATE" "$name" "$input" "$prefix/started"
