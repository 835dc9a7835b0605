#!/bin/sh
# A stand-in for the classic worker half: keeps its files, one target after the
# other. With more jobs than lines in its chunk the classic one would behave
# otherwise; here it fails.
set -eu
jobs=175 dir=/mnt/scanmaster post=./post.chunk.sh remote=./remote.sh
printf '%s\n' "$@" >"$HOME/scanslave.args"
exec 2>"$HOME/scanslave.log"
set -x
env >"$HOME/scanslave.env"
while getopts A:Hd:r:p:n: flag; do
	case $flag in
	A) [ "$OPTARG" = pubkey ] ;;
	d) dir=$OPTARG ;;
	r) remote=$OPTARG ;;
	p) post=$OPTARG ;;
	n) jobs=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
name=$1 file=$2
[ "$jobs" -le "$(wc -l <"$file")" ]

chunk=$(basename "$file") min=$(date +%Y%m%d%H%M)
work=$dir/chunked/$name/$min.$chunk
out=$work/output/$min/xaa
mkdir -p "$out" "$work/input/$min"
hostname >"$work/.slave"
date >"$work/started"
cp "$file" "$work/output/input"
cp "$file" "$work/input/$min/xaa"

while read -r host ip; do
	echo "$host $ip" >>"$out/hosts_checked"
	if ! ping -c 1 -W 3 "$ip" >/dev/null; then
		echo "$host $ip" >>"$out/hosts_noping"
		continue
	fi
	status=0
	# shellcheck disable=SC2086 # they are split at blanks
	output=$(ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o LogLevel=ERROR ${SSHOPTS-} "$ip" <"$remote" 2>/dev/null) || status=$?
	case $status in
	0) printf '%s,%s,%s\n' "$host" "$ip" "$output" >>"$out/hosts_ok" ;;
	255) echo "$host $ip" >>"$out/hosts_nossh" ;;
	*) printf '%s,%s,%s\n' "$host" "$ip" "$output" >>"$out/hosts_exit_$status" ;;
	esac
done <"$file"

cd "$work"
"$post" "$work"
date >ended
date >.done
rm .slave
