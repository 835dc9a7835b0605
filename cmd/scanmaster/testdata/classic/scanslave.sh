#!/bin/sh
# A stand-in for the classic worker half: keeps its files, one target after the
# other. With more jobs than lines in its chunk the classic one would behave
# otherwise; here it fails. With -H it asks for a password where it runs, and bash
# reads the script.
set -eu
if [ "${0##*/}" = askpass ]; then # ssh asks for it
	echo "$SECRET"
	exit
fi
shell='' jobs=175 dir=/mnt/scanmaster post=./post.chunk.sh remote=./remote.sh
printf '%s\n' "$@" >"$HOME/scanslave.args"
exec 2>"$HOME/scanslave.log"
set -x
env >"$HOME/scanslave.env"

# ask has the password typed, unseen, and kept in memory alone.
ask() {
	set +x
	stty -echo
	printf 'Password for the targets: '
	read -r SECRET
	stty echo
	echo
	ln -sf "$(command -v scanslave)" "$HOME/askpass"
	export SECRET SSH_ASKPASS="$HOME/askpass" SSH_ASKPASS_REQUIRE=force
	set -x
}

while getopts A:Hd:r:p:n: flag; do
	case $flag in
	A) auth=$OPTARG ;;
	H) shell='bash -s' ;;
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
login=BatchMode=yes
if [ "$auth" = password ]; then
	[ -n "$shell" ]
	login=PubkeyAuthentication=no
	ask
fi

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
	output=$(ssh -F none -o $login -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o LogLevel=ERROR ${SSHOPTS-} "$ip" $shell <"$remote" 2>/dev/null) || status=$?
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
